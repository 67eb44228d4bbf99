"""The text of attached files, read in a process of its own: a hostile file costs itself, not the crawl."""

import asyncio
import multiprocessing
import resource
import signal
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Self

from archive.records import FileText

SECONDS = 60.0
MEMORY = 1 << 30


def text_of(body: bytes, name: str, content_type: str) -> FileText:
    """The text of a file with its kind and pages, or the reason why there is none; never raises."""
    from archive import files  # noqa: PLC0415 # pdfium and lxml are for the child process alone

    return files.text_of(body, name)


class TextReader:
    """Reads files in a child process: one that hangs or crashes costs its file, not the crawl.

    The child starts at the first file (fresh, not forked from a process with threads), may take
    `memory` bytes, and is killed and started anew when a file takes more than `limit` seconds.
    """

    def __init__(self, *, limit: float = SECONDS, memory: int = MEMORY) -> None:
        self.limit, self.memory = limit, memory
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
        """`text_of` in the child, one file at a time; a hang or a crash is a reason too."""
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
        pipe = self._pipe or self._start()
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
    while True:
        try:
            body, name, content_type = pipe.recv()
        except (EOFError, OSError):
            return
        except MemoryError:
            pipe.send(FileText("", "unknown", reason="too large: reading it takes too much memory"))
            continue
        pipe.send(text_of(body, name, content_type))
