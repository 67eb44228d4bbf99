"""What is served in an article's place, by its words; the whole nights are in tests/flow/test_faults.py."""

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from archive.records import Article, Capture, CaptureKind
from crawler.impostors import is_another, nowhere, says_nothing_is_there
from crawler.wholeness import closed, unpacked_whole

TITLE = "UBND huyện Quế Sơn ban hành Kế hoạch cải cách hành chính năm 2024"
URL = "https://a.gov.vn/tin/ubnd-huyen-que-son-ban-hanh-ke-hoach-cai-cach-hanh-chinh-nam-2024-71803.html"


def article(title: str, body: str = "Nội dung. " * 80) -> Article:
    return Article(url=URL, title=title, body=body, family="generic", reader_version="generic-1")


@pytest.mark.parametrize(
    ("title", "named", "url"),
    [
        (TITLE, [TITLE], URL),
        (TITLE.upper(), ["ubnd huyen Que Son ban hanh ke hoach CCHC..."], URL),
        (TITLE, [TITLE[:30] + "…"], URL),
        (TITLE, [], URL),
        ("Thông báo", [], "https://a.gov.vn/chi-tiet?id=71803"),
        ("Thông báo", ["Tin"], "https://a.gov.vn/71803"),
    ],
)
def test_a_title_that_fits_is_not_suspected(title: str, named: list[str], url: str) -> None:
    assert not is_another(article(title), url, named)


@pytest.mark.parametrize(
    ("title", "named", "url"),
    [
        ("Không tìm thấy trang", [TITLE], URL),
        ("Không tìm thấy trang", [], URL),
        ("Lễ hội hoa xuân ở xã Quế Phú thu hút du khách", [TITLE], "https://a.gov.vn/chi-tiet?id=71803"),
    ],
)
def test_a_title_of_something_else_is(title: str, named: list[str], url: str) -> None:
    assert is_another(article(title), url, named)


@pytest.mark.parametrize(
    "said",
    [
        "Không tìm thấy trang",
        "Trang bạn yêu cầu không tồn tại",
        "404",
        "Lỗi 404",
        "Bài viết đã bị xóa",
        "Page not found",
    ],
)
def test_a_notice_says_that_nothing_is_there(said: str) -> None:
    assert says_nothing_is_there(article(said, "Địa chỉ này không còn."))
    assert says_nothing_is_there(article("Thông báo", f"{said}."))


@pytest.mark.parametrize(
    "said", [TITLE, "Tìm thấy tài liệu quý. Bản gốc không tồn tại", "Quyết định 404/QĐ-UBND về cải cách hành chính"]
)
def test_news_of_such_things_is_news(said: str) -> None:
    assert not says_nothing_is_there(article(said, "Nội dung."))
    assert not says_nothing_is_there(article(TITLE, f"Không tìm thấy trang. {'Nội dung. ' * 80}"))


@pytest.mark.parametrize(
    ("url", "other"),
    [
        (URL, URL.replace("71803", "9718039")),
        ("https://a.gov.vn/chi-tiet?dDocName=PORTAL467925", "https://a.gov.vn/chi-tiet?dDocName=PORTAL94679259"),
        ("https://a.gov.vn/tin/ke-hoach.html", "https://a.gov.vn/tin/ke-hoach-khong-co-trang-nay.html"),
        ("https://a.gov.vn/-/ke-hoach", "https://a.gov.vn/-/ke-hoach-khong-co-trang-nay"),
        ("http://127.0.0.1:42361/tin/a.html", "http://127.0.0.1:42361/tin/a-khong-co-trang-nay.html"),
        ("https://tinh2025.gov.vn/", "https://tinh2025.gov.vn/khong-co-trang-nay"),
    ],
)
def test_an_address_that_nobody_gave_out(url: str, other: str) -> None:
    assert nowhere(url) == other


def packed(sent: bytes, encoding: str = "gzip") -> Capture:
    headers = (("Content-Encoding", encoding),)
    return Capture(URL, 200, headers, sent, datetime.now(UTC), CaptureKind.ARTICLE)


def test_half_of_a_packed_page_is_not_whole() -> None:
    page = b"<html>" + bytes(range(256)) * 900
    whole = gzip.compress(page)
    assert unpacked_whole(packed(whole), page)
    assert unpacked_whole(packed(gzip.compress(page[:9]) + gzip.compress(page[9:]) + b"\0\0"), page)
    assert unpacked_whole(packed(zlib.compress(page), "deflate"), page)
    for cut in (30, len(whole) // 2, len(whole) - 1):
        assert not unpacked_whole(packed(whole[:cut]), page[: cut // 2])


def test_a_page_has_its_end() -> None:
    assert closed(b"<html>...</HTML>\n<!-- 0.2 s --><script>count()</script>")
    assert not closed(b"<html><body><p>UBND huy")
