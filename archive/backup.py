"""A backup: one tar of the database, the WARC files and the portal files, with a manifest of digests as its last file.

database.sqlite or database.dump · portals/… · warc/… or warc.sha256 · manifest.json

It is written beside its place and takes the name at the end. WARC files go from where they lie straight into the tar.
"""

import fcntl
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import make_url

from archive.backup_captures import Piece, closed, pieces, portal_files
from archive.backup_database import NAMES, Known, Watch, copy
from archive.version import SOFTWARE
from config.errors import UserError
from config.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
DIGESTS = "warc.sha256"
"""What stands for the WARC files in a backup without captures; `sha256sum -c` reads it in the data folder."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written: its size, the archive's version, how many WARC files, and what was not to be had."""

    bytes: int
    archive_version: int
    captures: int
    lacking: tuple[str, ...]


def backup(settings: Settings, output: Path, *, captures: bool = True, watch: Watch) -> Made:
    """Write the archive as it is now; crawls may go on. Raises UserError, and `output` is then as it was."""
    with _beside(output) as (file, database):
        whole = closed(settings.data)
        known = copy(settings, database, watch)
        taken, lacking = pieces(settings.data, known, whole)
        kind = make_url(settings.database).get_backend_name()
        always = [Piece(NAMES[kind], database, database.stat().st_size), *portal_files(settings.portals)]
        tar = Tar(file, sum(piece.bytes for piece in (*always, *taken)), watch)
        for piece in always:
            tar.add(piece)
        if captures:
            for piece in taken:
                tar.add(piece)
        else:
            tar.write(DIGESTS, "".join(f"{tar.digest(piece)}  {piece.name}\n" for piece in taken).encode())
        tar.write(MANIFEST, _manifest(known, tar.files, captures=captures, lacking=lacking))
        tar.close()
        return Made(file.tell(), known.archive_version, len(taken), tuple(lacking))


def _manifest(known: Known, files: list[dict[str, Any]], *, captures: bool, lacking: list[str]) -> bytes:
    said = {
        "format": FORMAT,
        "tool": SOFTWARE,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "archive_version": known.archive_version,
        "schema": known.schema,
        "captures": captures,
        "lacking": lacking,
        "files": files,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


class Tar:
    """A tar being written; `files` are what went into it, with their digests."""

    def __init__(self, file: BinaryIO, total: int, watch: Watch) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 # closed by close
        self._watch, self._done, self._total = watch, 0, total
        self.files: list[dict[str, Any]] = []

    def add(self, piece: Piece) -> None:
        """Put the first bytes of a file into the tar."""
        with _Part(piece, self._count) as part:
            self._put(piece.name, piece.bytes, part, int(piece.path.stat().st_mtime))
            self._note(piece.name, piece.bytes, part.digest.hexdigest())

    def write(self, name: str, content: bytes) -> None:
        """Put bytes into the tar."""
        self._put(name, len(content), io.BytesIO(content), int(datetime.now(UTC).timestamp()))
        self._note(name, len(content), hashlib.sha256(content).hexdigest())

    def digest(self, piece: Piece) -> str:
        """The digest of a file's first bytes, which stay outside the tar."""
        with _Part(piece, self._count) as part:
            while part.read(1 << 20):
                pass
            return part.digest.hexdigest()

    def close(self) -> None:
        """End the tar; the file beneath stays open."""
        self._tar.close()

    def _put(self, name: str, size: int, file: Any, changed: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, changed, 0o444 if name.startswith("warc/") else 0o644
        self._tar.addfile(info, file)

    def _note(self, name: str, size: int, digest: str) -> None:
        self.files.append({"name": name, "bytes": size, "sha256": digest})

    def _count(self, size: int) -> None:
        self._done += size
        self._watch("Writing the backup", self._done, self._total)


class _Part:
    """The first bytes of a file, digested while they are read. Raises UserError when there are fewer, or no reading."""

    def __init__(self, piece: Piece, count: Callable[[int], None]) -> None:
        self._piece, self._left, self._count = piece, piece.bytes, count
        self.digest = hashlib.sha256()

    def __enter__(self) -> "_Part":
        try:
            self._file = self._piece.path.open("rb")
        except OSError as error:
            raise UserError(f"{self._piece.path}: {error.strerror}; it cannot be backed up") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Some of the bytes that are left."""
        try:
            data = self._file.read(min(size, self._left))
        except OSError as error:
            raise UserError(f"{self._piece.path}: {error.strerror}; the disk may be failing") from None
        if self._left and not data:
            raise UserError(f"{self._piece.path}: became shorter while it was read; run `caicach verify`")
        self._left -= len(data)
        self.digest.update(data)
        self._count(len(data))
        return data


@contextmanager
def _beside(output: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file that takes the output's name at the end, and a place for the database beside it; both vanish else.

    Names are always the same, and locked: what a killed backup left is written over by the next.
    """
    part, database = (output.with_name(f".{output.name}.{what}") for what in ("part", "database"))
    try:
        with part.open("ab") as file:
            _alone(file, part)
            with ExitStack() as undone:
                undone.callback(part.unlink)
                undone.callback(_remove, database)
                file.truncate(0)
                _remove(database)
                yield file, database
                file.flush()
                os.fsync(file.fileno())
                part.replace(output)
                undone.pop_all()
            _remove(database)
    except OSError as error:
        raise UserError(f"{output}: {error.strerror}; make room, or choose another place") from None


def _alone(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file.fileno()).st_ino == path.stat().st_ino:
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    raise UserError(f"{path}: another backup is being written there; wait for it, or choose another name")


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
