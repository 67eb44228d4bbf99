"""Rows as CSV and JSON Lines; Parquet is in archive/parquet.py, whose library is large.

A row comes as values in the columns' order: str, int, float, date, datetime, tuple of str or None.
"""

import codecs
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from archive.codebook import Column

GUARDED = ("=", "+", "-", "@", "\t", "\r")
EXCEL_CELL = 32_767
BUFFER = 1 << 20
"""Bytes gathered before a file is written to."""
TIMESPEC = {"hour": "hours", "minute": "minutes", "second": "seconds"}
Converters = Sequence[tuple[int, Callable[[Any], object]]]


class Rows(Protocol):
    """Something that takes rows and ends the file."""

    def add(self, values: Sequence[Any]) -> None:
        """One row, values in the columns' order."""

    def close(self) -> None:
        """Write what is left."""


def published(row: Mapping[str, object]) -> str | None:
    """The time of publication to its precision: a date alone when only the day is known."""
    at = row["published_at"]
    if isinstance(at, datetime):
        return at.isoformat(timespec=TIMESPEC.get(str(row["published_precision"]), "seconds"))
    return at.isoformat() if isinstance(at, date) else None


def seconds(at: datetime) -> str:
    """A time as ISO 8601 with its offset."""
    return at.isoformat(timespec="seconds")


def numbers(texts: Sequence[str]) -> list[int]:
    """Whole numbers of a list."""
    return list(map(int, texts))


def converters(columns: Sequence[Column], by_type: Mapping[str, Callable[[Any], object]]) -> Converters:
    """Which cells must be made into something else, by the type the codebook gives."""
    return [(index, by_type[column.type]) for index, column in enumerate(columns) if column.type in by_type]


def converted(values: Sequence[Any], those: Converters) -> list[Any]:
    """The row with those cells converted; None stays."""
    cells = list(values)
    for index, convert in those:
        if cells[index] is not None:
            cells[index] = convert(cells[index])
    return cells


def guarded(cell: object) -> object:
    """A cell that a spreadsheet would run gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(GUARDED) else cell


class CsvRows:
    """RFC 4180 with a head line. With `cut`, for Excel: byte order mark, guarded cells, ids of rows too long."""

    def __init__(
        self, file: io.RawIOBase, columns: Sequence[Column], cut: list[int] | None, buffer: int = BUFFER
    ) -> None:
        self._buffer = io.BufferedWriter(file, buffer)
        self._buffer.write(b"" if cut is None else codecs.BOM_UTF8)
        self._write([column.name for column in columns])
        joined: Callable[[Any], object] = "; ".join
        self._those = converters(columns, {"time": seconds, "list of text": joined, "list of integer": joined})
        self._cut = cut

    def add(self, values: Sequence[Any]) -> None:
        """One row; lists are joined by "; "."""
        cells = converted(values, self._those)
        if self._cut is not None:
            cells = [guarded(cell) for cell in cells]
            if any(len(cell) > EXCEL_CELL for cell in cells if isinstance(cell, str)):
                self._cut.append(values[0])
        self._write(cells)

    def _write(self, cells: Sequence[object]) -> None:
        self._buffer.write((",".join(map(quoted, cells)) + "\r\n").encode())

    def close(self) -> None:
        """Write what is left; the file itself stays open."""
        self._buffer.detach()


def quoted(cell: object) -> str:
    """A cell as RFC 4180 has it, byte for byte what the csv module writes, at twice its speed on long texts."""
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else str(cell)
    if '"' in text:
        text = text.replace('"', '""')
        return f'"{text}"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text


class JsonRows:
    """JSON Lines: one object a line, lists as arrays, null for nothing, times as text."""

    def __init__(self, file: io.RawIOBase, columns: Sequence[Column], buffer: int = BUFFER) -> None:
        self._buffer = io.BufferedWriter(file, buffer)
        self._names = [column.name for column in columns]
        self._those = converters(columns, {"time": seconds, "date": date.isoformat, "list of integer": numbers})
        self._encode = json.JSONEncoder(ensure_ascii=False).encode

    def add(self, values: Sequence[Any]) -> None:
        """One line."""
        cells = converted(values, self._those)
        self._buffer.write(self._encode(dict(zip(self._names, cells, strict=True))).encode() + b"\n")

    def close(self) -> None:
        """Write what is left; the file itself stays open."""
        self._buffer.detach()
