"""The only writer of the archive: captures into WARC first, then what they mean into SQL.

Every method but `receive` commits before it returns; a process killed in between leaves at most
captures that no row names: those of the pages in flight. Times are the captures' own, so that
a rebuild from them gives the same rows.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, Engine, select, update

from archive import (
    database,
    store_articles,
    store_attachments,
    store_captures,
    store_copies,
    store_days,
    store_facts,
    store_locks,
    store_pages,
    store_runs,
)
from archive import tables as t
from archive.captures import CaptureWriter, mend
from archive.days import PortalDay
from archive.identity import url_digest
from archive.normalise import normalise
from archive.records import Article, Capture, FileText, Recorded
from archive.runs import Discovered, RunSummary
from archive.store_articles import Moment
from archive.store_captures import Held, Place
from archive.store_changes import Kind, log
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings

logger = logging.getLogger(__name__)


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


class Store(AbstractContextManager["Store"]):
    """The archive open for writing; one per process, not for two threads."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.captures = CaptureWriter(settings.data, contact=settings.contact)
        self.locks = store_locks.Locks(engine, settings.data)
        self._runs: dict[int, OpenRun] = {}
        self._held: list[Held] = []

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open or create the archive; its schema is brought up to this code's.

        Raises UserError for a folder that cannot be written, a database that does not answer or is newer.
        """
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{settings.data}: {error.strerror}; make it writable or set CAICACH_DATA") from None
        engine = database.connect(settings.database)
        try:
            database.upgrade(engine)
        except UserError:
            engine.dispose()
            raise
        for line in mend(settings.data / "warc"):
            logger.warning("%s", line)
        return cls(engine, settings)

    def close(self) -> None:
        """End the WARC file and let the database go."""
        self.captures.close()
        self.locks.close()
        self.engine.dispose()

    def __exit__(self, *_: object) -> None:
        self.close()

    def lock(self, portal: str) -> AbstractContextManager[bool]:
        """Whether this process has the portal to itself until the end of the block."""
        return self.locks.portal(portal)

    @contextmanager
    def _writing(self, *, alone: bool = True) -> Iterator[Connection]:
        """A transaction, with the rows of all captures received since the last one."""
        with database.writing(self.engine, alone=alone) as connection:
            for held in self._held:
                store_captures.insert_row(connection, held)
            yield connection
        self._held.clear()

    def start(self, portal: Portal) -> int:
        """Begin a run; the portal's file goes into WARC as it is today."""
        now = datetime.now(UTC)
        with self._writing() as connection:
            portal_id = store_runs.know(connection, portal, now)
            run = store_runs.begin(connection, portal_id, now)
            waiting = store_pages.waiting(connection, portal_id)
            answered = store_captures.known(connection, portal_id)
            first = not store_pages.any_known(connection, portal_id)
        self._runs[run] = OpenRun(portal, portal_id, now, waiting, answered, first)
        said = {"run": run, "portal": portal.slug, "started_at": now.isoformat(), "file": portal.text}
        self.captures.metadata(f"run:{run}:start", said)
        return run

    def receive(self, run: int, capture: Capture) -> Held:
        """Keep a response in WARC; its row is written with what is written next, at the latest by `finish`.

        It becomes a revisit when this address gave the same bytes before.
        """
        known, key, original = self._runs[run], url_digest(capture.url), None
        if capture.body and key in known.answered:
            with self._writing(alone=False) as connection:
                original = store_captures.original(connection, known.portal_id, capture)
        elif capture.body:
            known.answered.add(key)
        place = Place(run, known.portal_id, known.portal.slug)
        held = store_captures.write(self.captures, capture, place, original)
        self._held.append(held)
        return held

    def keep(self, run: int, capture: Capture) -> int:
        """Keep a response, in WARC first, then its row; its id."""
        held = self.receive(run, capture)
        with self._writing(alone=False):
            self._runs[run].times[held.id] = capture.fetched_at
        return held.id

    def record(self, run: int, capture: int | Held, article: Article) -> Recorded:
        """Normalise, identify and write an article; what is not yet fetched of its files.

        Raises archive.dates.ImpossibleDate and has then written nothing.
        """
        known = self._runs[run]
        read = store_facts.read(article, normalise(article, known.portal, self._at(run, capture)))
        sketch = store_copies.sketch(read.meaning.body)
        with self._writing() as connection:
            moment = self._moment(run, capture)
            if read.url_digest in known.waiting:
                store_pages.resolve(connection, moment, read.url_digest)
            recorded = store_articles.write(connection, read, sketch, moment)
        known.waiting.discard(read.url_digest)
        return recorded

    def attach(self, run: int, attachment: int, capture: int | Held, found: FileText) -> None:
        """Keep the text of a file whose bytes are in a capture; every article that links it has it then."""
        with self._writing() as connection:
            moment = self._moment(run, capture)
            articles = store_attachments.attach(connection, attachment, _number(capture), found)
            log(connection, Kind.ATTACHMENT, articles, run=run, at=moment.at)

    def attachment_failed(self, run: int, attachment: int, reason: str, *, tries: int = 1) -> None:
        """Count a try to fetch a file; after three it is left alone. None is counted where we were at fault."""
        with self._writing(alone=False) as connection:
            store_attachments.failed(connection, attachment, reason, tries=tries)

    def quarantine(self, run: int, *, url: str, reason: str, capture: int | Held | None) -> None:
        """Put a page that could not be read aside; one open entry per portal and address."""
        with self._writing(alone=False) as connection:
            moment = self._moment(run, capture)
            self._runs[run].waiting.add(store_pages.quarantine(connection, moment, url, reason))

    def dismiss(self, run: int, *, url: str, reason: str, capture: int | Held | None = None) -> None:
        """Remember that an address is no article (dead, draft, off site); `known` has it for weeks, later for good."""
        with self._writing(alone=False) as connection:
            moment = self._moment(run, capture)
            store_pages.dismiss(connection, moment, url, reason)

    def seen(self, run: int, urls: Iterable[str]) -> None:
        """Note canonical addresses that a listing named."""
        known = self._runs[run]
        if not known.first:
            with self._writing(alone=False) as connection:
                store_pages.seen(connection, known.portal_id, urls, known.started_at)

    def looked(self, run: int, article: int, capture: int | Held) -> None:
        """Note a look whose answer was "not modified"; the next one follows in its time."""
        with self._writing(alone=False) as connection:
            moment = self._moment(run, capture)
            store_pages.looked(connection, moment, article)

    def put_off(self, run: int, article: int) -> None:
        """Look at an article again some nights later: tonight its page could not be read."""
        with self._writing(alone=False) as connection:
            store_pages.put_off(connection, self._moment(run, None), article)

    def missed(self, run: int, article: int, reason: str, capture: int | Held | None) -> bool:
        """Note a look that did not find an article; the second one in a row marks it as gone. Whether it did."""
        with self._writing(alone=False) as connection:
            sure = store_pages.missed(connection, self._moment(run, capture), article)
        if sure:
            self.gone(run, article, reason, capture)
        return sure

    def gone(self, run: int, article: int, reason: str, capture: int | Held | None) -> None:
        """Mark an article whose page has vanished; nothing is deleted."""
        if capture is None:
            self.captures.metadata(f"run:{run}:gone", {"run": run, "article": article, "reason": reason})
        with self._writing() as connection:
            store_pages.gone(connection, self._moment(run, capture), article, reason)

    def remember(self, portal: str, discovered: Discovered) -> None:
        """Keep what a first night found out about a portal."""
        with self._writing(alone=False) as connection:
            connection.execute(update(t.portal).where(t.portal.c.slug == portal), {"discovered": asdict(discovered)})

    def finish(
        self, run: int, summary: RunSummary, day: PortalDay | None = None, proof: int | Held | None = None
    ) -> None:
        """End a run: what it did goes into WARC and SQL, with the portal-day it makes; the archive's version rises.

        `proof` is the capture that proves what explains the day.
        """
        now = datetime.now(UTC)
        said = {"run": run, "portal": summary.portal, "finished_at": now.isoformat(), "summary": asdict(summary)}
        if day is not None:
            said["day"] = store_days.said(day)
        place = self.captures.metadata(f"run:{run}:finish", said)
        self.captures.sync()
        with self._writing() as connection:
            store_runs.end(connection, run, summary, place, now)
            if day is not None:
                moment = self._moment(run, proof)
                store_days.write(connection, moment, day)
        self._runs.pop(run, None)

    def withhold(self, article: int, reason: str) -> None:
        """Hide an article from pages, search, export and feeds, for a reason; it is kept. Raises UserError."""
        self._withheld(article, Kind.WITHHELD, reason)

    def lift(self, article: int, reason: str = "") -> None:
        """Show an article again. Raises UserError."""
        self._withheld(article, Kind.LIFTED, reason)

    def retry(self, entries: Iterable[int] | None = None) -> int:
        """Let quarantined pages be asked for again tonight, all open ones unless some are named; how many."""
        q, now = t.quarantine.c, datetime.now(UTC)
        waiting = update(t.quarantine).where(q.resolved_at.is_(None))
        if entries is not None:
            waiting = waiting.where(q.id.in_(list(entries)))
        with self._writing(alone=False) as connection:
            return connection.execute(waiting, {"retry_at": now}).rowcount

    def _withheld(self, article: int, kind: Kind, reason: str) -> None:
        now, a = datetime.now(UTC), t.article.c
        hidden = kind is Kind.WITHHELD
        row: dict[str, Any] = {"withheld_at": now if hidden else None, "withheld_reason": reason if hidden else None}
        with self._writing() as connection:
            known = connection.execute(select(a.withheld_at, a.url).where(a.id == article)).first()
            if known is None:
                raise UserError(f"no article has the id {article}; `caicach search` prints them")
            if (known.withheld_at is not None) == hidden:
                return
            said = {"article": article, "url": known.url, "at": now.isoformat(), "reason": reason}
            self.captures.metadata(f"article:{article}:{kind}", said)
            connection.execute(update(t.article).where(a.id == article), row)
            log(connection, kind, [article], run=None, at=now, detail=reason)

    def _moment(self, run: int, capture: int | Held | None) -> Moment:
        """The portal, the capture's row and its time; within a transaction, which has written that row."""
        number = None if capture is None else _number(capture)
        return Moment(self._runs[run].portal_id, run, number, self._at(run, capture))

    def _at(self, run: int, capture: int | Held | None) -> datetime:
        """The time of the capture or, where none is, now."""
        if isinstance(capture, Held):
            return capture.at
        at = datetime.now(UTC) if capture is None else self._runs[run].times.get(capture)
        if at is None:
            with database.asked(self.engine), self.engine.connect() as connection:
                at = connection.execute(select(t.capture.c.fetched_at).where(t.capture.c.id == capture)).scalar_one()
        return at


def _number(capture: int | Held) -> int:
    return capture.id if isinstance(capture, Held) else capture
