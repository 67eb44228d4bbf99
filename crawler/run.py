"""Many portals in one process: a Crawler for each, 16 at once, in one reactor that never stops.

A process for each portal would cost 1.4 CPU-seconds and 92 MB apiece (SCALE.md). One portal's
failure is its own; a host that several portals share is crawled for one after the other.
"""

import asyncio
import gc
import logging
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings as ScrapySettings
from scrapy.utils.misc import load_object
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from archive.attachments import TextReader
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.portal import Portal
from config.settings import Settings
from crawler import settings as scrapy_settings
from crawler.hosts import authority
from crawler.loader import spider_class
from crawler.plan import Window
from crawler.resolver import PublicResolver
from crawler.spider import PortalSpider

AT_ONCE = 16
LOG_BYTES = 10_000_000
COLLECTING = (20_000, 20, 20)
"""Allocations between two collections of each generation, in place of Python's 700, 10, 10."""
LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Fleet:
    """The portals of one `crawl`: which are done, which are under way, and whether it is to end."""

    portals: Sequence[Portal]
    settings: Settings
    window: Window = field(default_factory=Window)
    limit: int | None = None
    done: dict[str, RunSummary] = field(default_factory=dict)
    under_way: dict[str, Crawler] = field(default_factory=dict)
    interrupted: bool = False
    _hosts: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

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

    def stop(self) -> None:
        """End after the pages in flight."""
        self.interrupted = True
        for spider in self._spiders():
            spider.stopping.set()

    async def sail(self, store: Store) -> None:
        """Crawl them all."""
        runner = AsyncCrawlerRunner(crawler_settings())
        places = asyncio.Semaphore(AT_ONCE)
        with TextReader() as reader:
            await asyncio.gather(*(self._one(portal, runner, places, (store, reader)) for portal in self.portals))

    async def _one(
        self, portal: Portal, runner: AsyncCrawlerRunner, places: asyncio.Semaphore, tools: tuple[Store, TextReader]
    ) -> None:
        async with self._hosts[authority(portal.url)], places:
            if self.interrupted:
                self.done[portal.slug] = RunSummary(portal.slug, Outcome.SKIPPED, "interrupted before it began")
                return
            self.done[portal.slug] = await self._crawl(portal, runner, tools)

    async def _crawl(self, portal: Portal, runner: AsyncCrawlerRunner, tools: tuple[Store, TextReader]) -> RunSummary:
        crawler = runner.create_crawler(spider_class(portal, self.settings))
        self.under_way[portal.slug] = crawler
        wanted = {"since": self.window.since, "until": self.window.until, "limit": self.limit}
        task = runner.crawl(crawler, store=tools[0], reader=tools[1], **wanted)
        await asyncio.wait({task})
        del self.under_way[portal.slug]
        fault = task.exception()
        if fault is not None:
            LOG.error("%s", portal.slug, exc_info=fault)
        summary: RunSummary | None = getattr(crawler.spider, "summary", None)
        return summary or RunSummary(
            portal.slug, Outcome.BROKEN, f"the crawl itself failed: see {_log_file(self.settings)}"
        )


def crawl(fleet: Fleet, store: Store | None = None) -> None:
    """Crawl a fleet's portals to their end, or to Ctrl-C; may be called again in the same process."""
    loop = event_loop(fleet.settings)
    with _logging(fleet.settings), _signals(loop, fleet), _seldom_collected():
        if store is not None:
            loop.run_until_complete(fleet.sail(store))
            return
        with Store.open(fleet.settings) as opened:
            loop.run_until_complete(fleet.sail(opened))


def event_loop(settings: Settings) -> asyncio.AbstractEventLoop:
    """The event loop under Twisted's reactor; started once and never stopped, as a reactor does not restart."""
    if not is_reactor_installed():
        if scrapy_settings.ASYNCIO_EVENT_LOOP:  # else Scrapy makes a loop of another kind first, and drops it
            asyncio.set_event_loop(load_object(scrapy_settings.ASYNCIO_EVENT_LOOP)())
        install_reactor(scrapy_settings.TWISTED_REACTOR, scrapy_settings.ASYNCIO_EVENT_LOOP)
    from twisted.internet import reactor  # noqa: PLC0415  # importing it installs one

    PublicResolver.of(settings, reactor).install_on_reactor()
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    return loop


def crawler_settings() -> ScrapySettings:
    """Scrapy's settings for every portal's crawler in this process."""
    settings = ScrapySettings()
    settings.setmodule(scrapy_settings, priority="project")
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader")
    return settings


def _log_file(settings: Settings) -> Any:
    return settings.data / "logs" / "crawl.log"


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Python looks for garbage seldom: what is imported is none, and a page leaves hardly a cycle behind."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTING)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _logging(settings: Settings) -> Iterator[None]:
    """Warnings of Scrapy and ours go to a file: the terminal shows outcomes, a pipe nothing else."""
    path = _log_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, fleet: Fleet) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends after the pages in flight, a second one at once."""
    names: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)

    def heard() -> None:
        fleet.stop()
        for name in names:
            loop.remove_signal_handler(name)

    try:
        for name in names:
            loop.add_signal_handler(name, heard)
    except (ValueError, RuntimeError):  # not in the main thread: its owner has the signals
        names = ()
    try:
        yield
    finally:
        for name in names:
            loop.remove_signal_handler(name)
