"""Looks at known articles on paper: newsrooms live their nights, and only the schedule is played, no page is asked for.

A crawl of a year would take hours; what looks cost and when they find a correction follows from the schedule alone:
`next_look` of archive/store_articles.py, and one of the newest articles on a night that looks at no other
(archive/queries_looks.py). bench/relooks.py crawls a month of the same nights and says how near paper comes to it.
Looks that a sitemap's date asks for, and second ones at what has vanished, are not on paper.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.dates import VIETNAM
from archive.queries_looks import SPARES
from archive.store_articles import LOOKS, next_look
from bench.detection_nights import FIRST
from crawler.farm import Farm
from crawler.farm.exchange import Ask
from crawler.farm.stories import Story
from crawler.night import SOON

WINDOW = LOOKS[-1] // timedelta(days=1)
"""Days after its first sight in which an article is looked at again."""


@dataclass(slots=True)
class Known:
    """An article: when it was published and first seen, its next look, and the corrections that wait to be found."""

    published: datetime
    first: datetime
    looked: datetime
    due: datetime | None
    edits: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """What some nights cost and found; `waits` are the nights between a correction and the look that found it."""

    looks: int = 0
    spare: int = 0
    article_days: int = 0
    waits: list[int] = field(default_factory=list)
    lost: int = 0
    """Corrections inside the window that no look found."""

    @property
    def requests(self) -> float:
        """Looks for each article and day of the window."""
        return self.looks / max(1, self.article_days)

    @property
    def found(self) -> float:
        """The share of corrections that a look found."""
        return len(self.waits) / max(1, len(self.waits) + self.lost)

    def waited(self, share: float) -> int:
        """Within how many nights this share of the corrections was found."""
        return sorted(self.waits)[int(share * (len(self.waits) - 1))] if self.waits else 0


def played(seed: int, portals: int, nights: range, articles: int = 60) -> Sheet:
    """Play nights from the first on, note those of `nights`; archives begin with `articles` of all ages, or none."""
    farm, sheet = Farm(seed, articles=max(1, articles), portals=portals, until=FIRST), Sheet()
    rooms = {portal.slug: portal.site.newsroom for portal in farm.portals}
    archives: dict[str, dict[str, Known]] = defaultdict(dict)
    for slug in rooms if articles else ():
        _take(archives[slug], rooms[slug].shown, _at(0))
    for number in range(nights.stop):
        before = {slug: len(room.stories) for slug, room in rooms.items()}
        lived = farm.night(FIRST + timedelta(days=number))
        for portal in farm.portals:
            known, room = archives[portal.slug], rooms[portal.slug]
            _take(known, room.stories[before[portal.slug] :], _at(number))
            for url in lived[portal.slug].edited:
                story = portal.site.find(Ask.of("/" + url.split("/", 3)[3]))
                if story and story.key in known and known[story.key].first < _at(number):
                    known[story.key].edits.append(number)
            _night(known, number, sheet if number in nights else Sheet())
    sheet.lost = sum(_lost(one, nights) for known in archives.values() for one in known.values())
    return sheet


def _lost(one: Known, nights: range) -> int:
    """Corrections inside the window that nobody will look for any more."""
    return sum(one.due is None and edit in nights and (_at(edit) - one.first).days <= WINDOW for edit in one.edits)


def _at(number: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=number), time(22, 30), VIETNAM)


def _take(known: dict[str, Known], stories: Sequence[Story], now: datetime) -> None:
    """Articles about reform, seen for the first time."""
    for story in stories:
        if story.is_reform:
            known.setdefault(story.key, Known(story.made, now, now, next_look(now, story.made, now)))


def _night(known: dict[str, Known], number: int, sheet: Sheet) -> None:
    now = _at(number)
    looks = [one for one in known.values() if one.due is not None and one.due <= now + SOON]
    if not looks:
        newest = sorted(known.values(), key=lambda one: one.published, reverse=True)[:SPARES]
        looks = sorted((one for one in newest if one.looked < now), key=lambda one: one.looked)[:1]
        sheet.spare += len(looks)
    for one in looks:
        one.looked, one.due = now, next_look(one.first, one.published, now)
        sheet.waits += [number - edit for edit in one.edits]
        one.edits.clear()
    sheet.looks += len(looks)
    sheet.article_days += sum((now - one.first).days < WINDOW for one in known.values())
