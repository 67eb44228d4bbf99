"""The manifest beside an export: what was asked, of which archive, and how complete that is.

It holds no clock of its own: the same query on the same archive version gives the same bytes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from textwrap import indent
from typing import Any

from sqlalchemy.orm import Session

from archive import queries
from archive.codebook import Column
from archive.coverage import PortalCoverage, coverage
from archive.filters import Filters
from archive.version import SOFTWARE

WORDS = {"since": "from", "until": "to"}
TERMS = {
    "vi": "Các cổng thông tin yêu cầu ghi rõ nguồn khi phát hành lại: nêu tên cổng thông tin (cột portal_name) "
    "và địa chỉ bài viết (cột url).",
    "en": "The portals ask that their name be given when their articles are published again: "
    "state portal_name and url.",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: its name, format, bytes, digest and rows; `articles` counts before `--distinct`."""

    file: str
    format: str
    excel: bool
    distinct: bool
    bytes: int
    sha256: str
    rows: int
    articles: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written and where the manifest lies; warnings are for the person who exports."""

    path: Path
    written: Written
    content: dict[str, Any]
    warnings: tuple[str, ...] = ()


def content(
    session: Session, written: Written, *, filters: Filters, query: str | None, mode: str | None
) -> dict[str, Any]:
    """The manifest's object (DESIGN.md section 5)."""
    return {
        "file": written.file,
        "format": written.format,
        "excel": written.excel,
        "encoding": {"csv": "UTF-8, RFC 4180, lines end in CRLF", "jsonl": "UTF-8, lines end in LF"}.get(
            written.format, ""
        ),
        "bytes": written.bytes,
        "sha256": written.sha256,
        "rows": written.rows,
        "articles": written.articles,
        "distinct": written.distinct,
        "query": query,
        "mode": mode,
        "filters": said(filters),
        "archive_version": queries.version(session),
        "tool": SOFTWARE,
        "terms": TERMS,
        "columns": {
            column.name: {k: v for k, v in asdict(column).items() if k != "name"} for column in written.columns
        },
        "coverage": [_portal(portal) for portal in coverage(session, filters)],
    }


def said(filters: Filters) -> dict[str, Any]:
    """The filters that were given, by the words of the command line."""
    given = {field.name: getattr(filters, field.name) for field in fields(filters)}
    return {
        WORDS.get(name, name).replace("_", "-"): value.isoformat() if name in WORDS else value
        for name, value in given.items()
        if value not in (None, ()) and value is not False
    }


def render(content: dict[str, Any]) -> Iterator[bytes]:
    """The manifest's bytes, a portal at a time."""
    portals = content["coverage"]
    head = json.dumps({**content, "coverage": []}, ensure_ascii=False, indent=2)
    if not portals:
        yield f"{head}\n".encode()
        return
    yield head.removesuffix("[]\n}").encode() + b"[\n"
    for number, portal in enumerate(portals, 1):
        told = indent(json.dumps(portal, ensure_ascii=False, indent=2), "    ")
        yield f"{told}{',' if number < len(portals) else ''}\n".encode()
    yield b"  ]\n}\n"


def _portal(portal: PortalCoverage) -> dict[str, Any]:
    # Not `asdict`, which copies every month of three thousand portals.
    shown = {field.name: getattr(portal, field.name) for field in fields(portal)}
    for name in ("first_run_at", "last_run_at", "last_ok_at", "last_new_at"):
        shown[name] = shown[name] and shown[name].isoformat(timespec="seconds")
    return shown


def excel_warning(cut: Sequence[int]) -> str:
    """What to say when cells are longer than Excel keeps; `cut` are the ids of their articles."""
    named = ", ".join(map(str, cut[:5])) + (" …" if len(cut) > 5 else "")
    return f"Excel cuts cells after 32,767 characters: {len(cut)} rows have longer ones (ids {named})"
