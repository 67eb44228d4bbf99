"""What files say: PDF text layers, Word, spreadsheets, archives, plain text.

The kind is told by the first bytes. A file that cannot be read gives a reason, never an error.
Limits (DESIGN.md section 8): 1,000 pages, 10 million characters; a zip that would unpack to
more than 300 MB is refused unread. Crawls read in a child process (archive/attachments.py).
"""

import codecs
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby

import docx
import pypdfium2
from docx.document import Document
from docx.table import Table, _Cell
from lxml import etree

from archive.legacy import modern
from archive.records import FileText
from archive.text import clean

UNPACKED = 300_000_000
"""Bytes a zip-based file may unpack to, by the sizes in its directory; zipfile reads no more than those."""
PAGES = 1_000
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LIGATURES = {ord("\ufb00") + n: text for n, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
BROKEN_WORD = {0x02: "", 0xFFFE: "", 0x00: ""}
"""pdfium's signs for a hyphen at a line's end; the break behind it goes too."""


CHARACTERS = 10_000_000

KINDS = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"RIFF", "riff"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
)
PICTURES = frozenset({"jpeg", "png", "gif", "tiff"})
OLE_STREAMS = (("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint Document", "ppt"))
ZIP_PARTS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"))

# What zipfile, lxml, python-docx and pdfium (RuntimeError) raise at files that break their own format.
BROKEN = (
    *(ValueError, LookupError, AttributeError, TypeError, AssertionError, RuntimeError, OSError, EOFError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)


class NoTextError(Exception):
    """The file holds no text we can read; the message is the reason."""


def text_of(body: bytes, name: str) -> FileText:
    """The text of a file with its kind and pages, or the reason why there is none; never raises."""
    kind = "unknown"
    try:
        kind = kind_of(body, name)
        pages, text = _read(body, kind)
    except NoTextError as error:
        return FileText("", kind, reason=str(error))
    except MemoryError:
        return FileText("", kind, reason="too large: reading it takes too much memory")
    except BROKEN as error:
        return FileText("", kind, reason=f"damaged: {_line(error)}")
    reason = "" if text else "no text layer: scanned pages" if kind == "pdf" else "empty"
    return FileText(text, kind, pages, reason)


def kind_of(body: bytes, name: str) -> str:
    """The kind of a file by its bytes; the name only tells csv from txt. Raises NoTextError, BadZipFile."""
    if not body:
        raise NoTextError("empty")
    start = body[:1024].lstrip()
    if start[:200].lower().startswith((b"<!doctype html", b"<html")):
        raise NoTextError("a web page instead of a file")
    kind = next((kind for magic, kind in KINDS if start.startswith(magic)), "pdf" if b"%PDF-" in start else "txt")
    if kind == "ole":
        return next((kind for stream, kind in OLE_STREAMS if stream.encode("utf-16-le") in body), "ole")
    if kind == "zip":
        return _zip_kind(body)
    return "csv" if kind == "txt" and name.lower().endswith(".csv") else kind


def _zip_kind(body: bytes) -> str:
    size, names = _unpacked_size(body)
    if size > UNPACKED:
        raise NoTextError(f"too large: unpacks to {size // 1_000_000} MB")
    return next((kind for part, kind in ZIP_PARTS if part in names), "zip")


def _read(body: bytes, kind: str) -> tuple[int, str]:
    match kind:
        case "pdf":
            pages, texts = _pdf(body)
            return pages, _bounded(texts)
        case "docx":
            return 0, _bounded(_docx(body))
        case "xlsx":
            return 0, _bounded(_xlsx(body))
        case "zip":
            return 0, _bounded(_listing(body))
        case "txt" | "csv":
            return 0, _bounded([_plain(body)])
        case _ if kind in PICTURES:
            raise NoTextError("a picture: it has no text layer")
        case _:
            raise NoTextError(f"unsupported: {kind}")


def _bounded(pieces: Iterable[str]) -> str:
    """The pieces as clean lines, until there are 10 million characters."""
    taken: list[str] = []
    left = CHARACTERS
    for piece in pieces:
        taken.append(piece[:left])
        left -= len(taken[-1]) + 1
        if left <= 0:
            break
    return clean(modern("\n".join(taken)))


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _pdf(body: bytes) -> tuple[int, Iterator[str]]:
    """Pages of the document and the text of each, up to PAGES; lines as the page has them."""
    document = pypdfium2.PdfDocument(body)

    def pages() -> Iterator[str]:
        try:
            for number in range(min(len(document), PAGES)):
                page = document[number]
                text = page.get_textpage()
                try:
                    yield _joined(text.get_text_range())
                finally:
                    text.close()
                    page.close()
        finally:
            document.close()

    return len(document), pages()


def _joined(text: str) -> str:
    """A page's text with words that a hyphen broke over two lines made whole again, ligatures apart."""
    text = text.replace("\r\n", "\n").replace("\x02\n", "").replace("\ufffe\n", "")
    return text.translate(BROKEN_WORD | LIGATURES)


def _docx(body: bytes) -> Iterator[str]:
    """Paragraphs and table rows (cells joined by " | ") in order; headers and footers are left out."""

    def blocks(parent: Document | _Cell) -> Iterator[str]:
        for block in parent.iter_inner_content():
            if isinstance(block, Table):
                for row in block.rows:
                    # A merged cell is given once for every column it covers.
                    cells = [cell for cell, _ in groupby(row.cells)]
                    yield " | ".join(" ".join(blocks(cell)) for cell in cells)
            else:
                yield block.text

    return blocks(docx.Document(io.BytesIO(body)))


def _xlsx(body: bytes) -> Iterator[str]:
    """Rows of all sheets in order, cells joined by " | "; a formula's last value, dates as numbers."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            for _, item in etree.iterparse(book.open("xl/sharedStrings.xml"), tag=f"{SHEET}si"):
                shared.append("".join(t.text or "" for t in item.iter(f"{SHEET}t")))
                item.clear()
        for name in sorted(names, key=lambda name: (len(name), name)):
            for _, row in etree.iterparse(book.open(name), tag=f"{SHEET}row"):
                yield " | ".join(filter(None, (_cell(cell, shared) for cell in row.iter(f"{SHEET}c"))))
                row.clear()


def _cell(cell: etree._Element, shared: list[str]) -> str:
    value = "".join(t.text or "" for t in cell.iter(f"{SHEET}v", f"{SHEET}t"))
    return shared[int(value)] if cell.get("t") == "s" and value else value


def _listing(body: bytes) -> Iterator[str]:
    """The names of an archive's files; those without the UTF-8 flag are tried as UTF-8 all the same."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield entry.filename if entry.flag_bits & 0x800 else _utf8(entry.filename.encode("cp437"))


def _utf8(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437")


def _plain(body: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, else Windows-1258; raises NoTextError when it looks like none."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    if b"\0" in body[:8_192]:
        raise NoTextError("unsupported: an unknown kind of file")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1258", "replace")


def _unpacked_size(body: bytes) -> tuple[int, list[str]]:
    """What a zip says it unpacks to, and its names; raises BadZipFile."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return sum(entry.file_size for entry in archive.infolist()), archive.namelist()
