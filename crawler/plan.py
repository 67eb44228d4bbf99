"""What to ask for and what to leave: the links of a night, the date window, a listing's patience. Pure."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import unquote, urlsplit

from archive.dates import parse_stated
from archive.identity import url_digest
from archive.records import Stated
from archive.topics import sounds_like_reform
from crawler.family import Family, Link

PAGES_WITHOUT_NEWS = 3
DEAD_IN_A_ROW = 20
MOST_PAGES = 400
ROUND = 7
"""Every so many nights all listings are walked as far as on a first night; in between, only to what is known."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days of publication that are wanted, both ends included; either may be open."""

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def excludes(self, day: date) -> bool:
        """Whether a day is outside."""
        return (self.since is not None and day < self.since) or (self.until is not None and day > self.until)


@dataclass(slots=True)
class Candidate:
    """An article that listings, feeds or sitemaps name, under whichever addresses."""

    url: str
    digests: set[str]
    title: str = ""
    hints: list[Stated] = field(default_factory=list)
    listed: bool = False
    """Whether a reform listing named it."""
    taken: bool = False
    """Whether it has been asked for tonight."""
    dead: bool = False
    """Whether it was asked for and no article is there."""

    def sounds(self) -> bool:
        """Whether title or slug sound like administrative reform."""
        path = unquote(urlsplit(self.url).path)
        return sounds_like_reform(self.title) or sounds_like_reform(path.rsplit("/", 1)[-1] or path)

    def day(self, now: datetime) -> date | None:
        """The day of publication as far as hints tell."""
        for hint in self.hints:
            read = parse_stated(hint.text, now)
            if read:
                return read[0].date() if isinstance(read[0], datetime) else read[0]
        return None


class Gathered:
    """All links of a night, each article once, whatever addresses it is named under."""

    def __init__(self, family: Family, known: Container[str]) -> None:
        self.family, self.known = family, known
        self.candidates: dict[str, Candidate] = {}

    def add(self, link: Link, *, listed: bool = False) -> Candidate:
        """The candidate a link names; its date and title are kept beside those it had."""
        url = self.family.canonical(link.url)
        found = self.candidates.setdefault(self.family.identity(link.url), Candidate(url, set()))
        found.digests.add(url_digest(url))
        found.title = max(found.title, link.title, key=len)
        found.listed |= listed
        if link.stated and link.stated not in found.hints:
            found.hints.append(link.stated)
        return found

    def named(self, url: str) -> Candidate | None:
        """What tonight's lists say of an article, or None when none of them names it."""
        return self.candidates.get(self.family.identity(url))

    def any_known(self, candidates: Sequence[Candidate]) -> bool:
        """Whether a page names an article that the archive knows: a listing has then come to where it was left."""
        return any(digest in self.known for candidate in candidates for digest in candidate.digests)

    def wanted(self, candidate: Candidate, window: Window, now: datetime) -> bool:
        """Whether it is to be fetched: not known, listed as reform or sounding like it, and inside the window."""
        if candidate.taken or any(digest in self.known for digest in candidate.digests):
            return False
        if not (candidate.listed or candidate.sounds()):
            return False
        day = candidate.day(now) if window else None
        return day is None or not window.excludes(day)


def inside(candidates: Sequence[Candidate], window: Window, now: datetime) -> bool:
    """Whether the date window may still hold something of a page, or of the pages after it."""
    days = [candidate.day(now) for candidate in candidates] if window else []
    return not days or any(day is None or window.since is None or day >= window.since for day in days)


def brief_round(listings: Sequence[tuple[str, bool, bool]]) -> list[tuple[str, bool, bool]]:
    """The listings of an ordinary night: reform listings and the file's own; where there are only others, all of them.

    (address, is a reform listing, named in the portal's file). The others have the week's full round: to ask them by
    turns in between as well cost 0.4 requests for each new article (bench/detection.py).
    """
    return [row for row in listings if row[1] or row[2]] or list(listings)


@dataclass(slots=True)
class Patience:
    """When a listing is left: 3 pages in a row with nothing new, 20 dead links in a row, 400 pages."""

    pages: int = 0
    _idle: int = 0
    _dead: int = 0

    def page(self, *, news: bool) -> None:
        """Count a page of the listing."""
        self.pages += 1
        self._idle = 0 if news else self._idle + 1

    def asked(self, candidates: list[Candidate]) -> None:
        """Count what the page's articles turned out to be."""
        for candidate in candidates:
            if candidate.taken:
                self._dead = self._dead + 1 if candidate.dead else 0

    @property
    def out(self) -> bool:
        """Whether the listing is to be left."""
        return self._idle >= PAGES_WITHOUT_NEWS or self._dead >= DEAD_IN_A_ROW or self.pages >= MOST_PAGES
