"""What a terminal shows while portals are crawled; a pipe sees nothing of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.fleet import Fleet

EVERY = 0.5


@contextmanager
def shown(fleet: Fleet) -> Iterator[None]:
    """Show portals done, articles and requests with their rate, on stderr when it is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("portals"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    over = threading.Event()
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("", total=len(fleet.portals))

        def draw() -> None:
            began = monotonic()
            while not over.wait(EVERY):
                progress.update(task, completed=len(fleet.done), description=_said(fleet, monotonic() - began))

        drawing = threading.Thread(target=draw, daemon=True, name="progress")
        drawing.start()
        try:
            yield
        finally:
            over.set()
            drawing.join()


def _said(fleet: Fleet, seconds: float) -> str:
    try:
        new, requests = fleet.count("new"), fleet.count("requests")
    except RuntimeError:  # a portal was added or done while it was counted
        return ""
    rate = requests / seconds if seconds else 0.0
    return f"{new} new articles · {requests} requests · {rate:.1f}/s"
