"""What was read of an article as rows: the revision with all its facts, the article's columns.

Facts are JSON of everything in `Normalised` but the texts, and the attachments:
{"published": [ISO time, precision, source] | null, "author", "source", "category", "captions": [],
 "acts": [[type, number, ISO date, issuer, role, start, end]], "issuing_body", "act_type", "act_number",
 "act_date", "plan_year", "periods": [[first, last]], "reform_areas": [], "indicators": [], "kind",
 "relevance": [score, is reform, [words]], "attachments": [[address, name]]}
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from archive import identity
from archive.dates import VIETNAM
from archive.filters import body_key, name_key
from archive.records import ActMention, Article, Normalised, Role

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL takes no NUL in a text, and no encoding has half a surrogate pair."""


def storable(text: str) -> str:
    """The text without what no database can keep."""
    return UNSTORABLE.sub("", text) if UNSTORABLE.search(text) else text


@dataclass(frozen=True, slots=True)
class Read:
    """An article as it was read and understood, with the digests that identify it."""

    article: Article
    meaning: Normalised
    url: str
    url_digest: str
    digest: str
    body_digest: str
    attachments: tuple[tuple[str, str], ...]


def read(article: Article, meaning: Normalised) -> Read:
    """Put an article's digests beside it; its attachments once each, in order."""
    url = identity.canonical_url(storable(article.url))
    files = {storable(file.url): storable(file.name) for file in reversed(article.attachments)}
    attachments = tuple(reversed(files.items()))
    return Read(
        article=article,
        meaning=meaning,
        url=url,
        url_digest=identity.digest(url),
        digest=identity.content_digest(meaning.digest, attachments),
        body_digest=identity.digest(meaning.body),
        attachments=attachments,
    )


def facts(read: Read) -> dict[str, Any]:
    """Everything read but the texts, as JSON (see the module's docstring)."""
    n = read.meaning
    return {
        "published": n.published and [n.published.at.isoformat(), n.published.precision, n.published.source],
        "author": n.author,
        "source": n.source,
        "category": n.category,
        "captions": n.captions,
        "acts": [[a.type, a.number, _iso(a.date), a.issuer, a.role, a.start, a.end] for a in n.acts],
        "issuing_body": n.issuing_body,
        "act_type": n.act_type,
        "act_number": n.act_number,
        "act_date": _iso(n.act_date),
        "plan_year": n.plan_year,
        "periods": n.periods,
        "reform_areas": n.reform_areas,
        "indicators": n.indicators,
        "kind": n.kind,
        "relevance": [n.relevance.score, n.relevance.is_reform, n.relevance.words],
        "attachments": read.attachments,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def mentioned(facts: dict[str, Any], role: Role) -> tuple[ActMention, ...]:
    """The acts of that role, from a revision's facts."""
    return tuple(
        ActMention(kind, number, date.fromisoformat(day) if day else None, issuer, Role(said), start, end)
        for kind, number, day, issuer, said, start, end in cast("list[list[Any]]", facts["acts"])
        if said == role
    )


def day(read: Read) -> date | None:
    """The day of publication in Vietnamese time."""
    published = read.meaning.published
    return published.at.astimezone(VIETNAM).date() if published else None


COLUMNS = (
    *("digest", "body_digest", "family", "reader_version", "normaliser_version", "published_at", "published_on"),
    *("published_precision", "author", "source", "category", "issuing_body", "issuing_key", "act_type", "act_type_key"),
    *("act_number", "act_date", "plan_year", "kind", "relevance", "is_reform"),
)
"""The names of the article's columns that follow from its current revision."""


def columns(read: Read) -> dict[str, Any]:
    """The article's columns that follow from its current revision."""
    n, published = read.meaning, read.meaning.published
    return {
        "digest": read.digest,
        "body_digest": read.body_digest,
        "family": read.article.family,
        "reader_version": read.article.reader_version,
        "normaliser_version": n.normaliser_version,
        "published_at": published and published.at,
        "published_on": day(read),
        "published_precision": published and str(published.precision),
        "author": storable(n.author),
        "source": storable(n.source),
        "category": storable(n.category),
        "issuing_body": n.issuing_body,
        "issuing_key": body_key(n.issuing_body),
        "act_type": n.act_type,
        "act_type_key": name_key(n.act_type),
        "act_number": n.act_number,
        "act_date": n.act_date,
        "plan_year": n.plan_year,
        "kind": n.kind,
        "relevance": n.relevance.score,
        "is_reform": n.relevance.is_reform,
    }


def texts(read: Read) -> dict[str, Any]:
    """The revision's columns but its number, article, capture and time."""
    n = read.meaning
    return {
        "digest": read.digest,
        "title": storable(n.title),
        "summary": storable(n.summary),
        "body": storable(n.body),
        "facts": facts(read),
        "family": read.article.family,
        "reader_version": read.article.reader_version,
        "normaliser_version": n.normaliser_version,
        "evidence": given(read.article) | {"rules": dict(read.article.rules)},
    }


def given(article: Article) -> dict[str, Any]:
    """What the reader was given besides the capture, so that it can read it again."""
    hints = [[storable(hint.text), hint.source] for hint in article.hints]
    return {"page": storable(article.page), "hints": hints, "listed": article.listed}


def tags(read: Read) -> list[dict[str, str]]:
    """Rows of the tag table without their article."""
    n = read.meaning
    named = [("area", name) for name in dict.fromkeys(n.reform_areas)]
    named += [("indicator", name) for name in dict.fromkeys(n.indicators)]
    return [{"kind": kind, "name": name, "key": name_key(name)} for kind, name in named]


def acts(read: Read) -> list[tuple[dict[str, Any], str]]:
    """Rows of the act table without their ids, each with the role of its mention, in the order of the text."""
    found = []
    for a in read.meaning.acts:
        key = identity.act_key(a.type, a.number, _iso(a.date), a.issuer)
        found.append(
            ({"key": key, "type": a.type, "number": a.number, "date": a.date, "issuer": a.issuer}, str(a.role))
        )
    return found
