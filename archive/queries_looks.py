"""Which articles are to be looked at again: those whose time has come, those that lists speak of, one as a spare."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.dates import VIETNAM
from archive.runs import DueLook

SPARES = 5
"""How many of the newest articles take turns at being the spare look."""
RESTED = timedelta(hours=12)
"""How long ago the spare article was last looked at, at least."""
AGED, AGED_AT_ONCE = timedelta(days=28), 200
"""The monthly deeper look: at articles that were not looked at for so long, so many a night."""
BATCH = 500


def due(session: Session, portal: str, now: datetime) -> list[DueLook]:
    """Articles whose time to be looked at again has come, the longest waiting first."""
    a = t.article.c
    come = _looks(portal).where(a.look_again_at <= now).order_by(a.look_again_at, a.id)
    return [_look(row) for row in session.connection().execute(come)]


def aged(session: Session, portal: str, now: datetime) -> list[DueLook]:
    """What nobody has looked at for a month, the longest waiting first; at most AGED_AT_ONCE."""
    a = t.article.c
    last = func.coalesce(a.looked_at, a.first_seen_at)
    old = _looks(portal).where(last <= now - AGED, a.gone_at.is_(None)).order_by(last, a.id).limit(AGED_AT_ONCE)
    return [_look(row) for row in session.connection().execute(old)]


def spares(session: Session, portal: str, now: datetime) -> list[DueLook]:
    """The newest articles, the one longest not looked at first: a night that reads one proves that it could read.

    Without those that were looked at in the last hours.
    """
    a = t.article.c
    newest = _looks(portal).where(a.gone_at.is_(None), a.missing_since.is_(None))
    newest = newest.order_by(a.published_on.desc().nulls_last(), a.id.desc()).limit(SPARES)
    rows = session.connection().execute(newest).all()
    rested = (row for row in rows if _looked(row) <= now - RESTED)
    return [_look(row) for row in sorted(rested, key=lambda row: (_looked(row), row.id))]


def spoken_of(session: Session, portal: str, named: Mapping[str, datetime | date | None]) -> list[DueLook]:
    """Articles that lists name (digest of the address -> when they say it was changed) and that should be looked at.

    Those that are gone, and those changed since they were last read; a day alone counts from its end.
    """
    a, d = t.article.c, t.address.c
    found: dict[int, DueLook] = {}
    keys = sorted(named)
    for start in range(0, len(keys), BATCH):
        here = d.url_digest.in_(keys[start : start + BATCH])
        asked = _looks(portal).join(t.address, d.article_id == a.id).where(here).add_columns(d.url_digest.label("key"))
        asked = asked.where(or_(a.gone_at.is_not(None), a.looked_at.is_not(None))).order_by(a.id)
        for row in session.connection().execute(asked):
            if row.gone_at is not None or _later(named[row.key], row.looked_at):
                found.setdefault(row.id, _look(row))
    return list(found.values())


def gone(session: Session, portal: str) -> set[str]:
    """The digests of the addresses of articles that have vanished."""
    a, d = t.article.c, t.address.c
    asked = select(d.url_digest).join(t.article, a.id == d.article_id).join(t.portal, t.portal.c.id == d.portal_id)
    return set(session.connection().execute(asked.where(t.portal.c.slug == portal, a.gone_at.is_not(None))).scalars())


def _looked(row: Row[Any]) -> datetime:
    at: datetime = row.looked_at or row.first_seen_at
    return at


def _later(changed: datetime | date | None, looked: datetime | None) -> bool:
    if changed is None or looked is None:
        return False
    if isinstance(changed, datetime):
        return changed > looked
    return datetime.combine(changed, time(), VIETNAM) > looked


def _looks(portal: str) -> Select[Any]:
    a, r, p = t.article.c, t.revision.c, t.portal.c
    facts = (
        "id",
        "url",
        "published_at",
        "published_precision",
        "looked_at",
        "first_seen_at",
        "gone_at",
        "look_again_at",
    )
    asked = select(*(a[name] for name in facts), r.title, r.reader_version, func.length(r.body).label("chars"), r.facts)
    asked = asked.join(t.revision, (r.article_id == a.id) & (r.number == a.revisions))
    return asked.where(a.portal_id == select(p.id).where(p.slug == portal).scalar_subquery())


def _look(row: Row[Any]) -> DueLook:
    stated = row.facts.get("published")
    return DueLook(
        article=row.id,
        url=row.url,
        title=row.title,
        chars=row.chars,
        published_at=row.published_at,
        precision=row.published_precision,
        source=stated[2] if stated else "",
        looked_at=row.looked_at,
        gone=row.gone_at is not None,
        reader=row.reader_version,
    )
