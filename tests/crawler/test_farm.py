"""The farm's portals: the same for a seed, complete, in each platform's own manner."""

import re
import tomllib
import unicodedata
from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.records import Precision
from config.portal import Portal
from crawler.farm import FAMILIES, Farm, SimulatedPortal
from crawler.farm.newsroom import FIRST_DAY, NOW, SECTIONS
from crawler.farm.texts import frames, slugify

NEXT = {
    "webcenter": ".pagination li.next a",
    "vhv": ".wrapper-pagination a.next-pages",
    "aspnews": ".pager a.next",
    "nukeviet": "ul.pagination a[rel=next]",
    "generic": "nav.pager a[rel=next]",
}
ITEMS = {
    "webcenter": ".news-list-item a.news-title",
    "vhv": "a.article-title.common-title",
    "tandan": ".td-channel-main .channel-news-title a",
    "aspnews": ".list-news h3.news-title a",
    "liferay": ".news-items .news-item .asset-publisher-title a",
    "nukeviet": ".news_column h3 a, .news_column h4 a",
    "generic": ".post-list .post-card h3 a",
}
BODY = {
    "webcenter": ".bnc-content",
    "vhv": ".article-content",
    "tandan": ".tandan-p-article-news-content",
    "aspnews": "#content",
    "liferay": ".journal-content-article",
    "nukeviet": "#news-bodyhtml.bodytext",
    "generic": ".post-text",
}


@pytest.fixture(scope="module")
def farm() -> Farm:
    return Farm(7, articles=70)


@pytest.fixture(params=FAMILIES)
def portal(request: pytest.FixtureRequest, farm: Farm) -> SimulatedPortal:
    return farm[request.param]


def page(portal: SimulatedPortal, target: str) -> str:
    answer = portal.site.respond(target)
    assert answer.status == 200, target
    return answer.body.plain(portal.site.count).decode()


def target(portal: SimulatedPortal, url: str) -> str:
    assert url.startswith(portal.url)
    return "/" + url.removeprefix(portal.url)


def following(portal: SimulatedPortal, tree: LexborHTMLParser, number: int) -> str | None:
    """The next listing page by the platform's own pager."""
    if portal.family in NEXT:
        node = tree.css_first(NEXT[portal.family])
        return node.attributes["href"] if node else None
    links = tree.css("#paging a" if portal.family == "tandan" else ".pagination a")
    return next((link.attributes["href"] for link in links if link.text() == str(number + 1)), None)


def listed(portal: SimulatedPortal, section: str) -> list[str]:
    found: list[str] = []
    where: str | None = portal.site.section_path(section)
    number = 1
    while where is not None:
        tree = LexborHTMLParser(page(portal, where))
        found += [link.attributes["href"] or "" for link in tree.css(ITEMS[portal.family])]
        where = following(portal, tree, number)
        number += 1
        assert number < 30
    return found


def test_seven_families_in_order(farm: Farm) -> None:
    assert [p.family for p in farm.portals] == [
        "webcenter",
        "vhv",
        "tandan",
        "aspnews",
        "liferay",
        "nukeviet",
        "generic",
    ]
    assert all(p.slug.startswith("demo-") for p in farm.portals)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second, other = (
        Farm(3, articles=12, port=9000),
        Farm(3, articles=12, port=9000),
        Farm(4, articles=12, port=9000),
    )
    for one, two, three in zip(first.portals, second.portals, other.portals, strict=True):
        assert two.truth == one.truth
        assert three.truth != one.truth
        for article in one.truth:
            assert page(one, target(one, article.url)) == page(two, target(two, article.url))
        assert page(one, one.site.section_path("reform")) == page(two, two.site.section_path("reform"))


def test_order_of_asking_does_not_matter() -> None:
    forward, backward = Farm(5, articles=20, families=["vhv"]), Farm(5, articles=20, families=["vhv"])
    urls = [article.url for article in forward.portals[0].truth]
    backward_pages = {url: page(backward.portals[0], target(backward.portals[0], url)) for url in reversed(urls)}
    fixed = re.compile(r"Tổng lượt: [\d.]+")
    for url in urls:
        assert fixed.sub("", page(forward.portals[0], target(forward.portals[0], url))) == fixed.sub(
            "", backward_pages[url]
        )


def test_listings_reach_every_article(portal: SimulatedPortal) -> None:
    found = [url for section in SECTIONS for url in listed(portal, section)]
    wanted = {target(portal, article.url) for article in portal.truth}
    assert set(found) == wanted
    assert len(found) == len(wanted) == 70


def test_pages_are_as_big_as_real_ones(portal: SimulatedPortal) -> None:
    sizes = [len(page(portal, target(portal, article.url)).encode()) for article in portal.truth]
    assert min(sizes) >= 60_000
    assert max(sizes) <= 120_000


def test_the_body_holds_the_truth(portal: SimulatedPortal) -> None:
    for article in portal.truth:
        tree = LexborHTMLParser(page(portal, target(portal, article.url)))
        (node,) = tree.css(BODY[portal.family])
        text = node.text(separator="\n")
        for line in article.body.split("\n"):
            assert all(cell in text for cell in line.split(" | "))
        assert article.title in tree.body.text(separator=" ")  # type: ignore[union-attr]
        for caption in article.captions:
            assert caption in text


def test_teasers_and_related_titles_stand_outside_the_body(portal: SimulatedPortal) -> None:
    titles = Counter(article.title for article in portal.truth)
    article = next(a for a in portal.truth if titles[a.title] == 1)
    tree = LexborHTMLParser(page(portal, target(portal, article.url)))
    whole, inside = tree.body.text(), tree.css_first(BODY[portal.family]).text()  # type: ignore[union-attr]
    others = [title for title in titles if title != article.title and title in whole]
    assert len(others) >= 10
    assert not any(title in inside for title in others)


def test_counters_move_and_truth_does_not(portal: SimulatedPortal) -> None:
    article = portal.truth[0]
    first = page(portal, target(portal, article.url))
    portal.site.requests += 1
    second = page(portal, target(portal, article.url))
    for counter in (r"Số lượt truy cập: ([\d.]+)", r"Trực tuyến: (\d+)", r"\| (\d\d:\d\d:\d\d)</span>"):
        before, after = re.search(counter, first), re.search(counter, second)
        assert before
        assert after
        assert before[1] != after[1]
    assert portal.truth[0] == article


def test_every_article_is_before_the_clock_and_dated_as_the_platform_does(portal: SimulatedPortal) -> None:
    precisions = {article.precision for article in portal.truth}
    expected = {
        "webcenter": {None},
        "tandan": {Precision.DAY},
        "liferay": {Precision.MINUTE},
        "nukeviet": {Precision.MINUTE},
    }
    assert precisions == expected.get(portal.family, {Precision.SECOND})
    dates = [article.published for article in portal.truth if article.published]
    assert dates == sorted(dates, reverse=True)
    assert all(date < NOW for date in dates)


def test_text_is_composed_unless_marked(farm: Farm) -> None:
    odd = Counter[str]()
    for article in (article for portal in farm.portals for article in portal.truth):
        printed = "\n".join((article.title, article.summary, article.body, article.author))
        is_nfc = unicodedata.is_normalized("NFC", printed)
        assert is_nfc == (article.oddity != "nfd")
        assert ("\u00a0" in printed or "  " in printed) <= (article.oddity in {"nbsp", "spaces"})
        odd[article.oddity] += 1
    assert odd.keys() == {"", "nfd", "nbsp", "spaces"}


def test_offices_and_no_persons(farm: Farm) -> None:
    person = re.compile(r"\b([Ôô]ng|[Bb]à|[Đđ]ồng chí|[Đđ]/c|[Aa]nh|[Cc]hị)\s+[A-ZĐÂÊÔƠƯ][a-zà-ỹ]+\s+[A-ZĐÂÊÔƠƯ]")
    for article in (article for portal in farm.portals for article in portal.truth):
        texts = [article.title, article.summary, article.body, article.author, *(f.text for f in article.attachments)]
        assert not person.search(unicodedata.normalize("NFC", "\n".join(texts)))


def test_reform_and_other_news_and_near_misses(farm: Farm) -> None:
    articles = [article for portal in farm.portals for article in portal.truth]
    reform = sum(article.is_reform for article in articles)
    assert 0.35 < reform / len(articles) < 0.6
    near = [article for article in articles if article.near_miss]
    assert len(near) > 15
    assert not any(article.is_reform for article in near)
    assert any(article.listed for article in near)
    assert any(article.is_reform and not article.listed for article in articles)


def test_facts_stand_in_the_text(farm: Farm) -> None:
    announced = 0
    for article in (article for portal in farm.portals for article in portal.truth):
        text = unicodedata.normalize("NFC", "\n".join((article.title, article.summary, article.body)))
        plain = re.sub(r"\s+", "", text.replace("Ð", "Đ"))
        for act in (article.announced, *article.cited):
            assert act is None or act.number in plain
        assert all(name in text for name in article.indicators)
        assert article.plan_year is None or f"năm {article.plan_year}" in text.lower()
        assert all(f"{first_year}" in text and f"{last_year}" in text for first_year, last_year in article.periods)
        if article.announced:
            announced += 1
            assert article.is_reform
            assert article.announced.issuer
    assert announced > 80
    assert sum(article.plan_year is not None for portal in farm.portals for article in portal.truth) > 30


def test_enoughframes() -> None:
    reform, other = frames("reform"), frames("other")["story"]
    areas = sum(len(area["plan"]) + len(area["result"]) for area in reform["areas"].values())
    openings = sum(len(kind["openings"]) for kind in reform["kinds"].values())
    assert areas + openings + len(reform["goals"]) + len(reform["closings"]) >= 60
    assert len(reform["areas"]) == 7
    assert len(other) >= 40
    assert sum(story.get("near", False) for story in other) >= 6


def test_copies_name_their_first_publication(farm: Farm) -> None:
    by_url = {article.url: article for portal in farm.portals for article in portal.truth}
    copies = [article for article in by_url.values() if article.copy_of]
    assert len(copies) == 3 * (len(farm.portals) - 1)
    for article in copies:
        first = by_url[article.copy_of]
        assert first.url.split("/")[2] != article.url.split("/")[2]
        assert (first.title, first.body) == (article.title, article.body)


def test_portal_files_are_valid(portal: SimulatedPortal) -> None:
    card = Portal(slug=portal.slug, text=portal.toml, **tomllib.loads(portal.toml))
    assert card.url == portal.url
    assert card.pace.delay == 0
    assert card.family in {None, portal.family}


def test_later_nights() -> None:
    farm = Farm(2, articles=20)
    for portal in farm.portals:
        before = {article.url: article for article in portal.truth}
        fresh = farm.publish(portal.slug, 2)
        newest = max((article.published for article in before.values() if article.published), default=FIRST_DAY)
        assert all(newest < article.published < NOW for article in fresh if article.published)
        edited = farm.edit(portal.family, 1)
        removed = farm.remove(portal.slug, 1)
        now = {article.url: article for article in portal.truth}
        assert {a.url for a in fresh} == now.keys() - before.keys()
        assert {a.url for a in removed} == before.keys() - now.keys() == {a.url for a in portal.gone}
        (changed,) = edited
        assert "đính chính" in changed.body
        assert "đính chính" in page(portal, target(portal, changed.url))
        gone = portal.site.respond(target(portal, removed[0].url))
        assert removed[0].body.split("\n")[0] not in gone.body.plain(portal.site.count).decode()


def test_many_portals_of_few_families() -> None:
    farm = Farm(1, articles=5, families=["nukeviet", "tandan"], portals=90)
    assert len({portal.slug for portal in farm.portals}) == 90
    assert Counter(portal.family for portal in farm.portals) == {"nukeviet": 45, "tandan": 45}
    assert len({portal.site.name for portal in farm.portals}) > 80


def test_slugs() -> None:
    assert slugify("Kế hoạch số 82/QĐ-UBND: đẩy mạnh") == "ke-hoach-so-82-qd-ubnd-day-manh"
    assert slugify("Địa bàn", drop_d=True) == "ia-ban"
