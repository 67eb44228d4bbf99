"""The only writer of the archive: captures into WARC first, then what they mean into SQL.

Every method but `receive` commits before it returns; a process killed in between leaves at most
captures that no row names: those of the pages in flight. Times are the captures' own, and what is
done is told in WARC too (archive/deeds.py), so that a rebuild from it gives the same rows.
"""

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, select

from archive import (
    database,
    store_apply,
    store_articles,
    store_attachments,
    store_captures,
    store_copies,
    store_days,
    store_evidence,
    store_facts,
    store_pages,
    store_runs,
)
from archive import tables as t
from archive.captures import mend
from archive.days import PortalDay
from archive.deeds import Did
from archive.identity import url_digest
from archive.normalise import NORMALISER, normalise
from archive.records import Article, Capture, FileText, Located, Recorded
from archive.runs import Discovered, RunSummary
from archive.store_articles import Moment
from archive.store_captures import Held, Place
from archive.store_changes import Kind, log
from archive.store_facts import Read
from archive.store_writer import OpenRun, Writer
from archive.version import SOFTWARE
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings

logger = logging.getLogger(__name__)


class Store(Writer, AbstractContextManager["Store"]):
    """The archive open for writing; one per process, not for two threads."""

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

    def start(self, portal: Portal) -> int:
        """Begin a run; the portal's file goes into WARC as it is today, and by what rules it will be read."""
        with self._doing(Did.START, None) as doing:
            connection, now = doing.connection, doing.moment.at
            portal_id = store_runs.know(connection, portal, now)
            run = store_runs.begin(connection, portal_id, now)
            waiting = store_pages.waiting(connection, portal_id)
            answered = store_captures.known(connection, portal_id)
            first = not store_pages.any_known(connection, portal_id)
            doing.moment = Moment(portal_id, run, None, now)
            rules = {"software": SOFTWARE, "normaliser": NORMALISER}
            doing.said = {"portal": portal.slug, "file": portal.text, "card": store_runs.card(portal), "rules": rules}
        self._runs[run] = OpenRun(portal, portal_id, now, waiting, answered, first)
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
        with self._doing(Did.RECORD, run, capture) as doing:
            if read.url_digest in known.waiting:
                store_pages.resolve(doing.connection, doing.moment, read.url_digest)
            recorded = store_articles.write(doing.connection, read, sketch, doing.moment)
            doing.said = store_evidence.said(read, recorded)
        known.waiting.discard(read.url_digest)
        return recorded

    def attach(self, run: int, attachment: int, capture: int | Held, found: FileText) -> None:
        """Keep the text of a file whose bytes are in a capture; every article that links it has it then."""
        with self._doing(Did.ATTACH, run, capture) as doing:
            connection, moment = doing.connection, doing.moment
            assert moment.capture is not None
            articles = store_attachments.attach(connection, attachment, moment.capture, found)
            log(connection, Kind.ATTACHMENT, articles, run=run, at=moment.at)
            text = {"kind": found.kind, "chars": len(found.text), "reason": found.reason}
            doing.said = store_attachments.named(connection, attachment) | text

    def read_again(self, digest: str, found: FileText) -> None:
        """Give a file that is kept another text, with the digest of its bytes: recognised, or read by newer readers."""
        with self._doing(Did.FILE_READ, None) as doing:
            articles = store_attachments.read_again(doing.connection, digest, found)
            log(doing.connection, Kind.ATTACHMENT, articles, run=None, at=doing.moment.at)
            doing.said = {"digest": digest, **asdict(found)}

    def attachment_failed(self, run: int, attachment: int, reason: str, *, tries: int = 1) -> None:
        """Count a try to fetch a file; after three it is left alone. None is counted where we were at fault."""
        with self._doing(Did.NO_FILE, run, alone=False) as doing:
            store_attachments.failed(doing.connection, attachment, reason, tries=tries)
            doing.said = store_attachments.named(doing.connection, attachment) | {"reason": reason, "tries": tries}

    def quarantine(self, run: int, *, url: str, reason: str, capture: int | Held | None) -> None:
        """Put a page that could not be read aside; one open entry per portal and address."""
        with self._doing(Did.QUARANTINE, run, capture, alone=False) as doing:
            self._runs[run].waiting.add(store_pages.quarantine(doing.connection, doing.moment, url, reason))
            doing.said = {"url": url, "reason": reason}

    def dismiss(self, run: int, *, url: str, reason: str, capture: int | Held | None = None) -> None:
        """Remember that an address is no article (dead, draft, off site); `known` has it for weeks, later for good."""
        with self._doing(Did.DISMISS, run, capture, alone=False) as doing:
            store_pages.dismiss(doing.connection, doing.moment, url, reason)
            doing.said = {"url": url, "reason": reason}

    def seen(self, run: int, urls: Iterable[str]) -> None:
        """Note canonical addresses that a listing named."""
        known = self._runs[run]
        if not known.first:
            with self._writing(alone=False) as connection:
                store_pages.seen(connection, known.portal_id, urls, known.started_at)

    def looked(self, run: int, article: int, capture: int | Held) -> None:
        """Note a look whose answer was "not modified"; the next one follows in its time."""
        with self._doing(Did.LOOKED, run, capture, alone=False) as doing:
            store_pages.looked(doing.connection, doing.moment, article)
            doing.said = {"article": article}

    def put_off(self, run: int, article: int) -> None:
        """Look at an article again some nights later: tonight its page could not be read."""
        with self._doing(Did.PUT_OFF, run, alone=False) as doing:
            store_pages.put_off(doing.connection, doing.moment, article)
            doing.said = {"article": article}

    def missed(self, run: int, article: int, reason: str, capture: int | Held | None) -> bool:
        """Note a look that did not find an article; the second one in a row marks it as gone. Whether it did."""
        with self._doing(Did.MISSED, run, capture, alone=False) as doing:
            sure = store_pages.missed(doing.connection, doing.moment, article)
            doing.said = {"article": article, "reason": reason}
        if sure:
            self.gone(run, article, reason, capture)
        return sure

    def gone(self, run: int, article: int, reason: str, capture: int | Held | None) -> None:
        """Mark an article whose page has vanished; nothing is deleted."""
        with self._doing(Did.GONE, run, capture) as doing:
            store_pages.gone(doing.connection, doing.moment, article, reason)
            doing.said = {"article": article, "reason": reason}

    def remember(self, portal: str, discovered: Discovered) -> None:
        """Keep what a first night found out about a portal."""
        with self._doing(Did.REMEMBER, None, alone=False) as doing:
            doing.said = {"portal": portal, "discovered": asdict(discovered)}
            store_runs.remember(doing.connection, portal, doing.said["discovered"])

    def finish(
        self, run: int, summary: RunSummary, day: PortalDay | None = None, proof: int | Held | None = None
    ) -> None:
        """End a run: what it did goes into WARC and SQL, with the portal-day it makes; the archive's version rises.

        `proof` is the capture that proves what explains the day.
        """
        with self._doing(Did.FINISH, run, proof) as doing:
            doing.moment = moment = replace(doing.moment, at=datetime.now(UTC))
            connection = doing.connection
            seen = store_runs.end(connection, run, summary, moment.at)
            doing.said = {"portal": summary.portal, "summary": asdict(summary), "seen": seen}
            if day is not None:
                store_days.write(connection, moment, day)
                doing.said["day"] = store_days.said(day)
            doing.then = lambda place: self._ended(connection, run, place)
        self._runs.pop(run, None)

    def _ended(self, connection: Connection, run: int, place: Located) -> None:
        self.captures.sync()
        store_runs.placed(connection, run, place)

    def withhold(self, article: int, reason: str) -> None:
        """Hide an article from pages, search, export and feeds, for a reason; it is kept. Raises UserError."""
        self._withheld(article, Did.WITHHELD, reason)

    def lift(self, article: int, reason: str = "") -> None:
        """Show an article again. Raises UserError."""
        self._withheld(article, Did.LIFTED, reason)

    def retry(self, entries: Iterable[int] | None = None) -> int:
        """Let quarantined pages be asked for again tonight, all open ones unless some are named; how many."""
        with self._doing(Did.RETRY, None, alone=False) as doing:
            found = store_pages.retry(doing.connection, None if entries is None else list(entries), doing.moment.at)
            doing.said = {"pages": found}
        return len(found)

    def apply(self, portal: int, revision: int, was: dict[str, Any], read: Read) -> bool:
        """Give a revision of a portal (by its id) another reading; the old one is kept. False when it has changed."""
        with self._doing(Did.APPLIED, None) as doing:
            doing.moment = replace(doing.moment, portal=portal)
            said = store_apply.apply(doing.connection, doing.moment, revision, was, read)
            doing.said = said or {"article": None}
        return said is not None

    def _withheld(self, article: int, did: Did, reason: str) -> None:
        hidden, a = did is Did.WITHHELD, t.article.c
        with self._writing() as connection:
            known = connection.execute(select(a.withheld_at, a.url).where(a.id == article)).first()
        if known is None:
            raise UserError(f"no article has the id {article}; `caicach search` prints them")
        if (known.withheld_at is not None) == hidden:
            return
        with self._doing(did, None) as doing:
            store_pages.withheld(doing.connection, article, doing.moment.at, reason if hidden else None)
            log(doing.connection, Kind(did.value), [article], run=None, at=doing.moment.at, detail=reason)
            doing.said = {"article": article, "url": known.url, "reason": reason}
