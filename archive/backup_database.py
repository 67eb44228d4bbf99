"""One moment of the database as a file, with what it knows of WARC at that moment; and that file as a database again.

SQLite is copied by its online backup, PostgreSQL by pg_dump: crawls go on writing meanwhile.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, make_url, select, text

from archive import backup_postgres
from archive import tables as t
from archive.database import asked, connect, no_archive, version
from config.errors import UserError
from config.settings import Settings

NAMES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
"""What the database is called in a backup."""
PAGES = 4_096
"""Pages of SQLite that are copied between two signs of progress: 16 MB."""
Watch = Callable[[str, int, int], None]
"""Gets what is being done, how much of it, and of how much; a total of 0 is unknown."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says at its moment: the archive's version, its schema, and of each WARC file how far it goes.

    `ends` has the first byte behind the last capture, `heads` where the metadata of finished runs begin.
    """

    archive_version: int
    schema: str
    ends: dict[str, int]
    heads: dict[str, int]


def copy(settings: Settings, target: Path, watch: Watch) -> Known:
    """Write one moment of the database to a new file.

    Raises UserError when there is no archive, the database does not answer, or the file cannot be written.
    """
    engine = _existing(settings)
    try:
        schema = version(engine)
        if schema is None:
            raise no_archive(settings)
        with asked(engine), engine.connect() as opened:
            connection = opened.execution_options(**_one_moment(engine))
            known = _known(connection, schema)
            if engine.dialect.name == "sqlite":
                _copy_sqlite(connection, target, watch)
            else:
                watch("Dumping the database", 0, 0)
                moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
                backup_postgres.dump(engine.url, moment, target, server=_server(connection))
        return known
    finally:
        engine.dispose()


def load(settings: Settings, source: Path) -> None:
    """Make a file of `copy` the settings' database; all of it or nothing. Raises UserError."""
    url = make_url(settings.database)
    if url.get_backend_name() == "postgresql":
        backup_postgres.load(url, source)
        return
    target = Path(url.database or "")
    part = target.with_name(f".{target.name}.restoring")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, part)  # another disk, perhaps
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserError(f"{target}: {error.strerror}; make room, or make the folder writable") from None


def taken(settings: Settings) -> str | None:
    """What stands where the database would be restored to; None when nothing does. Raises UserError."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        return url.database if Path(url.database or "").exists() else None
    engine = connect(settings.database)
    try:
        with asked(engine), engine.connect() as connection:
            tables = inspect(connection).get_table_names()
    finally:
        engine.dispose()
    return f"the database {url.database} with {len(tables)} tables" if tables else None


def _existing(settings: Settings) -> Engine:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise no_archive(settings)
    return connect(settings.database)


def _one_moment(engine: Engine) -> dict[str, object]:
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if _is_postgres(engine) else {}


def _is_postgres(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _known(connection: Connection, schema: str) -> Known:
    c, r = t.capture.c, t.run.c
    latest = connection.execute(select(func.coalesce(func.max(t.change.c.number), 0))).scalar_one()
    ends = connection.execute(select(c.warc, func.max(c.warc_offset + c.warc_length)).group_by(c.warc))
    heads = connection.execute(select(r.warc, func.max(r.warc_offset)).where(r.warc != "").group_by(r.warc))
    return Known(latest, schema, {row[0]: row[1] for row in ends}, {row[0]: row[1] for row in heads})


def _copy_sqlite(connection: Connection, target: Path, watch: Watch) -> None:
    """Copy within the connection's transaction, so that no writer makes the copy start again."""
    source: Any = connection.connection.dbapi_connection
    try:
        with closing(sqlite3.connect(target)) as file:
            source.backup(
                file,
                pages=PAGES,
                progress=lambda _, left, total: watch("Copying the database", total - left, total),
            )
    except sqlite3.Error as error:
        raise UserError(f"{target.parent}: {error}; make room, or choose another place for the backup") from None


def _server(connection: Connection) -> int:
    """The major version of PostgreSQL's server."""
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
