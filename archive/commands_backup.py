"""The commands that take the archive away in one file and bring it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.settings import Settings

if TYPE_CHECKING:
    from archive.backup_database import Watch

NoCaptures = Annotated[
    bool, typer.Option("--no-captures", help="A list of digests instead of the WARC files, which are kept elsewhere.")
]


def register(app: typer.Typer) -> None:
    """Add backup and restore."""
    app.command(epilog="Example: caicach backup /mnt/backup/caicach.tar")(backup)
    app.command(epilog="Example: CAICACH_DATA=/srv/caicach caicach restore /mnt/backup/caicach.tar")(restore)


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The tar to write; an older one is replaced when it is whole.")
    ],
    no_captures: NoCaptures = False,
) -> None:
    """Write database, WARC files and portal files into one tar, as they are at one moment.

    Crawls may go on meanwhile. A WARC file that lacks what the database knows is a line on stderr, and the exit
    code is 3. Settings and keys are not in it.
    """
    from archive.backup import backup as make

    with watched() as watch:
        made = make(Settings.load(), file, captures=not no_captures, watch=watch)
    held = f"{made.captures} WARC file{'' if made.captures == 1 else 's'}" + (
        " by their digests" if no_captures else ""
    )
    typer.echo(f"{file}: {made.bytes / 1e6:.1f} MB, archive version {made.archive_version}, {held}")
    for line in made.lacking:
        typer.echo(f"caicach: {line}", err=True)
    if made.lacking:
        raise typer.Exit(3)


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="A tar that backup wrote.")]) -> None:
    """Fill an empty data folder from a backup, and the database of CAICACH_DATABASE_URL if that is set.

    Every file is compared with its digest before anything takes its place. The search index is built anew by the
    next search, or by `caicach index sync`.
    """
    from archive.backup_restore import restore as bring_back
    from archive.database import HEAD

    settings = Settings.load()
    with watched() as watch:
        made = bring_back(settings, file, watch)
    typer.echo(f"{settings.data}: archive version {made.archive_version}, as it was at {made.made_at}")
    if made.portals:
        typer.echo(f"its portal files differ from those in use: set CAICACH_PORTALS={made.portals} to crawl by them")
    if not made.captures:
        typer.echo(
            f"put the WARC files into {settings.data / 'warc'}, then: cd {settings.data} && sha256sum -c warc.sha256"
        )
    if made.schema != HEAD:
        typer.echo("its schema is an older one: run `caicach db upgrade`")
    for line in made.lacking:
        typer.echo(f"caicach: it was lacking when the backup was made: {line}", err=True)


@contextmanager
def watched() -> Iterator["Watch"]:
    """Progress on a terminal, nothing in a pipe."""
    from rich.console import Console
    from rich.progress import Progress

    screen = Console(stderr=True)
    with Progress(console=screen, disable=not screen.is_terminal) as progress:
        task = progress.add_task("Looking", total=None)

        def watch(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total or None)

        yield watch
