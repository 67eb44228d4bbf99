"""How much a portal publishes, learned from its own nights: by weekday and season, and what a silence says.

Counts are taken as Poisson around a rate that is itself uncertain (Gamma), so that a portal of few nights
is believed little. Offices also fall silent for a week without being broken, and nearly all do over
Tết; a silence is told of only when even that explains it badly.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import takewhile
from math import log, log1p
from statistics import median

from archive.days import Health, PortalDay, State

PRIOR_ARTICLES, PRIOR_NIGHTS = 0.5, 1.0
"""What is believed of a portal of which nothing is known: one article in two nights."""
LEARN_FROM = 7
IMPROBABLE, STOPPED = -6.9, -16.0
"""Logarithms: a silence of one chance in a thousand is told of, one in ten million is a portal that stopped."""
SILENT_WEEK = log(0.07)
"""How probable it is that an office says nothing for a whole week."""
MOST_SILENT_WEEKS = 2
"""So many such weeks in one silence are believed; a third one is no office's habit."""
WEEKDAYS = (1.0, 1.0, 1.0, 1.0, 1.0, 0.3, 0.15)
SURE_AFTER = 4.0
"""Articles expected on a weekday from which a portal's own habit weighs as much as the usual one."""
HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 1), (9, 2)})
NEW_YEARS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12"),
        *("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26"),
        *("2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08"),
    )
)
"""The first day of the lunar year in Vietnam; offices are closed from two days before to five after, or longer."""


def season(day: date) -> float:
    """The share of an ordinary day's articles that a holiday leaves."""
    if any(-3 <= (day - tet).days <= 7 for tet in NEW_YEARS) or (day.month, day.day) in HOLIDAYS:
        return 0.03
    return 0.5 if any(7 < (day - tet).days <= 14 for tet in NEW_YEARS) else 1.0


def quiet(history: Sequence[PortalDay], tonight: PortalDay) -> Health | None:
    """A silence that hardly anything but a fault explains; `history` has the latest night first."""
    if tonight.new or not tonight.whole:
        return None
    silent = [tonight, *takewhile(lambda day: not day.new, history)]
    # The first whole night brings what was published in years.
    lived = [day for day in history[len(silent) - 1 : -1] if day.whole and day.health.state is State.OK]
    if len(lived) < LEARN_FROM:
        return None
    chance = probability(lived, (day.day for day in silent))
    if chance > IMPROBABLE:
        return None
    since = min(day.day for day in silent)
    odds, state = ("ten million", State.FROZEN) if chance < STOPPED else ("a thousand", State.SUSPECT)
    said = f"no new article since {since}: less than one chance in {odds}"
    return Health(state, "frozen", said)


def probability(lived: Sequence[PortalDay], silent: Iterable[date]) -> float:
    """The logarithm of how probable it is that a portal that lived so is silent on these days."""
    counts = _tamed([day.new for day in lived])
    habits = weekdays(lived, counts)
    weight = {day: habits[day.weekday()] * season(day) for day in silent}
    articles = PRIOR_ARTICLES + sum(counts)
    nights = PRIOR_NIGHTS + sum(habits[day.day.weekday()] * season(day.day) for day in lived)
    worked = sorted(weight.values(), reverse=True)
    spared = (sum(worked[5 * weeks :]) for weeks in range(MOST_SILENT_WEEKS + 1))
    return max(weeks * SILENT_WEEK - articles * log1p(left / nights) for weeks, left in enumerate(spared))


def weekdays(lived: Sequence[PortalDay], counts: Sequence[float]) -> tuple[float, ...]:
    """Each weekday's share of a working day, Monday first: the portal's own, as far as its nights say it."""
    worked = [n for day, n in zip(lived, counts, strict=True) if day.day.weekday() < 5]
    rate = max(0.05, sum(worked) / len(worked)) if worked else 0.5
    shares = []
    for number, usual in enumerate(WEEKDAYS):
        mine = [n for day, n in zip(lived, counts, strict=True) if day.day.weekday() == number]
        shares.append((sum(mine) + SURE_AFTER * usual) / (rate * len(mine) + SURE_AFTER))
    return tuple(shares)


def _tamed(counts: Sequence[int]) -> list[float]:
    """Counts without their bursts: what is far above the usual is cut to it."""
    most = 3 * median(counts) + 5
    return [min(float(count), most) for count in counts]
