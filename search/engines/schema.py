"""The embedded index's fields, and documents built against them.

Folding is tantivy's `ascii_fold`: on every Vietnamese letter in NFC it equals `archive.text.fold` (tested), and it
is faster than folding in Python. One tone placement (`retone`) is put before the tone-keeping fields alone.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import tantivy

from archive.filters import ZEROS
from archive.text import nfc, retone
from search.documents import STORED_FILE_TEXT, Document
from search.engine import FACETS
from search.labels import LABELS, key
from search.query import Word, words_of

VERSION = 3
"""Of the fields and what is put into them: a change means that indexes are built anew."""

TEXTS = {"title": 4.0, "text": 1.0, "rest": 0.4}
"""Searched fields and their weights: title; summary, body and captions; files and what is said about the article."""
SHOWN = "text"
"""The field that snippets are cut from is stored as it is; what is said of a hit beside it is on its card."""
EXACT = "_exact"
KEY = "_key"
ANY, REFORM, CURSOR = "any", "reform", "cursor"
_FAR = 1 << 34
_FRESHEST = 2e-3


def schema() -> tantivy.Schema:
    """Three texts in two forms, labels as they read and as they are compared, sort keys, and the card of a hit."""
    builder = tantivy.SchemaBuilder()
    for name in TEXTS:
        builder.add_text_field(name, stored=name == SHOWN, tokenizer_name="folded")
        builder.add_text_field(name + EXACT, tokenizer_name="exact")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in LABELS:
        builder.add_text_field(name + KEY, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("numbers", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("digest", fast=True)
    builder.add_unsigned_field("cursor", stored=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("newest", fast=True)
    builder.add_integer_field("oldest", fast=True)
    builder.add_float_field("fresh", fast=True)
    builder.add_bytes_field("card", stored=True)
    return builder.build()


def analyzers() -> dict[str, tantivy.TextAnalyzer]:
    """How the two forms of a text become words, by tokenizer name."""
    simple = tantivy.Tokenizer.simple
    lower = tantivy.Filter.lowercase
    return {
        "exact": tantivy.TextAnalyzerBuilder(simple()).filter(lower()).build(),
        "folded": tantivy.TextAnalyzerBuilder(simple()).filter(lower()).filter(tantivy.Filter.ascii_fold()).build(),
    }


def entry(document: Document) -> tantivy.Document:
    """The document in the engine's fields."""
    made = tantivy.Document()
    _add_texts(made, document)
    _add_labels(made, document)
    made.add_unsigned("id", document.id)
    made.add_unsigned("digest", document.digest)
    _add_times(made, document)
    made.add_bytes("card", json.dumps(card(document), ensure_ascii=False).encode())
    return made


def _add_texts(made: tantivy.Document, document: Document) -> None:
    texts = {
        "title": (document.title,),
        "text": (document.summary, document.body, *document.captions),
        "rest": (*document.about, *(part for file in document.files for part in file)),
    }
    for name, values in texts.items():
        for value in filter(None, values):
            plain = nfc(value)
            made.add_text(name, plain)
            made.add_text(name + EXACT, plain if plain.isascii() else retone(value))


def _add_labels(made: tantivy.Document, document: Document) -> None:
    made.add_text("scope", ANY)
    if document.is_reform:
        made.add_text("scope", REFORM)
    for number in document.numbers:
        for spelling in number_keys(number):
            made.add_text("numbers", spelling)
    for name, values in document.labels.items():
        for value in values:
            made.add_text(name + KEY, key(name, value))
            if name in FACETS:
                made.add_text(name, value)


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
    words = words_of(number)
    yield whole_number(number)
    for end in range(1, len(words) + 1):
        yield number_beginning(words[:end])


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
