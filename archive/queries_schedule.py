"""What the scheduler asks: what portals' nights were like, what is done, who rested, who is the one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.days import State

LOOK_BACK = timedelta(days=120)
"""How far back a portal's habit is asked for."""


CUT_SHORT = ("interrupted", "could not be stored", "the disk is nearly full", "the crawl was cut off")
"""How the reason begins of a run that ended through our own fault, and is to be run again the same night."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a portal's portal-days of the last months say of it: how many, from when to when, on how many came news."""

    nights: int = 0
    first: date | None = None
    last: date | None = None
    news: int = 0
    last_news: date | None = None
    state: State = State.OK
    cause: str = ""
    since: date | None = None
    deep: date | None = None
    """The last night on which it was looked at more deeply, within two months."""


@dataclass(frozen=True, slots=True)
class ArchivedDuty:
    """A duty of a night, as it was begun and ended; `ended_at` is None while it goes on, or when it was killed."""

    name: str
    slot: date
    holder: str
    began_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str


def habits(session: Session, today: date) -> dict[str, Habit]:
    """Each portal's habit before a day, by slug; portals that were never crawled have none."""
    d, p, run = t.portal_day.c, t.portal.c, session.connection().execute
    news = func.count().filter(d.new > 0)
    told = select(p.slug, func.count(), func.min(d.day), func.max(d.day), news, func.max(d.day).filter(d.new > 0))
    told = (
        told.join(t.portal_day, p.id == d.portal_id).where(d.day >= today - LOOK_BACK, d.day < today).group_by(p.slug)
    )
    health = {row.slug: row.health or {} for row in run(select(p.slug, p.health))}
    deep = _deep(session, today)
    found = {}
    for slug, nights, first, last, fresh, latest in run(told.group_by(p.slug)):
        now = health[slug]
        since = date.fromisoformat(now["since"]) if now.get("since") else None
        state = State(now.get("state", State.OK))
        found[slug] = Habit(nights, first, last, fresh, latest, state, str(now.get("cause", "")), since, deep.get(slug))
    return found


def _deep(session: Session, today: date) -> dict[str, date]:
    """The last deeper look at each portal, by slug."""
    r, d, p = t.run.c, t.portal_day.c, t.portal.c
    looked = r.summary["details"]["deep"].as_integer() > 0
    asked = select(p.slug, func.max(d.day)).join(t.portal_day, p.id == d.portal_id).join(t.run, r.id == d.run_id)
    rows = session.connection().execute(
        asked.where(d.day >= today - LOOK_BACK / 2, d.day < today, looked).group_by(p.slug)
    )
    return {row.slug: row[1] for row in rows}


def crawled(session: Session, night: date, since: datetime) -> set[str]:
    """The portals of which a run of this night, begun since then, has ended by itself."""
    r, d, p = t.run.c, t.portal_day.c, t.portal.c
    asked = select(p.slug).join(t.portal_day, p.id == d.portal_id).join(t.run, r.id == d.run_id)
    ours = or_(*(d.reason.startswith(words) for words in CUT_SHORT))
    return set(session.connection().execute(asked.where(d.day == night, r.started_at >= since, ~ours)).scalars())


def rested(session: Session, since: date) -> dict[tuple[str, date], str]:
    """Why portals were not to be crawled on nights since then; the slug is empty where none was."""
    r, p = t.rest.c, t.portal.c
    asked = select(p.slug, r.first, r.last, r.reason).select_from(t.rest).outerjoin(t.portal, p.id == r.portal_id)
    found = {}
    for slug, first, last, reason in session.connection().execute(asked.where(r.last >= since)):
        for number in range((last - max(first, since)).days + 1):
            found[slug or "", max(first, since) + timedelta(days=number)] = reason
    return found


def duties(session: Session, name: str | None = None, limit: int = 30) -> list[ArchivedDuty]:
    """The latest duties first."""
    asked = select(t.duty).order_by(t.duty.c.slot.desc(), t.duty.c.began_at.desc()).limit(limit)
    if name is not None:
        asked = asked.where(t.duty.c.name == name)
    return [ArchivedDuty(**row._mapping) for row in session.connection().execute(asked)]
