"""What a search server is given: its settings, and documents in the fields they name.

Labels are written in ASCII letter for letter, because the server compares values without case and marks.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from archive.text import nfc
from search.documents import STORED_FILE_TEXT, Document
from search.engine import FACETS
from search.engines.meilisearch_words import Spelt, fields, spelt, title_rows
from search.engines.schema import ANY, CURSOR, KEY, REFORM, number_keys
from search.labels import LABELS, key

VERSION = 3
"""Of the fields and what is put into them: a change means that indexes are built anew."""
MOST = 1_000_000_000
"""More articles than any archive has: totals and complete sets are exact up to there."""
MOST_VALUES = 10_000
"""Values a facet may have; counts are exact up to there."""
CUTOFF_MS = 30_000
"""When the server stops to order what it found; its own 1.5 s would mix up pages under load."""
LONGEST_VALUE = 400
"""Characters of a label in its ASCII form; the server cuts at 468 bytes."""
SHOWN: Final = ("id", "url", "title_shown", "portal_shown", "portal_name", "published_at", "texts", "has_files")
"""Of a hit; its files are asked for where a snippet may need them."""
SCORED: Final = ("about", "seconds", "numbers")
"""What the order of hits depends on beside what is shown."""
SEARCHED: Final = ("title", "text", "rest")

_PLAIN = re.compile(r"[^a-z0-9 ,./-]")
_TORN = re.compile(r"~[0-9a-f]{0,3}$|!.{0,5}$")
_CODED = re.compile(r"~([0-9a-f]{4})|!([0-9a-f]{6})")
Forms = frozenset[tuple[str, ...]]
"""Short and long forms of the vocabulary, in folded words."""


def settings() -> dict[str, Any]:
    """All that is set on an index; what is found must be what was asked, so the server's kindnesses are off."""
    equal = {"facetSearch": False, "filter": {"equality": True, "comparison": False}}
    ranges = {"facetSearch": False, "filter": {"equality": True, "comparison": True}}
    labels = [*FACETS, *(name + KEY for name in LABELS), "scope", "numbers", "forms", "id"]
    return {
        "searchableAttributes": list(SEARCHED),
        "filterableAttributes": [
            {"attributePatterns": labels, "features": equal},
            {"attributePatterns": ["day"], "features": ranges},
        ],
        "sortableAttributes": ["id", "seconds"],
        "rankingRules": ["sort", "words", "typo", "attributeRank", "proximity", "seconds:desc", "id:asc"],
        "prefixSearch": "disabled",
        "typoTolerance": {"minWordSizeForTypos": {"oneTypo": 6, "twoTypos": 255}},
        "pagination": {"maxTotalHits": MOST},
        "faceting": {"maxValuesPerFacet": MOST_VALUES},
        "searchCutoffMs": CUTOFF_MS,
    }


def settings_digest() -> str:
    """Part of the identity of an index."""
    return hashlib.sha256(json.dumps(settings(), sort_keys=True).encode()).hexdigest()[:16]


def entry(document: Document, forms: Forms) -> dict[str, Any]:
    """The document in the server's fields."""
    text = [nfc(part) for part in (document.summary, document.body, *document.captions) if part]
    rest = [*document.about, *(part for file in document.files for part in file)]
    title, texts, others = spelt(document.title), list(map(spelt, text)), list(map(spelt, rest))
    made: dict[str, Any] = {
        "id": document.id,
        "digest": str(document.digest),
        "scope": [ANY, REFORM] if document.is_reform else [ANY],
        "title": title_rows(title),
        "text": fields(texts),
        "rest": fields(others),
        "forms": sorted(form(one) for one in _forms_in((title, *texts, *others), forms)),
        "numbers": [coded(spelt) for number in document.numbers for spelt in number_keys(number)],
        "url": document.url,
        "title_shown": document.title,
        "portal_name": document.portal_name,
        "published_at": document.published_at,
        "texts": text,
        "about": list(map(nfc, document.about)),
        "has_files": any(part for _, part in document.files),
        "files": [(name, nfc(part[:STORED_FILE_TEXT])) for name, part in document.files if part],
    }
    return made | _labels(document) | _times(document.published)


def cursor_entry(cursor: int, identity: dict[str, str], generation: int) -> dict[str, Any]:
    """The document that keeps what the index is and how far it knows the archive; never found as an article."""
    return {"id": 0, "scope": [CURSOR], "cursor": cursor, "identity": identity, "generation": generation}


def coded(value: str) -> str:
    """A value in ASCII, another for each value: what the server compares without case and marks stays apart."""
    made = _PLAIN.sub(_code, value)
    if made[:1] == " " or made[-1:] == " ":
        made = made.replace(" ", "~0020")
    if len(made) <= LONGEST_VALUE:
        return made
    digest = hashlib.blake2b(value.encode(), digest_size=8).hexdigest()
    return f"{_TORN.sub('', made[: LONGEST_VALUE - 40])}~2026{digest}"


def decoded(value: str) -> str:
    """The value that `coded` wrote; a very long one is cut."""
    return _CODED.sub(lambda match: chr(int(match[1] or match[2], 16)), value)


def _code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"~{code:04x}" if code < 1 << 16 else f"!{code:06x}"


def _labels(document: Document) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in LABELS:
        values = document.labels[name]
        if name in FACETS:
            made[name] = [coded(value) for value in values]
        made[name + KEY] = [coded(key(name, value)) for value in values]
    return made | {"portal_shown": document.portal}


def _times(when: date | None) -> dict[str, int]:
    """The day for filters, seconds for the order; nothing for an article without a date, which comes last."""
    if when is None:
        return {}
    clock = (when.hour * 60 + when.minute) * 60 + when.second if isinstance(when, datetime) else 0
    return {"day": when.toordinal(), "seconds": when.toordinal() * 86_400 + clock}


def _forms_in(rows: Iterable[Sequence[Spelt]], forms: Forms) -> set[tuple[str, ...]]:
    """The forms of the vocabulary that stand in some texts."""
    sizes = _sizes(forms)
    found: set[tuple[str, ...]] = set()
    for row in rows:
        words = [one.word.folded for one in row]
        for at, word in enumerate(words):
            for size in sizes.get(word, ()):
                found.add(tuple(words[at : at + size]))
    return found & forms


@lru_cache(maxsize=4)
def _sizes(forms: Forms) -> dict[str, tuple[int, ...]]:
    """How many words the forms have that begin with a word."""
    found: dict[str, set[int]] = {}
    for one in forms:
        found.setdefault(one[0], set()).add(len(one))
    return {word: tuple(sizes) for word, sizes in found.items()}


def form(words: Sequence[str]) -> str:
    """A form of the vocabulary as a label."""
    return coded(" ".join(words))
