"""Layouts beside the present one: eras, a portal's selectors that no longer fit, and the generic floor."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

import pytest

from archive.records import Article, Stated
from crawler.families import family
from crawler.family import Challenged, Era, Family, NotAnArticle, Unreadable
from crawler.page import Page

URL = "https://a.gov.vn/vi/news/cchc/ke-hoach-cai-cach-hanh-chinh-nam-2024-12.html"
TITLE = "Kế hoạch cải cách hành chính năm 2024"
LINES = [
    f"Đoạn {n}: UBND huyện yêu cầu các cơ quan rà soát thủ tục hành chính, công khai kết quả và báo cáo đúng hạn."
    for n in range(1, 6)
]
TEXT = "".join(f"<p>{line}</p>" for line in LINES)


def page(inner: str, url: str = URL, status: int = 200, title: str = TITLE) -> Page:
    return Page(url, f"<html><head><title>{title}</title></head><body>{inner}</body></html>".encode(), status=status)


def redesigned(title: str = TITLE, text: str = TEXT) -> str:
    return f'<div class="x7"><h1 class="k2">{title}</h1><div class="q9">{text}</div></div>'


NOW = f'<div class="tin"><h1 class="ten">{TITLE}</h1><div class="noi-dung">{TEXT}</div></div>'
KNOWN = (
    f'<div itemtype="http://schema.org/NewsArticle"><h1 class="title">{TITLE}</h1>'
    f'<div id="news-bodyhtml">{TEXT}</div></div>'
)
OLD = f'<div class="cu"><h2 class="ten-cu">{TITLE}</h2><div class="chu">{TEXT}</div></div>'
OLDEST = f'<div class="xua"><h3 class="ten-xua">{TITLE}</h3><div class="chu-xua">{TEXT}</div></div>'


@pytest.fixture
def changed() -> Iterator[type[Family]]:
    class Changed(Family, key="changed"):
        version = 3
        selectors: ClassVar[dict[str, str]] = {"title": ".ten", "body": ".noi-dung"}
        eras = (
            Era(date(2019, 1, 1), {"title": ".ten-xua", "body": ".chu-xua"}),
            Era(None, {"title": "h6", "body": ".moi"}),
            Era(date(2023, 6, 1), {"title": ".ten-cu", "body": ".chu"}),
        )

    yield Changed
    del Family.known["changed"]


@pytest.mark.parametrize("layout", [NOW, OLD, OLDEST, f"<h6>{TITLE}</h6><div class='moi'>{TEXT}</div>"])
def test_every_era_reads_and_none_is_a_fallback(changed: type[Family], layout: str) -> None:
    read = changed().read(page(layout))
    assert (read.title, read.body.split("\n"), read.reader_version) == (TITLE, LINES, "changed-3")


def test_eras_are_tried_from_the_latest_to_the_oldest(changed: type[Family]) -> None:
    assert [one.select["title"] for one in changed().elders] == ["h6", ".ten-cu", ".ten-xua"]


def test_the_floor_reads_an_unknown_layout_and_says_so() -> None:
    read = family("nukeviet").read(page(redesigned()), [Stated("2024-01-09T08:00:00+07:00", "sitemap")])
    assert (read.title, read.body.split("\n"), read.family, read.url) == (TITLE, LINES, "nukeviet", URL)
    assert read.reader_version == f"{family('nukeviet').reader_version}+{family('generic').reader_version}"
    assert read.dates[0] == Stated("2024-01-09T08:00:00+07:00", "sitemap")


def test_a_known_layout_needs_no_floor() -> None:
    assert "+" not in family("nukeviet").read(page(KNOWN)).reader_version


def test_a_portals_selectors_that_no_longer_fit_are_told_of() -> None:
    own = {"title": "#ten", "body": "#chu"}
    version = family("nukeviet").reader_version
    assert family("nukeviet", own).read(page(KNOWN)).reader_version == f"{version}+{version}"
    fitting = family("nukeviet", own).read(page(f'<h1 id="ten">{TITLE}</h1><div id="chu">{TEXT}</div>'))
    assert fitting.reader_version == version
    assert family("nukeviet", own).read(page(redesigned())).reader_version.startswith(f"{version}+generic-")


WAIT = Page(URL, "<html><head><title>Hãy đợi...</title></head><body>Chờ</body></html>".encode())
LIST = "".join(
    f'<li><h4><a href="/vi/news/tin/tin-so-{n}-{n}.html">Tin số {n} của huyện trong tuần này</a></h4></li>'
    for n in range(9)
)


@pytest.mark.parametrize(
    ("shown", "error"),
    [
        (WAIT, Challenged),
        (page(redesigned(), "https://a.gov.vn/"), NotAnArticle),
        (page(redesigned(), "https://a.gov.vn/vi/news/cchc/"), NotAnArticle),
        (page(redesigned("Không tìm thấy trang")), Unreadable),
        (page(redesigned("Thông báo", "<p>Nội dung bạn yêu cầu không tồn tại hoặc đã bị xóa.</p>")), Unreadable),
        (page(redesigned(), status=404), Unreadable),
        (page(redesigned("Trang thông tin điện tử huyện Quế Sơn")), Unreadable),
        (page(f"<ul>{LIST}</ul>", title="Tin tức"), Unreadable),
    ],
    ids=["challenge", "home", "listing", "not found", "removed", "status", "another page", "list in its place"],
)
def test_what_is_no_article_is_not_read_by_the_floor(shown: Page, error: type[Exception]) -> None:
    with pytest.raises(error):
        family("nukeviet").read(shown)


def test_a_family_that_nothing_fits_names_the_field() -> None:
    with pytest.raises(Unreadable) as caught:
        family("nukeviet").read(page("<p>Một dòng.</p>"))
    assert caught.value.field == "title"


def test_what_the_floor_reads_is_an_article_as_any_other() -> None:
    read = family("vhv").read(page(redesigned(), "https://a.gov.vn/tin-tuc/ke-hoach-cai-cach-hanh-chinh-nam-2024.html"))
    assert isinstance(read, Article)
    assert read.family == "vhv"
