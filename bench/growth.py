"""Time and memory of the same crawl into archives of more and more articles; flat for each new article is the goal.

An archive of each size is written straight into the tables (bench/bulk.py), with addresses, files and bands of copies
beside the articles, 32 bands each as real ones have. Then, round by round, one farm of new portals is crawled into
every one of them for two nights, each by a process of its own, so that only the archive's size differs. Told are
CPU-milliseconds for each new article, those of a night that finds nothing new, and peak memory. The command fails where
a new article costs more than `MOST` times what it costs in the smallest archive.
`python bench/growth.py [--articles N …] [--rounds N] [--keep FOLDER] [--json FILE]`; `--keep` uses archives again,
which takes a tenth of the time; so does CAICACH_BENCH_ARCHIVES=FOLDER for `make bench`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
PORTALS, ARTICLES = 6, 40
MOST = 1.25
"""Times the cost in the smallest archive: more than two equal crawls differ on a machine that is busy."""
ADDRESSES = """INSERT INTO address (portal_id, url, url_digest, article_id, reason, tries, first_seen_at, last_seen_at)
SELECT portal_id, url, url_digest, id, '', 0, first_seen_at, last_seen_at FROM article"""
FILES = """INSERT INTO blob (id, digest, bytes, kind, pages, text, reason, reader)
SELECT id, digest, 20000, 'pdf', 2, substr(url || url || url, 1, 300), '', '{reader}' FROM article"""
LINKS = """INSERT INTO attachment
(article_id, portal_id, position, url, url_digest, name, listed, tries, reason, capture_id, blob_id)
SELECT id, portal_id, 0, url || '.pdf', 'f' || url_digest, 'quyet-dinh.pdf', 1, 0, '', capture_id, id FROM article"""
SHARED = """INSERT INTO band (key, article_id)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {bands})
SELECT random(), id FROM article, n ORDER BY 1"""
Told = dict[str, Any]


def archive(folder: Path, articles: int) -> Path:
    """The data folder with so many articles: made now, or as it was made before."""
    from bulk import fill  # beside this file

    from archive import database
    from archive.band_mask import Mask
    from archive.copies import BANDS
    from archive.files import READER
    from config.settings import Settings

    data = folder / str(articles)
    settings = Settings(data=data, database_url="")
    if not (data / "caicach.sqlite").exists():
        fill(settings, articles)
    engine = database.connect(settings.database)
    database.upgrade(engine)
    with database.writing(engine) as connection:
        if not connection.exec_driver_sql("SELECT count(*) FROM (SELECT 1 FROM address LIMIT 1)").scalar():
            for statement in (ADDRESSES, FILES.format(reader=READER), LINKS, SHARED.format(bands=BANDS)):
                connection.exec_driver_sql(statement)
            Mask.of_rows(connection, articles * BANDS).save(connection)
    engine.dispose()
    return data


def crawled(data: Path, portals: Path) -> list[Told]:
    """Two nights over the portals by a process of its own, as bench/portals.py has them."""
    own = {"CAICACH_DATA": str(data), "CAICACH_PORTALS": str(portals), "CAICACH_ALLOW_PRIVATE": "1"}
    command = [sys.executable, "-P", str(ROOT / "bench/portals.py"), "--crawl"]
    environment = os.environ | own | {"CAICACH_DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the crawl failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def one_round(number: int, data: dict[int, Path]) -> dict[int, list[Told]]:
    """A farm of new portals, crawled into every archive; where the last round began, this one ends."""
    with ExitStack() as stack:
        cards = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caicach-bench-")))
        words = ["--articles", str(ARTICLES), "--hostile", "0", "--farm", str(cards), str(number), str(PORTALS)]
        command = [sys.executable, "-P", str(ROOT / "bench/portals.py"), *words]
        farm = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stack.callback(farm.kill)
        assert farm.stdout is not None
        assert farm.stdout.readline().strip() == "ready"
        sizes = list(data)[:: 1 if number % 2 else -1]
        return {size: crawled(data[size], cards) for size in sizes}


def figures(rounds: list[dict[int, list[Told]]]) -> list[Told]:
    """For each size the medians over the rounds; `times` is a new article's cost beside the smallest archive's."""
    costs = {size: [one[size][0]["cpu"] / one[size][0]["new"] for one in rounds] for size in sorted(rounds[0])}
    least = costs[min(costs)]
    return [
        {
            "articles": size,
            "ms_article": 1000 * median(cost),
            "times": median(own / other for own, other in zip(cost, least, strict=True)),
            "ms_request_again": 1000 * median(one[size][1]["cpu"] / one[size][1]["requests"] for one in rounds),
            "peak_mb": median(one[size][-1]["peak_mb"] for one in rounds),
            "new": rounds[0][size][0]["new"],
        }
        for size, cost in costs.items()
    ]


def main() -> None:
    """Round by round; exit 1 where growth is not flat."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--keep", type=Path, default=os.environ.get("CAICACH_BENCH_ARCHIVES"))
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caicach-bench-")))
        data = {size: archive(folder, size) for size in given.articles}
        first = int(time.time()) if given.keep else 0  # an archive that is used again knows those of before
        rounds = [one_round(first + number, data) for number in range(given.rounds)]
    told = figures(rounds)
    print("articles there   CPU-ms a new one   times   CPU-ms a request, nothing new   peak MB")
    for one in told:
        print(
            f"{one['articles']:>14,}{one['ms_article']:>19.1f}{one['times']:>8.2f}"
            f"{one['ms_request_again']:>32.1f}{one['peak_mb']:>10.0f}"
        )
    if given.json:
        given.json.write_text(json.dumps({"growth": told, "new": told[0]["new"]}, indent=1), encoding="utf-8")
    sys.exit(0 if all(one["times"] <= MOST for one in told) else 1)


if __name__ == "__main__":
    main()
