"""The command import: captures that others made of a portal."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from config.portal import load, pick
from config.settings import Settings

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="WARC files, or folders of them.", show_default=False)
]


def import_captures(
    files: Files,
    portal: Annotated[str, typer.Option(metavar="SLUG", help="Whose captures they are.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Take captures that others made of a portal, such as public web archives; where each comes from is kept.

    Only captures of the portal's own hosts are taken, and none twice. A capture's time is when it was made:
    what is published later than that is not believed, and several captures of one article are its revisions.
    """
    from crawler.commands_portals import check_families
    from crawler.importing_run import import_files

    settings = Settings.load()
    chosen = pick(load(settings.portals), [portal])[0]
    check_families([chosen])
    with _progress() as say:
        result = import_files(files, chosen, settings, say)
    done = result.summary
    if as_json:
        numbers = ("portal", "new", "revised", "unchanged", "rejected", "attachments", "seconds")
        said = {name: getattr(done, name) for name in numbers}
        said |= {"captures": done.details["imported"], "bad": dict(result.bad), "left": dict(result.left)}
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        typer.echo(
            f"{done.details['imported']} captures of {portal} taken: {done.new} articles new, {done.revised} revised, "
            f"{done.unchanged} unchanged, {done.rejected} rejected, {done.attachments} files"
        )
        _told("left", result.left)
    _told("could not be used", result.bad, err=True)
    if result.bad:
        raise typer.Exit(3)


def _told(what: str, counts: Counter[str], *, err: bool = False) -> None:
    for why, times in counts.most_common():
        typer.echo(f"{times} {what}: {why}", err=err)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr when it is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("captures", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
