"""Rules that every family shares: addresses, identity, paging, dates, selectors, what a body is."""

from pathlib import Path

import pytest

from archive.records import Stated
from config.errors import PortalError
from crawler import families
from crawler.address import tidy
from crawler.body import read_body
from crawler.boilerplate import is_around, trimmed
from crawler.families import family, keys, recognise
from crawler.family import Challenged, Moved, NotAnArticle, Unreadable
from crawler.page import Page
from crawler.paging import following

BODY = "UBND huyện ban hành Kế hoạch cải cách hành chính năm 2024 trên địa bàn huyện."


def page(html: str, url: str = "https://a.gov.vn/vi/news/tin/bai-viet-12.html") -> Page:
    return Page(url, html.encode())


def nukeviet(inner: str = f"<p>{BODY}</p>", title: str = "Tiêu đề", head: str = "") -> str:
    shown = f'<h1 class="title" itemprop="headline">{title}</h1>' if title else ""
    body = f'<div id="news-bodyhtml">{inner}</div>' if inner is not None else ""
    return f'<html><head>{head}</head><body><div itemtype="http://schema.org/NewsArticle">{shown}{body}</div></body></html>'


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://A.Gov.VN:443//tin//bai.html#x", "https://a.gov.vn/tin/bai.html"),
        ("http://a.gov.vn:80", "http://a.gov.vn/"),
        ("http://127.0.0.1:8101/x?a=1&b=", "http://127.0.0.1:8101/x?a=1&b="),
        ("https://a.vn/x?utm_source=z&id=5&fbclid=q", "https://a.vn/x?id=5"),
        ("https://a.vn/x?ten=C%C3%A1ch+ly", "https://a.vn/x?ten=C%C3%A1ch+ly"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://a.vn:bad/", "http://a.vn:bad/"),
    ],
)
def test_tidy(url: str, expected: str) -> None:
    assert tidy(url) == expected
    assert tidy(tidy(url)) == tidy(url)


ALIASES = [
    ("nukeviet", "https://a.vn/vi/news/cchc/bai-12.html", "https://a.vn/vi/news/tin/ten-khac-12.html?x=1"),
    ("nukeviet", "https://a.vn/vi/news/cchc/bai-12.html", "https://a.vn/vi/news/print/cchc/bai-12.html"),
    (
        "webcenter",
        "https://a.vn/webcenter/portal/x/pages_tin-tuc/chi-tiet?dDocName=PORTAL1",
        "https://a.vn/webcenter/portal/x/pages_cchc/chi-tiet-tin?_afrLoop=9&ddocname=portal1",
    ),
    ("vhv", "https://a.vn/tin/bai.html", "https://a.vn:443//tin/bai.html?utm_source=zalo"),
    (
        "tandan",
        "https://a.vn/portal/pages/2021-12-03/Bai-1.aspx",
        "https://a.vn/Portal/Pages/2021-12-03/bai-1.aspx?x=1",
    ),
    ("aspnews", "https://a.vn/tin/bai-12.aspx", "https://a.vn/tin//bai-12.aspx#c"),
    ("liferay", "https://a.vn/web/hcm/-/bai-viet", "https://a.vn/en/web/hcm/-/bai-viet?plidlayout=9&redirect=%2F"),
    (
        "liferay",
        "https://a.vn/web/hct/chi-tiet/-/asset_publisher/1mOz/content/id/77",
        "https://a.vn/vi_VN/web/hct/chi-tiet/-/asset_publisher/1mOz/content/id/77?plid=2",
    ),
    ("liferay", "https://a.vn/chinh-quyen/chi-tiet?id=55826", "https://a.vn/chinh-quyen/chi-tiet?id=55826&_c=9"),
    ("generic", "https://a.vn/bai-viet", "https://a.vn/bai-viet#x"),
]


@pytest.mark.parametrize(("key", "one", "other"), ALIASES)
def test_aliases_are_one_article(key: str, one: str, other: str) -> None:
    reader = family(key)
    assert reader.identity(one) == reader.identity(other)
    assert reader.canonical(one) == one
    assert reader.is_article(one)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("nukeviet", "https://a.vn/vi/news/cchc/bai-12.html", "https://a.vn/vi/news/cchc/bai-13.html"),
        (
            "webcenter",
            "https://a.vn/webcenter/portal/x/p?dDocName=PORTAL1",
            "https://a.vn/webcenter/portal/x/p?dDocName=PORTAL12",
        ),
        ("liferay", "https://a.vn/chinh-quyen/chi-tiet?id=1", "https://a.vn/chinh-quyen/chi-tiet?id=2"),
        (
            "tandan",
            "https://a.vn/portal/pages/2021-12-03/Bai-1.aspx",
            "https://a.vn/portal/pages/2021-12-04/Bai-1.aspx",
        ),
    ],
)
def test_others_are_two(key: str, one: str, other: str) -> None:
    assert family(key).identity(one) != family(key).identity(other)


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("nukeviet", "/vi/news/cai-cach-hanh-chinh/"),
        ("nukeviet", "/vi/about/nhung-tinh-nang-cua-nukeviet-cms-4-0.html"),
        ("nukeviet", "/vi/news/print/cchc/bai-12.html"),
        ("nukeviet", "/vi/news/cchc/bai-12.html?download=1&id=0"),
        ("webcenter", "/webcenter/portal/x/pages_tin-tuc"),
        ("vhv", "/tin-tuc"),
        ("vhv", "/chuyen-muc-tin-c12-3.html"),
        ("vhv", "/?page=Article.Print.detail&id=63b4f1c2a7d1e40012ab34cd"),
        ("tandan", "/portal/pages/tin-tuc.aspx?PageIndex=2"),
        ("tandan", "/portal/pages/print.aspx?p=12"),
        ("aspnews", "/cai-cach-hanh-chinh/"),
        ("liferay", "/web/guest/tin-tuc?_x_INSTANCE_a_cur=2"),
        ("liferay", "/documents/20/30/ke-hoach.pdf/0a1b?t=1"),
        ("generic", "/"),
        ("generic", "/anh.jpg"),
    ],
)
def test_what_is_no_articles_address(key: str, url: str) -> None:
    assert not family(key).is_article(f"https://a.vn{url}")


def test_the_registry() -> None:
    assert keys() == sorted(path.stem for path in Path(families.__file__).parent.glob("[a-z]*.py"))
    with pytest.raises(PortalError, match="family: 'wordstar' is unknown; write one of: a"):
        family("wordstar")


@pytest.mark.parametrize(
    ("selectors", "message"),
    [
        ({"body": "div["}, r"selectors\.body: 'div\[' is not a CSS selector: correct it"),
        ({"body": "#a || p::"}, r"selectors\.body"),
        ({"bodi": "#a"}, r"selectors\.bodi: unknown key; write one of: article, attachment"),
        ({"title": " "}, r"selectors\.title: empty"),
    ],
)
def test_a_wrong_selector_is_named(selectors: dict[str, str], message: str) -> None:
    with pytest.raises(PortalError, match=message):
        family("nukeviet", selectors)


def test_a_portals_selector_wins_and_looks_everywhere() -> None:
    html = nukeviet().replace(
        "</body>", f'<h2 id="ten">Tên khác</h2><i class="tg">Ai đó</i><div class="chu"><p>{BODY} Hai.</p></div></body>'
    )
    read = family("nukeviet", {"title": "#ten", "body": ".none || .chu", "author": ".tg"}).read(page(html))
    assert (read.title, read.body, read.author) == ("Tên khác", f"{BODY} Hai.", "Ai đó")


@pytest.mark.parametrize(
    ("html", "field"),
    [(nukeviet(title=""), "title"), (nukeviet(inner=""), "body"), (nukeviet("<p> &nbsp;</p>"), "body")],
)
def test_a_missing_field_is_named(html: str, field: str) -> None:
    with pytest.raises(Unreadable) as caught:
        family("nukeviet").read(page(html))
    assert caught.value.field == field


def test_a_redesigned_article_is_unreadable_and_not_passed_over() -> None:
    related = "".join(f'<li><h4><a href="/vi/news/tin/tin-{n}.html">Tin {n}</a></h4></li>' for n in range(9))
    html = (
        nukeviet()
        .replace('id="news-bodyhtml"', 'id="moi"')
        .replace("</body>", f'<ul class="news_column">{related}</ul></body>')
    )
    with pytest.raises(Unreadable):
        family("nukeviet").read(page(html))


def test_home_challenge_and_move() -> None:
    with pytest.raises(NotAnArticle, match="home page"):
        family("nukeviet").read(page(nukeviet(), "https://a.gov.vn/"))
    with pytest.raises(Challenged, match="Hãy đợi"):
        family("nukeviet").read(page("<html><head><title>Hãy đợi...</title></head><body>Chờ</body></html>"))
    with pytest.raises(Moved) as caught:
        family("nukeviet").read(
            page('<head><meta http-equiv="Refresh" content="0; url=/vi/news/tin/moi-13.html"></head>Chuyển trang')
        )
    assert caught.value.url == "https://a.gov.vn/vi/news/tin/moi-13.html"


def test_an_article_of_files_alone_is_one() -> None:
    html = nukeviet('<p><a href="/uploads/kh-15.pdf"><img src="/pdf.png"></a></p>')
    read = family("nukeviet").read(page(html))
    assert (read.body, [file.name for file in read.attachments]) == ("", ["kh-15.pdf"])


def test_dates_stand_in_the_order_of_trust() -> None:
    html = nukeviet(head='<meta property="article:published_time" content="2024-04-30+0715:31:00">')
    html = html.replace("<h1", '<span class="h5">Thứ ba - 30/04/2024 15:31</span><h1')
    hints = [
        Stated("Tue, 30 Apr 2024 08:04:00 GMT", "feed"),
        Stated("30/04/2024 15:31:00", "listing"),
        Stated("2024-04-30T15:31:00+07:00", "sitemap"),
    ]
    assert family("nukeviet").read(page(html), hints).dates == (
        Stated("2024-04-30T15:31:00+07:00", "sitemap"),
        Stated("Thứ ba - 30/04/2024 15:31", "page"),
        Stated("30/04/2024 15:31:00", "listing"),
        Stated("2024-04-30T08+0000", "feed"),
    )


def test_an_odd_feed_date_is_left_as_printed() -> None:
    assert family("nukeviet").read(page(nukeviet()), [Stated("hôm qua", "feed")]).dates == (Stated("hôm qua", "feed"),)


def test_unknown_cms_is_generic_with_a_reason() -> None:
    (found,) = recognise(page("<html><body><p>x</p></body></html>", "https://a.vn/x"))
    assert (found.family, found.reasons) == ("generic", ("no family's traits are needed",))


def body(html: str, drop: str = "") -> tuple[list[str], list[str]]:
    shown = page(f"<div id=b>{html}</div>")
    node = shown.first("#b")
    assert node is not None
    found = read_body(shown, node, drop)
    return [line.text for line in found.lines], found.captions


@pytest.mark.parametrize(
    ("html", "lines", "captions"),
    [
        ("a<br>b<br><br>c", ["a", "b", "c"], []),
        ("<p>a <b>b</b>\n<i>c</i></p><div>d</div>e", ["a b c", "d", "e"], []),
        ("<ul><li>a</li><li><p>b</p></li></ul>", ["a", "b"], []),
        (
            "<table><tr><th>TT</th><th>Đơn vị</th></tr><tr><td>1</td><td>A<br>B</td></tr></table>",
            ["TT | Đơn vị", "1 | A B"],
            [],
        ),
        ("<table><tr><td>a</td><td></td><td>c</td></tr><tr><td> </td><td>d</td></tr></table>", ["a | | c", "d"], []),
        ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", ["a", "b"], []),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>", ["a | b", "c"], []),
        (
            "<p>a</p><script>b</script><p style='display: none'>d</p><p class='x hidden'>e</p><!-- f -->",
            ["a"],
            [],
        ),
        ("<figure><img src=x><figcaption>a</figcaption></figure><p>b</p>", ["b"], ["a"]),
        ("<p style='text-align:center'><img src=x><br><em>a</em></p><p>b</p>", ["b"], ["a"]),
        ("<p align=center><img src=x></p><p align=center>a</p><p>b</p>", ["b"], ["a"]),
        ("<p><img src=x></p><p>Một đoạn văn bình thường.</p>", ["Một đoạn văn bình thường."], []),
        ("<p><img src=x></p><p><b>Sapo in đậm của bài.</b></p>", ["Sapo in đậm của bài."], []),
        ("<p><img src=x></p><p><i>Quang cảnh hội nghị</i></p>", [], ["Quang cảnh hội nghị"]),
        ("<p align=center>Tiêu đề giữa</p><p>b</p>", ["Tiêu đề giữa", "b"], []),
        ("<table><tr><td><img src=x></td></tr><tr><td class=img-caption>a</td></tr></table><p>b</p>", ["b"], ["a"]),
    ],
)
def test_layout(html: str, lines: list[str], captions: list[str]) -> None:
    found = body(html)
    assert ([" ".join(line.split()) for line in found[0]], found[1]) == (lines, captions)


def test_dropped_elements_and_deep_nests() -> None:
    assert body("<p>a</p><div class=x><p>b</p></div><p>c</p>", ".x, .y")[0] == ["a", "c"]
    assert body("<div>" * 3000 + "sâu")[0] == ["sâu"]


FRAME = [
    "A- A A+ | Tăng tương phản Giảm tương phản",
    "Cỡ chữ: A+ A A- In bài viết: 🔼Tăng tương phản 🔽Giảm tương phản",
    "Lượt xem: 842",
    "Đăng ngày 17 - 05 - 2024 / Lượt xem: 400 / 100%",
    "Cập nhật lúc 05:37, Thứ Năm, 08/04/2021 (GMT+7)",
    "Tổng số điểm của bài viết là: 0 trong 0 đánh giá",
    "Click để đánh giá bài viết",
    "lượt đánh giá: , trung bình:\xa0Bình luận",
    "Mã xác thực không đúng.",
    "Thống kê: 7.056.697",
    "Trong tuần: 48.789",
    "Online: 46",
    "Tệp đính kèm",
    "Tập tin đính kèm",
    "Gửi bình luận của bạn",
    "Article",
    "Top page Desktop",
    "ke-hoach-cai-cach-hanh-chinh-nam-2024",
]
SENTENCES = [
    "Đăng ký trực tuyến qua Cổng Dịch vụ công quốc gia.",
    "Cập nhật dữ liệu dân cư năm 2024 đạt 99,5%.",
    "Thống kê năm 2023: 1.250 hồ sơ đúng hạn, 3 hồ sơ trễ hạn.",
    "Đánh giá, xếp loại kết quả thực hiện.",
    "Ngày 03/01/2023 UBND phường có Kế hoạch số 01/KH-UBND",
    "Tin tưởng vào sự lãnh đạo của Đảng.",
    "Nội dung:",
    "HĐND - UBND huyện tổ chức Hội nghị",
    "Một số nhiệm vụ trọng tâm:",
    "Bình luận về kết quả này, lãnh đạo huyện đánh giá cao nỗ lực của các xã.",
    "a) Cải cách thể chế",
    "Năm 2023: 85,2",
    "Tháng 12",
    "Tổng số: 1.250",
]


@pytest.mark.parametrize("line", FRAME)
def test_the_frames_lines_are_known(line: str) -> None:
    assert is_around(line)


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_are_never_the_frames(line: str) -> None:
    assert not is_around(line)
    html = f"<p>{line}</p><p>{BODY}</p><p>{line}</p>"
    assert trim(html) == ([line, BODY, line], "", "")


def trim(html: str, title: str = "Tiêu đề bài") -> tuple[list[str], str, str]:
    shown = page(f"<div id=b>{html}</div>")
    node = shown.first("#b")
    assert node is not None
    found = trimmed(read_body(shown, node).lines, title)
    return [line.text for line in found.lines], found.author, found.source


RIGHT = "<p style='text-align: right'>"


@pytest.mark.parametrize(
    ("html", "lines", "author", "source"),
    [
        (f"<p>TIÊU ĐỀ BÀI.</p><p>{BODY}</p>", [BODY], "", ""),
        (f"<p>{BODY}</p>{RIGHT}<b>Nhật Anh</b></p>", [BODY], "Nhật Anh", ""),
        (f"<p>{BODY}</p>{RIGHT}BBT</p><p>Lượt xem: 3</p>", [BODY], "BBT", ""),
        (
            f"<p>{BODY}</p><p>Tác giả: Lan Phương</p><p>Nguồn: Cổng TTĐT tỉnh</p>",
            [BODY],
            "Lan Phương",
            "Cổng TTĐT tỉnh",
        ),
        (f"<p>{BODY}</p><p><b>Nguyễn Thanh Dao (Văn phòng)</b></p>", [BODY], "Nguyễn Thanh Dao (Văn phòng)", ""),
        (
            f"<p>{BODY}</p>{RIGHT}Toàn văn có hiệu lực từ ngày ký.</p>",
            [BODY, "Toàn văn có hiệu lực từ ngày ký."],
            "",
            "",
        ),
        (f"<p>{BODY}</p>{RIGHT}CHỦ TỊCH</p>{RIGHT}Nguyễn Văn A</p>", [BODY, "CHỦ TỊCH", "Nguyễn Văn A"], "", ""),
        (f"<p>{BODY}</p><p>Nguồn: ngân sách huyện</p>", [BODY, "Nguồn: ngân sách huyện"], "", ""),
        (
            f"<p>{BODY}</p><p>Tài liệu kèm theo:</p><p>1. Quyết định số 82/QĐ-UBND</p>",
            [BODY, "Tài liệu kèm theo:", "1. Quyết định số 82/QĐ-UBND"],
            "",
            "",
        ),
        (f"<p>{BODY}</p><p>Tài liệu kèm theo:</p><p><a href='/a.pdf'>Quyết định số 82</a></p>", [BODY], "", ""),
        (f"<p>{BODY}</p><p>Đánh giá:</p><p>- Ưu điểm: nhanh.</p>", [BODY, "Đánh giá:", "- Ưu điểm: nhanh."], "", ""),
        (f"<p>ĐTO - {BODY}</p>", [BODY], "", "ĐTO"),
        (f"<p>(Chinhphu.vn) – {BODY}</p>", [BODY], "", "Chinhphu.vn"),
        (f"<p>{BODY}</p><p>Xem Kế hoạch <a href='/kh.pdf'>tại đây</a> !</p>", [BODY], "", ""),
        (f"<p>{BODY}</p><p>Xem chi tiết tại đây !</p>", [BODY, "Xem chi tiết tại đây !"], "", ""),
        (f"<p>{BODY}</p><p>Tin liên quan</p><p>Một tin khác</p><p>Hai tin khác</p>", [BODY], "", ""),
        (
            f"<p>{BODY}</p><p>Tin liên quan:</p><p><a href='/x'>Một tin khác</a></p><p>{BODY * 2}</p>",
            [BODY, BODY * 2],
            "",
            "",
        ),
    ],
)
def test_trimming(html: str, lines: list[str], author: str, source: str) -> None:
    assert trim(html) == (lines, author, source)


def pager(html: str, url: str = "https://a.vn/tin") -> str | None:
    ask = following(Page(url, f"<div class=p>{html}</div>".encode()), "a.next", ".p")
    return ask.url if ask else None


@pytest.mark.parametrize(
    ("html", "url", "expected"),
    [
        ("<b>1</b><a href='?page=2'>2</a><a href='?page=3'>3</a>", "https://a.vn/tin", "https://a.vn/tin?page=2"),
        (
            "<a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=3'>3</a>",
            "https://a.vn/tin?page=2",
            "https://a.vn/tin?page=3",
        ),
        ("<a href='?page=1'>1</a><span class=active>2</span><span>Tổng 12</span>", "https://a.vn/tin?page=2", None),
        ("<a class=next href='/tin/trang-2'>x</a>", "https://a.vn/tin", "https://a.vn/tin/trang-2"),
        ("<a class='next disabled' href='/tin/trang-2'>x</a>", "https://a.vn/tin", None),
        ("<li class=disabled><a class=next href='/x'>»</a></li>", "https://a.vn/tin", None),
        ("<a href='/tin?p=5'>Trang sau »</a>", "https://a.vn/tin", "https://a.vn/tin?p=5"),
        ("<a href='#'>2</a><a href='javascript:void(0)'>»</a>", "https://a.vn/tin", None),
        (
            "<a href='?offset=0'>1</a><a href='?offset=10'>2</a><a href='?offset=20'>3</a>",
            "https://a.vn/tin?offset=10",
            "https://a.vn/tin?offset=20",
        ),
        (
            "<a href='/tin-1.html'>1</a><a href='/tin-2.html'>2</a><a href='/tin-3.html'>3</a>",
            "https://a.vn/tin-2.html",
            "https://a.vn/tin-3.html",
        ),
        ("", "https://a.vn/tin", None),
    ],
)
def test_paging(html: str, url: str, expected: str | None) -> None:
    assert pager(html, url) == expected
