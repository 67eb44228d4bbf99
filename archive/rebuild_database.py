"""A new database beside the old one, which takes its place in one step when it is whole.

SQLite: a file beside the file. PostgreSQL: a schema within the same database, whose tables are moved in one
transaction. What no capture proves (notices, alarms, the scheduler's duties and rests) is carried over.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event, inspect, make_url, text

from archive import database
from archive.rebuild_carry import carry
from archive.tables import metadata
from config.errors import UserError
from config.settings import Settings

SCHEMA, OLD = "caicach_rebuild", "caicach_before"
PATIENCE = 20.0
"""Seconds for which the last readers of the old file are waited for."""
BUSY = "is in use: end `caicach serve`, `schedule`, `worker` and crawls, and run it again"


@contextmanager
def beside(settings: Settings) -> Iterator[Engine]:
    """An empty database with today's schema; when the block ends well it is the archive's. Raises UserError.

    Nobody else writes meanwhile; whoever reads goes on reading the old one until the end.
    """
    with _one_rebuild(settings.data):
        kind = make_url(settings.database).get_backend_name()
        with (_postgres if kind == "postgresql" else _sqlite)(settings) as engine:
            yield engine


@contextmanager
def _one_rebuild(data: Path) -> Iterator[None]:
    data.mkdir(parents=True, exist_ok=True)
    with (data / ".rebuild.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"{data}: another rebuild goes on there; wait for it") from None
        yield


@contextmanager
def _sqlite(settings: Settings) -> Iterator[Engine]:
    target = Path(make_url(settings.database).database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.rebuilding")
    _remove(part)
    with ExitStack() as stack:
        old = stack.enter_context(_held(target))
        stack.callback(_remove, part)
        engine = database.connect(f"sqlite:///{part}")
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        stack.callback(engine.dispose)
        database.upgrade(engine)
        yield engine
        if old is not None:
            _carried(target, engine)
        engine.dispose()
        with closing(sqlite3.connect(part, isolation_level=None)) as whole:
            whole.execute("PRAGMA journal_mode=DELETE")
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if old is not None:
            old()
        part.replace(target)


def _carried(target: Path, engine: Engine) -> None:
    old = database.connect(f"sqlite:///{target}")
    try:
        carry(old, engine)
    finally:
        old.dispose()


@contextmanager
def _held(target: Path) -> Iterator[Callable[[], None] | None]:
    """Keep writers out of the old file; what lets go of it at the end, so that its log may never meet the new one."""
    if not target.exists():
        yield None
        return
    with closing(sqlite3.connect(target, isolation_level=None, timeout=1)) as connection:
        try:
            _alone(connection, target, wait=0)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            raise UserError(f"{target} {BUSY}") from None
        except sqlite3.DatabaseError:  # what is there is no database any more
            yield None
            return

        def let_go() -> None:
            connection.execute("ROLLBACK")
            _alone(connection, target, wait=PATIENCE)

        yield let_go


def _alone(connection: sqlite3.Connection, target: Path, *, wait: float) -> None:
    """Put the log into the file and remove it, which works only while nobody else has the file open."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            if time.monotonic() >= until:
                raise UserError(f"{target} {BUSY}") from None
            time.sleep(0.2)
        else:
            return


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _postgres(settings: Settings) -> Iterator[Engine]:
    old = database.connect(settings.database)
    with ExitStack() as stack:
        stack.callback(old.dispose)
        with database.asked(old):
            holder = stack.enter_context(old.connect().execution_options(isolation_level="AUTOCOMMIT"))
            if not holder.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": database.WRITERS}).scalar():
                raise UserError(f"{old.url.render_as_string()} {BUSY}")
            for schema in (SCHEMA, OLD):
                holder.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            holder.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        stack.callback(_drop, holder)
        own = database.connect(old.url.update_query_dict({"options": f"-csearch_path={SCHEMA}"}))
        engine = own.execution_options(alone=True)
        stack.callback(engine.dispose)
        database.upgrade(engine)
        yield engine
        carry(old, engine)
        _take_place(old)


def _drop(holder: Connection) -> None:
    holder.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    holder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": database.WRITERS})


def _take_place(old: Engine) -> None:
    """Move the new tables to where the old ones are, all in one transaction."""
    with database.asked(old), old.begin() as connection:
        home = connection.execute(text("SELECT current_schema()")).scalar_one()
        there = set(inspect(connection).get_table_names())
        connection.execute(text(f"CREATE SCHEMA {OLD}"))
        for name in (*metadata.tables, "alembic_version"):
            if name in there:
                connection.execute(text(f'ALTER TABLE "{home}"."{name}" SET SCHEMA {OLD}'))
            connection.execute(text(f'ALTER TABLE {SCHEMA}."{name}" SET SCHEMA "{home}"'))
        connection.execute(text(f"DROP SCHEMA {OLD} CASCADE"))
