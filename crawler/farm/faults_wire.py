"""Faults of the connection: lengths, cuts, drips, resets, bombs and broken heads."""

import gzip
import re
from collections.abc import Callable, Iterator
from functools import cache

from crawler.farm.exchange import Answer
from crawler.farm.fault import PAGES, Fault, Visit, Wire, made, pieces

_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")
_ENCODING = re.compile(rb"(?:Content-Encoding|Vary): [^\r\n]*\r\n")
_STATUS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_MEGABYTE = 1_000_000


class OnTheWire(Fault, name="", about=""):
    """A fault whose answer is made whole, and then sent in its own way."""

    strikes_at = PAGES

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return healthy()

    def wire(self, visit: Visit, head: bytes, body: bytes) -> Wire | None:
        return self.sent(head, body) if visit.kind in self.where and self.strikes(visit) else None

    def __call__(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return healthy()

    def sent(self, head: bytes, body: bytes) -> Wire:
        """What goes over the wire: the whole answer, where a fault says nothing else."""
        return Wire([head + b"\r\n" + body])


class Truncated(OnTheWire, name="truncated", about="the connection ends before Content-Length bytes have come"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        return Wire([head + b"\r\n" + body[: len(body) // 2]])


class WrongLength(
    OnTheWire, name="wrong_length", about="Content-Length says 1,000 bytes more than there are, then silence ends"
):
    def sent(self, head: bytes, body: bytes) -> Wire:
        longer = _LENGTH.sub(b"Content-Length: %d\r\n" % (len(body) + 1000), head)
        return Wire([longer + b"\r\n" + body])


class ShortLength(OnTheWire, name="short_length", about="Content-Length says half of what there is"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        return Wire([_LENGTH.sub(b"Content-Length: %d\r\n" % (len(body) // 2), head) + b"\r\n" + body])


class Reset(OnTheWire, name="reset", about="the connection is reset in the middle of the answer"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        return Wire([head + b"\r\n" + body[: len(body) // 3]], end="reset", every=0.01)


class Drip(OnTheWire, name="drip", about="a byte every `every` seconds (1)"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        return Wire(pieces(head + b"\r\n" + body, 1), every=self.how.get("every", 1.0))


class MalformedHeaders(
    OnTheWire, name="malformed_headers", about="header lines without a colon, with raw bytes, and one of 60 kB"
):
    def sent(self, head: bytes, body: bytes) -> Wire:
        odd = b"no colon here\r\n: no name\r\nX-Bytes: \xe1\xbb\x9f \xff\xfe\r\nX-Long: " + b"a" * 60_000 + b"\r\n"
        return Wire([head + odd + b"\r\n" + body])


class NoStatus(OnTheWire, name="no_status", about="not HTTP at all: the answer has no status line"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        return Wire([b"SSH-2.0-OpenSSH_9.2\r\n" + body[:200]])


class GzipBomb(OnTheWire, name="gzip_bomb", about="a small gzip body that unpacks to `megabytes` (1,000) of nothing"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        bomb = _bomb(self.how.get("megabytes", 1000))
        return Wire([_STATUS + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb], "keep")


@cache
def _bomb(megabytes: int) -> bytes:
    """Members of a megabyte each, packed once: a gzip body may have many."""
    return gzip.compress(b" " * _MEGABYTE, 9) * megabytes


class Huge(OnTheWire, name="huge", about="a page of `megabytes` (50), sent as it is"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        size = self.how.get("megabytes", 50)
        return Wire(_heavy(size), every=0.001)


def _heavy(megabytes: int) -> Iterator[bytes]:
    yield _STATUS + b"Content-Length: %d\r\n\r\n<!doctype html><html><body>" % (megabytes * _MEGABYTE + 27)
    block = b"<p>noi dung</p>\n" * (_MEGABYTE // 16)
    yield from (block for _ in range(megabytes))


class HugeUndeclared(OnTheWire, name="huge_undeclared", about="a page of `megabytes` (50) without a length, in chunks"):
    def sent(self, head: bytes, body: bytes) -> Wire:
        return Wire(_chunks(self.how.get("megabytes", 50)), every=0.001)


def _chunks(megabytes: int) -> Iterator[bytes]:
    yield _STATUS + b"Transfer-Encoding: chunked\r\n\r\n"
    block = b"<p>noi dung</p>\n" * (_MEGABYTE // 16)
    yield from (b"%x\r\n%s\r\n" % (len(block), block) for _ in range(megabytes))
    yield b"0\r\n\r\n"


class Wide(Fault, name="wide", about="listings of 200,000 links"):
    strikes_at = frozenset({"listing"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        path = self.site.path(self.site.shown[0])
        links = (
            f'<li><a href="{path}?n={n}">Kế hoạch cải cách hành chính năm 2024 số {n}</a></li>'
            for n in range(self.how.get("links", 200_000))
        )
        return made(f"<!doctype html><html><body><h1>Cải cách hành chính</h1><ul>{''.join(links)}</ul></body></html>")
