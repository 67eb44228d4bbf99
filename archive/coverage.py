"""Coverage: for every portal selected, what was crawled, when, and in which months nothing is.

Only finished runs count: they raise the archive's version, so that one version has one coverage.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from archive import queries
from archive import tables as t
from archive.conditions import portals_where
from archive.dates import VIETNAM
from archive.filters import Filters
from archive.queries_rows import STREAM
from archive.runs import Outcome

MOVED = "moved"
"""The cause of a portal that leads to another host (crawler/health.py)."""
APART = ("looks", "files_failed", "files_put_off")
"""Further counts of a run (crawler/ledger.py) that the goal of three requests a new article leaves out."""


@dataclass(frozen=True, slots=True)
class PortalCoverage:
    """A portal, its finished runs, and its selected articles by month of publication.

    `months` has the months with articles (`2024-03`, or "" where the day is unknown) and `gaps` the
    months between the first and the last that have none. `requests_per_new` counts runs that found
    something, without robots.txt, attachments and re-looks; None when none did. `state`, `cause`, `health`
    and `since` are those of the last portal-day (archive/days.py); empty before there was one. `successor` is the
    portal that its file names, or the known one on the host to which it has moved.
    """

    portal: str
    name: str
    url: str
    level: str
    province: str | None
    runs: int = 0
    first_run_at: datetime | None = None
    last_run_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    """When a run last brought something new."""
    outcome: str | None = None
    reason: str = ""
    requests_per_new: float | None = None
    state: str = ""
    cause: str = ""
    health: str = ""
    since: str = ""
    successor: str = ""
    articles: int = 0
    months: dict[str, int] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()

    def by_month(self) -> list[tuple[str, int]]:
        """Months with their articles, the gaps among them with 0; one line at least."""
        return sorted({**self.months, **dict.fromkeys(self.gaps, 0)}.items()) or [("", 0)]


def coverage(session: Session, filters: Filters) -> list[PortalCoverage]:
    """Every portal that the filters allow, by slug, with articles or without."""
    p, r = t.portal.c, t.run.c
    run = session.connection().execute
    portals = run(select(t.portal).where(*portals_where(filters)).order_by(p.slug)).all()
    ended = select(t.run).where(r.finished_at.is_not(None), r.portal_id.in_([row.id for row in portals]))
    streamed = run(ended.order_by(r.portal_id, r.id), execution_options={"yield_per": STREAM})
    runs = {portal: _runs(list(mine)) for portal, mine in groupby(streamed, attrgetter("portal_id"))}
    months: dict[str, dict[str, int]] = defaultdict(dict)
    for month in queries.coverage(session, filters):
        months[month.portal][month.month] = month.articles
    hosts = {urlsplit(row.url).netloc: row.slug for row in run(select(p.url, p.slug))}
    return [
        replace(_covered(row, runs.get(row.id, {}), months[row.slug]), successor=successor(row.file, row.health, hosts))
        for row in portals
    ]


def successor(file: str, health: Mapping[str, Any] | None, hosts: Mapping[str, str]) -> str:
    """Where a portal goes on: as its file says, or the portal on the host that it leads to; empty when neither."""
    named = str(tomllib.loads(file).get("successor") or "")
    if named or not health or health["cause"] != MOVED:
        return named
    return hosts.get(health["reason"].rpartition(" ")[2], "")


def _covered(portal: Row[Any], runs: Mapping[str, Any], months: dict[str, int]) -> PortalCoverage:
    return PortalCoverage(
        portal=portal.slug,
        name=portal.name,
        url=portal.url,
        level=portal.level,
        province=portal.province,
        articles=sum(months.values()),
        months=dict(sorted(months.items())),
        gaps=gaps(months),
        **_health(portal.health),
        **runs,
    )


def _runs(runs: Sequence[Row[Any]]) -> dict[str, Any]:
    """What is told of a portal's finished runs, the oldest first."""
    last = runs[-1]
    fine = [run.finished_at for run in runs if run.outcome == Outcome.OK]
    fresh = [run.finished_at for run in runs if run.summary.get("new")]
    return {
        "runs": len(runs),
        "first_run_at": runs[0].started_at.astimezone(VIETNAM),
        "last_run_at": last.finished_at.astimezone(VIETNAM),
        "last_ok_at": fine[-1].astimezone(VIETNAM) if fine else None,
        "last_new_at": fresh[-1].astimezone(VIETNAM) if fresh else None,
        "outcome": last.outcome,
        "reason": last.reason,
        "requests_per_new": per_new(run.summary for run in runs),
    }


def _health(kept: dict[str, Any] | None) -> dict[str, Any]:
    if not kept:
        return {}
    names = {"state": "state", "cause": "cause", "health": "reason", "since": "since"}
    return {mine: kept[name] or "" for mine, name in names.items()}


def gaps(months: Iterable[str]) -> tuple[str, ...]:
    """The months between the first and the last of these that are not among them."""
    known = {int(month[:4]) * 12 + int(month[5:]) - 1 for month in months if month}
    missing = set(range(min(known), max(known))) - known if known else ()
    return tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in sorted(missing))


def per_new(summaries: Iterable[dict[str, Any]]) -> float | None:
    """Requests for each new article, over runs with something new, to two decimals."""
    found = [summary for summary in summaries if summary.get("new")]
    if not found:
        return None
    asked = sum(map(_asked, found))
    new: int = sum(summary["new"] for summary in found)
    return round(asked / new, 2)


def _asked(summary: dict[str, Any]) -> int:
    """Requests of a run but for robots.txt, attachments and re-looks (DESIGN.md section 8)."""
    apart: int = summary["attachments"] + sum(summary["details"].get(name, 0) for name in APART)
    requests: int = summary["requests"]
    return max(0, requests - 1 - apart)
