"""Portal-days as rows: one for each portal and night, whichever runs it took."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from archive import tables as t
from archive.days import COUNTS, Explained, PortalDay, Signs
from archive.store_articles import Moment
from archive.store_changes import Kind
from archive.store_facts import storable

INDEXED = (Kind.NEW, Kind.REVISED, Kind.GONE, Kind.RESTORED)
ADDED = tuple(name for name in COUNTS if name != "indexed")


def said(day: PortalDay) -> dict[str, Any]:
    """A portal-day as the run's metadata record in WARC holds it."""
    return {**asdict(day), "signs": day.signs.as_json(), "day": day.day.isoformat(), "health": _health(day)}


def write(connection: Connection, moment: Moment, day: PortalDay) -> None:
    """Write a portal-day, or add a further run of the same day to it; the portal's row has its health then."""
    d = t.portal_day.c
    here = (d.portal_id == moment.portal) & (d.day == day.day)
    known = connection.execute(select(t.portal_day).where(here)).first()
    if known is not None:
        day = _added(known, day)
    row = _row(day) | {"run_id": moment.run, "indexed": _indexed(connection, moment, known)}
    if moment.capture is not None or known is None:
        row["capture_id"] = moment.capture
    if known is None:
        connection.execute(insert(t.portal_day), {**row, "portal_id": moment.portal, "day": day.day})
    else:
        connection.execute(update(t.portal_day).where(d.id == known.id), row)
    now = _health(day) | {"day": day.day.isoformat()}
    connection.execute(update(t.portal).where(t.portal.c.id == moment.portal), {"health": now})


def _indexed(connection: Connection, moment: Moment, known: Row[Any] | None) -> int:
    """How many articles the runs of the day gave the index to take."""
    c = t.change.c
    of_run = select(func.count(c.article_id.distinct())).where(c.run_id == moment.run, c.kind.in_(INDEXED))
    before: int = known.indexed if known is not None and known.run_id != moment.run else 0
    return before + int(connection.execute(of_run).scalar_one())


def _added(known: Row[Any], day: PortalDay) -> PortalDay:
    counts = {name: getattr(known, name) + getattr(day, name) for name in ADDED}
    reasons = {why: known.reasons.get(why, 0) + day.reasons.get(why, 0) for why in {**known.reasons, **day.reasons}}
    new = Explained.NEW if known.explained == Explained.NEW and day.explained == Explained.EMPTY else day.explained
    signs = Signs.of(known.signs).added(day.signs)
    return replace(day, **counts, reasons=reasons, explained=new, signs=signs, whole=known.whole or day.whole)


def _row(day: PortalDay) -> dict[str, Any]:
    health = day.health
    return {
        **{name: getattr(day, name) for name in ADDED},
        "outcome": day.outcome,
        "reason": storable(day.reason),
        "whole": day.whole,
        "reasons": {storable(why): times for why, times in day.reasons.items()},
        "signs": day.signs.as_json(),
        "explained": day.explained.value,
        "state": health.state.value,
        "cause": health.cause,
        "since": health.since,
        "health": storable(health.reason),
    }


def _health(day: PortalDay) -> dict[str, Any]:
    health = day.health
    since = health.since.isoformat() if health.since else None
    return {"state": health.state.value, "cause": health.cause, "reason": storable(health.reason), "since": since}
