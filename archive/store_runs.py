"""Portals and runs as rows: what a portal's file says now, what a run was and did."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from archive import tables as t
from archive.deeds import ranges
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


def begin(connection: Connection, portal: int, at: datetime, number: int | None = None) -> int:
    """A new run's id: the next, or the one that it had; the run of that number which never was makes room."""
    row: dict[str, Any] = {"portal_id": portal, "started_at": at, "reason": "", "summary": {}}
    row |= {"warc": "", "warc_offset": 0}
    if number is not None:
        there = connection.execute(update(t.run).where(t.run.c.id == number), row)
        if there.rowcount:
            return number
        row["id"] = number
    return int(connection.execute(insert(t.run).returning(t.run.c.id), row).scalar_one())


def end(connection: Connection, run: int, summary: RunSummary, at: datetime) -> dict[str, str]:
    """Write what a run did, and with it when articles were last seen: one change, however many.

    The answer are the articles that were seen later than before: their ids, by that time.
    """
    r = t.run.c
    row = {"finished_at": at, "outcome": summary.outcome.value, "reason": summary.reason, "summary": asdict(summary)}
    connection.execute(update(t.run).where(r.id == run), row)
    moved = _last_seen(connection, run)
    log(connection, Kind.RUN, [None], run=run, at=at)
    return moved


def placed(connection: Connection, run: int, place: Located) -> None:
    """Note where the record of a run's end lies."""
    where = {"warc": place.warc, "warc_offset": place.offset}
    connection.execute(update(t.run).where(t.run.c.id == run), where)


def _last_seen(connection: Connection, run: int) -> dict[str, str]:
    a, d = t.article.c, t.address.c
    portal = select(t.run.c.portal_id).where(t.run.c.id == run).scalar_subquery()
    last = select(func.max(d.last_seen_at)).where(d.article_id == a.id).scalar_subquery()
    seen = select(d.article_id).join(t.article, a.id == d.article_id)
    behind = seen.where(d.portal_id == portal, d.last_seen_at > a.last_seen_at)
    moved = update(t.article).where(a.id.in_(behind)).values(last_seen_at=last).returning(a.id, a.last_seen_at)
    by_time = defaultdict[datetime, list[int]](list)
    for row in connection.execute(moved):
        by_time[row.last_seen_at].append(row.id)
    return {at.isoformat(): ranges(ids) for at, ids in sorted(by_time.items())}


def seen(connection: Connection, at: datetime, articles: Collection[int]) -> None:
    """Note when articles were last seen, as a run's end told."""
    a, d = t.article.c, t.address.c
    connection.execute(update(t.article).where(a.id.in_(articles)), {"last_seen_at": at})
    behind = update(t.address).where(d.article_id.in_(articles), d.last_seen_at < at)
    connection.execute(behind, {"last_seen_at": at})


def remember(connection: Connection, portal: str, discovered: Mapping[str, Any]) -> None:
    """Keep what a first night found out about a portal."""
    connection.execute(update(t.portal).where(t.portal.c.slug == portal), {"discovered": discovered})


def card(portal: Portal) -> dict[str, Any]:
    """A portal's file as read, for WARC."""
    return portal.model_dump(mode="json", exclude={"text"}, exclude_defaults=True)
