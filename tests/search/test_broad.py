"""Searches that find very many articles: the embedded engine puts those with all in the title first, and loses none."""

from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from archive.dates import VIETNAM
from archive.filters import Filters, place_key
from archive.records import ArchivedArticle
from search.documents import document
from search.engine import Mode, Query
from search.engines import ranking
from search.engines.answers import TIER
from search.engines.embedded import Embedded
from search.opening import abbreviations
from tests.search.conftest import make

TYPED = [
    "kế hoạch",
    "ke hoach",
    "kế hoạch CCHC",
    "cải cách hành chính",
    '"cải cách hành chính"',
    "kế hoạch -tuyển",
    "title:kế hoạch quận",
    "kế hoạch Quế Sơn",
    "kê hoạch",
    "cải cahc hành chính",
    "ke hoajch",
]
TITLES = ["Kế hoạch CCHC", "Ke hoach quận", "Tin kế hoạch", "Hội nghị", "Kê hoạch cải cách hành chính huyện", "CCHC"]
BODIES = ["cải cách hành chính năm nay", "CCHC và kế hoạch", "Kế hoạch tuyển dụng", "Quế Sơn hoạch định kế sách"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    """Two articles for every title with every body, in an index of their own."""
    pairs = [(title, body) for title in TITLES for body in BODIES] * 2
    articles = [make(at, title, body, published_at=None) for at, (title, body) in enumerate(pairs, 1)]
    return filled(tmp_path_factory.mktemp("broad"), articles)


def filled(folder: Path, articles: list[ArchivedArticle]) -> Embedded:
    """The engine with these articles."""
    engine = Embedded(folder, abbreviations(), "test")
    with engine.writing(), engine.rebuilding() as beside:
        beside.replace([one.id for one in articles], map(document, articles), len(articles))
    return engine


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("typed", TYPED)
def test_pages_of_a_broad_search_show_every_article_once(
    engine: Embedded, typed: str, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "BROAD", 1)
    whole = engine.ids(Query(typed, mode))
    shown = [hit.id for at in range(0, 60, 7) for hit in engine.find(Query(typed, mode, limit=7, offset=at)).hits]
    assert sorted(shown) == whole
    assert engine.find(Query(typed, mode)).total == len(whole)


def test_of_very_many_those_with_all_in_the_title_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that says it ten times does not come before a title that says it, where both are two of very many."""
    named = make(1, "Chuyển đổi số tại địa phương", "Tin ngắn.")
    often = make(2, "Chuyển biến", "Chuyển đổi số. " * 40)
    engine = filled(tmp_path, [often, named])
    monkeypatch.setattr(ranking, "BROAD", 1)
    hits = engine.find(Query("chuyển đổi số", facets=())).hits
    assert [hit.id for hit in hits] == [1, 2]
    assert hits[0].score > hits[1].score


@pytest.mark.parametrize("typed", ["chuyển đổi nhanh", '"chuyển đổi"', "chuyeen đổi", "CĐS nhanh", "nhanh CĐS"])
def test_what_was_meant_in_the_title_comes_first_too(
    tmp_path: Path, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phrase, a typo, and what an abbreviation means: the title decides, whatever the body says."""
    named = make(1, f"Chuyển đổi số nhanh {'tại địa phương ' * 9}", "Tin ngắn.")
    often = make(2, "Nhanh", "Chuyển đổi số nhanh. CĐS nhanh. " * 40)
    engine = filled(tmp_path, [often, named])
    monkeypatch.setattr(ranking, "BROAD", 1)
    hits = engine.find(Query(typed, facets=())).hits
    assert [hit.id for hit in hits] == [1, 2]
    assert hits[0].score - hits[1].score > TIER / 2


def test_a_phrase_alone_is_found_in_any_of_the_texts_once(tmp_path: Path) -> None:
    files = (("kh.pdf", "Bộ phận một cửa của huyện"),)
    articles = [
        make(1, "Bộ phận một cửa", "Bộ phận một cửa."),
        make(2, "Tin", "Bộ phận một cửa làm việc."),
        make(3, "Tin", "Xem tệp.", files=files),
        make(4, "Bộ phận", "một cửa"),
    ]
    engine = filled(tmp_path, articles)
    for mode in Mode:
        assert engine.ids(Query('"bộ phận một cửa"', mode)) == [1, 2, 3]
        assert engine.find(Query('"bộ phận một cửa"', mode)).total == 3
    within = Filters(province=("Quảng Nam",))
    assert engine.ids(Query('"bộ phận một cửa"', filters=within)) == [1, 2, 3]


@pytest.mark.parametrize("any_topic", [False, True])
@pytest.mark.parametrize("provinces", [("Quảng Nam",), ("quang nam", "Bình Định"), ("Kon Tum",)])
@pytest.mark.parametrize("years", [(2020,), (2019, 2021), (2030,)])
def test_a_province_in_a_year_is_both(
    tmp_path: Path, provinces: tuple[str, ...], years: tuple[int, ...], *, any_topic: bool
) -> None:
    kinds = list(product(("Quảng Nam", "Bình Định", "Huế"), (2019, 2020, 2021, None), (True, False)))
    articles = [
        make(
            at,
            "Kế hoạch",
            "Kế hoạch.",
            province=province,
            is_reform=reform,
            published_at=datetime(year, 5, 1, tzinfo=VIETNAM) if year else None,
        )
        for at, (province, year, reform) in enumerate(kinds, 1)
    ]
    wanted = {place_key(one) for one in provinces}
    expected = [
        at
        for at, (province, year, reform) in enumerate(kinds, 1)
        if place_key(province) in wanted and year in years and (reform or any_topic)
    ]
    engine = filled(tmp_path, articles)
    filters = Filters(province=provinces, year=years, any_topic=any_topic)
    assert engine.ids(Query("kế hoạch", filters=filters)) == expected
    assert engine.find(Query("", filters=filters)).total == len(expected)
