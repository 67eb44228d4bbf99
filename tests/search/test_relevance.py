"""How well queries are answered, pinned: the figures of relevance_floors.toml may only rise."""

import tomllib
from pathlib import Path

import pytest

from archive.records import ArchivedArticle
from search.engine import Engine, Mode, Query
from search.suggest import did_you_mean
from tests.search.judged import FIRST, FLOORS, corpus, indexed, judgements, means, recorded_articles, table


def test_queries_are_answered_as_well_as_ever(shared: Path, tmp_path: Path) -> None:
    articles = corpus(shared)
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    assert len(judgements()) >= 100
    for mode, scores in table(indexed(tmp_path, articles), articles).items():
        ndcg, success = means(scores)
        assert ndcg >= floors[mode]["ndcg"], f"{mode}: nDCG@10 fell to {ndcg:.4f}"
        assert success >= floors[mode]["success"], f"{mode}: success@1 fell to {success:.4f}"


@pytest.fixture
def recorded(shared: Path) -> list[ArchivedArticle]:
    return list(recorded_articles(shared))


TYPED = [
    "ke hoach cai cach hanh chinh",
    "kế hoạch CCHC",
    "82/QĐ-UBND",
    "82 qd ubnd",
    "ke hoach cai cach hanh chinh que son",
    "kê hoạch cải cách hành chính quế sơn",
    "82 qd ubnd que son",
    "ke hoahc cai cach hanh chinh que son",
    "ke hoach cai cach hanh chinhh que son",
    "ke hoach cai cach hanhh chinh que son",
    "ke hoach cai cach hanh chinh quee son",
]


@pytest.mark.parametrize("typed", TYPED)
def test_the_que_son_seed_among_the_seeds(typed: str, tmp_path: Path, seeds: list[ArchivedArticle]) -> None:
    """Among the first three as typed, or as what was meant."""
    assert 1 in first_hits(indexed(tmp_path, seeds), typed)[:3]


@pytest.mark.parametrize("typed", [one for one in TYPED if "82" in one or "son" in one])
def test_the_que_son_seed_beside_the_recorded_portal(
    typed: str, tmp_path: Path, seeds: list[ArchivedArticle], recorded: list[ArchivedArticle]
) -> None:
    """That portal has an article of the same text, which may stand before it."""
    hits = first_hits(indexed(tmp_path, [*seeds, *recorded]), typed)[:3]
    assert {1, FIRST["recorded"] + 1} <= set(hits)


def first_hits(engine: Engine, typed: str) -> list[int]:
    results = engine.find(Query(typed, facets=()))
    if not results.total:
        meant = did_you_mean(engine, Query(typed), results)
        assert meant
        results = engine.find(Query(meant.text, Mode.SMART, facets=()))
    return [hit.id for hit in results.hits]
