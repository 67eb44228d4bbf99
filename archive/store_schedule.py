"""Writes what the scheduler must not do twice: the lease of the one scheduler, its duties, the rests of portals.

Every function is one transaction. Whoever has lost the lease can begin nothing: begin asks for it in the same breath.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from archive import tables as t
from archive.database import writing

LEASE = "scheduler"


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds the lease, and until when by the database's clock."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """A duty that may be done now; `since` is when it was begun first, which a killed scheduler may have done."""

    since: datetime


class NotTheOne(Exception):  # noqa: N818  # a verdict, not a fault
    """Another scheduler holds the lease."""


def now_of(connection: Connection) -> datetime:
    """The time by the database's clock: one for all machines over one PostgreSQL."""
    if connection.dialect.name == "postgresql":
        return connection.execute(select(func.clock_timestamp())).scalar_one().astimezone(UTC)  # type: ignore[no-any-return]
    return datetime.now(UTC)


def take_lease(engine: Engine, holder: str, seconds: float) -> Held | None:
    """Take the lease, or keep it for so many seconds more; None when it is ours, else who has it."""
    with writing(engine) as connection:
        now, row = now_of(connection), connection.execute(select(t.lease).where(t.lease.c.name == LEASE)).first()
        until = {"holder": holder, "until": now + timedelta(seconds=seconds)}
        if row is None:
            connection.execute(insert(t.lease), {"name": LEASE, **until})
        elif row.holder == holder or row.until <= now:
            connection.execute(update(t.lease).where(t.lease.c.name == LEASE), until)
        else:
            return Held(row.holder, row.until)
    return None


def give_lease(engine: Engine, holder: str) -> None:
    """Give the lease back, if it is ours."""
    with writing(engine) as connection:
        connection.execute(delete(t.lease).where(t.lease.c.name == LEASE, t.lease.c.holder == holder))


def begin(engine: Engine, name: str, slot: date, holder: str) -> Begun | None:
    """Begin a duty, or go on with one that was killed or failed; None when it is done. Raises NotTheOne."""
    d = t.duty.c
    with writing(engine) as connection:
        one = connection.execute(select(t.lease.c.holder).where(t.lease.c.name == LEASE)).scalar()
        if one != holder:
            raise NotTheOne
        now = datetime.now(UTC)
        older = (d.name == name) & (d.slot < slot) & d.ended_at.is_(None)
        connection.execute(update(t.duty).where(older), {"ended_at": now, "outcome": "given up"})
        row = connection.execute(select(t.duty).where(d.name == name, d.slot == slot)).first()
        if row is None:
            new = {"name": name, "slot": slot, "holder": holder, "began_at": now, "outcome": "", "detail": ""}
            connection.execute(insert(t.duty), new)
            return Begun(now)
        if row.ended_at is not None:
            return None
        connection.execute(update(t.duty).where(d.name == name, d.slot == slot), {"holder": holder})
        return Begun(row.began_at)


def end(engine: Engine, name: str, slot: date, outcome: str, detail: str = "") -> None:
    """Note how a duty ended; one that "failed" stays open, to be tried again."""
    d, now = t.duty.c, datetime.now(UTC)
    row = {"outcome": outcome, "detail": detail[:500], "ended_at": None if outcome == "failed" else now}
    with writing(engine) as connection:
        connection.execute(update(t.duty).where(d.name == name, d.slot == slot), row)


def skip(engine: Engine, name: str, slot: date, holder: str, reason: str) -> None:
    """Note that a duty is left out, and why; nothing when it was begun."""
    now = datetime.now(UTC)
    row = {"name": name, "slot": slot, "holder": holder, "began_at": now, "ended_at": now, "detail": reason}
    with writing(engine) as connection:
        known = connection.execute(select(t.duty.c.slot).where(t.duty.c.name == name, t.duty.c.slot == slot)).first()
        if known is None:
            connection.execute(insert(t.duty), {**row, "outcome": "left out"})


def rest(engine: Engine, night: date, reasons: Mapping[str, str]) -> None:
    """Note that portals (by slug; "" is all of them) are not crawled on a night, and why.

    Nights in a row for one reason are one row.
    """
    r = t.rest.c
    with writing(engine) as connection:
        ids: dict[str, int | None] = {
            slug: number for number, slug in connection.execute(select(t.portal.c.id, t.portal.c.slug))
        }
        ids[""] = None
        recent = connection.execute(select(t.rest).where(r.last >= night - timedelta(days=1), r.first <= night))
        open_ = {row.portal_id: row for row in recent}
        fresh, longer = [], []
        for slug, reason in reasons.items():
            if slug not in ids:
                continue
            row = open_.get(ids[slug])
            if row is None or (row.reason != reason and row.last < night):
                fresh.append({"portal_id": ids[slug], "first": night, "last": night, "reason": reason})
            elif row.last < night:
                longer.append(row.id)
        if fresh:
            connection.execute(insert(t.rest), fresh)
        for start in range(0, len(longer), 500):
            connection.execute(update(t.rest).where(r.id.in_(longer[start : start + 500])), {"last": night})
