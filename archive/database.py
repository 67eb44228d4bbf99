"""The database behind a URL: SQLite by default, PostgreSQL at scale; its schema kept current."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, InternalError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from config.errors import SettingError, UserError
from config.settings import Settings

HEAD = "0010"
"""The schema this code works with: the newest revision in archive/migrations/versions."""
BUSY = 30
"""Seconds that a writer waits for another one of SQLite's."""
WRITERS = 0x43414943
"""The advisory lock of PostgreSQL under which one writer at a time numbers articles and changes."""
WAITS = {"connect_timeout": 10, "tcp_user_timeout": 10_000, "options": f"-clock_timeout={BUSY}s"}
"""How long a PostgreSQL that is away is waited for: seconds to connect, milliseconds for what was sent; and another
writer of it as long as one of SQLite's."""
DISK_FULL = "53100"
"""What PostgreSQL calls it when its own disk is full; as told to whoever has to make room:"""
ROOM = "make room on the disk of the server"
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def connect(url: str | URL, *, pooled: bool = True, bounded: bool = True) -> Engine:
    """An engine for the URL; nothing is asked of the database yet. Raises SettingError for a wrong URL.

    Without a pool every session has a connection of its own: readers of long exports. A pool that is not bounded keeps
    a few and opens more for a while: pages.
    """
    kept: dict[str, Any] = {"poolclass": NullPool} if not pooled else {} if bounded else {"max_overflow": -1}
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in DRIVERS:
            raise SettingError(f"CAICACH_DATABASE_URL: {parsed.get_backend_name()} is not supported; {_form()}")
        if parsed.get_backend_name() == "postgresql":
            own = str(parsed.query.get("options", ""))
            waits = WAITS | {"options": f"{WAITS['options']} {own}".strip()}
            return create_engine(_psycopg(parsed), pool_pre_ping=True, connect_args=waits, **kept)
        engine = create_engine(parsed, connect_args={"timeout": BUSY}, **kept)
    except (ArgumentError, NoSuchModuleError):
        raise SettingError(f"CAICACH_DATABASE_URL: not the address of a database; {_form()}") from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _psycopg(url: URL) -> URL:
    return url.set(drivername=DRIVERS["postgresql"])


def _form() -> str:
    return "write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"


def _prepare(connection: Any, _record: object) -> None:
    """Settings of a SQLite connection; transactions are begun by `_begin`, never by the driver.

    The log may grow to 32 MB before it is worked in: an article dirties the same few dozen pages as the next.
    """
    connection.isolation_level = None
    pragmas = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536")
    for pragma in (*pragmas, "wal_autocheckpoint=8000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    driver: Any = connection.connection.driver_connection  # a crawl begins thousands: SQLAlchemy's way takes thrice
    driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def writing(engine: Engine, *, alone: bool = True) -> Iterator[Connection]:
    """A transaction that writes; `alone` keeps other numbering writers out until it has ended.

    SQLite has one writer anyway; on PostgreSQL an advisory lock makes numbers visible in their
    order; an engine with the option `alone` is of a process that has the lock on another connection. Raises UserError
    when the database is full, locked, read-only or away.
    """
    with asked(engine), engine.connect() as opened:
        connection = opened.execution_options(writing=True)
        with connection.begin():
            if alone and engine.dialect.name == "postgresql" and not engine.get_execution_options().get("alone"):
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})
            yield connection


@contextmanager
def asked(engine: Engine) -> Iterator[None]:
    """Turn what the database refuses into one line that says what to do."""
    driver = engine.dialect.loaded_dbapi  # its own errors come from archive.prepared
    try:
        yield
    except (OperationalError, InternalError, driver.OperationalError, driver.InternalError) as error:
        reason = (str(getattr(error, "orig", error)).strip() or "no answer").splitlines()[0]
        full = getattr(getattr(error, "orig", error), "sqlstate", None) == DISK_FULL
        raise UserError(f"{_place(engine)}: {reason}; {ROOM if full else _remedy(engine, reason)}") from error


@contextmanager
def session_of(engine: Engine) -> Iterator[Session]:
    """A session for short questions beside a writer; raises UserError when the database cannot be asked."""
    with asked(engine), Session(engine) as session:
        yield session


def _place(engine: Engine) -> str:
    return engine.url.database or "memory" if engine.dialect.name == "sqlite" else engine.url.render_as_string()


def _remedy(engine: Engine, reason: str) -> str:
    if "locked" in reason or "lock timeout" in reason:
        return "another process holds it: end that one or wait"
    if engine.dialect.name == "postgresql":
        return "start the server or correct CAICACH_DATABASE_URL"
    return "make room, or make the folder and the file writable"


def version(engine: Engine) -> str | None:
    """The schema's version in the database; None when it has no schema of ours."""
    with asked(engine), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine) -> None:
    """Bring the schema to HEAD; cheap when it is there. Raises UserError when it is newer than this code."""
    if version(engine) == HEAD:
        return
    from archive import migrations  # noqa: PLC0415 # Alembic takes half a second to import and is needed once

    with writing(engine) as connection:
        current = migrations.current(connection)
        if current is not None and current not in migrations.known():
            raise UserError(f"{_place(engine)}: its schema {current} is newer than this program; update caicach")
        migrations.migrate(connection, "head")


@contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    """A session that cannot write, for queries; one moment of the archive for as long as it is open.

    Raises UserError when there is no archive yet, or its schema is not the one of this code.
    """
    engine = reader(settings)
    try:
        with asked(engine), Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def reader(settings: Settings, *, pooled: bool = False) -> Engine:
    """A database that cannot be written through, for who opens many sessions; raises what `reading` does.

    With a pool for short sessions, without one for long ones.
    """
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise no_archive(settings)
    engine = connect(settings.database, pooled=pooled, bounded=False)
    found = version(engine)
    if found != HEAD:
        engine.dispose()
        if found is None:
            raise no_archive(settings)
        raise UserError(f"{_place(engine)} has the schema {found}: run `caicach db upgrade`")
    return _readonly(engine)


def no_archive(settings: Settings) -> UserError:
    """What is said where nothing was ever crawled: the same of both databases."""
    url = make_url(settings.database)
    place, setting = (url.render_as_string(), "CAICACH_DATABASE_URL to its database")
    if url.get_backend_name() == "sqlite":
        place, setting = (str(settings.data), "CAICACH_DATA to its folder")
    return UserError(f"no archive in {place} yet: run `caicach crawl`, or set {setting}")


def _readonly(engine: Engine) -> Engine:
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    event.listen(engine, "engine_connect", _query_only)
    return engine


def _query_only(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only=ON")
    # A reader streams: a larger cache wins an export nothing (bench/export.py), and two hundred may go on at once.
    connection.exec_driver_sql("PRAGMA cache_size=-2048")
