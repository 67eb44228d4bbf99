"""robots.txt is obeyed on every host, and asked once a night."""

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError

from archive.records import Capture, CaptureKind
from crawler.hosts import authority
from crawler.middlewares.pace import pace_of
from crawler.refusals import Disallowed, Later, Refused
from crawler.robots import Rules, rules_of
from crawler.settings import PAGE_SECONDS


class Robots:
    """Asks for a host's rules before its first page; `heard` are their captures, for the run to keep."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.heard: list[Capture] = []
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Disallowed, or Later when the rules could not be read."""
        if request.meta.get("kind") == CaptureKind.ROBOTS:
            return
        rules = await self.rules(request.url)
        if rules.later:
            raise Later(rules.later)
        if not rules.allow(request.url):
            raise Disallowed(f"robots.txt disallows {urlsplit(request.url).path}")

    async def rules(self, url: str) -> Rules:
        """The rules of an address's host; raises what the download raised when the host cannot be reached."""
        host = authority(url)
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._ask(url))
        return await asyncio.shield(self._rules[host])

    async def _ask(self, url: str) -> Rules:
        parts = urlsplit(url)
        meta = {"kind": CaptureKind.ROBOTS, "download_timeout": PAGE_SECONDS}
        request = Request(f"{parts.scheme}://{parts.netloc}/robots.txt", meta=meta)
        try:
            response = await self.crawler.engine.download_async(request)
        except DownloadTimeoutError:
            return Rules(later=f"robots.txt: no whole answer in {PAGE_SECONDS} seconds")
        except Refused as error:
            return Rules(later=f"robots.txt: {error}")
        if response.request is not None and "capture" in response.request.meta:
            self.heard.append(response.request.meta["capture"])
        rules = rules_of(response.status, response.body)
        pace_of(url).lengthen(rules.delay)
        return rules
