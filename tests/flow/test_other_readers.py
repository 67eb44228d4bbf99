"""WARC files of a crawl in the hands of other programs: a reader that shares no code with ours, and a replay server.

pywb wants older libraries than Scrapy does and has an environment of its own: `.pywb` beside the checkout's files
(`python -m venv .pywb && .pywb/bin/pip install pywb`), or it stands on PATH.
"""

import shutil
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.captures import walk
from archive.plain import plain
from archive.replay_order import files
from archive.warc import Record
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.run import crawl

FIRST = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after two nights over two portals, one of which answers questions by POST."""
    folder = tmp_path_factory.mktemp("warc")
    settings = Settings(data=folder / "data", portals=folder / "portals", allow_private=True, contact="t@localhost")
    settings.portals.mkdir()
    families = ("nukeviet", "vnportal")
    with Farm(5, articles=6, copies=0, families=families, portals=2, files=("pdf",), until=FIRST.date()) as farm:
        for day in (0, 5):
            farm.write_portals(settings.portals)
            with time_machine.travel(FIRST + timedelta(days=day), tick=True):
                crawl(Fleet(list(load(settings.portals).values()), settings))
    return settings.data


def records(data: Path) -> list[Record]:
    return [record for path in files(data) for record in walk(path, data)]


def test_a_reader_of_another_make_finds_every_record_and_every_digest_right(data: Path) -> None:
    found, wrong = Counter[str](), list[str]()
    for path in files(data):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                kind = record.headers["WARC-Type"]
                found[kind] += 1
                if not record.verify_block_digest():
                    wrong.append(f"{kind} {record.headers.get('WARC-Target-URI')}")
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                if not record.verify_payload_digest():
                    wrong.append(f"payload of {record.headers['WARC-Target-URI']}")
    assert wrong == []
    ours = Counter(record.type for record in records(data))
    assert min(found[kind] for kind in ("warcinfo", "response", "revisit", "request", "metadata")) > 0
    assert {kind: times for kind, times in found.items() if kind != "request"} == dict(ours)


@contextmanager
def pywb(folder: Path, data: Path) -> Iterator[str]:
    """A replay server with our files as its collection; the collection's address."""
    wayback = shutil.which("wayback") or shutil.which("wayback", path=str(ROOT / ".pywb/bin"))
    if wayback is None:
        pytest.skip("no pywb: python -m venv .pywb && .pywb/bin/pip install pywb")
    manager = Path(wayback).with_name("wb-manager")
    for words in (["init", "caicach"], ["add", "caicach", *map(str, files(data))]):
        subprocess.run([str(manager), *words], cwd=folder, capture_output=True, check=True, timeout=60)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [wayback, "-b", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _until_it_answers(port)
        yield f"http://127.0.0.1:{port}/caicach"
    finally:
        server.terminate()
        server.wait(20)


def _until_it_answers(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("pywb does not answer")


def test_a_replay_server_gives_every_page_back_as_it_came(data: Path, tmp_path: Path) -> None:
    kept = [record for record in records(data) if record.capture and record.capture.method == "GET"]
    bodies = {record.located.digest: plain(record.capture) for record in kept if record.capture and record.capture.body}
    served = Counter[str]()
    with pywb(tmp_path, data) as collection:
        for record in kept:
            if record.capture is None or record.capture.status != 200:
                continue
            when = record.capture.fetched_at.strftime("%Y%m%d%H%M%S")
            with urllib.request.urlopen(f"{collection}/{when}id_/{record.capture.url}", timeout=20) as answer:
                assert answer.read() == bodies[record.located.digest], record.capture.url
            served[record.type] += 1
    assert served["response"] > 20
    assert served["revisit"] > 0
