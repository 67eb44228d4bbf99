"""Parquet files of exported rows: typed columns, zstd, a row group for every few thousand rows."""

import io
from collections.abc import Sequence
from typing import IO, Any, cast

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from archive.codebook import Column
from archive.formats import converted, converters, numbers

BATCH = 250
"""Rows held as Python has them, before they become a batch of Arrow's, which takes a third of the memory."""
GROUP = 4_000
"""Rows of a group: some 20 MB as Arrow has them; each group costs 70 KB until the file ends, so that there are few."""
TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "time": pa.timestamp("us", tz="Asia/Ho_Chi_Minh"),
}
TOLD = frozenset({"integer", "number", "date", "time"})
"""Types whose smallest and largest value each group tells; of texts they would be texts, held until the end."""


def schema(columns: Sequence[Column]) -> pa.Schema:
    """Column names and types by the codebook."""
    kinds = {c.name: TYPES[c.type.removeprefix("list of ")] for c in columns}
    return pa.schema([(c.name, pa.list_(kinds[c.name]) if c.many else kinds[c.name]) for c in columns])


class ParquetRows:
    """Takes rows one by one and writes them by the group."""

    def __init__(self, file: io.RawIOBase, columns: Sequence[Column]) -> None:
        self._schema = schema(columns)
        told = [column.name for column in columns if column.type in TOLD]
        output = cast("IO[bytes]", file)
        self._writer = ParquetWriter(output, self._schema, compression="zstd", write_statistics=told)
        self._rows: list[Sequence[Any]] = []
        self._batches: list[pa.RecordBatch] = []
        self._those = converters(columns, {"list of integer": numbers})

    def add(self, values: Sequence[Any]) -> None:
        """One row."""
        self._rows.append(converted(values, self._those))
        if len(self._rows) == BATCH:
            self._pack()
            if len(self._batches) * BATCH >= GROUP:
                self._flush()

    def close(self) -> None:
        """Write what is left and the footer."""
        try:
            self._pack()
            self._flush()
            self._writer.close()
        finally:
            # A writer that could not close (disk full) would try again when it is collected.
            self._writer.is_open = False

    def _pack(self) -> None:
        if self._rows:
            columns = zip(zip(*self._rows, strict=True), self._schema.types, strict=True)
            arrays = [pa.array(values, kind) for values, kind in columns]
            self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._rows.clear()

    def _flush(self) -> None:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches), row_group_size=GROUP)
            self._batches.clear()
            pa.default_memory_pool().release_unused()
