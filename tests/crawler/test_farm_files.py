"""The farm's files: each kind is what it says, the same for a seed, and read or refused for its reason."""

import io
import re
import struct
import zipfile
import zlib
from urllib.parse import unquote

import pytest
from lxml import etree

from archive.files import text_of
from crawler.farm import Farm, SimulatedPortal, TruthFile
from crawler.farm.exchange import Answer
from crawler.farm.ole import word
from crawler.farm.papers import KINDS, rtf
from crawler.files import file_link
from crawler.page import Page

REASONS = {
    "scan": "no text layer: scanned pages",
    "error": "a web page instead of a file",
    "empty": "empty",
}
"""Why our reader has no text of a kind: it must say so, not be silent."""
NAMES = {"zip": "Kế hoạch.odt\nPhụ lục/Ghi chú.txt", "rar": "ke-hoach.txt"}
"""Archives of files are not unpacked: their text is their list."""


@pytest.fixture(scope="module")
def portal() -> SimulatedPortal:
    return Farm(5, articles=120, families=["vhv"], files=tuple(KINDS)).portals[0]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def of_kind(portal: SimulatedPortal, kind: str) -> list[TruthFile]:
    return [file for article in portal.truth for file in article.attachments if file.kind == kind]


def answer(portal: SimulatedPortal, file: TruthFile) -> Answer:
    return portal.site.respond("/" + file.url.removeprefix(portal.url))


def bytes_of(portal: SimulatedPortal, file: TruthFile) -> bytes:
    return answer(portal, file).body.plain(portal.site.count)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_kind_is_attached_and_typed(portal: SimulatedPortal, kind: str) -> None:
    files = of_kind(portal, kind)
    assert files
    got = answer(portal, files[0])
    assert (got.status, got.type) == (200, KINDS[kind].type)
    assert files[0].url.endswith(f".{KINDS[kind].suffix}")
    assert bool(files[0].text) == KINDS[kind].has_text


def test_what_our_reader_has_or_why_not(portal: SimulatedPortal, kind: str) -> None:
    (file, *_) = of_kind(portal, kind)
    found = text_of(bytes_of(portal, file), file.url)
    assert found.reason == REASONS.get(kind, "")
    if kind in NAMES:
        assert found.text == NAMES[kind]
    elif not found.reason:
        numbered = "".join(f"{n}|{line}" for n, line in enumerate(file.text.split("\n"), 1))
        assert squeezed(found.text) == squeezed(numbered if kind == "xlsx" else file.text)


def test_the_same_bytes_each_time(kind: str) -> None:
    one, two = (Farm(6, articles=60, families=["vhv"], files=[kind], port=9000).portals[0] for _ in range(2))
    for file in of_kind(one, kind)[:2]:
        assert bytes_of(one, file) == bytes_of(two, file)


def test_twins_are_one_file_under_two_names(portal: SimulatedPortal) -> None:
    pairs = [article.attachments for article in portal.truth if len(article.attachments) == 2]
    assert pairs
    for one, other in pairs:
        assert one.kind == other.kind == "twins"
        assert (one.name != other.name, one.url != other.url) == (True, True)
        assert bytes_of(portal, one) == bytes_of(portal, other)


def test_a_name_only_the_header_says(portal: SimulatedPortal) -> None:
    (file, *_) = of_kind(portal, "named")
    header = dict(answer(portal, file).headers)["Content-Disposition"]
    assert header.isascii()
    named = re.search(r"filename\*=UTF-8''(\S+)", header)
    assert named
    assert unquote(named[1]) == f"{file.name.replace('/', '-')}.pdf"


def test_a_viewers_file_is_found_behind_the_viewer(portal: SimulatedPortal) -> None:
    article = next(a for a in portal.truth if a.attachments and a.attachments[0].kind == "viewer")
    for era in (0, 3, 4):
        portal.site.era = era
        body = portal.site.respond("/" + article.url.removeprefix(portal.url)).body.plain(portal.site.count)
        page = Page(article.url, body)
        (frame,) = [node for node in page.css("iframe") if "gview" in (node.attributes["src"] or "")]
        link = file_link(page, frame)
        assert link is not None
        assert link.url == article.attachments[0].url
        assert f'href="{portal.site.file_path}' not in page.text
    portal.site.era = 0


def test_word_text_stands_where_its_piece_table_says(portal: SimulatedPortal) -> None:
    (file, *_) = of_kind(portal, "doc")
    streams = ole_streams(bytes_of(portal, file))
    fib, table = streams["WordDocument"], streams["1Table"]
    assert struct.unpack_from("<HH", fib) == (0xA5EC, 0x00C1)
    start, size = struct.unpack_from("<II", fib, 0x1A2)
    mark, length, first, end, _, place, _ = struct.unpack("<BIIIHIH", table[start : start + size])
    assert (mark, length, first) == (2, 16, 0)
    assert end == struct.unpack_from("<I", fib, 0x4C)[0]
    text = fib[place : place + 2 * end].decode("utf-16-le")
    assert text.rstrip("\r").replace("\r", "\n") == file.text


def test_a_long_word_file_has_more_than_one_allocation_table() -> None:
    data = word(["Một dòng dài. " * 3000, "Dòng cuối."])
    assert struct.unpack_from("<I", data, 0x2C)[0] > 1
    assert "Dòng cuối.\r".encode("utf-16-le") in ole_streams(data)["WordDocument"]


def ole_streams(data: bytes) -> dict[str, bytes]:
    """The streams of an OLE file, by [MS-CFB]: the allocation table's chains, the directory's names."""
    tables, directory = struct.unpack_from("<II", data, 0x2C)
    places = struct.unpack_from(f"<{tables}I", data, 0x4C)

    def sector(number: int) -> bytes:
        return data[512 * (number + 1) : 512 * (number + 2)]

    chain = struct.unpack(f"<{128 * tables}I", b"".join(sector(place) for place in places))
    found = {}
    listing = sector(directory)
    for at in range(0, 512, 128):
        length, kind = struct.unpack_from("<HB", listing, at + 64)
        if kind == 2:
            name = listing[at : at + length - 2].decode("utf-16-le")
            number, size = struct.unpack_from("<II", listing, at + 116)
            parts = []
            while number < 0xFFFFFFF0:
                parts.append(sector(number))
                number = chain[number]
            found[name] = b"".join(parts)[:size]
            assert len(found[name]) == size >= 4096
    return found


def test_archives_open(portal: SimulatedPortal) -> None:
    (file, *_) = of_kind(portal, "zip")
    with zipfile.ZipFile(io.BytesIO(bytes_of(portal, file))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["Kế hoạch.odt", "Phụ lục/Ghi chú.txt"]
        inner = archive.read("Kế hoạch.odt")
    with zipfile.ZipFile(io.BytesIO(inner)) as paper:
        assert paper.infolist()[0].filename == "mimetype"
        assert paper.infolist()[0].compress_type == zipfile.ZIP_STORED
        content = etree.fromstring(paper.read("content.xml"))
    assert "\n".join(node.text or "" for node in content.iter("{*}p")) == file.text


def test_a_rar_lists_its_file(portal: SimulatedPortal) -> None:
    (file, *_) = of_kind(portal, "rar")
    data = bytes_of(portal, file)
    assert data.startswith(b"Rar!\x1a\x07\x00")
    at, names = 7, []
    while at < len(data):
        check, kind, flags, size = struct.unpack_from("<HBHH", data, at)
        assert check == zlib.crc32(data[at + 2 : at + size]) & 0xFFFF
        packed = struct.unpack_from("<I", data, at + 7)[0] if flags & 0x8000 else 0
        if kind == 0x74:
            names.append(data[at + 32 : at + size])
            assert data[at + size : at + size + packed].decode() == file.text
        at += size + packed
    assert (names, kind) == ([b"ke-hoach.txt"], 0x7B)


def test_rich_text_keeps_every_letter() -> None:
    text = rtf(["Kế hoạch {số} \\ 𝄞"]).decode("ascii")
    assert "\\{s" in text
    units = [int(n) % 65536 for n in re.findall(r"\\u(-?\d+)\?", text)]
    assert struct.pack(f"<{len(units)}H", *units).decode("utf-16-le") == "ếạố𝄞"


def test_portals_without_a_choice_have_what_they_had() -> None:
    kinds = {file.kind for portal in Farm(3, articles=40).portals for a in portal.truth for file in a.attachments}
    assert kinds == {"pdf", "docx"}
