"""A layout that fits in part: what is missed is found by the generic rules, and the reader's version says so."""

from crawler.families import family
from crawler.page import Page

URL = "https://a.gov.vn/index.php/cchc/648-so-cong-khai-quy-trinh-noi-bo"
BODY = "Từ đầu tháng mười, toàn bộ quy trình nội bộ của sở được niêm yết trên trang thông tin để người dân theo dõi."
TITLE = "Sở công khai quy trình nội bộ"


def page(beside: str, files: str = "") -> Page:
    body = f'<div itemprop="articleBody"><p>{BODY}</p><p>{BODY}</p></div>'
    html = (
        f'<html><head><title>{TITLE}</title></head><body><article class="detail">{beside}'
        f'<h2 itemprop="headline">{TITLE}</h2>{body}{files}</article>'
        '<ul class="related"><li><a href="/x">Tin khác</a> (01/02/2017)</li></ul></body></html>'
    )
    return Page(URL, html.encode())


def test_a_known_layout_is_left_alone() -> None:
    article = family("joomla").read(
        page('<time itemprop="datePublished" datetime="2018-10-03T15:20:44+07:00">3/10</time>')
    )
    assert article.reader_version == "joomla-1"
    assert [date.text for date in article.dates] == ["2018-10-03T15:20:44+07:00"]


def test_date_and_files_that_have_moved_are_found() -> None:
    moved = '<span class="entry-date">03/10/2018 15:20</span>'
    article = family("joomla").read(
        page(moved, '<p class="tai-ve"><a download href="/tep/quy-trinh.docx">Quy trình</a></p>')
    )
    assert article.reader_version.startswith("joomla-1+generic-")
    assert [(date.text, date.source) for date in article.dates] == [("03/10/2018 15:20", "page")]
    assert [file.url for file in article.attachments] == ["https://a.gov.vn/tep/quy-trinh.docx"]
    assert (article.title, article.body) == (TITLE, f"{BODY}\n{BODY}")


def test_a_page_that_prints_no_date_is_no_change_of_layout() -> None:
    article = family("joomla").read(page(""))
    assert (article.reader_version, article.dates) == ("joomla-1", ())
