"""Statements over numbers and texts, given to the driver as they are.

SQLAlchemy takes several times as long over a few dozen values as the database. `{sign}` stands for a value, `{keys}`
for as many as are said; types that the two databases keep in different ways are not for here.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import cache
from typing import Any

from sqlalchemy import Connection


def ask(connection: Connection, asked: str, values: Sequence[Any], *, keys: int = 0) -> Sequence[Any]:
    """The rows that answer a question."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(_said(asked, connection.dialect.paramstyle, keys), values)
        return cursor.fetchall()


def do(connection: Connection, said: str, values: Sequence[Any], *, keys: int = 0) -> None:
    """Change what a statement says."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(_said(said, connection.dialect.paramstyle, keys), values)


def do_each(connection: Connection, said: str, rows: Iterable[Sequence[Any]]) -> None:
    """The same once for each row."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.executemany(_said(said, connection.dialect.paramstyle, 0), rows)  # type: ignore[arg-type] # any iterable


@cache
def _said(statement: str, style: str, keys: int) -> str:
    sign = "?" if style == "qmark" else "%s"
    return statement.format(sign=sign, keys=", ".join([sign] * keys))
