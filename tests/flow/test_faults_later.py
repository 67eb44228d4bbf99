"""Faults on portals the archive knows: looks during them make no revision and no removal, and leave no trace later."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text, update

from archive import tables
from archive.database import reading
from archive.days import Health
from archive.queries_days import days
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.run import crawl

FAMILIES = ("nukeviet", "vhv", "liferay", "tandan", "generic", "aspnews")


@dataclass(frozen=True)
class Case:
    """A fault of two nights, and words of what health says of the portal in the first."""

    fault: str
    causes: str
    how: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " ".join([self.fault, *map(str, self.how.values())]).replace(" ", "-")


def at(where: str, **more: Any) -> dict[str, Any]:
    return {"where": where, **more}


CASES = [
    Case("layout", "layout"),
    Case("layout", "", {"era": 2}),
    Case("selector_loss", "layout", {"field": "body"}),
    Case("selector_loss", "", {"field": "title"}),
    Case("selector_loss", "", {"field": "date"}),
    Case("empty_page", "empty", at("article")),
    Case("empty_template", "", at("article")),
    Case("empty_template", "layout", at("listing")),
    Case("challenge", "challenge", at("article", page="cookie")),
    Case("challenge", "challenge|refused", at("article", page="refused")),
    Case("home_everywhere", "redirected"),
    Case("soft_404", "soft 404"),
    Case("one_for_all", "same page|soft 404"),
    Case("redirect_home", "redirected"),
    Case("truncated", "cut", at("article")),
    Case("binary", "not a page"),
    Case("status", "missing", {"where": "article", "status": 404}),
]


@dataclass
class Known:
    """What the archive says of a portal's articles after a night."""

    run: RunSummary
    health: Health
    articles: dict[str, tuple[int, int, str, bool, bool]]
    """Address -> (revisions, characters, title, gone, missed)."""


def snapshot(settings: Settings, runs: dict[str, RunSummary]) -> dict[str, Known]:
    statement = text(
        "SELECT p.slug, a.url, a.revisions, length(r.body) AS chars, r.title, a.gone_at, a.missing_since FROM article a"
        " JOIN portal p ON p.id = a.portal_id JOIN revision r ON r.article_id = a.id AND r.number = a.revisions"
    )
    known = {slug: Known(run, Health(), {}) for slug, run in runs.items()}
    with reading(settings) as session:
        for row in session.connection().execute(statement):
            marks = (row.gone_at is not None, row.missing_since is not None)
            known[row.slug].articles[row.url] = (row.revisions, row.chars, row.title, *marks)
        for slug, one in known.items():
            one.health = days(session, slug, limit=1)[0].health
    return known


def night(settings: Settings, day: int) -> dict[str, Known]:
    """The crawl of a later night, on which every article is to be looked at again."""
    with time_machine.travel(datetime.now(UTC) + timedelta(days=day), tick=True):
        with Store.open(settings) as store, store.engine.begin() as connection:
            connection.execute(update(tables.article).values(look_again_at=datetime.now(UTC)))
        fleet = Fleet(list(load(settings.portals).values()), settings)
        crawl(fleet)
        return snapshot(settings, fleet.done)


@dataclass
class Nights:
    farm: Farm
    nights: list[dict[str, Known]]

    def of(self, case: Case) -> list[Known]:
        slug = self.farm.portals[CASES.index(case)].slug
        return [night[slug] for night in self.nights]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Night 0 is well, 1 and 2 have the faults, 3 is healed."""
    folder = tmp_path_factory.mktemp("later")
    settings = Settings(data=folder / "data", portals=folder / "p", allow_private=True, contact="tests@localhost")
    with Farm(13, articles=5, copies=0, families=FAMILIES, portals=len(CASES)) as farm:
        farm.write_portals(settings.portals)
        passed = [night(settings, 0)]
        for case, portal in zip(CASES, farm.portals, strict=True):
            farm.fault(portal.slug, case.fault, **case.how)
        passed += [night(settings, 2), night(settings, 4)]
        for portal in farm.portals:
            farm.heal(portal.slug)
        passed.append(night(settings, 6))
        yield Nights(farm, passed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_the_archive_knows_survives_the_fault(nights: Nights, case: Case) -> None:
    clean, first, second, healed = nights.of(case)
    assert clean.run.outcome is Outcome.OK
    assert clean.articles
    for later in (first, second, healed):
        assert later.run.revised == 0, later.run.reason
        for url, (revisions, chars, title, _, _) in clean.articles.items():
            assert later.articles[url][:4] == (revisions, chars, title, False)
    assert later.articles == clean.articles, "no look is left that missed its article"
    assert healed.run.outcome is Outcome.OK


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_night_says_what_is_wrong(nights: Nights, case: Case) -> None:
    _, first, _, healed = nights.of(case)
    if case.causes:
        assert first.health.state != "ok", first.run
        assert first.health.cause in case.causes.split("|"), first.health
    assert healed.health.state == "ok", healed.health
