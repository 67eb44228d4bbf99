"""Statements that every page needs: compiled once, then given to the driver as they are.

SQLAlchemy takes several times as long to recognise a statement, bind its values and wrap its
result as SQLite takes to run it; with some twenty statements an article that is a tenth of a crawl.
So the few that come with every page go past it: same statement, types and transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Insert | Update | Select[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement as a driver takes it: its text, what binds values to it, and what makes rows of its answers."""

    sql: str
    bind: Callable[[Values], Any]
    rows: Callable[[Iterable[Sequence[Any]]], list[Any]]


class Prepared:
    """A statement, compiled for each driver and each set of values when it first runs with them."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._compiled: dict[tuple[str, ...], Ready] = {}

    def one(self, connection: Connection, values: Values) -> int:
        """Write once; the number that the statement returns, 0 when it returns nothing."""
        ready = self._ready(connection.dialect, values)
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(ready.sql, ready.bind(values))
            row = cursor.fetchone() if cursor.description else None
            return int(row[0]) if row else 0

    def many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Write once for each of some rows."""
        if not rows:
            return
        ready = self._ready(connection.dialect, rows[0])
        with closing(connection.connection.cursor()) as cursor:
            cursor.executemany(ready.sql, [ready.bind(row) for row in rows])

    def all(self, connection: Connection, values: Values) -> list[Any]:
        """Ask, or write what returns rows; the rows, as tuples whose fields are named like the columns."""
        ready = self._ready(connection.dialect, values)
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(ready.sql, ready.bind(values))
            return ready.rows(cursor.fetchall())

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row of `all`; None when there is none."""
        return next(iter(self.all(connection, values)), None)

    def _ready(self, dialect: Dialect, values: Values) -> Ready:
        key = (dialect.name, *values)
        found = self._compiled.get(key)
        if found is None:
            compiled = self.statement.compile(dialect=dialect, column_keys=list(values))
            assert isinstance(compiled, SQLCompiler)
            ready = Ready(compiled.string, _binder(compiled, dialect), _reader(self.statement, dialect))
            found = self._compiled[key] = ready
        return found


def _binder(compiled: SQLCompiler, dialect: Dialect) -> Callable[[Values], Any]:
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


def _reader(statement: Statement, dialect: Dialect) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """What makes named rows of the driver's: their types' own conversion."""
    if isinstance(statement, Select):
        columns = statement.column_descriptions
    else:
        columns = statement.returning_column_descriptions
    row: Any = namedtuple("row", [column["name"] for column in columns])  # type: ignore[misc] # known only now
    turns = [column["type"].dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    if not any(turns):
        return lambda rows: [row._make(one) for one in rows]

    def turned(values: Sequence[Any]) -> Iterable[Any]:
        return (turn(value) if turn else value for turn, value in zip(turns, values, strict=True))

    return lambda rows: [row._make(turned(one)) for one in rows]
