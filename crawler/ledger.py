"""What one night over one portal did, and how it is judged; pure, so that every rule can be tested.

Ended        the night over this portal is over; it says how and why
"""

from collections import Counter
from dataclasses import dataclass, field

from archive.records import Verdict
from archive.runs import Outcome, RunSummary

BARRED_IN_A_ROW = 3
UNREADABLE_FROM = 3


class Ended(Exception):  # noqa: N818  # a verdict about the night, not a fault
    """The night over this portal is over."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome, self.reason = outcome, reason


@dataclass(slots=True)
class Ledger:
    """Counts of a night; `counts` are the further ones of `RunSummary.details`."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    rejected: int = 0
    attachments: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    gaps: list[str] = field(default_factory=list)
    """What should have been read and was not: the run is partial."""
    unreadable: list[str] = field(default_factory=list)
    _barred: int = 0
    _failed: int = 0

    @property
    def recorded(self) -> int:
        """Articles that the archive took or knew already."""
        return self.new + self.revised + self.unchanged

    def verdict(self, verdict: Verdict) -> None:
        """Count what the archive said of an article."""
        setattr(self, verdict.value, getattr(self, verdict.value) + 1)

    def answered(self) -> None:
        """A response that may be read: nothing is in a row any more."""
        self._barred = self._failed = 0

    def barred(self, reason: str, *, listing: bool) -> None:
        """A challenge, block or 429; raises Ended for a listing's, or the third page's in a row."""
        self._barred += 1
        self.counts["barred"] += 1
        if listing or self._barred >= BARRED_IN_A_ROW:
            raise Ended(Outcome.BLOCKED, reason)

    def failed(self, reason: str) -> None:
        """No whole response after three tries; raises Ended for the third page in a row."""
        self._failed += 1
        self.counts["failed"] += 1
        if self._failed >= BARRED_IN_A_ROW:
            raise Ended(Outcome.UNREACHABLE, reason)

    def judged(self, ended: Ended | None) -> tuple[Outcome, str]:
        """How the night went, and why it was not a good one."""
        if ended is not None:
            reached = ended.outcome is Outcome.UNREACHABLE and self.counts["pages"] > 0
            return (Outcome.PARTIAL if reached else ended.outcome), ended.reason
        if not self.counts["links"] and not self.counts["not_modified"]:
            return Outcome.BROKEN, self.gaps[
                0
            ] if self.gaps else "no article could be found in any listing, feed or sitemap"
        tried = self.recorded + len(self.unreadable)
        if len(self.unreadable) >= UNREADABLE_FROM and 2 * len(self.unreadable) > tried:
            return Outcome.BROKEN, f"{len(self.unreadable)} of {tried} pages could not be read: {self.unreadable[0]}"
        if self.gaps:
            more = f" (and {len(self.gaps) - 1} more)" if len(self.gaps) > 1 else ""
            return Outcome.PARTIAL, f"{self.gaps[0]}{more}"
        return Outcome.OK, ""

    def summary(
        self, portal: str, ended: Ended | None = None, *, requests: int = 0, seconds: float = 0.0
    ) -> RunSummary:
        """The night as `crawl --json` prints it."""
        outcome, reason = self.judged(ended)
        return RunSummary(
            portal=portal,
            outcome=outcome,
            reason=reason,
            requests=requests,
            new=self.new,
            revised=self.revised,
            unchanged=self.unchanged,
            rejected=self.rejected,
            attachments=self.attachments,
            seconds=round(seconds, 1),
            details=dict(self.counts),
        )
