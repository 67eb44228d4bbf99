"""Which WARC files a backup takes, and how much of each.

A file that was closed before the database's moment is taken whole. One that was being written then is cut behind
the last record that the database names, and the metadata right after it: what follows belongs to later moments.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import members
from archive.backup_database import Known

CLOSED = 0o200
"""The mode's bit that a file has only while it is written (archive/captures.py)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file's first bytes, as a backup takes them; `name` is the path below the data folder."""

    name: str
    path: Path
    bytes: int


def closed(data: Path) -> dict[str, int]:
    """The size of every file that was closed well, by its path below the data folder."""
    found = {}
    for path in (data / "warc").rglob("*.warc.gz"):
        seen = path.stat()
        if not seen.st_mode & CLOSED:
            found[path.relative_to(data).as_posix()] = seen.st_size
    return found


def pieces(data: Path, known: Known, whole: dict[str, int]) -> tuple[list[Piece], list[str]]:
    """What to take, in the order of names; and a line for each file that lacks what the database knows."""
    written = {path.relative_to(data).as_posix() for path in (data / "warc").rglob("*.warc.gz")}
    taken, lacking = [], []
    for name in sorted(written | known.ends.keys() | known.heads.keys()):
        path, wanted = data / name, max(known.ends.get(name, 0), known.heads.get(name, 0) + 1)
        size = path.stat().st_size if name in written else 0
        if size < wanted:
            lost = f"ends at byte {size}, {wanted} are known" if name in written else "is not there"
            lacking.append(f"{name}: {lost}; restore it from an older backup")
        end = whole.get(name) or end_of(path, known.ends.get(name, 0), known.heads.get(name, -1)) if size else 0
        if end:
            taken.append(Piece(name, path, end))
    return taken, lacking


def end_of(path: Path, end: int, head: int) -> int:
    """Where to cut a file: `end` is behind its last known capture, `head` begins its last finished run's record."""
    with path.open("rb") as file:
        file.seek(max(end, head))
        try:
            for offset, length, content in members.scan(file):
                if offset != head and _is_capture(content):
                    break
                end = offset + length
        except zlib.error:
            pass  # what is known lies before it
    return min(end, path.stat().st_size)


def _is_capture(content: bytes) -> bool:
    head = content.partition(b"\r\n\r\n")[0]
    return b"\r\nWARC-Type: response" in head or b"\r\nWARC-Type: revisit" in head


def portal_files(folder: Path) -> Iterator[Piece]:
    """The portal files and what lies beside them, as `portals/…`."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts):
            yield Piece(f"portals/{path.relative_to(folder).as_posix()}", path, path.stat().st_size)
