"""Layouts nobody has described: lists by shape, pagers by numbers, headings, dates and bodies by where they stand."""

from collections import Counter

import pytest

from crawler.body import Line
from crawler.boilerplate import lead, trimmed
from crawler.families import family, recognise
from crawler.family import ReadingError
from crawler.farm import ALL_FAMILIES, Farm
from crawler.fingerprint import Mark, weighed
from crawler.headline import heading
from crawler.main_text import fullest
from crawler.page import Page, text_of
from crawler.printed import printed, stamp_in

SLUG = "https://a.gov.vn/vi/news/cchc/ke-hoach-cai-cach-hanh-chinh-nam-2024-12.html"
SPOKEN = "https://a.gov.vn/node/12"
TITLE = "Kế hoạch cải cách hành chính năm 2024"
PROSE = "".join(
    f"<p>Đoạn {n}: UBND huyện yêu cầu rà soát thủ tục hành chính, báo cáo trước ngày 0{n}/02/2024.</p>" for n in "123"
)


def page(inner: str, url: str = SLUG, title: str = "") -> Page:
    return Page(url, f"<html><head><title>{title}</title></head><body>{inner}</body></html>".encode())


def found(shown: Page) -> str:
    return text_of(heading(shown, fullest(shown.tree.body)))


@pytest.mark.parametrize(
    ("inner", "url", "title"),
    [
        (f"<h1>Cải cách hành chính</h1><div class=x><p>{TITLE}</p>{PROSE}</div>", SLUG, ""),
        (f"<div>Cổng TTĐT huyện Quế Sơn</div><b>{TITLE}</b><div>{PROSE}</div>", SPOKEN, f"{TITLE} | Cổng TTĐT huyện"),
        (f"<div class=x><i>09:00</i><h3>{TITLE}</h3><div>{PROSE}</div></div>", SPOKEN, "Cổng TTĐT huyện Quế Sơn"),
        (f"<header><h2>{TITLE}</h2></header><div>{PROSE}</div>", SLUG, "Cổng TTĐT huyện Quế Sơn"),
    ],
    ids=["by address", "by the document's title", "above the body", "in a header"],
)
def test_heading(inner: str, url: str, title: str) -> None:
    assert found(page(inner, url, title)) == TITLE


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        (f"<nav><h2>{TITLE}</h2></nav><h1 id=h>{TITLE}</h1><div>{PROSE}</div>", TITLE),
        (f"<ul><li><b>{TITLE}</b></li></ul><h2 id=h>{TITLE}</h2><div>{PROSE}</div>", TITLE),
        (f"<a href=/x><strong>{TITLE}</strong></a><p id=h>{TITLE}</p><div>{PROSE}</div>", TITLE),
        (f"<div><p id=h>{TITLE}</p></div><div>{PROSE}</div>", TITLE),
        (f"<div><nav><h2>{TITLE}</h2></nav><h3 id=h>{TITLE}</h3><div>{PROSE}</div></div>", ""),
    ],
    ids=["not in the frame", "no item", "no link", "the innermost", "above the body and not in the frame"],
)
def test_of_elements_that_say_the_same_the_article_s_own_is_its_heading(inner: str, title: str) -> None:
    shown = page(inner, SPOKEN, title)
    node = heading(shown, fullest(shown.tree.body))
    assert node is not None
    assert node.attributes.get("id") == "h"


def test_a_paragraph_of_several_lines_is_a_paragraph_of_what_holds_it() -> None:
    node = fullest(page(f"<div id=d><p>{TITLE * 3}<br>{TITLE * 3}</p></div>").tree.body)
    assert node is not None
    assert node.attributes.get("id") == "d"


def test_a_link_to_the_article_is_not_its_heading() -> None:
    linked = f'<ul><li><a href="/x">{TITLE}</a></li></ul><div><p>{PROSE}</p></div>'
    assert found(page(linked)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Đăng ngày 17 - 05 - 2024",
        "Ngày đăng 05/06/2024 | 13:50 | Lượt xem: 192",
        "Thứ năm - 24/06/2021 15:51",
        "Cập nhật lúc 05:37, Thứ Năm, 08/04/2021 (GMT+7)",
        "(13/12/2023, 10:45)",
    ],
)
def test_stamps(text: str) -> None:
    assert stamp_in(text) == text


@pytest.mark.parametrize(
    "text",
    ["Giấy phép số 12/GP-TTĐT ngày 12/03/2020", "Ngày 03/01/2023 UBND phường có Kế hoạch", "Năm 2024", "12:30"],
)
def test_what_is_no_stamp(text: str) -> None:
    assert stamp_in(text) == ""


CLOCK = "<div><span>Chủ nhật, 22/11/2026</span></div>" + "".join(f'<a href="/{n}">Mục {n}</a>' for n in range(9))
LATER = '<li><a href="/b">Hội nghị trực tuyến về cải cách hành chính</a> <i>(05/01/2020)</i></li>'


@pytest.mark.parametrize(
    ("inner", "date"),
    [
        (f"{CLOCK}<h1>{TITLE}</h1><p>12/01/2024 08:00</p><div>{PROSE}</div>", "12/01/2024 08:00"),
        (f"{CLOCK}<i>12/01/2024</i><h1>{TITLE}</h1><div>{PROSE}</div>", "12/01/2024"),
        (f"{CLOCK}<h1>{TITLE}</h1><div>{PROSE}</div><p>Ngày đăng: 12/01/2024</p><ul>{LATER}</ul>",
         "Ngày đăng: 12/01/2024"),
        (f"{CLOCK}<h1>{TITLE}</h1><ul>{LATER}</ul><div>{PROSE}</div><ul>{LATER}</ul>", ""),
        (f"{CLOCK}<h1>{TITLE}</h1><div>{PROSE}</div><footer><p>01/01/2001</p></footer>", ""),
    ],
    ids=["below the heading", "above it", "below the body", "only of others", "only of the frame"],
)  # fmt: skip
def test_printed_dates(inner: str, date: str) -> None:
    shown = page(inner)
    body = fullest(shown.tree.body)
    assert printed(shown, heading(shown, body), body) == date


@pytest.mark.parametrize(
    "body",
    [
        PROSE,
        PROSE.replace("<p>", "<div>").replace("</p>", "</div>"),
        PROSE.replace("<p>", "").replace("</p>", "<br><br>"),
        f"<table><tr><td>{PROSE}</td></tr></table>",
    ],
)
def test_the_body_holds_the_prose_and_not_what_stands_by_it(body: str) -> None:
    links = "".join(f'<p><a href="/{n}">Một tiêu đề dài của bài viết khác số {n}</a></p>' for n in range(20))
    shown = page(f"<h1>{TITLE}</h1><div><div class=q>{body}</div></div><div>{links}</div><footer>{PROSE * 3}</footer>")
    text = text_of(fullest(shown.tree.body))
    assert text.startswith("Đoạn 1")
    assert text.endswith("03/02/2024.")


def lines(*texts: str, emphasised: int = 1) -> list[Line]:
    return [Line(text, emphasised=number < emphasised) for number, text in enumerate(texts)]


SAPO = "Huyện đặt mục tiêu giảm một phần ba thời gian giải quyết hồ sơ."


def test_a_sapo_opens_the_body() -> None:
    assert lead(lines(SAPO, "Một.", "Hai.")) == SAPO
    assert lead(lines(SAPO, "Một.", "Hai.", emphasised=0)) == ""
    assert lead(lines(SAPO, "Một.", "Hai.", emphasised=2)) == ""
    assert lead(lines("I. MỤC ĐÍCH, YÊU CẦU CỦA KẾ HOẠCH NĂM 2024", "Một.", "Hai.")) == ""
    assert lead(lines(SAPO, "Một.")) == ""


def items(first: int, count: int, css: str) -> str:
    return "".join(
        f'<div class="{css}"><a href="/vi/news/tin/tin-so-{n}-{n}.html">Tiêu đề đủ dài của bài viết số {n}</a>'
        f"<em>{n % 28 + 1:02}/02/2024</em></div>"
        for n in range(first, first + count)
    )


def test_a_list_in_an_unknown_layout_is_found_and_boxes_of_other_news_are_not() -> None:
    boxes = f'<div class="k1"><h3>Tin đọc nhiều</h3><div>{items(50, 12, "k2")}</div></div>'
    shown = page(
        f'{boxes}<div class="m"><h1>Cải cách hành chính</h1><div class="ds">{items(1, 4, "muc")}</div>'
        f'<p><b>2</b> <a href="/vi/news/cchc/page-3/">3</a> <a href="/vi/news/cchc/page-1/">1</a></p></div>',
        "https://a.gov.vn/vi/news/cchc/page-2/",
    )
    found = family("nukeviet").links(shown)
    assert [link.url.rpartition("-")[2] for link in found] == [f"{n}.html" for n in range(1, 5)]
    assert [link.stated.text for link in found if link.stated] == [f"0{n}/02/2024" for n in range(2, 6)]


LEAD = "Huyện đặt ra sáu nội dung cải cách với mục tiêu xây dựng nền hành chính phục vụ, hiện đại và hiệu quả."
COLUMNS = (
    '<div class="nav-vung"><div class="side"><div class="box"><div>Tin đọc nhiều</div><ul>{others}</ul></div></div>'
    '<div class="block-banner"><div class="x">Kinh tế - Xã hội</div><div class="y">{items}</div></div></div>'
)


@pytest.mark.parametrize("items", [1, 4])
def test_what_stands_below_the_pages_heading_is_its_list_whatever_the_classes(items: int) -> None:
    """A last page has a single item; a box of other news has more."""
    own = "".join(
        f'<div class=i><h3><a href="/vi/news/kt/bai-viet-{n}.html">Bài {n}</a></h3>ngắn</div>' for n in range(items)
    )
    others = "".join(f'<li><a href="/vi/news/khac/tin-rat-dai-{n}.html">Tin khác {n}</a></li>' for n in range(20, 26))
    shown = page(
        COLUMNS.format(items=own, others=others), "https://a.gov.vn/vi/news/kt/", "Kinh tế - Xã hội - Cổng TTĐT"
    )
    assert [link.title for link in family("nukeviet").links(shown)] == [f"Bài {n}" for n in range(items)]


def test_items_of_a_described_layout_in_boxes_of_other_news_are_none_of_the_listings() -> None:
    item = '<li><a href="/ctl/Detail/ttId/{n}/mid/4">Bài viết số {n} của cổng</a></li>'
    boxes = [f"<div><h3>{head}</h3><ul>{''.join(item.format(n=n) for n in numbers)}</ul></div>"
             for head, numbers in (("Tin mới nhất", range(90, 93)), ("Cải cách hành chính", range(3)))]  # fmt: skip
    shown = page("".join(boxes), "https://a.gov.vn/tabid/7/Default.aspx", "Cải cách hành chính")
    assert [link.url[-11:] for link in family("dnn").links(shown)] == [f"tId/{n}/mid/4" for n in range(3)]
    only = page(boxes[0], "https://a.gov.vn/tabid/7/Default.aspx", "Tin mới nhất")
    assert len(family("dnn").links(only)) == 3


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("generic", "/muc-luc/tin"),
        ("jsonapi", "/muc-luc/tin"),
        ("dnn", "/tabid/7/Default.aspx"),
        ("joomla", "/cai-cach-hanh-chinh-xa"),
    ],
)
def test_a_listing_of_a_few_teasers_is_no_article(key: str, path: str) -> None:
    link = "/ctl/Detail/ttId/{n}/mid/4" if key == "dnn" else "/tin/{n}-ke-hoach-cai-cach-hanh-chinh-nam-{n}"
    title = f'<p><a href="{link}">Kế hoạch cải cách hành chính năm {{n}}</a></p>'
    teaser = f"<div class=news-item>{title}<p class=news-content>{LEAD} Năm {{n}} là năm thứ hai.</p></div>"
    teasers = "".join(teaser.format(n=n) for n in (2021, 2022, 2023))
    shown = page(f"<h1>Cải cách hành chính</h1><div>{teasers}</div>", f"https://a.gov.vn{path}", "Cải cách hành chính")
    with pytest.raises(ReadingError):
        family(key).read(shown)


def test_a_section_is_no_article_by_its_address() -> None:
    for key in ("generic", "jsonapi"):
        reader = family(key)
        assert reader.is_listing_address("https://a.gov.vn/chuyen-muc/van-hoa-giao-duc-y-te")
        assert not reader.is_article("https://a.gov.vn/chuyen-muc/van-hoa-giao-duc-y-te")
        assert reader.is_article("https://a.gov.vn/chuyen-muc/ke-hoach-cai-cach-hanh-chinh-nam-2024")


def test_a_newspapers_initials_are_its_mark_and_no_one_elses() -> None:
    def first(text: str, *, newspaper: bool) -> tuple[str, str]:
        found = trimmed([Line(text), Line("Đoạn hai.")], "", newspaper=newspaper)
        return found.lines[0].text, found.source

    assert first("BĐO - Sáng 5/6, huyện họp.", newspaper=False) == ("Sáng 5/6, huyện họp.", "BĐO")
    assert first("BTN - Sáng 5/6, huyện họp.", newspaper=True) == ("Sáng 5/6, huyện họp.", "BTN")
    for kept in ("UBND - Sáng 5/6, huyện họp.", "UNESCO - Sáng 5/6, huyện họp."):
        assert first(kept, newspaper=False) == (kept, "")


@pytest.mark.parametrize(
    ("key", "html"),
    [
        ("vhv", "<script>var VHV = {App: {site: 7}};</script>"),
        ("jsonapi", '<a href="/chuyen-muc/cchc">CCHC</a><a href="/bai-viet/ke-hoach-17000000001">Kế hoạch</a>'),
    ],
)
def test_a_family_is_recognised_by_what_no_redesign_changes(key: str, html: str) -> None:
    assert recognise(page(html))[0].family == key


@pytest.mark.parametrize(("host", "score"), [("a.mediacdn.vn", 0.6), ("multimediacdn.vn", 0.0)])
def test_a_mark_within_a_word_is_none(host: str, score: float) -> None:
    marks = [Mark(r"\bmediacdn\.vn\b", 0.6, "its pictures' host")]
    assert weighed("newszone", marks, page(f'<img src="https://{host}/1.jpg">')).score == score


def test_a_pager_without_a_name_is_known_by_its_numbers() -> None:
    numbers = "".join(f'<li><a href="/vi/news/cchc/page-{n}/">{n}</a></li>' for n in range(1, 5))
    shown = page(f"<div>{items(1, 4, 'muc')}</div><ol>{numbers}</ol>", "https://a.gov.vn/vi/news/cchc/page-2/")
    ask = family("nukeviet").next(shown)
    assert ask is not None
    assert ask.url == "https://a.gov.vn/vi/news/cchc/page-3/"
    more = page(f"<div>{items(1, 4, 'muc')}</div><p><a href='/vi/news/cchc/?trang=2'>Xem thêm</a></p>")
    assert family("nukeviet").next(Page("https://a.gov.vn/vi/news/cchc/", more.body)) is not None


def f1(found: str, true: str) -> float:
    one, other = Counter(found.split()), Counter(true.split())
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


@pytest.mark.parametrize("era", [3, 4])
def test_eras_that_no_reader_was_written_for(era: int) -> None:
    """Every platform's articles, in layouts drawn from another seed than any this was written by."""
    farm = Farm(23, articles=5, families=ALL_FAMILIES, portals=len(ALL_FAMILIES), eras=era)
    scores, titles = [], []
    for portal in farm.portals:
        reader = family(portal.family)
        for one in portal.truth:
            answer = portal.site.respond("/" + one.url.removeprefix(portal.url))
            try:
                read = reader.read(Page(one.url, answer.body.plain(portal.site.count)))
            except ReadingError:
                scores.append(0.0)
                continue
            scores.append(f1(read.body, one.body))
            titles.append(" ".join(read.title.split()) == " ".join(one.title.replace("\xa0", " ").split()))
    assert sum(scores) / len(scores) >= 0.985
    assert sum(titles) / len(scores) >= 0.97
