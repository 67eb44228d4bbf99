"""Content managers off the shelf and newspapers' systems, crawled on the farm in two kinds of addresses each."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.families import family as family_of
from crawler.farm import Farm, SimulatedPortal, TruthArticle

csv.field_size_limit(10_000_000)
OTHERS = ("wordpress", "drupal", "joomla", "dnn", "onecms", "epi", "aid")
VARIANTS = 2


@dataclass
class Crawled:
    """One night over the portals, and what was archived of each, by address."""

    farm: Farm
    runs: dict[str, dict[str, Any]]
    rows: dict[str, dict[str, dict[str, str]]]

    def portal(self, family: str, variant: int) -> SimulatedPortal:
        return next(p for p in self.farm.portals if (p.family, p.site.variant) == (family, variant))


@pytest.fixture(scope="module")
def crawled(make_desk: Callable[[str], Any]) -> Iterator[Crawled]:
    desk = make_desk("managers")
    with Farm(5, articles=24, families=OTHERS, portals=VARIANTS * len(OTHERS)) as farm:
        farm.write_portals(desk.portals)
        runs = desk.crawl("--all")
        path: Path = desk.folder / "export.csv"
        desk.run("export", "--output", str(path), "--any-topic")
        rows: dict[str, dict[str, dict[str, str]]] = {portal.slug: {} for portal in farm.portals}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["url"] not in rows[row["portal"]], "an article is archived once"
                rows[row["portal"]][row["url"]] = row
        yield Crawled(farm, runs, rows)


def wanted(portal: SimulatedPortal) -> dict[str, TruthArticle]:
    """What is about reform or stands in the reform listing, by canonical address."""
    reader = family_of(portal.family)
    return {reader.canonical(one.url): one for one in portal.truth if one.is_reform or one.listed}


def nfc(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\xa0", " ").split())


def f1(found: str, true: str) -> float:
    one, other = Counter(nfc(found).split()), Counter(nfc(true).split())
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


EACH = pytest.mark.parametrize("variant", range(VARIANTS))
FAMILY = pytest.mark.parametrize("family", OTHERS)


@FAMILY
@EACH
def test_every_article_is_found_and_read_whole(crawled: Crawled, family: str, variant: int) -> None:
    portal = crawled.portal(family, variant)
    run, archived = crawled.runs[portal.slug], crawled.rows[portal.slug]
    assert run["outcome"] == "ok", run["reason"]
    truth = wanted(portal)
    assert len(truth) > 5
    assert truth.keys() - archived.keys() == set()
    assert archived.keys() <= {family_of(family).canonical(one.url) for one in portal.truth}
    assert {row["family"] for row in archived.values()} == {family}
    for url, one in truth.items():
        assert nfc(archived[url]["title"]) == nfc(one.title)
        assert f1(archived[url]["body"], one.body) >= 0.985, url


@FAMILY
@EACH
def test_dates_and_files(crawled: Crawled, family: str, variant: int) -> None:
    portal = crawled.portal(family, variant)
    for url, one in wanted(portal).items():
        row = crawled.rows[portal.slug][url]
        assert one.published
        printed = row["published_at"].removesuffix("+07:00")
        assert printed, url
        assert one.published.strftime("%Y-%m-%dT%H:%M:%S").startswith(printed), url
        assert {address for address in row["attachments"].split("; ") if address} == {f.url for f in one.attachments}, (
            url
        )
