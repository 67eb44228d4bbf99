"""Three tries a response; a Retry-After of up to 90 seconds is waited out by the whole host."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from crawler.middlewares.pace import pace_of
from crawler.settings import LONGEST_WAIT, PAGE_TRIES
from crawler.wholeness import unpacked_whole

AGAIN = frozenset({408, 500, 502, 503, 504, 520, 521, 522, 523, 524})
BROKEN = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
)
"""A connection that failed or ended early; a response that was cut off is not an answer."""


def retry_after(value: str, now: datetime) -> float | None:
    """The seconds of a Retry-After header, a number or a date; None for nothing readable."""
    text = value.strip()
    if text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


class Retry:
    """Asks again after a fault of the moment; a 429 only when its Retry-After says how long to wait."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # the protocol's argument
        return cls()

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """The response, or the request once more; raises ResponseDataLossError for half of a packed body."""
        capture = request.meta.get("capture")
        if capture is not None and not unpacked_whole(capture, response.body):
            again = _again(request)
            if again is None:
                raise ResponseDataLossError
            return again
        if response.status not in AGAIN and response.status != 429:
            return response
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = retry_after(header, datetime.now(UTC))
        if wait is not None and wait <= LONGEST_WAIT:
            pace_of(request.url).hold(wait)
        if wait is None and response.status == 429:
            return response
        if wait is not None and wait > LONGEST_WAIT:
            return response
        return _again(request) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request once more after a broken connection."""
        return _again(request) if isinstance(exception, BROKEN) else None


def _again(request: Request) -> Request | None:
    tries = request.meta.get("tries", 1)
    if tries >= PAGE_TRIES:
        return None
    return request.replace(dont_filter=True, meta={**request.meta, "tries": tries + 1})
