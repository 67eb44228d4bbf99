"""What a night's own responses say of the portal: gathered as they come, without markup or database.

Volume speaks late and seldom; a listing that names nothing where it always named ten articles speaks at once.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from statistics import median
from urllib.parse import urlsplit

from archive.dates import VIETNAM, choose
from archive.days import Signs
from archive.identity import digest
from archive.records import Article, CaptureKind
from archive.runs import DueLook
from archive.store_captures import Held
from archive.text import fold
from crawler.dating import ZONES, offset, same_source
from crawler.fetch import Answer
from crawler.markup import sample

ADDRESS = re.compile(r"(?:https?://|/)\S+")
NUMBER = re.compile(r"\d{4,}")
LONGEST_REASON = 120
LISTS = frozenset({CaptureKind.HOME, CaptureKind.LISTING})
FEEDS = frozenset({CaptureKind.FEED, CaptureKind.SITEMAP})
STYLED = 3
"""Article pages of a night whose markup is looked at."""
MOVED = re.compile(r"^(\S+) is not the portal's")
GARBLED = re.compile(
    r"[\u00c2-\u00c6\u00e1\u00e2][\u00a1-\u00bf\u2018-\u2026\u20ac\u2122\u0152\u0153\u0160\u0161\u0178]"
)
"""Two letters that UTF-8 makes of one Vietnamese letter when it is read as windows-1252."""


def reason_of(text: str) -> str:
    """A reason without its addresses and long numbers, so that equal reasons are counted together."""
    return " ".join(NUMBER.sub("…", ADDRESS.sub("…", text)).split())[:LONGEST_REASON]


@dataclass(slots=True)
class Evidence:
    """The signs of one night, and the captures that prove what it was."""

    signs: Signs = field(default_factory=Signs)
    reasons: Counter[str] = field(default_factory=Counter)
    proof: Held | None = None
    """The last listing, or what came in its place."""
    _listings: dict[str, set[str]] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    """Characters of the bodies read."""
    _bodies: set[str] = field(default_factory=set)
    _styled: int = 0

    def came(self, kind: CaptureKind, asked: str, answer: Answer, capture: Held) -> None:
        """A response that may be read."""
        if kind in LISTS:
            self.proof = capture
            self.signs.same += capture.row.get("original_id") is not None and answer.status != 304
        if kind is CaptureKind.ARTICLE and answer.status == 200 and self._styled < STYLED:
            self._styled += 1
            for name in sample(answer.body):
                self.signs.markup[name] = self.signs.markup.get(name, 0) + 1
        self.signs.home += kind is CaptureKind.LISTING and answer.url != asked and _is_home(answer.url)
        self.signs.kept += answer.status == 304 and kind is not CaptureKind.ARTICLE

    def failed(self, kind: CaptureKind, reason: str, capture: Held | None = None) -> None:
        """A listing, feed or home page that did not come, or not as what it was asked for."""
        if kind not in LISTS and kind not in FEEDS:
            return
        told = self.signs.gaps if kind in LISTS else self.signs.lost
        told[reason_of(reason)] = told.get(reason_of(reason), 0) + 1
        if kind in LISTS:
            self.proof = capture or self.proof
            elsewhere = MOVED.match(reason)
            self.signs.moved = elsewhere[1] if elsewhere else self.signs.moved

    def listed(self, listing: str, names: Iterable[str]) -> None:
        """A page of a listing and the articles it names."""
        found = set(names)
        before = self._listings.setdefault(listing, set())
        self.signs.repeated += bool(before) and bool(found) and found <= before
        before |= found

    @property
    def silent(self) -> bool:
        """Whether listings came and none of them named an article."""
        return bool(self._listings) and not any(self._listings.values())

    def article(self, article: Article, declared: str, now: datetime, look: DueLook | None = None) -> None:
        """An article that was read; `declared` is the address its page calls its own."""
        signs, published = self.signs, choose(article.dates, now)
        signs.read += 1
        signs.fallback += "+" in article.reader_version
        signs.undated += published is None
        signs.canonical += _is_home(declared)
        signs.garbled += 100 * 2 * len(GARBLED.findall(article.title + article.body)) > len(article.body)
        self.lengths.append(len(article.body))
        body = digest(article.body)
        signs.alike += bool(article.body) and body in self._bodies
        self._bodies.add(body)
        if far := offset(article, look, now):
            signs.offsets[far] = signs.offsets.get(far, 0) + 1
        if look is not None:
            self._again(article, look, now)

    def _again(self, article: Article, look: DueLook, now: datetime) -> None:
        """What an article that the archive knows has become."""
        signs, published = self.signs, choose(article.dates, now)
        signs.again += 1
        signs.dateless += published is None and look.published_at is not None
        signs.shrunk += look.chars > 200 and 2 * len(article.body) < look.chars
        signs.retitled += bool(look.title) and fold(look.title) != fold(article.title)
        apart = same_source(article, look, now)
        if apart is None or published is None:
            return
        signs.redated += 1
        signs.shifted += apart <= ZONES[1]
        signs.earlier += look.published_at is not None and published.at < look.published_at
        signs.stamped += published.at.date() == now.astimezone(VIETNAM).date()

    def rejected(self, reason: str) -> None:
        """A page that was not taken."""
        self.reasons[reason_of(reason)] += 1

    def unlooked(self, reason: str) -> None:
        """An article that was to be looked at again and was not found or not read."""
        why = reason_of(reason)
        self.signs.unlooked[why] = self.signs.unlooked.get(why, 0) + 1

    def whole(self) -> Signs:
        """The signs of the night, complete."""
        self.signs.chars = int(median(self.lengths)) if self.lengths else 0
        self.signs.lists = len(self._listings)
        self.signs.named = {_path(listing): len(names) for listing, names in self._listings.items()}
        self.signs.bare = sum(not names for names in self._listings.values())
        named = sorted(set().union(*self._listings.values()))
        self.signs.items = sha256("\n".join(named).encode()).hexdigest()[:16] if named else ""
        return self.signs


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_home(declared: str) -> bool:
    parts = urlsplit(declared)
    return bool(declared) and parts.path in {"", "/"} and not parts.query
