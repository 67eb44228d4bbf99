"""Bytes become text in the right charset; selectors fall back; addresses become absolute."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.page import Page, decode, one_line, text_of
from crawler.selection import Selection

TITLE = "Kế hoạch cải cách hành chính, Ủy ban nhân dân huyện Đắk Glei"


def page(html: str, url: str = "https://a.gov.vn/tin/bai.html") -> Page:
    return Page(url, html.encode())


def test_the_first_meta_of_a_name_in_the_head_is_meant_whichever_way_it_is_named() -> None:
    shown = page(
        '<head><meta name="OG:Title" content=" a  b "><meta property="og:title" content="c"><meta property="og:type">'
        '<meta property="og:type" content="late"></head><body><meta name="author" content="d"></body>'
    )
    assert [shown.meta(name) for name in ("og:title", "og:TITLE", "og:type", "author")] == ["a b", "a b", "", ""]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_text_of_a_page_is_without_marks_and_nuls(mark: str) -> None:
    assert Page("https://a.vn/", f"{mark}a\0b {TITLE}".encode()).text == f"a b {TITLE}"


OLD = "Uû ban nh©n d©n huyÖn ban hµnh KÕ ho¹ch cña c¸c x·, kh«ng ®Ó ng\xadêi d©n ph¶i chê ®îi viÖc thùc hiÖn"
NEW = "Uỷ ban nhân dân huyện ban hành Kế hoạch của các xã, không để người dân phải chờ đợi việc thực hiện"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"<p>{OLD} vµ phßng</p>", f"{NEW} và phòng"),
        (f'<p style="font-family:.VnTime">{OLD}</p>', NEW),
        (f"<p>{OLD} 5 µm</p>", f"{OLD} 5 µm"),
    ],
    ids=["by its commonest word", "by its font", "neither"],
)
def test_what_was_typed_for_the_fonts_of_before_unicode_is_converted(typed: str, kept: str) -> None:
    shown = Page("https://a.vn/", typed.encode())
    assert kept in shown.text
    assert shown.text_of("p") == kept


def test_what_one_element_lacks_may_stand_in_another() -> None:
    shown = page("<title>c</title><div class=box>a</div><p class=sapo>b</p><p class=lead>d</p>")
    reader = Selection({"summary": ".no || .sapo", "title": ".no || title", "author": ".lead"}, {})
    box, body = shown.first(".box"), shown.tree.body
    assert [reader.text(shown, where, "summary") for where in (box, body, box, body)] == ["", "b", "", "b"]
    assert (text_of(reader.node(shown, body, "title")), reader.text(shown, body, "title")) == ("c", "")
    assert [text_of(node) for node in (*reader.nodes(shown, box, "author"), *reader.nodes(shown, body, "author"))] == [
        "d"
    ]
    assert reader.used == {"summary": ".sapo", "title": "title", "author": ".lead"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TITLE.encode(), ""),
        (TITLE.encode(), "text/html; charset=iso-8859-1"),
        (b"\xef\xbb\xbf" + TITLE.encode(), "text/html; charset=windows-1258"),
        (TITLE.encode("utf-16"), ""),
        (f'<meta charset="utf-16be"><title>{TITLE}'.encode(), ""),
    ],
)
def test_charset(body: bytes, content_type: str) -> None:
    assert TITLE in decode(body, content_type)


def test_windows_1258_by_header_and_by_meta() -> None:
    encoded = "Hà Nội".encode("cp1258", "ignore") + "đất".encode("cp1258", "ignore")
    assert decode(encoded, "text/html; charset=windows-1258") == encoded.decode("cp1258")
    meta = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">'
    assert decode(meta + encoded).endswith(encoded.decode("cp1258"))


def test_a_broken_byte_in_utf8_costs_one_letter() -> None:
    assert decode(b'<meta charset="utf-8">' + TITLE.encode() + b"\xff!").endswith(TITLE + "\ufffd!")


def test_an_unknown_charset_is_guessed() -> None:
    assert "abc" in decode(b"abc \xe9t\xe9", "text/html; charset=x-none")


@given(st.binary(max_size=400), st.text(max_size=40))
@settings(max_examples=100)
def test_any_bytes_are_text(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type), str)
    assert Page("https://a.gov.vn/", body, content_type=content_type).tree.root is not None or not body


def test_fallbacks() -> None:
    shown = page("<h1> Một\n  hai </h1><p class=b>x</p><p>y</p>")
    assert shown.text_of(".none || h1 || p") == "Một hai"
    assert [node.text() for node in shown.css(".none || p.b || p")] == ["x"]
    assert shown.first(".none || .nothing") is None
    assert shown.css("") == []
    assert shown.text_of("") == ""


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/x", "https://a.gov.vn/x"),
        ("../x?a=1#b", "https://a.gov.vn/x?a=1#b"),
        (" \n//b.vn/x ", "https://b.vn/x"),
        ("javascript:void(0)", ""),
        ("JavaScript:void(0)", ""),
        ("#top", ""),
        ("mailto:a@b.vn", ""),
        ("ftp://a.vn/x", ""),
        ("http://[bad/", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_absolute(href: str | None, url: str) -> None:
    assert page("").absolute(href) == url


def test_meta_and_declared() -> None:
    meta = '<meta property="OG:Title" content=" A  B "><meta name=og:title content=C>'
    shown = page(f"<head>{meta}<link rel=canonical href=/x></head>")
    assert shown.meta("og:title") == "A B"
    assert shown.declared == "https://a.gov.vn/x"
    assert shown.meta("og:type") == ""
    assert page("<p>x").declared == ""


def test_blanks() -> None:
    assert one_line("\xa0\xa0 a \n\t b\xa0c \u200b") == "a b\xa0c"


def test_a_nul_byte_does_not_end_the_page() -> None:
    assert Page("https://a.gov.vn/", b"<h1>a\0b</h1>").text_of("h1") == "a b"


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000/a/b.html?x=1", "https://x.gov.vn", "http://[::1]:80/q", "HTTP://X.vn/"]
)
def test_absolute_is_what_joining_gives_only_faster(base: str) -> None:
    here = Page(base, b"")
    parts = ("", "/", "//", "/a", "/./", "/../", "b.c", ".", "..", ";p", "?q=1&r", "?", "#f", ":", "%20", "ệ", "\\")
    heads = ("", "/", "//y.vn", "http://y.vn", "https://y.vn:81", "https://Y.vn/", "HTTP://y.vn/", "x/")
    for href in (head + one + other for head in heads for one in parts for other in parts):
        joined = urljoin(base, href) if href and not href.startswith("#") else ""
        assert here.absolute(href) == (joined if urlsplit(joined).hostname else ""), href
