"""A process of its own that does one thing after another, bounded in time, memory and processor time.

RuntimeError
├── NotStarted    it cannot be started, and why
└── Ended         it was killed, or ended itself, in the middle of something; the message is the reason
"""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

DISK = 64_000_000
"""Bytes of a file it may write; it has no reason to."""
FAT = 400_000_000
"""Bytes of memory it may take between two files and still stay for what comes next."""


class NotStarted(RuntimeError):  # noqa: N818  # a state of this machine
    """The process cannot be started, and why."""


class Ended(RuntimeError):  # noqa: N818  # what happened to it
    """The process did not outlive what it was asked to do."""


class Child:
    """One process: started when it is first asked, fresh, not forked from a process with threads."""

    def __init__(self, work: Mapping[str, Callable[..., Any]], *, memory: int, start: float) -> None:
        self.work, self.memory, self.start = work, memory, start
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return self._process.pid if self._process else None

    def ask(self, limit: float, name: str, *arguments: object) -> Any:
        """What work of that name gives, within `limit` seconds. Raises NotStarted and Ended; then it is gone."""
        pipe = self._pipe or self._started()
        try:
            pipe.send((limit, name, arguments))
            if pipe.poll(limit):
                found, taken = pipe.recv()
                if taken > FAT:
                    self.close()
                return found
            reason = f"gave up after {limit:g} seconds"
        except (EOFError, OSError):
            reason = "crashed the reader"
        self.close()
        raise Ended(reason)

    def close(self) -> None:
        """End the process and what it has started."""
        if self._process and self._pipe:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid or 0, signal.SIGKILL)
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
            self._process = self._pipe = None

    def _started(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        given = (theirs, self.memory, dict(self.work))
        self._process = context.Process(target=_serve, args=given, daemon=True, name="text reader")
        self._process.start()
        theirs.close()
        try:
            if self._pipe.poll(self.start):
                self._pipe.recv()
                return self._pipe
            why = f"does not start within {self.start:g} seconds"
        except (EOFError, OSError):
            why = "ends as soon as it is started"
        self.close()
        raise NotStarted(why)


def _serve(pipe: Connection, memory: int, work: Mapping[str, Callable[..., Any]]) -> None:
    """The process: work until the parent is gone; Ctrl-C is the parent's affair, and so is what is said on stderr."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, DISK)):
        resource.setrlimit(what, (most, most))
    pipe.send("here")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while True:
        try:
            limit, name, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        _bound(limit)
        pipe.send((work[name](*arguments), _taken()))


def _taken() -> int:
    """Bytes of memory it takes now, where that can be known; the most it took counts what its parent had."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * resource.getpagesize() if told.exists() else 0


def _bound(limit: float) -> None:
    """So much more processor time: one whose parent was killed ends, too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + limit) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
