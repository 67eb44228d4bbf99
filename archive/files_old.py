"""The text of Word files of before 2007 and of rich text.

Word 97 to 2003 keeps its text in pieces of one stream, in the order that a table in another stream gives
([MS-DOC] 2.4.1); a piece is in UTF-16 or in one byte a letter. Word 6 and 95 have one run of bytes.
"""

import io
import re
import struct
from collections.abc import Iterator
from itertools import pairwise

import olefile

from archive.files_kinds import ENCRYPTED, NoTextError

LOCKED, SECOND_TABLE = 0x0100, 0x0200
WORD_97 = 0xC1
BYTES = 0x40000000
"""The flag of a piece that has one byte a letter."""
SIGNS = {0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x0E: "\n", 0x1E: "-", 0x1F: "\xad"} | dict.fromkeys((1, 2, 5, 8), "")
"""What the marks of breaks and hyphens are; TCVN3's ư is taken for an optional hyphen by some writers."""
FIELDS = re.compile("([\x13\x14\x15])")
ROW_END = re.compile("\x07{2,}")
PICTURE = re.compile(r"[0-9A-Fa-f\r\n]{2000,}")
"""Bytes of pictures and objects as rich text has them; no word is that long."""


def doc(body: bytes) -> list[str]:
    """The main text of a .doc: paragraphs as lines, cells joined by " | ", fields as they show.

    Raises NoTextError, struct.error, OSError.
    """
    with olefile.OleFileIO(io.BytesIO(body)) as ole:
        main = ole.openstream("WordDocument").read()
        version, flags, letters = *struct.unpack_from("<2xH6xH", main), struct.unpack_from("<I", main, 0x4C)[0]
        if flags & LOCKED:
            raise NoTextError(ENCRYPTED)
        if version < WORD_97:
            start, end = struct.unpack_from("<II", main, 0x18)
            return [_shown(main[start:end].decode("cp1252", "replace"))]
        table = ole.openstream("1Table" if flags & SECOND_TABLE else "0Table").read()
    start, size = struct.unpack_from("<II", main, 0x1A2)
    return [_shown("".join(_pieces(main, table[start : start + size]))[:letters])]


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    """The pieces in order: behind paragraph properties (1, size) comes the table (2, size, places, descriptions)."""
    at = 0
    while clx[at] == 1:
        at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
    count = (struct.unpack_from("<I", clx, at + 1)[0] - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
    described = at + 5 + 4 * (count + 1)
    for number, (first, end) in enumerate(pairwise(places)):
        (start,) = struct.unpack_from("<I", clx, described + 8 * number + 2)
        if start & BYTES:
            start = (start ^ BYTES) // 2
            yield main[start : start + end - first].decode("cp1252", "replace")
        else:
            yield main[start : start + 2 * (end - first)].decode("utf-16-le", "replace")


def _shown(text: str) -> str:
    """Text as Word shows it: of a field its result, not its instruction; marks of cells, rows and breaks."""
    shown: list[str] = []
    instructions: list[bool] = []
    for part in FIELDS.split(text):
        if part == "\x13":
            instructions.append(True)
        elif part in ("\x14", "\x15"):
            if instructions:
                instructions.pop()
            if part == "\x14":
                instructions.append(False)
        elif not any(instructions):
            shown.append(part)
    return ROW_END.sub("\n", "".join(shown)).replace("\x07", " | ").translate(SIGNS)


def rich_text(body: bytes) -> list[str]:
    """The text of an .rtf: paragraphs and table rows as lines, cells joined by " | "."""
    # Only rich text needs it.
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415

    # The blank keeps the library from looking for links, by a pattern whose time grows with the square.
    plain = PICTURE.sub("", body.decode("latin-1")).replace("\\fldinst{", "\\fldinst {")
    text = str(rtf_to_text(plain, errors="replace"))  # type: ignore[no-untyped-call]
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return [text.replace("|\n", "\n").replace("|", " | ")]
