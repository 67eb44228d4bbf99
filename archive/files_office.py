"""The text of Word, Excel and OpenDocument files, as their rows and paragraphs stand."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from types import TracebackType
from typing import Any

import docx
from docx.document import Document
from docx.table import Table, _Cell
from lxml import etree

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
PARAGRAPHS = frozenset({f"{TEXT}p", f"{TEXT}h"})
CELLS = frozenset({f"{TABLE}table-cell", f"{TABLE}covered-table-cell"})
ASIDE = frozenset({f"{TEXT}tracked-changes", f"{TEXT}note", f"{OFFICE}annotation"})
"""What is not in the text as it reads: what was struck out, footnotes (Word's are left out, too), remarks."""
BLANK = {f"{TEXT}tab": " ", f"{TEXT}s": " ", f"{TEXT}line-break": "\n"}


def word(body: bytes) -> Iterator[str]:
    """Paragraphs and table rows (cells joined by " | ") in order; headers and footers are left out."""

    def blocks(parent: Document | _Cell) -> Iterator[str]:
        for block in parent.iter_inner_content():
            if isinstance(block, Table):
                for row in block.rows:
                    # A merged cell is given once for every column it covers.
                    cells = [cell for cell, _ in groupby(row.cells)]
                    yield " | ".join(" ".join(blocks(cell)) for cell in cells)
            else:
                yield block.text

    return blocks(docx.Document(io.BytesIO(body)))


def sheets(body: bytes) -> Iterator[str]:
    """Rows of all sheets in order, cells joined by " | "; a formula's last value, dates as ISO 8601."""
    # A Rust library that only workbooks need.
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        with _Calm(), CalamineWorkbook.from_filelike(io.BytesIO(body)) as book:
            for number in range(len(book.sheet_names)):
                for row in book.get_sheet_by_index(number).iter_rows():
                    yield " | ".join(filter(None, map(_cell, row)))
    except CalamineError as error:
        raise OSError(f"{type(error).__name__}: {error}") from None


class _Calm:
    """Makes an error of what the library's Rust calls a panic: it is no Exception, and has no importable name."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None and kind.__name__ == "PanicException":
            raise OSError(str(error)) from None


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime | date):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


def opendocument(body: bytes) -> Iterator[str]:
    """Paragraphs and table rows (cells joined by " | ") of an OpenDocument text or presentation, in order."""
    strict = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        root = etree.parse(archive.open("content.xml"), strict).getroot()
    return _blocks(root)


def _blocks(node: etree._Element) -> Iterator[str]:
    if node.tag in PARAGRAPHS:
        yield "".join(_inline(node))
    elif node.tag == f"{TABLE}table-row":
        yield " | ".join(" ".join(_blocks(cell)) for cell in node if cell.tag == f"{TABLE}table-cell")
    elif node.tag not in ASIDE:
        for child in node:
            yield from _blocks(child)


def _inline(node: etree._Element) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if child.tag not in ASIDE:
            yield BLANK.get(str(child.tag), "")
            yield from _inline(child)
        yield child.tail or ""
