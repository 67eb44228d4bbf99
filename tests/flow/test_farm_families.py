"""Platforms whose listings are turned by a form or a script, crawled as a person would: everything, once, as it is."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.farm import Farm, TruthArticle

FAMILIES = ("sharepoint", "vnportal", "newszone", "jsonapi", "liferay")
SLUGS = range(2 * len(FAMILIES))
"""Two portals of each family, in the order of the farm."""

csv.field_size_limit(10_000_000)


@dataclass
class Crawled:
    """One night over the farm and what was archived, by portal."""

    farm: Farm
    runs: dict[str, dict[str, Any]]
    rows: dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def crawled(make_desk: Callable[[str], Any]) -> Iterator[Crawled]:
    desk = make_desk("families")
    with Farm(11, articles=40, families=FAMILIES, portals=len(SLUGS)) as farm:
        farm.write_portals(desk.portals)
        runs = desk.crawl("--all")
        path: Path = desk.folder / "export.csv"
        desk.run("export", "--output", str(path), "--any-topic")
        rows: dict[str, list[dict[str, str]]] = {portal.slug: [] for portal in farm.portals}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows[row["portal"]].append(row)
        yield Crawled(farm, runs, rows)


def nfc(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\xa0", " ").split())


def f1(found: str, true: str) -> float:
    one, other = Counter(nfc(found).split()), Counter(nfc(true).split())
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


def key(url: str) -> str:
    """An address as far as it tells articles apart: Liferay's layout number is left out of the archive."""
    return url.partition("?plid")[0]


def wanted(truth: list[TruthArticle]) -> dict[str, TruthArticle]:
    return {key(one.url): one for one in truth if one.is_reform or one.listed}


@pytest.mark.parametrize("number", SLUGS, ids=lambda n: f"{FAMILIES[n % len(FAMILIES)]}-{n // len(FAMILIES)}")
def test_every_article_is_found_once_and_read_as_it_is(crawled: Crawled, number: int) -> None:
    portal = crawled.farm.portals[number]
    run, rows = crawled.runs[portal.slug], crawled.rows[portal.slug]
    assert run["outcome"] == "ok", run["reason"]
    truth = wanted(portal.truth)
    archived = {row["url"]: row for row in rows}
    assert len(archived) == len(rows) == run["new"]
    assert archived.keys() >= truth.keys()
    assert archived.keys() <= {key(one.url) for one in portal.truth}
    assert {row["family"] for row in rows} == {portal.family}
    assert not [row["reader_version"] for row in rows if "+" in row["reader_version"]]
    for url, one in truth.items():
        row = archived[url]
        assert nfc(row["title"]) == nfc(one.title)
        assert f1(row["body"], one.body) >= 0.985, url
        assert one.published
        printed = row["published_at"].removesuffix("+07:00")
        assert printed, url
        assert one.published.strftime("%Y-%m-%dT%H:%M:%S").startswith(printed), url
        assert {file for file in row["attachments"].split("; ") if file} == {file.url for file in one.attachments}
