"""The one spider: it asks, pages, keeps and counts; what a page says is its family's affair."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self

from scrapy import Spider
from scrapy.crawler import Crawler

from archive.attachments import TextReader
from archive.dates import ImpossibleDate, choose
from archive.records import (
    Article,
    CaptureKind,
    DueLook,
    Outcome,
    PendingAttachment,
    Recorded,
    RunSummary,
    Verdict,
)
from archive.store import Store
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings
from crawler.classify import near_home
from crawler.family import Challenged, Moved, NotAnArticle, ReadingError, Unreadable
from crawler.fetch import Unanswered
from crawler.ledger import Ended, Ledger
from crawler.night import Got, Night, Unusable
from crawler.plan import Candidate, Window
from crawler.refusals import Refused
from crawler.survey import Survey, page_of

LOG = logging.getLogger(__name__)


class PortalSpider(Spider):
    """Crawls one portal for one night; `crawler.loader` binds it to a portal file."""

    portal: ClassVar[Portal]
    settings_of_caicach: ClassVar[Settings]

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        """`store` and `reader` are the process's own; since, until and limit may be text (`scrapy crawl -a`)."""
        super().__init__(name)
        self.store: Store | None = arguments.get("store")
        self.reader: TextReader | None = arguments.get("reader")
        since, until, limit = (arguments.get(word) or None for word in ("since", "until", "limit"))
        self.window = Window(_day(since), _day(until))
        self.limit = int(limit) if limit else None
        self.stopping = asyncio.Event()
        self.sent = 0
        self.ledger = Ledger()
        self.summary: RunSummary | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's constructor."""
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The whole night; it asks by `engine.download_async`, so nothing is left for Scrapy's scheduler."""
        with ExitStack() as stack:
            store = self.store or stack.enter_context(Store.open(self.settings_of_caicach))
            reader = self.reader or stack.enter_context(TextReader())
            if stack.enter_context(store.lock(self.portal.slug)):
                await self._night(store, reader)
            else:
                reason = "another process is crawling it"
                self.summary = RunSummary(self.portal.slug, Outcome.SKIPPED, reason)
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    async def _night(self, store: Store, reader: TextReader) -> None:
        began = time.monotonic()
        night = Night(self.crawler, self.portal, store, reader, self.stopping, self.window, self.limit)
        night.ledger = self.ledger
        night.run = store.start(self.portal)
        ended: Ended | None = Ended(Outcome.PARTIAL, "the crawl was cut off")
        try:
            await Work(night).whole()
            ended = None
        except Ended as verdict:
            ended = verdict
        except UserError as error:
            ended = Ended(Outcome.PARTIAL, f"could not be stored: {error}")
        finally:
            seconds = time.monotonic() - began
            self.summary = self.ledger.summary(self.portal.slug, ended, requests=self.sent, seconds=seconds)
            self._finish(night, self.summary)

    @staticmethod
    def _finish(night: Night, summary: RunSummary) -> None:
        try:
            night.keep_heard()
            night.store.finish(night.run, summary)
        except UserError as error:
            summary.outcome, summary.reason = Outcome.PARTIAL, f"could not be stored: {error}"


class Work:
    """What is done with everything a survey finds."""

    def __init__(self, night: Night) -> None:
        self.night, self.ledger, self.store = night, night.ledger, night.store
        self.survey: Survey

    async def whole(self) -> None:
        """The night from robots.txt to the last file; raises Ended when it is over early."""
        night = self.night
        past = night.past()
        rules = await night.rules()
        self.survey = Survey(night, past, rules.sitemaps)
        await self.survey.discover()
        if night.narrowed:
            self.ledger.counts["narrowed"] = 1
        async for batch in self.survey.batches():
            if await self._batch(batch):
                return
        if not night.narrowed:
            for look in past.due:
                await self._guarded(look.url, self._look(look))
            self.ledger.counts["whole"] = int(not self.survey.cut)
        for file in past.pending:
            await self._file(file)

    async def _batch(self, batch: list[Candidate]) -> bool:
        """Fetch the articles of a page; whether the person's limit is reached."""
        waiting = iter(batch)

        async def worker() -> None:
            for candidate in waiting:
                if self._enough():
                    return
                candidate.taken = True
                await self._guarded(candidate.url, self._article(candidate))

        workers = 1 if self.night.limit is not None else self.night.portal.pace.concurrency
        ends = await asyncio.gather(*(worker() for _ in range(workers)), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end
        return self._enough()

    def _enough(self) -> bool:
        return self.night.limit is not None and self.ledger.recorded >= self.night.limit

    async def _guarded(self, url: str, page: Any) -> None:
        """One page: whatever is wrong with it, it costs that page and is put aside with the reason."""
        try:
            await page
        except (Ended, UserError):
            raise
        except Exception as error:
            LOG.exception("%s", url)
            self._reject(url, f"{type(error).__name__}: {error}", None)

    async def _article(self, candidate: Candidate) -> None:
        got = await self._page(candidate)
        if got is None:
            return
        try:
            recorded = await self._read(candidate, got)
        except (ReadingError, ImpossibleDate) as error:
            self._unread(candidate.url, error, got.capture)
            return
        if recorded is not None:
            self.ledger.verdict(recorded.verdict)
            for file in recorded.pending:
                await self._file(file)

    async def _page(self, candidate: Candidate) -> Got | None:
        """The page of an article, or None when there is none; why not is kept."""
        url = candidate.url
        try:
            got = await self.night.get(url, CaptureKind.ARTICLE)
        except Refused as error:
            self._dismiss(candidate, str(error), None)
        except Unanswered as error:
            self._reject(url, str(error), None)
        except Unusable as error:
            if error.dead:
                self._dismiss(candidate, str(error), error.capture)
            else:
                self._reject(url, str(error), error.capture)
        else:
            if got.answer.url == url or self.survey.family.is_article(got.answer.url):
                return got
            self._dismiss(candidate, f"redirects to {got.answer.url}, which is no article", got.capture)
        return None

    async def _read(self, candidate: Candidate, got: Got) -> Recorded | None:
        """Read and record a page; a page that says where its article stands is followed once."""
        family, page = self.survey.family, page_of(got)
        if self.survey.home is not None and near_home(page, self.survey.home):
            raise NotAnArticle("the home page is served in its place")
        try:
            article = family.read(page, candidate.hints)
        except Moved as moved:
            if moved.url in {candidate.url, got.answer.url}:
                raise Challenged("it leads to itself") from None
            again = await self._page(replace(candidate, url=moved.url))
            if again is None:
                return None
            got, article = again, family.read(page_of(again), candidate.hints)
        article = replace(article, listed=candidate.listed)
        if self._outside(article):
            self.ledger.counts["outside"] += 1
            return None
        recorded = self.store.record(self.night.run, got.capture, article)
        if candidate.url != article.url:
            self.store.dismiss(self.night.run, url=candidate.url, reason=f"another address of {article.url}")
        return recorded

    def _outside(self, article: Article) -> bool:
        """Whether an article that was read turns out to be outside the date window."""
        if not self.night.window:
            return False
        published = choose(article.dates, datetime.now(UTC))
        return published is not None and self.night.window.excludes(published.at.date())

    async def _look(self, look: DueLook) -> None:
        """Look at an article again: it may have changed, or be gone."""
        run, url = self.night.run, look.url
        self.ledger.counts["looks"] += 1
        try:
            got = await self.night.get(url, CaptureKind.ARTICLE, self.survey.past.validators.get(url))
        except Unusable as error:
            if error.dead:
                self.store.gone(run, look.article, str(error), error.capture)
            return
        except (Refused, Unanswered):
            return
        if got.answer.status == 304:
            self.store.looked(run, look.article, got.capture)
            self.ledger.verdict(Verdict.UNCHANGED)
        elif got.answer.url != url and not self.survey.family.is_article(got.answer.url):
            self.store.gone(run, look.article, f"redirects to {got.answer.url}", got.capture)
        else:
            await self._again(look, got)

    async def _again(self, look: DueLook, got: Got) -> None:
        """Read a page that was looked at again."""
        try:
            article = self.survey.family.read(page_of(got))
            recorded = self.store.record(self.night.run, got.capture, article)
        except (ReadingError, ImpossibleDate) as error:
            self._unread(look.url, error, got.capture)
            return
        self.ledger.verdict(recorded.verdict)
        if recorded.article != look.article:
            self.store.gone(self.night.run, look.article, f"moved to {article.url}", got.capture)
        for file in recorded.pending:
            await self._file(file)

    async def _file(self, file: PendingAttachment) -> None:
        """Fetch an attached file and keep its text."""
        run = self.night.run
        try:
            got = await self.night.get(file.url, CaptureKind.ATTACHMENT)
        except (Refused, Unanswered, Unusable) as error:
            self.ledger.counts["files_failed"] += 1
            self.store.attachment_failed(run, file.id, str(error))
            return
        found = await self.night.reader.read(got.answer.body, file.name, got.answer.content_type)
        self.store.attach(run, file.id, got.capture, found)
        self.ledger.attachments += 1

    def _unread(self, url: str, error: Exception, capture: int) -> None:
        if isinstance(error, Challenged):
            self._reject(url, str(error), capture)
            self.ledger.barred(f"{url}: {error}", listing=False)
            return
        if isinstance(error, Unreadable):
            self.ledger.unreadable.append(f"{url}: {error}")
        self._reject(url, str(error), capture)

    def _reject(self, url: str, reason: str, capture: int | None) -> None:
        self.ledger.rejected += 1
        self.store.quarantine(self.night.run, url=url, reason=reason, capture=capture)

    def _dismiss(self, candidate: Candidate, reason: str, capture: int | None) -> None:
        candidate.dead = True
        self.ledger.rejected += 1
        self.ledger.counts["dead"] += 1
        self.store.dismiss(self.night.run, url=candidate.url, reason=reason, capture=capture)


def _day(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
