"""What the engine gets of an archived article: a document, the same for every engine.

Pure. Values for filters and facets are as the archive writes them; an engine folds them for comparing.
"""

import hashlib
import marshal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from archive.act_numbers import canonical_number, find_numbers
from archive.formats import published as printed

if TYPE_CHECKING:
    from archive.records import ArchivedArticle

STORED_FILE_TEXT = 100_000
"""Characters of one file's text kept for snippets; all of it is searched."""
ABOUT = ("issuing_body", "portal_name", "commune", "district", "province", "province_now", "act_type", "source")
"""Columns that say who announced an article, and from where."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it is searched; `labels` are the values for filters and facets by name.

    `numbers` are canonical act numbers, announced and cited, found in files too. `published` sorts;
    `published_at` is printed.
    """

    id: int
    url: str
    title: str
    summary: str
    body: str
    captions: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    numbers: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    is_reform: bool
    portal: str
    portal_name: str
    published: date | None
    published_at: str

    @property
    def digest(self) -> int:
        """63 bits of everything above: equal digests are equal documents."""
        when = self.published.isoformat() if self.published else ""
        # as bytes of a format that is fixed, in which no object refers to another: in half the time that `repr` takes
        rest = marshal.dumps((_BUT_BODY(self), when), 2)
        found = hashlib.blake2b(rest, digest_size=8)
        found.update(self.body.encode("utf-16-le", errors="surrogatepass"))
        return int.from_bytes(found.digest()) >> 1


_BUT_BODY: Callable[[Document], tuple[Any, ...]] = attrgetter(
    *(name for name in Document.__slots__ if name not in {"body", "published"})
)


def document(article: "ArchivedArticle") -> Document:
    """The document of an article; who calls leaves withheld articles out."""
    row = article.row
    files = tuple((file.name, file.text) for file in article.files)
    published = row["published_at"]
    return Document(
        id=article.id,
        url=_text(row["url"]),
        title=_text(row["title"]),
        summary=_text(row["summary"]),
        body=_text(row["body"]),
        captions=article.captions,
        files=files,
        about=_about(row),
        numbers=tuple(dict.fromkeys(_numbers(article))),
        labels=_labels(article),
        is_reform=article.is_reform,
        portal=_text(row["portal"]),
        portal_name=_text(row["portal_name"]),
        published=published if isinstance(published, date) else None,
        published_at=printed(row) or "",
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _several(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return () if value is None else tuple(map(str, filter(None, value))) if isinstance(value, tuple) else (str(value),)


def _about(row: dict[str, object]) -> tuple[str, ...]:
    """What is said of the article beside its own words: who announced it, from where."""
    said = dict.fromkeys(map(row.get, ABOUT))
    return tuple(str(value) for value in said if value)


def _numbers(article: "ArchivedArticle") -> Iterator[str]:
    row = article.row
    own = (_text(row["title"]), _text(row["summary"]), _text(row["body"]), *article.captions)
    found = [one.canonical for text in (*own, *(file.text for file in article.files)) for one in find_numbers(text)]
    for act in (*article.announced, *article.cited):
        if act.number:
            yield act.number if act.number in found else canonical_number(act.number) or act.number
    yield from found


def _labels(article: "ArchivedArticle") -> dict[str, tuple[str, ...]]:
    row = article.row
    published = row["published_at"]
    when = published if isinstance(published, date) else None
    return {
        "portal": _several(row["portal"]),
        "level": _several(row["level"]),
        "province": _several(row["province"]),
        "district": _several(row["district"]),
        "commune": _several(row["commune"]),
        "province_now": _several(row["province_now"]),
        "year": (str(when.year),) if when else (),
        "month": (f"{when.year}-{when.month:02}",) if when else (),
        "act_type": _several(row["act_type"]),
        "area": _several(row["reform_areas"]),
        "indicator": _several(row["indicators"]),
        "body": _several(row["issuing_body"]),
        "kind": _several(row["kind"]),
        "family": _several(row["family"]),
        "number": tuple(act.number for act in article.announced if act.number),
    }
