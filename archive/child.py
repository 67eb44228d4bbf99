"""A process of its own that does one thing after another, bounded in time, memory and processor time.

RuntimeError
├── NotStarted    it cannot be started, and why
└── Ended         it was killed, or ended itself, in the middle of something; the message is the reason
"""

import asyncio
import multiprocessing
import os
import pickle
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
HELD = 1 << 16
"""Bytes that a pipe holds at least, so that writing them waits for nobody."""


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

    async def ask(self, limit: float, name: str, *arguments: object) -> Any:
        """What work of that name gives, within `limit` seconds. Raises NotStarted and Ended; then it is gone."""
        pipe = self._pipe
        if pipe is None:
            pipe = await asyncio.to_thread(self._started)
        try:
            async with asyncio.timeout(limit):
                await _sent(pipe, pickle.dumps((limit, name, arguments)))
                await _answered(pipe)
            found, taken = pipe.recv()
        except asyncio.CancelledError:  # it would answer whoever asks next
            self.close()
            raise
        except TimeoutError:
            reason = f"gave up after {limit:g} seconds"
        except (EOFError, OSError):
            reason = "crashed the reader"
        else:
            if taken > FAT:
                self.close()
            return found
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


async def _sent(pipe: Connection, asked: bytes) -> None:
    """Write it; what the pipe cannot hold is written by a thread, while the process reads."""
    if len(asked) <= HELD:
        pipe.send_bytes(asked)
    else:
        await asyncio.to_thread(pipe.send_bytes, asked)


async def _answered(pipe: Connection) -> None:
    """Wait until there is something to read, or nothing will ever be."""
    loop, place, ready = asyncio.get_running_loop(), pipe.fileno(), asyncio.Event()
    loop.add_reader(place, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(place)


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
