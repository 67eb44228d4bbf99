"""One gzip member per WARC record: packing, scanning and unpacking them.

A body that came compressed is stored, not compressed again: deflate would spend ten times
the time of all the rest and win nothing. The head in front of it is worth deflating.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

GZIP = 31
"""zlib's window bits for a gzip member."""
RAW = -15
"""zlib's window bits for deflate without a wrapper."""
SMALL, LITTLE = -12, 5
"""The same with a window of 4 KiB and little memory: quickly made, and wide enough for a head or a deed's record."""
BLOCK = 65_535
CHUNK = 65_536
MAGIC = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Ten bytes: gzip, deflate, no flags, no time, no hint, no system (RFC 1952)."""


def pack(head: bytes, body: bytes, *, level: int) -> bytes:
    """A gzip member of head and body; level 0 stores the body and deflates the head alone."""
    small = len(head) + len(body) <= 1 << -SMALL
    if level:
        deflate = zlib.compressobj(level, zlib.DEFLATED, *((SMALL, LITTLE) if small else (RAW,)))
        parts = [MAGIC, deflate.compress(head), deflate.compress(body), deflate.flush()]
    else:
        # A full flush ends on a whole byte, so that stored blocks may follow.
        deflate = zlib.compressobj(6, zlib.DEFLATED, SMALL, LITTLE)
        parts = [MAGIC, deflate.compress(head), deflate.flush(zlib.Z_FULL_FLUSH), *_stored(body)]
    check = zlib.crc32(body, zlib.crc32(head))
    parts.append(struct.pack("<LL", check, (len(head) + len(body)) & 0xFFFFFFFF))
    return b"".join(parts)


def _stored(body: bytes) -> Iterator[bytes]:
    """Deflate's stored blocks (RFC 1951, 3.2.4): a byte that marks the last, the length twice, the data."""
    for start in range(0, len(body) or 1, BLOCK):
        piece = body[start : start + BLOCK]
        yield struct.pack("<BHH", start + BLOCK >= len(body), len(piece), len(piece) ^ 0xFFFF)
        yield piece


def scan(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, content) of every whole member from where the file stands.

    Ends before an incomplete last member; raises zlib.error at one that is damaged.
    """
    position, pending = file.tell(), b""
    while True:
        start, parts = position, []
        member = zlib.decompressobj(GZIP)
        while not member.eof:
            pending = pending or file.read(CHUNK)
            if not pending:
                return
            parts.append(member.decompress(pending))
            position += len(pending) - len(member.unused_data)
            pending = member.unused_data
        yield start, position - start, b"".join(parts)


def holds_record(data: bytes) -> bool:
    """Whether a WARC record begins anywhere after the first byte of these."""
    at = data.find(MAGIC[:4], 1)
    while at >= 0:
        try:
            if zlib.decompressobj(GZIP).decompress(data[at : at + CHUNK], 5) == b"WARC/":
                return True
        except zlib.error:
            pass
        at = data.find(MAGIC[:4], at + 1)
    return False
