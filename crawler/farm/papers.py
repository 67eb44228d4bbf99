"""Files of every kind that articles link: scans, old Word, sheets, archives, and what only looks like a file.

Each maker turns a document's lines into bytes, the same for the same lines.
"""

import io
import struct
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from crawler.farm import ole
from crawler.farm.places import HERE

FONT = HERE / "vietnamese.ttf"
MADE = datetime(2024, 1, 2, tzinfo=UTC)
Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: the suffix its link has, the type its answer states, whether text can be had from it."""

    suffix: str
    type: str
    make: Callable[[Lines], bytes] | None = None
    has_text: bool = True


def scan(lines: Lines) -> bytes:
    """A PDF of one page that is a picture, as a copier makes it."""
    page = Image.new("1", (620, 877), 1)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 11)
    wrapped = [part for line in lines for part in textwrap.wrap(line, 84)]
    for number, line in enumerate(wrapped[:52]):
        draw.text((50, 50 + number * 15), line, fill=0, font=font)
    pdf = FPDF(format="A4")
    pdf.set_creation_date(MADE)
    pdf.add_page()
    pdf.image(page, 0, 0, 210)
    return bytes(pdf.output())


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive whose members all have one date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), data, stored)
    return out.getvalue()


def sheet(lines: Lines) -> bytes:
    """A workbook of one sheet: a number and a line in each row (ECMA-376, inline strings)."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for n, line in enumerate(lines, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
        f'"{book}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{book}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Phụ lục" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return zipped({name: f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode() for name, text in parts.items()})


def odt(lines: Lines) -> bytes:
    """An OpenDocument text (OASIS 1.2): its type first and unpacked, then content and manifest."""
    names, kind = "urn:oasis:names:tc:opendocument:xmlns", "application/vnd.oasis.opendocument.text"
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in lines)
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0" '
        f'office:version="1.2"><office:body><office:text>{paragraphs}</office:text></office:body>'
        "</office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind.encode(), "content.xml": content.encode(),
                   "META-INF/manifest.xml": manifest.encode()})  # fmt: skip


def rtf(lines: Lines) -> bytes:
    r"""Rich text: letters beyond ASCII as \uN with a question mark for readers that know none."""
    body = "\\par\n".join("".join(_rich(letter) for letter in line) for line in lines)
    return f"{{\\rtf1\\ansi\\ansicpg1258\\deff0{{\\fonttbl{{\\f0 Times New Roman;}}}}\\f0\n{body}}}".encode("ascii")


def _rich(letter: str) -> str:
    if letter in "\\{}":
        return "\\" + letter
    units = struct.unpack(f"<{len(letter.encode('utf-16-le')) // 2}h", letter.encode("utf-16-le"))
    return letter if letter.isascii() else "".join(f"\\u{unit}?" for unit in units)


def archive(lines: Lines) -> bytes:
    """A zip with an OpenDocument text and a note, their names in Vietnamese."""
    return zipped({"Kế hoạch.odt": odt(lines), "Phụ lục/Ghi chú.txt": lines[0].encode()})


def rar(lines: Lines) -> bytes:
    """A RAR archive of version 4 with one file that is stored as it is."""
    data, name = "\n".join(lines).encode(), b"ke-hoach.txt"
    date = (2024 - 1980) << 25 | 1 << 21 | 2 << 16
    entry = struct.pack("<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), date, 20, 0x30, len(name), 32) + name
    return b"Rar!\x1a\x07\x00" + _part(0x73, 0, bytes(6)) + _part(0x74, 0x8000, entry) + data + _part(0x7B, 0x4000, b"")


def _part(kind: int, flags: int, rest: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {
    "pdf": Kind("pdf", "application/pdf"),
    "docx": Kind("docx", _WORD),
    "scan": Kind("pdf", "application/pdf", scan, has_text=False),
    "doc": Kind("doc", "application/msword", ole.word),
    "xlsx": Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheet),
    "odt": Kind("odt", "application/vnd.oasis.opendocument.text", odt),
    "rtf": Kind("rtf", "application/rtf", rtf),
    "zip": Kind("zip", "application/zip", archive),
    "rar": Kind("rar", "application/x-rar-compressed", rar),
    "misnamed": Kind("doc", "application/msword", rtf),
    "error": Kind("pdf", "text/html; charset=utf-8", has_text=False),
    "empty": Kind("pdf", "application/pdf", lambda _: b"", has_text=False),
    "viewer": Kind("pdf", "application/pdf"),
    "twins": Kind("pdf", "application/pdf"),
    "named": Kind("ashx", "application/octet-stream"),
}
"""Every kind, by the name that `Farm(files=…)` takes; the first two are what portals of the demo have.

misnamed: rich text that calls itself Word. error: a page that says sorry, in place of the file. viewer: linked only
through another company's viewer. twins: the same bytes linked under two names. named: an address without a name;
Content-Disposition says it, in UTF-8.
"""
