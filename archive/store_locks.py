"""One process crawls one portal, one writes a search server: locks that end with their process, whatever ends it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from archive.database import connect
from archive.identity import digest


@contextmanager
def portal_lock(engine: Engine, data: Path, slug: str) -> Iterator[bool]:
    """Whether this process has the portal to itself until the end of the block."""
    lock = (
        _advisory(engine, "portal", slug)
        if engine.dialect.name == "postgresql"
        else _file(data / "locks" / f"{slug}.lock")
    )
    with lock as held:
        yield held


@contextmanager
def index_lock(database: str, server: str) -> Iterator[bool]:
    """Whether this process, of all machines over one PostgreSQL, may write a search server's index.

    An archive in a SQLite file is one machine's, whose processes a lock in the data folder keeps apart.
    """
    engine = connect(database)
    if engine.dialect.name != "postgresql":
        yield True
        return
    try:
        with _advisory(engine, "search server", server) as held:
            yield held
    finally:
        engine.dispose()


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
def _advisory(engine: Engine, kind: str, name: str) -> Iterator[bool]:
    """A lock of the server on a connection of its own, which lives as long as the lock."""
    key = int(digest(kind, name)[:15], 16)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar())
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
