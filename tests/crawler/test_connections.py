"""A crawl's connections close without a word, however late the loop is."""

import asyncio
import time
from typing import Any

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred
from twisted.logger import globalLogPublisher

from config.settings import Settings
from crawler.connections import SECONDS, Connections
from crawler.run import crawler_settings, event_loop


def test_connections_that_close_as_their_time_ends_are_closed_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is busy for longer than they have: both ends come in the same turn of the loop."""
    loop = event_loop(settings)
    crawler = Crawler(Spider, crawler_settings())
    crawler.spider = Spider("late")
    said: list[Any] = []

    async def late() -> None:
        handler = Connections.from_crawler(crawler)
        closed: Deferred[None] = Deferred()
        monkeypatch.setattr(handler._pool, "closeCachedConnections", lambda: closed)

        def busy() -> None:
            time.sleep(SECONDS + 0.1)
            closed.callback(None)

        asyncio.get_running_loop().call_soon(busy)
        await handler.close()
        await asyncio.sleep(0.05)

    globalLogPublisher.addObserver(said.append)
    try:
        loop.run_until_complete(late())
    finally:
        globalLogPublisher.removeObserver(said.append)
    assert [event for event in said if "log_failure" in event] == []
