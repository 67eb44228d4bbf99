"""A crawl killed with SIGKILL at random moments, again and again, then left to end: nothing lost, nothing twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from warcio.archiveiterator import ArchiveIterator

from archive.database import reading
from config.errors import UserError
from config.settings import Settings
from crawler.demo import alone
from crawler.farm import Farm

KILLS = 5


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return alone(tmp_path)


def crawl(environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "caicach", "crawl", "--all", "--json"]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def kill_after(child: "subprocess.Popen[str]", farm: Farm, requests: int, jitter: float) -> bool:
    """SIGKILL to the whole group once the farm has answered so many more requests; False when it ended before."""
    goal = len(farm.log) + requests
    while len(farm.log) < goal and child.poll() is None:
        time.sleep(0.001)
    time.sleep(jitter)
    early = child.poll() is None
    if early:
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    return early


def rows(data: Path, query: str) -> list[Any]:
    """What the database says; nothing before it has a schema."""
    try:
        with reading(Settings(data=data)) as session:
            return list(session.connection().execute(text(query)))
    except UserError as error:
        if "no archive" in str(error):
            return []
        raise


ARTICLES = (
    "SELECT a.id, a.url, r.digest, a.capture_id FROM article a"
    " JOIN revision r ON r.article_id = a.id AND r.number = a.revisions ORDER BY a.id"
)
FILES = "SELECT t.url, b.text FROM attachment t LEFT JOIN blob b ON b.id = t.blob_id"
CAPTURES = "SELECT url, warc, warc_offset, digest FROM capture"


def test_killed_again_and_again(tmp_path: Path, environment: dict[str, str]) -> None:
    chance = random.Random(20261122)
    data = tmp_path / "data"
    with Farm(5, articles=40, families=["nukeviet", "vhv", "liferay"]) as farm:
        farm.write_portals(tmp_path / "portals")
        kills, finished = 0, set[Any]()
        for _ in range(KILLS):
            kills += kill_after(crawl(environment), farm, chance.randint(1, 45), chance.uniform(0, 0.05))
            now = {tuple(row) for row in rows(data, ARTICLES)}
            assert finished <= now, "an article that was finished before a kill is gone"
            finished = now
        assert kills >= KILLS // 2
        assert finished, "every kill came before the first article, so this proves little"
        last = crawl(environment)
        out, err = last.communicate(timeout=120)
        assert last.returncode == 0, err
        assert {run["outcome"] for run in json.loads(out)["runs"]} == {"ok"}
        truth = {one.url: one for p in farm.portals for one in p.truth if one.is_reform or one.listed}
    archived = rows(data, ARTICLES)
    assert finished <= {tuple(row) for row in archived}
    assert sorted(row.url for row in archived) == sorted({row.url for row in archived})
    assert truth.keys() <= {row.url for row in archived}
    files = {row.url: row.text for row in rows(data, FILES)}
    for one in truth.values():
        for file in one.attachments:
            assert len(files[file.url] or "") >= 0.9 * len(file.text), file.url
    _check_captures(data)


def _check_captures(data: Path) -> None:
    """Every WARC file is readable to its end by an independent reader, and every capture of SQL stands in one."""
    kept: set[tuple[str, str]] = set()
    for path in sorted((data / "warc").rglob("*.warc.gz")):
        with path.open("rb") as stream:
            reader = ArchiveIterator(stream, check_digests="raise")
            for record in reader:
                record.content_stream().read()
                if record.rec_type in {"response", "revisit"}:
                    kept.add((str(path.relative_to(data)), record.rec_headers.get_header("WARC-Target-URI")))
    captures = rows(data, CAPTURES)
    assert captures
    assert {(row.warc, row.url) for row in captures} <= kept
