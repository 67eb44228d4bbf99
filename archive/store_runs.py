"""Portals and runs as rows: what a portal's file says now, what a run was and did."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from archive import tables as t
from archive.filters import place_key
from archive.places import province_now
from archive.records import Located
from archive.runs import RunSummary
from archive.store_changes import Kind, log
from config.portal import Portal

EXPORTED = ("name", "level", "province", "district", "commune", "province_now")
"""What the export says of a portal: when one of these changes, the archive does."""


def columns(portal: Portal) -> dict[str, Any]:
    """The portal's row as its file says."""
    now = province_now(portal.province) if portal.province else None
    return {
        "name": portal.name,
        "url": portal.url,
        "level": portal.level.value,
        "province": portal.province,
        "district": portal.district,
        "commune": portal.commune,
        "province_now": now,
        "province_key": place_key(portal.province),
        "province_now_key": place_key(now),
        "district_key": place_key(portal.district),
        "commune_key": place_key(portal.commune),
        "status": portal.status.value,
        "file": portal.text,
    }


def know(connection: Connection, portal: Portal, at: datetime) -> int:
    """The portal's id; its row is written or brought up to its file."""
    p, row = t.portal.c, columns(portal)
    known = connection.execute(select(t.portal).where(p.slug == portal.slug)).first()
    if known is None:
        new = {**row, "slug": portal.slug, "first_seen_at": at}
        return int(connection.execute(insert(t.portal).returning(p.id), new).scalar_one())
    if any(getattr(known, name) != value for name, value in row.items()):
        connection.execute(update(t.portal).where(p.id == known.id), row)
    if any(getattr(known, name) != row[name] for name in EXPORTED):
        articles = connection.execute(select(t.article.c.id).where(t.article.c.portal_id == known.id)).scalars()
        log(connection, Kind.PORTAL, articles.all(), run=None, at=at)
    return int(known.id)


def begin(connection: Connection, portal: int, at: datetime) -> int:
    """A new run's id."""
    row = {"portal_id": portal, "started_at": at, "reason": "", "summary": {}, "warc": "", "warc_offset": 0}
    return int(connection.execute(insert(t.run).returning(t.run.c.id), row).scalar_one())


def end(connection: Connection, run: int, summary: RunSummary, place: Located, at: datetime) -> None:
    """Write what a run did, and with it when articles were last seen: one change, however many."""
    r = t.run.c
    row = {"finished_at": at, "outcome": summary.outcome.value, "reason": summary.reason, "summary": asdict(summary)}
    where = {"warc": place.warc, "warc_offset": place.offset}
    connection.execute(update(t.run).where(r.id == run), {**row, **where})
    _last_seen(connection, run)
    log(connection, Kind.RUN, [None], run=run, at=at)


def _last_seen(connection: Connection, run: int) -> None:
    a, d = t.article.c, t.address.c
    portal = select(t.run.c.portal_id).where(t.run.c.id == run).scalar_subquery()
    last = select(func.max(d.last_seen_at)).where(d.article_id == a.id).scalar_subquery()
    seen = select(d.article_id).join(t.article, a.id == d.article_id)
    behind = seen.where(d.portal_id == portal, d.last_seen_at > a.last_seen_at)
    connection.execute(update(t.article).where(a.id.in_(behind)).values(last_seen_at=last))
