"""Whatever becomes of a page on its way, reading it gives an article or one of the family's own verdicts."""

import json
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.records import Article, Stated
from crawler import discovery
from crawler.families import family, keys, recognise
from crawler.family import ReadingError
from crawler.page import Page

PORTALS = Path(__file__).parent.parent / "portals"


def _address(key: str) -> str:
    """The address of the family's first golden article."""
    cases = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(PORTALS.glob(f"{key}/*/expected.json")))
    return next(str(case["url"]) for case in cases if "article" in case)


URLS = {key: _address(key) for key in keys()}


@cache
def sources(key: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(PORTALS.glob(f"{key}/*/page.*"))]


@st.composite
def mangled(draw: st.DrawFn, key: str) -> bytes:
    body = draw(st.sampled_from(sources(key)))
    start, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
    match draw(st.sampled_from(["cut", "doubled", "tags", "closing", "noise", "nested"])):
        case "cut":
            return body[:end]
        case "doubled":
            return body[:end] + body[start:]
        case "tags":
            return re.sub(rb"<(?=\w)[^>]*>", b"", body[:start]) + body[start:]
        case "closing":
            return re.sub(rb"</\w+>", b"", body)
        case "noise":
            return body[:start] + draw(st.binary(max_size=30)) + body[start:]
        case _:
            return body[:start] + draw(st.sampled_from([b"<div>", b"<table><tr><td>", b"<b>"])) * 400 + body[start:]


@pytest.mark.parametrize("key", keys())
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_never_fails_otherwise(key: str, data: st.DataObject) -> None:
    page = Page(URLS[key], data.draw(mangled(key)))
    reader = family(key)
    with suppress(ReadingError):
        article = reader.read(page, [Stated("x", "listing")])
        assert isinstance(article, Article)
        assert article.title
        assert article.body or article.attachments
        assert "\n\n" not in article.body
    assert all(link.url.startswith("http") for link in reader.links(page))
    reader.next(page)
    assert recognise(page)
    assert all(listing.why for listing in discovery.listings(page))


@pytest.mark.parametrize("key", keys())
@given(
    url=st.one_of(st.text(max_size=40), st.text(alphabet="htps:/[]@.%?#=&a0-_ạ", max_size=40).map("http://".__add__))
)
@settings(max_examples=60, deadline=None)
def test_any_address_can_be_asked_about(key: str, url: str) -> None:
    reader = family(key)
    assert isinstance(reader.is_article(url), bool)
    assert isinstance(reader.is_listing_address(url), bool)
    assert isinstance(reader.identity(url), str)


def test_reading_twice_is_reading_once() -> None:
    for key in keys():
        for body in sources(key):
            page = Page(URLS[key], body)
            try:
                first = family(key).read(page)
            except ReadingError:
                continue
            assert family(key).read(page) == first
