"""Captures go into WARC files that anybody can read, and come back as they were."""

import gzip
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import captures, members, queries, warc
from archive.captures import CaptureError, CaptureWriter, load, mend, read, walk
from archive.records import Capture, CaptureKind, Located
from archive.store import Store
from config.errors import UserError
from tests.archives import Archive

WHEN = datetime(2026, 11, 22, 2, 15, 30, 123456, tzinfo=UTC)
PAGE = "<html><h1>Kế hoạch cải cách hành chính năm 2026</h1></html>".encode()
HEADERS = (
    ("Server", "nginx"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie", "b=2"),
)


def page(url: str = "https://queson.example.vn/vi/news/1.html", body: bytes = PAGE, **changes: object) -> Capture:
    capture = Capture(url, 200, HEADERS, body, WHEN, CaptureKind.ARTICLE)
    return replace(capture, **changes)  # type: ignore[arg-type]


def written(data: Path, *kept: Capture) -> list[Located]:
    with CaptureWriter(data, contact="quan-tri@example.vn") as writer:
        return [writer.write(capture, run=7, portal="que-son") for capture in kept]


def only_file(data: Path) -> Path:
    (path,) = data.rglob("*.warc.gz")
    return path


def cut(path: Path, size: int) -> None:
    """What SIGKILL or a power failure leaves: part of a file, still writable."""
    path.chmod(0o644)
    os.truncate(path, size)


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = [page(), page(status=404, body=b""), page(body=gzip.compress(PAGE), headers=(("Content-Encoding", "gzip"),))]
    places = written(tmp_path, *kept)
    assert [load(tmp_path, place) for place in places] == kept
    assert [place.digest for place in places] == [capture.digest for capture in kept]
    assert places[0].url == kept[0].url
    assert places[0].fetched_at == WHEN


def test_names_say_when_and_who(tmp_path: Path) -> None:
    (place,) = written(tmp_path, page())
    day = datetime.now(UTC)
    assert place.warc.startswith(f"warc/{day:%Y}/")
    name = Path(place.warc).name
    assert name.endswith(f"-{os.getpid()}.warc.gz")
    assert Path(place.warc).parent == Path(f"warc/{name[:4]}/{name[4:6]}/{name[6:8]}")


def test_warcinfo_heads_every_file(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, contact="quan-tri@example.vn", rotate=2_000) as writer:
        for number in range(9):
            writer.write(page(body=os.urandom(500), url=f"https://x.example.vn/{number}"), run=1, portal="x")
    files = sorted(tmp_path.rglob("*.warc.gz"))
    assert len(files) > 2
    assert sum(1 for path in files for record in walk(path) if record.capture) == 9
    for path in files:
        assert path.stat().st_size <= 2_000
        with path.open("rb") as stream:
            first = next(iter(ArchiveIterator(stream)))
            text = first.content_stream().read().decode()
        assert first.rec_type == "warcinfo"
        assert first.rec_headers.protocol == "WARC/1.1"
        assert first.rec_headers["WARC-Filename"] == path.name
        for said in ("software: Caicach/", "format: WARC File Format 1.1", "robots: classic", "operator: quan-tri@"):
            assert said in text


def test_an_independent_reader_decodes_what_servers_packed(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE)
    chunked = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    wrong = (("Content-Encoding", "br"), ("Content-Length", "99999"))
    right = (("Content-Length", str(len(PAGE))),)
    kept = [page(body=packed, headers=chunked), page(body=brotli.compress(PAGE), headers=wrong), page(headers=right)]
    places = written(tmp_path, *kept)
    with only_file(tmp_path).open("rb") as stream:
        texts = []
        for record in ArchiveIterator(stream, check_digests="raise"):
            if record.rec_type == "response":
                # warcio 1.8's own brotli reader does not start with today's brotli package.
                brotlied = record.http_headers.get_header("Content-Encoding") == "br"
                stream_of = record.raw_stream if brotlied else record.content_stream()
                body = stream_of.read()
                texts.append(brotli.decompress(body) if brotlied else body)
                assert record.digest_checker.passed
    assert texts == [PAGE] * 3
    assert [load(tmp_path, place) for place in places] == kept


def test_gzip_and_http_client_alone_can_read_it(tmp_path: Path) -> None:
    kept = page(headers=(*HEADERS, ("Transfer-Encoding", "chunked"), ("X-Note", "Tiếng".encode().decode("latin-1"))))
    (place,) = written(tmp_path, kept)
    raw = (tmp_path / place.warc).read_bytes()[place.offset : place.offset + place.length]
    head, _, rest = gzip.decompress(raw).partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    block = rest[: int(fields["Content-Length"])]
    assert rest[len(block) :] == b"\r\n\r\n"

    class Wire:
        def makefile(self, _mode: str) -> io.BytesIO:
            return io.BytesIO(block)

    answer = http.client.HTTPResponse(Wire())  # type: ignore[arg-type]
    answer.begin()
    assert (answer.status, answer.read()) == (200, PAGE)
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.headers["X-Note"].encode("latin-1").decode() == "Tiếng"
    assert fields["WARC-Payload-Digest"] == kept.digest


def test_warcio_check_passes(tmp_path: Path) -> None:
    places = written(tmp_path, page(), page(body=gzip.compress(PAGE), headers=(("Content-Encoding", "gzip"),)))
    with CaptureWriter(tmp_path) as writer:
        writer.write(page(), run=8, portal="que-son", original=places[0])
        writer.write(page(method="POST", sent=b"trang=2", body=b"{}"), run=8, portal="que-son")
        writer.metadata("run:8", {"outcome": "ok"})
    command = [Path(sys.executable).with_name("warcio"), "check", "-v", *sorted(tmp_path.rglob("*.warc.gz"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("digest pass") == 7
    assert "failed" not in done.stdout
    assert not done.stderr


def test_revisit_refers_to_the_first(tmp_path: Path) -> None:
    (first,) = written(tmp_path, page())
    later = page(fetched_at=WHEN.replace(day=23))
    with CaptureWriter(tmp_path) as writer:
        again = writer.write(later, run=8, portal="que-son", original=first)
    record = read(tmp_path, again)
    assert record.type == "revisit"
    assert (record.run, record.portal) == (8, "que-son")
    assert record.fields["WARC-Refers-To-Target-URI"] == first.url
    assert record.fields["WARC-Refers-To-Date"] == "2026-11-22T02:15:30.123456Z"
    assert record.fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert load(tmp_path, again).body == b""
    assert load(tmp_path, again, first) == later
    with pytest.raises(ValueError, match="same digest"), CaptureWriter(tmp_path) as writer:
        writer.write(page(body=b"other"), run=8, portal="que-son", original=first)


def test_a_post_keeps_what_was_sent(tmp_path: Path) -> None:
    sent = b"__VIEWSTATE=abc&trang=2\r\n\r\n"
    asked = page(url="https://x.example.vn/ds?loai=1", method="POST", sent=sent)
    places = written(tmp_path, asked, page())
    assert load(tmp_path, places[0]) == asked
    assert [record.type for record in walk(only_file(tmp_path))] == ["warcinfo", "response", "response"]
    with only_file(tmp_path).open("rb") as stream:
        requests = [r.http_headers.to_str() for r in ArchiveIterator(stream) if r.rec_type == "request"]
    assert requests == ["POST /ds?loai=1 HTTP/1.1\r\nHost: x.example.vn\r\nContent-Length: 27\r\n"]


def test_metadata_is_json(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        place = writer.metadata("portal:que-son", {"name": "Cổng TTĐT huyện Quế Sơn", "run": 1})
    record = read(tmp_path, place)
    assert record.content == {"name": "Cổng TTĐT huyện Quế Sơn", "run": 1}
    assert record.located == place
    with pytest.raises(CaptureError, match="holds no capture"):
        load(tmp_path, place)


def test_walk_gives_places_that_load(tmp_path: Path) -> None:
    kept = [page(url=f"https://x.example.vn/{n}", body=bytes([n]) * 40_000) for n in range(5)]
    places = written(tmp_path, *kept)
    walked = [record for record in walk(only_file(tmp_path), tmp_path) if record.capture]
    assert [record.located for record in walked] == places
    assert [record.capture for record in walked] == kept


names = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_", min_size=1, max_size=20)
values = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n"), max_size=60)
bodies = st.binary(max_size=3_000)


@settings(max_examples=100)
@given(st.lists(st.tuples(names, values), max_size=6), bodies, st.integers(100, 599), st.sampled_from(CaptureKind))
def test_any_response_comes_back(headers: list[tuple[str, str]], body: bytes, status: int, kind: CaptureKind) -> None:
    capture = page(headers=tuple(headers), body=body, status=status, kind=kind)
    (member,) = warc.response(capture, capture.digest, run=1, portal="x")
    assert warc.parse(Located("", 0, 0), gzip.decompress(member)).capture == capture


@settings(max_examples=100)
@given(
    head=st.binary(max_size=9_000),
    body=st.sampled_from([0, 1, 65_534, 65_535, 65_536, 131_070, 200_000]).map(os.urandom),
    level=st.integers(0, 9),
)
def test_members_are_gzip(head: bytes, body: bytes, level: int) -> None:
    packed = members.pack(head, body, level=level)
    assert gzip.decompress(packed) == head + body
    assert list(members.scan(io.BytesIO(packed + packed))) == [
        (0, len(packed), head + body),
        (len(packed), len(packed), head + body),
    ]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[int]]:
    """A whole file and where its records end; one body is a gzip member itself."""
    data = tmp_path_factory.mktemp("finished")
    packed = (("Content-Encoding", "gzip"),)
    written(data, page(), page(body=gzip.compress(os.urandom(300), mtime=0), headers=packed), page(body=b"x" * 2_000))
    content = only_file(data).read_bytes()
    return content, [offset + length for offset, length, _ in members.scan(io.BytesIO(content))]


@settings(max_examples=100)
@given(st.data())
def test_a_file_cut_anywhere_mends_to_whole_records(
    finished: tuple[bytes, list[int]], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content, ends = finished
    size = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("cut") / "a.warc.gz"
    path.write_bytes(content[:size])
    told = mend(path.parent)
    whole = max((end for end in ends if end <= size), default=0)
    assert (path.read_bytes() if path.exists() else b"") == content[:whole]
    assert bool(told) == (whole != size or size == 0)
    assert mend(path.parent) == []


def test_zeros_after_a_power_failure_are_cut(tmp_path: Path) -> None:
    written(tmp_path, page())
    path = only_file(tmp_path)
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content + bytes(5_000))
    assert "cut 5000 bytes" in mend(tmp_path)[0]
    assert path.read_bytes() == content


def test_damage_before_whole_records_is_told_and_never_cut(tmp_path: Path) -> None:
    places = written(tmp_path, page(), page(body=b"second"))
    path = only_file(tmp_path)
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[places[0].offset + 40] ^= 0xFF
    path.write_bytes(content)
    (line,) = mend(tmp_path)
    assert f"damaged at byte {places[0].offset}" in line
    assert path.read_bytes() == content
    assert load(tmp_path, places[1]).body == b"second"
    with pytest.raises(CaptureError, match="damaged"):
        load(tmp_path, places[0])


def test_a_file_being_written_is_left_alone(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        place = writer.write(page(), run=1, portal="x")
        path = tmp_path / place.warc
        with path.open("ab") as other:
            other.write(b"\x1f\x8b\x08\x00half a record")
        size = path.stat().st_size
        assert mend(tmp_path) == []
        assert path.stat().st_size == size
        assert load(tmp_path, place) == page()


def test_a_file_closed_well_is_not_read_again(tmp_path: Path) -> None:
    written(tmp_path, page())
    path = only_file(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o444
    cut(path, 700)
    path.chmod(0o444)
    assert mend(tmp_path) == []


def test_a_file_that_cannot_be_looked_at_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").mkdir()
    (line,) = mend(tmp_path)
    assert "Is a directory" in line


def test_opening_the_archive_mends_what_a_crash_left(archive: Archive) -> None:
    archive.record("a")
    (place, *_) = archive.read(queries.captures)
    path = archive.settings.data / place.located.warc
    archive.store.close()
    path.chmod(0o644)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(path.read_bytes()[:300])
    Store.open(archive.settings).close()
    assert path.stat().st_size == size


KILLED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from archive.captures import CaptureWriter
from archive.records import Capture, CaptureKind
writer = CaptureWriter(Path(sys.argv[1]))
for number in range(1_000_000):
    capture = Capture(f"https://x.vn/{number}", 200, (), b"x" * 5_000, datetime.now(UTC), CaptureKind.ARTICLE)
    place = writer.write(capture, run=1, portal="x")
    print(place.warc, place.offset, place.length, flush=True)
"""


def test_sigkill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    lines = [child.stdout.readline() for _ in range(300)]
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.read().splitlines()
    child.wait()
    child.stdout.close()
    mend(tmp_path)
    answered = [line.split() for line in lines if line.count(" ") == 2]
    for name, offset, length in answered[:-1]:
        assert load(tmp_path, Located(name, int(offset), int(length))).body == b"x" * 5_000
    assert len(list(walk(only_file(tmp_path)))) >= len(answered)


def test_a_digest_that_differs_is_told(tmp_path: Path) -> None:
    (place,) = written(tmp_path, page())
    with pytest.raises(CaptureError, match="its digest differs"):
        load(tmp_path, replace(place, digest="sha256:" + "0" * 64))
    content = gzip.decompress((tmp_path / place.warc).read_bytes()[place.offset :])
    with pytest.raises(ValueError, match="block digest"):
        warc.parse(place, content.replace(b"2026</h1>", b"2027</h1>"))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    (place,) = written(tmp_path, page())
    with pytest.raises(CaptureError, match="No such file"):
        load(tmp_path, replace(place, warc="warc/none.warc.gz"))
    with pytest.raises(CaptureError, match="no whole record"):
        load(tmp_path, replace(place, offset=place.offset + place.length))
    with pytest.raises(CaptureError, match="damaged"):
        load(tmp_path, replace(place, offset=place.offset + 3))


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("a file where the folder should be")
    with pytest.raises(UserError) as caught, CaptureWriter(tmp_path) as writer:
        writer.write(page(), run=1, portal="x")
    assert str(caught.value).startswith(f"{tmp_path / 'warc'}: ")
    assert "\n" not in str(caught.value)


FULL = """
import resource, sys, os
from datetime import UTC, datetime
from pathlib import Path
from archive.captures import CaptureWriter, walk
from archive.records import Capture, CaptureKind
from config.errors import UserError
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
writer = CaptureWriter(Path(sys.argv[1]))
def keep(size):
    body = os.urandom(size)
    capture = Capture("https://x.vn/", 200, (), body, datetime.now(UTC), CaptureKind.ARTICLE)
    return writer.write(capture, run=1, portal="x")
keep(6_000)
for size in (30_000, 25_000):
    try:
        keep(size)
    except UserError as error:
        print(error)
keep(5_000)
writer.close()
"""


def test_a_full_disk_is_one_line_and_the_file_stays_whole(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert (
        done.stdout.splitlines()
        == [f"{tmp_path / 'warc'}: File too large; make room, or make it writable, and run again"] * 2
    )
    sizes = [len(record.capture.body) for record in walk(only_file(tmp_path)) if record.capture]
    assert sizes == [6_000, 5_000]


def test_header_text_that_is_not_latin_1_is_kept_as_utf_8(tmp_path: Path) -> None:
    (place,) = written(tmp_path, page(headers=(("X-Title", "Quế Sơn"),)))
    assert load(tmp_path, place).header("X-Title") == "Quế Sơn".encode().decode("latin-1")


def test_one_capture_cannot_break_another_with_line_ends(tmp_path: Path) -> None:
    bad = page(url="https://x.vn/a b\r\nX: y", headers=(("X", "a\r\n\r\n<html>"),))
    (place,) = written(tmp_path, bad)
    kept = load(tmp_path, place)
    assert kept.url == "https://x.vn/a%20b%0D%0AX:%20y"
    assert kept.headers == (("X", "a    <html>"),)
    assert kept.body == PAGE


def test_broken_member_content_is_a_value_error() -> None:
    for content in (b"", b"nonsense\r\n\r\n", b"WARC/1.1\r\n\r\n", json.dumps({}).encode()):
        with pytest.raises(ValueError, match=r"."):
            warc.parse(Located("", 0, 0), content)
    assert issubclass(captures.CaptureError, UserError)
    assert zlib.decompress(members.pack(b"a", b"b", level=0), 31) == b"ab"
