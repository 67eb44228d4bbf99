"""Abbreviations both ways, and what is marked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import vocabulary
from search.marks import near
from search.opening import abbreviations
from search.query import parse
from search.terms import Abbreviations, Plan, plan

WORDS = Abbreviations(
    [
        ("CCHC", "cải cách hành chính"),
        ("TTHC", "thủ tục hành chính"),
        ("CCTTHC", "cải cách thủ tục hành chính"),
        ("KT-XH", "kinh tế - xã hội"),
    ]
)


def planned(text: str) -> Plan:
    return plan(parse(text), WORDS, exact=False, ranked=True)


def ways(text: str) -> list[set[str]]:
    return [{" ".join(word.folded for word in way) for way in need.ways} for need in planned(text).needs]


def test_the_short_form_stands_for_the_long_one() -> None:
    assert ways("kế hoạch CCHC") == [set(), set(), {"cai cach hanh chinh"}]
    assert ways("cchc") == [{"cai cach hanh chinh"}]


def test_the_long_form_is_found_as_the_short_one() -> None:
    assert ways("cai cach hanh chinh nam") == [{"cchc"}] * 4 + [set()]
    assert ways("cải cách thủ tục hành chính") == [{"cctthc"}] * 2 + [{"cctthc", "tthc"}] * 4


def test_a_short_form_of_several_words() -> None:
    assert ways("KT-XH") == [{"kinh te xa hoi"}] * 2
    assert ways("kinh tế xã hội") == [{"kt xh"}] * 4


def test_quoted_words_and_words_of_a_field_are_taken_as_typed() -> None:
    assert ways('"cải cách hành chính"') == [set()]
    assert ways("title:CCHC") == [set()]
    assert ways('cải "cách" hành chính') == [set()] * 4
    assert ways("cãi cách hành chính") == [set()] * 4


def test_ambiguous_abbreviations_are_never_expanded() -> None:
    ambiguous = [short for short, readings in vocabulary.abbreviations().items() if len(readings) > 1]
    assert {"CT", "KH", "TP"} <= set(ambiguous)
    for short in ambiguous:
        assert not plan(parse(short), abbreviations(), exact=False, ranked=True).widened, short


@pytest.mark.parametrize(("short", "long"), sorted(vocabulary.expansions().items()))
def test_the_vocabulary_works_both_ways(short: str, long: str) -> None:
    for typed in (short, long):
        needs = plan(parse(typed), abbreviations(), exact=False, ranked=True).needs
        assert all(need.ways for need in needs), typed


@pytest.mark.parametrize(
    ("typed", "other"),
    [("Sài Gòn", "ho chi minh"), ("TPHCM", "ho chi minh"), ("dak lak", "dac lac"), ("Kontum", "kon tum")],
)
def test_another_name_of_a_province_is_a_synonym(typed: str, other: str) -> None:
    for need in plan(parse(f"cải cách {typed}"), abbreviations(), exact=False, ranked=True).needs[2:]:
        assert other in {" ".join(word.folded for word in way) for way in need.ways}


@pytest.mark.parametrize(
    ("word", "typo"),
    [
        ("hoach", "hoch"),
        ("hoach", "hoahc"),
        ("hoach", "hoacch"),
        ("hoach", "hoash"),
        ("chinh", "xhinh"),
        ("chinh", "chinhh"),
    ],
)
def test_near_is_one_typo_away(word: str, typo: str) -> None:
    assert re.fullmatch(near(typo), word)
    assert re.fullmatch(near(word), typo)


def _distance(a: str, b: str) -> int:
    """Optimal string alignment, by the book."""
    rows = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = a[i - 1] != b[j - 1]
            rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(a), len(b)]


@given(st.text("ahco", min_size=5, max_size=7), st.text("ahco", min_size=4, max_size=8))
def test_near_is_the_edit_distance(word: str, other: str) -> None:
    assert bool(re.fullmatch(near(word), other)) == (_distance(word, other) <= 1)


def test_a_typo_is_forgiven_only_in_long_words_without_digits() -> None:
    assert planned("hoach").forgivable
    for typed in ("cach", "20200", "covid19", '"hoach dinh"', "82/QĐ-UBND", "number:12345"):
        assert not planned(typed).forgivable, typed
