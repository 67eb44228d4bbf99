"""Every fault a portal can have: a night with it stores nothing false and says why, a night without it heals all.

All faults are crawled in one run, one portal each, beside portals that are well.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from archive import queries
from archive.database import reading
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.portal import load
from config.settings import Settings
from crawler.families import family
from crawler.farm import Farm, SimulatedPortal
from crawler.farm.faults import FAULTS
from crawler.fleet import Fleet
from crawler.run import crawl

FAMILIES = ("nukeviet", "vhv", "liferay", "tandan", "generic", "aspnews")
LATER = timedelta(days=40)
"""After this everything that waits is due: dead links, pages in quarantine, looks."""


@dataclass(frozen=True)
class Case:
    """A fault, and how a first night with it ends: its outcome, the words of why, and of what waits or is dismissed."""

    fault: str
    outcome: str
    why: str = ""
    waits: str = ""
    how: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " ".join([self.fault, *(f"{key}={value}" for key, value in self.how.items())]).replace(" ", "-")


def at(where: str, **more: Any) -> dict[str, Any]:
    return {"where": where, **more}


def challenge(page: str, said: str) -> list[Case]:
    return [
        Case("challenge", "blocked", said, how={"page": page}),
        Case("challenge", "blocked|broken|ok", said, said, at("article", page=page)),
    ]


CASES = [
    Case("layout", "", "", "", {}),
    Case("selector_loss", "", "", "no title", {"field": "title"}),
    Case("selector_loss", "ok|broken", "no body|menu", "no body|menu", {"field": "body"}),
    Case("selector_loss", "ok", "", "", {"field": "date"}),
    Case("empty_page", "broken", "empty"),
    Case("empty_page", "", "empty", "empty", at("article")),
    Case("empty_template", "ok|broken", "home page|soft 404|no title", "home page|soft 404|no title", at("article")),
    Case("empty_template", "ok|broken", "no article could be found", "", at("listing")),
    Case("truncated", "unreachable", "cut off"),
    Case("truncated", "", "cut off", "cut off", at("article")),
    Case("wrong_length", "", "cut off", "cut off", at("article")),
    Case("short_length", "", "cut off", "cut off", at("article")),
    Case("repeated_page", "ok"),
    Case("endless", "ok|partial|broken", "home page|soft 404|no article|no body|no title|status 404"),
    Case("calendar_trap", "ok"),
    *challenge("cookie", "challenge: D1N"),
    *challenge("incapsula", "challenge: Incapsula"),
    *challenge("wait", "challenge: flood blocker"),
    Case("challenge", "blocked", "challenge: captcha", how={"page": "captcha"}),
    Case("challenge", "blocked", "challenge: script-only", how={"page": "stub"}),
    Case("challenge", "blocked", "challenge: Cloudflare", how={"page": "cloudflare"}),
    Case("challenge", "blocked", "blocked: Thông báo", how={"page": "refused"}),
    Case("challenge", "refused", "robots.txt is an HTML page", how=at("robots", page="cookie")),
    Case("html_robots", "refused", "robots.txt is an HTML page"),
    Case("html_feeds", "ok|partial"),
    Case("robots_status", "refused", "robots.txt answers 403"),
    Case("forbidden", "refused", "robots.txt disallows"),
    Case("status", "blocked", "blocked: status 403", how={"status": 403}),
    Case("status", "ok|broken", "", "blocked: status 403", at("article", status=403, count=1, of=3)),
    Case("status", "unreachable|partial", "status 500", how={"status": 500}),
    Case("status", "ok", how={"status": 503, "count": 1, "of": 4}),
    Case("status", "ok", how={"status": 429, "count": 1, "of": 5, "retry_after": 1}),
    Case("status", "ok", how={"status": 429, "count": 1, "of": 5, "retry_after": 1, "dated": True}),
    Case("status", "blocked", "status 429", how={"status": 429, "retry_after": 3600}),
    Case("redirect_home", "", "", "redirects to"),
    Case("redirect_loop", "unreachable", "redirections"),
    Case("redirect_loop", "", "redirections", "redirections", at("article")),
    Case("soft_404", "", "", "no body|soft 404|no title|no text|lists"),
    Case("soft_404", "ok|broken", "", "no body|soft 404|no title|no text|lists", {"count": 1, "of": 3}),
    Case("home_everywhere", "", "home page|", "home page|lists"),
    Case("one_for_all", "", "", "another|soft 404"),
    Case("moved", "refused|broken", "is not the portal's"),
    Case("duplicate", "ok"),
    Case("dates_today", ""),
    Case("dates_shifted", "ok"),
    Case("gzip_bomb", "", "larger than", "larger than 10 MB", at("article", megabytes=300)),
    Case("huge", "", "larger than", "larger than 10 MB", at("article")),
    Case("huge_undeclared", "", "larger than|no whole", "larger than 10 MB|no whole", at("article")),
    Case("drip", "", "no whole answer", "no whole answer", at("article")),
    Case("reset", "", "connection|cut off", "connection|cut off", at("article")),
    Case("nested", "broken", "nested too deep"),
    Case("nested", "", "nested too deep", "nested too deep", at("article")),
    Case("wide", "", "too many links|larger than|no article", "", {"links": 30_000}),
    Case("canonical_home", "ok"),
    Case("foreign_links", "ok"),
    Case("foreign_redirects", "", "", "is not the portal's"),
    Case("cookies_required", "", "redirections"),
    Case("malformed_headers", ""),
    Case("no_status", "unreachable", ""),
    Case("wrong_charset", "ok"),
    Case("binary", "", "not html: jpeg", "not html: jpeg"),
    Case("down", "refused", "robots.txt answers 502"),
    Case("frozen", "ok"),
    Case("layout", "ok", how={"era": 2}),
]
HEALTHY = 2
EMPTIED = frozenset({"selector_loss-field=body", "empty_template-where=article", "empty_page-where=article"})
"""Nothing is left of any article: none is kept, not even in part, and every one waits."""


@dataclass
class Seen:
    """What one night left of one portal."""

    run: RunSummary
    articles: dict[str, Any]
    waiting: list[str]
    """Reasons of what is in quarantine."""
    dismissed: list[str]


@dataclass
class Nights:
    farm: Farm
    ill: dict[str, Seen]
    healed: dict[str, Seen]
    asked: list[Any]
    """Requests of the night with faults."""
    hidden: set[str]
    """What was published while its portal stood still."""
    alone: dict[str, tuple[list[str], set[str]]]
    """Of each healthy portal crawled without those that are ill: what was asked and what was stored."""

    def portal(self, case: Case) -> SimulatedPortal:
        return self.farm.portals[CASES.index(case)]


def snapshot(settings: Settings, runs: dict[str, RunSummary]) -> dict[str, Seen]:
    seen = {slug: Seen(run, {}, [], []) for slug, run in runs.items()}
    with reading(settings) as session:
        rows = session.connection().execute(text(
            "SELECT p.slug, a.url, r.title, r.body, a.published_on, a.copy_group, r.reader_version FROM article a"
            " JOIN portal p ON p.id = a.portal_id"
            " JOIN revision r ON r.article_id = a.id AND r.number = a.revisions WHERE a.gone_at IS NULL"
        ))  # fmt: skip
        for row in rows:
            seen[row.slug].articles[row.url] = row
        for one in queries.quarantined(session):
            seen[one.portal].waiting.append(one.reason)
        left = "SELECT p.slug, d.reason FROM address d JOIN portal p ON p.id = d.portal_id WHERE d.article_id IS NULL"
        for row in session.connection().execute(text(left)):
            seen[row.slug].dismissed.append(row.reason)
    return seen


def night(settings: Settings, slugs: set[str] | None = None) -> dict[str, RunSummary]:
    portals = [portal for slug, portal in load(settings.portals).items() if slugs is None or slug in slugs]
    fleet = Fleet(portals, settings)
    crawl(fleet)
    return fleet.done


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("faults")

    def settings(name: str) -> Settings:
        return Settings(data=folder / name, portals=folder / "portals", allow_private=True, contact="tests@localhost")

    with pytest.MonkeyPatch.context() as patch, Farm(11, articles=4, copies=0, families=FAMILIES,
                                                     portals=len(CASES) + HEALTHY) as farm:  # fmt: skip
        for place in ("crawler.fetch", "crawler.middlewares.robots"):
            patch.setattr(f"{place}.PAGE_SECONDS", 6)
        farm.write_portals(Path(folder / "portals"))
        well = [portal.slug for portal in farm.portals[len(CASES) :]]
        alone = by_themselves(farm, settings("alone"), well)
        for case, portal in zip(CASES, farm.portals, strict=False):
            farm.fault(portal.slug, case.fault, **({"every": 0.3} if case.fault == "drip" else {}), **case.how)
            if case.fault == "frozen":
                hidden = {family(portal.family).canonical(one.url) for one in farm.publish(portal.slug, 2)}
        before = len(farm.log)
        ill = snapshot(settings("data"), night(settings("data")))
        asked = farm.log[before:]
        for portal in farm.portals:
            farm.heal(portal.slug)
        with Store.open(settings("data")) as store:
            store.retry()
        with time_machine.travel(datetime.now(UTC) + LATER, tick=True):
            healed = snapshot(settings("data"), night(settings("data")))
        yield Nights(farm, ill, healed, asked, hidden, alone)


def by_themselves(farm: Farm, settings: Settings, slugs: list[str]) -> dict[str, tuple[list[str], set[str]]]:
    """What a night without the portals that are ill asks of each of these, and what it stores."""
    before = len(farm.log)
    seen = snapshot(settings, night(settings, {*slugs}))
    asked = farm.log[before:]
    return {slug: ([one.path for one in asked if one.portal == slug], set(seen[slug].articles)) for slug in slugs}


def nfc(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).replace("\xa0", " ").split())


def f1(found: str, true: str) -> float:
    one, other = Counter(nfc(found).split()), Counter(nfc(true).split())
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def truth(portal: SimulatedPortal) -> dict[str, Any]:
    reader = family(portal.family)
    return {reader.canonical(one.url): one for one in portal.truth}


def wanted(portal: SimulatedPortal) -> set[str]:
    return {url for url, one in truth(portal).items() if one.is_reform or one.listed}


def false(seen: Seen, portal: SimulatedPortal) -> list[str]:
    """The stored articles that are not true: not there, another title, another body."""
    true = truth(portal)
    wrong: list[str] = []
    for url, row in seen.articles.items():
        one = true.get(url)
        if one is None or nfc(row.title) != nfc(one.title):
            wrong.append(f"{url}: {row.title}")
        elif f1(row.body, one.body) < 0.95:
            wrong.append(f"{url}: {f1(row.body, one.body):.2f} {row.reader_version}")
    return wrong


def said(words: str, among: list[str]) -> bool:
    return any(word in reason for word in words.split("|") for reason in among)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_night_with_a_fault_stores_nothing_false_and_says_why(nights: Nights, case: Case) -> None:
    portal = nights.portal(case)
    seen = nights.ill[portal.slug]
    assert false(seen, portal) == []
    told = f"{seen.run.outcome}: {seen.run.reason} {Counter(seen.waiting)} {Counter(seen.dismissed)}"
    assert seen.run.outcome in (case.outcome.split("|") if case.outcome else set(Outcome)), told
    if seen.run.outcome is not Outcome.OK:
        assert said(case.why, [seen.run.reason]), told
    if case.waits and seen.run.rejected:
        assert said(case.waits, [*seen.waiting, *seen.dismissed]), told
    if case.name in EMPTIED:
        assert seen.articles == {}
        assert seen.run.rejected >= len(wanted(portal))
    if case.how == at("listing") and seen.run.outcome is Outcome.OK:
        assert set(seen.articles) >= wanted(portal), "what the lists do not name, sitemap or feed must"
    if wanted(portal) - nights.hidden and not seen.run.new:
        assert seen.run.outcome is not Outcome.OK or seen.run.rejected, "a night that read nothing says so"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_healed_portal_is_in_the_archive_as_it_is(nights: Nights, case: Case) -> None:
    portal = nights.portal(case)
    seen = nights.healed[portal.slug]
    assert (seen.run.outcome, seen.run.reason) == (Outcome.OK, "")
    assert false(seen, portal) == []
    told = {(nfc(row.title), nfc(row.body)) for row in seen.articles.values()}
    missing = [truth(portal)[url] for url in wanted(portal) - set(seen.articles)]
    twice = case.fault == "duplicate"  # one text at two addresses is one article, known by both
    assert [one.url for one in missing if not (twice and (nfc(one.title), nfc(one.body)) in told)] == []
    for url, one in truth(portal).items():
        if url in seen.articles and one.published:
            assert str(seen.articles[url].published_on) == one.published.date().isoformat()


def test_every_fault_has_a_case() -> None:
    assert FAULTS.keys() == {case.fault for case in CASES}


def test_no_request_left_the_portals(nights: Nights) -> None:
    assert nights.farm.strays == []


def test_healthy_portals_end_as_if_alone(nights: Nights) -> None:
    asked: dict[str, list[str]] = defaultdict(list)
    for one in nights.asked:
        asked[one.portal].append(one.path)
    assert len(nights.alone) == HEALTHY
    for slug, (paths, stored) in nights.alone.items():
        assert nights.ill[slug].run.outcome is Outcome.OK
        assert set(nights.ill[slug].articles) == stored
        assert Counter(asked[slug]) == Counter(paths)


def test_no_portal_is_asked_for_ever(nights: Nights) -> None:
    """A trap costs what its listing's patience allows, not a night."""
    most = Counter(one.portal for one in nights.asked).most_common(1)[0][1]
    assert most < 150
