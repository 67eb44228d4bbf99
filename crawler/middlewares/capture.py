"""The response as it came, before anything is undone: what the archive keeps; and how many were sent."""

from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.records import Capture, CaptureKind


class RawCapture:
    """Leaves a Capture in `request.meta["capture"]` and counts requests in `spider.sent`."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider: Any = self.crawler.spider
        if hasattr(spider, "sent"):
            spider.sent += 1

    def process_response(self, request: Request, response: Response) -> Response:
        """The response itself; the capture stands in the request's meta."""
        request.meta["capture"] = Capture(
            url=response.url,
            status=response.status,
            headers=_headers(response),
            body=response.body,
            fetched_at=datetime.now(UTC),
            kind=request.meta.get("kind", CaptureKind.ARTICLE),
            method=request.method,
            sent=request.body,
        )
        return response


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
