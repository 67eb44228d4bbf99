"""What files say: PDF, Word, Excel, OpenDocument, rich text, plain text; of archives the names.

The kind is told by the first bytes. A file that cannot be read gives a reason, never an error.
Limits (DESIGN.md section 8): 1,000 pages, 10 million characters; a zip that would unpack to
more than 300 MB is refused unread. Crawls read in a child process (archive/attachments.py).
"""

import codecs
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

import pypdfium2

from archive import files_lists, files_office, files_old, files_pdf, files_pictures
from archive.files_kinds import ENCRYPTED, PICTURES, NoTextError, kind_of
from archive.files_text import READER, bounded
from archive.records import TOO_LARGE, FileText

SCANNED = "no text layer: scanned pages"
PICTURE = "a picture: it has no text layer"

READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    "docx": files_office.word,
    **dict.fromkeys(("xlsx", "xls", "ods"), files_office.sheets),
    **dict.fromkeys(("odt", "odp"), files_office.opendocument),
    "doc": files_old.doc,
    "rtf": files_old.rich_text,
    "zip": files_lists.zipped,
    "rar": files_lists.rar,
}

# What zipfile, lxml, python-docx, olefile and pdfium (RuntimeError) raise at files that break their own format.
BROKEN = (
    *(ValueError, LookupError, AttributeError, TypeError, AssertionError, RuntimeError, OSError, EOFError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)


def text_of(body: bytes, name: str) -> FileText:
    """The text of a file with its kind and pages, or the reason why there is none; never raises."""
    return replace(_text_of(body, name), reader=READER)


def _text_of(body: bytes, name: str) -> FileText:
    kind = "unknown"
    try:
        kind = kind_of(body, name)
        if kind in PICTURES:
            pages = files_pictures.frames(body)
            return FileText("", kind, pages, PICTURE, scanned=pages)
        return _pdf(body) if kind == "pdf" else _found(bounded(_read(body, kind)), kind)
    except NoTextError as error:
        return FileText("", kind, reason=str(error))
    except MemoryError:
        return FileText("", kind, reason=TOO_LARGE)
    except BROKEN as error:
        return FileText("", kind, reason=_why(error))


def _found(text: str, kind: str) -> FileText:
    return FileText(text, kind, reason="" if text else "empty")


def _pdf(body: bytes) -> FileText:
    """The text layers of the pages; those that are pictures are counted."""
    scanned = 0

    def texts() -> Iterator[str]:
        nonlocal scanned
        for page in files_pdf.pages(document):
            scanned += page.scanned
            yield page.text

    with closing(pypdfium2.PdfDocument(body)) as document:
        text = bounded(texts())
        return FileText(text, "pdf", len(document), "" if text else SCANNED, scanned)


def _read(body: bytes, kind: str) -> Iterable[str]:
    if kind in ("txt", "csv"):
        return [_plain(body)]
    if kind not in READERS:
        raise NoTextError(f"unsupported: {kind}")
    return READERS[kind](body)


def _why(error: Exception) -> str:
    said = " ".join(str(error).split())[:120] or type(error).__name__
    return ENCRYPTED if "password" in said.lower() else f"damaged: {said}"


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
