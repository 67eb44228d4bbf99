"""How long the archive takes to be proved and built anew, beside the least that any such thing must do.

    python bench/replay.py [ARTICLES [sqlite|URL of an empty PostgreSQL database]]

Pages are the farm's, of seven families. `bare` reads the WARC files with warcio and the articles with their families,
in one process, and does nothing else. Times are CPU-seconds with all processes', and by the clock, for 10,000 articles.
"""

import gzip
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.rebuild import Rebuild
from archive.rebuild_database import beside
from archive.records import Capture, CaptureKind
from archive.replay_order import files
from archive.runs import RunSummary
from archive.store import Store
from archive.verifying import verified
from config.portal import load
from config.settings import Settings
from crawler.families import family
from crawler.family import ReadingError
from crawler.farm import Farm
from crawler.page import Page
from crawler.replaying import replayed
from crawler.stored import read

FAMILIES = ("nukeviet", "vhv", "webcenter", "wordpress", "liferay", "vnportal", "generic")
HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
SPENT = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def pages(farm: Farm) -> Iterator[tuple[str, str, bytes]]:
    """Slug, address and content of every article."""
    for portal in farm.portals:
        for article in portal.truth:
            path = "/" + article.url.removeprefix(portal.url)
            yield portal.slug, article.url, portal.site.respond(path).body.plain(portal.site.count)


def fill(settings: Settings, articles: int) -> int:
    """An archive of so many articles, and how many there are."""
    portals = 2 * len(FAMILIES)
    farm = Farm(
        7, articles=articles // portals, portals=portals, families=FAMILIES, until=date(2026, 3, 2), port=20_000
    )
    farm.write_portals(settings.portals)
    known, at, runs, count = load(settings.portals), datetime(2026, 3, 2, tzinfo=UTC), dict[str, int](), 0
    kinds = {portal.slug: portal.family for portal in farm.portals}
    with Store.open(settings) as store:
        for slug, url, body in pages(farm):
            if slug not in runs:
                runs[slug] = store.start(known[slug])
            at += timedelta(seconds=1)
            try:
                article = family(kinds[slug], known[slug].selectors).read(Page(url, body))
            except ReadingError:
                continue
            capture = Capture(url, 200, HEADERS, gzip.compress(body, 6), at, CaptureKind.ARTICLE)
            store.record(runs[slug], store.receive(runs[slug], capture), article)
            count += 1
        for slug, run in runs.items():
            store.finish(run, RunSummary(slug))
    return count


def bare(settings: Settings) -> None:
    """Read everything with warcio, and every article with its family."""
    kinds = {
        slug: family(portal.family or "generic", portal.selectors) for slug, portal in load(settings.portals).items()
    }
    for path in files(settings.data):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                body = record.content_stream().read()
                if record.rec_type == "response":
                    kinds[record.rec_headers["Caicach-Portal"]].read(Page(record.rec_headers["WARC-Target-URI"], body))


def rebuild(settings: Settings) -> None:
    """Build the archive anew."""
    with beside(settings) as engine:
        done = Rebuild(engine, settings.data, read, _quiet).whole()
    assert not done.lost


def verify(settings: Settings) -> None:
    """Check every digest and every article."""
    assert not verified(settings, read, _quiet).wrong


def plan(settings: Settings) -> None:
    """Read everything again and compare."""
    assert not replayed(settings, _quiet)[0].changed


def _quiet(*_: object) -> None:
    pass


def spent() -> float:
    """CPU-seconds of this process and its children that have ended."""
    used = [resource.getrusage(who) for who in SPENT]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(way: Callable[[Settings], None], settings: Settings) -> tuple[float, float]:
    """CPU-seconds and seconds by the clock."""
    cpu, clock = spent(), time.perf_counter()
    way(settings)
    return spent() - cpu, time.perf_counter() - clock


def main(articles: int = 2_000, url: str = "sqlite") -> None:
    """Print a line for each way."""
    with tempfile.TemporaryDirectory() as folder:
        portals = Path(folder) / "portals"
        portals.mkdir()
        settings = Settings(
            data=Path(folder) / "data",
            portals=portals,
            database_url="" if url == "sqlite" else url,
            allow_private=True,
            contact="bench@localhost",
        )
        begun = spent()
        count = fill(settings, articles)
        filled = (spent() - begun) / count * 10_000
        size = sum(path.stat().st_size for path in files(settings.data)) / count / 1024
        print(f"{count} articles, {url.partition(':')[0]}, {size:.1f} KiB of WARC each; filled in {filled:.0f} CPU-s")
        least, _ = measure(bare, settings)
        print(f"{'bare':8} {least / count * 10_000:7.1f} CPU-s for 10,000 articles")
        for way in (verify, plan, rebuild):
            cpu, clock = (one / count * 10_000 for one in measure(way, settings))
            ratio = cpu / (least / count * 10_000)
            print(f"{way.__name__:8} {cpu:7.1f} CPU-s {clock:7.1f} s by the clock, {ratio:.2f} times bare")


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))  # type: ignore[arg-type]
