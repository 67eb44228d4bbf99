"""The export: selected articles as CSV, JSON Lines or Parquet, with a manifest (DESIGN.md section 5).

Rows stream from SQL in constant memory into a file beside the output, which takes the output's
name when everything is right: there is never half a file. CSV is RFC 4180 (lines end in CRLF).
"""

import hashlib
import io
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from archive import codebook, manifest, queries
from archive.codebook import Column
from archive.filters import Filters
from archive.formats import BUFFER, CsvRows, JsonRows, Rows, published
from archive.manifest import Manifest, Written
from archive.queries import ExportRow
from config.errors import UsageError, UserError

FORMATS = ("csv", "jsonl", "parquet")


@dataclass(frozen=True, slots=True)
class Form:
    """How an export looks. Raises UsageError for words that do not go together."""

    format: str = "csv"
    excel: bool = False
    body: bool = True
    distinct: bool = False

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise UsageError(f"--format {self.format}: write one of {', '.join(FORMATS)}")
        if self.excel and self.format != "csv":
            raise UsageError(f"--excel goes with --format csv, not {self.format}: leave one of them out")

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns it has, in order."""
        return tuple(column for column in codebook.columns() if self.body or column.name != "body")


def export(  # noqa: PLR0913 # the words of the command, all by name
    session: Session,
    output: Path,
    *,
    filters: Filters,
    ids: Collection[int] | None = None,
    format: str = "csv",  # the command's word
    excel: bool = False,
    body: bool = True,
    distinct: bool = False,
    query: str | None = None,
    mode: str | None = None,
    expected: int | None = None,
    watch: Callable[[Iterable[ExportRow]], Iterable[ExportRow]] = iter,
) -> Manifest:
    """Write the selected articles to `output` and the manifest beside it.

    `ids` are what a query found, `expected` the total it told; `watch` may count rows as they pass.
    Raises UsageError for words that do not go together, UserError when totals differ or nothing
    can be written; `output` is then as it was.
    """
    form = Form(format, excel, body, distinct)
    articles = queries.count(session, filters, ids=ids)
    if expected is not None and expected != articles:
        told = f"the search told {expected} articles, the archive has {articles}"
        raise UserError(f"{told}: run `caicach index verify` and export again")
    path = output.with_name(f"{output.name}.manifest.json")
    with _beside(output, path) as (part, described):
        found = watch(queries.rows(session, filters, ids=ids, distinct=distinct))
        written, cut = _write(part, form, found, articles)
        wanted = queries.count(session, filters, ids=ids, distinct=True) if distinct else articles
        if written.rows != wanted:
            raise UserError(f"{output}: {written.rows} rows came where {wanted} were counted; export again")
        written = replace(written, file=output.name)
        content = manifest.content(session, written, filters=filters, query=query, mode=mode)
        with described.open("wb") as file:
            file.writelines(manifest.render(content))
    return Manifest(path, written, content, (manifest.excel_warning(cut),) if cut else ())


def _write(path: Path, form: Form, found: Iterable[ExportRow], articles: int) -> tuple[Written, list[int]]:
    """Write the file; what was written, and the ids of rows that Excel would cut."""
    columns, cut, count = form.columns, list[int](), 0
    pick = itemgetter(*(column.name for column in columns))
    with _Digested(path) as file:
        with closing(rows_for(file, form, cut)) as rows:
            for count, row in enumerate(found, 1):  # noqa: B007 # the last one is how many there were
                row["published_at"] = published(row)
                rows.add(pick(row))
        os.fsync(file.fileno())
        digest = file.digest.hexdigest()
        size = file.tell()
    written = Written("", form.format, form.excel, form.distinct, size, digest, count, articles, columns)
    return written, cut


def rows_for(file: io.RawIOBase, form: Form, cut: list[int], buffer: int = BUFFER) -> Rows:
    """What takes the rows of a form, in so many bytes at a time; `cut` gets the ids of rows that Excel would cut."""
    if form.format == "csv":
        return CsvRows(file, form.columns, cut if form.excel else None, buffer)
    if form.format == "jsonl":
        return JsonRows(file, form.columns, buffer)
    from archive.parquet import ParquetRows  # noqa: PLC0415 # pyarrow is large and seldom needed

    return ParquetRows(file, form.columns)


class _Digested(io.FileIO):
    """A file that is digested while it is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "wb")
        self.digest = hashlib.sha256()

    def write(self, data: Any) -> int:
        """Write some of the data, and digest that much."""
        size = super().write(data)
        self.digest.update(memoryview(data)[:size])
        return size


@contextmanager
def _beside(*outputs: Path) -> Iterator[list[Path]]:
    """Paths beside the outputs, which take their names at the end, or vanish. Raises UserError."""
    parts = [output.with_name(f".{output.name}.{os.getpid()}.part") for output in outputs]
    try:
        yield parts
        for part, output in zip(parts, outputs, strict=True):
            part.replace(output)
    except OSError as error:
        raise UserError(f"{outputs[0]}: {error.strerror}; choose another place with --output, or make room") from None
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
