"""Bodies of responses in pieces: shared chrome is compressed once, counters stay alive.

A page is cut at its counters. Every fixed piece keeps its own raw deflate stream, ended by a
full flush, so that a gzip answer is those streams joined by stored blocks for the counters:
one valid member (RFC 1951 section 3.2.4, RFC 1952) at the price of a copy and a CRC.
"""

import zlib
from collections.abc import Callable, Mapping
from functools import cached_property
from struct import pack

MARK = "\x00"
Encode = Callable[[str], bytes]
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"


class Piece:
    """Fixed bytes of a page and their compressed form."""

    def __init__(self, text: str | bytes, encode: Encode = str.encode) -> None:
        self.plain = encode(text) if isinstance(text, str) else text

    @cached_property
    def deflated(self) -> bytes:
        """Raw deflate blocks, byte-aligned, none of them final."""
        if len(self.plain) < 1200:
            return stored(self.plain)
        packer = zlib.compressobj(4 if len(self.plain) > 20_000 else 1, zlib.DEFLATED, -15)
        return packer.compress(self.plain) + packer.flush(zlib.Z_FULL_FLUSH)


def stored(data: bytes) -> bytes:
    """Fewer than 64 KiB as one stored block: a small piece is not worth a compressor."""
    return pack("<BHH", 0, len(data), len(data) ^ 0xFFFF) + data


def cut(text: str, chrome: Mapping[str, "list[Piece | str]"], encode: Encode = str.encode) -> "list[Piece | str]":
    """A page's text in pieces: between two marks stands a block of chrome or a counter's name."""
    pieces: list[Piece | str] = []
    for number, part in enumerate(text.split(MARK)):
        if number % 2 == 0:
            pieces += [Piece(part, encode)] if part else []
        elif part in chrome:
            pieces += chrome[part]
        else:
            pieces.append(part)
    return pieces


class Body:
    """A response's body: `count` makes the text of a counter from its name."""

    def __init__(self, pieces: "list[Piece | str]", encode: Encode = str.encode) -> None:
        self.pieces = pieces
        self._encode = encode

    @cached_property
    def etag(self) -> str:
        """A validator of the fixed pieces; counters do not change it."""
        crc = 0
        for piece in self.pieces:
            crc = zlib.crc32(piece.plain, crc) if isinstance(piece, Piece) else crc
        return f'"{crc:08x}"'

    def plain(self, count: Callable[[str], str]) -> bytes:
        """The body as it is."""
        return b"".join(
            piece.plain if isinstance(piece, Piece) else self._encode(count(piece)) for piece in self.pieces
        )

    def gzip(self, count: Callable[[str], str]) -> bytes:
        """The body as one gzip member."""
        crc, size, out = 0, 0, [_HEADER]
        for piece in self.pieces:
            if isinstance(piece, Piece):
                data = piece.plain
                out.append(piece.deflated)
            else:
                data = self._encode(count(piece))
                out.append(stored(data))
            crc, size = zlib.crc32(data, crc), size + len(data)
        return b"".join((*out, _END, pack("<II", crc, size & 0xFFFFFFFF)))
