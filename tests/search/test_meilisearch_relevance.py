"""How well the search server answers judged queries: its own floors, and hardly worse than the embedded engine."""

import tomllib
from pathlib import Path

import pytest

from archive.records import ArchivedArticle
from search.engine import Engine, Mode, Query
from search.engines.meilisearch import Meilisearch
from tests.search.conftest import farm_articles, make
from tests.search.judged import FLOORS, Score, filled, grade, indexed, judgements, means, score

FROZEN = Path(__file__).with_name("judged.jsonl")
"""The farm's articles as they were when the tape was recorded: it has answers about exactly these."""
APART = 0.02
"""How much less the server may have than the embedded engine."""


def scores(engine: Engine, mode: Mode) -> list[Score]:
    """Of all judged queries for which the frozen articles have an answer."""
    articles = {article.id: article for article in farm_articles(1_000, corpus=FROZEN)}
    asked = [one for one in judgements() if mode in one.modes]
    answered = [one for one in asked if any(grade(one, article) for article in articles.values() if article.is_reform)]
    return [score(engine, one, mode, articles) for one in answered]


@pytest.mark.meilisearch
@pytest.mark.parametrize("mode", Mode)
def test_queries_are_answered_as_well_as_ever(mode: Mode, meilisearch: Meilisearch, tmp_path: Path) -> None:
    articles = list(farm_articles(1_000, corpus=FROZEN))
    floor = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["meilisearch"][mode]
    found = scores(filled(meilisearch, articles), mode)
    ndcg, success = means(found)
    beside, first = means(scores(indexed(tmp_path / "embedded", articles), mode))
    print(f"{mode}, {len(found)} queries: nDCG@10 {ndcg:.4f} and {beside:.4f}, success@1 {success:.4f} and {first:.4f}")
    assert len(found) >= {Mode.SMART: 115, Mode.EXACT: 65, Mode.FOLDED: 90}[mode]
    assert ndcg >= floor["ndcg"], f"nDCG@10 fell to {ndcg:.4f}"
    assert success >= floor["success"], f"success@1 fell to {success:.4f}"
    assert ndcg >= beside - APART
    assert success >= first - APART


# What raises a hit, as tests/search/test_relevance.py has it of the embedded engine


def ranked(engine: Engine, typed: str, *articles: ArchivedArticle, mode: Mode = Mode.SMART) -> list[int]:
    return [hit.id for hit in filled(engine, articles).find(Query(typed, mode, facets=())).hits]


@pytest.mark.meilisearch
def test_beside_other_words_an_abbreviation_ranks_like_the_words_it_means(meilisearch: Meilisearch) -> None:
    articles = [
        make(1, "Tin trong tuần", "Hội nghị bàn việc CCHC; nghị quyết sơ bộ; tổng kết sau."),
        make(2, "Hội nghị sơ kết công tác cải cách hành chính", "Tin."),
        make(3, "Hội nghị sơ kết", "Việc khác."),
    ]
    assert ranked(meilisearch, "hội nghị sơ kết CCHC", *articles) == [2, 1]


@pytest.mark.meilisearch
@pytest.mark.parametrize("mode", Mode)
def test_a_named_place_is_the_articles_own(mode: Mode, meilisearch: Meilisearch) -> None:
    here = make(1, "Kế hoạch năm 2020", "Kế hoạch của huyện. " * 30)
    other = {"province": "Kon Tum", "province_now": "Quảng Ngãi", "district": "Đăk Hà", "portal_name": "Kon Tum"}
    there = make(2, "Kế hoạch giữ đà, chẳng nặng nề", "Đẵng đà, nặng gánh; Nẵng là tên.", **other)
    assert ranked(meilisearch, "kế hoạch Đà Nẵng", here, there, mode=mode)[0] == 1


@pytest.mark.meilisearch
def test_a_word_that_few_have_weighs_more_and_what_is_said_more_often_counts_more(meilisearch: Meilisearch) -> None:
    common = [make(number, "Tin", "kế hoạch năm nay có nhiều việc phải làm ở huyện " * 3) for number in range(1, 9)]
    rare = make(10, "Tin", "kế hoạch năm nay có hương ước ở huyện, hương ước làng, hương ước xóm, tin khác nữa")
    once = make(11, "Tin", "kế hoạch kế hoạch kế hoạch năm nay có hương ước ở huyện, tin khác nữa, tin khác nữa")
    assert ranked(meilisearch, "hương kế", *common, once, rare) == [10, 11]
