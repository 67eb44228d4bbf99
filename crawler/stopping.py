"""How a crawl is told to end: after the page in flight, and why."""

import asyncio

from archive.queries_schedule import CUT_SHORT
from archive.runs import Outcome, RunSummary

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


def cut_short(run: RunSummary) -> bool:
    """Whether a crawl ended through our own fault, and is to be begun again the same night."""
    return run.outcome is Outcome.PARTIAL and run.reason.startswith(CUT_SHORT)
