"""What a person typed becomes clauses; whatever it is, it is never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import LONGEST, MOST_CLAUSES, Clause, Field, parse

TYPED = st.text(
    alphabet=st.sampled_from('aăâđêôơưyáạ ộ "“”-–:/.0123456789KHQĐUBNDtitle:so:()*?+~^\\\u0301\u00a0'), max_size=60
)


def words(text: str) -> list[str]:
    return [" ".join(word.exact for word in clause.words) for clause in parse(text)]


@given(st.one_of(TYPED, st.text(max_size=80)))
def test_any_typed_string_is_read(text: str) -> None:
    clauses = parse(text)
    assert all(clause.words for clause in clauses)
    assert len(clauses) <= MOST_CLAUSES
    assert all(word.exact == word.exact.lower() and word.folded for clause in clauses for word in clause.words)


@given(TYPED)
def test_reading_does_not_depend_on_composition_or_case(text: str) -> None:
    import unicodedata

    assert parse(unicodedata.normalize("NFD", text)) == parse(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kế hoạch", ["kế", "hoạch"]),
        ("  Kế   HOẠCH  ", ["kế", "hoạch"]),
        ("hoà giải", ["hòa", "giải"]),
        ("uỷ ban", ["ủy", "ban"]),
        ("Ðà Nẵng", ["đà", "nẵng"]),
        ("tổ\u00adchức", ["tổchức"]),
        ("kinh tế-xã hội", ["kinh", "tế", "xã", "hội"]),
        ('"cải cách hành chính"', ["cải cách hành chính"]),
        ("“cải cách” hành", ["cải cách", "hành"]),
        ('"cải cách hành', ["cải", "cách", "hành"]),
        ('cải " cách', ["cải", "cách"]),
        ("giai đoạn 2016-2020", ["giai", "đoạn", "2016", "2020"]),
        ("2016 -2020", ["2016", "2020"]),
        ("20/01/2020", ["20 01 2020"]),
        ("- – :", []),
        ("", []),
        ("title:", ["title"]),
        ("http://queson.vn", ["http", "queson", "vn"]),
        ("ghi chú: xong", ["ghi", "chú", "xong"]),
    ],
)
def test_words(typed: str, expected: list[str]) -> None:
    assert words(typed) == expected


def test_a_minus_before_a_word_leaves_it_out() -> None:
    kept, left_out = parse("kế -hoạch")
    assert not kept.negated
    assert left_out.negated
    assert parse('-"cải cách"')[0] == Clause(parse('"cải cách"')[0].words, negated=True, quoted=True)
    assert not any(clause.negated for clause in parse("kinh tế - xã hội"))
    assert not any(clause.negated for clause in parse("KT-XH"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("title:kế", Field.TITLE),
        ("tiêuđề:kế", Field.TITLE),
        ("BODY:kế", Field.BODY),
        ("number:82", Field.NUMBER),
        ("số:82", Field.NUMBER),
        ('title:"kế hoạch"', Field.TITLE),
        ("unknown:kế", Field.ANY),
    ],
)
def test_field_words(typed: str, field: Field) -> None:
    assert parse(typed)[0].field is field


@pytest.mark.parametrize(
    "typed",
    [
        "82/QĐ-UBND", "82 qd ubnd", "82/qd-ubnd", "82 / QD - UBND", "82/QÐ-UBND", "số 82/QĐ-UBND", "SO 82 QD UBND",
        '"82/QĐ-UBND"', "number:82/QĐ-UBND", "82/QĐ–UBND",
    ],
)  # fmt: skip
def test_an_act_number_is_one_clause_in_any_loose_spelling(typed: str) -> None:
    assert [(clause.number, clause.field) for clause in parse(typed)] == [("82/QĐ-UBND", Field.ANY)]


def test_an_act_number_among_words() -> None:
    clauses = parse("quyết định 82 qd ubnd quế sơn -82/KH-UBND")
    assert [clause.number for clause in clauses] == [None, None, "82/QĐ-UBND", None, None, "82/KH-UBND"]
    assert [clause.negated for clause in clauses] == [False] * 5 + [True]


def test_a_year_before_words_is_no_act_number() -> None:
    assert [clause.number for clause in parse("năm 2020 UBND tỉnh")] == [None] * 4


def test_what_is_too_long_is_cut() -> None:
    assert len(parse("a " * LONGEST)) == MOST_CLAUSES
