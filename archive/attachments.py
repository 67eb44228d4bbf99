"""The text of attached files, read in processes of their own: a hostile file costs itself, not the crawl.

RuntimeError
└── NoReader      no process can be started; the file waits for another night
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, TypeVar

from archive.child import Child, Ended, NotStarted
from archive.records import TOO_LARGE, FileText, PageText

SECONDS = 60.0
MEMORY = 1 << 30
PAGES = 100
"""Pages of a file that are recognised at most: some two seconds of a processor each."""
START = 20.0
"""Seconds in which a child must say that it is there."""
REST, LONGEST_REST = 60.0, 3600.0
"""Seconds for which no child is started after one that did not come: doubled each time, up to the second."""

T = TypeVar("T")


class NoReader(RuntimeError):  # noqa: N818  # a state of this machine, not of the file
    """The child cannot be started, and why; nothing is said of the file."""


def text_of(body: bytes, name: str, content_type: str) -> FileText:
    """The text of a file with its kind and pages, or the reason why there is none; never raises."""
    from archive import files  # noqa: PLC0415 # pdfium and lxml are for the child process alone

    return files.text_of(body, name)


def hold(body: bytes) -> None:
    """Take the file that pages are asked of next."""
    from archive import files_scans  # noqa: PLC0415 # pdfium and Pillow are for the child process alone

    files_scans.hold(body)


def page_of(number: int, recognise: bool) -> PageText:  # as the pipe brings them
    """The text of one page (from 1) of the file that is held; never raises."""
    from archive import files_scans  # noqa: PLC0415 # pdfium and Pillow are for the child process alone

    return files_scans.page_of(number, recognise=recognise)


WORK: Mapping[str, Callable[..., Any]] = {"text": text_of, "hold": hold, "page": page_of}


class TextReader:
    """Reads files in child processes: one that hangs or crashes costs its file, not the crawl.

    There are `size` children at most; each starts when the others are busy, within `start` seconds, stays for the
    next file, may take `memory` bytes, and is killed and started anew when a file takes more than `limit` seconds.
    """

    def __init__(self, *, size: int = 1, limit: float = SECONDS, memory: int = MEMORY, start: float = START) -> None:
        self.size, self.limit, self.start, self.largest = size, limit, start, memory // 4
        self._rest, self._rested, self._why = REST, 0.0, ""
        self._free = [Child(WORK, memory=memory, start=start) for _ in range(size)]
        self._all = tuple(self._free)
        self._turn = asyncio.Semaphore(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The children's process ids, the one used last at the end."""
        return [child.pid for child in self._all if child.pid]

    async def read(self, body: bytes, name: str, content_type: str) -> FileText:
        """`text_of` in a child; a hang or a crash is a reason too. Raises NoReader."""
        if len(body) > self.largest:
            return FileText("", "unknown", reason=TOO_LARGE)
        found = await self._turned(lambda child: self._ask(child, "text", body, name, content_type))
        return found if isinstance(found, FileText) else FileText("", "unknown", reason=found)

    async def pages(self, body: bytes, count: int, until: Callable[[], bool]) -> list[PageText] | None:
        """The pages of a file, pictures among them recognised, up to PAGES; None when `until` ended it.

        Each page has `limit` seconds; one that hangs or crashes costs itself. Raises NoReader.
        """
        if len(body) > self.largest:
            return [PageText("", scanned=True, reason=TOO_LARGE)]
        return await self._turned(lambda child: self._pages(child, body, count, until))

    def close(self) -> None:
        """End the children."""
        for child in self._all:
            child.close()

    async def _turned(self, work: Callable[[Child], Awaitable[T]]) -> T:
        """What the work with a child gives, once one is free. Raises NoReader."""
        async with self._turn:
            child = self._free.pop()
            try:
                return await work(child)
            finally:
                self._free.append(child)

    async def _pages(self, child: Child, body: bytes, count: int, until: Callable[[], bool]) -> list[PageText] | None:
        found: list[PageText] = []
        left, holder = PAGES, None
        for number in range(1, count + 1):
            if until():
                return None
            if holder is None or child.pid != holder:
                why = await self._ask(child, "hold", body)
                holder = child.pid
            page = why or await self._ask(child, "page", number, left > 0)
            found.append(page if isinstance(page, PageText) else PageText("", scanned=True, reason=page))
            left -= page is not found[-1] or page.confidence is not None or bool(page.reason)
        return found

    async def _ask(self, child: Child, name: str, *arguments: object) -> Any:
        if child.pid is None and time.monotonic() < self._rested:
            raise NoReader(self._why)
        child.start = self.start
        try:
            found = await child.ask(self.limit, name, *arguments)
        except Ended as error:
            found = str(error)
        except NotStarted as error:
            self._why = f"the process that reads files {error}"
            self._rested, self._rest = time.monotonic() + self._rest, min(2 * self._rest, LONGEST_REST)
            raise NoReader(self._why) from None
        self._rest = REST
        return found
