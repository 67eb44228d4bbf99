"""What each filter selects, alone and together, on both databases."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import queries
from archive.filters import Filters, body_key, name_key, place_key, place_keys
from archive.histories import resolved
from archive.records import Stated
from config.portal import Level
from tests.archives import Archive, capture, later

PLAN = "Ngày 20/01/2020, UBND huyện Quế Sơn ban hành Quyết định số 82/QĐ-UBND về Kế hoạch cải cách hành chính năm 2020."
INDEX = (
    "Sở Nội vụ công bố kết quả Chỉ số cải cách hành chính PAR INDEX và cải cách thủ tục hành chính năm 2023, "
    "theo Quyết định số 82/QĐ-UBND ngày 20/01/2020 và Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ."
)
FOOTBALL = "Đội bóng xã Phú Mỹ giành chức vô địch. UBND xã ban hành Kế hoạch số 07/KH-UBND về lễ đón đội."


@pytest.fixture
def filled(archive: Archive) -> Archive:
    archive.run("hoainhon", province="Bình Định", district="Hoài Nhơn", level=Level.DISTRICT)
    archive.run("baodongthap", province="Đồng Tháp", district=None, level=Level.NEWSPAPER)
    archive.record("plan", "Kế hoạch cải cách hành chính năm 2020", PLAN, dates=(Stated("21/01/2020", "page"),))
    archive.record(
        "index",
        "Kết quả Chỉ số cải cách hành chính",
        INDEX,
        slug="hoainhon",
        dates=(Stated("31/12/2023 23:30", "page"),),
    )
    archive.record("football", "Phú Mỹ vô địch", FOOTBALL, slug="baodongthap", family="generic", dates=())
    return archive


CASES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [1, 2]),
    ({"any_topic": True}, [1, 2, 3]),
    ({"portal": ("queson",)}, [1]),
    ({"portal": ("queson", "hoainhon")}, [1, 2]),
    ({"province": ("Quảng Nam",)}, [1]),
    ({"province": ("tỉnh quảng nam",)}, [1]),
    ({"province": ("quang nam",)}, [1]),
    ({"province": ("TINH QUANG NAM", "Bình Định")}, [1, 2]),
    ({"province": ("Nam",)}, []),
    ({"province_now": ("Gia Lai",)}, [2]),
    ({"province_now": ("thanh pho da nang",)}, [1]),
    ({"district": ("huyện Quế Sơn",)}, [1]),
    ({"district": ("que son",), "province": ("Bình Định",)}, []),
    ({"level": ("newspaper",), "any_topic": True}, [3]),
    ({"since": date(2020, 1, 21), "until": date(2020, 1, 21)}, [1]),
    ({"since": date(2020, 1, 22)}, [2]),
    ({"until": date(2023, 12, 30), "any_topic": True}, [1]),
    ({"year": (2023,)}, [2]),
    ({"year": (2020, 2023), "any_topic": True}, [1, 2]),
    ({"year": (2024,)}, []),
    ({"family": ("generic",), "any_topic": True}, [3]),
    ({"type": ("Quyết định",)}, [1]),
    ({"type": ("quyet dinh",)}, [1]),
    ({"number": ("82/QĐ-UBND",)}, [1]),
    ({"number": ("82 qd ubnd",)}, [1]),
    ({"number": ("82/QĐ-UBND", "0082/QĐ-UBND")}, [1]),
    ({"number": ("7/KH-UBND",), "any_topic": True}, [3]),
    ({"number": ("007 kh ubnd",), "any_topic": True}, [3]),
    ({"number": ("76/NQ-CP",)}, []),
    ({"indicator": ("par index",)}, [2]),
]


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_each_filter_selects(filled: Archive) -> None:
    for given_, ids in CASES:
        filters = Filters(**given_)
        assert filled.read(queries.matching, filters) == ids, given_
        assert filled.read(queries.count, filters) == len(ids), given_
        assert [row["id"] for row in filled.read(queries.rows, filters)] == ids, given_


def test_areas_kinds_and_bodies_select_what_the_row_says(filled: Archive) -> None:
    rows = filled.read(queries.rows, Filters(any_topic=True))
    for row in rows:
        for area in row["reform_areas"]:
            assert row["id"] in filled.read(queries.matching, Filters(area=(area,), any_topic=True))
        assert row["id"] in filled.read(queries.matching, Filters(kind=(row["kind"],), any_topic=True))
    assert rows[0]["issuing_body"]
    for typed in (rows[0]["issuing_body"], rows[0]["issuing_body"].replace("Ủy ban nhân dân", "ubnd").lower()):
        assert filled.read(queries.matching, Filters(body=(typed,))) == [1], typed
    assert filled.read(queries.matching, Filters(area=("no such area",))) == []


def test_ids_and_filters_together(filled: Archive) -> None:
    many = range(1, 100_000)
    assert [row["id"] for row in filled.read(queries.rows, Filters(), ids=many)] == [1, 2]
    assert [row["id"] for row in filled.read(queries.rows, Filters(), ids=[2, 3, 99])] == [2]
    assert filled.read(queries.rows, Filters(), ids=[]) == []


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("huyện Quan Hóa", "quan hoa"),
        ("Quan Hóa", "quan hoa"),
        ("Quận 1", "1"),
        ("TP. Hồ Chí Minh", "ho chi minh"),
        ("thành phố Huế", "hue"),
        ("Xã Đàn", "dan"),
        ("Bà Rịa - Vũng Tàu", "ba ria vung tau"),
        ("Thừa Thiên Huế", "thua thien hue"),
        ("Hoà Bình", "hoa binh"),
        (None, ""),
    ],
)
def test_place_keys(written: str | None, key: str) -> None:
    assert place_key(written) == key


@pytest.mark.parametrize("typed", ["quan hoa", "Quan Hóa", "huyen quan hoa", "QUAN HOA"])
def test_a_typed_place_is_found_with_and_without_its_kind(typed: str) -> None:
    assert place_key("Quan Hóa") in place_keys(typed)


def test_bodies_are_one_written_out_or_short() -> None:
    assert (
        body_key("UBND huyện Quế Sơn") == body_key("Uỷ ban nhân dân huyện Quế Sơn") == "uy ban nhan dan huyen que son"
    )


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.fixture
def lived(archive: Archive) -> Archive:
    """1 never changed, 2 a comma, 3 a word and then a number; 4 was gone after 20 days, 5 (undated) after 40."""
    body = "UBND huyện ban hành Kế hoạch cải cách hành chính năm 2024 gồm các nhiệm vụ sau: một, hai, ba, bốn, năm."
    said = {"dates": (Stated("01/03/2024", "page"),)}
    for name in ("a", "b", "c", "d"):
        archive.record(name, f"Kế hoạch {name}", body.replace("sau", f"sau {name}"), **said)
    archive.record("e", "Kế hoạch e", body.replace("sau", "sau e"), dates=())
    archive.record("b", "Kế hoạch b", body.replace("sau", "sau b").replace(", hai", " - hai"), at=later(days=1), **said)
    for day, new in ((1, "bốn, sáu"), (2, "bốn, 6")):
        changed = body.replace("sau", "sau c").replace("bốn, năm", new)
        archive.record("c", "Kế hoạch c", changed, at=later(days=day), **said)
    for number, name, day in ((4, "d", 20), (5, "e", 40)):
        kept = archive.store.keep(archive.run(), capture(f"https://queson.gov.vn/{name}.html", b"", at=later(days=day)))
        archive.store.gone(archive.run(), number, "status 404", kept)
    return archive


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"edited": ("cosmetic",)}, [2]),
        ({"edited": ("textual",)}, [3]),
        ({"edited": ("substantive",)}, [3]),
        ({"edited": ("cosmetic", "substantive")}, [2, 3]),
        ({"edited": ("any",)}, [2, 3]),
        ({"edited": ("any",), "family": ("vhv",)}, []),
        ({"removed": 30}, [4]),
        ({"removed": 19}, []),
        ({"removed": 41}, [4, 5]),
        ({"removed": 30, "edited": ("any",)}, []),
        ({"among": frozenset({2, 5})}, [2, 5]),
        ({"among": frozenset()}, []),
    ],
)
def test_what_became_of_articles(lived: Archive, given: dict[str, Any], expected: list[int]) -> None:
    filters = Filters(any_topic=True, **given)
    assert lived.read(queries.matching, filters) == expected
    assert [row["id"] for row in lived.read(queries.rows, filters)] == expected
    assert lived.read(queries.count, filters) == len(expected)
    told = resolved(lived.session, filters)
    assert not told.historical
    assert lived.read(queries.matching, told) == expected


@pytest.mark.parametrize(
    ("typed", "named"),
    [("TPHCM", "Hồ Chí Minh"), ("Đắc Lắc", "Đắk Lắk"), ("Huế", "Thừa Thiên Huế"), ("BR-VT", "Bà Rịa - Vũng Tàu")],
)
def test_another_name_of_a_province_is_the_same_place(typed: str, named: str) -> None:
    assert place_key(named) in place_keys(typed)
    assert place_key("Quảng Nam") not in place_keys(typed)
    assert place_keys("Quế Sơn") == {"que son"}
