"""How a crawl is told to end: after the page in flight, and why."""

import asyncio

INTERRUPTED = "interrupted"
LOCK_LOST = f"{INTERRUPTED}: the connection that held its lock was lost"
OVERTIME = "its time was over"
"""What the reason of a crawl says that was ended by the watchdog."""


class Stopping(asyncio.Event):
    """Set when a crawl is to end; the first reason stands."""

    def __init__(self) -> None:
        super().__init__()
        self.reason = INTERRUPTED

    def because(self, reason: str) -> None:
        """End, for this reason."""
        if not self.is_set():
            self.reason = reason
            self.set()
