"""One process for many portals: one reactor that never stops, its signals, its log, its garbage.

A process for each portal would cost 1.4 CPU-seconds and 92 MB apiece (SCALE.md).
"""

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings as ScrapySettings
from scrapy.utils.misc import load_object
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from archive.store import Store
from config.logs import into_file
from config.settings import Settings
from crawler import settings as scrapy_settings
from crawler.fleet import Fleet, log_file, tools
from crawler.metrics import leave
from crawler.resolver import PublicResolver
from crawler.scans import recognise
from crawler.watchman import watched

COLLECTING = (20_000, 20, 20)
"""Allocations between two collections of each generation, in place of Python's 700, 10, 10."""


def crawl(fleet: Fleet, store: Store | None = None) -> None:
    """Crawl a fleet's portals to their end, or to Ctrl-C; may be called again in the same process."""
    loop = event_loop(fleet.settings)
    with into_file(log_file(fleet.settings), fleet.settings), _signals(loop, fleet.stop), _seldom_collected():
        if store is not None:
            loop.run_until_complete(_watched(fleet, store))
            return
        with Store.open(fleet.settings) as opened:
            loop.run_until_complete(_watched(fleet, opened))


async def sailed(fleet: Fleet, store: Store) -> None:
    """Crawl a fleet's portals on the loop that runs; then scans are recognised, for a while."""
    with tools(store, AsyncCrawlerRunner(crawler_settings())) as shared:
        await fleet.sail(shared)
        await recognise(fleet, shared)
    leave(fleet.settings, fleet.summaries)


async def _watched(fleet: Fleet, store: Store) -> None:
    """As `sailed`, with alarms told as crawls end; for who has no scheduler to do that."""
    async with watched(fleet.settings):
        await sailed(fleet, store)


class Servant(Protocol):
    """What serves until it is told to stop: the scheduler, a worker."""

    def stop(self) -> None:
        """End after the pages in flight."""

    async def serve(self) -> None:
        """Serve."""


def serve(settings: Settings, make: Callable[[], Servant]) -> None:
    """Run a servant on the loop until it ends, or SIGTERM or Ctrl-C ends it."""
    loop = event_loop(settings)
    servant = make()
    with into_file(log_file(settings), settings), _signals(loop, servant.stop), _seldom_collected():
        loop.run_until_complete(servant.serve())


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
def _signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends after the pages in flight, a second one at once."""
    names: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)

    def heard() -> None:
        stop()
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
