"""Alarms: one for each event that needs a hand, opened once, closed when it is over; both are told once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from archive import tables as t
from archive.days import State
from archive.report import GRAVE, unexpected

NIGHTS = "nights"
"""The subject of the alarm that no crawl ends."""
SILENT = timedelta(hours=36)
"""After so long without a crawl that ended a night was missed."""
ASIDE = "set aside"
"""How an alarm is over whose portal the operator has paused or called gone."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a subject: a portal (`portal:SLUG`), or the nights."""

    state: str
    cause: str = ""
    reason: str = ""
    since: date | None = None
    capture: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Which alarms to open, and which are over and how."""

    opened: Mapping[str, Trouble]
    closed: Mapping[str, str]


def decide(standing: Mapping[str, str], now: Mapping[str, Trouble]) -> Decided:
    """From the open alarms' states and how each subject is now; one that is not there was set aside.

    A suspect portal neither opens an alarm nor ends one; another grave state is another event.
    """
    closed = {
        subject: now[subject].state if subject in now else ASIDE
        for subject, state in standing.items()
        if subject not in now or now[subject].state not in {state, State.SUSPECT}
    }
    opened = {
        subject: trouble
        for subject, trouble in now.items()
        if trouble.state in GRAVE and (subject not in standing or subject in closed)
    }
    return Decided(opened, closed)


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm as a notice tells it; `became` is empty while it is open."""

    id: int
    subject: str
    state: str
    cause: str
    reason: str
    since: str
    capture: int | None
    became: str = ""


def review(connection: Connection, now: datetime) -> list[Told]:
    """Open and close alarms by what the archive says now; those that were, in the order of opening."""
    a = t.alarm.c
    open_ = {row.subject: row for row in connection.execute(select(t.alarm).where(a.closed_at.is_(None)))}
    decided = decide({subject: row.state for subject, row in open_.items()}, _now(connection, now))
    told = []
    for subject, became in decided.closed.items():
        row = open_[subject]
        connection.execute(update(t.alarm).where(a.id == row.id), {"closed_at": now, "became": became})
        told.append(_told(row, became))
    for subject, trouble in decided.opened.items():
        new = {
            "subject": subject,
            "state": trouble.state,
            "cause": trouble.cause,
            "reason": trouble.reason,
            "since": trouble.since,
            "capture_id": trouble.capture,
            "opened_at": now,
        }
        added = connection.execute(insert(t.alarm).returning(*t.alarm.c), {**new, "became": ""}).one()
        told.append(_told(added, ""))
    return sorted(told, key=lambda one: one.id)


def _told(row: Row[Any], became: str) -> Told:
    since = row.since.isoformat() if row.since else ""
    return Told(row.id, row.subject, row.state, row.cause, row.reason, since, row.capture_id, became)


def _now(connection: Connection, now: datetime) -> dict[str, Trouble]:
    """How each portal that is crawled is by its last portal-day, and whether crawls end at all."""
    d, p = t.portal_day.c, t.portal.c
    newest = select(d.portal_id, func.max(d.day).label("day")).group_by(d.portal_id).subquery()
    asked = select(t.portal_day, p.slug).join(t.portal, p.id == d.portal_id)
    asked = asked.join(newest, (newest.c.portal_id == d.portal_id) & (newest.c.day == d.day))
    rows = connection.execute(asked.where(unexpected()).order_by(p.slug))
    found = {f"portal:{row.slug}": Trouble(row.state, row.cause, row.health, row.since, row.capture_id) for row in rows}
    last = connection.execute(select(func.max(t.run.c.finished_at))).scalar()
    if last is not None:
        found[NIGHTS] = _nights(last, now)
    return found


def _nights(last: datetime, now: datetime) -> Trouble:
    if now - last <= SILENT:
        return Trouble(State.OK)
    hours = (now - last).total_seconds() / 3600
    return Trouble(State.BROKEN, "silence", f"the last crawl ended {hours:.0f} hours ago", last.date())
