"""A stored page read again: what the reader was given then, and today's rules; in processes of their own.

The crawler hands in how pages are read: the archive knows no families.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any, Generic, TypeVar

from archive import store_copies, store_facts
from archive.captures import CaptureError, whole
from archive.dates import ImpossibleDate
from archive.normalise import normalise
from archive.records import Article, Capture, Located
from archive.store_copies import Sketch
from archive.store_facts import Read
from archive.wording import Body
from config.portal import Portal

Tag = TypeVar("Tag")
FEW = 200
"""Readings for which no process is started: that takes a second or two."""
AHEAD = 32
"""How many readings for each process are begun before the first is needed."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a page is read with: the portal's file, the family, and what lists said of it then."""

    portal: Portal
    family: str
    page: str
    hints: tuple[tuple[str, str], ...]
    listed: bool
    at: datetime
    url: str = ""
    """The article's address where it stays what it was, whatever the page says now."""

    @classmethod
    def of(cls, portal: Portal, said: dict[str, Any], at: datetime, *, url: str = "") -> "Given":
        """From what a record in WARC or a revision's row says."""
        hints = tuple((text, source) for text, source in said["hints"])
        return cls(portal, said["family"], said["page"], hints, said["listed"], at, url)


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a page cannot be read."""

    reason: str


Reader = Callable[[Capture, Given], Article | Unread]
"""How a page is read; a function of a module, so that another process can be told of it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One page to read again: where it lies, and for a revisit where its body does."""

    data: Path
    located: Located
    original: Located | None
    given: Given
    reader: Reader
    sketch: bool = True


def read_again(job: Job) -> tuple[Read, Sketch | None] | Unread:
    """Read a page with today's rules; CaptureError is a reason too."""
    try:
        capture = whole(job.data, job.located, job.original)
        article = job.reader(capture, job.given)
        if isinstance(article, Unread):
            return article
        article = replace(article, listed=job.given.listed, url=job.given.url or article.url)
        read = store_facts.read(article, normalise(article, job.given.portal, job.given.at))
    except (CaptureError, ImpossibleDate) as error:
        return Unread(str(error))
    return read, _sketch(read.meaning.body) if job.sketch else None


def _sketch(body: str) -> Sketch:
    """Bands alone: a body that was looked at is large to send."""
    return Sketch(Body(body), store_copies.sketch(body).bands)


class Pool(Generic[Tag]):
    """Reads ahead on all cores, and answers in the order in which it was asked; a few are read at once, here."""

    def __init__(self, stack: ExitStack, workers: int | None = None) -> None:
        self.workers = workers or cpu_count() or 1
        self._stack, self._asked = stack, 0
        self._pool: Executor | None = None

    def ask(self, job: Job) -> "Future[tuple[Read, Sketch | None] | Unread]":
        """Begin a reading."""
        self._asked += 1
        if self._asked <= FEW:
            here = Future[tuple[Read, Sketch | None] | Unread]()
            here.set_result(read_again(job))
            return here
        if self._pool is None:
            # Fresh processes, not forked ones: this one holds a database connection.
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
            self._stack.callback(self._pool.shutdown, cancel_futures=True)
        return self._pool.submit(read_again, job)

    def all(self, jobs: Iterable[tuple[Tag, Job]]) -> Iterator[tuple[Tag, tuple[Read, Sketch | None] | Unread]]:
        """The readings of many pages, each with what it was asked for."""
        waiting: deque[tuple[Tag, Future[tuple[Read, Sketch | None] | Unread]]] = deque()
        for tag, job in jobs:
            waiting.append((tag, self.ask(job)))
            if len(waiting) > AHEAD * self.workers:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()
