"""Snippets: the hit is in them and marked, and nothing of the text can break a page."""

import re
from collections import Counter
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from archive.text import clean, fold, retone
from search.marks import Marks
from search.opening import abbreviations
from search.query import parse
from search.snippets import WIDTH, Snippet, snippet, spans
from search.terms import Abbreviations, plan

TEXT = st.text(alphabet=st.sampled_from("aàáâấbcđÐhoòọuủyỷt <>&\"'\n.,/-12 ế"), max_size=900).map(clean)
LONG = "Mở đầu của bài viết này nói về nhiều việc khác nhau. " * 30


def marks(text: str, *, exact: bool = False) -> Marks:
    words = Abbreviations() if exact else abbreviations()
    return plan(parse(text), words, exact=exact, ranked=not exact).marks


def marked(text: str, typed: str, *, exact: bool = False) -> list[str]:
    return [text[start:end] for start, end, _ in spans(text, marks(typed, exact=exact))]


@given(TEXT, st.text(alphabet="aáhoòuủ <&đ1/", max_size=12))
def test_a_snippet_is_escaped_and_its_marks_are_balanced(text: str, typed: str) -> None:
    found = snippet([text], [], marks(typed))
    html = found.html()
    assert re.sub(r"</?mark>", "", html).count("<") == 0
    assert unescape(re.sub(r"</?mark>", "", html)) == found.text
    assert html.count("<mark>") == html.count("</mark>") == len(found.spans)
    assert len(found.text) <= WIDTH + 2


@given(TEXT, st.sampled_from(["hoà", "thuỷ", "đất", "ủy ban", "ế"]))
def test_what_folds_to_a_word_is_marked_and_nothing_else(text: str, typed: str) -> None:
    for piece in marked(text, typed):
        assert fold(piece).split() == fold(typed).split()
    for piece in marked(text, typed, exact=True):
        assert retone(piece).lower().split() == retone(typed).lower().split()
    words = Counter(re.findall(r"[^\W_]+", retone(text).lower()))
    if " " not in typed:
        assert len(marked(text, typed, exact=True)) == words[retone(typed)]
        assert len(marked(text, typed)) == sum(many for word, many in words.items() if fold(word) == fold(typed))


def test_hits_are_marked_whatever_their_spelling() -> None:
    assert marked("Kế hoạch KẾ HOẠCH ke hoach kếhoạch", "ke") == ["Kế", "KẾ", "ke"]
    assert marked("hoà hòa hoa hoá", "hoà", exact=True) == ["hoà", "hòa"]
    assert marked("Công tác CCHC là cải cách hành chính", "CCHC") == ["CCHC", "cải cách hành chính"]
    assert marked("Quyết định số 82 /QĐ-UBND; 182/QĐ-UBND", "82 qd ubnd") == ["82 /QĐ-UBND"]
    assert marked("kế hoạch, kế  hoạch, kế của hoạch", '"kế hoạch"') == ["kế hoạch", "kế  hoạch"]


def test_the_window_is_where_most_of_what_was_sought_stands() -> None:
    text = f"Hành lang. {LONG} Nay công bố cải cách hành chính ở huyện. {LONG}"
    found = snippet([text], [], marks("cải cách hành chính"))
    assert "công bố <mark>cải</mark> <mark>cách</mark> <mark>hành</mark> <mark>chính</mark> ở huyện" in found.html()
    assert found.text.startswith("…")
    assert found.text.endswith("…")


def test_a_hit_in_a_file_names_the_file() -> None:
    found = snippet(
        ["Bài viết ngắn."], [("ke <hoach>.pdf", f"{LONG} Phụ lục đo lường sự hài lòng.")], marks("đo lường")
    )
    assert found.file == "ke <hoach>.pdf"
    assert found.html().startswith("[ke &lt;hoach&gt;.pdf] …")
    assert "<mark>đo</mark> <mark>lường</mark>" in found.html()


def test_the_articles_own_text_comes_before_its_files() -> None:
    assert snippet(["Đo lường."], [("a.pdf", "đo lường đo lường")], marks("đo lường")).file == ""


def test_without_a_hit_the_beginning_is_shown() -> None:
    assert snippet(["", LONG], [], marks("vắng")).text.startswith("Mở đầu của bài viết")
    assert snippet([], [], marks("vắng")) == Snippet("")
    assert snippet(["Một."], [], marks("")).html() == "Một."
