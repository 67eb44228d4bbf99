"""Did you mean, and more like this: by the words the archive has."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.filters import Filters
from search.engine import Engine, Mode, Query
from search.suggest import LITTLE, TELLING, did_you_mean, is_syllable, telex, telling
from tests.search.conftest import make
from tests.search.judged import corpus, indexed

TITLES = {
    1: ("Kiểm tra lò gạch Tân Phú", "Lò gạch thủ công xả khói, hộ dân phản ánh khói bụi lò gạch nhiều lần."),
    2: ("Xử lý khói bụi lò gạch", "Đoàn liên ngành đo khói bụi quanh lò gạch thủ công ở Tân Phú."),
    3: ("Tiêm phòng dại cho chó", "Trạm thú y tiêm phòng dại, chủ nuôi chó đăng ký với thú y xã."),
    4: ("Thú y xã tiêm phòng", "Cán bộ thú y tiêm phòng dại cho đàn chó nuôi ở xã."),
    5: ("Bầu trưởng thôn", "Cử tri bầu trưởng thôn theo quy định."),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Engine:
    """The judged corpus, which has some thousands of words."""
    return indexed(tmp_path_factory.mktemp("index"), corpus(shared))


@pytest.fixture
def few(tmp_path: Path) -> Engine:
    places = {2: "Hà Tĩnh"}
    rows = [make(at, *texts, province=places.get(at, "Quảng Nam")) for at, texts in TITLES.items()]
    return indexed(tmp_path, [*rows, *(make(at, "Tin", "khói bụi lò gạch", is_reform=False) for at in (8, 9))])


def meant(engine: Engine, typed: str, mode: Mode = Mode.SMART, **more: Filters) -> str | None:
    query = Query(typed, mode, **more)
    found = did_you_mean(engine, query, engine.find(query))
    if found is None:
        return None
    assert found.total == engine.find(Query(found.text, mode, **more)).total > 0
    return found.text


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cai cahc hanh chinh", "cải cách hành chính"),
        ("ke haoch cai cach", "kế hoạch cải cách"),
        ("bo phan mot cuaa", "bộ phận một cửa"),
        ("thủ tục hành cính", "thủ tục hành chính"),
        ("thu tuc hnh chinh kon tum", "thủ tục hành chính kon tum"),
        ("kếhoạch cải cách", "kế hoạch cải cách"),
        ("kees hoachj", "kế hoạch"),
        ("kees hoajch cair cachs", "kế hoạch cải cách"),
        ("mo hinh chinh quyen thn thien", "mô hình chính quyền thân thiện"),
        ("HÀNH CÍNH", "HÀNH chính"),
    ],
)
def test_another_spelling_is_offered(typed: str, expected: str, mode: Mode, engine: Engine) -> None:
    assert (meant(engine, typed, mode) or "").lower() == expected.lower()


def test_in_exact_mode_other_marks_are_offered(engine: Engine) -> None:
    assert meant(engine, "cãi cách hành chính", Mode.EXACT) == "cải cách hành chính"
    assert meant(engine, "cai cach hanh chinh", Mode.EXACT) == "cải cách hành chính"
    assert meant(engine, "cãi cách hành chính") is None


@pytest.mark.parametrize(
    "typed",
    [
        "", "cải cách hành chính", "CCHC", "82/QĐ-UBND", "99999/QĐ-UBND", "20201", '"cai cahc"', "-cahc",
        "xyzzy qwrt", "title:", "(((", "mẫu biểu",
    ],
)  # fmt: skip
def test_what_was_found_or_is_no_word_is_left_as_it_is(typed: str, engine: Engine) -> None:
    assert meant(engine, typed) is None


def test_the_rest_of_the_query_stays(engine: Engine) -> None:
    assert meant(engine, 'title:hoach "cải cách" ke haoch -2023') == 'title:hoạch "cải cách" kế hoạch -2023'
    assert meant(engine, "82/QĐ-UBND ke haoch") == "82/QĐ-UBND kế hoạch"


def test_it_is_offered_within_the_filters(engine: Engine) -> None:
    within = Filters(province=("Kon Tum",))
    assert meant(engine, "ke haoch kon tum", filters=within) == "kế hoạch kon tum"
    assert meant(engine, "ke haoch que son", filters=within) is None


def test_many_hits_need_no_other_spelling(engine: Engine) -> None:
    query = Query("ke hoach")
    found = engine.find(query)
    assert found.total > LITTLE
    assert did_you_mean(engine, query, found) is None


@given(st.text(max_size=40))
def test_whatever_was_typed_a_suggestion_is_no_error(engine: Engine, text: str) -> None:
    meant(engine, text)


@pytest.mark.parametrize(
    ("keys", "syllable"), [("hoachj", "hoach"), ("hoajch", "hoach"), ("kees", "ke"), ("ddaf", "da")]
)
def test_the_keys_of_telex(keys: str, syllable: str) -> None:
    assert syllable in telex(keys)
    assert not telex(syllable)


def test_what_could_be_a_syllable() -> None:
    for word in [
        "nghieng",
        "khuya",
        "quyen",
        "hoach",
        "gi",
        "oan",
        "thuong",
        "uong",
        "tum",
        "que",
        "duong",
        "nguyen",
        "huynh",
    ]:
        assert is_syllable(word), word
    for word in ["xyz", "hoahc", "cinhh", "qwrt", "kehoach", "12"]:
        assert not is_syllable(word), word


def test_like_one_are_those_that_share_its_rare_words(few: Engine) -> None:
    def like(number: int, **more: Filters) -> list[int]:
        results = few.like(number, Query(**more))
        assert results.total == len(results.hits)
        return [hit.id for hit in results.hits]

    assert like(1) == [2]
    assert like(2) == [1]
    assert like(4) == [3]
    assert set(like(1, filters=Filters(any_topic=True))) == {2, 8, 9}
    assert like(1, filters=Filters(province=("Quảng Nam",))) == []
    assert like(77) == []


def test_a_page_of_like_articles_has_facets(few: Engine) -> None:
    assert few.like(1, Query(facets=("province",))).facets == {"province": {"Hà Tĩnh": 1}}
    assert few.like(1, Query(offset=1)).hits == ()


def test_copies_are_most_alike(engine: Engine, shared: Path) -> None:
    """The farm's portals republish one another."""
    titles: dict[object, list[int]] = {}
    for article in corpus(shared):
        if article.is_reform:
            titles.setdefault((article.row["title"], article.row["body"]), []).append(article.id)
    copies = [ids for ids in titles.values() if len(ids) == 2]
    assert copies
    assert all(engine.like(one, Query(limit=1)).hits[0].id == other for one, other in copies)


def test_words_are_telling_when_few_others_have_them() -> None:
    known = {"lò": 3, "gạch": 3, "tin": 90, "riêng": 1}
    found = telling([("tin lò gạch riêng 2020", 1.0), ("lò", 3.0)], lambda words: {w: known[w] for w in words}, 100)
    assert [word for word, _ in found] == ["lò", "gạch", "tin"]


def test_a_common_word_comes_last_among_very_many_documents_however_often_it_is_said() -> None:
    for documents, first in ((100_000, "lò"), (200_000, "tin")):
        found = telling([("tin " * 50 + "lò", 1.0)], lambda _: {"lò": 9_000, "tin": 12_000}, documents)
        assert found[0][0] == first


def test_no_more_words_are_telling_than_are_looked_for() -> None:
    many = {f"a{chr(97 + at)}": 2 for at in range(26)}
    assert len(telling([(" ".join(many), 1.0)], lambda words: dict.fromkeys(words, 2), 100)) == TELLING


def test_how_many_documents_have_a_word(few: Engine) -> None:
    assert few.frequencies(["gạch", "thôn", "gach"], exact=True) == {"gạch": 4, "thôn": 1, "gach": 0}
    assert few.frequencies(["gach", "xyz"], exact=False) == {"gach": 4, "xyz": 0}


def test_of_articles_like_another_nothing_is_marked(tmp_path: Path) -> None:
    """They were not found by words of a question; an empty pattern once marked nothing at every second letter."""
    said = "Bộ phận một cửa tiếp nhận hồ sơ trực tuyến của người dân tại trụ sở."
    engine = indexed(tmp_path, [make(at, "Tin một cửa", f"{said} Lần {at}.") for at in (1, 2, 3)])
    hits = engine.like(1, Query(limit=5)).hits
    assert len(hits) == 2
    assert all(hit.snippet.spans == () and hit.snippet.text.startswith("Bộ phận") for hit in hits)
