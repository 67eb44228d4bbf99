"""How many articles a portal publishes on a day: weekdays, quiet weeks, bursts, holidays, Tết.

A portal's rhythm is drawn from the farm's seed and its slug; what a day brings is drawn from the
rhythm and the day, so that a night is the same whichever nights were played before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, lgamma, log
from random import Random

from crawler.farm.chance import stream

TET = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6)}
"""The first day of the lunar year."""
_HUNG_KINGS = (date(2024, 4, 18), date(2025, 4, 7), date(2026, 4, 26), date(2027, 4, 16))
_HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 1), (9, 2)}
_TIMES_OF_YEAR = (
    ((12, 8), (12, 31), 1.7),  # the year's reports and next year's plans
    ((1, 2), (1, 15), 1.2),
    ((3, 15), (4, 20), 1.4),  # before PAR INDEX and SIPAS are announced
    ((6, 15), (6, 30), 1.2),  # the half-year's reports
)
QUIET, BURST = 0.07, 0.03
"""The share of weeks in which a portal is silent, and of those in which it publishes three times as much."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A portal's own pace: articles on an ordinary working day, and each weekday's factor, Monday first."""

    key: str
    daily: float
    weekdays: tuple[float, ...]


def rhythm(seed: int, slug: str, pace: float = 1.0) -> Rhythm:
    """The rhythm of a portal: most publish one to three articles on a working day, few ten or one a week."""
    rng = stream(f"{seed}/{slug}/rhythm")
    daily = min(9.0, max(0.15, rng.lognormvariate(0.4, 0.8))) * pace
    working = (rng.uniform(0.7, 1.3) for _ in range(5))
    weekend = rng.choice((0.0, 0.1, 0.3, 0.5))
    return Rhythm(f"{seed}/{slug}", daily, (*working, weekend, weekend / 2))


def expected(rhythm: Rhythm, day: date) -> float:
    """The mean number of articles on a day."""
    return rhythm.daily * rhythm.weekdays[day.weekday()] * season(day) * week(rhythm, day)


def season(day: date) -> float:
    """What the time of year makes of an ordinary day's articles, for every portal alike."""
    tet = TET.get(day.year)
    from_tet = (day - tet).days if tet else 999
    if -2 <= from_tet <= 5 or (day.month, day.day) in _HOLIDAYS or day in _HUNG_KINGS:
        return 0.04
    if -9 <= from_tet < 13:
        return 1.25 if from_tet < 0 else 0.7
    return next((f for first, last, f in _TIMES_OF_YEAR if first <= (day.month, day.day) <= last), 1.0)


def week(rhythm: Rhythm, day: date) -> float:
    """What a portal's own week makes of it: silence, a burst, or nothing."""
    year, number, _ = day.isocalendar()
    chance = stream(f"{rhythm.key}/week/{year}-{number}").random()
    return 0.0 if chance < QUIET else 3.0 if chance > 1 - BURST else 1.0


def drawn(rhythm: Rhythm, day: date) -> int:
    """How many articles a portal publishes on a day."""
    return poisson(expected(rhythm, day), stream(f"{rhythm.key}/day/{day}"))


def poisson(mean: float, rng: Random) -> int:
    """A count with this mean, by adding up the shares of 0, 1, 2… until chance is spent."""
    chance, count = rng.random(), 0
    while mean > 0 and count < 60:
        chance -= exp(count * log(mean) - mean - lgamma(count + 1))
        if chance <= 0:
            break
        count += 1
    return count


def days(first: date, count: int) -> Iterable[date]:
    """So many days from the first on."""
    return (first + timedelta(days=number) for number in range(count))
