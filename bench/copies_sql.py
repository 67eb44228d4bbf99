"""How many articles a CPU-second copies cost through SQL, as the archive of them grows.

    python bench/copies_sql.py 20000 100000        # SQLite in a folder that goes away; `--at` another database

Texts are like those of bench/copies.py's fresh archive: 300 words each, one in ten a copy between set lines. What is
timed is what a crawl or a rebuild does of it: sketching, comparing, grouping, commits, and what SQLite does with its
log. The rows of articles and revisions are put there beforehand, untimed.
"""

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from archive import database, store_copies
from archive import tables as t
from archive.store_plain import do
from bench import copies
from bench.copies_changes import boilerplate

COMMIT = 500
"""Articles in a transaction, as in a rebuild; a crawl has one in each."""
NIGHT = 5_000
"""Articles put into a grown archive one by one."""
COPY = 10
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def texts(seed: int) -> Iterator[tuple[str, bool]]:
    """Texts without end, each with whether it is a copy of one of the last thousand."""
    chance = random.Random(seed)
    words = [word for _, text in copies.corpora(seed)["farm"] for word in text.split()]
    recent: deque[str] = deque(maxlen=1_000)
    while True:
        copied = len(recent) > COPY and chance.random() < 1 / COPY
        text = boilerplate(chance.choice(recent), chance) if copied else " ".join(chance.choices(words, k=300))
        if not copied:
            recent.append(text)
        yield text, copied


class Grown:
    """An archive that grows: articles with their texts, and groups as they are found."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.made, self.count = engine, texts(seed), 0
        self.copied = 0
        database.upgrade(engine)
        with database.writing(engine) as connection:
            _first(connection)

    def grow(self, count: int, commit: int = COMMIT) -> float:
        """Put so many more in; CPU-seconds of this process."""
        spent, left = 0.0, count
        while left > 0:
            some = [next(self.made) for _ in range(min(COMMIT, left))]
            ids = range(self.count + 1, self.count + len(some) + 1)
            with database.writing(self.engine) as connection:
                _put(connection, [(number, text) for number, (text, _) in zip(ids, some, strict=True)])
            _settle(self.engine)
            self.copied += sum(copied for _, copied in some)
            spent += self._group([(number, text) for number, (text, _) in zip(ids, some, strict=True)], commit)
            self.count += len(some)
            left -= len(some)
        return spent

    def bare(self, count: int) -> float:
        """Seconds that so many transactions take by themselves, each with one column of one row."""
        began = time.process_time()
        for number in range(1, count + 1):
            with database.writing(self.engine) as connection:
                do(connection, "UPDATE article SET looked_at = first_seen_at WHERE id = {sign}", (number,))
        return time.process_time() - began

    def _group(self, some: Sequence[tuple[int, str]], commit: int) -> float:
        began = time.process_time()
        for first in range(0, len(some), commit):
            with database.writing(self.engine) as connection:
                for number, text in some[first : first + commit]:
                    store_copies.group(connection, number, store_copies.sketch(text))
        _settle(self.engine)
        return time.process_time() - began

    def told(self) -> Row:
        """What there is: pairs found for each copy that was put there, and memory."""
        with self.engine.connect() as connection:
            found = connection.execute(select(func.count()).select_from(t.copy)).scalar_one()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"articles": self.count, "pairs a copy": found / max(self.copied, 1), "MB": memory}


def _settle(engine: Engine) -> None:
    """Let SQLite's log be worked in by those who filled it."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            busy, _, _ = connection.cursor().execute("PRAGMA wal_checkpoint").fetchone()
            assert not busy


def _first(connection: Connection) -> None:
    card = {"slug": "p", "name": "p", "url": "https://p.gov.vn/", "file": "", "status": "active", "first_seen_at": NOW}
    place = dict.fromkeys(("level", "province", "province_key", "province_now_key", "district_key", "commune_key"), "")
    connection.execute(insert(t.portal), [{"id": 1, **card, **place}])
    run = {
        "id": 1,
        "portal_id": 1,
        "started_at": NOW,
        "outcome": "ok",
        "reason": "",
        "summary": {},
        "warc": "",
        "warc_offset": 0,
    }
    connection.execute(insert(t.run), [run])
    capture = {"id": 1, "run_id": 1, "portal_id": 1, "kind": "article", "method": "GET", "url": "", "url_digest": ""}
    capture |= {"status": 200, "fetched_at": NOW, "digest": "", "bytes": 0, "etag": "", "last_modified": ""}
    connection.execute(insert(t.capture), [capture | {"warc": "", "warc_offset": 0, "warc_length": 0}])


def _put(connection: Connection, some: Sequence[tuple[int, str]]) -> None:
    same = {"digest": "", "capture_id": 1, "family": "", "reader_version": "", "normaliser_version": ""}
    blank = dict.fromkeys(("url", "author", "source", "category", "issuing_key", "act_type_key", "kind"), "")
    article = {**same, **blank, "portal_id": 1, "revisions": 1, "relevance": 1.0, "is_reform": True}
    article |= {"first_seen_at": NOW, "last_seen_at": NOW, "body_digest": ""}
    revision = {**same, "number": 1, "title": "", "summary": "", "facts": {}, "seen_at": NOW}
    connection.execute(insert(t.article), [{**article, "id": one, "url_digest": str(one)} for one, _ in some])
    connection.execute(insert(t.revision), [{**revision, "article_id": one, "body": text} for one, text in some])


def measured(engine: Engine, sizes: Sequence[int], seed: int = 1) -> list[Row]:
    """For each size: articles a CPU-second while the archive grew so far; then one by one, beyond the transactions.

    Raises ValueError for a size that is not larger than the one before and its night.
    """
    archive, table = Grown(engine, seed), []
    for size in sizes:
        count = size - archive.count - NIGHT
        if count <= 0:
            raise ValueError(f"sizes rise, each by more than {NIGHT:,}: {size:,} does not")
        grown = archive.grow(count)
        night = archive.grow(NIGHT, commit=1) - archive.bare(NIGHT)
        table.append({**archive.told(), "articles/s": count / grown, "one by one": NIGHT / night})
        if sys.stderr.isatty():
            print(lines(table[-1:]), end="", file=sys.stderr)
    return table


def on_sqlite(sizes: Sequence[int], folder: Path | None = None) -> list[Row]:
    """The same in a file of its own, and how large that became beyond the texts."""
    place = Path(tempfile.mkdtemp(prefix="caicach-copies-", dir=folder))
    engine = database.connect(f"sqlite:///{place}/caicach.sqlite")
    try:
        return measured(engine, sizes)
    finally:
        engine.dispose()
        shutil.rmtree(place)


def lines(table: Sequence[Row]) -> str:
    """The table as it is printed."""
    return "".join(f"  {line(row)}\n" for row in table)


def line(row: Row) -> str:
    """One row as it is printed."""
    return ", ".join(f"{name} {value:,.0f}" if value > 10 else f"{name} {value:.4g}" for name, value in row.items())


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sizes", type=int, nargs="*", default=[20_000])
    options.add_argument("--at", help="an empty database; otherwise SQLite in a folder that goes away")
    options.add_argument("--folder", type=Path, help="where that folder is made")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    found = measured(database.connect(given.at), given.sizes) if given.at else on_sqlite(given.sizes, given.folder)
    sys.stdout.write(lines(found))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
