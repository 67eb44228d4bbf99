"""What `caicach runs` and `caicach coverage` print: each portal, each night, and what nothing explains."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from shutil import get_terminal_size
from textwrap import wrap

import typer

from archive.coverage import PortalCoverage
from archive.days import PortalDay
from archive.printing import shown, table
from archive.queries import ArchivedRun

RUN_COUNTS = ("requests", "new", "revised", "unchanged", "rejected", "attachments", "seconds")
SHORT = ("ask", "new", "rev", "same", "rej", "files", "sec")
"""What a terminal calls them."""
ORDER = ("gone", "broken", "blocked", "frozen", "suspect", "", "ok")
"""States as an operator wants to read them: what needs a hand first."""


def listed(names: Sequence[str], rows: Iterable[Sequence[object]], *, short: Sequence[str], nothing: str) -> None:
    """Rows whose last column is a sentence: below its row on a terminal, beside it in a pipe."""
    if not sys.stdout.isatty():
        table(names, rows, nothing=nothing)
        return
    lines = [[shown(cell) for cell in row] for row in rows]
    if not lines:
        typer.echo(nothing)
        return
    columns = len(short)
    width = [max(len(short[i]), *(len(line[i]) for line in lines)) for i in range(columns)]
    number = [all(line[i].replace(".", "", 1).isdigit() for line in lines if line[i]) for i in range(columns)]

    def laid(cells: Sequence[str]) -> str:
        return "  ".join(
            cells[i].rjust(width[i]) if number[i] else cells[i].ljust(width[i]) for i in range(columns)
        ).rstrip()

    typer.echo(laid(short))
    for line in lines:
        typer.echo(laid(line))
        for part in wrap(line[columns], max(40, get_terminal_size().columns - 4)):
            typer.echo(f"    {part}")


def runs(found: Iterable[ArchivedRun]) -> None:
    """One line a run."""
    rows = (
        (r.id, r.portal, r.started_at, r.outcome or "not finished", *(r.summary.get(n) for n in RUN_COUNTS), r.reason)
        for r in found
    )
    names = ("id", "portal", "started", "outcome", *RUN_COUNTS, "reason")
    short = ("id", "portal", "started", "outcome", *SHORT)
    listed(names, rows, short=short, nothing="no run yet: `caicach crawl` makes one")


def portal_days(found: Iterable[PortalDay]) -> None:
    """One line a portal and night."""
    names = ("portal", "night", "explained", "state", "links", "new", "read", "last resort", "rejected", "why")
    short = ("portal", "night", "explained", "state", "links", "new", "read", "last", "rej")
    rows = (
        (d.portal, d.day, d.explained, d.health.state, d.links, d.new, d.read, d.fallback, d.rejected, _why(d))
        for d in found
    )
    listed(names, rows, short=short, nothing="no night yet: `caicach crawl` makes one")


def _why(day: PortalDay) -> str:
    health = f"{day.health.cause}: {day.health.reason}" if day.health.cause else ""
    return health or day.reason or "; ".join(f"{times} x {why}" for why, times in day.reasons.items())


def portals(found: Sequence[PortalCoverage]) -> None:
    """One line a portal, those that need a hand first."""
    names = ("portal", "state", "since", "last run", "articles", "months without", "requests/new", "why")
    short = ("portal", "state", "since", "last run", "articles", "gaps", "req/new")
    rows = (
        (p.portal, p.state, p.since, _day(p), p.articles, len(p.gaps), p.requests_per_new, _cause(p))
        for p in sorted(found, key=lambda p: (ORDER.index(p.state), p.portal))
    )
    listed(names, rows, short=short, nothing="no portal is known that fits: `caicach crawl` makes one known")


def _day(portal: PortalCoverage) -> str:
    return portal.last_run_at.date().isoformat() if portal.last_run_at else ""


def _cause(portal: PortalCoverage) -> str:
    return f"{portal.cause}: {portal.health}" if portal.cause else portal.reason


def months(found: Iterable[PortalCoverage]) -> None:
    """One line a portal and month."""
    names = ("portal", "month", "articles", "last run", "outcome", "requests/new", "state", "reason")
    rows = (
        (p.portal, month, articles, p.last_run_at, p.outcome, p.requests_per_new, p.state, p.reason)
        for p in found
        for month, articles in p.by_month()
    )
    table(names, rows, nothing="no portal is known that fits: `caicach crawl` makes one known")


def alarms(found: Sequence[tuple[str, date, str]]) -> None:
    """What nothing explains, on stderr: each portal once, with its last such night."""
    last: dict[str, list[tuple[date, str]]] = {}
    for slug, day, why in found:
        last.setdefault(slug, []).append((day, why))
    for slug, nights in sorted(last.items()):
        more = f" (and {len(nights) - 1} nights before)" if len(nights) > 1 else ""
        typer.echo(f"caicach: unexplained: {slug} on {nights[0][0]}{more}: {nights[0][1]}", err=True)
