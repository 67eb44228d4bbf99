"""The command report: what the nights brought, printed, written as a page, or sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import UsageError
from config.settings import Settings

if TYPE_CHECKING:
    from archive.report import Report

PATIENCE = 90.0
"""Seconds in which a receiver that does not answer is asked again, before the notice is left for the next call."""


def register(app: typer.Typer) -> None:
    """Add report."""
    app.command(epilog="Example: caicach report --html report.html")(report)


def report(
    hours: Annotated[int, typer.Option("--hours", min=1, max=720, help="How far back, without --send.")] = 24,
    send: Annotated[bool, typer.Option("--send", help="Send it, and the alarms of this hour, to who is set.")] = False,
    page: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Tell what crawls brought, which portals changed and why, what was repaired and what was asked of them.

    With --send it covers what ended since the last one that was sent, and is sent once a day, to each receiver once;
    what cannot be delivered is tried again by the next call, and named on stderr (exit code 3).
    """
    from archive.database import reading
    from archive.printing import print_json
    from archive.report import gather
    from archive.report_morning import as_object
    from archive.report_print import html, text

    settings = Settings.load()
    if send:
        told, failed = _sent(settings)
    else:
        now, failed = datetime.now(UTC), False
        with reading(settings) as session:
            told = gather(session, now - timedelta(hours=hours), now)
    if page is not None:
        page.write_text(html(told, settings.report_language), encoding="utf-8")
    print_json(as_object(told)) if as_json else typer.echo(text(told, settings.report_language), nl=False)
    if failed:
        raise typer.Exit(3)


def _sent(settings: Settings) -> "tuple[Report, bool]":
    from archive.report_morning import morning
    from archive.report_send import receivers

    if not receivers(settings):
        raise UsageError("--send: nobody is set: CAICACH_SMTP_URL and CAICACH_MAIL_TO, or CAICACH_WEBHOOK_URL")
    done = morning(settings, patience=PATIENCE)
    for name in done.sent.taken:
        typer.echo(f"caicach: sent {name}", err=True)
    for name, why in done.sent.waiting.items():
        typer.echo(f"caicach: not sent {name}: {why}; the next `caicach report --send` tries again", err=True)
    return done.report, bool(done.sent.waiting)
