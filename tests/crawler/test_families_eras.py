"""Layouts that died: a year after its end an old capture still reads, by the layout that it was made of."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from crawler.families import family, keys
from crawler.family import Era, Family, ReadingError
from crawler.page import Page
from crawler.recording import reviewed

PORTALS = Path(__file__).parent.parent / "portals"
DATED = [(key, era) for key in keys() for era in Family.known[key].eras if era.until]


def captures(key: str, era: Era) -> list[tuple[Page, dict[str, Any]]]:
    """The reviewed golden articles of a family that stand at an address of the era."""
    found = []
    for file in sorted(PORTALS.glob(f"{key}/*/expected.json")):
        expected = json.loads(file.read_text("utf-8"))
        shaped = type("Shaped", (Family.known[key],), {"articles": era.addresses, "eras": ()}, key=f"{key} once")()
        del Family.known[f"{key} once"]
        if "article" in expected and reviewed(file.parent) and shaped.is_article(expected["url"]):
            page = Page(expected["url"], (file.parent / "page.html").read_bytes(), content_type="text/html")
            found.append((page, expected["article"]))
    return found


def read(key: str, page: Page) -> tuple[str, str, str, list[list[str]]] | None:
    """What is read of a page: title, body, author and dates; None when it is no article."""
    try:
        article = family(key).read(page)
    except ReadingError:
        return None
    return article.title, article.body, article.author, [[one.text, one.source] for one in article.dates]


def test_some_layouts_are_known_to_have_died() -> None:
    assert {(key, era.until.isoformat()) for key, era in DATED if era.until} == {
        ("aid", "2025-12-31"),
        ("liferay", "2024-12-31"),
    }


@pytest.mark.parametrize(("key", "era"), DATED, ids=[key for key, _ in DATED])
def test_an_old_capture_reads_after_its_layout_died(key: str, era: Era, monkeypatch: pytest.MonkeyPatch) -> None:
    old = captures(key, era)
    assert old, "a layout with an end date needs a golden page at one of its addresses"
    assert era.until is not None
    for page, true in old:
        wanted = true["title"], true["body"], true["author"], true["dates"]
        with time_machine.travel(era.until + timedelta(days=366)):
            assert read(key, page) == wanted
        with monkeypatch.context() as patch:
            patch.setattr(Family.known[key], "eras", ())
            taken = family(key).is_article(page.url)
            assert not taken or read(key, page) != wanted, "without the era it is read too: it proves nothing"


@pytest.mark.parametrize(("key", "era"), DATED, ids=[key for key, _ in DATED])
def test_addresses_of_a_dead_layout_name_articles(key: str, era: Era) -> None:
    reader = family(key)
    for page, _ in captures(key, era):
        assert reader.is_article(page.url)
        assert not reader.is_listing_address(page.url)
        assert reader.canonical(page.url) == page.url
