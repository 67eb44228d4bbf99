"""The commands crawl, portals and demo."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.runs import Outcome, RunSummary
from config.errors import PortalError, UsageError
from config.portal import Portal, load, pick
from config.settings import Settings

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

Slugs = Annotated[list[str] | None, typer.Argument(metavar="[SLUG…]", help="Which portals.", show_default=False)]


def _day(words: str) -> Any:
    return typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help=words)


portals = typer.Typer(help="The portal files.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    app.command()(crawl)
    app.add_typer(portals, name="portals")
    app.command()(demo)


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
    _check_families(chosen)
    return chosen


def _check_families(chosen: list[Portal]) -> None:
    """Raise PortalError for a family or selector that does not exist; families are not config's to know."""
    from crawler.families import family

    wrong = []
    for portal in chosen:
        try:
            family(portal.family or "generic", portal.selectors)
        except PortalError as error:
            wrong.append(f"{portal.slug}.toml: {error}")
    if wrong:
        raise PortalError("\n".join(wrong))


def _crawled(
    settings: Settings, chosen: list[Portal], days: tuple[date | None, date | None], limit: int | None
) -> tuple[list[RunSummary], bool]:
    from crawler.plan import Window
    from crawler.progress import shown
    from crawler.run import Fleet
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


@portals.command("list")
def list_portals() -> None:
    """Name every portal: slug, level, province, status, family, the day a person saw it crawl."""
    for slug, portal in load(Settings.load().portals).items():
        words = (portal.level.value, portal.province or "-", portal.status.value, portal.family or "recognised")
        typer.echo("\t".join((slug, *words, str(portal.verified or "never verified"))))


@portals.command("show")
def show_portal(slug: Annotated[str, typer.Argument(metavar="SLUG", show_default=False)]) -> None:
    """Print a portal's file as it is read, with what it leaves to the defaults."""
    portal = pick(load(Settings.load().portals), [slug])[0]
    for key, value in portal.model_dump(mode="json", exclude={"text"}).items():
        typer.echo(f"{key:<10} {_plain(value)}")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {one}" for key, one in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


@portals.command("check")
def check_portals(slugs: Slugs = None) -> None:
    """Check portal files: keys, values, families and selectors. No portal is asked anything."""
    known = load(Settings.load().portals)
    chosen = pick(known, dict.fromkeys(slugs)) if slugs else list(known.values())
    _check_families(chosen)
    typer.echo(f"{len(chosen)} portal file{'' if len(chosen) == 1 else 's'} checked, nothing wrong")


def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Leave everything in this new folder.")] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the web pages at the end.")] = False,
) -> None:
    """Crawl, archive, index, search and export simulated portals on loopback."""
    from crawler.demo import run

    run(keep, serve)
