"""Challenges, blocks and errors served as pages are told from pages."""

import time

import pytest

from archive.records import CaptureKind
from crawler.classify import Look, challenge, classify, near_home
from crawler.page import Page

TEXT = "<p>" + "UBND huyện ban hành Kế hoạch cải cách hành chính năm 2024. " * 60 + "</p>"
ARTICLE = f"<!DOCTYPE html><html><head><title>Tin</title></head><body>{TEXT}</body></html>"
WAIT = "<!DOCTYPE html><html><head><title>Hãy đợi...</title></head><body><p>Vui lòng đợi 10 giây</p></body></html>"
STUB = "<html><head><script>location.replace(location.href + '?_afrLoop=1');</script></head><body></body></html>"


def verdict(
    body: str | bytes, status: int = 200, kind: str = "text/html", wanted: CaptureKind = CaptureKind.ARTICLE
) -> str | None:
    return classify(status, kind, body if isinstance(body, bytes) else body.encode(), wanted=wanted)


def test_a_page_may_be_read() -> None:
    assert verdict(ARTICLE) is None
    assert verdict("<div>no doctype, some words</div>", wanted=CaptureKind.LISTING) is None


def test_a_listing_or_an_article_may_be_json() -> None:
    items = '{"items": [{"id": 1, "title": "Kế hoạch"}]}'
    assert verdict(items, kind="application/json", wanted=CaptureKind.LISTING) is None
    assert verdict(items, kind="application/json; charset=utf-8") is None
    assert verdict(items, kind="application/json", wanted=CaptureKind.HOME) == "not html: application/json"
    assert verdict("var a = 1;", kind="application/json") == "not html: application/json"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (WAIT, "challenge: flood blocker"),
        (STUB, "challenge: script-only redirect"),
        ('<html><body><iframe src="/_Incapsula_Resource?x=1"></iframe></body></html>', "challenge: Incapsula"),
        ('<html><script>document.cookie="D1N=0123456789abcdef";location.reload()</script></html>', "challenge: D1N"),
        ("<html><body><script>start()</script></body></html>", "challenge: script-only page"),
        ("<html><head><title>Captcha</title></head><body>Nhập mã captcha</body></html>", "challenge: captcha"),
        ("<html><body><h2>Thông báo từ chối truy cập</h2></body></html>", "blocked: Thông báo từ chối truy cập"),
        ("<html><body>Hệ thống đang gặp vấn đề khi xử lý yêu cầu của bạn</body></html>", "blocked: Hệ thống"),
        ("<html><body> </body></html>", "empty"),
        ("", "empty"),
        ("  \n ", "empty"),
    ],
)
def test_what_is_no_page(body: str, reason: str) -> None:
    found = verdict(body)
    assert found is not None
    assert found.startswith(reason)
    assert "\n" not in found


def test_an_article_about_such_things_is_an_article() -> None:
    assert verdict(ARTICLE.replace("Tin", "Thông báo từ chối truy cập")) is None
    assert verdict(ARTICLE.replace("</body>", '<script src="/_Incapsula_Resource?a"></script></body>')) is None
    assert challenge("x" * 30_000 + "<title>Hãy đợi...</title>") is None


@pytest.mark.parametrize(("status", "reason"), [(404, "status 404"), (500, "status 500"), (302, "status 302")])
def test_status(status: int, reason: str) -> None:
    assert verdict(ARTICLE, status) == reason


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_refusal_is_a_block(status: int) -> None:
    assert verdict(ARTICLE, status) == f"blocked: status {status}"
    assert verdict(WAIT, status, wanted=CaptureKind.ROBOTS) == "challenge: flood blocker asks to wait (Hãy đợi...)"


@pytest.mark.parametrize("wanted", [CaptureKind.ROBOTS, CaptureKind.SITEMAP, CaptureKind.FEED, CaptureKind.ATTACHMENT])
def test_html_in_place_of_something_else(wanted: CaptureKind) -> None:
    assert verdict(ARTICLE, wanted=wanted) == f"not a {wanted.value}: html"
    assert verdict(WAIT, wanted=wanted) == "challenge: flood blocker asks to wait (Hãy đợi...)"


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"%PDF-1.7 ...", "text/html", "not html: pdf"),
        (b"PK\x03\x04....", "text/html", "not html: zip or office file"),
        (b"ab\0cd", "text/html", "not html: binary data"),
        (b"<?xml version='1.0'?><rss/>", "text/xml", "not html: text/xml"),
        (b"var items = [];", "text/javascript; charset=utf-8", "not html: text/javascript"),
    ],
)
def test_other_kinds(body: bytes, kind: str, reason: str) -> None:
    assert verdict(body, kind=kind) == reason


def test_files_are_files_whatever_is_declared() -> None:
    assert verdict(b"%PDF-1.7", kind="text/html", wanted=CaptureKind.ATTACHMENT) is None
    assert verdict(b"User-agent: *\nDisallow:", kind="text/html", wanted=CaptureKind.ROBOTS) is None
    assert verdict(b"<?xml version='1.0'?><rss/>", kind="text/html", wanted=CaptureKind.FEED) is None


def test_size() -> None:
    reason = verdict(b"<html>" + b"x" * 16_000_000)
    assert reason is not None
    assert reason.startswith("too large")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div>" * 6000 + "<p>x</p>", "nested too deep: 6002"),
        ('<li><a href="/a">Tin</a>' * 21_000, "too many links: 21000"),
        ("<b>x</b>" * 200_000, "too many tags"),
    ],
)
def test_a_page_that_would_cost_too_much(body: str, reason: str) -> None:
    found = verdict(f"<html><body>{body}")
    assert found is not None
    assert found.startswith(reason)


def test_a_long_page_is_not_a_deep_one() -> None:
    rows = "<tr><td>1<td><p>Kế hoạch<br>CCHC<img src=a><path d='x'/>" * 3000
    assert verdict(f"<html><body><table>{rows}</table>") is None


@pytest.mark.parametrize("piece", ["<!-- --> ", " ", "<!--", "<script ", "<a", "\n<"])
def test_no_pattern_tries_a_page_in_many_ways(piece: str) -> None:
    """Each of these once took minutes, or would without possessive patterns."""
    began = time.process_time()
    for size in (19_000, 9_000_000):
        verdict("<html>" + piece * (size // len(piece)))
        verdict(piece * (size // len(piece)))
    assert time.process_time() - began < 8


def test_utf_16_is_no_binary() -> None:
    assert verdict("<html><body>Kế hoạch</body></html>".encode("utf-16")) is None


def test_the_home_page_over_again() -> None:
    def page(links: int, counter: int, title: str = "Cổng TTĐT") -> Page:
        anchors = "".join(f'<a href="/tin-{n}.html">Tin {n}</a>' for n in range(links))
        return Page("https://a.gov.vn/x", f"<title>{title}</title>{anchors}<p>Truy cập: {counter}</p>".encode())

    assert near_home(page(40, 1), Look.of(page(39, 2)))
    assert not near_home(page(40, 1), Look.of(page(20, 1)))
    assert not near_home(page(40, 1, "Tin 1"), Look.of(page(40, 1)))
    assert not near_home(page(0, 1), Look.of(page(0, 1)))
