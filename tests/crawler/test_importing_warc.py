"""Other people's WARC files: chunked or not, packed or not, cut, changed, and records that are no answers."""

import gzip
import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from config.errors import UserError
from crawler.importing_warc import BadRecord, Entry, files_of, load, scan

URL = "http://a.gov.vn/tin/bai-1.html"
BODY = "<p>Cải cách hành chính</p>".encode() * 40


def written(path: Path, *records: tuple[str, bytes, Iterable[tuple[str, str]]], packed: bool = True) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        for first, body, headers in records:
            head = StatusAndHeaders(first, list(headers), protocol="HTTP/1.1")
            made = writer.create_warc_record(
                URL, "response", payload=io.BytesIO(body), length=len(body), http_headers=head
            )
            made.rec_headers.replace_header("WARC-Date", "2025-08-01T00:00:00Z")
            writer.write_record(made)
    return path


def entries(path: Path) -> list[Entry]:
    return [one for one in scan(path) if isinstance(one, Entry)]


def test_a_body_in_chunks_and_one_whose_chunks_were_joined_already(tmp_path: Path) -> None:
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    chunked = [("Transfer-Encoding", "chunked")]
    path = written(tmp_path / "a.warc.gz", ("200 OK", chunks, chunked), ("200 OK", BODY, chunked))
    assert [load(one).body for one in entries(path)] == [BODY, BODY]


def test_a_packed_body_is_kept_packed_and_read_plain(tmp_path: Path) -> None:
    packed = gzip.compress(BODY)
    path = written(tmp_path / "a.warc", ("200 OK", packed, [("Content-Encoding", "gzip")]), packed=False)
    (one,) = entries(path)
    block = load(one)
    assert (block.body, block.plain, block.status) == (packed, BODY, 200)
    assert one.at.isoformat() == "2025-08-01T00:00:00+00:00"
    broken = written(tmp_path / "b.warc", ("200 OK", packed[:60], [("Content-Encoding", "gzip")]), packed=False)
    with pytest.raises(BadRecord, match="its gzip is broken or cut"):
        _ = load(entries(broken)[0]).plain


def test_a_changed_body_is_found_out_and_the_next_record_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc", ("200 OK", BODY, ()), ("200 OK", b"hai", ()), packed=False)
    text = path.read_bytes()
    assert text.count(BODY) == 1
    path.write_bytes(text.replace(BODY, BODY[::-1]))
    first, second = entries(path)
    with pytest.raises(BadRecord, match="its digest differs"):
        load(first)
    assert load(second).body == b"hai"


@pytest.mark.parametrize("packed", [True, False])
def test_damage_costs_the_records_in_it(tmp_path: Path, packed: bool) -> None:
    path = written(tmp_path / "a.warc", *(("200 OK", BODY + bytes([n]), ()) for n in range(5)), packed=packed)
    starts = [one.offset for one in entries(path)]
    data = bytearray(path.read_bytes())
    data[starts[2] : starts[2] + 200] = b"\xff" * 200
    path.write_bytes(data)
    found = list(scan(path))
    assert [one.offset for one in found if isinstance(one, Entry)] == [starts[0], starts[1], starts[3], starts[4]]
    assert sum(isinstance(one, BadRecord) for one in found) == 1


def test_a_cut_file_gives_what_is_whole(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", *(("200 OK", BODY + bytes([n]), ()) for n in range(3)))
    path.write_bytes(path.read_bytes()[:-40])
    good = []
    for one in scan(path):
        try:
            good += [load(one)] if isinstance(one, Entry) else []
        except BadRecord:
            continue
    assert len(good) == 2


@pytest.mark.parametrize("text", [b"<html>", b"", gzip.compress(b"<html>", mtime=0), b"\x1f\x8bnonsense"])
def test_what_is_no_warc_is_said(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a.warc.gz").write_bytes(text)
    with pytest.raises(UserError, match="not a WARC file"):
        list(scan(tmp_path / "a.warc.gz"))


def test_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    one = written(tmp_path / "in" / "a.warc.gz", ("200 OK", BODY, ()))
    assert files_of([tmp_path, one]) == [one]
    with pytest.raises(UserError, match="no such file"):
        files_of([tmp_path / "none"])
