"""One night passes at a simulated portal: what was published, corrected, taken offline and put back that day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random
from typing import TYPE_CHECKING

from crawler.farm.chance import stream
from crawler.farm.newsroom import HANOI
from crawler.farm.seasons import drawn, rhythm
from crawler.farm.stories import Story

if TYPE_CHECKING:
    from crawler.farm.site import Site

EDIT, REMOVE = 0.008, 0.01
"""Chances on a day: that a new article is corrected, falling by e each week; that a portal removes one."""
WATCHED, REMOVABLE = timedelta(days=35), timedelta(days=120)


@dataclass(frozen=True, slots=True)
class NightTruth:
    """What happened on one portal on one day: the absolute addresses of the articles, in order of time."""

    published: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def pass_night(site: "Site", day: date, pace: float = 1.0) -> NightTruth:
    """Play one day on a portal; raises ValueError for a day that is not later than the last one played."""
    room = site.newsroom
    if day <= room.played:
        raise ValueError(f"{site.slug} has lived {room.played} already: nights go forward")
    rng = stream(f"{room.plan.seed}/{site.slug}/night/{day}")
    restored = [room.stories[index] for index, back in sorted(room.returns.items()) if back <= day]
    removed = _removed(site, day, rng)
    edited = [story for story in _recent(site, day, WATCHED) if story not in removed and _corrected(story, day, rng)]
    count = drawn(rhythm(room.plan.seed, site.slug, pace), day)
    published = room.publish_at(sorted(_moment(day, rng) for _ in range(count)))
    for story in restored:
        story.removed = False
        del room.returns[story.index]
    for story in removed:
        _take_away(site, story, day)
    for story in edited:
        story.edit()
    room.played = day
    site.refresh()
    parts = (published, edited, removed, restored)
    return NightTruth(*(tuple(site.absolute(site.path(story)) for story in part) for part in parts))


def _moment(day: date, rng: Random) -> datetime:
    seconds = rng.randint(7 * 3600, 17 * 3600 + 1800)
    return datetime.combine(day, time(), HANOI) + timedelta(seconds=seconds)


def _recent(site: "Site", day: date, span: timedelta) -> list[Story]:
    since = datetime.combine(day - span, time(), HANOI)
    return [story for story in site.newsroom.stories if story.made >= since and not story.removed]


def _corrected(story: Story, day: date, rng: Random) -> bool:
    age = (day - story.made.date()).days
    return not story.original and rng.random() < EDIT * exp(-age / 7)


def _removed(site: "Site", day: date, rng: Random) -> list[Story]:
    if rng.random() >= REMOVE:
        return []
    shown = _recent(site, day, REMOVABLE)
    return [rng.choice(shown)] if shown else []


def _take_away(site: "Site", story: Story, day: date) -> None:
    """Half of what is taken offline comes back after three to twenty-five days."""
    story.removed = True
    rng = stream(f"{story.key}/removed/{day}")
    if rng.random() < 0.5:
        site.newsroom.returns[story.index] = day + timedelta(days=rng.randint(3, 25))
