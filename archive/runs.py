"""The shapes of a run over one portal: what is known before it, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a run over one portal ended; every one but OK has a reason."""

    OK = "ok"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    BROKEN = "broken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a portal gave for conditional requests: ETag and Last-Modified, either may be empty."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a first night found out about a portal, so that the next need not ask again."""

    family: str
    listings: tuple[tuple[str, bool], ...] = ()
    """(address, is a reform listing)"""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    on: str = ""
    """The day it was found out, as an ISO date."""
    dead: tuple[str, ...] = ()
    """Sitemaps below a sitemap that are not there: not asked for again before the portal is looked over anew."""


@dataclass(frozen=True, slots=True)
class DueLook:
    """An article that is to be looked at again, and what it was when it was last read."""

    article: int
    url: str
    title: str = ""
    chars: int = 0
    """The length of its body."""
    published_at: datetime | None = None
    precision: str | None = None
    source: str = ""
    """Where the date of publication stood: page, meta, listing …"""
    looked_at: datetime | None = None
    gone: bool = False
    reader: str = ""
    """What read it, with "+" when its family alone could not."""


@dataclass(slots=True)
class RunSummary:
    """What one run over one portal did; the object of `crawl --json`."""

    portal: str
    outcome: Outcome = Outcome.OK
    reason: str = ""
    requests: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    rejected: int = 0
    attachments: int = 0
    seconds: float = 0.0
    details: dict[str, int] = field(default_factory=dict)
    """Further counts for the ledger: listings, links, off_topic, dead, retries …"""
    kind: str = "crawl"
    """What the run was: `crawl`, or `import` of captures that others made, which says nothing of the portal tonight."""
