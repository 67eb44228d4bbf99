"""WARC records a CPU-second and bytes a page: ours beside warcio's own ways, interleaved.

    python bench/warc.py [ROUNDS]     # ends with 1 when a goal is missed

A page is 92 KiB of HTML that came as 16 KiB of gzip. Goal: 2,500 records a CPU-second, 17 KiB a page.
"""

import gzip
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from archive.captures import CaptureWriter
from archive.records import Capture, CaptureKind
from bench.spread import spread

PAGES = 400
SPEED, SIZE = 2500, 17
"""The goals: records a CPU-second, KiB a page."""
HEADERS = (
    ("Server", "nginx"),
    ("Date", "Sun, 22 Nov 2026 02:15:30 GMT"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Transfer-Encoding", "chunked"),
    ("Set-Cookie", "session=0123456789abcdef; path=/; HttpOnly"),
)


def page(seed: int) -> bytes:
    """92 KiB of HTML that gzip makes 16 KiB of."""
    draw = random.Random(seed)
    words = [draw.randbytes(4).hex() for _ in range(1_750)]
    text = " ".join(draw.choices(words[:700], k=2_600) + words)
    return (f"<p>{text}</p>" + '<li class="menu-item"><a href="/cai-cach-hanh-chinh">CCHC</a></li>\n' * 900)[
        :94_208
    ].encode()


def ours(pages: list[bytes], folder: Path) -> int:
    """CaptureWriter: bytes as received, stored."""
    with CaptureWriter(folder) as writer:
        for number, body in enumerate(pages):
            url = f"https://queson.example.vn/vi/news/{number}.html"
            capture = Capture(url, 200, HEADERS, body, datetime.now(UTC), CaptureKind.ARTICLE)
            writer.write(capture, run=1, portal="quang-nam-que-son")
    return sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))


def plain(pages: list[bytes], folder: Path) -> int:
    """The library as it comes: gzip again, at its level 9, the bytes as received."""
    path = folder / "plain.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number, body in enumerate(pages):
            head = StatusAndHeaders("200 OK", list(HEADERS), protocol="HTTP/1.1")
            url = f"https://queson.example.vn/vi/news/{number}.html"
            writer.write_record(
                writer.create_warc_record(url, "response", io.BytesIO(body), len(body), http_headers=head)
            )
    return path.stat().st_size


def decoded(pages: list[bytes], folder: Path) -> int:
    """The same with the pages decompressed first, as most crawlers keep them."""
    return plain([gzip.decompress(body) for body in pages], folder)


def measure(way: Callable[[list[bytes], Path], int], pages: list[bytes]) -> tuple[float, float]:
    """Records a CPU-second, KiB a page."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        size = way(pages, Path(folder))
        return len(pages) / (time.process_time() - begun), size / len(pages) / 1024


def main(rounds: int = 7) -> None:
    """Print the median of interleaved rounds."""
    pages = [gzip.compress(page(seed), 6) for seed in range(PAGES)]
    ways = (ours, plain, decoded)
    found: dict[str, list[tuple[float, float]]] = {way.__name__: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            found[way.__name__].append(measure(way, pages))
    received = sum(map(len, pages)) / PAGES / 1024
    print(f"{PAGES} pages of {received:.1f} KiB as received, {rounds} rounds, medians")
    for name, seen in found.items():
        print(f"{name:8} {spread([speed for speed, _ in seen]):24} records/CPU-s  {seen[0][1]:6.2f} KiB/page")
    speed, size = median(speed for speed, _ in found["ours"]), found["ours"][0][1]
    sys.exit(0 if speed >= SPEED and size <= SIZE else 1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
