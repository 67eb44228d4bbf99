"""Whether a response came whole, where its length does not tell: packed bodies and pages that simply end; pure."""

import zlib

from archive.records import Capture

TRAILER = 18
"""Bytes of an empty gzip member: its head and its trailer."""
END = 20_000
"""Bytes at the end of a page in which its end tag stands; some servers put scripts after it."""
PIECE = 1 << 20


def unpacked_whole(capture: Capture, body: bytes) -> bool:
    """Whether a gzip body was unpacked to its very end; True for what is not gzip. `body` is unpacked."""
    packed = capture.body
    if "gzip" not in capture.header("Content-Encoding").lower() or not packed or not body:
        return True
    stated = int.from_bytes(packed[-4:], "little")
    return (len(packed) >= TRAILER and stated == len(body) & 0xFFFFFFFF) or _ends(packed)


def _ends(packed: bytes) -> bool:
    """Whether the last member of a gzip body has its end; zeros may follow (RFC 1952 2.2)."""
    while packed.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(31)
        try:
            unpacker.decompress(packed, PIECE)
            while not unpacker.eof and unpacker.unconsumed_tail:
                unpacker.decompress(unpacker.unconsumed_tail, PIECE)
        except zlib.error:
            return False
        if not unpacker.eof:
            return False
        packed = unpacker.unused_data.lstrip(b"\0")
    return not packed


def closed(body: bytes) -> bool:
    """Whether a page has its end tag."""
    return b"</html" in body[-END:].lower()
