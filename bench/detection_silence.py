"""From which night on a silent portal could be told from a quiet one, by somebody who knows its true rhythm.

A portal that stands still answers as it always did: nothing but its silence says so, and real offices are silent for
a week now and then. Such a fault is *knowable* on the first night by whose end the portal's own rhythm, as it was
really drawn (weekday, season, Tết, quiet weeks), leaves less than one chance in ten thousand that so much silence is
ordinary. A detector that says so earlier is right as well; one that says so later was late. Where that night never
comes before the fault ends, nobody could know, and it is no fault of the table's.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from math import exp, log

from crawler.farm.seasons import BURST, QUIET, Rhythm, season

IMPROBABLE = log(1e-4)


def ordinary(rhythm: Rhythm, share: float, silent: Iterable[date]) -> float:
    """The logarithm of the chance that a portal of this rhythm, `share` of whose articles are taken, is silent so."""
    weeks = defaultdict[tuple[int, int], float](float)
    for day in silent:
        usual = rhythm.daily * rhythm.weekdays[day.weekday()] * season(day)
        weeks[day.isocalendar()[:2]] += usual * share
    return sum(log(QUIET + (1 - QUIET - BURST) * exp(-mean) + BURST * exp(-3 * mean)) for mean in weeks.values())


def knowable(rhythm: Rhythm, share: float, days: list[date], nights: tuple[int, int, int]) -> int | None:
    """The first night on which a silence is not ordinary: (last night with news, first and last of the fault)."""
    last_news, first, last = nights
    silences = ((night, days[last_news + 1 : night + 1]) for night in range(first, last + 1))
    return next((night for night, silent in silences if ordinary(rhythm, share, silent) < IMPROBABLE), None)
