"""Files of every kind, crawled: each is kept, its text found, or the reason counted why there is none."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text as sql

from archive import ocr
from archive.database import reading
from config.settings import Settings
from crawler.farm import Farm, papers
from crawler.farm.papers import KINDS

NO_TEXT = {} if ocr.means() else {"scan": "no text layer: scanned pages"}
NOT_KEPT = ("error", "empty")


def test_no_file_is_lost_in_silence(desk: Any) -> None:
    with Farm(2, articles=75, families=["vhv"], files=tuple(KINDS)) as farm:
        farm.write_portals(desk.portals)
        desk.crawl("--all")
        truth = {file.url: file for portal in farm.portals for article in portal.truth for file in article.attachments}
    with reading(Settings(data=desk.data)) as session:
        asked = "select a.url, a.name, a.capture_id, a.reason, b.text, b.reason from attachment a "
        rows = [tuple(row) for row in session.execute(sql(f"{asked} left join blob b on b.id = a.blob_id"))]
    assert {url for url, *_ in rows} == set(truth)
    assert {file.kind for file in truth.values()} == set(KINDS)
    for url, name, capture, tried, text, reason in rows:
        file = truth[url]
        if file.kind in NOT_KEPT:
            assert capture is None, url
            assert tried
            continue
        assert capture is not None, (url, file.kind, tried)
        assert (reason or "") == NO_TEXT.get(file.kind, ""), url
        assert bool(text) == (file.kind not in NO_TEXT)
        assert name == file.name or file.kind in {"viewer", "twins", "named"}


def corners(_: papers.Lines) -> bytes:
    """A workbook of 1 KB whose sheet has a cell in each far corner: 17 milliard cells for who holds them all."""
    book, out = papers.sheet(["x"]), io.BytesIO()
    row = b'<row r="%d"><c r="%s"><v>1</v></c></row>'
    with zipfile.ZipFile(io.BytesIO(book)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in made.namelist():
            sheet = re.sub(
                rb"(?<=<sheetData>).*(?=</sheetData>)",
                row % (1, b"A1") + row % (1 << 20, b"XFD1048576"),
                made.read(name),
            )
            bomb.writestr(name, sheet)
    return out.getvalue()


def test_bombs_cost_their_own_reading_and_the_crawl_goes_on(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(papers.KINDS, "xlsx", replace(KINDS["xlsx"], make=corners))
    with Farm(3, articles=40, families=["vhv"], files=("xlsx", "odt", "doc")) as farm:
        farm.write_portals(desk.portals)
        desk.crawl("--all")
        articles = sum(one.is_reform for portal in farm.portals for one in portal.truth)
    with reading(Settings(data=desk.data)) as session:
        read = "select b.kind, b.text <> '', b.reason from attachment a join blob b on b.id = a.blob_id"
        rows = {tuple(row) for row in session.execute(sql(read))}
        kept = session.execute(sql("select count(*) from article where is_reform")).scalar_one()
        ended = session.execute(sql("select outcome from run")).scalars().all()
    assert rows == {("odt", 1, ""), ("doc", 1, ""), ("unknown", 0, "crashed the reader")}
    assert (kept, set(ended)) == (articles, {"ok"})
