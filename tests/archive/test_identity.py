"""Addresses and texts that are one, and ones that are not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import identity

SAME = [
    ("HTTPS://QueSon.GOV.vn:443/vi/news/", "https://queson.gov.vn/vi/news/"),
    ("http://queson.gov.vn:80", "http://queson.gov.vn/"),
    ("https://queson.gov.vn/a.html#content", "https://queson.gov.vn/a.html"),
    ("https://queson.gov.vn/a?id=5&utm_source=zalo&fbclid=x", "https://queson.gov.vn/a?id=5"),
    ("https://queson.gov.vn/kế-hoạch", "https://queson.gov.vn/k%E1%BA%BF-ho%E1%BA%A1ch"),
    ("https://someone@queson.gov.vn/a", "https://queson.gov.vn/a"),
]
DIFFERENT = [
    ("https://queson.gov.vn/a?id=5", "https://queson.gov.vn/a?id=6"),
    ("https://queson.gov.vn/Pages/a.aspx", "https://queson.gov.vn/pages/a.aspx"),
    ("https://queson.gov.vn:8443/a", "https://queson.gov.vn/a"),
    ("https://queson.gov.vn/a?x=1&y=2", "https://queson.gov.vn/a?y=2&x=1"),
    ("http://queson.gov.vn/a", "https://queson.gov.vn/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_address(one: str, other: str) -> None:
    assert identity.canonical_url(one) == other
    assert identity.url_digest(one) == identity.url_digest(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_addresses(one: str, other: str) -> None:
    assert identity.url_digest(one) != identity.url_digest(other)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_canonical_twice_is_canonical_once(path: str) -> None:
    once = identity.canonical_url(f"https://queson.gov.vn/{path}")
    assert identity.canonical_url(once) == once


@given(st.text(alphabet="kếhoạch ủyđƯ", max_size=20), st.text(alphabet="aờ b", max_size=20))
def test_a_text_is_its_text_however_composed(title: str, body: str) -> None:
    apart = [unicodedata.normalize("NFD", text) for text in (title, body)]
    assert identity.text_digest(title, "", body) == identity.text_digest(apart[0], "", apart[1])


@given(st.lists(st.text(max_size=5), min_size=3, max_size=3))
def test_where_one_text_ends_matters(texts: list[str]) -> None:
    joined = identity.text_digest(texts[0] + texts[1], "", texts[2])
    assert (identity.text_digest(texts[0], texts[1], texts[2]) == joined) is (texts[1] == "")


def test_attachments_are_part_of_a_content() -> None:
    text = identity.text_digest("a", "b", "c")
    assert identity.content_digest(text, [("u", "n")]) != identity.content_digest(text, [("u", "m")])
    assert identity.content_digest(text, [("u", "n")]) != identity.content_digest(text, [])


def test_an_act_is_type_number_date_and_issuer() -> None:
    key = identity.act_key("Quyết định", "82/QĐ-UBND", "2020-01-20", "UBND huyện Quế Sơn")
    assert key == identity.act_key("quyết định", "82/qđ-ubnd", "2020-01-20", "ubnd huyện quế sơn")
    others = [("Kế hoạch", "82/QĐ-UBND"), ("Quyết định", "83/QĐ-UBND"), ("Quyết định", None)]
    assert key not in {identity.act_key(kind, number, "2020-01-20", "UBND huyện Quế Sơn") for kind, number in others}
    assert key != identity.act_key("Quyết định", "82/QĐ-UBND", None, "UBND huyện Quế Sơn")
