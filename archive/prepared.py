"""Statements that every page needs: compiled once, then given to the driver as they are.

SQLAlchemy takes several times as long to recognise a statement, bind its values and wrap its
result as SQLite takes to run it; with a dozen statements an article that is a tenth of a crawl.
So the few inserts that come with every page go past it: same statement, types and transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Bind = Callable[[Values], Any]


class Prepared:
    """An insert, compiled for each driver and each set of columns when it first runs with them."""

    def __init__(self, statement: Insert) -> None:
        self.statement = statement
        self._compiled: dict[tuple[str, ...], tuple[str, Bind]] = {}

    def one(self, connection: Connection, values: Values) -> int:
        """Insert a row; the number that the statement returns, 0 when it returns nothing."""
        sql, bind = self._ready(connection.dialect, values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, bind(values))
            row = cursor.fetchone() if cursor.description else None
            return int(row[0]) if row else 0
        finally:
            cursor.close()

    def many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Insert rows."""
        if not rows:
            return
        sql, bind = self._ready(connection.dialect, rows[0])
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(sql, [bind(row) for row in rows])
        finally:
            cursor.close()

    def _ready(self, dialect: Dialect, values: Values) -> tuple[str, Bind]:
        key = (dialect.name, *values)
        found = self._compiled.get(key)
        if found is None:
            compiled = self.statement.compile(dialect=dialect, column_keys=list(values))
            assert isinstance(compiled, SQLCompiler)
            found = self._compiled[key] = (compiled.string, _binder(compiled, dialect))
        return found


def _binder(compiled: SQLCompiler, dialect: Dialect) -> Bind:
    """What turns values into the driver's parameters: their types' own conversion, in the statement's order."""
    fixed = compiled.construct_params(_check=False)
    processors = {
        name: bound.type.dialect_impl(dialect).bind_processor(dialect) for bound, name in compiled.bind_names.items()
    }

    def value(name: str, values: Values) -> Any:
        given = values[name] if name in values else fixed[name]
        process = processors[name]
        return process(given) if process else given

    if compiled.positional:
        order = tuple(compiled.positiontup or ())
        return lambda values: tuple([value(name, values) for name in order])
    return lambda values: {name: value(name, values) for name in processors}
