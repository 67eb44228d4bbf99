"""Listings that the home page does not name: behind banners and chosen menus, behind hubs, in two hops, by script."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from archive import queries
from archive.database import reading
from archive.records import CaptureKind
from archive.runs import Outcome
from config.portal import Portal
from config.settings import Settings
from crawler.discovery import feeds, hubs, listings
from crawler.exploring import Explored, deeper, explore
from crawler.page import Page
from crawler.paging import Ask
from crawler.run import Fleet, crawl

HOME = "https://a.gov.vn/"


def page(body: str, url: str = HOME) -> Page:
    return Page(url, f"<html><head><title>Cổng</title></head><body>{body}</body></html>".encode())


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/muc/7"><img src="b.png" alt="Cải cách hành chính"></a>',
        '<a href="/muc/7" title="Cải cách hành chính"><img src="b.png"></a>',
        '<select><option value="/muc/7">Cải cách hành chính</option></select>',
        "<div onclick=\"window.location.href='/muc/7'\">Cải cách hành chính</div>",
        '<li data-href="/muc/7">Cải cách hành chính</li>',
        '<map><area href="/muc/7" title="CCHC"></map>',
        '<ul><li>Chuyên mục<ul><li>Nội bộ<ul><li><a href="/muc/7">CCHC</a></li></ul></li></ul></li></ul>',
    ],
)
def test_a_listing_is_found_however_it_is_linked(body: str) -> None:
    (found,) = listings(page(body))
    assert (found.url, found.reform) == ("https://a.gov.vn/muc/7", True)


def test_a_feed_is_no_listing_and_is_found_in_the_text_too() -> None:
    home = page('<a href="/rss/cai-cach-hanh-chinh.rss">RSS Cải cách hành chính</a><a href="/feed/">RSS</a>')
    assert listings(home) == []
    assert feeds(home) == ["https://a.gov.vn/rss/cai-cach-hanh-chinh.rss", "https://a.gov.vn/feed/"]


def test_what_only_stands_below_a_reform_address_is_no_listing() -> None:
    home = page('<a href="/cchc/lien-he">Liên hệ</a><a href="/cchc/tin">Tin CCHC</a>')
    assert [one.url for one in listings(home)] == ["https://a.gov.vn/cchc/tin"]


def test_hubs_the_likeliest_first() -> None:
    home = page(
        '<a href="/tin-tuc">Tin tức</a><a href="/so-do">Sơ đồ cổng</a><a href="/muc">Chuyên mục</a>'
        '<a href="/rss">Kênh RSS</a><a href="https://b.gov.vn/so-do">Sơ đồ cổng</a><a href="/">Tin tức</a>'
    )
    assert [one.url.rpartition("/")[2] for one in hubs(home)] == ["so-do", "rss", "muc", "tin-tuc"]


def explored(pages: dict[str, str], home: str, **known: Any) -> tuple[Explored, list[str]]:
    asked: list[str] = []

    async def ask(what: Ask | str, kind: CaptureKind) -> Page | None:
        url = what if isinstance(what, str) else what.url
        asked.append(url.removeprefix("https://a.gov.vn"))
        if asked[-1] not in pages:
            return None
        text = pages[asked[-1]]
        return Page(url, text.encode(), content_type="application/json") if text[0] == "{" else page(text, url)

    return asyncio.run(explore(page(home), ask, **known)), asked


def test_a_family_is_known_by_what_its_listing_is_fetched_from() -> None:
    script = '<script>fetch("/ajax/news/list?page=1&category=7").then(render)</script>'
    title = "Kế hoạch cải cách hành chính năm 2025 của huyện"
    items = ", ".join(f'{{"id": {n}, "title": "{title} {n}", "url": "/bai-viet/ke-hoach-{n}"}}' for n in range(5))
    pages = {"/muc/7": f"<h1>CCHC</h1>{script}", "/ajax/news/list?page=1&category=7": f'{{"items": [{items}]}}'}
    found, _ = explored(pages, '<a href="/muc/7">Cải cách hành chính</a>')
    assert found.family == "jsonapi"
    assert any("5 articles of its listing come from https://a.gov.vn/ajax/news/list" in why for why in found.why)
    assert explored({"/muc/7": "<h1>CCHC</h1>"}, '<a href="/muc/7">Cải cách hành chính</a>')[0].family == "generic"


def test_a_listing_in_two_hops_says_where_it_was_found() -> None:
    home = '<a href="/so-do">Sơ đồ cổng</a><a href="/muc">Chuyên mục</a>'
    found, asked = explored({"/muc": '<a href="/muc/7">Cải cách hành chính</a><a href="/feed/">RSS</a>'}, home)
    (one,) = [listing for listing in found.listings if listing.reform]
    assert one.url == "https://a.gov.vn/muc/7"
    assert "on https://a.gov.vn/muc (it lists sections)" in one.why
    assert found.feeds == ["https://a.gov.vn/feed/"]
    assert asked[:2] == ["/so-do", "/muc"]
    assert any("/muc/7" in line for line in found.why)


def test_nothing_more_is_asked_when_the_home_page_or_the_file_names_one() -> None:
    home = '<a href="/so-do">Sơ đồ cổng</a>'
    assert explored({}, home, own=["/cai-cach-hanh-chinh"], known="vhv")[1] == []
    assert explored({}, home + '<a href="/cchc">CCHC</a>', known="vhv")[1] == []
    assert explored({}, home, known="vhv")[1] == ["/so-do"]


def test_a_feed_for_every_section_is_more_than_a_night_asks_for() -> None:
    body = "".join(f'<a href="/rss/muc-{n}.rss">Mục {n}</a>' for n in range(20)) + '<a href="/rss/cchc.rss">CCHC</a>'
    found, _ = explored({}, body, known="vhv")
    assert len(found.feeds) == 21
    assert [url.rpartition("/")[2] for url in found.few_feeds] == ["cchc.rss", "muc-0.rss", "muc-1.rss", "muc-2.rss"]


def test_behind_the_head_of_a_sub_site_are_its_listings() -> None:
    head = page(
        '<a href="/cchc/tin">Tin mới</a><a href="/cchc/van-ban">Kế hoạch CCHC</a><a href="/tin">Tin</a>', f"{HOME}cchc"
    )
    assert [one.url for one in deeper(head, empty=True)] == [
        "https://a.gov.vn/cchc/tin",
        "https://a.gov.vn/cchc/van-ban",
    ]
    other = page('<a href="/muc/cchc-2">CCHC xã</a><a href="/cchc/tin">Tin</a>', f"{HOME}cchc")
    assert [one.url for one in deeper(other, empty=False)] == ["https://a.gov.vn/cchc/tin"]


def plain(body: bytes = b"", status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> Any:
    def answer(connection: socket.socket, _: int) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return answer


def html(body: str) -> Any:
    return plain(f"<html><head><title>Trang</title></head><body>{body}</body></html>".encode())


def article(n: int) -> tuple[str, Any]:
    text = f"<p>UBND huyện ban hành Kế hoạch số {n}/KH-UBND về cải cách hành chính. {'Nội dung cần làm. ' * 20}</p>"
    title = f"Kế hoạch cải cách hành chính số {n} của huyện"
    time = '<time datetime="2025-05-05T08:00:00+07:00">5/5</time>'
    return f"/tin/ke-hoach-cai-cach-hanh-chinh-{n}.html", html(f"<article><h1>{title}</h1>{time}{text}</article>")


def links(*numbers: int) -> str:
    return "".join(
        f'<h3><a href="{article(n)[0]}">Kế hoạch cải cách hành chính số {n} của huyện</a></h3>' for n in numbers
    )


def night(portal: Portal, settings: Settings) -> Any:
    fleet = Fleet([portal], settings)
    crawl(fleet)
    return fleet.summaries[0]


def test_a_portal_is_crawled_from_its_home_page_in_two_hops(
    faulty: Any, card: Callable[..., Portal], settings: Settings
) -> None:
    faulty.paths["/"] = html('<ul><li><a href="/chuyen-trang">Chuyên trang</a></li></ul>')
    faulty.paths["/chuyen-trang"] = html('<a href="/cchc">Cải cách hành chính</a>')
    faulty.paths["/cchc"] = html('<h1>CCHC</h1><a href="/cchc/tin">Tin</a><a href="/cchc/ke-hoach">Kế hoạch</a>')
    faulty.paths["/cchc/tin"] = html(links(1, 2))
    faulty.paths["/cchc/ke-hoach"] = html(links(3))
    faulty.paths |= dict(article(n) for n in (1, 2, 3))
    portal = card(faulty.url)
    first = night(portal, settings)
    assert (first.outcome, first.new) == (Outcome.OK, 3), first.reason
    with reading(settings) as session:
        found = queries.discovered(session, portal.slug)
    assert found is not None
    assert {url.removeprefix(faulty.url) for url, reform in found.listings if reform} >= {
        "cchc",
        "cchc/tin",
        "cchc/ke-hoach",
    }
    assert any("it lists sections" in why for why in found.why)
    asked = len(faulty.asked)
    night(portal, settings)
    assert "/chuyen-trang" not in faulty.asked[asked:], "what was found is remembered"


def test_sitemaps_that_are_not_there_rest(faulty: Any, card: Callable[..., Portal], settings: Settings) -> None:
    xml = "application/xml"
    names = "".join(f"<sitemap><loc>{faulty.url}{name}.xml</loc></sitemap>" for name in ("news", "gone", "later"))
    faulty.paths["/sitemap.xml"] = plain(f"<sitemapindex>{names}</sitemapindex>".encode(), kind=xml)
    entry = f"<url><loc>{faulty.url[:-1]}{article(1)[0]}</loc><lastmod>2025-05-05T08:00:00+07:00</lastmod></url>"
    faulty.paths["/news.xml"] = plain(f"<urlset>{entry}</urlset>".encode(), kind=xml)
    faulty.paths["/later.xml"] = plain(b"busy", "403 Forbidden")
    faulty.paths["/"] = html('<a href="/cchc">Cải cách hành chính</a>')
    faulty.paths["/cchc"] = html(links(1))
    faulty.paths |= dict([article(1)])
    portal = card(faulty.url)
    assert night(portal, settings).new == 1
    assert faulty.asked.count("/gone.xml") == 1
    assert night(portal, settings).outcome is Outcome.OK
    assert faulty.asked.count("/gone.xml") == 1, "it answered 404: it rests for thirty days"
    assert faulty.asked.count("/news.xml") == 2
    assert faulty.asked.count("/later.xml") == 2, "a refusal says nothing of tomorrow"
