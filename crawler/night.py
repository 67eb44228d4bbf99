"""One night over one portal: what it knows, asks and keeps. Everything that came is kept before it is read.

Unusable      a response that may not be read as what it was asked for; the message says why
"""

import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from scrapy.crawler import Crawler

from archive import queries
from archive.attachments import TextReader
from archive.database import session_of
from archive.queries_looks import aged, gone, spares
from archive.records import CaptureKind, PendingAttachment
from archive.runs import Discovered, DueLook, Outcome, Validators
from archive.store import Store
from archive.store_captures import Held
from config.portal import Portal
from crawler.classify import READ_AS_PAGE, START, classify
from crawler.evidence import Evidence
from crawler.family import Ask
from crawler.fetch import FAULTS, Answer, Unanswered, ask
from crawler.hosts import authority
from crawler.ledger import Ended, Ledger
from crawler.middlewares.robots import Robots
from crawler.plan import Window
from crawler.readers import PortalReader
from crawler.refusals import Later, Refused, Stopped
from crawler.robots import Rules
from crawler.stopping import Stopping
from crawler.wholeness import closed

SOON = timedelta(hours=6)
"""A look that is due before morning is taken tonight: nights do not begin at the same second."""
LEAST_DISK = 2_000_000_000
"""Bytes of free disk below which a crawl stops clean."""
CUT_OFF = "the page was cut off: it has no end, which the portal's other pages have"
ENDING = frozenset({CaptureKind.HOME, CaptureKind.LISTING})
"""A challenge in place of one of these ends the night at once."""


class Unusable(Exception):  # noqa: N818  # a verdict on one response
    """A response that is not what was asked for."""

    def __init__(self, reason: str, answer: Answer, capture: Held) -> None:
        super().__init__(reason)
        self.answer, self.capture = answer, capture

    @property
    def dead(self) -> bool:
        """Whether the portal says that nothing is there."""
        return self.answer.status in {404, 410}


@dataclass(frozen=True, slots=True)
class Got:
    """A response that may be read, and its capture in the archive."""

    answer: Answer
    capture: Held


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier nights left."""

    known: set[str]
    discovered: Discovered | None
    validators: dict[str, Validators]
    due: list[DueLook]
    pending: list[PendingAttachment]
    retries: list[str]
    whole: bool
    """Whether a night that ended well has gone through everything the portal lists."""
    settled: bool = False
    """Whether the last night went well through everything, so that only news is to be sought."""
    spares: list[DueLook] = field(default_factory=list)
    """Articles of which one is looked at when the night would read no known one."""
    gone: set[str] = field(default_factory=set)
    """Digests of the addresses of articles that have vanished."""


@dataclass(slots=True)
class Night:
    """The state of a night, and the one way by which it asks."""

    crawler: Crawler
    portal: Portal
    store: Store
    reader: TextReader | PortalReader
    stopping: Stopping
    window: Window = field(default_factory=Window)
    limit: int | None = None
    day: date | None = None
    """The night that it counts as, when that is not today: a night goes on after midnight."""
    deep: bool = False
    """Whether it is the portal's night of the month: every listing is walked, and what is long known looked at."""
    run: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    evidence: Evidence = field(default_factory=Evidence)
    sought: set[str] = field(default_factory=set)
    """Sitemaps and feeds looked for tonight for the first time: one that is not there tells nothing of the portal."""
    closing: bool = False
    """Whether the portal's pages have end tags."""
    roomy: float = 0.0
    """Until when the disk, which had room, is not asked again: by the clock that only goes on, in seconds."""

    @property
    def narrowed(self) -> bool:
        """Whether the person asked for less than everything."""
        return bool(self.window) or self.limit is not None

    def past(self) -> Past:
        """Read what earlier nights left, in one go."""
        now, slug = datetime.now(UTC), self.portal.slug
        with session_of(self.store.engine) as session:
            runs = [run for run in queries.runs(session, slug) if run.id != self.run]
            ended = [run.outcome is Outcome.OK and bool(run.summary.get("details", {}).get("whole")) for run in runs]
            return Past(
                known=queries.known(session, slug, now),
                discovered=queries.discovered(session, slug),
                validators=queries.validators(session, slug),
                due=[*queries.due(session, slug, now + SOON), *(aged(session, slug, now) if self.deep else ())],
                pending=queries.pending_attachments(session, slug),
                retries=[one.url for one in queries.quarantined(session, slug) if one.retry_at <= now],
                spares=spares(session, slug, now),
                gone=gone(session, slug),
                whole=any(ended),
                settled=bool(runs) and ended[0],
            )

    async def rules(self) -> Rules:
        """The portal's robots.txt; raises Ended when it cannot be read tonight."""
        robots = self._robots()
        try:
            rules = await robots.rules(self.portal.url)
        except FAULTS as error:
            raise self._unreachable(error) from error
        finally:
            self.keep_heard(robots)
        if self.stopping.is_set():
            raise Ended(Outcome.PARTIAL, self.stopping.reason)
        if rules.later:
            raise Ended(Outcome.REFUSED, rules.later)
        return rules

    async def get(self, what: Ask | str, kind: CaptureKind, validators: Validators | None = None) -> Got:
        """Ask and keep; raises Ended, Refused, Unanswered or Unusable. A 304 comes back as it is."""
        self.check()
        what = Ask(what) if isinstance(what, str) else what
        try:
            got = await self._got(what, kind, validators)
        except (Unusable, Refused, Unanswered) as error:
            if what.url not in self.sought:
                self.evidence.failed(kind, str(error), getattr(error, "capture", None))
            raise
        self.evidence.came(kind, what.url, got.answer, got.capture)
        return got

    async def _got(self, what: Ask, kind: CaptureKind, validators: Validators | None) -> Got:
        ours = authority(what.url) == authority(self.portal.url)
        try:
            answer = await ask(self.crawler, what, kind, validators)
        except Stopped:
            raise Ended(Outcome.PARTIAL, self.stopping.reason) from None
        except Later as error:
            if ours:
                raise Ended(Outcome.REFUSED, str(error)) from None
            raise
        except Unanswered as error:
            if error.fault and ours:
                self.ledger.failed(f"{what.url}: {error}")
            raise
        return self._judged(answer, kind, ours)

    def _judged(self, answer: Answer, kind: CaptureKind, ours: bool) -> Got:
        capture = self.store.receive(self.run, answer.capture)
        self.ledger.counts["pages"] += 1
        reason = None if answer.status == 304 else self._unlike(answer, kind)
        if reason is None:
            self.ledger.answered()
            return Got(answer, capture)
        if ours and reason.startswith(("challenge", "blocked")):
            self.evidence.proof = capture
            self.ledger.barred(f"{answer.url}: {reason}", listing=kind in ENDING)
        elif ours and (answer.status >= 500 or reason == CUT_OFF):
            self.ledger.failed(f"{answer.url}: {reason}")
        elif ours:
            self.ledger.answered()
        raise Unusable(reason, answer, capture)

    def _unlike(self, answer: Answer, kind: CaptureKind) -> str | None:
        """Why an answer is not what was asked for; a page without an end is none where tonight's others have one."""
        reason = classify(answer.status, answer.content_type, answer.body, wanted=kind)
        if reason is None and kind in READ_AS_PAGE and b"<html" in answer.body[:START].lower():
            self.closing |= (ends := closed(answer.body))
            return CUT_OFF if self.closing and not ends else None
        return reason

    def check(self) -> None:
        """Raises Ended when the person stopped the crawl or the disk is nearly full."""
        if self.stopping.is_set():
            raise Ended(Outcome.PARTIAL, self.stopping.reason)
        if time.monotonic() < self.roomy:
            return
        if shutil.disk_usage(self.store.settings.data).free < self.store.settings.disk_floor:
            raise Ended(Outcome.PARTIAL, "the disk is nearly full; make room and crawl again")
        self.roomy = time.monotonic() + 1

    def keep_heard(self, robots: Robots | None = None) -> None:
        """Keep the captures of robots.txt that the middleware has heard since."""
        robots = robots or self._robots()
        while robots.heard:
            capture = self.store.receive(self.run, robots.heard.pop())
            self.evidence.proof = self.evidence.proof or capture

    def _robots(self) -> Robots:
        robots = self.crawler.get_downloader_middleware(Robots)
        assert isinstance(robots, Robots)
        return robots

    def _unreachable(self, error: Exception) -> Ended:
        if isinstance(error, Stopped):
            return Ended(Outcome.PARTIAL, self.stopping.reason)
        return Ended(Outcome.UNREACHABLE, " ".join(f"robots.txt: {str(error) or type(error).__name__}".split())[:200])
