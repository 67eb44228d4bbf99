"""The text of attached files, read in a process of its own: a hostile file costs itself, not the crawl.

RuntimeError
└── NoReader      the child cannot be started; the file waits for another night
"""

import asyncio
import multiprocessing
import resource
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Self

from archive.records import FileText

SECONDS = 60.0
MEMORY = 1 << 30
START = 20.0
"""Seconds in which a child must say that it is there."""
REST, LONGEST_REST = 60.0, 3600.0
"""Seconds for which no child is started after one that did not come: doubled each time, up to the second."""


class NoReader(RuntimeError):  # noqa: N818  # a state of this machine, not of the file
    """The child cannot be started, and why; nothing is said of the file."""


def text_of(body: bytes, name: str, content_type: str) -> FileText:
    """The text of a file with its kind and pages, or the reason why there is none; never raises."""
    from archive import files  # noqa: PLC0415 # pdfium and lxml are for the child process alone

    return files.text_of(body, name)


class TextReader:
    """Reads files in a child process: one that hangs or crashes costs its file, not the crawl.

    The child starts at the first file (fresh, not forked from a process with threads) within `start`
    seconds, may take `memory` bytes, and is killed and started anew when a file takes more than `limit` seconds.
    """

    def __init__(self, *, limit: float = SECONDS, memory: int = MEMORY, start: float = START) -> None:
        self.limit, self.memory, self.start = limit, memory, start
        self._rest, self._rested, self._why = REST, 0.0, ""
        self._lock = asyncio.Lock()
        self._child: BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._child.pid if self._child else None

    async def read(self, body: bytes, name: str, content_type: str) -> FileText:
        """`text_of` in the child, one file at a time; a hang or a crash is a reason too. Raises NoReader."""
        async with self._lock:
            return await asyncio.to_thread(self._ask, body, name, content_type)

    def close(self) -> None:
        """End the child."""
        if self._child and self._pipe:
            self._child.kill()
            self._child.join()
            self._child.close()
            self._pipe.close()
            self._child = self._pipe = None

    def _ask(self, body: bytes, name: str, content_type: str) -> FileText:
        pipe = self._pipe or self._started()
        try:
            pipe.send((body, name, content_type))
            if pipe.poll(self.limit):
                found: FileText = pipe.recv()
                return found
            reason = f"gave up after {self.limit:g} seconds"
        except (EOFError, OSError):
            reason = "crashed the reader"
        self.close()
        return FileText("", "unknown", reason=reason)

    def _started(self) -> Connection:
        """A child that has said that it is there; raises NoReader, at once while the last one's failure is fresh."""
        if time.monotonic() < self._rested:
            raise NoReader(self._why)
        pipe = self._start()
        try:
            if pipe.poll(self.start):
                pipe.recv()
                self._rest = REST
                return pipe
            why = f"does not start within {self.start:g} seconds"
        except (EOFError, OSError):
            why = "ends as soon as it is started"
        self.close()
        self._why = f"the process that reads files {why}"
        self._rested, self._rest = time.monotonic() + self._rest, min(2 * self._rest, LONGEST_REST)
        raise NoReader(self._why)

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs, self.memory), daemon=True, name="text reader")
        self._child.start()
        theirs.close()
        return self._pipe


def _serve(pipe: Connection, memory: int) -> None:
    """The child: answer files until the parent is gone; Ctrl-C is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send("here")
    while True:
        try:
            body, name, content_type = pipe.recv()
        except (EOFError, OSError):
            return
        except MemoryError:
            pipe.send(FileText("", "unknown", reason="too large: reading it takes too much memory"))
            continue
        pipe.send(text_of(body, name, content_type))
