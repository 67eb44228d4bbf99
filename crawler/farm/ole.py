"""A Word 97 document: text in a WordDocument stream, its place in a table stream, both in an OLE file.

[MS-CFB] version 3 with sectors of 512 bytes; [MS-DOC] with one piece of UTF-16 text and no formatting.
"""

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, TABLE, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
SMALLEST = 4096
"""Shorter streams would stand in the mini stream."""
TEXT_AT = 1024


def word(lines: Sequence[str]) -> bytes:
    """The paragraphs as a document."""
    text = "".join(f"{line}\r" for line in lines)
    data = text.encode("utf-16-le")
    units = len(data) // 2
    clx = struct.pack("<BIIIHIH", 2, 16, 0, units, 0, TEXT_AT, 0)
    return _file({"WordDocument": _fib(units, len(data), len(clx)) + data, "1Table": clx})


def _fib(units: int, size: int, clx: int) -> bytes:
    """The file information block: which version, where the text is, where its piece table."""
    head = bytearray(TEXT_AT)
    struct.pack_into("<HHHHHH", head, 0, 0xA5EC, 0x00C1, 0, 0x042A, 0, 0x1200)  # Vietnamese; tables in 1Table
    struct.pack_into("<II", head, 0x18, TEXT_AT, TEXT_AT + size)
    struct.pack_into("<H", head, 0x20, 14)
    struct.pack_into("<H", head, 0x3E, 22)
    struct.pack_into("<I", head, 0x40, TEXT_AT + size)
    struct.pack_into("<I", head, 0x4C, units)
    struct.pack_into("<H", head, 0x98, 93)
    struct.pack_into("<II", head, 0x1A2, 0, clx)
    return bytes(head)


def _file(streams: dict[str, bytes]) -> bytes:
    """An OLE file: header, the streams, the directory, the allocation table."""
    body = b""
    chain: list[int] = []
    entries: list[tuple[str, int, int]] = []
    for name, data in streams.items():
        padded = data.ljust(SMALLEST, b"\0")
        count = -(-len(padded) // SECTOR)
        entries.append((name, len(chain), len(padded)))
        chain += [*range(len(chain) + 1, len(chain) + count), END]
        body += padded.ljust(count * SECTOR, b"\0")
    directory = len(chain)
    chain.append(END)
    tables = 1
    while (len(chain) + tables) * 4 > tables * SECTOR:
        tables += 1
    first = len(chain)
    chain += [TABLE] * tables
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
    return _header(directory, first, tables) + body + _directory(entries) + table


def _header(directory: int, first: int, tables: int) -> bytes:
    places = [*range(first, first + tables), *[FREE] * (109 - tables)]
    return (
        struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, tables, directory, 0, SMALLEST, END, 0, END, 0)
        + struct.pack("<109I", *places)
    )


def _directory(streams: list[tuple[str, int, int]]) -> bytes:
    """The root, whose child is the first stream, and that one's left neighbour the second (shorter names are less)."""
    entries = [_entry("Root Entry", 5, (NONE, 1), (END, 0))]
    for number, (name, start, size) in enumerate(streams):
        entries.append(_entry(name, 2, (2 if number == 0 else NONE, NONE), (start, size)))
    return b"".join(entries).ljust(SECTOR, b"\0")


def _entry(name: str, kind: int, links: tuple[int, int], place: tuple[int, int]) -> bytes:
    """One entry: its left neighbour and child, its first sector and size."""
    letters = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIII", letters, len(letters) + 2, kind, 1, links[0], NONE, links[1], *place, 0)
