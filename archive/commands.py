"""The commands that look into the archive: show, stats, runs, coverage, codebook, withhold, db."""

from typing import TYPE_CHECKING, Annotated

import typer

from archive import commands_backup, commands_files, commands_quarantine
from archive.options import filtered
from config.errors import UsageError
from config.settings import Settings

if TYPE_CHECKING:
    from archive.filters import Filters

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
PortalName = Annotated[str | None, typer.Option("--portal", metavar="SLUG", help="Only this portal.")]
ArticleId = Annotated[int, typer.Argument(metavar="ID", help="An article's id, as search and export print it.")]

database = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the archive's commands."""
    app.command(epilog="Example: caicach show 12 --revisions")(show)
    app.command(epilog="Example: caicach stats --json")(stats)
    app.command(epilog="Example: caicach runs --portal quang-nam-que-son --limit 7")(runs)
    app.command(epilog='Example: caicach coverage --province "Quảng Nam" --year 2025')(coverage)
    app.command(epilog="Example: caicach codebook --json > codebook.json")(codebook)
    app.command(epilog='Example: caicach withhold 12 --reason "asked by the portal on 2026-11-20"')(withhold)
    commands_quarantine.register(app)
    commands_files.register(app)
    commands_backup.register(app)
    app.add_typer(database, name="db", help="The database's schema.")


def show(
    article: ArticleId,
    revisions: Annotated[bool, typer.Option("--revisions", help="How it changed over time.")] = False,
    copies: Annotated[
        bool, typer.Option("--copies", help="Who published it first, and what each copy changed.")
    ] = False,
    diff: Annotated[
        str, typer.Option("--diff", metavar="N:M", help="What is different between two revisions, word by word.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Print an article with its facts, files, acts, copies, and the words that made it what it is."""
    from archive import copies_told, differences, showing
    from archive.database import reading
    from archive.printing import print_json
    from archive.queries import show as find

    with reading(Settings.load()) as session:
        found = find(session, article)
        told = copies_told.told(session, article) if copies else []
    if diff:
        pair = differences.between(found, diff)
        print_json(differences.as_object(*pair)) if as_json else typer.echo("\n".join(differences.lines(*pair)))
    elif as_json:
        more = {"copies": [showing.copy_object(one) for one in told]} if copies else {}
        print_json(showing.as_object(found, revisions=revisions) | more)
    elif copies:
        showing.copies(told)
    else:
        showing.article(found, revisions=revisions)


def stats(as_json: Json = False) -> None:
    """Say how much there is of everything."""
    from archive import queries
    from archive.database import reading
    from archive.printing import print_json, table

    with reading(Settings.load()) as session:
        counted = queries.stats(session)
    if as_json:
        print_json(counted)
    else:
        table(("what", "how many"), counted.items(), nothing="nothing yet")


def runs(
    portal: PortalName = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the latest first.")] = 50,
    nights: Annotated[bool, typer.Option("--days", help="Portal-days instead: what each night saw, and why.")] = False,
    as_json: Json = False,
) -> None:
    """List the latest runs: what was asked, found, new, refused, and why.

    With --days one line for each portal and night: what it brought, how the portal is, and what explains it.
    """
    from dataclasses import asdict

    from archive import ledger_printing, queries
    from archive.database import reading
    from archive.printing import print_json
    from archive.queries_days import days

    with reading(Settings.load()) as session:
        if nights:
            seen = days(session, portal, limit=limit)
            told = [asdict(day) | {"signs": day.signs.as_json()} for day in seen] if as_json else []
            print_json({"days": told}) if as_json else ledger_printing.portal_days(seen)
            return
        found = queries.runs(session, portal, limit)
    print_json({"runs": found}) if as_json else ledger_printing.runs(found)


@filtered
def coverage(
    filters: "Filters",
    months: Annotated[bool, typer.Option("--months", help="A line for each portal and month.")] = False,
    as_json: Json = False,
) -> None:
    """Say of every portal how it is and since when, how many articles there are, and what is missing.

    requests/new counts runs that found something, without robots.txt, attachments and re-looks. With --months
    a month without articles between two that have some is printed with 0. Nights of the last thirty days that
    nothing explains are named on stderr, and active portals that were never crawled.
    """
    from datetime import UTC, datetime

    from archive import coverage as covered
    from archive import ledger_printing
    from archive.database import reading
    from archive.dates import VIETNAM
    from archive.printing import print_json
    from archive.queries_days import alarms
    from archive.queries_days import never_crawled as never

    settings = Settings.load()
    with reading(settings) as session:
        portals = covered.coverage(session, filters)
        chosen = {portal.portal for portal in portals}
        today = datetime.now(UTC).astimezone(VIETNAM).date()
        unexplained = [one for one in alarms(session, today) if one[0] in chosen]
        waiting = never(session, settings.portals) if filters.everywhere else []
    if as_json:
        named = [{"portal": slug, "day": day, "why": why} for slug, day, why in unexplained]
        states = ledger_printing.states(portals)
        print_json({"portals": portals, "states": states, "alarms": named, "never_crawled": waiting})
        return
    (ledger_printing.months if months else ledger_printing.portals)(portals)
    ledger_printing.alarms(unexplained)
    ledger_printing.never(waiting)


def codebook(as_json: Json = False) -> None:
    """Explain every exported column: meaning, source, values, in Vietnamese and English."""
    from dataclasses import asdict

    from archive.codebook import columns
    from archive.printing import print_json, table

    if as_json:
        print_json({"columns": [asdict(column) for column in columns()]})
    else:
        names = ("column", "type", "source", "meaning (vi)", "meaning (en)", "values")
        table(names, ((c.name, c.type, c.source, c.vi, c.en, c.values) for c in columns()), nothing="")


def withhold(
    article: ArticleId,
    reason: Annotated[str, typer.Option(help="Why it is hidden; kept in the archive's log.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Show it again.")] = False,
) -> None:
    """Hide an article from pages, search, export and feeds; it is kept, and the reason with it."""
    from archive.store import Store

    if lift == bool(reason.strip()):
        raise UsageError('withhold: say either --reason "…" or --lift')
    with Store.open(Settings.load()) as store:
        if lift:
            store.lift(article)
        else:
            store.withhold(article, reason.strip())
    typer.echo(f"article {article} is {'shown again' if lift else 'withheld'}")


@database.command("upgrade", epilog="Example: caicach db upgrade")
def upgrade() -> None:
    """Bring the database's schema up to this program's."""
    from archive.database import HEAD, connect
    from archive.database import upgrade as bring_up

    settings = Settings.load()
    engine = connect(settings.database)
    try:
        bring_up(engine)
    finally:
        engine.dispose()
    typer.echo(f"the schema is {HEAD}")
