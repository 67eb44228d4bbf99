"""Every capture against its digest: the record is where its row says, whole, and what was kept."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from archive.captures import CaptureError, read
from archive.records import Located

CHUNK = 250
Checked = tuple[int, list[str]]
"""How many captures were read, and a line for each that is wrong."""


def verify(data: Path, places: Iterable[Located], *, total: int) -> Iterator[Checked]:
    """Check captures by the chunk; many of them on all cores."""
    iterator = iter(places)
    chunks = iter(lambda: list(islice(iterator, CHUNK)), [])
    workers = min(os.cpu_count() or 1, total // (4 * CHUNK))
    if workers < 2:
        for chunk in chunks:
            yield check(data, chunk)
        return
    # Fresh processes, not forked ones: this one holds a database connection.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Checked]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(check, data, chunk))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()


def check(data: Path, places: list[Located]) -> Checked:
    """Read these captures; both digests of a record are compared while it is read."""
    found = []
    for place in places:
        try:
            read(data, place)
        except CaptureError as error:
            found.append(f"{error} ({place.url})")
    return len(places), found
