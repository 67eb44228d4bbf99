"""The embedded index's fields, and documents built against them.

Texts are given in small letters and folded (`spelling.forms`); what has unusual letters is folded by tantivy's
`ascii_fold`, which on every Vietnamese letter in NFC equals `archive.text.fold` (tested).
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache

import tantivy

from archive.filters import ZEROS
from archive.text import nfc
from search.documents import STORED_FILE_TEXT, Document
from search.engine import FACETS
from search.engines.spelling import Forms, forms
from search.labels import key
from search.query import Word, words_of

VERSION = 4
"""Of the fields and what is put into them: a change means that indexes are built anew."""

TEXTS = {"title": 4.0, "text": 1.0, "rest": 0.4}
"""Searched fields and their weights: title; summary, body and captions; files and what is said about the article."""
SHOWN = "shown"
"""The texts that snippets are cut from, in UTF-8; what is said of a hit beside them is on its card."""
EXACT = "_exact"
KEYS = "keys"
"""What filters compare, in one field: labels by name, scopes, act numbers and their beginnings."""
KEY = "_key"
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
        builder.add_text_field(name, tokenizer_name="folded")
        builder.add_text_field(name + EXACT, tokenizer_name="exact")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(KEYS, tokenizer_name="keys", index_option="basic")
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
    """How the forms of a text become words, and keys terms, by tokenizer name."""
    simple, builder = tantivy.Tokenizer.simple, tantivy.TextAnalyzerBuilder
    return {
        "exact": builder(simple()).build(),
        "folded": builder(simple()).filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold()).build(),
        "keys": builder(tantivy.Tokenizer.whitespace()).build(),
    }


def entry(document: Document) -> tantivy.Document:
    """The document in the engine's fields."""
    made = tantivy.Document()
    _add_texts(made, document)
    _add_labels(made, document)
    made.add_unsigned("id", document.id)
    made.add_unsigned("digest", document.digest)
    _add_times(made, document)
    made.add_bytes("card", _written(card(document)).encode())
    return made


def _add_texts(made: tantivy.Document, document: Document) -> None:
    _add_forms(made, "title", forms(document.title))
    for value in filter(None, (document.summary, document.body, *document.captions)):
        text = forms(value)
        _add_forms(made, "text", text)
        made.add_bytes(SHOWN, text.plain.encode())
    for name in document.about:
        _add_forms(made, "rest", _forms_of_name(name))
    for value in filter(None, (part for file in document.files for part in file)):
        _add_forms(made, "rest", forms(value))


_forms_of_name = lru_cache(maxsize=20_000)(forms)


def _add_forms(made: tantivy.Document, name: str, text: Forms) -> None:
    made.add_text(name, text.folded)
    made.add_text(name + EXACT, text.exact)


def _add_labels(made: tantivy.Document, document: Document) -> None:
    keys = [*_SCOPES] if document.is_reform else [_SCOPES[0]]
    for number in document.numbers:
        keys += _numbered(number)
    for name, values in document.labels.items():
        for value in values:
            keys.append(_label(name, value))
            if name in _FACETS:
                made.add_text(name, value)
    made.add_text(KEYS, " ".join(keys))


def term(name: str, value: str) -> str:
    """A key of a kind, without the blanks at which keys are told apart."""
    return f"{name}:{_JOINT.join(value.split())}"


_SCOPES = (term(SCOPE, ANY), term(SCOPE, REFORM))


@lru_cache(maxsize=10_000)
def _numbered(number: str) -> tuple[str, ...]:
    return tuple(term(NUMBER, one) for one in number_keys(number))


@lru_cache(maxsize=100_000)
def _label(name: str, value: str) -> str:
    return term(name, key(name, value))


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
