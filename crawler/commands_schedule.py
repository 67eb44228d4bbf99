"""The commands schedule and worker: nights without anybody's doing, on one machine or many."""

from typing import Annotated

import typer

from config.settings import Settings


def schedule(
    plan: Annotated[bool, typer.Option("--plan", help="Only print what tonight is for each portal, and why.")] = False,
) -> None:
    """Do every night's work, for ever: crawl who is due, keep the index, back up, report, verify once a month.

    Exactly one scheduler works over one archive, whichever machines they run on; a second one waits to take over.
    """
    settings = Settings.load()
    if plan:
        _print_plan(settings)
        return
    from crawler.run import serve
    from crawler.schedule import Scheduler, child

    if not settings.contact:
        typer.echo("caicach: CAICACH_CONTACT is not set: portals cannot see who asks; set a mail address", err=True)
    settings.data.mkdir(parents=True, exist_ok=True)
    serve(settings, lambda: Scheduler(settings, child, _say))


def worker(
    at_once: Annotated[int, typer.Option("--at-once", min=1, max=64, help="How many portals at once.")] = 32,
) -> None:
    """Crawl what `caicach schedule` has put into the queue: as many workers, on as many machines, as wished.

    Needs PostgreSQL (CAICACH_DATABASE_URL). What a killed worker leaves the others take up within a minute.
    """
    settings = Settings.load()
    from crawler.run import serve
    from crawler.worker import Worker

    serve(settings, lambda: Worker(settings, at_once, _say))


def _say(line: str) -> None:
    from datetime import UTC, datetime

    from archive.dates import VIETNAM

    typer.echo(f"{datetime.now(UTC).astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} {line}", err=True)


def _print_plan(settings: Settings) -> None:
    from datetime import UTC, datetime

    from archive.database import reader
    from archive.printing import table
    from crawler.schedule_night import Night
    from crawler.schedule_slots import NIGHT, Hours, following

    hours = Hours.of(settings.night)
    night = following(NIGHT, hours, datetime.now(UTC)).date()
    plan = Night(settings, reader(settings), hours, _say).plan(night)
    rows = [
        (
            one.portal.slug,
            "crawled" + (", deeply" if one.deep else "") if one.due else "rests",
            {0: "never", 1: "every night"}.get(one.cadence.every, f"every {one.cadence.every} nights"),
            one.cadence.why,
        )
        for one in sorted(plan, key=lambda one: one.portal.slug)
    ]
    table(("portal", f"night of {night}", "cadence", "why"), rows, nothing="no portal files")
