"""Listings and feeds are found in a home page's menus, each with a reason."""

import json
from pathlib import Path

import pytest

from crawler.discovery import feeds, is_reform_listing, listings
from crawler.page import Page

PORTALS = Path(__file__).parent.parent / "portals"
HOME = "https://a.gov.vn/"


def home(*links: tuple[str, str], head: str = "") -> Page:
    items = "".join(f'<li><a href="{href}">{label}</a></li>' for href, label in links)
    return Page(HOME, f"<html><head>{head}</head><body><nav><ul>{items}</ul></nav></body></html>".encode())


@pytest.mark.parametrize(
    ("url", "label", "heading"),
    [
        ("/muc/12", "Cải cách hành chính", ""),
        ("/muc/12", "CẢI CÁCH HÀNH CHÍNH - CHUYỂN ĐỔI SỐ", ""),
        ("/muc/12", "Công tác CCHC", ""),
        ("/muc/12", "Cải cách thủ tục hành chính", ""),
        ("/vi/news/cai-cach-hanh-chinh/", "", ""),
        ("/tin-cchc", "", ""),
        ("/CCHC/Pages/default.aspx", "", ""),
        ("/portal/pages/Chuyen-muc-Cai-cach-hanh-chinh.aspx", "", ""),
        ("/chuyen-muc?ten=C%E1%BA%A3i-cai-cach-hanh-chinh", "", ""),
        ("/muc/12", "Tin", "Chuyên mục: Cải cách hành chính"),
    ],
)
def test_a_reform_listing_says_so(url: str, label: str, heading: str) -> None:
    assert is_reform_listing(f"https://a.gov.vn{url}", label, heading)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("/muc/12", "Tin tức"),
        ("/muc/12", "Thủ tục hành chính"),
        ("/muc/12", "Hành chính công"),
        ("/muc/12", "Cải cách tiền lương"),
        ("/xcchcx", ""),
    ],
)
def test_others_do_not(url: str, label: str) -> None:
    assert not is_reform_listing(f"https://a.gov.vn{url}", label)


def test_reform_first_then_news_and_nothing_else() -> None:
    page = home(
        ("/", "Trang chủ"),
        ("/tin-tuc", "Tin tức"),
        ("/lien-he", "Liên hệ"),
        ("/van-ban", "Văn bản chỉ đạo điều hành"),
        ("/muc/cchc", "Cải cách hành chính"),
        ("/muc/cchc#top", "CCHC"),
        ("https://khac.gov.vn/tin-tuc", "Tin tức tỉnh"),
        ("/tai-lieu/cai-cach-hanh-chinh.pdf", "Cải cách hành chính"),
        ("javascript:void(0)", "Cải cách hành chính"),
        (
            "/tin-tuc/ubnd-huyen-ban-hanh-ke-hoach-cai-cach-hanh-chinh-nam-2024-123.html",
            "UBND huyện ban hành Kế hoạch cải cách hành chính",
        ),
    )
    found = listings(page)
    assert [(one.url, one.reform) for one in found] == [
        ("https://a.gov.vn/muc/cchc", True),
        ("https://a.gov.vn/tin-tuc", False),
    ]
    assert found[0].why == "its label says 'Cải cách hành chính'"
    assert all(one.why for one in found)


def test_a_section_is_known_by_the_articles_below_it() -> None:
    body = (
        '<meta name="generator" content="NukeViet v4.5">'
        '<a href="/vi/tin/la-lung/">Lạ lùng</a><a href="/vi/tin/khac/">Khác</a>'
        '<a href="/vi/tin/la-lung/mot-bai-viet-12.html">Một bài viết</a>'
    )
    (found,) = listings(Page(HOME, body.encode()))
    assert found.url == "https://a.gov.vn/vi/tin/la-lung/"
    assert found.why == "articles of this page stand below its address"


def test_the_host_of_a_reform_portal_counts_for_its_news() -> None:
    page = Page("https://cchc.a.gov.vn/", '<a href="/tin-tuc">Tin tức</a><a href="/lien-he">Liên hệ</a>'.encode())
    (found,) = listings(page)
    assert found.reform
    assert found.why == "it is a news section of cchc.a.gov.vn"


def test_feeds_of_the_own_host_reform_first() -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/rss/" title="Tin tức">'
        '<link rel="alternate" type="application/atom+xml" href="/rss/cai-cach-hanh-chinh/">'
        '<link rel="alternate" type="application/rss+xml" href="https://khac.vn/rss">'
        '<link rel="alternate" hreflang="en" href="/en/">'
    )
    assert feeds(home(head=head)) == ["https://a.gov.vn/rss/cai-cach-hanh-chinh/", "https://a.gov.vn/rss/"]
    assert feeds(home()) == []


@pytest.mark.parametrize(
    "path",
    sorted(PORTALS.glob("*/listing*/expected.json")),
    ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}",
)
def test_every_golden_page_leads_to_its_reform_listing(path: Path) -> None:
    url = json.loads(path.read_text(encoding="utf-8"))["url"]
    root = "/".join(url.split("/")[:3]) + "/"
    found = [one for one in listings(Page(root, (path.parent / "page.html").read_bytes())) if one.reform]
    assert url.partition("?")[0] in {one.url for one in found}
