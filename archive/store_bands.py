"""Bands in SQL: which articles share one with a new article, as cheaply for the millionth as for the first.

A new article's bands are one row of the table `sketch`, put at its end, and are known in memory. When enough of
them wait, their bands become rows of `band` all at once, in the order of the keys: row by row, each would change
another page of a table that is larger than any cache. A mask in memory (archive/band_mask.py) says which keys
are worth looking for there. Memory is a copy: what the connection knows is compared with the newest sketch first,
so that other writers, undone transactions and restarts lose nothing.
"""

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from sqlalchemy import Connection, func, select

from archive import tables as t
from archive.band_mask import Mask
from archive.copies import BANDS
from archive.store_plain import ask, do

FEW = 5_000
SHARE = 16
"""So many sketches wait, and one for each so many articles: then all but the newest become rows."""
TOGETHER = 10_000
"""Rows that PostgreSQL takes as two lists at once."""
_KEY = struct.calcsize("<q")
NEWER = "SELECT number, article_id, keys FROM sketch WHERE number >= {sign} ORDER BY number"
NEW = "INSERT INTO sketch (number, article_id, keys) VALUES ({sign}, {sign}, {sign})"
FILED = "DELETE FROM sketch WHERE number < {sign}"
SHARING = """SELECT article_id, count(*) FROM band WHERE key IN ({keys})
GROUP BY article_id ORDER BY count(*) DESC, article_id LIMIT {sign}"""
FORGET = "DELETE FROM band WHERE key IN ({keys}) AND article_id = {sign}"
ROW = "({sign}, {sign})"
SOME = "INSERT INTO band (key, article_id) VALUES {some} ON CONFLICT DO NOTHING"
FEW_ROWS = 100
"""Rows that SQLite takes in one statement: they cost it a third less than one by one."""
ROWS = "INSERT INTO band (key, article_id) SELECT * FROM unnest({sign}::bigint[], {sign}::int[]) ON CONFLICT DO NOTHING"
Row = tuple[int, int, bytes]
"""A sketch: its number, its article, its keys one after another."""


def shelf(connection: Connection) -> "Shelf":
    """What is known of the bands on this connection, brought up to date; for a transaction that writes alone."""
    known: Shelf | None = connection.info.get("bands")
    if known is None or not known.caught_up(connection):
        known = connection.info["bands"] = Shelf(connection)
    return known


class Shelf:
    """The bands that wait, by key, and the mask of those that are rows."""

    def __init__(self, connection: Connection) -> None:
        self._newest: Row | None = None
        self._oldest = 0
        self._within = connection.get_transaction()
        self._sketches: dict[int, Row] = {}
        self._waiting: dict[int, tuple[int, ...]] = {}
        self._articles: int = connection.execute(select(func.coalesce(func.max(t.article.c.id), 0))).scalar_one()
        self._mask = Mask.load(connection, self._articles * BANDS)
        for row in ask(connection, NEWER, (0,)):
            self._oldest = self._oldest or row[0]
            self._take(row)

    def caught_up(self, connection: Connection) -> bool:
        """Take what others have added; False when the newest sketch is not there any more, and all may be otherwise.

        Within a transaction nobody else adds any.
        """
        within, self._within = self._within, connection.get_transaction()
        if within is self._within:
            return True
        if self._newest is None:
            return False
        rows = ask(connection, NEWER, self._newest[:1])
        if not rows or rows[0] != self._newest:
            return False
        for row in rows[1:]:
            self._take(row)
        return True

    def sharing(self, connection: Connection, article: int, bands: Sequence[int], limit: int) -> list[int]:
        """The articles that share a band with this one, those that share most first.

        It may share one with itself: rows that other rules gave it are not known when its bands are forgotten.
        """
        found = Counter[int]()
        for key in bands:
            if key in self._waiting:
                found.update(self._waiting[key])
        if rows := self._mask.among(bands):
            found.update(dict(ask(connection, SHARING, (*rows, limit + 1), keys=len(rows))))
        found.pop(article, None)
        return sorted(found, key=lambda one: (-found[one], one))[:limit]

    def add(self, connection: Connection, article: int, bands: Sequence[int]) -> None:
        """Keep an article's bands, which may be none."""
        number = self._newest[0] + 1 if self._newest else 1
        row = (number, article, struct.pack(f"<{len(bands)}q", *bands))
        do(connection, NEW, row)
        self._take(row)
        if number - self._oldest >= max(FEW, self._articles // SHARE):
            self._file(connection, row)

    def forget(self, connection: Connection, article: int, bands: Sequence[int]) -> None:
        """Forget an article's bands, which are these where they are rows; `add` follows: the newest sketch counts."""
        if article in self._sketches:
            self._drop(article)
        elif bands:
            do(connection, FORGET, (*bands, article), keys=len(bands))

    def _take(self, row: Row) -> None:
        self._newest = row
        _, article, keys = row
        self._drop(article)
        self._sketches[article] = row
        self._articles = max(self._articles, article)
        alone = (article,)
        for key in _bands(keys):
            self._waiting[key] = self._waiting.get(key, ()) + alone

    def _drop(self, article: int) -> None:
        known = self._sketches.pop(article, None)
        for key in _bands(known[2]) if known else ():
            others = tuple(other for other in self._waiting[key] if other != article)
            if others:
                self._waiting[key] = others
            else:
                del self._waiting[key]

    def _file(self, connection: Connection, newest: Row) -> None:
        """Make rows of all bands that wait but those of the newest sketch: by it others see that memory is old."""
        self._drop(newest[1])
        keys = sorted(self._waiting)
        _insert(connection, ((key, article) for key in keys for article in self._waiting[key]))
        do(connection, FILED, newest[:1])
        if self._mask.full(self._articles * BANDS):
            self._mask = Mask.of_rows(connection, self._articles * BANDS)
        else:
            self._mask.add(keys)
        self._mask.save(connection)
        self._sketches.clear()
        self._waiting.clear()
        self._oldest = newest[0]
        self._take(newest)


def _bands(keys: bytes) -> set[int]:
    return set(struct.unpack(f"<{len(keys) // _KEY}q", keys))


def _insert(connection: Connection, rows: Iterator[tuple[int, int]]) -> None:
    """Rows that are there already stay: an article of before may have some that other rules gave it."""
    if connection.dialect.name == "sqlite":
        while some := list(islice(rows, FEW_ROWS)):
            do(connection, SOME.replace("{some}", ", ".join([ROW] * len(some))), list(chain.from_iterable(some)))
        return
    while some := list(islice(rows, TOGETHER)):
        do(connection, ROWS, tuple(map(list, zip(*some, strict=True))))
