"""Portal-days as they were written, and the nights of which there is none."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.days import COUNTS, Explained, Health, PortalDay, Signs, State
from archive.queries_schedule import rested
from config.portal import Status, load

ONE_DAY = timedelta(days=1)
HISTORY = 120
"""Nights that a judgement looks back on."""


def days(
    session: Session, portal: str | None = None, *, before: date | None = None, limit: int = 50
) -> list[PortalDay]:
    """Portal-days, the latest first."""
    d, p = t.portal_day.c, t.portal.c
    asked = select(t.portal_day, p.slug).join(t.portal, p.id == d.portal_id).order_by(d.day.desc(), p.slug)
    if portal is not None:
        asked = asked.where(p.slug == portal)
    if before is not None:
        asked = asked.where(d.day < before)
    return [_day(row) for row in session.connection().execute(asked.limit(limit))]


def latest(session: Session) -> dict[str, PortalDay]:
    """Each portal's last portal-day, by slug."""
    d, p = t.portal_day.c, t.portal.c
    later = t.portal_day.alias("later")
    newest = select(later.c.id).where(later.c.portal_id == d.portal_id, later.c.day > d.day).exists()
    asked = select(t.portal_day, p.slug).join(t.portal, p.id == d.portal_id).where(~newest).order_by(p.slug)
    return {row.slug: _day(row) for row in session.connection().execute(asked)}


def alarms(session: Session, today: date, *, back: int = 30) -> list[tuple[str, date, str]]:
    """The portal-days of the last days that nothing explains: (portal, day, why it is one), the latest first.

    A night that left no portal-day is one too, once a portal has been crawled and while its file calls it active:
    nobody knows what it brought; unless the scheduler let the portal rest, and noted why. The last night counts when
    the next one has passed. A portal that nobody has crawled in all these days is named once.
    """
    since, until = today - timedelta(days=back), today - timedelta(days=2)
    found = _told(session, since)
    named = [
        (slug, day, nights[day].reason or "nothing explains it")
        for slug, nights in found.items()
        for day in nights
        if nights[day].explained == Explained.UNEXPLAINED
    ]
    excused = rested(session, since)
    missing = [
        (slug, day, "no crawl of this night was finished")
        for slug, days in found.items()
        for day in gaps([*days, *([until + ONE_DAY] if _active(days) and max(days) <= until else [])])
        if not excused.get((slug, day)) and not excused.get(("", day))
    ]
    left = [
        (slug, until, f"no crawl was finished since {last}")
        for slug, last in _left(session, since)
        if not excused.get((slug, until)) and not excused.get(("", until))
    ]
    return sorted([*named, *missing, *left], key=lambda one: (-one[1].toordinal(), one[0]))


def _told(session: Session, since: date) -> dict[str, dict[date, Any]]:
    """The portal-days since a day, by portal."""
    d, p = t.portal_day.c, t.portal.c
    asked = select(p.slug, p.status, d.day, d.explained, d.reason).join(t.portal, p.id == d.portal_id)
    found: dict[str, dict[date, Any]] = {}
    for row in session.connection().execute(asked.where(d.day >= since).order_by(p.slug, d.day)):
        found.setdefault(row.slug, {})[row.day] = row
    return found


def _active(days: Mapping[date, Any]) -> bool:
    return all(row.status == Status.ACTIVE for row in days.values())


def _left(session: Session, since: date) -> list[tuple[str, date]]:
    """Active portals whose last portal-day is before a day, with that day."""
    d, p = t.portal_day.c, t.portal.c
    last = func.max(d.day)
    asked = select(p.slug, last.label("last")).join(t.portal, p.id == d.portal_id).where(p.status == Status.ACTIVE)
    rows = session.connection().execute(asked.group_by(p.slug).having(last < since).order_by(p.slug))
    return [(row.slug, row.last) for row in rows]


def never_crawled(session: Session, folder: Path) -> list[str]:
    """Active portals of a folder of portal files of which the archive has no night; raises PortalError."""
    d, p = t.portal_day.c, t.portal.c
    nights = select(d.id).where(d.portal_id == p.id).exists()
    known = set(session.connection().execute(select(p.slug).where(nights)).scalars())
    return [slug for slug, portal in load(folder).items() if portal.status is Status.ACTIVE and slug not in known]


def gaps(nights: Iterable[date]) -> list[date]:
    """The days between the first and the last of these that are not among them."""
    known = set(nights)
    first, last = min(known), max(known)
    return [day for n in range((last - first).days) if (day := first + timedelta(days=n)) not in known]


def _day(row: Row[Any]) -> PortalDay:
    return PortalDay(
        portal=row.slug,
        day=row.day,
        outcome=row.outcome,
        reason=row.reason,
        whole=row.whole,
        **{name: getattr(row, name) for name in COUNTS},
        reasons=row.reasons,
        signs=Signs.of(row.signs),
        explained=Explained(row.explained),
        capture=row.capture_id,
        health=Health(State(row.state), row.cause, row.health, row.since),
    )
