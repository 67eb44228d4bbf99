"""Bodies are unpacked at once where that is sure, else by Scrapy's own way; what is turned off is not imported."""

import gzip
import subprocess
import sys
from typing import Any

import pytest

from archive.records import CaptureKind
from crawler.family import Ask
from crawler.fetch import Unanswered, ask
from crawler.middlewares.unpack import at_once

PAGE = b"<!doctype html><title>Trang</title><p>" + b"noi dung " * 500
PACKED = gzip.compress(PAGE)
DAMAGED = PACKED[:-6] + bytes([PACKED[-6] ^ 1]) + PACKED[-5:]

IMPORTED = """
import sys
from crawler.run import crawler_settings
settings = crawler_settings()
for kind in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES"):
    assert settings.get_component_priority_dict_with_base(kind)
print(sorted({"aiohttp", "scrapy.extensions.feedexport", "scrapy.extensions.telnet"} & set(sys.modules)))
"""


def test_a_whole_member_is_unpacked_at_once() -> None:
    assert at_once(PACKED, len(PAGE)) == PAGE
    assert at_once(gzip.compress(b""), 10) == b""


@pytest.mark.parametrize(
    ("packed", "most"),
    [
        (PACKED, len(PAGE) - 1),
        (PACKED[:-9], len(PAGE)),
        (PACKED[:-1], len(PAGE)),
        (DAMAGED, len(PAGE)),
        (PACKED + PACKED, 2 * len(PAGE)),
        (PACKED + b"\0", len(PAGE)),
        (PAGE, len(PAGE)),
        (b"", 10),
    ],
    ids=["too large", "cut", "without its last byte", "damaged", "two members", "padded", "not packed", "empty"],
)
def test_anything_else_is_left_to_scrapy(packed: bytes, most: int) -> None:
    assert at_once(packed, most) is None


def asked(faulty: Any, encoding: str, sent: bytes) -> Any:
    """Asks a server that sends these bytes, said to be encoded so."""

    def answer(connection: Any, _: int) -> None:
        head = f"Content-Type: text/html\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(sent)}\r\n"
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + sent)

    async def work(spider: Any) -> Any:
        return await ask(spider.crawler, Ask(f"{faulty.url}a"), CaptureKind.ARTICLE)

    faulty.paths["/a"] = answer
    return work


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [("gzip", PACKED), ("x-gzip", PACKED), ("gzip, gzip", gzip.compress(PACKED)), ("gzip", PACKED + PACKED)],
    ids=["one member", "its old name", "packed twice", "two members"],
)
def test_every_way_gives_the_body_and_keeps_what_came(
    encoding: str, sent: bytes, faulty: Any, card: Any, through: Any
) -> None:
    got = through(card(faulty.url), asked(faulty, encoding, sent))
    assert got.body == (PAGE + PAGE if sent == PACKED + PACKED else PAGE)
    assert (got.status, got.content_type, got.url) == (200, "text/html", f"{faulty.url}a")
    assert (got.capture.body, got.capture.header("Content-Encoding")) == (sent, encoding)


def test_a_bomb_is_not_unpacked(faulty: Any, card: Any, through: Any) -> None:
    work = asked(faulty, "gzip", gzip.compress(b" " * 11_000_000))
    with pytest.raises(Unanswered, match="larger than 10 MB"):
        through(card(faulty.url), work)


def test_what_is_turned_off_is_not_imported() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
