"""Captures that others made of a portal that is gone: what is imported is what the portal published."""

import io
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import captures
from crawler.farm.farm import Farm, SimulatedPortal
from tests.flow.conftest import Desk

FAMILIES = ("nukeviet", "vhv", "tandan", "generic")
FIRST = datetime(2025, 8, 1, tzinfo=UTC)


def nfc(text: str) -> str:
    return " ".join(normalize("NFC", text).split())


@dataclass
class Answer:
    """What a portal answered."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def asked(url: str) -> Answer:
    try:
        with urllib.request.urlopen(url) as got:
            return Answer(url, got.status, got.getheaders(), got.read())
    except urllib.error.HTTPError as error:
        return Answer(url, error.code, list(error.headers.items()), error.read())


class Warc:
    """Somebody's WARC file being written."""

    def __init__(self, path: Path, *, gzip: bool = True) -> None:
        self.file = path.open("wb")
        self.writer = WARCWriter(self.file, gzip=gzip)

    def response(self, answer: Answer, at: datetime, url: str = "", body: bytes | None = None) -> Any:
        head = StatusAndHeaders(f"{answer.status} OK", answer.headers, protocol="HTTP/1.1")
        content = answer.body if body is None else body
        record = self.writer.create_warc_record(
            url or answer.url,
            "response",
            payload=io.BytesIO(content),
            length=len(content),
            http_headers=head,
            warc_headers_dict={"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        self.writer.write_record(record)
        return record

    def revisit(self, record: Any, answer: Answer, at: datetime) -> None:
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        head = StatusAndHeaders("200 OK", answer.headers, protocol="HTTP/1.1")
        made = self.writer.create_revisit_record(
            answer.url, digest, answer.url, record.rec_headers.get_header("WARC-Date"), head
        )
        made.rec_headers.replace_header("WARC-Date", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.writer.write_record(made)

    def close(self) -> None:
        self.file.close()


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(seed=7, articles=14, families=FAMILIES, copies=0) as portals:
        yield portals


def listing_of(portal: SimulatedPortal) -> str:
    return portal.site.absolute(portal.site.section_path("reform"))


def desk_for(desk: Desk, portal: SimulatedPortal) -> Desk:
    (desk.portals / f"{portal.slug}.toml").write_text(f"{portal.toml}", encoding="utf-8")
    return desk


def rows(desk: Desk) -> dict[str, dict[str, Any]]:
    path = desk.folder / "all.jsonl"
    desk.run("export", "--output", str(path), "--format", "jsonl", "--any-topic")
    return {row["url"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_imported_is_what_the_portal_published(farm: Farm, desk: Desk, family: str) -> None:
    portal = farm[family]
    desk_for(desk, portal)
    warc = Warc(desk.folder / "old.warc.gz", gzip=family != "vhv")
    warc.response(asked(listing_of(portal)), FIRST)
    truth = {one.url: one for one in portal.truth}
    for url, one in truth.items():
        warc.response(asked(url), FIRST + timedelta(days=1))
        for file in one.attachments:
            warc.response(asked(file.url), FIRST + timedelta(days=2))
    warc.response(asked(f"{portal.url}khong-co-gi.css"), FIRST)
    warc.close()
    said = json.loads(desk.run("import", str(desk.folder / "old.warc.gz"), "--portal", portal.slug, "--json"))
    assert said["bad"] == {}
    assert (said["new"], said["revised"], said["rejected"]) == (len(truth), 0, 0), said
    found = rows(desk)
    assert found.keys() == truth.keys()
    for url, one in truth.items():
        assert nfc(found[url]["title"]) == nfc(one.title)
        assert nfc(one.body)[:200] in nfc(found[url]["body"])
        true = one.published.strftime("%Y-%m-%dT%H:%M:%S") if one.published else ""
        printed = (found[url]["published_at"] or "").removesuffix("+07:00")
        assert true.startswith(printed)
        assert bool(true) == bool(printed)
        assert len(found[url]["attachments"]) == len(one.attachments)
        assert found[url]["first_seen_at"].startswith("2025-08-02")
    files = sum(len({file.url for file in one.attachments}) for one in truth.values())
    assert said["attachments"] == files > 0
    again = json.loads(desk.run("import", str(desk.folder / "old.warc.gz"), "--portal", portal.slug, "--json"))
    assert (again["captures"], again["new"], again["revised"], again["unchanged"]) == (0, 0, 0, 0)
    assert json.loads(desk.run("runs", "--json"))["runs"][0]["outcome"] == "ok"


def test_several_captures_of_one_article_are_its_revisions_in_order(farm: Farm, desk: Desk) -> None:
    portal = farm["nukeviet"]
    desk_for(desk, portal)
    one = portal.truth[0]
    answer = asked(one.url)
    last = one.body.splitlines()[-1][:12].encode()
    assert last in answer.body
    texts = {n: answer.body.replace(last, f"Bản thứ {n}. ".encode() + last) for n in (1, 2, 3)}
    late = Warc(desk.folder / "a.warc.gz")
    late.response(answer, FIRST + timedelta(days=60), body=texts[3])
    late.close()
    early = Warc(desk.folder / "b.warc")
    first = early.response(answer, FIRST, f"https://{urlsplit(one.url).netloc}{urlsplit(one.url).path}", texts[1])
    early.response(answer, FIRST + timedelta(days=30), body=texts[2])
    early.revisit(first, answer, FIRST + timedelta(days=10))
    early.close()
    said = json.loads(desk.run("import", str(desk.folder), "--portal", portal.slug, "--json"))
    assert (said["new"], said["revised"], said["unchanged"]) == (1, 2, 1), said
    (row,) = rows(desk).values()
    assert row["revisions"] == 3
    assert "Bản thứ 3" in row["body"]
    older = Warc(desk.folder / "c.warc.gz")
    older.response(answer, FIRST + timedelta(days=20), body=answer.body)
    older.close()
    said = json.loads(desk.run("import", str(desk.folder / "c.warc.gz"), "--portal", portal.slug, "--json"))
    assert (said["captures"], said["revised"]) == (1, 0)
    assert any(why.startswith("older than") for why in said["left"])
    assert "Bản thứ 3" in next(iter(rows(desk).values()))["body"]


def test_provenance_is_kept(farm: Farm, desk: Desk) -> None:
    portal = farm["vhv"]
    desk_for(desk, portal)
    answer = asked(portal.truth[0].url)
    warc = Warc(desk.folder / "theirs.warc.gz")
    record = warc.response(answer, FIRST)
    warc.close()
    desk.run("import", str(desk.folder / "theirs.warc.gz"), "--portal", portal.slug)
    (file,) = desk.data.rglob("*.warc.gz")
    records = list(captures.walk(file))
    kept = next(one for one in records if one.capture)
    assert kept.capture is not None
    assert kept.capture.body == answer.body
    assert kept.capture.fetched_at == FIRST
    said = next(one.content for one in records if one.content and "WARC-Refers-To" in one.content)
    assert said is not None
    assert said["WARC-Refers-To"] == record.rec_headers.get_header("WARC-Record-ID")
    assert said["WARC-Payload-Digest"] == record.rec_headers.get_header("WARC-Payload-Digest")
    assert said["read_as"] == answer.url
    desk.run("verify")
    assert (said["file"], said["WARC-Refers-To-Date"]) == ("theirs.warc.gz", "2025-08-01T00:00:00+00:00")


def test_bad_records_are_counted_and_the_rest_is_taken(farm: Farm, desk: Desk) -> None:
    portal = farm["nukeviet"]
    desk_for(desk, portal)
    path = desk.folder / "bad.warc.gz"
    warc = Warc(path)
    starts = []
    for number, one in enumerate(portal.truth[:5]):
        starts.append(warc.file.tell())
        answer = asked(one.url)
        if number == 4:
            other = Warc(desk.folder / "other.warc")
            first = other.response(answer, FIRST)
            other.close()
            (desk.folder / "other.warc").unlink()
            warc.revisit(first, answer, FIRST)
        else:
            warc.response(answer, FIRST)
    warc.close()
    data = bytearray(path.read_bytes())
    data[starts[2] : starts[2] + 300] = b"\xff" * 300
    path.write_bytes(data)
    done = subprocess.run(
        desk.command("import", str(path), "--portal", portal.slug, "--json"),
        env=desk.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    said = json.loads(done.stdout)
    assert said["new"] == 3
    assert sorted(said["bad"].values()) == [1, 1], said["bad"]
    assert "a revisit of a capture that is in none of these files" in said["bad"]
    assert any(why.startswith("damaged near byte") for why in said["bad"])


def test_bad_input_is_one_line(farm: Farm, desk: Desk) -> None:
    portal = farm["vhv"]
    desk_for(desk, portal)
    text = desk.folder / "page.warc.gz"
    text.write_text("<html>", encoding="utf-8")
    empty = desk.folder / "empty"
    empty.mkdir()
    other = Warc(desk.folder / "other.warc.gz")
    other.response(Answer("https://khac.vn/tin-1.html", 200, [("Content-Type", "text/html")], b"x"), FIRST)
    other.close()
    for path, says in (
        (text, "not a WARC file"),
        (empty, "no .warc or .warc.gz file lies in this folder"),
        (desk.folder / "none.warc.gz", "no such file"),
        (desk.folder / "other.warc.gz", "none of the 1 captures is of 127.0.0.1"),
    ):
        done = subprocess.run(
            desk.command("import", str(path), "--portal", portal.slug),
            env=desk.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert says in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget, which writes WARC files of its own, is not installed")
def test_a_warc_file_that_wget_wrote(farm: Farm, desk: Desk) -> None:
    portal = farm["generic"]
    desk_for(desk, portal)
    addresses = desk.folder / "addresses"
    truth = [one for one in portal.truth if one.is_reform][:3]
    addresses.write_text("\n".join(one.url for one in truth), encoding="utf-8")
    command = ["wget", "-q", "-O", "/dev/null", "-i", str(addresses), "--warc-file", str(desk.folder / "wgot")]
    subprocess.run([*command, "--no-proxy"], check=True, cwd=desk.folder)
    said = json.loads(desk.run("import", str(desk.folder / "wgot.warc.gz"), "--portal", portal.slug, "--json"))
    assert (said["new"], said["bad"]) == (3, {}), said
    assert rows(desk).keys() == {one.url for one in truth}
