"""Every platform of the farm and its reader, written apart: they agree on articles, dates, files and pages."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.dates import VIETNAM, choose
from archive.records import Precision, Stated
from crawler import families
from crawler.family import Family, ReadingError
from crawler.farm import ALL_FAMILIES, FAMILIES, Farm, SimulatedPortal
from crawler.farm.encodings import ENCODINGS
from crawler.farm.newsroom import SECTIONS
from crawler.farm.papers import KINDS
from crawler.farm.truth import cut_time
from crawler.page import Page
from crawler.paging import Ask

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NEWSPAPERS = {"aspnews", "onecms", "epi", "aid"}


@pytest.fixture(params=[(family, variant) for family in ALL_FAMILIES for variant in (0, 1)], ids=str)
def portal(request: pytest.FixtureRequest) -> SimulatedPortal:
    """Each platform in both its variants."""
    family, variant = request.param
    return Farm(13, articles=45, families=[family], portals=2, copies=0).portals[variant]


def reader(portal: SimulatedPortal) -> Family:
    assert families.keys()
    return Family.known[portal.family]()


def fetch(portal: SimulatedPortal, ask: Ask) -> Page:
    target = "/" + ask.url.removeprefix(portal.url)
    headers = {name.lower(): value for name, value in ask.headers}
    answer = portal.site.respond(target, ask.method, headers, ask.body)
    body = answer.body.plain(portal.site.count)
    return Page(ask.url, body, content_type=answer.type, status=answer.status, sent=ask.body)


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def listed(portal: SimulatedPortal, section: str) -> dict[str, tuple[Stated, ...]]:
    """What the reader finds in a listing by turning its pages, as a crawl does, with the dates stated there."""
    family = reader(portal)
    page = fetch(portal, Ask(portal.site.absolute(portal.site.section_path(section))))
    found: dict[str, tuple[Stated, ...]] = {}
    ask = family.first(page)
    for _ in range(12):
        page = fetch(portal, ask) if ask else page
        new = {family.identity(link.url): (link.stated,) if link.stated else () for link in family.links(page)}
        if new.keys() <= found.keys():
            return found
        found |= new
        ask = family.next(page)
        if ask is None:
            return found
    raise AssertionError("the listing does not end")


def test_there_are_enough_and_newspapers_among_them() -> None:
    assert len(ALL_FAMILIES) >= 18
    assert len(set(ALL_FAMILIES)) == len(ALL_FAMILIES)
    assert set(FAMILIES) < set(ALL_FAMILIES)
    assert set(ALL_FAMILIES) >= NEWSPAPERS
    families.keys()
    assert set(ALL_FAMILIES) <= set(Family.known)


def test_articles_are_read_as_they_are(portal: SimulatedPortal) -> None:
    family = reader(portal)
    for truth in portal.truth[::2]:
        article = family.read(fetch(portal, Ask(truth.url)))
        assert plain(article.title) == plain(truth.title)
        lines = [plain(line) for line in article.body.split("\n")]
        wanted = [plain(line) for line in truth.body.split("\n")]
        assert len(lines) == len(wanted)
        for line, want in zip(lines, wanted, strict=True):
            assert line.removeprefix(f"{truth.source} - ") == want  # a newspaper's dateline, not all are known
        assert {file.url for file in article.attachments} == {file.url for file in truth.attachments}


def test_dates_are_right_or_absent(portal: SimulatedPortal) -> None:
    """With what the listings state, as a crawl has it: SharePoint's 1/1/0001 is no date.

    A page may say less than the platform knows: feeds and sitemaps, which this does not ask, have seconds.
    """
    family = reader(portal)
    hints = {key: stated for section in SECTIONS for key, stated in listed(portal, section).items()}
    for truth in portal.truth[::3]:
        article = family.read(fetch(portal, Ask(truth.url)), hints[family.identity(truth.url)])
        found = choose(article.dates, NOW)
        if truth.published is None:
            assert found is None
            continue
        assert found is not None
        at = found.at if isinstance(found.at, datetime) else datetime.combine(found.at, datetime.min.time(), VIETNAM)
        coarser = max(found.precision, truth.precision or Precision.DAY, key=list(Precision).index)
        assert cut_time(at.astimezone(VIETNAM), coarser) == cut_time(truth.published, coarser)


def test_listings_lead_to_every_article(portal: SimulatedPortal) -> None:
    family = reader(portal)
    for section in SECTIONS:
        wanted = {family.identity(portal.site.absolute(portal.site.path(s))) for s in portal.site.by_section[section]}
        assert listed(portal, section).keys() >= wanted, section


def test_neither_home_nor_listing_nor_nothing_is_an_article(portal: SimulatedPortal) -> None:
    family = reader(portal)
    for where in (portal.url, portal.site.absolute(portal.site.section_path("reform"))):
        page = fetch(portal, Ask(where))
        if family.is_article(where) and family.links(page):  # a list that a script fills looks like nothing at all
            with pytest.raises(ReadingError):
                family.read(page)
    gone = Farm(13, articles=12, families=[portal.family], copies=0)
    (removed,) = gone.remove(portal.family, 1)
    page = fetch(gone.portals[0], Ask(removed.url))
    if page.status == 200:
        with pytest.raises(ReadingError):
            family.read(page)


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name not in {"utf-8", "undeclared"}])
@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_every_platform_in_every_encoding(family: str, encoding: str) -> None:
    portal = Farm(13, articles=6, families=[family], encodings=encoding).portals[0]
    for truth in portal.truth[:2]:
        article = reader(portal).read(fetch(portal, Ask(truth.url)))
        if encoding.startswith("tcvn3"):
            assert plain(article.title).casefold() == plain(truth.title).casefold()
            assert all(plain(line).casefold() in plain(article.body).casefold() for line in truth.body.split("\n"))
        else:
            assert plain(article.title) == plain(truth.title)
            assert all(plain(line) in plain(article.body) for line in truth.body.split("\n"))


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_nights_pass_on_every_platform(family: str) -> None:
    farm = Farm(13, articles=12, families=[family], until=NOW.date())
    portal = farm.portals[0]
    before = {article.url for article in portal.truth}
    fresh = farm.publish(family, 3)
    section = next(s.section for s in portal.site.shown if portal.site.absolute(portal.site.path(s)) == fresh[-1].url)
    assert reader(portal).identity(fresh[-1].url) in listed(portal, section)
    assert not before & {article.url for article in fresh}


def test_the_page_about_the_farm_names_all_there_is() -> None:
    page = (Path(__file__).parents[2] / "docs/farm.md").read_text(encoding="utf-8")
    assert [name for name in (*ENCODINGS, *KINDS) if f"`{name}`" not in page] == []
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, "docs/farm.md", "exec"), {})
