"""What Prometheus reads of an archive: gauges asked of the database when somebody looks (docs/metrics.md)."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.dates import VIETNAM
from archive.days import State
from archive.queries_days import alarms
from config.settings import Settings

UNKNOWN = "unknown"
"""The state of a portal that has had no night."""


def families(session: Session, settings: Settings) -> Iterator[Metric]:
    """Every gauge of the archive, at one moment of it."""
    by_state = GaugeMetricFamily("caicach_portals", "Portals that are crawled, by how they are.", labels=["state"])
    for state, count in _states(session).items():
        by_state.add_metric([state], count)
    yield by_state
    for name, help_, value in _numbers(session, settings):
        yield GaugeMetricFamily(f"caicach_{name}", help_, value)


def _states(session: Session) -> dict[str, int]:
    p = t.portal.c
    asked = select(p.health).where(p.status.not_in(["paused", "gone"]))
    found = Counter((row.health or {}).get("state", UNKNOWN) for row in session.connection().execute(asked))
    return {state: found[state] for state in (*State, UNKNOWN)}


def _numbers(session: Session, settings: Settings) -> Iterator[tuple[str, str, float]]:
    def one(asked: Any) -> float:
        value: Any = session.connection().execute(asked).scalar()
        return value.timestamp() if isinstance(value, datetime) else float(value or 0)

    def rows(table: Table, *conditions: Any) -> Any:
        return select(func.count()).select_from(table).where(*conditions)

    today = datetime.now(UTC).astimezone(VIETNAM).date()
    yield "articles", "Articles kept, of any topic.", one(select(func.max(t.article.c.id)))
    yield "archive_version", "The number of the archive's last change.", one(select(func.max(t.change.c.number)))
    yield (
        "last_run_timestamp_seconds",
        "When the last crawl of a portal ended.",
        one(select(func.max(t.run.c.finished_at))),
    )
    yield (
        "quarantine_pages",
        "Pages that wait in quarantine.",
        one(rows(t.quarantine, t.quarantine.c.resolved_at.is_(None))),
    )
    yield (
        "unexplained_portal_days",
        "Portal-days of the last 30 days that nothing explains.",
        float(len(alarms(session, today))),
    )
    yield "alarms_open", "Alarms that are not over.", one(rows(t.alarm, t.alarm.c.closed_at.is_(None)))
    yield (
        "notices_waiting",
        "Reports and alarms that no receiver has taken yet.",
        one(rows(t.notice, t.notice.c.sent_at.is_(None))),
    )
    yield "disk_free_bytes", "Free disk below the data folder.", float(shutil.disk_usage(settings.data).free)
    yield "disk_floor_bytes", "Free disk below which crawls stop.", float(settings.disk_floor)


class _Given(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def registry(metrics: Iterable[Metric]) -> CollectorRegistry:
    """A registry of these alone."""
    made = CollectorRegistry()
    made.register(_Given(metrics))
    return made
