"""Asks portals as a crawl does (robots.txt, pace, own hosts, limits), and keeps nothing: no archive is needed.

Missed      a page did not come, or is not what was asked for; the message says why
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from archive.records import CaptureKind
from config.portal import Portal
from config.settings import Settings
from crawler.classify import classify
from crawler.family import Ask
from crawler.fetch import FAULTS, Answer, Unanswered, ask
from crawler.hosts import is_private
from crawler.loader import spider_class
from crawler.middlewares.robots import Robots
from crawler.page import Page
from crawler.refusals import Foreign, Refused
from crawler.robots import Rules
from crawler.run import crawler_settings, event_loop

AT_ONCE = 16
"""Portals visited at the same time, whose pages are kept until each is looked over."""
T = TypeVar("T")


class Missed(Exception):  # noqa: N818  # a verdict on one address
    """No page that can be read; `answer` is what came, if anything did, and `unreachable` says that nothing can."""

    def __init__(self, reason: str, answer: Answer | None = None, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.answer, self.unreachable = answer, unreachable


@dataclass(slots=True)
class Visit:
    """One portal being asked; `log` has a line for every address asked and what became of it."""

    crawler: Crawler
    portal: Portal
    log: list[str] = field(default_factory=list)
    say: Callable[[str], None] = lambda _: None
    _known: dict[Ask, Answer | Missed] = field(default_factory=dict)
    """What was asked already: no address is asked twice in a visit."""

    @property
    def requests(self) -> int:
        """How many requests were sent, robots.txt and redirects too."""
        return int(getattr(self.crawler.spider, "sent", 0))

    async def rules(self) -> Rules:
        """The portal's robots.txt; raises Missed when nothing answers."""
        robots = self.crawler.get_downloader_middleware(Robots)
        assert isinstance(robots, Robots)
        self.say(f"{urlsplit(self.portal.url).netloc}: robots.txt")
        try:
            return await robots.rules(self.portal.url)
        except Refused as error:
            raise Missed(str(error)) from None
        except FAULTS as error:
            raise Missed(" ".join(str(error).split())[:200] or type(error).__name__, unreachable=True) from None

    async def answer(self, what: Ask | str, kind: CaptureKind) -> Answer:
        """What an address answers with; raises Missed for everything that is not what was asked for."""
        what = Ask(what) if isinstance(what, str) else what
        if what not in self._known:
            try:
                self._known[what] = await self._asked(what, kind)
            except Missed as error:
                self._known[what] = error
        known = self._known[what]
        if isinstance(known, Missed):
            raise known
        return known

    async def _asked(self, what: Ask, kind: CaptureKind) -> Answer:
        self.say(what.url)
        try:
            answer = await ask(self.crawler, what, kind)
        except Foreign as error:
            raise self._missed(what, f"leads to another host, {str(error).split()[0]}: probe that one") from None
        except Refused as error:
            raise self._missed(what, str(error)) from None
        except Unanswered as error:
            raise self._missed(what, str(error), unreachable=error.fault) from None
        reason = classify(answer.status, answer.content_type, answer.body, wanted=kind)
        if reason:
            raise self._missed(what, reason, answer)
        self.log.append(f"{what.method} {what.url}: {answer.status}, {len(answer.body):,} bytes")
        return answer

    async def page(self, what: Ask | str, kind: CaptureKind) -> Page:
        """A page of the portal; raises Missed."""
        return page_of(await self.answer(what, kind))

    async def maybe(self, url: Ask | str, kind: CaptureKind) -> Page | None:
        """A page that may be missing; the log says why."""
        try:
            return await self.page(url, kind)
        except Missed:
            return None

    def _missed(self, what: Ask, why: str, answer: Answer | None = None, *, unreachable: bool = False) -> Missed:
        self.log.append(f"{what.method} {what.url}: {why}")
        return Missed(why, answer, unreachable=unreachable)


def page_of(answer: Answer) -> Page:
    """The document of an answer."""
    return Page(
        answer.url, answer.body, content_type=answer.content_type, status=answer.status, sent=answer.capture.sent
    )


def pace_for(url: str) -> dict[str, float]:
    """The pace of a portal that no file describes: none on a private address, else the usual one."""
    return {"delay": 0} if is_private(urlsplit(url).hostname or "") else {}


def visit(
    portals: Sequence[Portal],
    settings: Settings,
    work: Callable[[Visit], Awaitable[T]],
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, T | Exception]:
    """Do some work at each portal, 16 portals at once; what each gave, or the exception it ended with, by slug."""
    loop = event_loop(settings)
    results: dict[str, T | Exception] = {}

    async def one(portal: Portal, runner: AsyncCrawlerRunner, places: asyncio.Semaphore) -> None:
        async with places:
            crawler = runner.create_crawler(_spider(portal, settings, work, (results, say)))
            task = runner.crawl(crawler)
            await asyncio.wait({task})
            fault = task.exception()
            if fault is not None or portal.slug not in results:
                results[portal.slug] = fault if isinstance(fault, Exception) else Missed("the visit was cut off")

    async def all_of_them() -> None:
        runner, places = AsyncCrawlerRunner(crawler_settings()), asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(one(portal, runner, places) for portal in portals))

    with _quiet():
        loop.run_until_complete(all_of_them())
    return {portal.slug: results[portal.slug] for portal in portals}


def _spider(
    portal: Portal,
    settings: Settings,
    work: Callable[[Visit], Awaitable[T]],
    into: tuple[dict[str, T | Exception], Callable[[str], None]],
) -> type[Any]:
    """The portal's spider, with other work than a night's."""
    results, say = into

    async def start(self: Any) -> Any:
        try:
            results[portal.slug] = await work(Visit(self.crawler, portal, say=say))
        except Missed as error:
            results[portal.slug] = error
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    return type("Visitor", (spider_class(portal, settings),), {"start": start})


@contextmanager
def _quiet() -> Iterator[None]:
    """What Scrapy has to say stays unsaid: the visit's own report says all."""
    handler, root = logging.NullHandler(), logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
