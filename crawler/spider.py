"""The one spider: it asks, pages, keeps and counts; what a page says is its family's affair."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack
from datetime import date
from typing import Any, ClassVar, Self

from scrapy import Spider
from scrapy.crawler import Crawler

from archive.attachments import TextReader
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.errors import UserError
from config.logs import about
from config.portal import Portal
from config.settings import Settings
from crawler.articles import Articles
from crawler.ledger import Ended, Ledger
from crawler.looks import SPARES, Looks
from crawler.night import Night, Past
from crawler.plan import Candidate, Window
from crawler.portal_day import day_of
from crawler.readers import PortalReader
from crawler.stopping import Stopping
from crawler.survey import Survey

LOG = logging.getLogger(__name__)
TOLD = ("outcome", "reason", "requests", "new", "revised", "unchanged", "rejected", "attachments", "seconds")
"""What the log has of a portal's run."""


class PortalSpider(Spider):
    """Crawls one portal for one night; `crawler.loader` binds it to a portal file."""

    portal: ClassVar[Portal]
    settings_of_caicach: ClassVar[Settings]

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        """`store` and `reader` are the process's own; since, until and limit may be text (`scrapy crawl -a`).

        `day` is the night that the crawl counts as, `deep` whether what is long known is looked at too.
        """
        super().__init__(name)
        self.store: Store | None = arguments.get("store")
        self.reader: TextReader | PortalReader | None = arguments.get("reader")
        self.day: date | None = arguments.get("day")
        self.deep = bool(arguments.get("deep"))
        since, until, limit = (arguments.get(word) or None for word in ("since", "until", "limit"))
        self.window = Window(_day(since), _day(until))
        self.limit = int(limit) if limit else None
        self.stopping = Stopping()
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
            try:
                if stack.enter_context(store.lock(self.portal.slug)):
                    await self._night(store, reader)
                else:
                    reason = "another process is crawling it"
                    self.summary = RunSummary(self.portal.slug, Outcome.SKIPPED, reason)
            except UserError as error:  # the database is away before the run has begun: nothing of it is kept
                self.summary = RunSummary(self.portal.slug, Outcome.PARTIAL, f"could not be stored: {error}")
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    async def _night(self, store: Store, reader: TextReader | PortalReader) -> None:
        began = time.monotonic()
        night = Night(self.crawler, self.portal, store, reader, self.stopping, self.window, self.limit)
        night.ledger, night.day, night.deep = self.ledger, self.day, self.deep
        night.run = store.start(self.portal)
        about(portal=self.portal.slug, run=night.run)
        ended: Ended | None = Ended(Outcome.PARTIAL, "the crawl was cut off")
        try:
            await (await Work.begun(night)).whole()
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
            night.store.finish(night.run, summary, day_of(night, summary), night.evidence.proof)
        except UserError as error:
            summary.outcome, summary.reason = Outcome.PARTIAL, f"could not be stored: {error}"
        LOG.info("portal crawled", extra={name: getattr(summary, name) for name in TOLD})


class Work:
    """Everything of a night, in order."""

    def __init__(self, night: Night, survey: Survey, past: Past) -> None:
        self.night, self.survey, self.past = night, survey, past
        self.articles = Articles(night, survey)

    @classmethod
    async def begun(cls, night: Night) -> Self:
        """Ask for robots.txt and learn what the portal is; raises Ended when that is all for tonight."""
        past = night.past()
        rules = await night.rules()
        survey = Survey(night, past, rules.sitemaps)
        await survey.discover()
        return cls(night, survey, past)

    async def whole(self) -> None:
        """From the first listing to the last file; raises Ended when the night is over early."""
        counts = self.night.ledger.counts
        if self.night.narrowed:
            counts["narrowed"] = 1
        if self.night.deep:
            counts["deep"] = 1
        try:
            async for batch in self.survey.batches():
                if await self._batch(batch):
                    return
        finally:
            self.articles.put_aside()
        if not self.night.narrowed:
            await self._looks(self.articles.looks)
            counts["whole"] = int(self.survey.told)
            if counts["links"] and not (self.survey.told or self.survey.cut):
                self.night.ledger.gaps.append("no listing names an article")
        for file in self.past.pending:
            await self.articles.file(file)

    async def _looks(self, looks: Looks) -> None:
        for look in looks.wanted():
            await self._guarded(look.url, looks.look(look))
        for look in self.past.spares[:SPARES]:
            await self._guarded(look.url, looks.spare(look))
        looks.settle()

    async def _batch(self, batch: list[Candidate]) -> bool:
        """Fetch the articles of a page; whether the person's limit is reached."""
        waiting = iter(batch)
        self.night.ledger.counts["new_links"] += len(batch)
        over: list[BaseException] = []

        async def worker() -> None:
            for candidate in waiting:
                if self._enough() or over:
                    return
                candidate.taken = True
                try:
                    await self._guarded(candidate.url, self.articles.take(candidate))
                except (Ended, UserError) as end:
                    over.append(end)

        workers = 1 if self.night.limit is not None else self.night.portal.pace.concurrency
        await asyncio.gather(*(worker() for _ in range(workers)))
        if over:
            raise over[0]
        return self._enough()

    def _enough(self) -> bool:
        return self.night.limit is not None and self.night.ledger.recorded >= self.night.limit

    async def _guarded(self, url: str, page: Awaitable[None]) -> None:
        """One page: whatever is wrong with it, it costs that page and is put aside with the reason."""
        try:
            await page
        except (Ended, UserError):
            raise
        except Exception as error:
            LOG.exception("%s", url)
            self.articles.reject(url, f"{type(error).__name__}: {error}", None)


def _day(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
