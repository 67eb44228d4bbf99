"""A probe sees every simulated portal for what it is, and its draft crawls as a person's own file does."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from sqlalchemy import text

from archive.store import Store
from config.errors import UserError
from config.portal import Portal, read
from config.settings import Settings
from crawler.demo import ROOT
from crawler.farm.farm import ALL_FAMILIES, Farm, SimulatedPortal
from crawler.probe import Findings, probe
from crawler.probe_check import MOST_REQUESTS, check
from crawler.probe_draft import Said, save_draft
from crawler.run import Fleet, crawl
from tests.flow.conftest import Desk


@dataclass
class Seen:
    """A farm, what probes found, and the articles that each portal's own file and each draft brought."""

    farm: Farm
    found: dict[str, Findings]
    own: dict[str, set[str]]
    drafted: dict[str, set[str]]


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(seed=5, articles=10, families=ALL_FAMILIES, copies=0) as portals:
        yield portals


@pytest.fixture(scope="module")
def found(farm: Farm) -> dict[str, Findings]:
    settings = Settings(allow_private=True)
    return {portal.family: probe(portal.url, settings, Said()) for portal in farm.portals}


@pytest.fixture(scope="module")
def seen(farm: Farm, found: dict[str, Findings], tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("probed")
    own = {portal.family: file(folder / "own", portal.family, portal.toml) for portal in farm.portals}
    drafts = {key: file(folder / "drafts", key, whole(farm[key], one)) for key, one in found.items()}
    return Seen(farm, found, crawled(folder / "a", own), crawled(folder / "b", drafts))


def whole(portal: SimulatedPortal, one: Findings) -> str:
    """A draft with what a person must fill in."""
    known = tomllib.loads(portal.toml)
    return "\n".join([*(f'{key} = "{known[key]}"' for key in one.draft.unsure), one.draft.text])


def file(folder: Path, slug: str, toml: str) -> Portal:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{slug}.toml").write_text(toml, encoding="utf-8")
    return read(folder / f"{slug}.toml")


def crawled(data: Path, portals: dict[str, Portal]) -> dict[str, set[str]]:
    settings = Settings(data=data, allow_private=True, contact="tests@localhost")
    crawl(Fleet(list(portals.values()), settings))
    rows = "SELECT p.slug, a.url FROM article a JOIN portal p ON p.id = a.portal_id"
    with Store.open(settings) as store, store.engine.connect() as connection:
        urls: dict[str, set[str]] = {slug: set() for slug in portals}
        for slug, url in connection.execute(text(rows)):
            urls[slug].add(url)
    return urls


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_a_family_is_recognised_with_its_evidence_or_not_at_all(found: dict[str, Findings], family: str) -> None:
    assert found[family].family in {family, "generic"}
    assert found[family].evidence
    assert found[family].others


def test_nearly_all_families_are_recognised(found: dict[str, Findings]) -> None:
    right = [family for family, one in found.items() if one.family == family]
    assert len(right) >= len(found) - 1, found.keys() - right


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_the_reform_listing_is_found_and_why(farm: Farm, found: dict[str, Findings], family: str) -> None:
    named = [one for one in found[family].sources if one.kind == "listing" and one.reform]
    assert named
    assert all(one.why for one in named)
    assert max(one.articles for one in named) > 0
    listed = {one.url for one in farm[family].truth if one.listed}
    assert listed & {link.url for one in named for link in one.links}


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_three_articles_are_read(farm: Farm, found: dict[str, Findings], family: str) -> None:
    truth = {one.url: one for one in farm[family].truth}
    articles = [one for one in found[family].articles if not one.reason]
    assert len(articles) == 3
    for one in articles:
        true = truth[one.url]
        assert " ".join(one.title.split()) == " ".join(true.title.split())
        assert one.attachments == len(true.attachments) or found[family].family == "generic"
        assert one.date == "" or true.published is not None


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_the_draft_crawls_as_the_own_file_does(seen: Seen, family: str) -> None:
    wanted = {one.url for one in seen.farm[family].truth if one.is_reform or one.listed}
    assert seen.drafted[family] == seen.own[family]
    assert len(seen.drafted[family] & wanted) >= 0.9 * len(wanted)


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_what_is_not_sure_is_a_comment(farm: Farm, found: dict[str, Findings], family: str) -> None:
    known, drafted = tomllib.loads(farm[family].toml), tomllib.loads(found[family].draft.text)
    for key in ("level", "province", "district", "commune"):
        if key in drafted:
            assert drafted[key] == known[key]
    for key in found[family].draft.unsure:
        assert f"# fill in: {key} = " in found[family].draft.text
    assert drafted["url"] == farm[family].url
    assert drafted["family"] == found[family].family


def test_a_probe_asks_few_pages(farm: Farm, found: dict[str, Findings]) -> None:
    assert max(one.requests for one in found.values()) <= 20


def test_a_draft_is_saved_once_and_only_when_it_is_whole(found: dict[str, Findings], tmp_path: Path) -> None:
    draft = found["nukeviet"].draft
    path = save_draft(tmp_path, draft)
    assert path.parent.name == draft.folder
    assert read(path).slug == draft.slug
    with pytest.raises(UserError, match="not overwritten"):
        save_draft(tmp_path, draft)
    unsure = next(one.draft for one in found.values() if one.draft.unsure)
    with pytest.raises(UserError, match="say --province"):
        save_draft(tmp_path, unsure)


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_a_check_is_content_with_a_portal_that_is_as_its_file_says(
    farm: Farm, found: dict[str, Findings], family: str, tmp_path: Path
) -> None:
    portal = file(tmp_path, family, whole(farm[family], found[family]))
    before = farm[family].site.requests
    (one,) = check([portal], Settings(allow_private=True), lambda _: None)
    assert one.problems == []
    assert (one.family, one.reachable) == (found[family].family, True)
    assert one.title
    assert one.articles > 0
    assert one.requests == farm[family].site.requests - before <= MOST_REQUESTS


def test_a_check_says_what_is_wrong(farm: Farm, desk: Desk) -> None:
    good, other = farm["vhv"], farm["tandan"]
    (desk.portals / "good.toml").write_text(good.toml, encoding="utf-8")
    wrong = other.toml.replace('family = "tandan"', 'family = "nukeviet"')
    (desk.portals / "wrong.toml").write_text(wrong, encoding="utf-8")
    gone = good.toml.replace(good.url, "http://127.0.0.1:9/")
    (desk.portals / "gone.toml").write_text(gone, encoding="utf-8")
    said = json.loads(desk.run("portals", "check", "--json", code=3))["portals"]
    by_slug: dict[str, Any] = {one["portal"]: one for one in said}
    assert by_slug["good"]["problems"] == []
    assert any("family nukeviet" in line and "tandan" in line for line in by_slug["wrong"]["problems"])
    assert by_slug["gone"]["problems"]
    assert not by_slug["gone"]["reachable"]
    assert not desk.data.exists(), "a check keeps nothing"


def test_a_probe_as_it_is_typed(farm: Farm, desk: Desk) -> None:
    portal = farm["nukeviet"]
    printed = desk.run("portals", "probe", portal.url, "--save")
    assert tomllib.loads(printed)["family"] == "nukeviet", "what is printed is the file, and comments"
    slug = json.loads(desk.run("portals", "probe", portal.url, "--json"))["slug"]
    assert (desk.portals).rglob(f"{slug}.toml")
    assert "\nfound" not in desk.run("portals", "show", slug)
    assert desk.crawl(slug, "--limit", "2")[slug]["new"] == 2
    shown = desk.run("portals", "show", slug)
    assert "family nukeviet" in shown
    assert "/vi/news/cai-cach-hanh-chinh/: its label says 'Cải cách hành chính'" in shown


def test_something_unknown_is_said_to_be_and_gets_generic(farm: Farm, desk: Desk) -> None:
    printed = desk.run("portals", "probe", farm["generic"].url)
    assert "No family was recognised; `generic` reads what it can." in printed
    assert "What was tried:" in printed
    assert "/sitemap.xml: 200" in printed
    assert tomllib.loads(printed)["family"] == "generic"


def test_a_recorded_page_is_a_draft_that_does_not_count(farm: Farm, desk: Desk) -> None:
    portal = farm["nukeviet"]
    (desk.portals / "ours.toml").write_text(portal.toml, encoding="utf-8")
    cases = desk.run("portals", "record", "ours", "--to", str(desk.folder / "cases")).split()
    assert [Path(case).name for case in cases] == ["listing", "article-1", "article-2"]
    for case in map(Path, cases):
        meta = tomllib.loads((case / "meta.toml").read_text(encoding="utf-8"))
        expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
        assert meta["reviewed"] is False
        assert (meta["portal"], meta["family"]) == ("ours", "nukeviet")
        assert expected["url"].startswith(portal.url)
        assert (case / "page.html").read_bytes()
    truth = {one.url: one for one in portal.truth}
    expected = json.loads((Path(cases[1]) / "expected.json").read_text(encoding="utf-8"))
    assert expected["article"]["title"] == truth[urljoin(portal.url, expected["article"]["url"])].title
    desk.run("portals", "record", "ours", "--to", str(desk.folder / "cases"), code=1)


def test_the_worked_example_of_contributing(farm: Farm, desk: Desk) -> None:
    """Every command of the page, in its order, at the portal of the same name that the farm has."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = [line[len("$ caicach ") :].partition("#")[0] for line in page.splitlines() if line.startswith("$ caicach ")]
    portal = farm["webcenter"]
    assert portal.site.name.endswith("Quế Sơn")
    (desk.folder / "tests" / "portals").mkdir(parents=True)
    for line in lines:
        said = desk.run(*line.replace("https://queson.quangnam.gov.vn/", portal.url).split())
        assert said
    assert len(lines) == 5
    assert (desk.portals / "quang-nam" / "que-son.toml").is_file()
    assert (desk.folder / "tests" / "portals" / "que-son" / "article-2" / "meta.toml").is_file()


def test_nothing_private_is_asked_unless_it_is_allowed(farm: Farm) -> None:
    before = farm["vhv"].site.requests
    with pytest.raises(UserError, match="CAICACH_ALLOW_PRIVATE=1"):
        probe(farm["vhv"].url, Settings(allow_private=False), Said())
    assert farm["vhv"].site.requests == before


def test_what_is_no_address_is_said() -> None:
    with pytest.raises(UserError, match="no address of a portal"):
        probe("http://", Settings(), Said())
