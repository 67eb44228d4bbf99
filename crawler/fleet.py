"""The portals of one night: each a Crawler of its own, each ended by a watchdog with what it has.

One portal's failure is its own; a host that several portals share is crawled for one after the other.
"""

import asyncio
import gc
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from archive.runs import Outcome, RunSummary
from archive.store import Store
from archive.store_locks import Locks
from config.portal import Portal
from config.settings import Settings
from crawler.hosts import authority
from crawler.lanes import Lanes
from crawler.loader import spider_class
from crawler.plan import Window
from crawler.readers import PortalReader, Readers
from crawler.spider import PortalSpider
from crawler.stopping import INTERRUPTED, LOCK_LOST, OVERTIME

GRACE = 180.0
"""Seconds that a crawl has to end once it is told to: a page in flight, a file being read."""
TIDY = 16
"""Crawls after which garbage is collected; 0.1 CPU-seconds each time, and 0.2 MB a portal in place of 1."""
LOOK = 60.0
"""How often a portal that waits for its moment looks at the clock, which may have been moved."""
WATCH = 2.0
"""How often it is looked whether the locks on a server are still held, in seconds."""
LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Tools:
    """What all crawls of a process share."""

    store: Store
    readers: Readers
    runner: AsyncCrawlerRunner
    lanes: Lanes = field(default_factory=Lanes)
    hosts: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    crawled: int = 0

    def tidy(self) -> None:
        """Now and then collect what ended crawls leave in cycles: a crawler is some hundred kilobytes of them."""
        self.crawled += 1
        if self.crawled % TIDY == 0:
            gc.collect()


@contextmanager
def tools(store: Store, runner: AsyncCrawlerRunner) -> Iterator[Tools]:
    """The tools of a process, until the end of the block."""
    with Readers() as readers:
        yield Tools(store, readers, runner)


@dataclass(slots=True, eq=False)
class Fleet:
    """The portals of one `crawl`: which are done, which are under way, and whether it is to end.

    `day` is the night that the runs count as; `deep` are the portals whose night of the month it is. No portal
    begins before its moment in `begins`; all end at `ends`, or after `settings.portal_minutes`, with what they have.
    """

    portals: Sequence[Portal]
    settings: Settings
    window: Window = field(default_factory=Window)
    limit: int | None = None
    day: date | None = None
    deep: frozenset[str] = frozenset()
    begins: Mapping[str, datetime] = field(default_factory=dict)
    ends: datetime | None = None
    done: dict[str, RunSummary] = field(default_factory=dict)
    under_way: dict[str, Crawler] = field(default_factory=dict)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def interrupted(self) -> bool:
        """Whether somebody ended it early."""
        return self.stopped.is_set()

    @property
    def summaries(self) -> list[RunSummary]:
        """The runs in the order in which the portals were named."""
        return [self.done[portal.slug] for portal in self.portals if portal.slug in self.done]

    def count(self, name: str) -> int:
        """A sum over all portals up to now: `new`, `requests` …"""
        going = sum(spider.sent if name == "requests" else getattr(spider.ledger, name) for spider in self._spiders())
        return int(going + sum(getattr(one, name) for one in self.done.values()))

    def _spiders(self) -> list[PortalSpider]:
        return [one.spider for one in self.under_way.values() if isinstance(one.spider, PortalSpider)]

    def stop(self, reason: str = INTERRUPTED) -> None:
        """End after the pages in flight."""
        self.stopped.set()
        for spider in self._spiders():
            spider.stopping.because(reason)

    async def sail(self, tools: Tools) -> None:
        """Crawl them all."""
        watching = asyncio.create_task(self._watch(tools.store.locks))
        try:
            await asyncio.gather(*(self._one(portal, tools) for portal in self.portals))
        finally:
            watching.cancel()

    async def _watch(self, locks: Locks) -> None:
        """End what is under way when its locks are lost: another process may crawl it from then on."""
        losses = locks.lost
        while True:
            await asyncio.sleep(WATCH)
            locks.alive()
            if locks.lost != losses:
                losses = locks.lost
                for spider in self._spiders():
                    spider.stopping.because(LOCK_LOST)

    async def _one(self, portal: Portal, tools: Tools) -> None:
        await self._moment(portal)
        async with tools.hosts[authority(portal.url)], tools.lanes.place():
            reason = "interrupted before it began" if self.interrupted else "the night was over before its turn came"
            if self.interrupted or self._left() <= 0:
                self.done[portal.slug] = RunSummary(portal.slug, Outcome.SKIPPED, reason)
                return
            self.done[portal.slug] = await self._crawl(portal, tools)
        tools.tidy()

    async def _moment(self, portal: Portal) -> None:
        """Wait until the portal may begin, or nobody may any more."""
        begins = self.begins.get(portal.slug)
        while begins and not self.interrupted and (wait := (begins - datetime.now(UTC)).total_seconds()) > 0:
            await either(self.stopped, min(wait, LOOK))

    def _left(self) -> float:
        """Seconds that a crawl that begins now may take."""
        most = 60.0 * self.settings.portal_minutes
        return most if self.ends is None else min(most, (self.ends - datetime.now(UTC)).total_seconds())

    async def _crawl(self, portal: Portal, tools: Tools) -> RunSummary:
        crawler = tools.runner.create_crawler(spider_class(portal, self.settings))
        self.under_way[portal.slug] = crawler
        wanted = {"since": self.window.since, "until": self.window.until, "limit": self.limit}
        wanted |= {"day": self.day, "deep": portal.slug in self.deep}
        task = tools.runner.crawl(crawler, store=tools.store, reader=PortalReader(tools.readers), **wanted)
        await self._watched(task, crawler)
        del self.under_way[portal.slug]
        summary: RunSummary | None = getattr(crawler.spider, "summary", None)
        return summary or self._failed(portal, task)

    async def _watched(self, task: "asyncio.Task[None]", crawler: Crawler) -> None:
        """Wait for a crawl; when its time is over, end it with what it has."""
        seconds = self._left()
        await asyncio.wait({task}, timeout=seconds)
        if not task.done() and isinstance(crawler.spider, PortalSpider):
            crawler.spider.stopping.because(f"{OVERTIME}: {seconds / 60:.3g} minutes")
            await asyncio.wait({task}, timeout=GRACE)

    def _failed(self, portal: Portal, task: "asyncio.Task[None]") -> RunSummary:
        if not task.done():
            LOG.error("%s did not end within %d seconds of being told to; it is left behind", portal.slug, GRACE)
            return RunSummary(portal.slug, Outcome.BROKEN, "the crawl was told to end and did not")
        fault = task.exception()
        if fault is not None:
            LOG.error("%s", portal.slug, exc_info=fault)
        return RunSummary(portal.slug, Outcome.BROKEN, f"the crawl itself failed: see {log_file(self.settings)}")


def log_file(settings: Settings) -> Path:
    """Where the log of crawls goes: the terminal shows outcomes, a pipe nothing else."""
    return settings.data / "logs" / "crawl.log"


async def either(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, or so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
