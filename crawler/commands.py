"""The commands crawl and demo; portals and import join them."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.runs import Outcome, RunSummary
from config.errors import UsageError
from config.portal import Portal, load, pick
from config.settings import Settings
from crawler import commands_repair
from crawler.commands_import import import_captures
from crawler.commands_portals import Slugs, check_families, portals
from crawler.commands_schedule import schedule, worker

FIELDS = (
    "portal",
    "outcome",
    "requests",
    "new",
    "revised",
    "unchanged",
    "rejected",
    "attachments",
    "seconds",
    "reason",
)
"""The keys of a run in `crawl --json`, in order."""
NUMBERS = FIELDS[2:9]
FINE = {Outcome.OK, Outcome.SKIPPED}


def _day(words: str) -> Any:
    return typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help=words)


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    app.command()(crawl)
    app.add_typer(portals, name="portals")
    commands_repair.register(portals)
    app.command("import")(import_captures)
    app.command()(demo)
    app.command(epilog="Example: caicach schedule --plan")(schedule)
    app.command(epilog="Example: caicach worker --at-once 16")(worker)


def crawl(  # noqa: PLR0917  # typer makes options of arguments
    slugs: Slugs = None,
    all_: Annotated[bool, typer.Option("--all", help="Every portal that is not paused or gone.")] = False,
    since: Annotated[datetime | None, _day("Only articles published on this day or later.")] = None,
    until: Annotated[datetime | None, _day("Only articles published on this day or earlier.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most N articles a portal.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Crawl portals: what is new since the last time, and what is due to be looked at again."""
    settings = Settings.load()
    chosen = _chosen(settings, slugs or [], every=all_)
    first, last = since.date() if since else None, until.date() if until else None
    if first and last and first > last:
        raise UsageError(f"--since {first} is after --until {last}: no day lies between them")
    if not settings.contact:
        typer.echo("caicach: CAICACH_CONTACT is not set: portals cannot see who asks; set a mail address", err=True)
    summaries, interrupted = _crawled(settings, chosen, (first, last), limit)
    _print(summaries, as_json=as_json)
    if interrupted:
        raise typer.Exit(130)
    if any(summary.outcome not in FINE for summary in summaries):
        raise typer.Exit(3)


def _chosen(settings: Settings, slugs: list[str], *, every: bool) -> list[Portal]:
    """The portals that are meant; raises UsageError and PortalError."""
    if bool(slugs) == every:
        raise UsageError("name the portals to crawl, or write --all; `caicach portals list` names them all")
    known = load(settings.portals)
    chosen = [one for one in known.values() if not one.skipped] if every else pick(known, dict.fromkeys(slugs))
    check_families(chosen)
    return chosen


def _crawled(
    settings: Settings, chosen: list[Portal], days: tuple[date | None, date | None], limit: int | None
) -> tuple[list[RunSummary], bool]:
    from crawler.fleet import Fleet
    from crawler.plan import Window
    from crawler.progress import shown
    from crawler.run import crawl as sail

    fleet = Fleet(chosen, settings, Window(*days), limit)
    with shown(fleet):
        sail(fleet)
    return fleet.summaries, fleet.interrupted


def _print(summaries: list[RunSummary], *, as_json: bool) -> None:
    rows = [asdict(summary) for summary in summaries]
    if as_json:
        typer.echo(json.dumps({"runs": [{name: row[name] for name in FIELDS} for row in rows]}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console = console if console.is_terminal else Console(width=160)
    table = Table("portal", "outcome", *(_number(name) for name in NUMBERS), "reason")
    for row in rows:
        table.add_row(*(str(row[name]) for name in FIELDS))
    console.print(table)


def _number(name: str) -> Any:
    from rich.table import Column

    return Column(name, justify="right", no_wrap=True)


def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Leave everything in this new folder.")] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the web pages at the end.")] = False,
) -> None:
    """Crawl, archive, index, search and export simulated portals on loopback."""
    from crawler.demo import run

    run(keep, serve)
