"""Atom: any search as a feed, an entry for each copy group, shown again only when its substance changed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from archive import queries
from archive.differences import content
from archive.queries import KeptRevision
from archive.revisions import Weight, weigh
from search.engine import Query, Sort
from search.web.asked import Asked
from search.web.pages import desk_of, question
from search.web.rendering import environment
from search.web.words import words

router = APIRouter(include_in_schema=False)
ENTRIES = 50
LOOKED = 200
"""Hits looked through for one feed: copies fold into one entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An article of a feed: `updated` is when its substance last changed, `key` the copy group it stands for."""

    id: int
    key: str
    title: str
    url: str
    author: str
    summary: str
    published: str
    updated: datetime


@router.get("/feed.atom")
def feed(request: Request) -> Response:
    """The newest articles of a search."""
    asked = question(request)
    tag = hashlib.sha256(f"{desk_of(request).version()} {asked.selection} {asked.lang}".encode()).hexdigest()[:24]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "public, max-age=300", "Vary": "Cookie"}
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    with desk_of(request).session() as session:
        entries = list(_entries(session, _newest(request, asked)))
    updated = max((entry.updated for entry in entries), default=datetime(1970, 1, 1, tzinfo=UTC))
    text = (
        environment()
        .get_template("feed.atom")
        .render(
            w=words(asked.lang),
            lang=asked.lang,
            asked=asked,
            base=str(request.base_url).rstrip("/"),
            host=request.url.hostname,
            entries=entries,
            updated=updated.isoformat(timespec="seconds"),
        )
    )
    headers |= {"Last-Modified": format_datetime(updated.astimezone(UTC), usegmt=True)}
    return Response(text, media_type="application/atom+xml; charset=utf-8", headers=headers)


def _newest(request: Request, asked: Asked) -> list[int]:
    query = asked.query
    newest = Query(query.text, query.mode, Sort.NEWEST, query.filters, limit=LOOKED, facets=())
    return [hit.id for hit in desk_of(request).engine.find(newest).hits]


def _entries(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    """One entry for each copy group, the first one met."""
    seen: set[str] = set()
    for article in sorted(queries.documents(session, ids), key=lambda one: ids.index(one.id)):
        row = article.row
        key = f"group/{row['copy_group']}" if row["copy_group"] else f"article/{article.id}"
        if key in seen or len(seen) >= ENTRIES:
            continue
        seen.add(key)
        history = list(queries.revisions(session, article.id))
        at = row["published_at"]
        yield Entry(
            id=article.id,
            key=key,
            title=str(row["title"]),
            url=str(row["url"]),
            author=str(row["author"] or row["portal_name"]),
            summary=str(row["summary"] or str(row["body"])[:500]),
            published=at.isoformat(timespec="seconds") if isinstance(at, datetime) else "",
            updated=changed(history),
        )


def changed(history: Sequence[KeptRevision]) -> datetime:
    """When the substance of an article last changed: its first sight, or a substantive revision."""
    last = history[0].seen_at
    for before, after in pairwise(history):
        if weigh(content(before), content(after)) is Weight.SUBSTANTIVE:
            last = after.seen_at
    return last
