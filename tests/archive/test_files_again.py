"""Scans are recognised, once, when the means are there; what older readers could not read is read by newer ones."""

import asyncio
import io
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import update
from typer.testing import CliRunner

from archive import ocr, queries, queries_files
from archive import tables as t
from archive.attachments import TextReader, text_of
from archive.database import writing
from archive.files_again import Again, FilesAgain, assembled
from archive.files_text import READER
from archive.filters import Filters
from archive.records import CaptureKind, FileText, PageText
from caicach import app
from config.settings import Settings
from crawler.farm.papers import FONT
from tests.archive.lives import exported, nights, rebuilt
from tests.archives import Archive, capture, files, kept_in

LINES = [
    "ỦY BAN NHÂN DÂN HUYỆN QUẾ SƠN",
    "Kế hoạch cải cách hành chính nhà nước năm 2026",
    "Đẩy mạnh thủ tục hành chính, từ quý I đến quý IV.",
    "Quyết định số 82/QĐ-UBND ngày 15 tháng 02 năm 2026",
]
recognition = pytest.mark.skipif(not ocr.means(), reason="tesseract with Vietnamese is not installed")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """On SQLite alone: recognition takes seconds a page."""
    with kept_in(Settings(data=tmp_path / "data")) as made:
        yield made


@pytest.fixture
def either(settings: Settings) -> Iterator[Archive]:
    """On both databases."""
    with kept_in(settings) as made:
        yield made


def drawn(lines: list[str]) -> Image.Image:
    """A page as a copier sees it at 200 dots an inch: A4, grey."""
    page = Image.new("L", (1654, 2339), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 34)
    for number, line in enumerate(lines):
        draw.text((150, 180 + 60 * number), line, fill=0, font=font)
    return page


def scan(*pages: list[str] | str) -> bytes:
    """A PDF: a list of lines is a picture of them, text is text."""
    document = FPDF(format="A4")
    document.set_font("Helvetica", size=11)
    for page in pages:
        document.add_page()
        if isinstance(page, str):
            document.multi_cell(0, 8, page)
        else:
            document.image(drawn(page), 0, 0, 210)
    return bytes(document.output())


def kept(archive: Archive, name: str, body: bytes) -> None:
    """An article with a file, crawled."""
    (pending,) = archive.record(name, body=f"Kế hoạch cải cách hành chính {name}.", attachments=files(name)).pending
    held = archive.store.keep(archive.run(), capture(pending.url, body, kind=CaptureKind.ATTACHMENT))
    archive.store.attach(archive.run(), pending.id, held, text_of(body, "", ""))


def again(archive: Archive, until: Any = lambda: False, **options: Any) -> Again:
    async def run() -> Again:
        with TextReader(**options) as reader:
            return await FilesAgain(archive.store, reader, until).whole()

    return asyncio.run(run())


def text(archive: Archive) -> str:
    return str(archive.read(queries.documents, [1])[0].files[0].text)


def reason(archive: Archive) -> str:
    return str(archive.read(queries.documents, [1])[0].files[0].reason)


def blob(archive: Archive) -> Any:
    with archive.session() as session:
        return session.connection().execute(t.blob.select()).one()


@recognition
def test_a_scan_is_read_page_by_page_between_pages_of_text(archive: Archive) -> None:
    kept(archive, "scan", scan(LINES, "Phu luc: danh muc thu tuc. " * 10, LINES[1:]))
    assert "danh muc" in text(archive)
    assert "QUẾ SƠN" not in text(archive)
    before = archive.read(queries.version)
    done = again(archive)
    assert (done.files, done.with_text, done.pages, done.waiting) == (1, 1, 2, 0)
    lines = text(archive).splitlines()
    for got, printed in ((lines[:4], LINES), (lines[-3:], LINES[1:])):
        assert SequenceMatcher(None, "\n".join(got), "\n".join(printed)).ratio() > 0.98
    assert [change.kind for change in archive.read(queries.changes, before)] == ["attachment"]
    (row,) = archive.read(queries.rows, Filters())
    assert row["attachment_text_chars"] == len(text(archive))
    row = blob(archive)
    assert (row.pages, row.scanned, row.reason) == (3, 0, "")
    assert [page for page, _ in row.confidence] == [1, 3]
    assert all(85 < sure <= 100 for _, sure in row.confidence)
    assert row.reader == f"{READER}+{ocr.means()}"


@recognition
def test_it_is_done_once(archive: Archive) -> None:
    kept(archive, "scan", scan(LINES))
    assert again(archive).files == 1
    version = archive.read(queries.version)
    assert again(archive).files == 0
    assert archive.read(queries.version) == version


@recognition
def test_pictures_and_their_pages_are_read_too(archive: Archive) -> None:
    out = io.BytesIO()
    drawn(LINES[:2]).save(out, "TIFF", save_all=True, append_images=[drawn(LINES[2:])])
    kept(archive, "scan", out.getvalue())
    assert (blob(archive).pages, blob(archive).scanned) == (2, 2)
    assert again(archive).pages == 2
    assert SequenceMatcher(None, text(archive), "\n".join(LINES)).ratio() > 0.98


@recognition
def test_what_shows_no_letters_says_so_and_is_not_tried_again(archive: Archive) -> None:
    out = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(out, "PNG")
    kept(archive, "scan", out.getvalue())
    assert again(archive).with_text == 0
    assert reason(archive) == "nothing legible"
    assert again(archive).files == 0


def test_scans_wait_for_the_means_and_are_read_once_these_are_there(
    either: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "means", lambda: "")
    kept(either, "scan", scan(LINES))
    for _ in range(2):
        assert again(either).files == 0
    assert reason(either) == "no text layer: scanned pages"
    assert either.read(queries_files.due, READER, "tesseract 5.3.0") == [blob(either).digest]


def test_what_an_older_version_could_not_read_is_read_by_this_one(either: Archive) -> None:
    """As a database of before the formats were known has it."""
    paper = (Path(__file__).parent / "papers" / "ke-hoach.doc").read_bytes()
    kept(either, "ke-hoach", paper)
    with writing(either.store.engine) as connection:
        old = {"text": "", "kind": "doc", "reason": "unsupported: doc", "reader": None, "scanned": None}
        connection.execute(update(t.blob).values(**old, confidence=None))
    assert again(either).with_text == 1
    assert (text(either).splitlines()[0], reason(either)) == (LINES[0], "")
    assert again(either).files == 0


def test_a_file_that_crashed_its_reader_is_tried_once_more(either: Archive) -> None:
    kept(either, "plan", scan("Cai cach hanh chinh"))
    digest = blob(either).digest
    either.store.read_again(digest, FileText("", "unknown", reason="crashed the reader"))
    assert again(either, limit=0.0).files == 1
    assert reason(either) == "gave up after 0 seconds"
    assert again(either).files == 0


def test_a_file_whose_capture_is_lost_says_so(archive: Archive) -> None:
    kept(archive, "plan", scan("Cai cach hanh chinh"))
    archive.store.captures.close()
    for path in (archive.settings.data / "warc").rglob("*.warc.gz"):
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:200])
    with writing(archive.store.engine) as connection:
        connection.execute(update(t.blob).values(reader=None))
    assert again(archive).files == 1
    assert reason(archive).startswith("its capture cannot be read: ")


@recognition
def test_it_ends_between_two_pages_and_begins_that_file_anew(archive: Archive) -> None:
    kept(archive, "scan", scan(LINES, LINES))
    looks = iter([False, False, True, True])
    done = again(archive, lambda: next(looks))
    assert (done.files, done.waiting, text(archive)) == (0, 1, "")
    assert again(archive).pages == 2


@recognition
def test_a_page_that_takes_too_long_costs_itself(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child is killed in the middle of a page; the next page has a new one."""

    async def run() -> list[PageText] | None:
        with TextReader() as reader:
            first = await reader.pages(scan(LINES), 1, lambda: False)
            assert first
            monkeypatch.setattr(reader, "limit", 0.05)
            return await reader.pages(scan(LINES, LINES), 2, lambda: False)

    found = asyncio.run(run())
    assert found
    assert [(page.text, page.scanned, page.reason) for page in found] == [("", True, "gave up after 0.05 seconds")] * 2


def test_pages_beyond_the_most_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.attachments.PAGES", 1)

    async def run() -> list[PageText] | None:
        with TextReader() as reader:
            return await reader.pages(scan(LINES, LINES, "Phu luc"), 3, lambda: False)

    found = asyncio.run(run())
    assert found
    assert [page.scanned for page in found[1:]] == [True, False]
    told = assembled(FileText("", "pdf", 3), found, "tesseract")
    assert (told.scanned, "Phu luc" in told.text) == (1 if ocr.means() else 2, True)


def test_words_of_the_table_stand_in_their_lines() -> None:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = [
        "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t",
        "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90.5\tCải",
        '5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t70.0\t"cách"',
    ]
    rows += ["5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t95\t ", "5\t1\t2\t1\t1\t1\t0\t0\t9\t9\t96\t2026"]
    found = ocr.read_table("\n".join([head, *rows]))
    assert (found.text, found.confidence) == ('Cải "cách"\n2026', 82.7)


def test_counts_say_why_there_is_no_text(either: Archive) -> None:
    for name, body in {"a": b"%PDF-1", "b": b"%PDF-22", "c": b"7z\xbc\xaf\x27\x1c", "d": scan("Cai cach")}.items():
        kept(either, name, body)
    (lost,) = either.record("e", body="Bài khác hẳn về cải cách.", attachments=files("e")).pending
    either.store.attachment_failed(either.run(), lost.id, "status 404")
    found = [(one.kind, one.reason, one.files) for one in either.read(queries_files.counts)]
    assert found == [("pdf", "damaged", 2), ("", "status 404", 1), ("7z", "unsupported: 7z", 1), ("pdf", "", 1)]


def test_the_commands(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(archive, "c", b"7z\xbc\xaf\x27\x1c")
    archive.store.close()
    monkeypatch.setenv("CAICACH_DATA", str(archive.settings.data))
    monkeypatch.setenv("CAICACH_DATABASE_URL", archive.settings.database)
    listed = CliRunner().invoke(app, ["files", "list"])
    assert "unsupported: 7z" in listed.stdout
    read = CliRunner().invoke(app, ["files", "read", "--json"])
    assert (read.exit_code, read.stdout[:11]) == (0, '{"files": 0')


@recognition
def test_ctrl_c_ends_the_command_after_the_page(archive: Archive, tmp_path: Path) -> None:
    kept(archive, "scan", scan(*[LINES] * 30))
    archive.store.close()
    root = Path(__file__).resolve().parents[2]
    here = {"CAICACH_DATA": str(archive.settings.data), "CAICACH_DATABASE_URL": archive.settings.database}
    command = [sys.executable, str(root / "caicach.py"), "files", "read"]
    path = _telling(tmp_path / "bin", began := tmp_path / "began")
    done = subprocess.Popen(command, env=here | {"PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not began.exists() and done.poll() is None:
        time.sleep(0.05)
    done.send_signal(signal.SIGINT)
    out, err = done.communicate(timeout=30)
    assert (done.returncode, b"1 files wait" in err) == (130, True), (out, err)


def _telling(folder: Path, began: Path) -> str:
    """A PATH whose tesseract leaves a file when it is given a page, and is the real one."""
    folder.mkdir()
    program = folder / "tesseract"
    program.write_text(f'#!/bin/sh\n[ "$1" = - ] && : > {began}\nexec {shutil.which("tesseract")} "$@"\n')
    program.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_a_rebuild_has_what_was_recognised_without_recognising(either: Archive, settings: Settings) -> None:
    """Its text stands in WARC: the machine that rebuilds needs no tesseract."""

    def blobs() -> list[Any]:
        asked = t.blob.select().with_only_columns(*(c for c in t.blob.c if c.name != "id")).order_by(t.blob.c.digest)
        with either.session() as session:
            return [tuple(row) for row in session.connection().execute(asked)]

    nights(either)
    digest = blobs()[0][0]
    found = FileText("Kế hoạch\0 cải cách", "pdf", 1, "", 0, ((1, 87.5),), f"{READER}+tesseract 5.3.0")
    either.store.read_again(digest, found)
    either.store.close()
    before, kept_ = exported(settings, "before.csv"), blobs()
    done = rebuilt(settings)
    assert (done.lost, done.otherwise, done.void, done.untold) == ([], 0, 0, 0)
    assert exported(settings, "after.csv") == before
    assert blobs() == kept_
    assert [list(row[5:]) for row in kept_ if row[0] == digest] == [["", found.reader, 0, [[1, 87.5]]]]
