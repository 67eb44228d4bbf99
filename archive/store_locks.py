"""One process crawls one portal: a lock that ends with its process, whatever ends it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from archive.identity import digest


@contextmanager
def portal_lock(engine: Engine, data: Path, slug: str) -> Iterator[bool]:
    """Whether this process has the portal to itself until the end of the block."""
    lock = _advisory(engine, slug) if engine.dialect.name == "postgresql" else _file(data / "locks" / f"{slug}.lock")
    with lock as held:
        yield held


@contextmanager
def _file(path: Path) -> Iterator[bool]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _advisory(engine: Engine, slug: str) -> Iterator[bool]:
    """A lock of the server on a connection of its own, which lives as long as the lock."""
    key = int(digest("portal", slug)[:15], 16)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar())
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
