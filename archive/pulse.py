"""The archive's version, asked without the weight of an ORM: what a search can afford when nothing is new."""

import sqlite3
from contextlib import closing
from pathlib import Path

PREFIX = "sqlite:///"
NUMBER = "SELECT coalesce(max(number), 0) FROM change"


def latest(database: str) -> int | None:
    """The number of the last change in an archive; None when it cannot be had this way."""
    return _of_server(database) if database.startswith("postgresql") else _of_file(database)


def _of_server(database: str) -> int | None:
    import psycopg  # noqa: PLC0415 # a file is asked without it

    address = "postgresql" + database[database.find("://") :]
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            row = connection.execute(NUMBER).fetchone()
    except psycopg.Error:
        return None
    return int(row[0]) if row else None


def _of_file(database: str) -> int | None:
    path = Path(database.removeprefix(PREFIX))
    if not database.startswith(PREFIX) or not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return int(connection.execute(NUMBER).fetchone()[0])
    except sqlite3.Error:
        return None
