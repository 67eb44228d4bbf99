"""What `caicach runs` and `caicach coverage` print: each portal, each night, and what nothing explains."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
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
FEW = 5
"""Portals that a line names; of more it says how many."""


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
    return (
        why(day.health.cause, day.health.reason)
        or day.reason
        or "; ".join(f"{times} x {why}" for why, times in day.reasons.items())
    )


def portals(found: Sequence[PortalCoverage]) -> None:
    """One line a portal, those that need a hand first."""
    names = ("portal", "state", "since", "last run", "last new", "articles", "months without", "requests/new", "why")
    short = ("portal", "state", "since", "last run", "last new", "articles", "gaps", "req/new")
    order = sorted(found, key=lambda p: (ORDER.index(p.state), p.portal))
    counts = {p.portal: (p.articles, len(p.gaps), p.requests_per_new) for p in found}
    days = {p.portal: (p.since, _day(p.last_run_at), _day(p.last_new_at)) for p in found}
    rows = ((p.portal, p.state, *days[p.portal], *counts[p.portal], _cause(p)) for p in order)
    listed(names, rows, short=short, nothing="no portal is known that fits: `caicach crawl` makes one known")
    if sys.stdout.isatty() and found:
        typer.echo(f"\n{summed(found)}")


def states(found: Iterable[PortalCoverage]) -> dict[str, int]:
    """How many portals are in each state, those that need a hand first; "unknown" before the first night."""
    counted = Counter(portal.state for portal in found)
    return {state or "unknown": counted[state] for state in ORDER if counted[state]}


def summed(found: Sequence[PortalCoverage]) -> str:
    """All portals in a line."""
    parts = ", ".join(f"{count} {state}" for state, count in states(found).items())
    return f"{len(found)} portals: {parts}; {sum(portal.articles for portal in found):,} articles"


def never(slugs: Sequence[str]) -> None:
    """Active portals of the folder that nobody ever crawled, on stderr."""
    if slugs:
        named = ", ".join(slugs[:FEW]) + (" …" if len(slugs) > FEW else "")
        typer.echo(f"caicach: never crawled: {len(slugs)} active portals ({named}); `caicach crawl SLUG`", err=True)


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


def _cause(portal: PortalCoverage) -> str:
    said = why(portal.cause, portal.health) or portal.reason
    return f"{said}; goes on as {portal.successor}" if portal.successor else said


def why(cause: str, reason: str) -> str:
    """A cause and its reason, the cause said once."""
    return reason if f"{cause}: " in reason or not cause else f"{cause}: {reason}"


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
    """What nothing explains, on stderr: portals with their last such night, those together that share it."""
    nights: dict[str, list[tuple[date, str]]] = {}
    for slug, day, reason in found:
        nights.setdefault(slug, []).append((day, reason))
    alike: dict[tuple[date, str, int], list[str]] = {}
    for slug, told in sorted(nights.items()):
        alike.setdefault((*told[0], len(told)), []).append(slug)
    for (day, reason, count), slugs in alike.items():
        more = f" (and {count - 1} nights before)" if count > 1 else ""
        named = ", ".join(slugs[:FEW]) + (f" and {len(slugs) - FEW} more" if len(slugs) > FEW else "")
        typer.echo(f"caicach: unexplained: {named} on {day}{more}: {reason}", err=True)
