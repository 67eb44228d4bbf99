"""Asks for one address and gives back what came, kept in the archive before anyone reads it.

Unanswered      no whole response after three tries; the message says why
"""

from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from archive.records import Capture, CaptureKind
from archive.runs import Validators
from crawler.family import Ask
from crawler.middlewares.retry import BROKEN
from crawler.refusals import Refused
from crawler.settings import FILE_BYTES, PAGE_BYTES, PAGE_SECONDS, SITEMAP_BYTES

BYTES = {CaptureKind.ATTACHMENT: FILE_BYTES, CaptureKind.SITEMAP: SITEMAP_BYTES}
FAULTS = (*BROKEN, DownloadCancelledError, IgnoreRequest, UnsupportedURLSchemeError, EOFError, OSError, ValueError)
"""What a download can raise; OSError and EOFError come from broken compression, ValueError from a broken address."""

SAID: dict[type[Exception], str] = {
    DownloadTimeoutError: f"no whole answer in {PAGE_SECONDS} seconds",
    DownloadConnectionRefusedError: "the connection was refused",
    CannotResolveHostError: "the host's name has no public address",
    ResponseDataLossError: "the response was cut off",
}


class Unanswered(Exception):  # noqa: N818  # a verdict on one address
    """No whole response came; `fault` is whether the host, not this page, seems to be the cause."""

    def __init__(self, reason: str, *, fault: bool) -> None:
        super().__init__(reason)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: the address it came from after redirects, and its body with the compression undone."""

    asked: str
    url: str
    status: int
    content_type: str
    body: bytes
    capture: Capture


async def ask(crawler: Crawler, what: Ask, kind: CaptureKind, validators: Validators | None = None) -> Answer:
    """Ask once (the middlewares ask again where that helps); raises Refused or Unanswered."""
    try:
        response = await crawler.engine.download_async(_request(what, kind, validators))
    except Refused:
        raise
    except FAULTS as error:
        raise Unanswered(_said(error, kind), fault=isinstance(error, BROKEN)) from error
    return _answer(what.url, response)


def _request(what: Ask, kind: CaptureKind, validators: Validators | None) -> Request:
    conditions: dict[str, str] = dict(what.headers)
    if validators and validators.etag:
        conditions["If-None-Match"] = validators.etag
    if validators and validators.last_modified:
        conditions["If-Modified-Since"] = validators.last_modified
    meta: dict[str, Any] = {
        "kind": kind,
        "download_timeout": PAGE_SECONDS,
        "download_maxsize": BYTES.get(kind, PAGE_BYTES),
    }
    return Request(what.url, method=what.method, body=what.body, headers=conditions, meta=meta)


def _answer(asked: str, response: Response) -> Answer:
    assert response.request is not None
    capture: Capture = response.request.meta["capture"]
    return Answer(
        asked=asked,
        url=response.url,
        status=response.status,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        body=response.body,
        capture=capture,
    )


def _said(error: BaseException, kind: CaptureKind) -> str:
    """What went wrong with a download, in words."""
    said = next((words for fault, words in SAID.items() if isinstance(error, fault)), "")
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return f"larger than {BYTES.get(kind, PAGE_BYTES) // 1_000_000} MB"
    return said or f"the connection failed ({' '.join(str(error).split())[:160] or type(error).__name__})"
