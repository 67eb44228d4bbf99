"""One process crawls one portal, one writes a search server: locks that end with their process, whatever ends it.

On PostgreSQL all portals of a process are locked on one connection, which does nothing else: sixty-four crawls cost
the server one. When it is lost the locks are, and whoever holds one must stop: `Locks.lost` counts it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from archive.database import asked, connect
from archive.identity import digest


class Locks:
    """The portals that this process has to itself; not for two threads."""

    def __init__(self, engine: Engine, data: Path) -> None:
        self.data, self.lost = data, 0
        self._engine = connect(engine.url, pooled=False) if engine.dialect.name == "postgresql" else None
        self._connection: Connection | None = None
        self._keys: set[int] = set()

    def close(self) -> None:
        """Let all go."""
        if self._connection is not None:
            self._forget()

    @contextmanager
    def portal(self, slug: str) -> Iterator[bool]:
        """Whether this process has the portal to itself until the end of the block. Raises UserError."""
        if self._engine is None:
            with _file(self.data / "locks" / f"{slug}.lock") as held:
                yield held
            return
        key = _key("portal", slug)
        if key in self._keys or not self._ask(self._engine, "SELECT pg_try_advisory_lock(:key)", key):
            yield False
            return
        self._keys.add(key)
        losses = self.lost
        try:
            yield True
        finally:
            if self.alive() and losses == self.lost:
                self._keys.discard(key)
                self._ask(self._engine, "SELECT pg_advisory_unlock(:key)", key)

    def alive(self) -> bool:
        """Whether what was locked is locked still; asks the server."""
        if self._engine is None or self._connection is None:
            return not self._keys
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self.lost += 1
            self._forget()
            return False
        return True

    def _ask(self, engine: Engine, question: str, key: int) -> bool:
        if self._connection is not None:
            self.alive()  # one that is lost is opened anew
        with asked(engine):
            if self._connection is None:
                self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            return bool(self._connection.execute(text(question), {"key": key}).scalar())

    def _forget(self) -> None:
        connection, self._connection = self._connection, None
        self._keys.clear()
        if connection is not None:
            with suppress(DBAPIError):
                connection.invalidate()
                connection.close()


def _key(kind: str, name: str) -> int:
    return int(digest(kind, name)[:15], 16)


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
    key = _key(kind, name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar())
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
