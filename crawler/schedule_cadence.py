"""How often a portal is to be crawled: a pure function of its file and its own nights.

Busy portals every night, silent ones less often, none less often than weekly; a portal that its file calls paused
or gone not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from archive.days import State
from archive.queries_schedule import Habit
from config.portal import Portal, Status

WEEKLY = 7
LEARN = 14
"""Portal-days before which nobody knows how busy a portal is: until then it is crawled every night."""
PATIENT = {State.BLOCKED: (3, 3), State.BROKEN: (10, 3)}
"""States in which a portal is asked less: after so many nights in it, every so many nights."""
DEEP, SPREAD = 28, 7
"""Nights after which a portal is looked at more deeply, and over how many further ones portals are spread."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every how many nights, 0 for never; and why, for people."""

    every: int
    why: str


def cadence(portal: Portal, habit: Habit, night: date) -> Cadence:
    """How often, as of a night."""
    if portal.skipped:
        return Cadence(0, f"its file says {portal.status.value}")
    if portal.status is Status.FROZEN:
        return Cadence(WEEKLY, "its file says frozen: a weekly look")
    if habit.first is None or habit.nights < LEARN:
        return Cadence(1, "still being learned")
    if habit.state in {State.GONE, State.FROZEN}:
        return Cadence(WEEKLY, f"{habit.state.value}: a weekly look")
    if habit.state is not State.OK:
        return _ill(habit, night)
    return _busy(habit, habit.first, night)


def _ill(habit: Habit, night: date) -> Cadence:
    after, every = PATIENT.get(habit.state, (0, 1))
    long = habit.since is not None and (night - habit.since).days >= after
    return Cadence(every if long else 1, f"{habit.state.value} ({habit.cause})")


def _busy(habit: Habit, first: date, night: date) -> Cadence:
    """Half as many nights as usually lie between two with news; a silence of weeks counts by the week."""
    lived = (night - first).days
    usual = lived / max(1, habit.news - 1)
    silent = (night - (habit.last_news or first)).days
    every = max(1, min(WEEKLY, int(max(usual, silent / 7) / 2)))
    if every == 1:
        return Cadence(1, "busy")
    return Cadence(every, f"news on one night in {usual:.0f}, none for {silent}")


def due(found: Cadence, habit: Habit, night: date) -> bool:
    """Whether the portal's turn is this night."""
    return found.every > 0 and (habit.last is None or (night - habit.last).days >= found.every)


def deep(slug: str, habit: Habit, night: date) -> bool:
    """Whether this is the portal's night of the month: everything listed and known is looked at."""
    since = habit.deep or habit.first
    return since is not None and (night - since).days >= DEEP + crc32(slug.encode()) % SPREAD


@dataclass(frozen=True, slots=True)
class Turn:
    """What a night is for one portal; `delay` is its beginning, a share of the time that portals are spread over."""

    portal: Portal
    cadence: Cadence
    due: bool
    deep: bool
    delay: float


def turns(portals: list[Portal], habit_of: Callable[[str], Habit], night: date) -> list[Turn]:
    """A night's plan."""
    found = []
    for portal in portals:
        habit = habit_of(portal.slug)
        often = cadence(portal, habit, night)
        mine = due(often, habit, night)
        share = crc32(f"{portal.slug}/{night}".encode()) / 2**32
        found.append(Turn(portal, often, mine, mine and deep(portal.slug, habit, night), share))
    return sorted(found, key=lambda turn: turn.delay)
