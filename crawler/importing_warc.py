"""Reads WARC files that others made: responses and revisits, gzipped by record or not, whole or damaged.

BadRecord      one record that cannot be used; the message says why
BadFile        a file that is no WARC at all; a UserError
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed

from config.errors import UserError

LARGEST = 50_000_000
GZIP = 31
"""zlib's window bits for gzip."""
STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})")
HEAD_END = re.compile(rb"\r?\n\r?\n")
PACKED = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br"}
BROKEN = (ArchiveLoadFailed, EOFError, zlib.error, OSError, ValueError)
STARTS = (b"\x1f\x8b\x08", b"WARC/")


class BadFile(UserError):  # noqa: N818  # as its sibling
    """A file that holds no WARC records."""


class BadRecord(Exception):  # noqa: N818  # a verdict on one record
    """A record that cannot be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A response or revisit in a file, as its own head describes it; the block is not read yet."""

    file: Path
    offset: int
    type: str
    record_id: str
    url: str
    at: datetime
    digest: str
    refers_to: str = ""
    refers_at: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What an entry holds: status, headers in order, the body with the server's own compression."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def plain(self) -> bytes:
        """The body with its compression undone; raises BadRecord when that is broken."""
        packing = PACKED.get(self.header("content-encoding").strip().lower())
        if packing is None or not self.body:
            return self.body
        try:
            whole = _unpacked(self.body, packing)
        except BROKEN as error:
            raise BadRecord(f"its {packing} is broken or cut ({type(error).__name__})") from None
        if len(whole) > LARGEST:
            raise BadRecord(f"larger than {LARGEST // 1_000_000} MB when unpacked")
        return whole


def _unpacked(body: bytes, packing: str) -> bytes:
    """A body unpacked, as far as it may go; EOFError for one that is cut off, as half an article is none."""
    if packing == "br":
        whole: bytes = DecompressingBufferedReader(BytesIO(body), decomp_type=packing).read(LARGEST + 1)
        return whole
    stream = zlib.decompressobj(
        GZIP if packing == "gzip" else zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS
    )
    whole = stream.decompress(body, LARGEST + 1)
    if not stream.eof and len(whole) <= LARGEST:
        raise EOFError
    return whole


def files_of(paths: list[Path]) -> list[Path]:
    """The WARC files that are named, and those in folders that are named; raises UserError for what is not there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.name.lower().endswith((".warc", ".warc.gz")))
            if not inside:
                raise UserError(f"{path}: no .warc or .warc.gz file lies in this folder")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise UserError(f"{path}: no such file")
    return list(dict.fromkeys(found))


def scan(path: Path) -> Iterator[Entry | BadRecord]:
    """The responses and revisits of a file in its order; a BadRecord for each that cannot be used.

    After damage it goes on with the next whole record. Raises BadFile.
    """
    with path.open("rb") as file:
        if not _is_warc(file):
            raise BadFile(f"{path}: not a WARC file (.warc, or .warc.gz with a gzip member for each record)")
        offset, told = 0, False
        while offset >= 0:
            file.seek(offset)
            records = ArchiveIterator(file, no_record_parse=True)
            at, last = offset, None
            try:
                for record in records:
                    at, told = records.get_record_offset(), False
                    if last is not None:
                        yield last
                    last = _entry(path, at, record)
                if last is not None:
                    yield last
                return
            except BROKEN as error:
                if last is not None and (isinstance(last, BadRecord) or _whole(last)):
                    yield last
                if not told and not isinstance(last, BadRecord):
                    yield BadRecord(f"damaged near byte {at}: {type(error).__name__}")
                told, offset = True, _next_start(file, at + 1)


def _whole(entry: Entry) -> bool:
    """Whether the record before damage is itself whole."""
    try:
        load(entry)
    except BadRecord:
        return False
    return True


def _is_warc(file: BinaryIO) -> bool:
    start = file.read(1 << 16)
    if start.startswith(b"\x1f\x8b"):
        try:
            start = zlib.decompressobj(GZIP).decompress(start, 16)
        except zlib.error:
            return False
    return start.startswith(b"WARC/")


def _next_start(file: BinaryIO, after: int) -> int:
    """Where the next record begins; -1 when none does."""
    file.seek(0)
    mark = STARTS[0] if file.read(2) == STARTS[0][:2] else STARTS[1]
    file.seek(after)
    position, tail = after, b""
    while chunk := file.read(1 << 20):
        data = tail + chunk
        at = data.find(mark)
        while at >= 0:
            start = position - len(tail) + at
            if _begins(data[at : at + 4096], mark):
                return start
            at = data.find(mark, at + 1)
        position += len(chunk)
        tail = data[-4096:]
    return -1


def _begins(data: bytes, mark: bytes) -> bool:
    if mark == STARTS[1]:
        return data[5:8] in {b"1.0", b"1.1"}
    try:
        return zlib.decompressobj(GZIP).decompress(data, 5) == b"WARC/"
    except zlib.error:
        return False


def _entry(path: Path, offset: int, record: Any) -> Entry | BadRecord | None:
    """What a record's head says; None for one that is no answer of a server."""
    head = record.rec_headers
    if record.rec_type not in {"response", "revisit"}:
        return None
    url, said = head.get_header("WARC-Target-URI") or "", head.get_header("WARC-Date") or ""
    if not url.strip("<>").lower().startswith(("http://", "https://")):
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return BadRecord(f"no time: WARC-Date is {said[:40]!r}")
    if int(head.get_header("Content-Length") or 0) > LARGEST:
        return BadRecord(f"larger than {LARGEST // 1_000_000} MB")
    return Entry(
        file=path,
        offset=offset,
        type=record.rec_type,
        record_id=head.get_header("WARC-Record-ID") or "",
        url=url.strip("<>"),
        at=at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC),
        digest=head.get_header("WARC-Payload-Digest") or "",
        refers_to=head.get_header("WARC-Refers-To") or "",
        refers_at=f"{head.get_header('WARC-Refers-To-Target-URI')} {head.get_header('WARC-Refers-To-Date')}",
    )


def load(entry: Entry) -> Block:
    """What an entry holds, checked against its digests where they can be; raises BadRecord."""
    try:
        with entry.file.open("rb") as file:
            file.seek(entry.offset)
            record = next(iter(ArchiveIterator(file, no_record_parse=True)))
            block: bytes = record.raw_stream.read()
            length = int(record.rec_headers.get_header("Content-Length") or len(block))
    except (*BROKEN, StopIteration) as error:
        raise BadRecord(f"cannot be read ({' '.join(str(error).split())[:80]})") from None
    if len(block) != length:
        raise BadRecord("cut off")
    status = STATUS.match(block)
    end = HEAD_END.search(block)
    if status is None:
        raise BadRecord("no answer of a web server")
    head, sent = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    headers = tuple(_headers(head))
    body = _unchunked(sent) if _chunked(headers) else sent
    said = record.rec_headers.get_header("WARC-Block-Digest") or ""
    if entry.type == "response" and not _matches(entry.digest, said, block, sent, body):
        raise BadRecord("its digest differs")
    return Block(int(status[1]), headers, body)


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("latin-1").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _chunked(headers: tuple[tuple[str, str], ...]) -> bool:
    return any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)


def _unchunked(sent: bytes) -> bytes:
    """A body whose chunks were kept as they came; one whose chunks were joined already is given as it is."""
    body: bytes = ChunkedDataReader(BytesIO(sent), decomp_type=None).read(LARGEST)
    return body


def _matches(payload: str, block: str, whole: bytes, *bodies: bytes) -> bool:
    """Whether one of the digests that a record states is right; True when it states none that can be computed.

    Tools differ on whether a payload is with its chunks or without.
    """
    checks = [_same(payload, data) for data in bodies] + [_same(block, whole)]
    known = [check for check in checks if check is not None]
    return not known or any(known)


def _same(said: str, data: bytes) -> bool | None:
    algorithm, _, value = said.partition(":")
    if algorithm.lower() not in {"sha1", "sha256", "md5", "sha-1", "sha-256"} or not value:
        return None
    made = hashlib.new(algorithm.lower().replace("-", ""), data, usedforsecurity=False)
    return value.strip().lower() in {made.hexdigest(), base64.b32encode(made.digest()).decode().lower()}
