"""The morning report: what the runs that have ended since brought, changed and cost; read from the ledger alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.coverage import per_new
from archive.days import Explained, State
from archive.runs import Outcome
from archive.store_changes import Kind

REASONS = 5
"""Reasons for which runs were cut short that are named."""
TITLES = 25
"""New articles about the reform that are named, the latest first."""
KILLED = "killed"
GRAVE = frozenset({State.BROKEN, State.BLOCKED, State.FROZEN, State.GONE})
"""States of which the operator is told by an alarm."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The capture that proves a state: its address, what the portal answered, and where the record lies."""

    kind: str
    url: str
    status: int
    at: datetime
    place: str
    """WARC file and offset, as the export's column `warc`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a portal is, and how it was before; `before` is empty for its first night."""

    portal: str
    name: str
    state: State
    before: str = ""
    cause: str = ""
    reason: str = ""
    since: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new article about the reform."""

    id: int
    portal: str
    name: str
    title: str
    url: str
    published: str


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the portals were asked: requests, responses kept, their bytes, seconds, requests a new article."""

    requests: int = 0
    responses: int = 0
    bytes: int = 0
    seconds: float = 0.0
    per_new: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What is told in the morning; times are aware, counts are of the runs that ended in between."""

    since: datetime
    until: datetime
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Runs by how they ended; "killed" are those that died, and that one of these has taken up again."""
    cut: Sequence[tuple[str, int]] = ()
    """(reason, runs) of runs that ended before they were whole, the most frequent first."""
    new: int = 0
    reform: int = 0
    """Of the new articles, those about the reform."""
    revised: int = 0
    gone: int = 0
    by_portal: Sequence[tuple[str, str, int]] = ()
    """(slug, name, new articles), the most first."""
    fresh: Sequence[Fresh] = ()
    changed: Sequence[Standing] = ()
    """Portals whose state is another one than before, those that need a hand first."""
    standing: Sequence[Standing] = ()
    """Portals that needed a hand before and still do."""
    unread: int = 0
    """Pages that were put into quarantine and wait."""
    mended: int = 0
    """Pages of the quarantine that could be read."""
    restored: int = 0
    """Articles that had vanished and are there again."""
    unexplained: Sequence[tuple[str, str]] = ()
    """(slug, what the run said) of portal-days that nothing explains."""
    footprint: Footprint = Footprint()

    @property
    def recovered(self) -> list[Standing]:
        """Portals that needed a hand and no longer do."""
        return [one for one in self.changed if one.state is State.OK and one.before in GRAVE]


def gather(session: Session, since: datetime, until: datetime) -> Report:
    """The report of the runs that ended after `since`, and not after `until`."""
    r = t.run.c
    asked = select(t.run, t.portal.c.slug, t.portal.c.name).join(t.portal, t.portal.c.id == r.portal_id)
    ended = session.connection().execute(asked.where(r.finished_at > since, r.finished_at <= until).order_by(r.id))
    runs = [row for row in ended if row.summary.get("kind", "crawl") == "crawl"]
    if not runs:
        return Report(since, until, standing=_standing(session, set()))
    killed = _killed(session, {row.id for row in runs})
    ids = {row.id for row in (*runs, *killed)}
    changes = _changes(session, ids)
    counts = Counter(change.kind for change in changes)
    days = _days(session, ids)
    changed = _changed(session, days)
    return Report(
        since=since,
        until=until,
        outcomes=dict(Counter(row.outcome or KILLED for row in (*runs, *killed)).most_common()),
        cut=Counter(row.reason for row in runs if row.outcome == Outcome.PARTIAL).most_common(REASONS),
        new=counts[Kind.NEW],
        revised=counts[Kind.REVISED],
        gone=counts[Kind.GONE],
        restored=counts[Kind.RESTORED],
        by_portal=_by_portal((*runs, *killed), changes),
        changed=changed,
        standing=_standing(session, {one.portal for one in changed}),
        unexplained=[(day.slug, day.reason) for day in days if day.explained == Explained.UNEXPLAINED],
        footprint=_footprint(session, runs, ids),
        **_articles(session, [change.article_id for change in changes if change.kind == Kind.NEW]),
        **_quarantine(session, ids, since, until),
    )


def _killed(session: Session, ended: set[int]) -> list[Row[Any]]:
    """Runs that never ended, of which one of these is the next one over the same portal that did."""
    r, later = t.run.c, t.run.alias("later").c
    after = select(func.min(later.id)).where(later.portal_id == r.portal_id, later.id > r.id)
    after = after.where(later.finished_at.is_not(None))
    asked = select(t.run, t.portal.c.slug, t.portal.c.name, after.scalar_subquery().label("taken_up"))
    asked = asked.join(t.portal, t.portal.c.id == r.portal_id).where(r.finished_at.is_(None)).order_by(r.id)
    return [row for row in session.connection().execute(asked) if row.taken_up in ended]


def _changes(session: Session, runs: set[int]) -> list[Any]:
    c = t.change.c
    asked = select(c.kind, c.run_id, c.article_id).where(c.run_id >= min(runs), c.run_id <= max(runs))
    return [row for row in session.connection().execute(asked).all() if row.run_id in runs]


def _by_portal(runs: Iterable[Row[Any]], changes: Iterable[Row[Any]]) -> list[tuple[str, str, int]]:
    named = {row.id: (row.slug, row.name) for row in runs}
    new = Counter(named[change.run_id] for change in changes if change.kind == Kind.NEW)
    return [(slug, name, count) for (slug, name), count in new.most_common()]


def _articles(session: Session, new: Sequence[int]) -> dict[str, Any]:
    """How many of these are about the reform, and the latest of them by name."""
    a, p, v = t.article.c, t.portal.c, t.revision.c
    found: list[Row[Any]] = []
    asked = select(a.id, a.url, a.published_at, a.published_on, p.slug, p.name, v.title)
    asked = asked.join(t.portal, p.id == a.portal_id)
    asked = asked.join(t.revision, (v.article_id == a.id) & (v.number == a.revisions))
    for start in range(0, len(new), 500):
        some = asked.where(a.id.in_(new[start : start + 500]), a.is_reform.is_(True), a.withheld_at.is_(None))
        found += session.connection().execute(some)
    found.sort(key=lambda row: (str(row.published_at or ""), row.id), reverse=True)
    fresh = [
        Fresh(row.id, row.slug, row.name, row.title, row.url, row.published_on.isoformat() if row.published_on else "")
        for row in found[:TITLES]
    ]
    return {"reform": len(found), "fresh": fresh}


def _days(session: Session, runs: set[int]) -> list[Row[Any]]:
    """Each portal's last portal-day of these runs."""
    d, p = t.portal_day.c, t.portal.c
    asked = select(t.portal_day, p.slug, p.name).join(t.portal, p.id == d.portal_id).order_by(d.day)
    rows = session.connection().execute(asked.where(d.run_id >= min(runs), d.run_id <= max(runs)))
    return list({row.portal_id: row for row in rows if row.run_id in runs}.values())


def _changed(session: Session, days: Sequence[Row[Any]]) -> list[Standing]:
    if not days:
        return []
    d = t.portal_day.c
    first = min(day.day for day in days)
    newest = select(d.portal_id, func.max(d.day).label("day")).where(d.day < first).group_by(d.portal_id).subquery()
    asked = select(d.portal_id, d.state).join(newest, (newest.c.portal_id == d.portal_id) & (newest.c.day == d.day))
    before = {row.portal_id: row.state for row in session.connection().execute(asked)}
    moved = [day for day in days if before.get(day.portal_id, State.OK) != day.state]
    return _stood(session, [(day, before.get(day.portal_id, "")) for day in moved])


def _standing(session: Session, told: set[str]) -> list[Standing]:
    """Portals that are crawled and need a hand, by their last portal-day; `told` are named elsewhere."""
    d, p = t.portal_day.c, t.portal.c
    newest = select(d.portal_id, func.max(d.day).label("day")).group_by(d.portal_id).subquery()
    asked = select(t.portal_day, p.slug, p.name).join(t.portal, p.id == d.portal_id)
    asked = asked.join(newest, (newest.c.portal_id == d.portal_id) & (newest.c.day == d.day))
    asked = asked.where(d.state.in_(sorted(GRAVE)), unexpected())
    return _stood(session, [(row, row.state) for row in session.connection().execute(asked) if row.slug not in told])


def unexpected() -> ColumnElement[bool]:
    """Portals that are crawled, but for those that stand still and whose file says so."""
    p, d = t.portal.c, t.portal_day.c
    return p.status.not_in(["paused", "gone"]) & ~((p.status == "frozen") & (d.state == State.FROZEN))


def _stood(session: Session, days: Sequence[tuple[Row[Any], str]]) -> list[Standing]:
    proofs = evidence(session, {day.capture_id for day, _ in days if day.capture_id is not None})
    found = [
        Standing(
            portal=day.slug,
            name=day.name,
            state=State(day.state),
            before=before,
            cause=day.cause,
            reason=day.health,
            since=day.since.isoformat() if day.since else "",
            evidence=proofs.get(day.capture_id),
        )
        for day, before in days
    ]
    order = [State.GONE, State.BROKEN, State.BLOCKED, State.FROZEN, State.SUSPECT, State.OK]
    return sorted(found, key=lambda one: (order.index(one.state), one.portal))


def evidence(session: Session, captures: set[int]) -> dict[int, Evidence]:
    """Where these captures lie, by id."""
    asked = select(t.capture).where(t.capture.c.id.in_(sorted(captures)))
    return {
        row.id: Evidence(row.kind, row.url, row.status, row.fetched_at, f"{row.warc}:{row.warc_offset}")
        for row in session.connection().execute(asked)
    }


def _quarantine(session: Session, runs: set[int], since: datetime, until: datetime) -> dict[str, Any]:
    q, connection = t.quarantine.c, session.connection()
    count = select(func.count()).select_from(t.quarantine)
    opened = count.where(q.resolved_at.is_(None), q.run_id >= min(runs), q.run_id <= max(runs))
    mended = count.where(q.resolved_at > since, q.resolved_at <= until)
    return {"unread": connection.execute(opened).scalar_one(), "mended": connection.execute(mended).scalar_one()}


def _footprint(session: Session, runs: Sequence[Row[Any]], ids: set[int]) -> Footprint:
    c = t.capture.c
    asked = select(c.run_id, func.count(), func.sum(c.bytes)).group_by(c.run_id)
    kept = session.connection().execute(asked.where(c.run_id >= min(ids), c.run_id <= max(ids)))
    mine = [row for row in kept if row[0] in ids]
    return Footprint(
        requests=sum(row.summary.get("requests", 0) for row in runs),
        responses=sum(int(row[1]) for row in mine),
        bytes=sum(int(row[2] or 0) for row in mine),
        seconds=round(sum(row.summary.get("seconds", 0.0) for row in runs), 1),
        per_new=per_new(row.summary for row in runs),
    )
