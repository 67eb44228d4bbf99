"""The command replay: stored captures read again with today's families and rules."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import UsageError
from config.settings import Settings

if TYPE_CHECKING:
    from archive.rebuild import Rebuilt, Watch

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Reindex = Callable[[Settings], str]


def register(app: typer.Typer, *, reindex: Reindex) -> None:
    """Add the commands; `reindex` builds the search index from the archive and says what it did."""

    @app.command(epilog="Example: caicach replay --rebuild")
    def replay(
        rebuild: Annotated[
            bool, typer.Option("--rebuild", help="Build database and index anew from the WARC files alone.")
        ] = False,
        as_json: Json = False,
    ) -> None:
        """Read stored captures again with today's families.

        --rebuild does everything again that the WARC files tell of, into a database beside the old one, which takes
        its place when it is whole. Nobody may crawl or serve meanwhile. Articles that today's rules cannot read are
        named on stderr, and the exit code is 3.
        """
        if not rebuild:
            raise UsageError("replay: say --rebuild")
        _rebuild(reindex, as_json=as_json)


def _rebuild(reindex: Reindex, *, as_json: bool) -> None:
    from archive.rebuild import Rebuild
    from archive.rebuild_database import beside
    from crawler.stored import read

    settings = Settings.load()
    with watched() as watch, beside(settings) as engine:
        done = Rebuild(engine, settings.data, read, watch).whole()
    index = reindex(settings)
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        for line in (*_told(done), index):
            typer.echo(line)
    for line in done.lost:
        typer.echo(f"caicach: cannot be read any more: {line}", err=True)
    if done.lost:
        raise typer.Exit(3)


def _told(done: "Rebuilt") -> Iterator[str]:
    """What a rebuild did, in lines."""
    yield f"{done.articles} articles from {done.captures} captures, archive version {done.archive_version}"
    if done.otherwise:
        yield f"{done.otherwise} are read otherwise by today's rules than when they were recorded"
    if done.void:
        yield f"{done.void} deeds were left out that the old database never took: their process was killed"
    if done.untold:
        yield f"{done.untold} captures are of runs whose beginning is in none of the files: left out"


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
