"""The embedded index's fields, and documents built against them.

Texts are given as words between blanks, with their marks and folded (`spelling.forms`): tantivy only cuts them at the
blanks, as it does keys.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import product

import tantivy

from archive.filters import ZEROS
from archive.text import nfc
from search.documents import STORED_FILE_TEXT, Document
from search.engine import FACETS
from search.engines.rows import keys_of
from search.engines.spelling import Forms, forms
from search.labels import key
from search.query import Word, words_of

VERSION = 7
"""Of the fields and what is put into them: a change means that indexes are built anew."""

TEXTS = {"title": 4.0, "text": 1.0, "rest": 0.4}
"""Searched fields and their weights: title; summary, body and captions; files and what is said about the article."""
SHOWN = "shown"
"""The texts that snippets are cut from, in UTF-8; what is said of a hit beside them is on its card."""
EXACT = "_exact"
KEYS = "keys"
"""What filters compare, in one field: labels by name, scopes, act numbers and their beginnings."""
MORE = "more"
"""Keys that rank nothing, apart since the length of `keys` does: labels on the topic, rows of words that stand here."""
TOGETHER = ("province", "year")
"""Labels that are mostly asked for together: every pair of them is a key too, one list instead of two unions."""
BROAD = ("level", "province", "province_now", "year", "act_type", "area", "indicator", "kind", "family")
"""Labels of many articles each, kept once more for those on the topic; another's short list soon shows the topic."""
KEY = "_key"
BLANKS = "blanks"
SCOPE, NUMBER = "scope", "act"
ANY, REFORM, CURSOR = "any", "reform", "cursor"
_FAR = 1 << 34
_FRESHEST = 2e-3
_JOINT = "\x1f"
_FACETS = frozenset(FACETS)
_written = json.JSONEncoder(ensure_ascii=False).encode


def schema() -> tantivy.Schema:
    """Three texts in two forms, labels as they read and as they are compared, sort keys, and the card of a hit."""
    builder = tantivy.SchemaBuilder()
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name=BLANKS)
        builder.add_text_field(name + EXACT, tokenizer_name=BLANKS)
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (KEYS, MORE):
        builder.add_text_field(name, tokenizer_name=BLANKS, index_option="basic")
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("digest", fast=True)
    builder.add_unsigned_field("cursor", stored=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("newest", fast=True)
    builder.add_integer_field("oldest", fast=True)
    builder.add_float_field("fresh", fast=True)
    builder.add_bytes_field(SHOWN, stored=True)
    builder.add_bytes_field("card", stored=True)
    return builder.build()


def analyzers() -> dict[str, tantivy.TextAnalyzer]:
    """How texts become words, and keys terms, by tokenizer name."""
    return {BLANKS: tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()}


def entry(document: Document) -> tantivy.Document:
    """The document in the engine's fields."""
    made = tantivy.Document()
    _add_labels(made, document, _add_texts(made, document))
    made.add_unsigned("id", document.id)
    made.add_unsigned("digest", document.digest)
    _add_times(made, document)
    made.add_bytes("card", _written(card(document)).encode())
    return made


def _add_texts(made: tantivy.Document, document: Document) -> list[str]:
    """Adds the texts in their forms, and tells the keys of the rows of words that stand in them."""
    title = forms(document.title)
    _add_forms(made, "title", title)
    rows = keys_of(title, "title")
    for value in filter(None, (document.summary, document.body, *document.captions)):
        text = forms(value)
        _add_forms(made, "text", text)
        made.add_bytes(SHOWN, text.plain.encode())
        rows += keys_of(text, "text")
    for name in document.about:
        said, found = _of_name(name)
        _add_forms(made, "rest", said)
        rows += found
    for value in filter(None, (part for file in document.files for part in file)):
        text = forms(value)
        _add_forms(made, "rest", text)
        rows += keys_of(text, "rest")
    return rows


@lru_cache(maxsize=20_000)
def _of_name(name: str) -> tuple[Forms, list[str]]:
    said = forms(name)
    return said, keys_of(said, "rest")


def _add_forms(made: tantivy.Document, name: str, text: Forms) -> None:
    made.add_text(name, text.folded)
    made.add_text(name + EXACT, text.exact)


def _add_labels(made: tantivy.Document, document: Document, rows: Iterable[str]) -> None:
    """Labels as they read and as they are compared; once more where the article is on the topic, as is mostly asked."""
    found: list[str] = []
    on_topic = [*rows]
    for number in document.numbers:
        found += _numbered(number)
    for name, values in document.labels.items():
        for value in values:
            compared, again = _label(name, value)
            found.append(compared)
            if again:
                on_topic.append(again)
            if name in _FACETS:
                made.add_text(name, value)
    keys = ([key(name, value) for value in document.labels.get(name, ())] for name in TOGETHER)
    on_topic += map(together, product(*keys))
    made.add_text(KEYS, " ".join([*(_SCOPES if document.is_reform else _SCOPES[:1]), *found]))
    made.add_text(MORE, " ".join(on_topic if document.is_reform else rows))


def term(name: str, value: str) -> str:
    """A key of a kind, without the blanks at which keys are told apart."""
    return f"{name}:{_JOINT.join(value.split())}"


_SCOPES = (term(SCOPE, ANY), term(SCOPE, REFORM))


@lru_cache(maxsize=10_000)
def _numbered(number: str) -> tuple[str, ...]:
    return tuple(term(NUMBER, one) for one in number_keys(number))


@lru_cache(maxsize=100_000)
def _label(name: str, value: str) -> tuple[str, str]:
    compared = key(name, value)
    return term(name, compared), term(topical(name), compared) if name in BROAD else ""


@lru_cache(maxsize=10_000)
def together(keys: tuple[str, ...]) -> str:
    """The key of an article on the topic with all of these labels, as they are compared."""
    return term(topical("+".join(TOGETHER)), _JOINT.join(keys))


def topical(name: str) -> str:
    """The name of a label among those that only articles on the topic have."""
    return f"{REFORM}.{name}"


def _add_times(made: tantivy.Document, document: Document) -> None:
    when = document.published
    seconds = _seconds(when) if when else None
    newest, oldest = (seconds, _FAR - 1 - seconds) if seconds is not None else (0, 0)
    made.add_integer("newest", newest << 28 | document.id & 0xFFFFFFF)
    made.add_integer("oldest", oldest << 28 | 0xFFFFFFF - (document.id & 0xFFFFFFF))
    if when and seconds is not None:
        made.add_integer("day", when.toordinal())
        made.add_float("fresh", _FRESHEST * seconds / _FAR)


def _seconds(when: date) -> int:
    """Seconds since the year 1900, at least 1, so that an article without a date is before all."""
    clock = (when.hour * 60 + when.minute) * 60 + when.second if isinstance(when, datetime) else 0
    return max(1, min(_FAR - 1, (when.toordinal() - date(1900, 1, 1).toordinal()) * 86_400 + clock))


def number_keys(number: str) -> Iterator[str]:
    """What finds an act number: all of it, and every beginning of it; signs between the parts do not count."""
    parts = number_beginning(words_of(number)).split()
    yield f"={' '.join(parts)}"
    for end in range(1, len(parts) + 1):
        yield " ".join(parts[:end])


def whole_number(number: str) -> str:
    """The key of exactly this number."""
    return f"={number_beginning(words_of(number))}"


def number_beginning(words: Iterable[Word]) -> str:
    """The key of all numbers that begin with these words; zeros before a number do not count."""
    return " ".join(ZEROS.sub("", word.folded) for word in words)


def card(document: Document) -> dict[str, object]:
    """What a hit shows beside its text, and the files its snippet may be cut from."""
    return {
        "id": document.id,
        "url": document.url,
        "title": document.title,
        "portal": document.portal,
        "portal_name": document.portal_name,
        "published_at": document.published_at,
        "files": [(name, nfc(text[:STORED_FILE_TEXT])) for name, text in document.files if text],
    }
