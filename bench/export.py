"""Rows a CPU-second of the export beside plain sqlite3 + csv over the same rows, interleaved.

    python bench/export.py [ROWS [ROUNDS [FOLDER]]]

The peer dumps a flat table that holds the exported cells as text. Goal: 0.6 of its speed, 200 MB. FOLDER is an
archive that is there already (bench/bulk.py makes one of a million articles); else one of ROWS is made.
"""

import csv
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from archive import database
from archive import tables as t
from archive.export import FORMATS, export
from archive.filters import Filters
from bench.spread import spread
from config.settings import Settings

TEXT = "cải cách hành chính nhà nước kế hoạch thủ tục một cửa ủy ban nhân dân huyện chỉ số hài lòng báo cáo quý"
WORDS = TEXT.split()
WHEN = datetime(2024, 3, 1, 2, tzinfo=UTC)
BATCH = 1_000
SHARE, MEMORY = 0.6, 200
"""The goals: of the peer's speed, MB."""


def fill(settings: Settings, rows: int) -> None:
    """Articles of 600 words with facts, written straight into the tables."""
    engine = database.connect(settings.database)
    database.upgrade(engine)
    draw = random.Random(1)
    with database.writing(engine) as connection:
        one = {
            "slug": "queson",
            "name": "Cổng TTĐT huyện Quế Sơn",
            "url": "https://queson.example.vn/",
            "level": "district",
        }
        place = {"province": "Quảng Nam", "district": "Quế Sơn", "commune": None, "province_now": "Đà Nẵng"}
        keys = dict.fromkeys(("province_key", "province_now_key", "district_key", "commune_key", "file"), "")
        connection.execute(insert(t.portal), {**one, **place, **keys, "status": "active", "first_seen_at": WHEN})
        run = {"portal_id": 1, "started_at": WHEN, "reason": "", "summary": {}, "warc": "", "warc_offset": 0}
        connection.execute(insert(t.run), run)
        for start in range(1, rows + 1, BATCH):
            made = [_article(number, draw) for number in range(start, min(start + BATCH, rows + 1))]
            for table, columns in zip((t.capture, t.article, t.revision), zip(*made, strict=True), strict=True):
                connection.execute(insert(table), list(columns))
        connection.execute(insert(t.change), {"number": 1, "kind": "run", "at": WHEN, "detail": "", "run_id": 1})
    engine.dispose()


def _article(number: int, draw: random.Random) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    at = WHEN + timedelta(minutes=number)
    url = f"https://queson.example.vn/vi/news/cai-cach-hanh-chinh/bai-{number}.html"
    body = "\n".join(" ".join(draw.choices(WORDS, k=60)) for _ in range(10))
    digest = f"{number:064x}"
    capture = {"run_id": 1, "portal_id": 1, "kind": "article", "method": "GET", "url": url, "url_digest": digest}
    capture |= {"status": 200, "fetched_at": at, "digest": f"sha256:{digest}", "bytes": 16_000, "etag": ""}
    capture |= {"last_modified": "", "warc": "warc/2026/11/22/20261122-1.warc.gz", "warc_offset": number * 16_000}
    versions = {"family": "nukeviet", "reader_version": "nukeviet-1", "normaliser_version": "1"}
    facts = {
        "published": [at.isoformat(), "minute", "page"],
        "captions": [],
        "acts": [
            ["Quyết định", "82/QĐ-UBND", "2024-02-15", "UBND huyện Quế Sơn", "announced", 10, 30],
            *(["Nghị quyết", f"{n}/NQ-CP", "2021-07-15", "Chính phủ", "cited", 40, 60] for n in range(4)),
        ],
        "periods": [[2021, 2030]],
        "reform_areas": ["Cải cách thể chế", "Cải cách thủ tục hành chính"],
        "indicators": ["PAPI", "PAR INDEX"],
        "relevance": [0.97, True, ["cải cách hành chính"]],
        "attachments": [[f"https://queson.example.vn/files/{number}.pdf", "Kế hoạch.pdf"]],
    }
    article = {"id": number, "portal_id": 1, "url": url, "url_digest": digest, "revisions": 1, "digest": digest}
    article |= {"body_digest": digest, "capture_id": number, **versions, "published_at": at, "published_on": at.date()}
    article |= {"published_precision": "minute", "author": "Văn phòng", "source": "", "category": "Cải cách hành chính"}
    article |= {"issuing_body": "UBND huyện Quế Sơn", "issuing_key": "", "act_type": "Quyết định", "act_type_key": ""}
    article |= {"act_number": "82/QĐ-UBND", "act_date": at.date(), "plan_year": 2024, "kind": "plan", "relevance": 0.97}
    article |= {"is_reform": True, "first_seen_at": at, "last_seen_at": at}
    revision = {"article_id": number, "number": 1, "capture_id": number, "digest": digest, "seen_at": at, **versions}
    revision |= {
        "title": f"Kế hoạch cải cách hành chính số {number}",
        "summary": body[:200],
        "body": body,
        "facts": facts,
    }
    return capture | {"warc_length": 16_000}, article, revision


def flat(output: Path, database_file: Path) -> None:
    """The exported cells as a table of texts for the peer."""
    with output.open(encoding="utf-8", newline="") as file, sqlite3.connect(database_file) as connection:
        rows = csv.reader(file)
        head = next(rows)
        connection.execute(f"CREATE TABLE row ({', '.join(f'{name} TEXT' for name in head)})")
        connection.executemany(f"INSERT INTO row VALUES ({', '.join('?' * len(head))})", rows)
    connection.close()


def peer(database_file: Path, output: Path) -> None:
    """sqlite3 and csv, nothing else."""
    connection = sqlite3.connect(database_file)
    with output.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(connection.execute("SELECT * FROM row ORDER BY rowid"))
    connection.close()


def once(settings: Settings, folder: Path, format: str) -> tuple[int, float, int]:
    """Export once: megabytes this process took at most, its processor seconds, rows."""
    begun = time.process_time()
    with database.reading(settings) as session:
        done = export(session, folder / f"a.{format}", filters=Filters(any_topic=True), format=format)
    used = time.process_time() - begun
    if format != "csv":
        done.path.with_name(f"a.{format}").unlink()  # of a million articles each takes gigabytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, used, done.written.rows


def dumped(folder: Path) -> float:
    """The peer's processor seconds."""
    begun = time.process_time()
    peer(folder / "flat.sqlite", folder / "peer.csv")
    return time.process_time() - begun


def _alone(work: Callable[..., Any], *given: Any) -> Any:
    """The work in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def main(rows: int = 20_000, rounds: int = 5, archive: str = "") -> None:
    """Print the median of interleaved rounds, each in a fresh process, and the memory each took."""
    csv.field_size_limit(1 << 24)
    with tempfile.TemporaryDirectory(dir=archive or None) as name:
        folder = Path(name)
        file = Path(archive) / "caicach.sqlite" if archive else folder / "a.sqlite"
        settings = Settings(data=folder, database_url=f"sqlite:///{file}")
        if not archive:
            fill(settings, rows)
        memory: dict[str, int] = {}
        times: dict[str, list[float]] = {what: [] for what in (*FORMATS, "peer")}
        for _ in range(rounds):
            for format in FORMATS:
                memory[format], used, written = _alone(once, settings, folder, format)
                times[format].append(used)
                assert written == rows
            if not (folder / "flat.sqlite").exists():
                flat(folder / "a.csv", folder / "flat.sqlite")
            times["peer"].append(_alone(dumped, folder))
        for what, seen in times.items():
            share = spread([mine / own for own, mine in zip(seen, times["peer"], strict=True)], 2)
            print(f"{what:8} {spread([rows / one for one in seen]):26} rows/CPU-s  {share} of the peer")
        shares = {format: median(times["peer"]) / median(times[format]) for format in FORMATS}
        size = (folder / "a.csv").stat().st_size / rows / 1024
        print(f"{rows} rows of {size:.1f} KiB; MB at most, each in a fresh process: {memory}")
    sys.exit(0 if min(shares.values()) >= SHARE and max(memory.values()) <= MEMORY else 1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
