"""One host, one pace: seconds between requests, how many at once, Retry-After for all."""

import asyncio
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.hosts import authority
from crawler.refusals import Stopped
from crawler.settings import PAGE_SECONDS

LEASE = PAGE_SECONDS + 5.0
MOMENT = 0.02
"""How often a host that others are asking is looked at, in seconds."""


class HostPace:
    """When a host may be asked next; shared by all portals of the process that ask it."""

    def __init__(self) -> None:
        self.least = 0.0
        self._next = self._held = 0.0
        self._leases: list[float] = []

    def lengthen(self, delay: float) -> None:
        """Keep at least so many seconds between requests from now on (Crawl-delay)."""
        self.least = max(self.least, delay)

    def hold(self, seconds: float) -> None:
        """Ask nothing for so many seconds (Retry-After)."""
        self._held = max(self._held, monotonic() + seconds)

    async def turn(self, delay: float, stopping: asyncio.Event, most: int = 1) -> float:
        """Wait until it is this request's turn; gives the lease to hand back. Raises Stopped when the crawl ends.

        At most `most` requests are under way; one that is never handed back counts no longer than a response may take.
        """
        while True:
            if stopping.is_set():
                raise Stopped("the crawl was stopped")
            now = monotonic()
            wait = max(self._next, self._held) - now
            self._leases = [until for until in self._leases if until > now]
            if wait <= 0 and len(self._leases) < most:
                self._next = now + max(delay, self.least)
                self._leases.append(now + LEASE)
                return self._leases[-1]
            await _pause(max(wait, MOMENT), stopping)

    def back(self, lease: float) -> None:
        """A request has ended."""
        if lease in self._leases:
            self._leases.remove(lease)


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
        self.most = portal.pace.concurrency if portal else 1
        self._never = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Stopped when the crawl ends before the turn comes."""
        stopping = getattr(self.crawler.spider, "stopping", self._never)
        request.meta["lease"] = await pace_of(request.url).turn(self.delay, stopping, self.most)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response itself; the host may be asked by others again."""
        self._back(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """The request ended without a response."""
        self._back(request)

    @staticmethod
    def _back(request: Request) -> None:
        lease = request.meta.pop("lease", None)
        if lease is not None:
            pace_of(request.url).back(lease)
