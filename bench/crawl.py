"""Articles per CPU-second of the whole pipeline, against bare Scrapy fetching the same pages in the same run.

Peers: Scrapy with its defaults, and with the best settings known (PERFORMANCE.md): both only
download; and Scrapy with news-please reading a sample of the articles. Ours downloads, keeps WARC, reads, normalises,
groups copies, writes SQL and indexes. Each runs in a process of its own, the farm in another; only CPU of the crawling
process counts, from the first request on, so that neither the machine's other work nor imports matter; what the
process took that reads attached files, which no peer reads, is said beside it (`files_cpu`). Goal: >= 150
articles per CPU-second, >= 0.5 of bare default Scrapy, >= 20 times Scrapy with news-please; all three are said, and
the command fails where the median of the rounds misses one.

    python bench/crawl.py [--portals N] [--articles N] [--rounds N] [--json FILE]
"""

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.spread import spread

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = ("nukeviet", "vhv", "webcenter", "tandan", "aspnews", "liferay")
GOAL, SHARE, TIMES = 150, 0.5, 20
SAMPLE = 60
"""Articles that news-please reads: it takes a sixth of a second for each."""


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours() -> dict[str, Any]:
    """The whole pipeline over every portal of CAICACH_PORTALS."""
    import crawler.families
    from archive.store import Store
    from config.portal import load
    from config.settings import Settings
    from crawler.run import Fleet, crawl

    assert crawler.families.keys()
    _preload()
    settings = Settings.load()
    fleet = Fleet(list(load(settings.portals).values()), settings)
    with Store.open(settings) as store:
        began, wall = cpu(), time.monotonic()
        crawl(fleet, store)
        crawled, seconds = cpu() - began, time.monotonic() - wall
    assert {one.outcome for one in fleet.summaries} == {"ok"}, [(one.portal, one.reason) for one in fleet.summaries]
    indexing = cpu()
    _index(settings)
    indexed = cpu() - indexing
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "articles": fleet.count("new"),
        "requests": fleet.count("requests"),
        "files": fleet.count("attachments"),
        "cpu": crawled + indexed,
        "index_cpu": indexed,
        "files_cpu": readers.ru_utime + readers.ru_stime,
        "wall": seconds,
        "peak_mb": peak_mb(),
    }


def _preload() -> None:
    """What Scrapy and the pipeline import at their first request: not part of the rates."""
    from importlib import import_module

    from scrapy.settings.default_settings import DOWNLOADER_MIDDLEWARES_BASE

    for name in ("scrapy.core.downloader.handlers.http11", "archive.migrations", "search.opening", "search.sync"):
        import_module(name)
    for path in DOWNLOADER_MIDDLEWARES_BASE:
        import_module(path.rpartition(".")[0])


def _index(settings: Any) -> None:
    from search.opening import engine_of, sessions_of
    from search.sync import sync

    assert sync(sessions_of(settings), engine_of(settings)).indexed


def bare(*, tuned: bool = False, reading: bool = False) -> dict[str, Any]:
    """Scrapy alone: fetch every address on standard input and do nothing with it, or let news-please read it."""
    urls = sys.stdin.read().split()
    read = _reader() if reading else None
    _preload()
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler import settings as tuning

    class Bare(Spider):
        name = "bare"
        pages = 0

        async def start(self) -> Any:
            for url in urls:
                yield Request(url)

        def parse(self, response: Any) -> None:
            type(self).pages += response.status == 200
            if read is not None:
                read(response.text, response.url)

    own: dict[str, Any] = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    if tuned:
        unpacking = {"scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590}
        own |= {
            "CONCURRENT_ITEMS": 4,
            "ASYNCIO_EVENT_LOOP": tuning.ASYNCIO_EVENT_LOOP,
            "DOWNLOADER_MIDDLEWARES_BASE": tuning.DOWNLOADER_MIDDLEWARES_BASE | unpacking,
            "EXTENSIONS_BASE": tuning.EXTENSIONS_BASE,
            "SPIDER_MIDDLEWARES": {
                f"scrapy.spidermiddlewares.{name}": None
                for name in ("httperror.HttpErrorMiddleware", "urllength.UrlLengthMiddleware", "depth.DepthMiddleware")
            },
        }
    process = AsyncCrawlerProcess(own)
    process.crawl(Bare)
    began, wall = cpu(), time.monotonic()
    process.start()
    return {"requests": Bare.pages, "cpu": cpu() - began, "wall": time.monotonic() - wall, "peak_mb": peak_mb()}


def _reader() -> Any:
    """What news-please reads a page with."""
    from newsplease import NewsPlease

    return NewsPlease.from_html


def child(part: str, environment: dict[str, str], given: str = "") -> dict[str, Any]:
    command = [sys.executable, "-P", __file__, "--part", part]  # -P: beside this file stands another search.py
    done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


ASKED = "SELECT DISTINCT url FROM capture WHERE method = 'GET' ORDER BY id"
"""Every address that the whole pipeline fetched: robots, sitemaps, listings, articles, files."""
READ = f"SELECT url FROM article ORDER BY id LIMIT {SAMPLE}"


def urls_of(data: Path, question: str) -> str:
    """The addresses that an archive knows, a line each."""
    import sqlite3

    with sqlite3.connect(data / "caicach.sqlite") as connection:
        return "\n".join(url for (url,) in connection.execute(question))


def one_round(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Farm up, each peer once over the same pages; ours first, as it says which pages there are."""
    farm = [
        sys.executable,
        "-m",
        "crawler.farm",
        "--portals",
        str(options.portals),
        "--articles",
        str(options.articles),
    ]
    farm += ["--families", *FAMILIES, "--portals-to", str(folder / "portals")]
    own = {
        "CAICACH_DATA": str(folder / "data"),
        "CAICACH_PORTALS": str(folder / "portals"),
        "CAICACH_ALLOW_PRIVATE": "1",
    }
    environment = os.environ | own | {"PYTHONPATH": str(ROOT), "CAICACH_DATABASE_URL": ""}
    server = subprocess.Popen(farm, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        server.stdout.readline()
        for card in (folder / "portals").glob("*.toml"):
            card.write_text(
                card.read_text(encoding="utf-8").replace("delay = 0", "delay = 0\nconcurrency = 4"), encoding="utf-8"
            )
        found = {"ours": child("ours", environment)}
        asked, read = (urls_of(folder / "data", question) for question in (ASKED, READ))
        found |= {peer: child(peer, environment, asked) for peer in ("bare", "tuned")}
        if importlib.util.find_spec("newsplease"):
            found["newsplease"] = child("newsplease", environment, read)
        return found
    finally:
        server.terminate()
        server.wait(10)


PARTS = {
    "ours": ours,
    "bare": bare,
    "tuned": partial(bare, tuned=True),
    "newsplease": partial(bare, reading=True),
}
NAMES = {"ours": "Caicach", "bare": "bare Scrapy", "tuned": "tuned Scrapy", "newsplease": "Scrapy + news-please"}


def main() -> None:
    """Run the rounds, in which all take turns."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--portals", type=int, default=12)
    options.add_argument("--articles", type=int, default=150)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", type=Path)
    options.add_argument("--part", choices=PARTS)
    given = options.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part]()))
        return
    rounds = []
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory(prefix="caicach-bench-") as name:
            rounds.append(one_round(Path(name), given))
        for peer, result in rounds[-1].items():
            print(f"{NAMES[peer]:<21}{result['requests'] / result['cpu']:8.0f} responses/CPU-s", _rounded(result))
    report = judged(rounds)
    print("\n".join(report["said"]))
    if given.json:
        given.json.write_text(json.dumps(report | {"rounds": rounds}, indent=1), encoding="utf-8")
    sys.exit(0 if report["reached"] else 1)


def judged(rounds: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """The rounds' medians beside each goal, a line each, and whether all were reached."""
    rates = [one["ours"]["articles"] / one["ours"]["cpu"] for one in rounds]
    shares = [speed(one["ours"]) / speed(one["bare"]) for one in rounds]
    said = [f"{spread(rates)} articles per CPU-second (goal {GOAL})"]
    said.append(f"{spread(shares, 2)} of bare Scrapy (goal {SHARE})")
    if any("newsplease" not in one for one in rounds):
        said.append("news-please is not installed here and is left out: make bench installs it")
        return {"said": said, "reached": False}
    times = [one["ours"]["articles"] / one["ours"]["cpu"] / speed(one["newsplease"]) for one in rounds]
    said.append(f"{spread(times, 1)} times Scrapy + news-please (goal {TIMES})")
    goals = ((rates, GOAL), (shares, SHARE), (times, TIMES))
    return {"said": said, "reached": all(median(found) >= goal for found, goal in goals)}


def speed(result: dict[str, Any]) -> float:
    """Responses per CPU-second."""
    return float(result["requests"] / result["cpu"])


def _rounded(result: dict[str, Any]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in result.items()}


if __name__ == "__main__":
    main()
