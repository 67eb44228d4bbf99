"""Every simulated portal, crawled in one process: the archive must hold what is true of them."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.farm import FAMILIES, Farm, TruthArticle

csv.field_size_limit(10_000_000)


@dataclass
class Crawled:
    """Two nights over the farm and what was archived."""

    farm: Farm
    desk: Any
    first: dict[str, dict[str, Any]]
    second: dict[str, dict[str, Any]]
    asked: list[Any]
    """Requests of the second night."""
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    reform: set[str] = field(default_factory=set)
    """Addresses in the default export."""


def exported(desk: Any, *words: str) -> list[dict[str, str]]:
    path: Path = desk.folder / f"export{''.join(words)}.csv"
    desk.run("export", "--output", str(path), *words)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def crawled(make_desk: Callable[[str], Any]) -> Iterator[Crawled]:
    desk = make_desk("farm")
    with Farm(3, articles=30) as farm:
        farm.write_portals(desk.portals)
        first = desk.crawl("--all")
        before = len(farm.log)
        second = desk.crawl("--all")
        rows: dict[str, list[dict[str, str]]] = {portal.slug: [] for portal in farm.portals}
        for row in exported(desk, "--any-topic"):
            rows[row["portal"]].append(row)
        yield Crawled(farm, desk, first, second, farm.log[before:], rows, {row["url"] for row in exported(desk)})


def wanted(truth: list[TruthArticle]) -> dict[str, TruthArticle]:
    return {one.url: one for one in truth if one.is_reform or one.listed}


def nfc(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\xa0", " ").split())


def f1(found: str, true: str) -> float:
    one, other = Counter(nfc(found).split()), Counter(nfc(true).split())
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


@pytest.mark.parametrize("family", FAMILIES)
def test_the_archive_holds_what_is_true(crawled: Crawled, family: str) -> None:
    portal = crawled.farm[family]
    run, rows = crawled.first[portal.slug], crawled.rows[portal.slug]
    assert run["outcome"] == "ok", run["reason"]
    truth = wanted(portal.truth)
    archived = {row["url"]: row for row in rows}
    assert len(archived) == len(rows) == run["new"]
    missing = truth.keys() - archived.keys()
    assert missing == set()
    others = archived.keys() - {one.url for one in portal.truth}
    assert others.isdisjoint(crawled.reform)
    assert not others or family == "generic", "only where no address has a shape may a standing page be taken for news"
    assert {row["family"] for row in rows} == {family}
    for url, one in truth.items():
        row = archived[url]
        assert nfc(row["title"]) == nfc(one.title)
        assert f1(row["body"], one.body) > 0.95, url


@pytest.mark.parametrize("family", FAMILIES)
def test_dates_are_exact(crawled: Crawled, family: str) -> None:
    portal = crawled.farm[family]
    archived = {row["url"]: row for row in crawled.rows[portal.slug]}
    for url, one in wanted(portal.truth).items():
        true = one.published.strftime("%Y-%m-%dT%H:%M:%S") if one.published else ""
        printed = archived[url]["published_at"].removesuffix("+07:00")
        assert true.startswith(printed), url
        assert bool(true) == bool(printed), url


@pytest.mark.parametrize("family", FAMILIES)
def test_files_are_kept_with_their_text(crawled: Crawled, family: str) -> None:
    portal = crawled.farm[family]
    archived = {row["url"]: row for row in crawled.rows[portal.slug]}
    truth = wanted(portal.truth)
    assert any(one.attachments for one in truth.values())
    for url, one in truth.items():
        found = {address for address in archived[url]["attachments"].split("; ") if address}
        assert found == {file.url for file in one.attachments}
        chars = sum(len(file.text) for file in one.attachments)
        assert int(archived[url]["attachment_text_chars"]) >= 0.9 * chars, url


def test_the_second_night_asks_for_lists_only(crawled: Crawled) -> None:
    articles = {urlsplit(one.url).path for portal in crawled.farm.portals for one in portal.truth}
    for slug, run in crawled.second.items():
        assert run["outcome"] == "ok", (slug, run["reason"])
        assert (run["new"], run["revised"], run["attachments"]) == (0, 0, 0), slug
    paths = Counter(request.path for request in crawled.asked)
    assert {path for path in paths if path in articles} == set()
    assert sum(paths.values()) == sum(run["requests"] for run in crawled.second.values())


def test_the_default_export_is_about_reform(crawled: Crawled) -> None:
    reform = {one.url for portal in crawled.farm.portals for one in portal.truth if one.is_reform}
    right = len(reform & crawled.reform)
    assert right / len(crawled.reform) >= 0.95
    assert right / len(reform) >= 0.95


def test_a_later_night_takes_what_is_new(crawled: Crawled) -> None:
    portal = crawled.farm["vhv"]
    published = crawled.farm.publish("vhv", 12)
    run = crawled.desk.crawl(portal.slug)[portal.slug]
    assert run["new"] == sum(one.is_reform or one.listed for one in published) > 0
