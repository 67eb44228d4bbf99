"""The articles of a portal that a repair learns from: what the archive knows of them, and where their pages lie."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.records import Located, Precision


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article as it was read last, and the capture that it was read from (`original` where that is a revisit)."""

    url: str
    title: str
    summary: str
    body: str
    published: datetime | date | None
    content: Located
    original: Located | None


def known_articles(session: Session, portal: str, limit: int) -> list[KnownArticle]:
    """The latest articles that the family's own selectors have read and that have not vanished."""
    a, v, c, o = t.article.c, t.revision.c, t.capture.c, t.capture.alias("original")
    places = [c.url.label("at"), *(c[name] for name in ("warc", "warc_offset", "warc_length", "fetched_at"))]
    places += [c.digest.label("sha"), *(o.c[name].label(f"o_{name}") for name in _NAMES), c.original_id]
    asked = select(a.url, a.published_at, a.published_on, a.published_precision, v.title, v.summary, v.body, *places)
    asked = asked.join(t.revision, (v.article_id == a.id) & (v.number == a.revisions))
    asked = asked.join(t.capture, c.id == v.capture_id).outerjoin(o, o.c.id == c.original_id)
    asked = asked.join(t.portal, t.portal.c.id == a.portal_id).where(t.portal.c.slug == portal)
    asked = asked.where(a.gone_at.is_(None), a.withheld_at.is_(None), v.reader_version.not_like("%+%"), v.body != "")
    found = session.connection().execute(asked.order_by(a.published_on.desc().nulls_last(), a.id.desc()).limit(limit))
    return [_known(row) for row in found]


_NAMES = ("warc", "warc_offset", "warc_length", "digest", "url", "fetched_at")


def _known(row: Row[Any]) -> KnownArticle:
    day = row.published_precision in {None, Precision.DAY}
    original = Located(*(getattr(row, f"o_{name}") for name in _NAMES)) if row.original_id is not None else None
    return KnownArticle(
        url=row.url,
        title=row.title,
        summary=row.summary,
        body=row.body,
        published=row.published_on if day else row.published_at,
        content=Located(row.warc, row.warc_offset, row.warc_length, row.sha, row.at, row.fetched_at),
        original=original,
    )
