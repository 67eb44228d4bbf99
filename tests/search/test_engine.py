"""What every engine must do; written against the protocol, so that another engine runs the same tests."""

import itertools
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.filters import Filters
from archive.records import ArchivedArticle
from archive.text import fold, retone
from search.documents import Document, document
from search.engine import FACETS, Engine, Mode, Query, Sort, UnusableIndexError

Fill = Callable[..., Engine]
Maker = Callable[..., ArchivedArticle]
Farm = Callable[..., list[ArchivedArticle]]


def found(engine: Engine, text: str, mode: Mode = Mode.SMART, **more: Any) -> list[int]:
    """The ids of the hits in order; the complete set must be the same articles."""
    query = Query(text, mode, **more)
    results = engine.find(query)
    hits = [hit.id for hit in results.hits]
    assert results.total == len(engine.ids(query)) >= len(hits)
    assert set(hits) <= set(engine.ids(query))
    return hits


# The seeds


@pytest.mark.parametrize(
    "typed",
    [
        "ke hoach cai cach hanh chinh",
        "kế hoạch cải cách hành chính",
        "kế hoạch CCHC",
        "ke hoach cchc",
        "82/QĐ-UBND",
        "82 qd ubnd",
        "quyết định 82/QD-UBND",
        "ke hoahc cai cach hanh chinh",
        "kế hoạch cải cách hành chinhh",
        "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH QUẾ SƠN",
        "kế hoạch Quế Sơn",
        "quế sơn 2020",
    ],
)
def test_the_que_son_seed_is_among_the_first_three(
    typed: str, filled: Fill, seeds: list[ArchivedArticle], farm: Farm
) -> None:
    """A server that does not weigh words puts titles without its typo ("Kê hoạch") first: there it is the fourth."""
    engine = filled(*seeds, *farm(60, 100))
    assert 1 in found(engine, typed)[: 3 if engine.status().engine == "embedded" else 4]


@pytest.mark.parametrize("typed", ["82/QĐ-UBND", "82 qd ubnd", "82 QD UBND", "82-qđ/ubnd", "số 82/QÐ-UBND"])
def test_an_act_number_finds_exactly_its_act(typed: str, filled: Fill, make: Maker) -> None:
    numbers = ["82/QĐ-UBND", "182/QĐ-UBND", "82/KH-UBND", "82/QĐ-HĐND", "8/QĐ-UBND", "82/2020/QĐ-UBND"]
    articles = [make(at, f"Văn bản số {no}", f"Ban hành {no}.", announced=[no]) for at, no in enumerate(numbers, 1)]
    engine = filled(*articles)
    for mode in Mode:
        assert found(engine, typed, mode) == [1]


@pytest.mark.parametrize("typed", ["6/CT-UBND", "06/CT-UBND", "006 ct ubnd", "số 6/CT-UBND", "number:06/CT-UBND"])
def test_zeros_before_an_act_number_never_matter(typed: str, filled: Fill, make: Maker) -> None:
    numbers = ["06/CT-UBND", "6/CT-UBND", "60/CT-UBND", "16/CT-UBND", "6/2020/CT-UBND"]
    articles = [make(at, "Tin", f"Ban hành số {no}.", announced=[no]) for at, no in enumerate(numbers, 1)]
    engine = filled(*articles)
    for mode in Mode:
        assert sorted(found(engine, typed, mode)) == [1, 2]
    hits = engine.find(Query(typed)).hits
    assert sorted(hit.snippet.html() for hit in hits) == [
        "Ban hành số <mark>06/CT-UBND</mark>.",
        "Ban hành số <mark>6/CT-UBND</mark>.",
    ]
    assert engine.ids(Query(filters=Filters(number=(typed.removeprefix("number:"),)))) == [1, 2]


def test_a_number_without_its_symbol_finds_by_its_beginning(filled: Fill, make: Maker) -> None:
    numbers = ["82/QĐ-UBND", "182/QĐ-UBND", "82/2020/QĐ-UBND", "82/KH-UBND"]
    articles = [make(at, "Văn bản", f"Ban hành {no}.", announced=[no]) for at, no in enumerate(numbers, 1)]
    engine = filled(*articles)
    assert sorted(found(engine, "number:82")) == [1, 3, 4]
    assert sorted(found(engine, "82")) == [1, 3, 4]
    assert found(engine, "82/2020") == found(engine, "number:82/2020") == [3]
    assert found(engine, "82/QĐ") == found(engine, "number:82/QĐ") == [1]


def test_a_number_in_a_file_is_found(filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Tin", "Nội dung", files=[("a.pdf", "Căn cứ Quyết định số 99 /QĐ-UBND ngày 1/2/2020")]))
    assert found(engine, "99 qd ubnd") == [1]


# Modes

SPELLINGS = [
    "hòa giải ở Đà Nẵng",
    "hoà giải ở Ðà Nẵng",
    "HÒA GIẢI Ở ĐÀ NẴNG",
    unicodedata.normalize("NFD", "hòa giải ở Đà Nẵng"),
]


@pytest.mark.parametrize(("written", "typed"), list(itertools.product(SPELLINGS, SPELLINGS)))
@pytest.mark.parametrize("mode", Mode)
def test_spelling_never_matters(written: str, typed: str, mode: Mode, filled: Fill, make: Maker) -> None:
    assert found(filled(make(1, "Tin", written), make(2, "Tin", "Khác hẳn")), typed, mode) == [1]


def _syllables() -> list[str]:
    """Vietnamese syllables in every tone: heads and rhymes that bear all six."""
    heads = ["b", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "ph", "s", "t", "th", "tr", "v", "x"]
    rhymes = [
        "a",
        "ă",
        "â",
        "an",
        "ân",
        "e",
        "ê",
        "ên",
        "i",
        "inh",
        "o",
        "ô",
        "ơ",
        "ong",
        "ông",
        "u",
        "ư",
        "ung",
        "ưng",
    ]
    tones = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    for head, rhyme in itertools.product(heads, rhymes):
        for tone in tones:
            yield unicodedata.normalize("NFC", head + rhyme[0] + tone + rhyme[1:])


def test_exact_mode_tells_every_minimal_pair_apart(filled: Fill, make: Maker) -> None:
    """More than 2,000 pairs that differ in marks alone: each finds its own and none of the others."""
    told = {fold(word) for text in ("Tin xưa nay vậy", *document(make()).about) for word in text.split()}
    syllables = sorted({syllable for syllable in _syllables() if fold(syllable) not in told})
    groups: dict[str, list[int]] = {}
    for at, syllable in enumerate(syllables, 1):
        groups.setdefault(fold(syllable), []).append(at)
    pairs = sum(len(group) * (len(group) - 1) // 2 for group in groups.values())
    assert pairs >= 2_000
    engine = filled(*(make(at, "Tin", f"xưa nay {syllable} vậy") for at, syllable in enumerate(syllables, 1)))
    for at, syllable in list(enumerate(syllables, 1))[::3]:
        assert engine.ids(Query(syllable, Mode.EXACT)) == [at], syllable
        assert engine.ids(Query(syllable, Mode.FOLDED)) == groups[fold(syllable)], syllable


def test_smart_ranks_exact_before_folded_before_abbreviations(filled: Fill, make: Maker) -> None:
    engine = filled(
        make(1, "Tin", "về CCHC ở xã"),
        make(2, "Cai cach hanh chinh", "cai cach hanh chinh cai cach hanh chinh"),
        make(3, "Tin", "một lần nhắc tới cải cách hành chính trong một bài rất dài " + "về nhiều việc khác " * 50),
    )
    assert found(engine, "cải cách hành chính") == [3, 2, 1]
    assert found(engine, "cải cách hành chính", Mode.EXACT) == [3]
    assert sorted(found(engine, "cải cách hành chính", Mode.FOLDED)) == [2, 3]
    assert sorted(found(engine, "CCHC")) == [1, 2, 3]
    assert found(engine, "CCHC")[0] == 1


def test_a_typo_is_forgiven_only_for_want_of_anything_better(filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Kế hoạch", "tuyên truyền"), make(2, "Kế haoch", "tin"), make(3, "Năm 20201", "cách thức"))
    assert found(engine, "ke haoch") == [2]
    results = engine.find(Query("tuyen truyenn"))
    assert ([hit.id for hit in results.hits], results.forgiving) == ([1], True)
    assert "<mark>tuyên</mark> <mark>truyền</mark>" in results.hits[0].snippet.html()
    for never in ("20202", "cahc", "haoc", '"truyenn"', "20201/QĐ-UBNDD"):
        assert found(engine, never) == [], never
    assert found(engine, "truyenn", Mode.FOLDED) == found(engine, "truyềnn", Mode.EXACT) == []


@pytest.mark.parametrize("mode", Mode)
def test_every_word_must_be_found(mode: Mode, filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Một cửa", "liên thông"), make(2, "Một cửa", "tin"), make(3, "Tin", "liên thông"))
    assert found(engine, "một cửa liên thông", mode) == [1]
    assert found(engine, "một cửa vắngmặt", mode) == []


@pytest.mark.parametrize("mode", Mode)
def test_phrases_and_words_left_out(mode: Mode, filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Tin", "công chức xã giỏi"), make(2, "Tin", "chức vụ công ở xã"), make(3, "Tin", "công"))
    assert found(engine, '"công chức"', mode) == [1]
    assert sorted(found(engine, "công chức", mode)) == [1, 2]
    assert found(engine, "công chức -giỏi", mode) == [2]
    assert found(engine, 'công xã -"công chức"', mode) == [2]
    assert sorted(found(engine, "-giỏi", mode)) == [2, 3]


@pytest.mark.parametrize("mode", Mode)
def test_a_long_phrase_stands_in_one_piece(mode: Mode, filled: Fill, make: Maker) -> None:
    """Also where all its pairs of words stand side by side elsewhere."""
    engine = filled(
        make(1, "Tin", "một hai ba bốn"),
        make(2, "Tin", "hai ba bốn một hai ba một x ba hai y bốn"),
        make(3, "Một hai", "ba bốn một x ba hai y bốn hai ba"),
        make(4, "Tin", "khác"),
    )
    assert found(engine, '"một hai ba bốn"', mode) == [1]
    assert found(engine, 'body:"một hai"', mode) in ([1, 2], [2, 1])
    assert sorted(found(engine, '-"một hai ba bốn"', mode)) == [2, 3, 4]
    assert sorted(found(engine, "hai -body:một", mode)) == []
    assert sorted(found(engine, 'bốn -body:"một hai"', mode)) == [3]
    assert sorted(found(engine, "body:bốn title:một -khác", mode)) == [3]


def test_the_last_word_of_a_long_file_is_found(filled: Fill, make: Maker) -> None:
    words = [f"{at:x}" for at in range(0x10000, 0x10000 + 70_000)]
    engine = filled(make(1, "Tin", "x", files=[("dài.pdf", " ".join([*words, "rốt", "cuộc"]))]), make(2, "Tin", "y"))
    assert found(engine, '"rốt cuộc"', Mode.EXACT) == found(engine, "rot cuoc") == found(engine, words[-1]) == [1]
    assert found(engine, f'"{words[29_999]} {words[30_000]}"') == [1]


def test_what_is_like_an_article_shares_its_rare_words(filled: Fill, farm: Farm) -> None:
    engine = filled(*farm(60))
    results = engine.like(2, Query(limit=60, filters=Filters(any_topic=True)))
    assert results.hits
    assert results.total >= len(results.hits)
    assert 2 not in {hit.id for hit in results.hits}
    title = {article.id: article.row["title"] for article in farm(60)}
    assert str(title[results.hits[0].id])[:20] == str(title[2])[:20]
    assert engine.like(999, Query()).total == 0
    known = engine.frequencies(["sipas", "khôngcó"], exact=False)
    assert known["sipas"] > 0 == known["khôngcó"]


def test_a_word_left_out_with_marks_leaves_out_only_itself(filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Tin", "hòa giải"), make(2, "Tin", "hóa đơn"), make(3, "Tin", "tin"))
    assert sorted(found(engine, "tin -hòa")) == [2, 3]
    assert found(engine, "tin -hoa") == [3]


def test_fields(filled: Fill, make: Maker) -> None:
    engine = filled(
        make(1, "Kế hoạch", "tin"), make(2, "Tin", "kế hoạch"), make(3, "Tin", "x", files=[("a", "kế hoạch")])
    )
    assert found(engine, "title:hoạch") == [1]
    assert found(engine, 'title:"kế hoạch"') == [1]
    assert found(engine, "body:hoạch") == [2]
    assert found(engine, "kế hoạch") == [1, 2, 3]


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
@pytest.mark.parametrize("mode", Mode)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(alphabet=st.sampled_from('aáđ ộhoà"“-:/.+~^*?()[]{}\\!&|1208QĐKUBNDtitle:số:²ß'), max_size=40))
def test_no_typed_string_is_an_error(text: str, mode: Mode, engine: Engine, make: Maker) -> None:
    try:
        engine.cursor()
    except UnusableIndexError:
        _build(engine, [make(1, "Kế hoạch 82/QĐ-UBND", "hoà giải")])
    assert engine.find(Query(text, mode)).total in {0, 1}


@pytest.mark.parametrize("mode", Mode)
def test_no_frozen_string_is_an_error(mode: Mode, filled: Fill, make: Maker) -> None:
    """The same for every engine, with strings that are the same on every machine."""
    engine, draw = filled(make(1, "Kế hoạch 82/QĐ-UBND", "hoà giải")), random.Random(3)
    letters = 'aáđ ộhoà"“-:/.+~^*?()[]{}\\!&|1208QĐKUBNDtitle:số:²ß'
    for _ in range(60):
        text = "".join(draw.choices(letters, k=draw.randrange(40)))
        assert engine.find(Query(text, mode)).total in {0, 1}, text


# What is found about an article


def test_hits_say_what_the_archive_says(filled: Fill, seeds: list[ArchivedArticle]) -> None:
    hit = filled(*seeds).find(Query("đồng tháp", facets=())).hits[0]
    assert (hit.id, hit.portal, hit.published_at) == (4, "seed-4", "2019-12-27T13:07:13+07:00")
    assert hit.title == "Kế hoạch cải cách hành chính tỉnh năm 2020"
    assert "<mark>Đồng</mark> <mark>Tháp</mark>" in hit.snippet.html()


def test_places_of_then_and_now_issuer_files_and_captions_are_searched(
    filled: Fill, seeds: list[ArchivedArticle]
) -> None:
    engine = filled(*seeds)
    assert found(engine, '"Đà Nẵng"', Mode.EXACT) == [1]
    assert found(engine, '"UBND phường Tam Quan"', Mode.EXACT) == [2]


def test_a_hit_in_a_file_names_it(filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Tin", "x", files=[("phụ-lục.pdf", "Bảng chấm điểm các xã")]), make(2, "Tin", "y"))
    hit = engine.find(Query("chấm điểm")).hits[0]
    assert hit.snippet.html() == "[phụ-lục.pdf] Bảng <mark>chấm</mark> <mark>điểm</mark> các xã"


def test_title_outweighs_body_and_body_outweighs_files(filled: Fill, make: Maker) -> None:
    filler = "một bài viết khác về nhiều việc"
    engine = filled(
        make(1, "Tin", filler, files=[("a.pdf", f"thanh tra {filler}")]),
        make(2, "Tin", f"thanh tra {filler}"),
        make(3, "Thanh tra", filler),
        *(make(at, "Tin", filler) for at in range(4, 12)),
    )
    assert found(engine, "thanh tra") == [3, 2, 1]


@pytest.mark.parametrize("mode", Mode)
def test_words_side_by_side_in_the_title_come_first(mode: Mode, filled: Fill, make: Maker) -> None:
    titles = ["Công xã chính tài về", "Chính tài công bố xã", "Tài và chính về công", "Về tài chính công xã"]
    engine = filled(*(make(at, title, "tài chính công") for at, title in enumerate(titles, 1)))
    assert found(engine, "tài chính công", mode)[0] == 4


def test_freshness_breaks_ties(filled: Fill, make: Maker) -> None:
    days = {1: date(2020, 5, 1), 2: date(2024, 5, 1), 3: None, 4: date(2022, 5, 1)}
    engine = filled(*(make(at, "Thanh tra công vụ", "tin", published_at=day) for at, day in days.items()))
    assert found(engine, "thanh tra") == [2, 4, 1, 3]
    assert found(engine, "thanh tra", sort=Sort.NEWEST) == [2, 4, 1, 3]
    assert found(engine, "thanh tra", sort=Sort.OLDEST) == [1, 4, 2, 3]
    assert found(engine, "") == [2, 4, 1, 3]


# Filters, facets, pages

FILTERS = [
    Filters(),
    Filters(any_topic=True),
    Filters(province=("quang nam",)),
    Filters(province=("tỉnh Quảng Nam", "Hà Tĩnh"), any_topic=True),
    Filters(province_now=("da nang",)),
    Filters(district=("huyện Thăng Bình",)),
    Filters(level=("district",)),
    Filters(portal=("cong-1", "cong-2")),
    Filters(year=(2019, 2021)),
    Filters(since=date(2019, 6, 1), until=date(2021, 6, 1)),
    Filters(since=date(2022, 1, 1)),
    Filters(area=("cai cach the che",)),
    Filters(indicator=("sipas",)),
    Filters(kind=("Plan",)),
    Filters(type=("báo cáo",)),
    Filters(number=("120 bc ubnd", "131/BC-UBND")),
    Filters(body=("Ủy ban nhân dân huyện Lai Vung",)),
    Filters(family=("webcenter",), year=(2020,)),
    Filters(commune=("không có",)),
]


def allowed(article: ArchivedArticle, filters: Filters) -> bool:
    """The same in plain words of Python; the SQL of it is compared in test_sync.py."""
    row, when = article.row, article.row["published_at"]
    day = when.date() if when else None
    same = lambda value, typed: not typed or fold(str(value)) in {fold(str(one)) for one in typed}  # noqa: E731
    bare = lambda names: tuple(name.removeprefix("tỉnh ").removeprefix("huyện ") for name in names)  # noqa: E731
    tags = lambda name, typed: not typed or bool({fold(v) for v in row[name]} & {fold(one) for one in typed})  # noqa: E731
    return (
        (filters.any_topic or article.is_reform)
        and all(
            same(row[name], bare(getattr(filters, name)))
            for name in ("province", "province_now", "district", "commune")
        )
        and all(same(row[name], getattr(filters, name)) for name in ("level", "portal", "kind", "family"))
        and same(row["act_type"], filters.type)
        and (not filters.number or row["act_number"] in {"120/BC-UBND", "131/BC-UBND"})
        and (not filters.body or row["issuing_body"] == "UBND huyện Lai Vung")
        and tags("reform_areas", filters.area)
        and tags("indicators", filters.indicator)
        and (not filters.year or (day is not None and day.year in filters.year))
        and (not filters.since or (day is not None and day >= filters.since))
        and (not filters.until or (day is not None and day <= filters.until))
    )


def test_filters_and_facets_select_and_count_what_they_say(filled: Fill, farm: Farm) -> None:
    articles = farm(150)
    engine = filled(*articles)
    columns = {"act_type": "act_type", "area": "reform_areas", "indicator": "indicators", "body": "issuing_body"}
    for filters in FILTERS:
        chosen = [article for article in articles if allowed(article, filters)]
        results = engine.find(Query(filters=filters, limit=1000))
        assert {hit.id for hit in results.hits} == {article.id for article in chosen}, filters
        assert results.total == len(chosen)
        assert engine.ids(Query(filters=filters)) == sorted(article.id for article in chosen)
        for facet in FACETS:
            expected: Counter[str] = Counter()
            for article in chosen:
                when = article.row["published_at"]
                if facet in {"year", "month"}:
                    expected.update([f"{when:%Y}" if facet == "year" else f"{when:%Y-%m}"] if when else [])
                else:
                    value = article.row[columns.get(facet, facet)]
                    expected.update(value if isinstance(value, tuple) else [value] if value else [])
            assert results.facets[facet] == dict(expected), (facet, filters)
    assert any(not allowed(article, FILTERS[0]) for article in articles)


def test_filters_hold_together_with_words(filled: Fill, farm: Farm) -> None:
    engine = filled(*farm(150))
    hits = found(engine, "kiểm tra công vụ", filters=Filters(province=("Hà Tĩnh",)), limit=1000)
    whole = found(engine, "kiểm tra công vụ", filters=Filters(), limit=1000)
    assert 0 < len(hits) < len(whole)
    assert set(hits) < set(whole)


@pytest.mark.parametrize("sort", Sort)
def test_pages_follow_one_another_without_gap_or_repetition(sort: Sort, filled: Fill, farm: Farm) -> None:
    engine = filled(*farm(97))
    query = Query("huyện", sort=sort, limit=10)
    pages = [engine.find(Query("huyện", sort=sort, limit=10, offset=at)) for at in range(0, 100, 10)]
    listed = [hit.id for page in pages for hit in page.hits]
    assert sorted(listed) == engine.ids(query)
    assert {page.total for page in pages} == {len(listed)}


# Building


def _build(engine: Engine, articles: list[ArchivedArticle], cursor: int = 1) -> None:
    with engine.writing() as mine, engine.rebuilding() as beside:
        assert mine
        beside.replace([article.id for article in articles], map(document, articles), cursor)


def test_no_index_is_said_so(engine: Engine) -> None:
    assert engine.fault()
    with pytest.raises(UnusableIndexError, match="index sync"):
        engine.find(Query("kế hoạch"))


def test_replacing_moves_documents_and_cursor_together(filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Cũ"), make(2, "Bỏ"), make(3, "Còn"), cursor=5)
    assert engine.cursor() == 5
    with engine.writing():
        engine.replace([1, 2, 4], map(document, [make(1, "Mới"), make(4, "Thêm")]), 9)
    assert engine.cursor() == 9
    assert engine.ids(Query()) == [1, 3, 4]
    assert found(engine, "cũ") == []
    assert found(engine, "mới") == [1]
    assert engine.digests() == {a.id: document(a).digest for a in (make(1, "Mới"), make(3, "Còn"), make(4, "Thêm"))}


def test_a_replacement_that_fails_changes_nothing(filled: Fill, make: Maker) -> None:
    def failing() -> Any:
        yield document(make(1, "Mới"))
        raise RuntimeError

    engine = filled(make(1, "Cũ"), cursor=5)
    with engine.writing():
        with pytest.raises(RuntimeError):
            engine.replace([1], failing(), 6)
        assert (engine.cursor(), found(engine, "cũ"), found(engine, "mới")) == (5, [1], [])
        engine.replace([2], [document(make(2, "Thêm"))], 6)
    assert (engine.cursor(), found(engine, "cũ"), found(engine, "mới"), found(engine, "thêm")) == (6, [1], [], [2])


def test_a_rebuild_that_fails_leaves_the_index_in_use(filled: Fill, make: Maker) -> None:
    engine = filled(make(1, "Cũ"), cursor=5)

    def fail() -> None:
        with engine.writing(), engine.rebuilding() as beside:
            beside.replace([1], [document(make(1, "Mới"))], 6)
            assert found(engine, "cũ") == [1]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (engine.cursor(), found(engine, "cũ")) == (5, [1])


def test_the_digest_changes_with_everything_that_is_searched_or_shown(make: Maker) -> None:
    base = make(1, "Tin", "x")
    changes: list[dict[str, Any]] = [
        {"summary": "y"}, {"url": "https://a.vn"}, {"province": "Huế"}, {"published_at": date(2020, 1, 1)},
        {"announced": ["1/QĐ-UBND"]}, {"files": [("a", "b")]}, {"captions": ("c",)}, {"is_reform": False},
    ]  # fmt: skip
    made: list[Document] = [document(base), *(document(make(1, "Tin", "x", **change)) for change in changes)]
    assert len({one.digest for one in made}) == len(made)
    assert document(make(1, "".join(("T", "in")), "x")).digest == made[0].digest


def test_the_digest_outlives_the_python_that_made_it(make: Maker) -> None:
    assert document(make(1, "Tin", "Về CCHC \ud800", files=[("a", "b")])).digest == 84834363839783295


def test_every_vietnamese_letter_is_indexed_as_the_archive_folds_it() -> None:
    from search.engines.spelling import code, forms

    tones = ["", *"\u0300\u0301\u0303\u0309\u0323"]
    letters = {"đ", *(unicodedata.normalize("NFC", a + b) for a in "aăâeêioôơuưy" for b in tones)}
    for letter in sorted(letters | {letter.upper() for letter in letters}):
        assert forms(letter).folded == fold(letter)
        assert forms(letter).exact == code(retone(letter).lower())
