"""How crawls over one queue scale with workers: 1, 2 and 4 processes on one PostgreSQL, the same portals each time.

Each time an empty database, a farm of its own, every portal's crawl in the queue, then so many workers of 8 crawls at
once; told are seconds until the queue is empty, and CPU-seconds of the workers. What is gained ends at the number of
cores: on two, four workers wait for each other. `python bench/workers.py [--portals N] [--workers N …]`.
"""

import argparse
import asyncio
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FAMILIES = ("nukeviet", "vhv", "webcenter", "tandan", "aspnews", "liferay")
LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'crawl' AND status IN ('todo', 'doing')"


def asked(url: str, query: str) -> int:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0


def one(folder: Path, url: str, workers: int, portals: int) -> tuple[float, float, int]:
    """Seconds, CPU-seconds and articles of so many workers."""
    from config.settings import Settings
    from crawler.demo import alone
    from crawler.farm import Farm
    from crawler.queue import Order, defer

    with Farm(5, articles=6, portals=portals, families=FAMILIES, copies=0) as farm:
        farm.write_portals(folder / "portals")
        settings = Settings(database_url=url)
        now = datetime.now(UTC)
        orders = {p.slug: (Order(p.slug, date.today(), now, now + timedelta(hours=3)), now) for p in farm.portals}
        asyncio.run(defer(settings, orders))
        own = alone(folder) | {"CAICACH_DATABASE_URL": url}
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "caicach", "worker", "--at-once", "8"]
        quiet = subprocess.DEVNULL
        children = [subprocess.Popen(command, env=own, stderr=quiet) for _ in range(workers)]
        while asked(url, LEFT) == portals:
            time.sleep(0.1)
        began = time.monotonic()
        while asked(url, LEFT):
            time.sleep(0.2)
        seconds = time.monotonic() - began
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return seconds, cpu, asked(url, "SELECT count(*) FROM article")


def main() -> None:
    """Each number of workers once."""
    from tests.servers import own_server

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--portals", type=int, default=60)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    given = options.parse_args()
    first = 0.0
    for workers in given.workers:
        with tempfile.TemporaryDirectory(prefix="caicach-bench-") as name, own_server("caicach-postgres-") as server:
            seconds, cpu, articles = one(Path(name), server.url, workers, given.portals)
        first = first or seconds
        print(
            f"{workers} workers: {seconds:.1f} s, {first / seconds:.2f} times as fast as the first, "
            f"{cpu:.1f} CPU-seconds, {articles} articles",
            flush=True,
        )


if __name__ == "__main__":
    main()
