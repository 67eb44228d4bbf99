"""The archive's version, asked without the weight of an ORM: what a search can afford when nothing is new."""

import sqlite3
from contextlib import closing
from pathlib import Path

PREFIX = "sqlite:///"


def latest(database: str) -> int | None:
    """The number of the last change in a SQLite archive; None when it cannot be had this way."""
    path = Path(database.removeprefix(PREFIX))
    if not database.startswith(PREFIX) or not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return int(connection.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0])
    except sqlite3.Error:
        return None
