"""Texts as the embedded index takes them have the words that are typed, whatever they are written with."""

from hypothesis import example, given
from hypothesis import strategies as st

from archive.text import nfc
from search.engines.rows import key_of, keys_of
from search.engines.schema import BLANKS, analyzers
from search.engines.spelling import _USUAL, code, forms
from search.query import words_of

cut = analyzers()[BLANKS].analyze
VIETNAMESE = st.text(alphabet=sorted(set(_USUAL[1:])) + list("quoaUQO" * 9), max_size=60)
WORDS = "hoà Hoàn uỷ quý QUÝ thuỷ oàù oè1 ngoẻ, xoèo_ uỳ. Ỷ uÝ UỲ tuỵt loã toạ khuỷu – “hoá” ..."  # late tones and not
SYLLABLES = st.lists(st.sampled_from(WORDS.split())).map(" ".join)


@given(VIETNAMESE | SYLLABLES | st.text(max_size=60))
@example("a\0b")
@example("hoa\u0300 \u00d0\t\u200b")
@example("İstanbul ½ ø_ß → Thuỷ")
def test_the_forms_of_a_text_are_the_words_that_are_typed(text: str) -> None:
    made, words = forms(text), words_of(text)
    assert made.plain == nfc(text)
    assert cut(made.exact) == [code(word.exact) for word in words]
    assert cut(made.folded) == [piece for word in words for piece in cut(word.folded)]


@given(VIETNAMESE | SYLLABLES)
def test_a_text_of_usual_letters_is_coded_letter_for_letter(text: str) -> None:
    made = forms(text)
    assert made.exact.isascii()
    assert made.folded.isascii()
    assert len(made.exact) == len(made.folded) == len(text)


def test_no_two_letters_have_one_code() -> None:
    letters = sorted({letter.lower() for letter in _USUAL if letter.isalnum()})
    assert len({code(letter) for letter in letters}) == len(letters)
    assert all(cut(code(letter)) == [code(letter)] for letter in letters)


def test_rows_of_words_are_known_where_they_stand() -> None:
    words = words_of("cải cách hành chính")
    plain = key_of([word.folded for word in words], "text", exact=False)
    exact = key_of([code(word.exact) for word in words], "text", exact=True)
    assert keys_of(forms("Về CẢI CÁCH, hành chính tại Huế"), "text") == [plain, exact]
    assert keys_of(forms("cai cach hanh chinh"), "text") == [plain]
    assert keys_of(forms("cải cách nền hành chính, hành chính cải cách, cải cách hành chính1"), "text") == []
    assert keys_of(forms("Cải cách hành chính"), "title") != [plain, exact]
    assert key_of(["hue"], "text", exact=False) is None
