"""Files of every kind, written by an office program, and what is said of locked, cut and hostile ones.

The files in papers/ were written by LibreOffice 7.4 from text of our own; tcvn3.doc is typed in the letters of .VnTime.
"""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archive.attachments import text_of
from archive.files_kinds import ENCRYPTED
from archive.files_text import READER
from crawler.farm import ole, papers

PAPERS = Path(__file__).parent / "papers"
PLAN = [
    "ỦY BAN NHÂN DÂN HUYỆN QUẾ SƠN",
    "Kế hoạch cải cách hành chính nhà nước năm 2026",
    "TT | Nhiệm vụ | Hạn",
    "1 | Rà soát thủ tục | 30/6",
    "Xem trang thông tin",
    "Nơi nhận:",
    "Như trên",
    "Đẩy mạnh thủ tục hành chính, quý I đến quý IV.",
]
FIGURES = ["Chỉ số PAR INDEX | 87.5 | 2026", "Ngày | 2026-06-30 | 175", "Hết phụ lục"]
OLD = [
    "Uỷ ban nhân dân huyện Quế Sơn",
    "Kế hoạch cải cách hành chính của nhà nước, đẩy mạnh các việc và quyết định",
]


def paper(name: str) -> bytes:
    return (PAPERS / name).read_bytes()


@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_a_plan_in_every_format(suffix: str) -> None:
    found = text_of(paper(f"ke-hoach.{suffix}"), "tep", "")
    assert (found.kind, found.reason, found.reader) == (suffix, "", READER)
    assert found.text.splitlines() == PLAN


@pytest.mark.parametrize("suffix", ["xls", "xlsx", "ods"])
def test_sheets_in_the_books_order_with_days_and_results(suffix: str) -> None:
    found = text_of(paper(f"so-lieu.{suffix}"), "tep", "")
    assert (found.kind, found.text.splitlines()) == (suffix, FIGURES)


def test_letters_of_an_old_font_in_an_old_document() -> None:
    assert text_of(paper("tcvn3.doc"), "tep", "").text.splitlines() == OLD


def test_letters_of_an_old_font_in_every_other_format() -> None:
    typed = "Uû ban nh©n d©n huyÖn QuÕ S¬n\nc¶i c¸ch hµnh chÝnh cña nhµ n­íc, c¸c viÖc vµ quyÕt ®Þnh"
    meant = "Uỷ ban nhân dân huyện Quế Sơn\ncải cách hành chính của nhà nước, các việc và quyết định"
    lines = typed.split("\n")
    codes = "\\par\n".join("".join(c if c.isascii() else f"\\'{ord(c):02x}" for c in line) for line in lines)
    coded = f"{{\\rtf1\\ansi{{\\fonttbl{{\\f0\\fcharset0 .VnTime;}}}}\\f0 {codes}}}".encode()
    for body in (coded, papers.odt(lines), ole.word(lines), "\n".join(lines).encode()):
        assert text_of(body, "tep.txt", "").text == meant
    assert text_of(papers.sheet(lines), "tep", "").text == "1 | " + meant.replace("\n", "\n2 | ")


def test_letters_beyond_the_first_plane_in_rich_text() -> None:
    assert text_of(papers.rtf(["Kế hoạch 𝄞 {số} \\ 82"]), "tep", "").text == "Kế hoạch 𝄞 {số} \\ 82"


def test_pictures_in_rich_text_are_passed_over() -> None:
    body = b"{\\rtf1 Truoc {\\pict\\pngblip " + b"89504e47\n" * 400_000 + b"} sau {\\*\\themedata 504b" + b"0a" * 5_000
    assert text_of(body + b"}}", "tep", "").text == "Truoc sau"


def test_fields_of_word_show_their_result() -> None:
    line = (
        'Xem \x13 HYPERLINK "https://queson.example.vn" \x14trang \x13 PAGE \x1412\x15\x15 và \x13 TOC \x15mục\x1elục'
    )
    assert text_of(ole.word([line]), "tep", "").text == "Xem trang 12 và mục-lục"


def test_pieces_of_word_stand_in_the_order_of_their_table() -> None:
    """A document saved fast: its second piece lies before the first, and in one byte a letter."""
    body = bytearray(ole.word(["abcdef" + "x" * 100]))
    text = body.find("abcdef".encode("utf-16-le"))
    clx = body.find(struct.pack("<BII", 2, 16, 0))
    stream = text - ole.TEXT_AT
    first, second = "Đề án ", "Ð¸n cò"
    body[text : text + 40] = second.encode("cp1252").ljust(20) + first.encode("utf-16-le").ljust(20, b"\0")
    places = (0, len(first), len(first) + len(second))
    ends = struct.pack("<HIHHIH", 0, text - stream + 20, 0, 0, (text - stream) * 2 | 0x40000000, 0)
    new = struct.pack("<BHHBI3I", 1, 2, 0, 2, 4 + 12 * 2, *places) + ends
    body[clx : clx + len(new)] = new
    at = body.find(struct.pack("<HH", 0xA5EC, 0xC1))
    struct.pack_into("<I", body, at + 0x1A6, len(new))
    assert text_of(bytes(body), "tep", "").text == clean_of(first + second)


def clean_of(text: str) -> str:
    return text.replace("Ð", "Đ")


def test_word_95_has_one_run_of_bytes() -> None:
    body = bytearray(ole.word(["Ke hoach cai cach hanh chinh"]))
    at = body.find(struct.pack("<HH", 0xA5EC, 0xC1))
    struct.pack_into("<HH", body, at, 0xA5DC, 0x68)
    start, _ = struct.unpack_from("<II", body, at + 0x18)
    plain = b"Ke hoach nam 1998\r"
    body[at + start : at + start + len(plain)] = plain
    struct.pack_into("<I", body, at + 0x1C, start + len(plain))
    assert text_of(bytes(body), "tep", "").text == "Ke hoach nam 1998"


def test_names_in_a_rar_of_both_versions() -> None:
    assert text_of(papers.rar(["Dong mot"]), "tep", "").text == "ke-hoach.txt"
    found = text_of(rar5("Kế hoạch/Phụ lục 1.docx", "82.pdf"), "tep.zip", "")
    assert (found.kind, found.text.splitlines()) == ("rar", ["Kế hoạch/Phụ lục 1.docx", "82.pdf"])


def rar5(*names: str) -> bytes:
    """A RAR of version 5 whose files are empty; the library checks each head's sum."""
    import zlib

    def number(value: int) -> bytes:
        out = b""
        while value > 0x7F:
            out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
        return out + bytes([value])

    def block(content: bytes) -> bytes:
        sized = number(len(content)) + content
        return struct.pack("<I", zlib.crc32(sized)) + sized

    files = b""
    for name in names:
        letters = name.encode()
        fields = (2, 0, 0, 0, 0o644, 0, 0, len(letters))  # a file; no flags, no data, sizes and dates of nothing
        files += block(b"".join(map(number, fields)) + letters)
    return b"Rar!\x1a\x07\x01\x00" + block(number(1) + number(0) + number(0)) + files + block(bytes([5, 0, 0]))


def test_locked_files_say_so() -> None:
    document = FPDF()
    document.add_page()
    document.set_encryption(owner_password="chu", user_password="mat-khau")
    word = bytearray(ole.word(["Kín"]))
    at = word.find(struct.pack("<HH", 0xA5EC, 0xC1))
    word[at + 0x0B] |= 1
    packed = ole._file({"EncryptedPackage": b"x" * 5_000, "DataSpaces": b"y" * 5_000})
    rows = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"\x93\x01",
            "META-INF/manifest.xml": b"<manifest:encryption-data/>"}  # fmt: skip
    for body in (bytes(document.output()), bytes(word), packed, papers.zipped(rows)):
        assert text_of(body, "tep", "").reason == ENCRYPTED


def test_a_locked_zip_still_lists_its_files() -> None:
    body = bytearray(papers.zipped({"ke-hoach.docx": b"abc"}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.find(magic) + flags] |= 1
    assert text_of(bytes(body), "tep", "").text == "ke-hoach.docx"


def test_an_embedded_document_does_not_make_a_workbook_one() -> None:
    """By the streams of the root alone: a mark of Word anywhere in the bytes says nothing."""
    body = paper("so-lieu.xls") + "WordDocument".encode("utf-16-le")
    assert text_of(body, "tep", "").kind == "xls"


def test_pages_that_are_pictures_are_counted_beside_those_with_text() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.multi_cell(0, 8, "Cai cach hanh chinh " * 20)
    for stamp in ("", "Ky boi: UBND huyen", "Chu thich duoi anh nho"):
        document.add_page()
        small = stamp.startswith("Chu")
        document.image(Image.new("L", (40, 40), 200), 0, 0, 20 if small else 210, 20 if small else 290)
        document.set_y(100)
        document.multi_cell(0, 8, stamp)
    document.add_page()
    found = text_of(bytes(document.output()), "tep", "")
    assert (found.pages, found.scanned, found.reason) == (5, 2, "")
    assert "Ky boi: UBND huyen" in found.text


SOUND = [paper(name) for name in ("ke-hoach.doc", "ke-hoach.rtf", "ke-hoach.odt", "so-lieu.xls", "so-lieu.ods")]
SOUND += [papers.rar(["Dong mot"]), rar5("a.pdf"), papers.scan(["Kế hoạch"])]


@pytest.mark.parametrize("body", SOUND)
def test_files_cut_short_have_text_or_a_reason(body: bytes) -> None:
    for size in (9, len(body) // 4, len(body) // 2, len(body) - 30):
        found = text_of(body[:size], "tep", "")
        assert bool(found.text) != bool(found.reason)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(SOUND)))
    for _ in range(data.draw(st.integers(1, 30))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    found = text_of(bytes(body), "tep", "")
    assert bool(found.text) != bool(found.reason)


def test_entities_of_an_open_document_do_not_grow() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "' + "ha" * 1_000 + '"><!ENTITY b "' + "&a;" * 1_000 + '">]>'
    content = f'{laughs}<a xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><t:p>{"&b;" * 1_000}</t:p></a>'
    kind = b"application/vnd.oasis.opendocument.text"
    found = text_of(papers.zipped({"mimetype": kind, "content.xml": content.encode()}), "tep", "")
    assert len(found.text) < 1_000


def test_xml_without_an_end_of_depth_is_damaged() -> None:
    kind = b"application/vnd.oasis.opendocument.text"
    found = text_of(papers.zipped({"mimetype": kind, "content.xml": b"<a>" * 1_000_000}), "tep", "")
    assert found.reason.startswith("damaged: ")


def test_what_is_struck_out_or_noted_is_not_the_text() -> None:
    with zipfile.ZipFile(io.BytesIO(papers.odt(["GIỮ"]))) as written:
        content = written.read("content.xml").decode()
    aside = "<text:note><text:p>chú thích</text:p></text:note><text:tab/>sau<text:line-break/>dòng"
    content = content.replace("GIỮ", f"GIỮ{aside}").replace(
        "<office:text>", "<office:text><text:tracked-changes><text:p>đã xóa</text:p></text:tracked-changes>"
    )
    members = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()}
    assert text_of(papers.zipped(members), "tep", "").text == "GIỮ sau\ndòng"
