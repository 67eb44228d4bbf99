"""Notices on their way: written before anything is sent, sent until they are taken, each by one process at a time.

A process that dies while it sends leaves the notice to be sent again after CLAIM; the receiver knows it by its id.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from archive import tables as t
from archive.database import writing
from archive.report_send import Letter, Undelivered, receivers, send
from config.settings import Settings

CLAIM = timedelta(minutes=5)
"""How long a notice is one process' own while it is being sent."""
WAITS = (5, 20, 60, 300, 1800, 7200)
"""Seconds until the next try, after each; the last for good."""
LONGEST = 21_600.0
"""The longest wait that a receiver may ask for, in seconds."""
STALE = timedelta(days=7)
"""News older than this is no longer sent; `caicach doctor` names it."""


@dataclass(slots=True)
class Sent:
    """What a round of sending did: notices taken, and those that wait, with the last reason of each."""

    taken: list[str] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)


def put(connection: Connection, key: str, content: dict[str, Any], to: Iterable[str], now: datetime) -> int:
    """Write a notice for each receiver that has none of this key; how many."""
    n, added = t.notice.c, 0
    known = set(connection.execute(select(n.receiver).where(n.key == key)).scalars())
    row = {"key": key, "content": content, "made_at": now, "tries": 0, "next_at": now, "fault": ""}
    for receiver in to:
        if receiver not in known:
            connection.execute(insert(t.notice), {**row, "receiver": receiver})
            added += 1
    return added


def deliver(
    engine: Engine,
    settings: Settings,
    patience: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Sent:
    """Send what is due, and what becomes due within so many seconds; what is not taken waits for the next call."""
    done, until = Sent(), time.monotonic() + patience
    while True:
        while (claimed := _claim(engine, settings)) is not None:
            _try(engine, settings, claimed, done)
        pause = _pause(engine, settings)
        if pause is None or time.monotonic() + pause > until:
            return _rest(engine, settings, done)
        sleep(max(pause, 0.05))


def _open(settings: Settings, now: datetime) -> Any:
    n = t.notice.c
    mine = n.receiver.in_(receivers(settings))
    return select(t.notice).where(n.sent_at.is_(None), n.made_at > now - STALE, mine).order_by(n.next_at, n.id)


def _claim(engine: Engine, settings: Settings) -> Row[Any] | None:
    """The next notice that is due, for this process alone; None when there is none."""
    n = t.notice.c
    while True:
        now = datetime.now(UTC)
        with writing(engine, alone=False) as connection:
            found = connection.execute(_open(settings, now).where(n.next_at <= now).limit(1)).first()
            if found is None:
                return None
            mine = update(t.notice).where(n.id == found.id, n.tries == found.tries, n.sent_at.is_(None))
            if connection.execute(mine, {"tries": found.tries + 1, "next_at": now + CLAIM}).rowcount:
                return found


def _try(engine: Engine, settings: Settings, row: Row[Any], done: Sent) -> None:
    n, name = t.notice.c, f"{row.key} to {row.receiver}"
    said: dict[str, Any]
    try:
        send(settings, Letter(row.key, row.receiver, row.content, row.made_at))
    except Undelivered as error:
        wait = max(WAITS[min(row.tries, len(WAITS) - 1)], min(error.wait, LONGEST))
        said = {"fault": str(error), "next_at": datetime.now(UTC) + timedelta(seconds=wait)}
    else:
        said = {"fault": "", "sent_at": datetime.now(UTC)}
        done.taken.append(name)
    with writing(engine, alone=False) as connection:
        connection.execute(update(t.notice).where(n.id == row.id), said)


def _pause(engine: Engine, settings: Settings) -> float | None:
    """Seconds until the next notice is due; None when none waits."""
    now = datetime.now(UTC)
    with engine.connect() as connection:
        found = connection.execute(_open(settings, now).limit(1)).first()
    return None if found is None else (found.next_at - now).total_seconds()


def _rest(engine: Engine, settings: Settings, done: Sent) -> Sent:
    with engine.connect() as connection:
        for row in connection.execute(_open(settings, datetime.now(UTC))):
            done.waiting[f"{row.key} to {row.receiver}"] = row.fault or "another process is sending it"
    return done
