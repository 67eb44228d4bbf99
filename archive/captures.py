"""Captures in WARC files: written once, flushed before the answer, mended after a crash.

A file is locked (flock) while it is written and made read-only when it was closed well, so
that `mend` knows which files to look at. What the records say is in archive/warc.py.
"""

import fcntl
import io
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

from archive import members, warc
from archive.records import Capture, Located
from archive.warc import Record
from config.errors import UserError

ROTATE = 1 << 30
"""Bytes after which a new file is begun."""


class CaptureError(UserError):
    """A record is not where it should be, is cut, or does not match its digest."""


class CaptureWriter:
    """Appends records to `data/warc/YYYY/MM/DD/<UTC stamp>-<pid>.warc.gz`; not for two threads.

    What was written is with the operating system before a method returns, so that SIGKILL
    loses nothing; `sync` and `close` bring it to the disk. Raises UserError when the disk is
    full or the folder cannot be written; the file then ends with its last whole record.
    """

    def __init__(self, data: Path, *, contact: str = "", rotate: int = ROTATE) -> None:
        self.data, self.contact, self.rotate = data, contact, rotate
        self._file: io.FileIO | None = None
        self._path, self._offset = "", 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, capture: Capture, *, run: int, portal: str, original: Located | None = None) -> Located:
        """Keep one response; with `original`, as a revisit of a capture with the same body."""
        digest = capture.digest
        place = self._append(warc.response(capture, digest, run=run, portal=portal, original=original))
        return replace(place, digest=digest, url=capture.url, fetched_at=capture.fetched_at)

    def metadata(self, name: str, content: Mapping[str, Any]) -> Located:
        """Keep what no response holds, as JSON under `urn:caicach:<name>`: a run, a portal file."""
        body = json.dumps(content, ensure_ascii=False).encode()
        now, url = datetime.now(UTC), f"urn:caicach:{name}"
        place = self._append([warc.metadata(url, body, now)])
        return replace(place, digest=warc.digest(body), url=url, fetched_at=now)

    def sync(self) -> None:
        """Bring what was written to the disk."""
        if self._file:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """End the file: on the disk, read-only, unlocked."""
        if self._file:
            _seal(self._file)
            self._file.close()
            self._file = None

    def _append(self, packed: list[bytes]) -> Located:
        size = sum(map(len, packed))
        if self._file and self._offset + size > self.rotate:
            self.close()
        try:
            file = self._file or self._begin()
            _write(file, b"".join(packed), self._offset)
        except OSError as error:
            place = self.data / "warc"
            raise UserError(f"{place}: {error.strerror}; make room, or make it writable, and run again") from None
        self._offset += size
        return Located(self._path, self._offset - size, len(packed[0]))

    def _begin(self) -> io.FileIO:
        """Open a new file, lock it, head it with a warcinfo record."""
        file, path = None, Path()
        while file is None:
            now = datetime.now(UTC)
            path = self.data / f"warc/{now:%Y/%m/%d}" / f"{now:%Y%m%d%H%M%S%f}-{os.getpid()}.warc.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            file = _lock(io.FileIO(path, "x"))
        info = warc.warcinfo(path.name, self.contact, now)
        try:
            _write(file, info, 0)
        except OSError:
            file.close()
            path.unlink()
            raise
        self._file, self._path, self._offset = file, path.relative_to(self.data).as_posix(), len(info)
        return file


def mend(folder: Path) -> list[str]:
    """Cut the incomplete last record of files whose writer died; a line for each thing found.

    Files that somebody writes (locked) or that were closed well (read-only) are left alone.
    Damage that whole records follow is told, and nothing is cut.
    """
    found = []
    for path in sorted(folder.rglob("*.warc.gz")):
        try:
            if path.stat().st_mode & 0o200 and (file := _lock(io.FileIO(path, "r+"))):
                with file:
                    found.append(_mend(file, path))
        except OSError as error:
            found.append(f"{path}: {error.strerror}; it could not be looked at after a crash")
    return [line for line in found if line]


def load(data: Path, located: Located, original: Located | None = None) -> Capture:
    """The capture at a place; a revisit's body is the one of `original`, else empty.

    Raises CaptureError.
    """
    record = read(data, located)
    if record.capture is None:
        raise CaptureError(f"{located.warc}:{located.offset}: a {record.type} record holds no capture")
    if record.type == "response" or original is None:
        return record.capture
    return replace(record.capture, body=load(data, original).body)


def whole(data: Path, located: Located, original: Located | None = None) -> Capture:
    """The capture at a place with its body; raises CaptureError, also for a revisit without its original."""
    record = read(data, located)
    if record.capture is None or (record.type == "revisit" and original is None):
        raise CaptureError(f"{located.warc}:{located.offset}: a {record.type} record holds no body")
    return record.capture if original is None else replace(record.capture, body=load(data, original).body)


def read(data: Path, located: Located) -> Record:
    """The record at a place, checked against its digests; raises CaptureError."""
    try:
        with (data / located.warc).open("rb") as file:
            file.seek(located.offset)
            record = next(_records(file, located.warc), None)
    except OSError as error:
        raise CaptureError(f"{located.warc}: {error.strerror}; restore it from a backup") from None
    if record is None:
        raise CaptureError(f"{located.warc}:{located.offset}: no whole record there; restore it from a backup")
    if located.digest and record.located.digest != located.digest:
        raise CaptureError(f"{located.warc}:{located.offset}: not what was kept, its digest differs; restore it")
    return record


def walk(path: Path, data: Path | None = None) -> Iterator[Record]:
    """All records of a file in order, places relative to `data`; raises CaptureError at damage.

    The request beside a POST's answer is not given by itself: it is the capture's `sent`.
    """
    with path.open("rb") as file:
        yield from _records(file, path.relative_to(data).as_posix() if data else path.name)


def _records(file: BinaryIO, name: str) -> Iterator[Record]:
    unpacked = _unpacked(file, name)
    for record, _ in unpacked:
        if record.capture and record.capture.method != "GET":
            _, block = next(unpacked, (None, b""))
            sent = block.partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
            yield replace(record, capture=replace(record.capture, sent=sent))
        else:
            yield record


def _unpacked(file: BinaryIO, name: str) -> Iterator[tuple[Record, bytes]]:
    offset = file.tell()
    try:
        for offset, length, content in members.scan(file):
            yield warc.parse(Located(name, offset, length), content), content
    except (zlib.error, ValueError) as error:
        raise CaptureError(f"{name}: damaged at or after byte {offset} ({error}); restore it from a backup") from None


def _mend(file: io.FileIO, path: Path) -> str:
    """Seal a file after cutting what follows its last whole member; what was done, or nothing."""
    whole, damage = 0, ""
    try:
        for offset, length, _ in members.scan(file):
            whole = offset + length
    except zlib.error as error:
        damage = str(error)
    file.seek(whole)
    rest = file.readall()
    if members.holds_record(rest):
        return f"{path}: damaged at byte {whole} ({damage or 'cut'}), whole records follow; restore it from a backup"
    if whole == 0:
        path.unlink()
        return f"{path}: held no whole record, removed"
    file.truncate(whole)
    _seal(file)
    return f"{path}: cut {len(rest)} bytes of an incomplete last record" if rest else ""


def _lock(file: io.FileIO) -> io.FileIO | None:
    """The file, locked for us alone; None, and closed, when another has it or took it away."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file.fileno()).st_nlink:
            return file
    except BlockingIOError:
        pass
    file.close()
    return None


def _seal(file: io.FileIO) -> None:
    os.fsync(file.fileno())
    os.fchmod(file.fileno(), 0o444)


def _write(file: io.FileIO, data: bytes, offset: int) -> None:
    """Write all of it at the file's end; when that fails, leave the file as it was."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(offset)
        file.seek(offset)
        raise
