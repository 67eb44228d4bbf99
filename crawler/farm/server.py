"""A small HTTP/1.1 server for the farm: keep-alive, pipelining, gzip, HEAD, conditional requests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from time import time

from crawler.farm.exchange import Answer, Ask
from crawler.farm.fault import Visit, on_the_wire, send, struck
from crawler.farm.site import Site

LIMIT = 64 * 1024
"""Bytes of one request's head, and of what is sent ahead of an answer."""
LARGEST_BODY = 1024 * 1024
_REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the access log; `bytes` is the length of the body sent, `time` in seconds since 1970."""

    time: float
    portal: str
    method: str
    path: str
    status: int
    bytes: int


class Connection(asyncio.Protocol):
    """One client's connection to one portal."""

    def __init__(self, site: Site, note: Callable[[Request], None]) -> None:
        self._site = site
        self._note = note
        self._pending = b""
        self._transport: asyncio.Transport | None = None
        self._sending: asyncio.Task[None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._sending is not None:
            self._sending.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        wanted = LIMIT
        while (end := self._pending.find(b"\r\n\r\n")) >= 0 and self._transport is not None:
            line, headers = _parse(self._pending[:end])
            stop = end + 4 + _length(headers)
            wanted = stop + LIMIT
            if len(self._pending) < stop or stop - end > LARGEST_BODY:
                break
            body, self._pending = self._pending[end + 4 : stop], self._pending[stop:]
            self._answer(line, headers, body)
            wanted = LIMIT
        if len(self._pending) > min(wanted, LARGEST_BODY + LIMIT) and self._transport is not None:
            self._transport.close()

    def _answer(self, line: str, headers: dict[str, str], sent: bytes = b"") -> None:
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        self._site.requests += 1
        visit = Visit.of(self._site, target, Ask.of(target, method, headers, sent))
        answer = struck(self._site, visit, lambda: self._site.respond(target, method, headers, sent))
        head, body = render(self._site, answer, method, headers)
        spoilt = on_the_wire(self._site, visit, head, body)
        close = headers.get("connection", "").lower() == "close" or version == "HTTP/1.0"
        body = b"" if method == "HEAD" else body
        self._note(Request(time(), self._site.slug, method, target, int(head[9:12]), len(body)))
        if self._transport is not None and spoilt is not None:
            self._sending = asyncio.ensure_future(send(self._transport, spoilt))
        elif self._transport is not None:
            self._transport.write(head + (b"Connection: close\r\n\r\n" if close else b"\r\n") + body)
            if close:
                self._transport.close()


def _length(headers: dict[str, str]) -> int:
    stated = headers.get("content-length", "")
    return int(stated) if stated.isdecimal() else 0


def _parse(head: bytes) -> tuple[str, dict[str, str]]:
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {}
    for field in rest:
        name, _, value = field.partition(":")
        headers[name.lower()] = value.strip()
    return line, headers


def render(site: Site, answer: Answer, method: str, headers: dict[str, str]) -> tuple[bytes, bytes]:
    """An answer as bytes: the head without its last line, and the body."""
    fields = [*answer.headers]
    status, body = answer.status, b""
    if answer.validates:
        fields.append(("ETag", answer.body.etag))
    if answer.validates and headers.get("if-none-match") == answer.body.etag:
        status = 304
    elif "gzip" in headers.get("accept-encoding", "") and answer.type.startswith(
        ("text/", "application/rss", "application/xml")
    ):
        body = answer.body.gzip(site.count)
        fields += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    else:
        body = answer.body.plain(site.count)
    if status != 304:
        fields += [("Content-Type", answer.type), ("Content-Length", str(len(body)))]
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*site.headers(), *fields))
    return f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}\r\n{lines}".encode("latin-1"), body
