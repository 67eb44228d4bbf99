"""The canonical and the folded form of Vietnamese text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text import clean, clean_line, fold, nfc, retone, retone_nfc, words

VIETNAMESE = st.text(
    alphabet="aăâeêioôơuưyđĐÐðàáảãạầấẩẫậắờuỳýhkntqQ \n\t\u00a0\u200b\u00ad\u0301\u0302\u0323ABC.,-–", max_size=60
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2/2019/QÐ-UBND", "2/2019/QĐ-UBND"),
        ("Ðảng ủy ðã", "Đảng ủy đã"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("gắn\u00a0kết\u2003công", "gắn kết công"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        (unicodedata.normalize("NFD", "Uỷ ban nhân dân huyện Quế Sơn"), "Uỷ ban nhân dân huyện Quế Sơn"),
        ("Vie\u0301\u0302t", "Viết"),
        ("vi\u0323\u0302", unicodedata.normalize("NFC", "vi\u0302\u0323")),
        ("a\u200b\u0301", "á"),
        ("\x00tin\x07", "tin"),
        ("\ud800tin", "tin"),
    ],
)
def test_kept_text_is_composed_and_free_of_invisible_characters(typed: str, kept: str) -> None:
    assert nfc(typed) == kept


@pytest.mark.parametrize("letter", "eoưÔ")
def test_what_stands_behind_a_letter_is_composed_with_it(letter: str) -> None:
    behind = [letter + chr(code) for code in range(0x3000)]
    assert [two for two in behind if not unicodedata.is_normalized("NFC", nfc(two))] == []
    assert [two for two in behind if nfc(nfc(two)) != nfc(two)] == []


def test_paragraphs_are_lines_without_blanks_around_them() -> None:
    typed = "\n\n  gắn  kết \u00a0công  tác \n \u00a0\n- Yêu cầu\t: x \r\n\r\n"
    assert clean(typed) == "gắn kết công tác\n- Yêu cầu : x"
    assert clean_line(typed) == "gắn kết công tác - Yêu cầu : x"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("Uỷ ban", "ỦY BAN"),
        ("Qui Nhơn", "qui nhon"),
        ("QÐ-UBND", "QĐ–UBND"),
        ("“Kế hoạch”", '"ke hoach"'),
        (unicodedata.normalize("NFD", "cải cách"), "cải cách"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_folding_keeps_other_scripts_apart() -> None:
    assert fold("中文") == "中文"
    assert fold("é 中") == "e 中"


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("Hoà bình", "Hòa bình"),
        ("Uỷ ban, thuý, khoẻ, toạ đàm", "Ủy ban, thúy, khỏe, tọa đàm"),
        ("quý quỹ Quỳ QUÝ", "quý quỹ Quỳ QUÝ"),
        ("hoàn toán loại khoản thuyền", "hoàn toán loại khoản thuyền"),
        ("HOÀ UỶ", "HÒA ỦY"),
        ("hòa ủy", "hòa ủy"),
    ],
)
def test_tones_go_where_the_older_rule_puts_them(new: str, old: str) -> None:
    assert retone(new) == old
    assert retone_nfc(new) == old


def test_words_are_folded() -> None:
    assert words("Quyết định số 82/QĐ-UBND, năm 2020.") == ["quyet", "dinh", "so", "82", "qd", "ubnd", "nam", "2020"]


@given(VIETNAMESE | st.text(max_size=40))
@settings(max_examples=100)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert nfc(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert retone(retone(text)) == retone(text)
    once.encode("utf-8")


@given(VIETNAMESE | st.text(max_size=40))
@settings(max_examples=100)
def test_case_form_and_tone_place_do_not_matter_when_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", nfc(text))) == fold(text)
    assert fold(retone(text)) == fold(text)
