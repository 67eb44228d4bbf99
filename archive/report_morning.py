"""What a scheduler calls: `morning` once a day, `watch` as often as it likes; both write first and send then.

from archive.report_morning import morning, watch
morning(settings)            # alarms, and the report of what ended since the last one: once a day
watch(settings)              # alarms that opened or are over, and whatever still waits to be sent
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from archive import alarms, database, report_print
from archive import tables as t
from archive.dates import VIETNAM
from archive.printing import plain
from archive.report import Report, gather
from archive.report_outbox import Sent, deliver, put
from archive.report_send import receivers
from config.settings import Settings

FIRST = timedelta(hours=24)
"""How far the first report looks back."""
FARTHEST = timedelta(days=7)
"""How far any report looks back, were it after a month of silence."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What a morning told: its report, the alarms of this hour, and what became of the notices."""

    report: Report
    alarms: list[alarms.Told]
    sent: Sent


def morning(settings: Settings, now: datetime | None = None, *, patience: float = 0.0) -> Morning:
    """Review the alarms, write today's report unless it is written, and send what is due.

    `patience` are seconds in which a receiver that did not answer is asked again. Called twice on a day it writes
    nothing the second time. What cannot be sent waits for the next call of this or of `watch`. Raises UserError
    when the archive cannot be opened.
    """
    at = now or datetime.now(UTC)
    with _opened(settings) as engine:
        with database.writing(engine) as connection:
            told = _review(connection, settings, at)
            report = _written(connection, settings, at)
        return Morning(report, told, deliver(engine, settings, patience))


def watch(settings: Settings, now: datetime | None = None, *, patience: float = 0.0) -> Sent:
    """Open and close alarms, tell of those that did, and send whatever waits. Raises UserError."""
    with _opened(settings) as engine:
        with database.writing(engine) as connection:
            _review(connection, settings, now or datetime.now(UTC))
        return deliver(engine, settings, patience)


def _review(connection: Connection, settings: Settings, now: datetime) -> list[alarms.Told]:
    """Alarms and their notices in one transaction: each is told once, whoever dies in between."""
    told = alarms.review(connection, now)
    if told:
        key = f"alarms:{told[0].id}:{told[0].became or 'opened'}"  # no event is ever told in another notice
        put(connection, key, report_print.alarms(told, settings.report_language), receivers(settings), now)
    return told


def _written(connection: Connection, settings: Settings, now: datetime) -> Report:
    """Today's report, and a notice of it for each receiver that has none."""
    key = f"report:{now.astimezone(VIETNAM).date().isoformat()}"
    report = gather(Session(connection), _since(connection, key, now), now)
    put(connection, key, content(report, settings.report_language), receivers(settings), now)
    return report


def _since(connection: Connection, key: str, now: datetime) -> datetime:
    """Where the last report of another day ended: what ended after it was in none."""
    n = t.notice.c
    asked = select(n.made_at).where(n.key.startswith("report:"), n.key != key, n.made_at < now)
    last = connection.execute(asked.order_by(n.made_at.desc()).limit(1)).scalar()
    return now - FIRST if last is None else max(last, now - FARTHEST)


def content(report: Report, language: str) -> dict[str, Any]:
    """A report as a notice: subject, text, HTML, and the object that a webhook gets."""
    subject, text = report_print.subject(report, language), report_print.text(report, language)
    told = {"event": "report", "subject": subject, "text": text, "report": as_object(report)}
    return {"subject": subject, "text": text, "html": report_print.html(report, language), "object": told}


def as_object(report: Report) -> dict[str, Any]:
    """A report as JSON: times are ISO 8601 with +07:00."""
    here = replace(report, since=report.since.astimezone(VIETNAM), until=report.until.astimezone(VIETNAM))
    loaded: dict[str, Any] = json.loads(json.dumps(asdict(here), default=plain, ensure_ascii=False))
    return loaded


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    """The archive's engine until the end of the block; there must be an archive of this code's schema."""
    with database.reading(settings):
        pass
    engine = database.connect(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()
