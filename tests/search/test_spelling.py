"""Texts as the embedded index takes them are what `archive.text` makes of them."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from archive.text import fold, nfc, retone
from search.engines.schema import analyzers
from search.engines.spelling import _USUAL, forms

VIETNAMESE = st.text(alphabet=sorted(set(_USUAL[1:])) + list("quoaUQO" * 9), max_size=60)
WORDS = "hoà Hoàn uỷ quý QUÝ thuỷ oàù oè1 ngoẻ, xoèo_ uỳ. Ỷ uÝ UỲ tuỵt loã toạ khuỷu – “hoá” ..."  # late tones and not
SYLLABLES = st.lists(st.sampled_from(WORDS.split())).map(" ".join)


@given(VIETNAMESE | SYLLABLES | st.text(max_size=60))
@example("a\0b")
@example("hoa\u0300 \u00d0\t\u200b")
def test_the_forms_of_a_text_are_those_of_the_archive(text: str) -> None:
    made = forms(text)
    assert made.plain == nfc(text)
    assert made.exact == retone(text).lower()
    assert analyzers()["folded"].analyze(made.folded) == analyzers()["folded"].analyze(made.plain)


@given(VIETNAMESE | SYLLABLES)
def test_a_text_of_usual_letters_is_folded_letter_for_letter(text: str) -> None:
    made = forms(text)
    assert made.folded.isascii()
    assert re.findall(r"[^\W_]+", made.folded.lower()) == re.findall(r"[^\W_]+", fold(text))
