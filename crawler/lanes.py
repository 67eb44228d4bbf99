"""Who may crawl at once: two hundred, and beside them those who have been at it for long.

A portal that waits for its own pace costs hardly any time of ours, and half a megabyte: two hundred at 2.5 s are eighty
requests a second, about what one process does (bench/pace.py). One that is slow, huge or a tarpit leaves its place to
the next after some minutes and goes on beside, as long as there is room beside.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 200
BESIDE = 48
PATIENCE = 300.0
"""Seconds after which a portal leaves its place to another one."""


@dataclass(slots=True)
class Lanes:
    """Places for crawls: `at_once` ordinary ones, `beside` for those who hold one longer than `patience` seconds."""

    at_once: int = AT_ONCE
    beside: int = BESIDE
    patience: float = PATIENCE
    ordinary: asyncio.Semaphore = field(init=False)
    long: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.ordinary, self.long = asyncio.Semaphore(self.at_once), asyncio.Semaphore(self.beside)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for as long as the block lasts."""
        await self.ordinary.acquire()
        stay = _Stay(self)
        try:
            yield
        finally:
            stay.leave()


class _Stay:
    """One crawl's place, which changes from an ordinary one to one beside."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes, self.held = lanes, lanes.ordinary
        self.moving = asyncio.create_task(self._step_aside())

    async def _step_aside(self) -> None:
        """Leave the ordinary place once it has been held for long and there is room beside."""
        await asyncio.sleep(self.lanes.patience)
        await self.lanes.long.acquire()
        self.held.release()
        self.held = self.lanes.long

    def leave(self) -> None:
        """Give the place back."""
        self.moving.cancel()
        self.held.release()
