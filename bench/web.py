"""The pages under load: search and article pages at a steady rate, exports read slowly, Datasette beside them.

    python bench/web.py --articles 100000 --seconds 30
    python bench/web.py --folder FOLDER        an archive that bench/bulk.py made; its index is built when there is none

Requests start on a clock (20 a second), whatever the answers do, so that a slow answer delays no other. Percentiles
are of wall time; CPU seconds are the server's. Datasette, when it is installed, answers the same questions over the
same SQLite file: a full-text search by FTS5 with two facets, twenty rows a page, and a row. Goals: search p95 60 ms,
article p95 25 ms, first byte of an export 300 ms.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import random
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

RATE = 20
SLOW = 200
GOALS = {"search": 60.0, "article": 25.0}
"""Milliseconds that nineteen of twenty answers may take ; searches beside slow exports have no goal."""
FIRST_BYTE = 300
QUESTIONS = ["cải cách hành chính", "ke hoach cai cach", "82 qd ubnd", "một cửa", "SIPAS", "chuyển đổi số huyện"]
FILTERS = ["", "&year=2022", "&level=district", "&province=Quảng+Nam", "&kind=plan"]


async def ask(port: int, path: str, *, drain: bool = True) -> tuple[float, float, int, int]:
    """One request: milliseconds to the first byte and to the last, status, bytes."""
    began = time.perf_counter()
    reader, writer = await opened(port, path)
    first = await reader.read(4096)
    heard = time.perf_counter()
    size = len(first)
    while drain and (piece := await reader.read(65536)):
        size += len(piece)
    writer.close()
    status = int(first[9:12] or b"0")
    return (heard - began) * 1000, (time.perf_counter() - began) * 1000, status, size


_ADDRESSES = cycle(range(2, 250))


async def opened(port: int, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request on its way, from one of many readers: each may ask only so often a minute."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.0.{next(_ADDRESSES)}", 0))
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"
    writer.write(head.encode())
    return reader, writer


async def steadily(seconds: float, one: Callable[[int], Awaitable[tuple[float, float, int, int]]]) -> dict[str, Any]:
    """`RATE` requests a second for so long."""
    began, tasks = time.perf_counter(), []
    for number in range(int(seconds * RATE)):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        tasks.append(asyncio.ensure_future(one(number)))
    answers = await asyncio.gather(*tasks)
    times = sorted(total for _, total, _, _ in answers)
    return {
        "requests": len(answers),
        "failed": sum(status != 200 for _, _, status, _ in answers),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95) - 1], 1),
        "p99_ms": round(times[int(len(times) * 0.99) - 1], 1),
        "kib": round(statistics.mean(size for *_, size in answers) / 1024, 1),
    }


def searches(draw: random.Random) -> list[str]:
    """Addresses of search pages: every question with every filter, in some order."""
    found = [f"/?q={quote(question)}{quote(narrow, safe='&=+')}" for question in QUESTIONS for narrow in FILTERS]
    return draw.sample(found, len(found))


async def slow_reader(port: int, until: asyncio.Event) -> int:
    """An export read a little at a time, until told to stop; the bytes that came."""
    reader, writer = await opened(port, "/export.csv")
    size = 0
    while not until.is_set() and (piece := await reader.read(8192)):
        size += len(piece)
        await asyncio.sleep(0.5)
    writer.close()
    return size


async def measured(port: int, seconds: float, articles: int, held: Callable[[], int]) -> dict[str, Any]:
    """Search pages, article pages, the first byte of an export, and searches beside slow readers."""
    draw = random.Random(1)
    asked = searches(draw)
    for path in asked[:6]:
        await ask(port, path)
    report: dict[str, Any] = {"search": await steadily(seconds, lambda number: ask(port, asked[number % len(asked)]))}
    pages = [held()]
    report["article"] = await steadily(seconds, lambda _: ask(port, f"/articles/{draw.randrange(1, articles)}"))
    pages.append(held())
    first = [(await ask(port, "/export.csv", drain=False))[0] for _ in range(5)]
    report["export_first_byte_ms"] = round(statistics.median(first), 1)
    stop = asyncio.Event()
    readers = [asyncio.ensure_future(slow_reader(port, stop)) for _ in range(SLOW)]
    await asyncio.sleep(3)
    report["search_beside_slow_exports"] = await steadily(seconds, lambda n: ask(port, asked[n % len(asked)]))
    stop.set()
    sizes = await asyncio.gather(*readers)
    report["memory_mb"] = {"after searches": pages[0], "after articles": pages[1], "after exports": held()}
    report["slow_readers"] = {"readers": len(sizes), "each_got_some": min(sizes) > 0}
    return report


def started(words: list[str], folder: Path, port: int) -> subprocess.Popen[bytes]:
    """A server in a process of its own, once it listens."""
    environment = os.environ | {"CAICACH_DATA": str(folder), "CAICACH_SEARCH_URL": "", "CAICACH_DATABASE_URL": ""}
    server = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{words[1]} did not start")


def free() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def memory(server: subprocess.Popen[bytes], what: str = "VmRSS") -> int:
    """Megabytes a process holds now, or held at its highest (VmHWM)."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) // 1024


def ours(folder: Path, seconds: float, articles: int) -> dict[str, Any]:
    """The report of our own pages."""
    command = Path(sys.executable).with_name("caicach")
    subprocess.run([command, "index", "sync"], env=os.environ | {"CAICACH_DATA": str(folder)}, check=True)
    port = free()
    server = started([str(command), "serve", "--port", str(port)], folder, port)
    before = memory(server)
    report = asyncio.run(measured(port, seconds, articles, partial(memory, server)))
    report["memory_mb"] |= {"before": before, "highest": memory(server, "VmHWM")}
    server.terminate()
    server.wait()
    report["cpu_seconds_of_children"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, 1)
    return report


def datasette(folder: Path, seconds: float, articles: int) -> dict[str, Any] | str:
    """The same rate over Datasette: an FTS5 search with two facets, and a row."""
    if importlib.util.find_spec("datasette") is None:
        return "not run: `pip install datasette` first"
    copy = folder / "datasette.sqlite"
    if not copy.exists():
        with sqlite3.connect(copy) as plain:
            plain.execute("ATTACH ? AS a", (str(folder / "caicach.sqlite"),))
            plain.execute(
                "CREATE TABLE article AS SELECT a.article.id, title, summary, body, kind, act_type, published_on "
                "FROM a.article JOIN a.revision ON article_id = a.article.id"
            )
            plain.execute("CREATE UNIQUE INDEX by_id ON article(id)")
            plain.execute(
                "CREATE VIRTUAL TABLE found USING fts5(title, summary, body, content='article', content_rowid='id')"
            )
            plain.execute("INSERT INTO found(found) VALUES ('rebuild')")
    port = free()
    words = [
        sys.executable,
        "-m",
        "datasette",
        str(copy),
        "--port",
        str(port),
        "--setting",
        "sql_time_limit_ms",
        "20000",
    ]
    server = started([*words, "--setting", "facet_time_limit_ms", "5000"], folder, port)
    draw = random.Random(1)
    shown = "_col=title&_col=published_on&_facet=kind&_facet=act_type&_size=20"

    async def both() -> dict[str, Any]:
        asked = [f"/datasette/article?_search={quote(one)}&{shown}" for one in QUESTIONS]
        for path in asked:
            await ask(port, path)
        search = await steadily(seconds, lambda number: ask(port, asked[number % len(asked)]))
        row = await steadily(seconds, lambda _: ask(port, f"/datasette/article/{draw.randrange(1, articles)}"))
        return {"search": search, "article": row}

    report = asyncio.run(both())
    server.terminate()
    server.wait()
    return report


def lines(report: dict[str, Any]) -> Iterator[str]:
    """The report as it is printed, with the goals that it misses."""
    ours, peer = report["ours"], report["datasette"]
    yield f"{report['articles']:,} articles, {RATE} requests a second\n"
    yield f"{'':28}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'goal p95':>10}{'failed':>8}"
    rows = {name: ours[name] for name in ("search", "article", "search_beside_slow_exports")}
    if isinstance(peer, dict):
        rows |= {f"datasette {name}": row for name, row in peer.items()}
    for name, row in rows.items():
        times = "".join(f"{row[one]:8.1f}" for one in ("p50_ms", "p95_ms", "p99_ms"))
        yield f"{name.replace('_', ' '):28}{times}{GOALS.get(name, ''):>10}{row['failed']:>8}"
    if not isinstance(peer, dict):
        yield f"datasette: {peer}"
    yield f"first byte of an export: {ours['export_first_byte_ms']} ms (goal {FIRST_BYTE})"
    yield f"memory in MB: {', '.join(f'{name} {held:,}' for name, held in ours['memory_mb'].items())}"
    if ours["export_first_byte_ms"] > FIRST_BYTE:
        yield "missed: first byte of an export"
    yield from (f"missed: {name} p95" for name, goal in GOALS.items() if ours[name]["p95_ms"] > goal)


def main() -> None:
    """Measure, print a table, and end with 1 where a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=100_000, help="of an archive made for this")
    options.add_argument("--folder", type=Path, help="an archive that is there, in place of that")
    options.add_argument("--seconds", type=float, default=30.0, help="of each kind of request")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="caicach-web-") as made:
        folder = given.folder or Path(made)
        if not given.folder:
            subprocess.run(
                [sys.executable, Path(__file__).with_name("bulk.py"), folder, str(given.articles)], check=True
            )
        with closing(sqlite3.connect(folder / "caicach.sqlite")) as connection:
            articles: int = connection.execute("SELECT max(id) FROM article").fetchone()[0]
        report = {"articles": articles, "a_second": RATE, "ours": ours(folder, given.seconds, articles)}
        report["datasette"] = datasette(folder, given.seconds, articles)
    told = list(lines(report))
    print(*told, sep="\n")
    if given.json:
        given.json.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    raise SystemExit(any(line.startswith("missed") for line in told))


if __name__ == "__main__":
    main()
