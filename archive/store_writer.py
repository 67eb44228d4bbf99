"""One transaction of the archive's writer, whose deed is told in WARC before it is committed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from archive import database, store_captures, store_locks
from archive import tables as t
from archive.captures import CaptureWriter
from archive.deeds import Deed, Did
from archive.records import Located
from archive.store_articles import Moment
from archive.store_captures import Held
from archive.store_changes import version
from config.portal import Portal
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that this process has begun and not yet finished.

    `waiting` are the digests of addresses in quarantine, `answered` of those that gave a body before;
    `first` says that the archive knew no address of the portal before: all that it knows was seen in this run;
    `times` are its kept captures' own.
    """

    portal: Portal
    portal_id: int
    started_at: datetime
    waiting: set[str]
    answered: set[str]
    first: bool
    times: dict[int, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Doing:
    """What is being done, where and when; what its record will say, and what is written once that lies somewhere."""

    connection: Connection
    moment: Moment
    said: dict[str, Any] = field(default_factory=dict)
    then: Callable[[Located], None] | None = None


class Writer:
    """What every deed of the store shares."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.captures = CaptureWriter(settings.data, contact=settings.contact)
        self.locks = store_locks.Locks(engine, settings.data)
        self._runs: dict[int, OpenRun] = {}
        self._held: list[Held] = []

    @contextmanager
    def _writing(self, *, alone: bool = True) -> Iterator[Connection]:
        """A transaction, with the rows of all captures received since the last one."""
        with database.writing(self.engine, alone=alone) as connection:
            for held in self._held:
                store_captures.insert_row(connection, held)
            yield connection
        self._held.clear()

    @contextmanager
    def _doing(
        self, did: Did, run: int | None, capture: int | Held | None = None, *, alone: bool = True
    ) -> Iterator[Doing]:
        """A transaction whose record stands in WARC before it is committed."""
        with self._writing(alone=alone) as connection:
            before = version(connection)
            doing = Doing(connection, self._moment(run, capture))
            yield doing
            place = self._place(connection, capture)
            after = version(connection) if alone else before
            deed = Deed(did, doing.moment.run or None, doing.moment.at, place, before, after, doing.said)
            told = self.captures.metadata(deed.name, deed.content())
            if doing.then:
                doing.then(told)

    def _moment(self, run: int | None, capture: int | Held | None) -> Moment:
        """The portal, the capture's row and its time; within a transaction, which has written that row."""
        number = None if capture is None else _number(capture)
        portal = self._runs[run].portal_id if run in self._runs else 0
        return Moment(portal, run or 0, number, self._at(run, capture))

    def _at(self, run: int | None, capture: int | Held | None) -> datetime:
        """The time of the capture or, where none is, now."""
        if isinstance(capture, Held):
            return capture.at
        at = datetime.now(UTC) if capture is None or run is None else self._runs[run].times.get(capture)
        if at is None:
            with database.asked(self.engine), self.engine.connect() as connection:
                at = connection.execute(select(t.capture.c.fetched_at).where(t.capture.c.id == capture)).scalar_one()
        return at

    @staticmethod
    def _place(connection: Connection, capture: int | Held | None) -> tuple[str, int] | None:
        if capture is None:
            return None
        if isinstance(capture, Held):
            return capture.row["warc"], capture.row["warc_offset"]
        c = t.capture.c
        row = connection.execute(select(c.warc, c.warc_offset).where(c.id == capture)).one()
        return row.warc, row.warc_offset


def _number(capture: int | Held) -> int:
    return capture.id if isinstance(capture, Held) else capture
