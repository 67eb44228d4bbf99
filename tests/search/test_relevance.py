"""How well queries are answered, pinned: the figures of relevance_floors.toml may only rise."""

import tomllib
from pathlib import Path

import pytest

from archive.records import ArchivedArticle
from search.engine import Engine, Mode, Query
from search.suggest import did_you_mean
from tests.search.conftest import make
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


def ranked(folder: Path, typed: str, *articles: ArchivedArticle, mode: Mode = Mode.SMART) -> list[int]:
    return [hit.id for hit in indexed(folder, articles).find(Query(typed, mode, facets=())).hits]


def test_beside_other_words_an_abbreviation_ranks_like_the_words_it_means(tmp_path: Path) -> None:
    articles = [
        make(1, "Tin trong tuần", "Hội nghị bàn việc CCHC; nghị quyết sơ bộ; tổng kết sau."),
        make(2, "Hội nghị sơ kết công tác cải cách hành chính", "Tin."),
        make(3, "Hội nghị sơ kết", "Việc khác."),
    ]
    assert ranked(tmp_path / "a", "hội nghị sơ kết CCHC", *articles) == [2, 1]
    assert ranked(tmp_path / "b", "CCHC", *articles)[0] == 1
    assert ranked(tmp_path / "c", "hội nghị sơ kết CCHC", *articles, mode=Mode.EXACT) == [1]


@pytest.mark.parametrize("mode", Mode)
def test_a_named_place_is_the_articles_own(mode: Mode, tmp_path: Path) -> None:
    """The words of a place may stand anywhere: `đà tăng trưởng`, `nặng nề`."""
    here = make(1, "Kế hoạch năm 2020", "Kế hoạch của huyện. " * 30)
    other = {"province": "Kon Tum", "province_now": "Quảng Ngãi", "district": "Đăk Hà", "portal_name": "Kon Tum"}
    there = make(2, "Kế hoạch giữ đà, chẳng nặng nề", "Đẵng đà, nặng gánh; Nẵng là tên.", **other)
    assert ranked(tmp_path, "kế hoạch Đà Nẵng", here, there, mode=mode)[0] == 1


@pytest.mark.parametrize("mode", Mode)
def test_words_side_by_side_in_the_text_come_before_scattered_ones(mode: Mode, tmp_path: Path) -> None:
    scattered = make(1, "Tin", "Vị chủ trì nói làm tốt; việc khó thì chọn trí giữa nhiều điều. " + "Tin khác nữa. " * 3)
    together = make(2, "Tin", "Mỗi cơ quan rà soát vị trí việc làm theo đề án. " + "Tin khác nữa. " * 5)
    assert ranked(tmp_path, "vị trí việc làm", scattered, together, mode=mode) == [2, 1]
