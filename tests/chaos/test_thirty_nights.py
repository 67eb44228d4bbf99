"""Thirty nights of a small country by the real scheduler, its clock moved from night to night.

Portals publish, correct, take offline and fall silent; on some nights one is down or blocked, or the network is gone
for half of them; the scheduler is off for three nights. At the end the archive is the ground truth, the index is the
archive, and no night is without its explanation. bench/nights.py does it with two hundred portals and kills.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import queries_days, queries_schedule
from archive.database import reading
from bench.nights_truth import compared, nights_left
from config.settings import Settings
from crawler.farm import Farm
from search.opening import engine_of, sessions_of
from search.sync import sync, verify
from tests.flow.test_schedule import Days, at

FIRST, DAY, NIGHTS = date(2026, 1, 5), timedelta(days=1), 30
FAMILIES = ("nukeviet", "vhv", "webcenter", "wordpress")
OFF = range(18, 21)
"""Nights on which no scheduler runs."""
FAULTS: dict[int, Callable[[Farm], Any]] = {
    5: lambda farm: farm.fault("vhv", "down"),
    7: lambda farm: farm.heal("vhv"),
    10: lambda farm: farm.fault("nukeviet", "challenge", page="cookie"),
    11: lambda farm: farm.heal("nukeviet"),
    12: lambda farm: farm.remove("nukeviet", 2),
    14: lambda farm: farm.fault("webcenter", "status", status=503),
    15: lambda farm: farm.heal("webcenter"),
    23: lambda farm: [farm.fault(family, "down") for family in FAMILIES[:2]],
    24: lambda farm: [farm.heal(family) for family in FAMILIES[:2]],
}


class Country(Days):
    """The scheduler's days; its index is kept in this process."""

    async def command(self, words: tuple[str, ...]) -> tuple[str, str]:
        if words[0] == "index":
            sync(sessions_of(self.settings), engine_of(self.settings))
        return await super().command(words)


@contextmanager
def looked_at_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every portal's turn, and its night of the month; nothing known is too fresh to be looked at."""
    with monkeypatch.context() as patched:
        patched.setattr("archive.queries_looks.AGED", timedelta())
        patched.setattr("crawler.schedule_cadence.DEEP", -10)
        patched.setattr("crawler.schedule_cadence.LEARN", 1000)
        yield


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    with Farm(31, articles=5, families=FAMILIES, copies=0, until=FIRST, pace=0.4) as played:
        played.write_portals(tmp_path / "portals")
        yield played


def test_thirty_nights(farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {
        "data": tmp_path / "data",
        "portals": tmp_path / "portals",
        "allow_private": True,
        "contact": "tests@localhost",
    }
    settings = Settings(**own, jitter=0, lease=1)
    happened = {"published": 0, "edited": 0}
    for number in range(NIGHTS):
        for truth in farm.night(FIRST + number * DAY).values():
            for what in happened:
                happened[what] += len(getattr(truth, what))
        FAULTS.get(number, lambda _: None)(farm)
        if number not in OFF:
            live(settings, number)
    with looked_at_all(monkeypatch):
        for number in range(NIGHTS, NIGHTS + 3):
            live(settings, number)
    assert min(happened.values()) > 0, f"not everything happened: {happened}"
    check(settings, farm)


def live(settings: Settings, number: int) -> None:
    """A night and the morning after it, by a scheduler started anew."""
    from crawler.middlewares import pace

    pace._HOSTS.clear()
    night = FIRST + number * DAY
    Country(settings).live(at(night, "21:01"), at(night + DAY, "06:16"))


def check(settings: Settings, farm: Farm) -> None:
    with reading(settings) as session:
        explained = {str(day.explained) for day in queries_days.days(session, limit=1000)}
        duties = queries_schedule.duties(session, "night", limit=100)
        rested = queries_schedule.rested(session, FIRST)
    nights = [FIRST + n * DAY for n in range(NIGHTS + 3)]
    assert compared(settings, farm).differences == {}
    assert list(nights_left(settings, [one.slug for one in farm.portals], nights)) == []
    assert {one.slot for one in duties} == {FIRST + n * DAY for n in range(NIGHTS + 3) if n not in OFF}
    assert {slot for slug, slot in rested if not slug} == {FIRST + n * DAY for n in OFF}
    assert explained >= {"new", "empty", "down", "blocked"}
    assert sum(len(portal.gone) for portal in farm.portals) >= 2
    assert verify(sessions_of(settings), engine_of(settings)).repaired == 0
