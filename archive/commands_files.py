"""Attached files at the keyboard: which have text, why others have none, and reading them again."""

from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import UserError
from config.settings import Settings

if TYPE_CHECKING:
    from archive.files_again import Again, FilesAgain

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
files = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(files, name="files", help="Attached files: which have text, why others have none.")


@files.command("list", epilog="Example: caicach files list --json")
def show(as_json: Json = False) -> None:
    """Count the files by kind, and by the reason why they have no text.

    `not read` are pages that are pictures and that nothing has recognised yet.
    """
    from archive import queries_files
    from archive.database import reading
    from archive.printing import print_json, table

    with reading(Settings.load()) as session:
        found = queries_files.counts(session)
    if as_json:
        print_json({"files": found})
        return
    names = ("kind", "files", "MB", "pages", "not read", "why there is no text")
    rows = [(c.kind, c.files, f"{c.bytes / 1e6:.1f}", c.pages, c.scanned, c.reason) for c in found]
    table(names, rows, nothing="no file yet")


@files.command("read", epilog="Example: caicach files read --minutes 60")
def read(
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0, metavar="N", help="End after so many minutes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read kept files again: scans by recognition (tesseract), and what older versions could not read.

    Nothing is asked of any portal. Each version of the readers tries a file once, and a scan is tried when tesseract
    with Vietnamese is there; what then has no text keeps its reason. Ctrl-C ends after the page in hand.
    """
    from dataclasses import asdict

    from archive import ocr
    from archive.printing import print_json

    done, ended = _read(Settings.load(), minutes)
    if as_json:
        print_json({**asdict(done), "recognition": ocr.means()})
    else:
        typer.echo(f"{done.files} files read again, {done.with_text} have text; {done.pages} pages recognised")
    if not ocr.means():
        typer.echo("caicach: scans wait: install tesseract-ocr and tesseract-ocr-vie, and run it again", err=True)
    if done.waiting:
        typer.echo(f"caicach: {done.waiting} files wait for the next time", err=True)
    if ended:
        raise typer.Exit(130)


def _read(settings: Settings, minutes: float | None) -> "tuple[Again, bool]":
    import asyncio

    from archive.attachments import NoReader, TextReader
    from archive.files_again import AT_ONCE, FilesAgain
    from archive.store import Store

    try:
        with Store.open(settings) as store, TextReader(size=AT_ONCE) as reader:
            return asyncio.run(_shown(FilesAgain(store, reader), minutes))
    except NoReader as error:
        raise UserError(f"{error}; nothing was lost, run it again") from None


async def _shown(work: "FilesAgain", minutes: float | None) -> "tuple[Again, bool]":
    """Work to the end, to Ctrl-C or until the minutes are over; whether it was Ctrl-C."""
    import asyncio
    import signal
    import time

    from rich.console import Console
    from rich.progress import Progress

    ended, last = asyncio.Event(), None if minutes is None else time.monotonic() + 60 * minutes
    work.until = lambda: ended.is_set() or (last is not None and time.monotonic() > last)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    screen = Console(stderr=True)
    with Progress(console=screen, disable=not screen.is_terminal) as progress:
        task = progress.add_task("Reading files", total=None)

        def watch(done: "Again") -> None:
            progress.update(task, total=done.files + done.waiting, completed=done.files)

        return await work.whole(watch), ended.is_set()
