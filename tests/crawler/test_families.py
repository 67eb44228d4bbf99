"""Golden pages: a folder below tests/portals is a case, every field of it a test."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from crawler import family as errors
from crawler.families import family, keys, recognise
from crawler.family import Ask
from crawler.page import Page
from crawler.recording import reviewed

PORTALS = Path(__file__).parent.parent / "portals"
CASES = sorted(path.parent for path in PORTALS.glob("*/*/expected.json") if reviewed(path.parent))
FIELDS = ("url", "title", "summary", "body", "dates", "author", "source", "category", "attachments", "captions")


@cache
def case(folder: Path) -> tuple[Page, dict[str, Any]]:
    """`page.html`, or `page.json` for a listing or an article that is JSON; `sent` is what was posted for it."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    (file,) = folder.glob("page.*")
    kind = {".html": "text/html", ".json": "application/json"}[file.suffix]
    sent = expected.get("sent", "").encode()
    return Page(expected["url"], file.read_bytes(), content_type=kind, sent=sent), expected


@cache
def article(folder: Path) -> dict[str, Any]:
    page, expected = case(folder)
    read = family(expected["family"]).read(page)
    return {
        **{name: getattr(read, name) for name in FIELDS},
        "dates": [[date.text, date.source] for date in read.dates],
        "attachments": [[file.url, file.name] for file in read.attachments],
        "captions": list(read.captions),
    }


def cases(key: str, *fields: str) -> list[Any]:
    chosen = [folder for folder in CASES if key in case(folder)[1]]
    if fields:
        return [pytest.param(c, f, id=f"{c.parent.name}-{c.name}-{f}") for c in chosen for f in fields]
    return [pytest.param(c, id=f"{c.parent.name}-{c.name}") for c in chosen]


@pytest.mark.parametrize(("folder", "field"), cases("article", *FIELDS))
def test_field(folder: Path, field: str) -> None:
    assert article(folder)[field] == case(folder)[1]["article"][field]


@pytest.mark.parametrize("folder", cases("links"))
def test_links(folder: Path) -> None:
    page, expected = case(folder)
    reader = family(expected["family"])
    found = reader.links(page)
    assert [
        [reader.canonical(link.url), link.title, link.stated.text if link.stated else ""] for link in found
    ] == expected["links"]
    assert {link.stated.source for link in found if link.stated} <= {"listing"}


def check_ask(ask: Ask | None, expected: dict[str, Any], name: str) -> None:
    """`name` says the address, `<name>_form` the fields that are posted, `<name>_body` what else is."""
    assert (ask.url if ask else None) == expected[name]
    if f"{name}_form" in expected:
        assert ask is not None
        assert ask.method == "POST"
        assert dict(parse_qsl(ask.body.decode(), keep_blank_values=True)) == expected[f"{name}_form"]
    elif f"{name}_body" in expected:
        assert ask is not None
        assert (ask.method, ask.body.decode()) == ("POST", expected[f"{name}_body"])
    else:
        assert ask is None or (ask.method, ask.body) == ("GET", b"")


@pytest.mark.parametrize("folder", cases("next"))
def test_next(folder: Path) -> None:
    page, expected = case(folder)
    check_ask(family(expected["family"]).next(page), expected, "next")


@pytest.mark.parametrize("folder", cases("first"))
def test_first(folder: Path) -> None:
    page, expected = case(folder)
    check_ask(family(expected["family"]).first(page), expected, "first")


@pytest.mark.parametrize("folder", cases("links"))
def test_a_listing_is_no_article(folder: Path) -> None:
    page, expected = case(folder)
    with pytest.raises(errors.NotAnArticle):
        family(expected["family"]).read(page)


@pytest.mark.parametrize("folder", cases("raises"))
def test_refused(folder: Path) -> None:
    page, expected = case(folder)
    with pytest.raises(getattr(errors, expected["raises"])) as caught:
        family(expected["family"]).read(page)
    if "to" in expected:
        assert caught.value.url == expected["to"]


def whole(*chosen: Any) -> list[Any]:
    """Without fragments and JSON answers: they bear no marks of their CMS, and nothing is recognised by them."""
    return [one for one in chosen if not case(one.values[0])[0].sent and case(one.values[0])[0].json is None]


@pytest.mark.parametrize("folder", whole(*cases("article"), *cases("links")))
def test_recognised(folder: Path) -> None:
    page, expected = case(folder)
    best = recognise(page)[0]
    assert best.family == expected.get("recognised", expected["family"]), recognise(page)
    assert best.reasons


@pytest.mark.parametrize("key", keys())
def test_every_family_has_an_article_and_a_listing(key: str) -> None:
    mine = [case(folder)[1] for folder in CASES if folder.parent.name == key]
    assert any("article" in one for one in mine)
    assert any("links" in one for one in mine) or key == "nukeviet"


@pytest.mark.parametrize("folder", cases("seed"))
def test_seed(folder: Path, shared: Path) -> None:
    """What shared/seeds/gold.json says of the seed whose page this is."""
    _, expected = case(folder)
    golds = json.loads((shared / "seeds" / "gold.json").read_text(encoding="utf-8"))
    gold = next(one for one in golds if one["seed"] == expected["seed"])
    read = article(folder)
    if gold["title"] is not None:
        assert read["title"] == gold["title"]
    assert read["body"].startswith(gold["body_starts"])
    assert read["body"].endswith(gold["body_ends"])
    assert not [text for text in gold["not_in_body"] if text in read["body"]]
    assert read["author"] == (gold["author"] or "")
    assert read["captions"] == ([gold["caption"]] if "caption" in gold else [])
