"""What kind a file is, told by its first bytes, and the error of those that have no text for us."""

import io
import zipfile

import olefile

UNPACKED = 300_000_000
"""Bytes a zip-based file may unpack to, by the sizes in its directory; zipfile reads no more than those."""
ENCRYPTED = "encrypted: it needs a password"

KINDS = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"{\\rtf", "rtf"),
    (olefile.MAGIC, "ole"),
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
OLE_STREAMS = (("EncryptedPackage", ""), ("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"))
ZIP_PARTS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"))
OPENDOCUMENT = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
"""How the type of an OpenDocument file ends, which its first member `mimetype` says."""


class NoTextError(Exception):
    """The file holds no text we can read; the message is the reason."""


def kind_of(body: bytes, name: str) -> str:
    """The kind of a file by its bytes; the name only tells csv from txt. Raises NoTextError, BadZipFile."""
    if not body:
        raise NoTextError("empty")
    start = body[:1024].lstrip()
    if start[:200].lower().startswith((b"<!doctype html", b"<html")):
        raise NoTextError("a web page instead of a file")
    kind = next((kind for magic, kind in KINDS if start.startswith(magic)), "pdf" if b"%PDF-" in start else "txt")
    if kind == "ole":
        return _ole_kind(body)
    if kind == "zip":
        return _zip_kind(body)
    return "csv" if kind == "txt" and name.lower().endswith(".csv") else kind


def _ole_kind(body: bytes) -> str:
    """What the file's own streams say, not those of a file that it embeds. Raises NoTextError, OleFileError."""
    with olefile.OleFileIO(io.BytesIO(body)) as ole:
        kind = next((kind for stream, kind in OLE_STREAMS if ole.exists(stream)), "ole")
    if not kind:
        raise NoTextError(ENCRYPTED)
    return kind


def _zip_kind(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        size, names = sum(entry.file_size for entry in archive.infolist()), archive.namelist()
        if size > UNPACKED:
            raise NoTextError(f"too large: unpacks to {size // 1_000_000} MB")
        stated = archive.open("mimetype").read(200).strip() if "mimetype" in names else b""
        if stated.startswith(b"application/vnd.oasis.opendocument."):
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise NoTextError(ENCRYPTED)
            return OPENDOCUMENT.get(stated.rpartition(b".")[2].removesuffix(b"-template"), "zip")
    return next((kind for part, kind in ZIP_PARTS if part in names), "zip")
