"""What vanishes, comes back or moves house, on simulated portals: night after night on the schedule of looks alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from archive.coverage import PortalCoverage, coverage
from archive.database import reading
from archive.days import State
from archive.filters import Filters
from archive.queries_days import days
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.run import Fleet, crawl

FIRST = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)


@dataclass
class Nights:
    """A farm and an archive, and the night that passes."""

    farm: Farm
    settings: Settings

    def crawl(self, day: int) -> None:
        """The crawl of a night, counted from the first."""
        self.farm.write_portals(self.settings.portals)
        with time_machine.travel(FIRST + timedelta(days=day), tick=True):
            crawl(Fleet(list(load(self.settings.portals).values()), self.settings))

    def rows(self, statement: str) -> list[Any]:
        with reading(self.settings) as session:
            return list(session.connection().execute(text(statement)))

    @property
    def gone(self) -> dict[str, str]:
        """Why articles are gone, by address."""
        found = self.rows("SELECT url, gone_reason FROM article WHERE gone_at IS NOT NULL")
        return {row.url: row.gone_reason for row in found}

    def covered(self, slug: str) -> PortalCoverage:
        with reading(self.settings) as session:
            return next(one for one in coverage(session, Filters()) if one.portal == slug)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Callable[[str], Nights]]:
    settings = Settings(data=tmp_path / "data", portals=tmp_path / "p", allow_private=True, contact="tests@localhost")
    farms: list[Farm] = []

    def begun(family: str) -> Nights:
        farms.append(Farm(17, articles=6, copies=0, families=(family,), portals=1, until=FIRST.date()))
        farms[-1].start()
        return Nights(farms[-1], settings)

    yield begun
    for farm in farms:
        farm.stop()


@pytest.mark.parametrize("family", ["generic", "nukeviet", "vhv"])
def test_what_vanishes_is_gone_after_its_second_look_and_may_come_back(
    nights: Callable[[str], Nights], family: str
) -> None:
    """No list speaks of it: only the looks that are due, or one of the newest on a night without any."""
    lived = nights(family)
    lived.crawl(0)
    (portal,) = lived.farm.portals
    known = {row.url for row in lived.rows("SELECT url FROM article")}
    story = next(
        story for story in portal.site.newsroom.shown if portal.site.absolute(portal.site.path(story)) in known
    )
    url = portal.site.absolute(portal.site.path(story))
    story.removed = True
    portal.site.refresh()
    told = {day: _after(lived, day) for day in range(1, 40)}
    since = next(day for day, gone in told.items() if url in gone)
    assert all(gone.keys() == {url} for day, gone in told.items() if day >= since), "nothing else is"
    assert told[since][url]
    # That platform says with status 200 that nothing is there; the article's own page came with it too.
    status, times = (200, 3) if family == "vhv" else (404, 2)
    (looked,) = lived.rows(f"SELECT count(*) AS n FROM capture WHERE url = '{url}' AND status = {status}")
    assert looked.n >= times, "one look that does not find it is no proof"
    story.removed = False
    portal.site.refresh()
    assert any(not _after(lived, day) for day in range(40, 56)), "it is looked for again after it was found gone"
    kinds = [
        row.kind for row in lived.rows("SELECT kind FROM change WHERE kind IN ('gone', 'restored') ORDER BY number")
    ]
    assert kinds == ["gone", "restored"]


def _after(lived: Nights, day: int) -> dict[str, str]:
    lived.crawl(day)
    return lived.gone


def test_a_portal_that_moves_loses_nothing_and_its_successor_is_named(nights: Callable[[str], Nights]) -> None:
    lived = nights("generic")
    for day in range(3):
        lived.crawl(day)
    (old,) = lived.farm.portals
    before = len(lived.rows("SELECT id FROM article"))
    assert before
    new = lived.farm.move(old.slug)
    for day in (3, 4):
        lived.crawl(day)
    with reading(lived.settings) as session:
        states = {one.portal: one.health.state for one in days(session, limit=2)}
    assert states == {old.slug: State.GONE, new.slug: State.OK}
    assert lived.gone == {}, "a portal that leads elsewhere has lost no article"
    assert lived.covered(old.slug).successor == new.slug
    assert lived.covered(new.slug).articles == lived.covered(old.slug).articles > 0
