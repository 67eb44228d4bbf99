"""The portal-day: what one night over one portal asked, saw and did, and what explains it.

Counts are of the whole night; a second run of the same day adds to them. A day that nothing explains is an alarm.
"""

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self


class Explained(StrEnum):
    """Why a portal-day brought what it brought."""

    NEW = "new"
    EMPTY = "empty"
    DOWN = "down"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    GONE = "gone"
    BROKEN = "broken"
    UNEXPLAINED = "unexplained"


class State(StrEnum):
    """How a portal is; every one but OK has a cause and a reason."""

    OK = "ok"
    SUSPECT = "suspect"
    BROKEN = "broken"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Health:
    """How a portal is since when: `cause` is one of crawler.health's words, `reason` a line for people."""

    state: State = State.OK
    cause: str = ""
    reason: str = ""
    since: date | None = None


@dataclass(slots=True)
class Signs:
    """What a night's own responses say of the portal; counts unless told otherwise."""

    lists: int = 0
    """Listings whose first page could be read."""
    bare: int = 0
    """Of these, the ones without a link to an article."""
    kept: int = 0
    """Listings and feeds that answered "not modified"."""
    repeated: int = 0
    """Later pages of a listing that name only what its earlier ones named."""
    home: int = 0
    """Listings answered by the home page."""
    same: int = 0
    """Listing and home pages that were byte for byte as before."""
    read: int = 0
    """Article pages that were read, new ones or again."""
    again: int = 0
    """Of these, the ones read again."""
    fallback: int = 0
    """Articles that only the reading of last resort could read."""
    undated: int = 0
    """Articles without a date."""
    dateless: int = 0
    """Articles read again that have lost their date."""
    redated: int = 0
    """Articles read again whose date of publication is another one now."""
    shifted: int = 0
    """Of these, the ones whose date moved by hours, as between time zones."""
    stamped: int = 0
    """Of these, the ones whose date is now the day of the crawl."""
    earlier: int = 0
    """Of these, the ones that are now dated earlier than before."""
    offsets: dict[str, int] = field(default_factory=dict)
    """How far articles' own dates are from what lists, addresses and the archive state of them, by hours."""
    shrunk: int = 0
    """Articles read again that have lost more than half of their text."""
    retitled: int = 0
    """Articles read again that have another title."""
    garbled: int = 0
    """Articles whose letters were read in another encoding than they were written in."""
    alike: int = 0
    """Articles whose body another article of the night has too."""
    canonical: int = 0
    """Articles that declare the home page or a listing as their own address."""
    twice: int = 0
    """New addresses of articles that the archive had under another one."""
    dead: int = 0
    """Articles that tonight's listings name and that are not there."""
    chars: int = 0
    """The median length of the bodies read, in characters."""
    moved: str = ""
    """The other host to which the portal leads, if it does."""
    items: str = ""
    """The digest of what the listings name."""
    named: dict[str, int] = field(default_factory=dict)
    """How many articles each listing names, by its address without the host."""
    markup: dict[str, int] = field(default_factory=dict)
    """A sample of the class names and ids in the night's first article pages, and how many of these have each."""
    lost: dict[str, int] = field(default_factory=dict)
    """Why feeds and sitemaps did not come, or are none, by reason."""
    gaps: dict[str, int] = field(default_factory=dict)
    """Why listings and the home page did not come, by reason."""
    unlooked: dict[str, int] = field(default_factory=dict)
    """Why articles that were to be looked at again could not be read, by reason."""

    def as_json(self) -> dict[str, Any]:
        """Only what is not nothing."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """From what `as_json` gave; names of another version are left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def added(self, other: "Signs") -> "Signs":
        """The signs of two runs of one day: counts added, the later one's texts where it has any."""
        both: dict[str, Any] = {}
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict):
                both[one.name] = {key: mine.get(key, 0) + theirs.get(key, 0) for key in {**mine, **theirs}}
            elif isinstance(mine, str) or one.name == "chars":
                both[one.name] = theirs or mine
            else:
                both[one.name] = mine + theirs
        return Signs(**both)


@dataclass(frozen=True, slots=True)
class PortalDay:
    """One portal, one night; `capture` is the id of the response that proves what explains it, where there is one."""

    portal: str
    day: date
    outcome: str
    reason: str = ""
    whole: bool = True
    """Whether the night went through everything that is listed; a limit, a window or an early end does not."""
    requests: int = 0
    listings: int = 0
    links: int = 0
    new_links: int = 0
    fetched: int = 0
    read: int = 0
    new: int = 0
    revised: int = 0
    fallback: int = 0
    rejected: int = 0
    quarantined: int = 0
    indexed: int = 0
    """Articles that this night gave the index to take: new, revised, gone, restored."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why pages were rejected, by reason."""
    signs: Signs = field(default_factory=Signs)
    explained: Explained = Explained.UNEXPLAINED
    capture: int | None = None
    health: Health = field(default_factory=Health)


COUNTS = (
    *("requests", "listings", "links", "new_links", "fetched", "read", "new", "revised"),
    *("fallback", "rejected", "quarantined", "indexed"),
)
"""The names of a portal-day's counts, in the order in which they are told."""
