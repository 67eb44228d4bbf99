"""The text of real files, and what is said of broken, hostile and picture ones."""

import asyncio
import io
import os
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import docx
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import files, files_pdf, files_text
from archive.attachments import NoReader, TextReader, text_of

FONT = Path(__file__).resolve().parents[2] / "crawler" / "farm" / "vietnamese.ttf"
LINES = [
    "ỦY BAN NHÂN DÂN HUYỆN QUẾ SƠN",
    "Kế hoạch cải cách hành chính nhà nước năm 2026",
    "Đẩy mạnh thủ tục hành chính, quý I đến quý IV.",
]


def pdf(*pages: str) -> bytes:
    document = FPDF()
    if vietnamese := not "".join(pages).isascii():
        document.add_font("D", "", str(FONT))
    for text in pages:
        document.add_page()
        document.set_font("D" if vietnamese else "Helvetica", size=11)
        document.multi_cell(0, 8, text)
    return bytes(document.output())


def word() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "ĐẦU TRANG"
    document.sections[0].footer.paragraphs[0].text = "CUỐI TRANG"
    document.add_paragraph(LINES[0])
    table = document.add_table(2, 3)
    for row, cells in zip(table.rows, (("TT", "Nhiệm vụ", "Hạn"), ("1", "Rà soát TTHC", "30/6")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.rows[1].cells[1].add_paragraph("Báo cáo")
    merged = table.add_row().cells
    merged[0].merge(merged[2]).text = "Tổng hợp"
    document.add_paragraph(LINES[1])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(**content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, body in content.items():
            written.writestr(name.replace("__", "/"), body)
    return out.getvalue()


WORKBOOK = {
    "xl/workbook.xml": b"<workbook/>",
    "xl/sharedStrings.xml": (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Chỉ số</t></si>'
        "<si><r><t>PAR </t></r><r><t>INDEX</t></r></si></sst>"
    ).encode(),
    "xl/worksheets/sheet2.xml": (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c '
        't="inlineStr"><is><t>Hết</t></is></c></row></sheetData></worksheet>'
    ).encode(),
    "xl/worksheets/sheet1.xml": (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="s">'
        b'<v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>2026</v></c><c><f>1+1</f><v>87.5</v></c></row></sheetData>'
        b"</worksheet>"
    ),
}


def test_pdf_has_pages_and_vietnamese_text() -> None:
    found = text_of(pdf("\n".join(LINES), LINES[2]), "ke-hoach.pdf", "application/pdf")
    assert (found.kind, found.pages, found.reason) == ("pdf", 2, "")
    assert found.text == "\n".join([*LINES, LINES[2]])


def test_bytes_tell_the_kind_not_the_name() -> None:
    assert text_of(pdf("Cai cach"), "ke-hoach.docx", "application/msword").text == "Cai cach"
    assert text_of(b"\n\n" + pdf("Cai cach"), "", "").kind == "pdf"
    assert text_of(b"a,b\r\n1,2\r\n", "so-lieu.CSV", "").kind == "csv"
    assert text_of(b"a,b\r\n1,2\r\n", "ke-hoach.pdf", "application/pdf").kind == "txt"


def test_a_scanned_pdf_has_a_reason() -> None:
    document = FPDF()
    document.add_page()
    found = text_of(bytes(document.output()), "scan.pdf", "")
    assert (found.text, found.pages, found.reason) == ("", 1, "no text layer: scanned pages")


def test_hyphens_and_ligatures() -> None:
    assert files_pdf.joined("cải cách hành chí\x02\r\nnh, hiệu quả\r\nﬁle ﬂow") == (
        "cải cách hành chính, hiệu quả\nfile flow"
    )


def test_decomposed_and_invisible_letters_become_plain() -> None:
    assert text_of("Kế hoạch\u00a0cải\u200b cách".encode(), "a.txt", "").text == "Kế hoạch cải cách"


def test_word_in_order_without_headers() -> None:
    found = text_of(word(), "a.docx", "")
    assert found.kind == "docx"
    assert found.text.splitlines() == [
        LINES[0],
        "TT | Nhiệm vụ | Hạn",
        "1 | Rà soát TTHC Báo cáo | 30/6",
        "Tổng hợp",
        LINES[1],
    ]


def test_archive_names_are_its_text() -> None:
    found = text_of(archive(**{"Phụ lục 1.docx": b"x", "van-ban/": b"", "van-ban/82.pdf": b"y"}), "a.zip", "")
    assert (found.kind, found.text) == ("zip", "Phụ lục 1.docx\nvan-ban/82.pdf")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_text(encoding: str) -> None:
    assert text_of(LINES[1].encode(encoding), "a.txt", "text/plain").text == LINES[1]


def test_plain_text_in_the_old_code_page() -> None:
    assert text_of("Ba\u0309n tin".encode("cp1258"), "a.txt", "").text == "Bản tin"


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"", "unknown", "empty"),
        (b" \n", "txt", "empty"),
        (b"\r\n<!DOCTYPE html><html>404", "unknown", "a web page instead of a file"),
        (b"{\\rtf1 }", "rtf", "empty"),
        (b"7z\xbc\xaf\x27\x1c", "7z", "unsupported: 7z"),
        (b"\x89PNG\r\n\x1a\n", "png", "a picture: it has no text layer"),
        (b"\xff\xd8\xff\xe0", "jpeg", "a picture: it has no text layer"),
        (b"\x01\x00\x02\x00", "txt", "unsupported: an unknown kind of file"),
        (b"PK\x05\x06" + bytes(18), "zip", "empty"),
    ],
)
def test_reasons(body: bytes, kind: str, reason: str) -> None:
    found = text_of(body, "tep", "")
    assert (found.text, found.kind, found.reason) == ("", kind, reason)


@pytest.mark.parametrize("make", [lambda: pdf("Cai cach " * 200), word, lambda: archive(**WORKBOOK)])
def test_files_cut_short_give_a_reason(make) -> None:
    body = make()
    for size in (10, len(body) // 3, len(body) // 2, len(body) - 30):
        found = text_of(body[:size], "a", "")
        assert found.text or found.reason


def test_a_locked_pdf_gives_a_reason() -> None:
    document = FPDF()
    document.add_page()
    document.set_encryption(owner_password="chu", user_password="mat-khau")
    assert text_of(bytes(document.output()), "a.pdf", "").reason == "encrypted: it needs a password"


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    """Forty gigabytes by the directory, a few hundred bytes on the wire: nothing is unpacked."""
    name, size = b"word/document.xml", 4_000_000_000
    fields = (20, 0, 20, 0, 0, 8, 0, 0, 0, 9, size, len(name), *[0] * 6)
    out = (struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *fields) + name) * 10
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10, 10, len(out), 4, 0)
    found = text_of(b"PK\x03\x04" + out + end, "a.docx", "")
    assert found.reason == "too large: unpacks to 40000 MB"


def test_a_zip_that_lies_about_its_size_is_damaged() -> None:
    body = bytearray(archive(**{"word/document.xml": b"<a/>" * 100_000, "[Content_Types].xml": b"<Types/>"}))
    for magic, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = body.find(magic) + at
        body[place : place + 4] = struct.pack("<L", 10)
    assert text_of(bytes(body), "a.docx", "").reason.startswith("damaged: ")


def test_entities_do_not_grow() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "' + "ha" * 1_000 + '"><!ENTITY b "' + "&a;" * 1_000 + '">]>'
    body = archive(**(WORKBOOK | {"xl/sharedStrings.xml": (laughs + "<sst>" + "&b;" * 1_000 + "</sst>").encode()}))
    assert len(text_of(body, "a.xlsx", "").text) < 1_000


def test_text_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_text, "CHARACTERS", 1_000)
    monkeypatch.setattr(files_pdf, "PAGES", 2)
    assert len(text_of(b"a " * 5_000, "a.txt", "").text) <= 1_000
    found = text_of(pdf("mot", "hai", "ba"), "a.pdf", "")
    assert (found.text, found.pages) == ("mot\nhai", 3)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf"]))
def test_no_bytes_raise(body: bytes, magic: bytes) -> None:
    found = text_of(magic + body, "a", "")
    assert bool(found.text) != bool(found.reason)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([DOCX, PDF, XLSX])))
    for _ in range(data.draw(st.integers(1, 20))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    found = text_of(bytes(body), "a", "")
    assert bool(found.text) != bool(found.reason)


DOCX, PDF, XLSX = word(), pdf("Cai cach hanh chinh"), archive(**WORKBOOK)


def test_reader_reads_in_one_child() -> None:
    async def read() -> None:
        with TextReader() as reader:
            assert reader.pids == []
            found = await asyncio.gather(reader.read(PDF, "a.pdf", ""), reader.read(DOCX, "a.docx", ""))
            (first,) = reader.pids
            assert [f.kind for f in found] == ["pdf", "docx"]
            assert found[0] == text_of(PDF, "a.pdf", "")
            assert (await reader.read(b"", "a", "")).reason == "empty"
            assert reader.pids == [first] != [os.getpid()]

    asyncio.run(read())


def test_reader_outlives_a_crash_and_a_hang() -> None:
    async def read() -> None:
        with TextReader(limit=30) as reader:
            await reader.read(PDF, "a.pdf", "")
            (first,) = reader.pids
            os.kill(first, signal.SIGKILL)
            assert (await reader.read(PDF, "a.pdf", "")).reason == "crashed the reader"
            assert (await reader.read(PDF, "a.pdf", "")).text == "Cai cach hanh chinh"
            (second,) = reader.pids
            os.kill(second, signal.SIGSTOP)
            reader.limit = 0.2
            assert (await reader.read(PDF, "a.pdf", "")).reason == "gave up after 0.2 seconds"
            reader.limit = 30
            assert (await reader.read(PDF, "a.pdf", "")).text == "Cai cach hanh chinh"
            assert len({first, second, *reader.pids}) == 3
            with pytest.raises(ProcessLookupError):
                os.kill(second, 0)

    asyncio.run(read())


def test_reader_holds_its_child_to_little_memory() -> None:
    async def read() -> None:
        with TextReader(memory=700_000_000) as reader:
            await reader.read(b"chu", "a.txt", "")
            (line,) = [
                s for s in Path(f"/proc/{reader.pids[0]}/limits").read_text().splitlines() if "address space" in s
            ]
            assert line.split()[3] == "700000000"
            hungry = archive(
                **{"word/document.xml": b"<a>" + b" " * 290_000_000 + b"</a>", "[Content_Types].xml": b"<T/>"}
            )
            assert (await reader.read(hungry, "a.docx", "")).reason
            assert (await reader.read(PDF, "a.pdf", "")).text == "Cai cach hanh chinh"

    asyncio.run(read())


def test_zlib_agrees_about_broken_streams() -> None:
    body = archive(**{"a.txt": b"x" * 100})
    assert text_of(body, "a.zip", "").text == "a.txt"
    assert issubclass(zlib.error, files.BROKEN)


MAIN = """
import asyncio, time
from archive.attachments import NoReader, TextReader

async def read():
    with TextReader(start={start}) as reader:
        for _ in range(50):
            try:
                found = await reader.read(b"x" * 5_000_000, "a.txt", "")
                print(found.reason)
            except NoReader as error:
                print(error)

if __name__ == "__main__":
    asyncio.run(read())
else:
    {child}
"""


@pytest.mark.parametrize(
    ("child", "start", "why"),
    [
        ("raise SystemExit", 20, "the process that reads files ends as soon as it is started"),
        ("time.sleep(60)", 1, "the process that reads files does not start within 1 seconds"),
    ],
)
def test_reader_that_cannot_start_puts_files_off_at_once(tmp_path: Path, child: str, start: int, why: str) -> None:
    main = tmp_path / "main.py"
    main.write_text(MAIN.format(child=child, start=start), encoding="utf-8")
    root = str(Path(__file__).resolve().parents[2])
    here, command = {**os.environ, "PYTHONPATH": root}, [sys.executable, str(main)]
    said = subprocess.run(command, env=here, timeout=50, text=True, capture_output=True, check=False)
    assert said.stdout.splitlines() == [why] * 50, said.stderr


def test_reader_that_could_not_start_is_tried_again_later() -> None:
    async def read() -> None:
        with TextReader(start=0) as reader:
            with pytest.raises(NoReader):
                await reader.read(PDF, "a.pdf", "")
            assert reader.pids == []
            reader.start = 30
            with pytest.raises(NoReader):
                await reader.read(PDF, "a.pdf", "")
            reader._rested = 0.0
            assert (await reader.read(PDF, "a.pdf", "")).text == "Cai cach hanh chinh"

    asyncio.run(read())
