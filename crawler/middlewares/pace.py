"""One host, one pace: seconds between requests, and a Retry-After that holds every one of them."""

import asyncio
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.hosts import authority
from crawler.refusals import Stopped


class HostPace:
    """When a host may be asked next; shared by all portals of the process that ask it."""

    def __init__(self) -> None:
        self.least = 0.0
        self._next = self._held = 0.0

    def lengthen(self, delay: float) -> None:
        """Keep at least so many seconds between requests from now on (Crawl-delay)."""
        self.least = max(self.least, delay)

    def hold(self, seconds: float) -> None:
        """Ask nothing for so many seconds (Retry-After)."""
        self._held = max(self._held, monotonic() + seconds)

    async def turn(self, delay: float, stopping: asyncio.Event) -> None:
        """Wait until it is this request's turn; raises Stopped when the crawl ends meanwhile."""
        while True:
            if stopping.is_set():
                raise Stopped("the crawl was stopped")
            now = monotonic()
            wait = max(self._next, self._held) - now
            if wait <= 0:
                self._next = now + max(delay, self.least)
                return
            await _pause(wait, stopping)


async def _pause(seconds: float, stopping: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


_HOSTS: dict[str, HostPace] = {}


def pace_of(url: str) -> HostPace:
    """The pace of an address's host."""
    return _HOSTS.setdefault(authority(url), HostPace())


class Pace:
    """Every request waits for its turn, first tries and redirects alike."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        portal = getattr(crawler.spidercls, "portal", None)
        self.delay = portal.pace.delay if portal else 0.0
        self._never = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Stopped when the crawl ends before the turn comes."""
        stopping = getattr(self.crawler.spider, "stopping", self._never)
        await pace_of(request.url).turn(self.delay, stopping)
