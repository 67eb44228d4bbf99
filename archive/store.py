"""The only writer of the archive: captures into WARC first, then what they mean into SQL.

Every method commits before it returns; a process killed in between leaves at most a capture
that no row names. Times are the captures' own, so that a rebuild from them gives the same rows.
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
    store_facts,
    store_locks,
    store_pages,
    store_runs,
)
from archive import tables as t
from archive.captures import CaptureWriter, mend
from archive.normalise import normalise
from archive.records import Article, Capture, FileText, Recorded
from archive.runs import Discovered, RunSummary
from archive.store_articles import Moment
from archive.store_changes import Kind, log
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that this process has begun and not yet finished.

    `times` are its captures' own; `waiting` the digests of addresses in quarantine.
    """

    portal: Portal
    portal_id: int
    started_at: datetime
    waiting: set[str]
    times: dict[int, datetime] = field(default_factory=dict)


class Store(AbstractContextManager["Store"]):
    """The archive open for writing; one per process, not for two threads."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.captures = CaptureWriter(settings.data, contact=settings.contact)
        self._runs: dict[int, OpenRun] = {}

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
        self.engine.dispose()

    def __exit__(self, *_: object) -> None:
        self.close()

    def lock(self, portal: str) -> AbstractContextManager[bool]:
        """Whether this process has the portal to itself until the end of the block."""
        return store_locks.portal_lock(self.engine, self.settings.data, portal)

    @contextmanager
    def _writing(self, *, alone: bool = True) -> Iterator[Connection]:
        with database.writing(self.engine, alone=alone) as connection:
            yield connection

    def start(self, portal: Portal) -> int:
        """Begin a run; the portal's file goes into WARC as it is today."""
        now = datetime.now(UTC)
        with self._writing() as connection:
            portal_id = store_runs.know(connection, portal, now)
            run = store_runs.begin(connection, portal_id, now)
            waiting = store_pages.waiting(connection, portal_id)
        self._runs[run] = OpenRun(portal, portal_id, now, waiting)
        said = {"run": run, "portal": portal.slug, "started_at": now.isoformat(), "file": portal.text}
        self.captures.metadata(f"run:{run}:start", said)
        return run

    def keep(self, run: int, capture: Capture) -> int:
        """Keep a response: WARC first, then the row; a revisit when this address gave the same bytes before."""
        known = self._runs[run]
        place = (known.portal_id, known.portal.slug)
        with self._writing(alone=False) as connection:
            kept = store_captures.keep(connection, self.captures, capture, run=run, portal=place)
        known.times[kept] = capture.fetched_at
        return kept

    def record(self, run: int, capture: int, article: Article) -> Recorded:
        """Normalise, identify and write an article; what is not yet fetched of its files.

        Raises archive.dates.ImpossibleDate and has then written nothing.
        """
        moment = self._moment(run, capture)
        known = self._runs[run]
        read = store_facts.read(article, normalise(article, known.portal, moment.at))
        sketch = store_copies.sketch(read.meaning.body)
        with self._writing() as connection:
            if read.url_digest in known.waiting:
                store_pages.resolve(connection, moment, read.url_digest)
            recorded = store_articles.write(connection, read, sketch, moment)
        known.waiting.discard(read.url_digest)
        return recorded

    def attach(self, run: int, attachment: int, capture: int, found: FileText) -> None:
        """Keep the text of a file whose bytes are in a capture; every article that links it has it then."""
        moment = self._moment(run, capture)
        with self._writing() as connection:
            articles = store_attachments.attach(connection, attachment, capture, found)
            log(connection, Kind.ATTACHMENT, articles, run=run, at=moment.at)

    def attachment_failed(self, run: int, attachment: int, reason: str) -> None:
        """Count a try to fetch a file; after three it is left alone."""
        with self._writing(alone=False) as connection:
            store_attachments.failed(connection, attachment, reason)

    def quarantine(self, run: int, *, url: str, reason: str, capture: int | None) -> None:
        """Put a page that could not be read aside; one open entry per portal and address."""
        moment = self._moment(run, capture)
        with self._writing(alone=False) as connection:
            self._runs[run].waiting.add(store_pages.quarantine(connection, moment, url, reason))

    def dismiss(self, run: int, *, url: str, reason: str, capture: int | None = None) -> None:
        """Remember that an address is no article (dead, draft, off site); `known` has it for weeks, later for good."""
        moment = self._moment(run, capture)
        with self._writing(alone=False) as connection:
            store_pages.dismiss(connection, moment, url, reason)

    def seen(self, run: int, urls: Iterable[str]) -> None:
        """Note canonical addresses that a listing named."""
        known = self._runs[run]
        with self._writing(alone=False) as connection:
            store_pages.seen(connection, known.portal_id, urls, known.started_at)

    def looked(self, run: int, article: int, capture: int) -> None:
        """Note a look whose answer was "not modified"; the next one follows in its time."""
        moment = self._moment(run, capture)
        with self._writing(alone=False) as connection:
            store_pages.looked(connection, moment, article)

    def gone(self, run: int, article: int, reason: str, capture: int | None) -> None:
        """Mark an article whose page has vanished; nothing is deleted."""
        moment = self._moment(run, capture)
        if capture is None:
            self.captures.metadata(f"run:{run}:gone", {"run": run, "article": article, "reason": reason})
        with self._writing() as connection:
            store_pages.gone(connection, moment, article, reason)

    def remember(self, portal: str, discovered: Discovered) -> None:
        """Keep what a first night found out about a portal."""
        with self._writing(alone=False) as connection:
            connection.execute(update(t.portal).where(t.portal.c.slug == portal), {"discovered": asdict(discovered)})

    def finish(self, run: int, summary: RunSummary) -> None:
        """End a run: what it did goes into WARC and SQL; the archive's version rises."""
        now = datetime.now(UTC)
        said = {"run": run, "portal": summary.portal, "finished_at": now.isoformat(), "summary": asdict(summary)}
        place = self.captures.metadata(f"run:{run}:finish", said)
        self.captures.sync()
        with self._writing() as connection:
            store_runs.end(connection, run, summary, place, now)
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

    def _moment(self, run: int, capture: int | None) -> Moment:
        """The portal, and the time of the capture or, where none is, now."""
        known = self._runs[run]
        at = datetime.now(UTC) if capture is None else known.times.get(capture)
        if at is None:
            with database.asked(self.engine), self.engine.connect() as connection:
                at = connection.execute(select(t.capture.c.fetched_at).where(t.capture.c.id == capture)).scalar_one()
        return Moment(known.portal_id, run, capture, at)
