"""How commands print: tables on a terminal, tab-separated lines in a pipe, one object with --json."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import typer

from archive.dates import VIETNAM
from config.errors import UserError


def table(names: Sequence[str], rows: Iterable[Sequence[object]], *, nothing: str) -> None:
    """Rows under their names; `nothing` is what a person reads when there is no row."""
    lines = [[shown(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        typer.echo("\t".join(names))
        for line in lines:
            typer.echo("\t".join(" ".join(cell.split()) for cell in line))
    elif lines:
        _rich_table(names, lines)
    else:
        typer.echo(nothing)


def _rich_table(names: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    from rich import box  # noqa: PLC0415 # only where somebody sees it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    numeric = [all(line[i].replace(".", "", 1).isdigit() for line in lines if line[i]) for i in range(len(names))]
    for name, number in zip(names, numeric, strict=True):
        grid.add_column(name, justify="right" if number else "left", overflow="fold")
    for line in lines:
        grid.add_row(*map(Text, line))
    Console().print(grid)


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """A name and a value a line; empty values are left out."""
    kept = [(name, shown(value)) for name, value in pairs]
    width = max((len(name) for name, text in kept if text), default=0)
    for name, text in kept:
        if text:
            typer.echo(f"{name:<{width}}  {text}")


def shown(value: object) -> str:
    """A value as a person reads it: times in Vietnam to the minute, lists joined."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M")
        case tuple() | list():
            return "; ".join(map(shown, value))
        case _:
            return str(value)


def print_json(value: object) -> None:
    """One JSON object and nothing else."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=plain))


def plain(value: object) -> Any:
    """What JSON has no form for, as text; for `json.dumps`."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    raise UserError(f"{type(value).__name__} cannot be printed as JSON")
