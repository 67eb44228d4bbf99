"""Addresses of one article are one article, however a portal writes them; two articles never are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crawler.families import family
from crawler.page import Page

WORDS = st.lists(
    st.sampled_from(("ubnd", "xa", "ban", "hanh", "ke-hoach", "cai-cach", "2024", "phuong")), min_size=5, max_size=9
)
SLUGS = WORDS.map("-".join)
NUMBERS = st.integers(min_value=1000, max_value=99_999_999)
TRACKS = st.sampled_from(("", "?utm_source=zalo", "?fbclid=IwAR0", "#binh-luan", "?utm_medium=x&fbclid=y"))
HOSTS = st.sampled_from(("https://a.gov.vn", "https://A.GOV.VN", "https://a.gov.vn:443", "https://a.gov.vn/"))


@dataclass(frozen=True)
class Article:
    """What decides an article's address, and what does not."""

    slug: str
    number: int
    section: str
    month: int


ARTICLES = st.builds(
    Article,
    slug=SLUGS,
    number=NUMBERS,
    section=st.sampled_from(("tin-tuc", "cchc", "thoi-su")),
    month=st.integers(min_value=1, max_value=12),
)


def wordpress(one: Article) -> Iterator[str]:
    path = f"/2024/{one.month:02}/{one.slug}-{one.number}"
    yield from (f"{path}/", path, f"{path}/amp/", f"{path}/comment-page-2/", f"{path}/?replytocom=7", f"/{path}/")


def drupal(one: Article) -> Iterator[str]:
    yield from (f"/node/{one.number}", f"/vi/node/{one.number}", f"/print/{one.number}", f"/node/{one.number}/")
    yield from (f"/node/{one.number}?destination=x", f"//node/{one.number}", f"/en/node/{one.number}")


def drupal_alias(one: Article) -> Iterator[str]:
    path = f"/{one.section}/{one.slug}-{one.number}"
    yield from (path, f"/vi{path}", f"{path}/", f"{path}?mini=2024-05")


def joomla(one: Article) -> Iterator[str]:
    last = f"{one.number}-{one.slug}"
    yield from (f"/index.php/{one.section}/{last}", f"/index.php/trang-chu/{last}", f"/{one.section}/{last}.html")
    yield from (f"/index.php/component/content/article/8-tin/{last}?Itemid=101", f"/index.php/{one.section}/{last}/")
    yield f"/index.php?option=com_content&view=article&id={one.number}:{one.slug}&catid=8&Itemid=140"


def dnn(one: Article) -> Iterator[str]:
    end = f"ctl/Detail/ttId/{one.number}/mid/426"
    yield from (f"/CCHC/{end}", f"/cchc/tabid/255/{end}/Default.aspx", f"/Tin-tuc/tabid/107/{end}/Default.aspx?page=2")


def dnn_post(one: Article) -> Iterator[str]:
    yield from (f"/tabid/255/post/{one.number}/{one.slug}.aspx", f"/Tin/tabid/9/post/{one.number}/ten-cu.aspx")


def dnn_query(one: Article) -> Iterator[str]:
    yield from (f"/Default.aspx?tabid=107&NewsViews={one.number}", f"/Default.aspx?NewsViews={one.number}&tabid=9")
    yield f"/tabid/107/NewsViews/{one.number}/Default.aspx"


def onecms(one: Article) -> Iterator[str]:
    yield from (
        f"/{one.slug}-{one.number}.html",
        f"/{one.section}/{one.slug}-{one.number}.html",
        f"/x-{one.number}.html",
    )


def epi(one: Article) -> Iterator[str]:
    yield from (f"/{one.slug}-post{one.number}.html", f"/ten-cu-post{one.number}.html?gidzl=a")


def aid(one: Article) -> Iterator[str]:
    yield from (f"/{one.slug}-a{one.number}.html", f"/{one.section}/ten-cu-a{one.number}.html")


def liferay_slug(one: Article) -> Iterator[str]:
    slug = f"{one.slug}-{one.number}"
    yield from (f"/web/hcm/-/{slug}", f"/-/{slug}", f"/vi/web/hcm/-/{slug}", f"/en_US//web/hcm/{one.section}/-/{slug}")
    yield from (f"/web/guest/{one.section}/-/asset_publisher/1mOz/content/{slug}", f"/fa/web/hcm/-/{slug}?redirect=%2F")


def liferay_details(one: Article) -> Iterator[str]:
    end = f"news/-/details/20182/{one.slug}-{one.number}"
    yield from (f"/{end}", f"/ko/{end}", f"/de//{end}?redirect=%2Fcchc", f"/{end}/")


def liferay_entry(one: Article) -> Iterator[str]:
    end = f"-/asset_publisher/1mOz/content/id/{one.number}"
    yield from (f"/web/hct/chi-tiet-bai-viet/{end}?plidlayout=3", f"/vi/web/hct/{one.section}/{end}", f"/web/hct/{end}")


def liferay_query(one: Article) -> Iterator[str]:
    yield from (f"/chinh-quyen/chi-tiet?id={one.number}&_c=9", f"/{one.section}/chi-tiet?_c=3,44&id={one.number}")


def liferay_content(one: Article) -> Iterator[str]:
    yield from (
        f"/web/x/tin/-/view_content/{one.number}-{one.slug}.html",
        f"/vi/web/x/-/view_content/{one.number}-ten.html",
    )


WRITERS: list[tuple[str, Callable[[Article], Iterator[str]]]] = [
    ("wordpress", wordpress),
    ("drupal", drupal),
    ("drupal", drupal_alias),
    ("joomla", joomla),
    ("dnn", dnn),
    ("dnn", dnn_post),
    ("dnn", dnn_query),
    ("onecms", onecms),
    ("epi", epi),
    ("aid", aid),
    ("liferay", liferay_slug),
    ("liferay", liferay_details),
    ("liferay", liferay_entry),
    ("liferay", liferay_query),
    ("liferay", liferay_content),
]
EACH = pytest.mark.parametrize(("key", "write"), WRITERS, ids=[write.__name__ for _, write in WRITERS])


@EACH
@settings(max_examples=20)
@given(one=ARTICLES, host=HOSTS, track=TRACKS)
def test_aliases_share_an_identity(
    key: str, write: Callable[[Article], Iterator[str]], one: Article, host: str, track: str
) -> None:
    reader = family(key)
    plain = [f"https://a.gov.vn{path}" for path in write(one)]
    written = [f"{host}{path}{track if '?' not in path else track.replace('?', '&')}" for path in write(one)]
    assert len({reader.identity(url) for url in [*plain, *written]}) == 1
    first = plain[0]
    assert reader.is_article(first)
    assert reader.identity(reader.canonical(first)) == reader.identity(first)
    assert reader.canonical(reader.canonical(first)) == reader.canonical(first)


@EACH
@settings(max_examples=20)
@given(one=ARTICLES, other=ARTICLES)
def test_two_articles_are_two(
    key: str, write: Callable[[Article], Iterator[str]], one: Article, other: Article
) -> None:
    assume(one.number != other.number)
    reader = family(key)
    assert {reader.identity(f"https://a.gov.vn{path}") for path in write(one)}.isdisjoint(
        reader.identity(f"https://a.gov.vn{path}") for path in write(other)
    )


@pytest.mark.parametrize(
    ("key", "address", "declared"),
    [
        ("wordpress", "/?p=4471", "/2021/06/ra-soat-thu-tuc-hanh-chinh-nam-2021/"),
        ("drupal", "/node/734", "/tin-tuc/thanh-pho-doi-thoai-voi-nguoi-dan"),
        ("joomla", "/index.php?option=com_content&view=article&id=12:ten-bai", "/index.php/tin/12-ten-bai"),
    ],
)
def test_a_page_says_which_of_its_addresses_it_keeps(key: str, address: str, declared: str) -> None:
    host = "https://a.gov.vn"
    page = Page(host + address, f'<head><link rel="canonical" href="{declared}"></head>'.encode())
    assert family(key).canonical(page.url, page) == host + declared


NOT_ARTICLES = [
    (
        "wordpress",
        ["/category/tin-tuc/", "/2021/06/", "/?s=cai+cach", "/?cat=3", "/tag/mot-cua/", "/author/admin/", "/page/2/"],
    ),
    (
        "wordpress",
        ["/wp-json/wp/v2/posts", "/wp-content/uploads/2021/06/a.pdf", "/gioi-thieu/", "/?paged=3", "/wp-login.php"],
    ),
    (
        "drupal",
        ["/taxonomy/term/7", "/user/login", "/cai-cach-hanh-chinh?page=3", "/node/195660?page=6", "/node/add/article"],
    ),
    (
        "joomla",
        [
            "/index.php/tin-t-c?start=60",
            "/index.php/tin?format=feed&type=rss",
            "/index.php/component/content/category/8-tin",
        ],
    ),
    (
        "dnn",
        [
            "/CCHC/tabid/255/Default.aspx",
            "/Default.aspx?tabid=107",
            "/CCHC/tabid/255/page/2/Default.aspx",
            "/ctl/Login",
        ],
    ),
    ("onecms", ["/cai-cach-hanh-chinh", "/thoi-su/"]),
    ("epi", ["/cai-cach-hanh-chinh/", "/tag/cchc-tag123.html"]),
    ("aid", ["/chinh-tri/cai-cach-hanh-chinh/", "/cchc-c12.html"]),
    ("liferay", ["/web/guest/tin-tuc", "/documents/20/30/kh.pdf/0a1b?t=1", "/web/guest/-/asset_publisher/1mOz"]),
]


@pytest.mark.parametrize(("key", "paths"), NOT_ARTICLES)
def test_what_is_no_article(key: str, paths: list[str]) -> None:
    reader = family(key)
    assert [path for path in paths if reader.is_article(f"https://a.gov.vn{path}")] == []


@pytest.mark.parametrize("key", ["wordpress", "drupal", "joomla"])
def test_a_short_title_may_be_a_sections(key: str) -> None:
    reader = family(key)
    section = "https://a.gov.vn/tin-tuc-cai-cach-hanh-chinh"
    long = "https://a.gov.vn/ubnd-xa-ban-hanh-ke-hoach-cai-cach-hanh-chinh-nam-2024"
    assert reader.is_listing_address(section)
    assert reader.is_listing_address(f"{section}.html")
    assert reader.is_article(long)
    assert not reader.is_listing_address(long)
    assert not reader.is_listing_address(f"{long}.html")
    assert reader.is_article(f"https://a.gov.vn/{quote('ủy-ban-xã-họp-giao-ban-tháng')}")
