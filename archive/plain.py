"""A capture's body as its portal wrote it: the compression of its way undone, exactly as a crawl undoes it."""

import io
import struct
import zlib
from gzip import GzipFile

from archive.records import Capture

PIECE = 1 << 16
GZIP = frozenset({"gzip", "x-gzip"})


class Packed(ValueError):  # noqa: N818  # a verdict on one body
    """A body whose compression is unknown or broken from its first byte."""


def plain(capture: Capture) -> bytes:
    """The body without its `Content-Encoding`, as far as it is sound. Raises Packed."""
    body = capture.body
    for packing in reversed([one.strip() for one in capture.header("Content-Encoding").lower().split(",")]):
        if not body or packing in {"", "identity"}:
            continue
        try:
            body = _undone(body, packing)
        except (OSError, EOFError, struct.error, zlib.error) as error:
            raise Packed(f"its {packing} is broken ({type(error).__name__})") from None
    return body


def _undone(body: bytes, packing: str) -> bytes:
    if packing in GZIP:
        return _gunzip(body)
    return _inflate(body) if packing == "deflate" else _other(body, packing)


def _gunzip(body: bytes) -> bytes:
    out, file = io.BytesIO(), GzipFile(fileobj=io.BytesIO(body))
    while True:
        try:
            piece = file.read1(PIECE)
        except (OSError, EOFError, struct.error, zlib.error):
            if out.tell():
                return out.getvalue()
            raise
        if not piece:
            return out.getvalue()
        out.write(piece)


def _inflate(body: bytes) -> bytes:
    """Deflate with its wrapper, or without, as some old servers send it."""
    try:
        return zlib.decompressobj().decompress(body)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body)


def _other(body: bytes, packing: str) -> bytes:
    """What a crawl never asks for, and others' captures have."""
    from warcio.bufferedreaders import DecompressingBufferedReader  # noqa: PLC0415 # seldom needed

    if packing != "br":
        raise Packed(f"its packing {packing} is unknown")
    whole: bytes = DecompressingBufferedReader(io.BytesIO(body), decomp_type=packing).read()
    return whole
