"""Each platform's own bugs and habits, as PORTALS.md describes them."""

import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.farm import Farm, SimulatedPortal
from crawler.farm.chrome import MENU


@pytest.fixture(scope="module")
def farm() -> Farm:
    return Farm(7, articles=70, portals=14)


def ask(portal: SimulatedPortal, target: str) -> tuple[int, str, dict[str, str]]:
    answer = portal.site.respond(target)
    return answer.status, answer.body.plain(portal.site.count).decode(), dict(answer.headers)


def path(portal: SimulatedPortal, number: int = 0) -> str:
    return "/" + portal.truth[number].url.removeprefix(portal.url)


def first(portal: SimulatedPortal, selector: str, number: int = 0) -> str:
    node = LexborHTMLParser(ask(portal, path(portal, number))[1]).css_first(selector)
    assert node is not None, selector
    return node.text(strip=True)


def test_nukeviet_prints_four_dates_and_only_two_are_right(farm: Farm) -> None:
    portal = farm["nukeviet"]
    article = portal.truth[0]
    assert article.published
    _, html, _ = ask(portal, path(portal))
    stamp = article.published
    assert f'content="{stamp:%Y-%m-%d}+07{stamp:%H:%M}:00"' in html
    assert first(portal, "[itemprop=datePublished]") != stamp.isoformat()
    assert first(portal, "span.h5").endswith(f"- {stamp:%d/%m/%Y %H:%M}")
    _, sitemap, _ = ask(portal, "/sitemap-vi.news.xml")
    assert f"<loc>{article.url}</loc><lastmod>{stamp.isoformat()}</lastmod>" in sitemap
    _, feed, _ = ask(portal, "/vi/news/rss/")
    assert re.search(rf"<pubDate>\w+, \d\d \w+ {stamp.year} \d\d:{stamp:%m}:00 GMT", feed)


def test_nukeviet_redirects_wrong_slugs_and_far_pages(farm: Farm) -> None:
    portal = farm["nukeviet"]
    right = path(portal)
    status, _, headers = ask(portal, re.sub(r"/[a-z0-9-]+-(\d+\.html)$", r"/sai-\1", right))
    assert (status, headers["Location"]) == (301, portal.url.rstrip("/") + right)
    assert ask(portal, "/vi/news/cai-cach-hanh-chinh/page-99")[0] == 302
    assert ask(portal, "/vi/news/khong-co/")[0] == 302
    status, html, _ = ask(portal, right.replace("/vi/news/", "/vi/news/print/"))
    assert status == 200
    assert "stringrating" not in html


def test_nukeviet_lists_expired_articles() -> None:
    farm = Farm(7, articles=20, families=["nukeviet"])
    (removed,) = farm.remove("nukeviet", 1)
    portal = farm.portals[0]
    assert removed.url in ask(portal, "/sitemap-vi.news.xml")[1]
    assert ask(portal, "/" + removed.url.removeprefix(portal.url))[0] == 404


def test_vhv_repeats_title_and_date_in_the_body_and_hides_its_404(farm: Farm) -> None:
    portal = farm["vhv"]
    article = portal.truth[0]
    assert article.published
    assert first(portal, ".article-content").startswith(article.title)
    assert first(portal, ".post-date") == f"{article.published:%H:%M:%S | %d/%m/%Y}"
    assert ask(portal, "/cai-cach-hanh-chinh/khong-co.html")[0] == 200
    assert ask(portal, "/sitemap.xml")[0] == 404
    second = [p for p in farm.portals if p.family == "vhv"][1]
    assert re.match(r"(Thứ|Chủ) \w+, \d\d/\d\d/\d{4} \| \d\d:\d\d$", first(second, ".post-date"))


def test_tandan_dialects(farm: Farm) -> None:
    plain, glued = (p for p in farm.portals if p.family == "tandan")
    day = plain.truth[0].published
    assert day
    assert path(plain).startswith(f"/portal/pages/{day:%Y-%m-%d}/")
    assert "Đăng ngày" not in ask(plain, path(plain))[1]
    assert first(glued, ".tandan-span-date-publish") == f"Đăng ngày {glued.truth[0].published:%d - %m - %Y}"
    assert re.match(r"/portal/Pages/\d{4}-\d{1,2}-\d{1,2}/", path(glued))
    for portal in (plain, glued):
        for number in range(0, 70, 9):
            assert ask(portal, path(portal, number).lower())[0] == 200
    assert ask(plain, "/portal/pages/2024-01-01/Khong-Co-1.aspx")[0] == 200


def test_aspnews_signs_the_content(farm: Farm) -> None:
    portal = farm["aspnews"]
    article = portal.truth[0]
    content = first(portal, "#content")
    assert f"{portal.site.mark} - {article.body[:30]}" in content
    assert content.endswith(article.author)
    assert first(portal, "#current-date") == f"Cập nhật ngày: {article.published:%d/%m/%Y %H:%M:%S}"
    assert 'level = "newspaper"' in portal.toml


def test_liferay_answers_under_every_locale(farm: Farm) -> None:
    new, old = (p for p in farm.portals if p.family == "liferay")
    for portal in (new, old):
        assert ask(portal, f"/en{path(portal)}")[1].count(portal.truth[0].title) > 1
        assert first(portal, "h1.portlet-title") == "Xuất bản nội dung"
    assert f"null {old.truth[0].title}" in first(old, ".asset-title-hidden")
    assert "đ" not in path(new)
    assert "_cur=2" in ask(new, new.site.section_path("reform"))[1]


def test_webcenter_knows_no_date_and_starts_with_a_stub(farm: Farm) -> None:
    portal = farm["webcenter"]
    assert not re.search(r"\d{1,2}/\d{1,2}/\d{4}", first(portal, ".bread"))
    status, html, _ = ask(portal, portal.site.stub)
    assert status == 200
    assert len(html) < 1000
    assert "_afrLoop" in html
    assert "_afrLoop" not in ask(portal, f"{portal.site.stub}?_afrLoop=1")[1]
    article = next(a for a in portal.truth if a.attachments)
    assert article.attachments[0].name.startswith("Xem ")
    assert article.attachments[0].name.endswith("tại đây !")
    assert ask(portal, "/")[0] == 302


def test_generic_has_structured_data_and_a_frozen_sitemap(farm: Farm) -> None:
    portal = farm["generic"]
    article = portal.truth[0]
    data = json.loads(first(portal, "script[type='application/ld+json']"))
    assert data["headline"] == article.title
    assert data["datePublished"].endswith("Z")
    days = set(re.findall(r"<lastmod>(.*?)</lastmod>", ask(portal, "/sitemap.xml")[1]))
    assert len(days) == 1
    assert article.url in ask(portal, "/rss.xml")[1]


def test_menu_pages_are_no_articles(farm: Farm) -> None:
    for portal in farm.portals:
        home = "/" if portal.family != "webcenter" else portal.site.web
        tree = LexborHTMLParser(ask(portal, home)[1])
        links = [link.attributes["href"] or "" for link in tree.css(".main-menu a")]
        assert len(links) > 30
        labels = {portal.site.static_path(label) for label in MENU["Giới thiệu"]}
        assert labels <= set(links)
        for label in labels:
            assert "đang được cập nhật" in ask(portal, label)[1], label
