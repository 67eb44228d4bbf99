"""docs/search.md is right: every example finds what the page says, over the articles of the page."""

import re
from pathlib import Path

import pytest

from search.engine import Engine, Query
from search.query import FIELDS
from search.terms import LONG
from tests.search.conftest import make
from tests.search.judged import JUDGEMENTS, indexed

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
ARTICLES = re.findall(r"^\| (\d) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
EXAMPLES = re.findall(r"^\| `(.+?)` \| ([\d, ]+|nothing) \| .+ \|$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    articles = []
    for number, title, text in ARTICLES:
        in_file = text.startswith("Tệp")
        files = [("phụ-lục.pdf", text)] if in_file else []
        articles.append(make(int(number), title, "" if in_file else text, files=files, portal_name="", district=""))
    return indexed(tmp_path_factory.mktemp("index"), articles)


def test_the_page_has_its_articles_and_examples() -> None:
    assert len(ARTICLES) == 4
    assert len(EXAMPLES) >= 20


@pytest.mark.parametrize(("typed", "found"), EXAMPLES)
def test_an_example_finds_what_the_page_says(typed: str, found: str, engine: Engine) -> None:
    assert engine.ids(Query(typed)) == [int(one) for one in re.findall(r"\d", found)]


def test_a_hit_in_a_file_names_it(engine: Engine) -> None:
    assert engine.find(Query('"một cửa liên thông"')).hits[0].snippet.file == "phụ-lục.pdf"


def test_the_page_names_every_field_and_the_figures() -> None:
    from search.engines.schema import TEXTS

    assert all(f"{name}:" in PAGE for name in FIELDS)
    assert LONG == 5
    assert {f"{weight:g}" for weight in TEXTS.values()} <= set(re.findall(r"\| ([\d.]+) \|$", PAGE, re.MULTILINE))
    assert f"over {len(JUDGEMENTS.read_text(encoding='utf-8').splitlines())} judged queries" in PAGE
