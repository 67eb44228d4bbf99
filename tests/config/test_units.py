"""The unit tables hold together: every function is total, every code that is named exists."""

import unicodedata
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import units

NAMESAKES = """06079 06184;10798 11911;11890 10804;11890 10843;25462 27694;27691 25459;28252 29869;28270 29869
28437 29869;28439 29869;29902 29869;29908 29869;28924 29734;29734 28921;29623 29182;31246 31726;31714 31246
31268 31666;31666 31288;31378 31654;31657 31378;31379 31582;31582 31378;31438 31741;31741 31408;31474 31741
31744 31473;31480 31639;31669 31480;31483 31591;31606 31495"""


def table(kind: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in units.rows("units") if row["kind"] == kind}


def test_counts() -> None:
    kinds = Counter(row["kind"] for row in units.rows("units"))
    assert kinds == {"p": 63, "n": 34, "d": 696, "g": 30, "ap": 18, "an": 10, "ad": 149}
    assert (len(units.communes()), len(units.communes_now())) == (10_035, 3_321)
    assert sum(map(len, units.successors().values())) == 10_566


def test_old_provinces_to_new_ones_is_a_total_function_onto_all_34() -> None:
    old, new = table("p"), table("n")
    assert all(row["successor"] == row["province_now"] for row in old.values())
    targets = Counter(row["successor"] for row in old.values())
    assert set(targets) == set(new)
    assert (sum(n > 1 for n in targets.values()), sum(n == 1 for n in targets.values())) == (23, 11)
    assert sum(n for n in targets.values() if n > 1) == 52
    for row in old.values():
        assert units.province_now(row["name"]) == units.stem(new[row["successor"]]["name"])


def test_every_parent_and_successor_exists() -> None:
    old, new, districts = table("p"), table("n"), table("d")
    for row in units.rows("units"):
        assert row["province_now"] in new, row
        assert not row["parent"] or row["parent"] in old or row["parent"] == "28", row
        if row["kind"] == "d":
            assert old[row["parent"]]["successor"] == row["province_now"], row
        if row["kind"] == "g":
            assert set(row["successor"].split("|")) <= set(districts) | set(old), row
        if row["kind"].startswith("a"):
            assert row["code"] in {"ap": old, "an": new, "ad": districts}[row["kind"]] or row["kind"] == "ad", row


def test_the_names_of_a_district_follow_one_another_without_gap_or_overlap() -> None:
    spans: dict[str, list[tuple[str, str]]] = {}
    for row in units.rows("units"):
        if row["kind"] in {"d", "ad"} and "spelling" not in row["note"] and row["to"]:
            spans.setdefault(row["code"], []).append((row["from"], row["to"]))
    for code, those in spans.items():
        those.sort(key=lambda span: span[1])
        assert all(not other[0] or one[1] == other[0] for one, other in pairwise(those)), (code, those)


def test_every_commune_has_a_district_and_successors_in_its_own_province() -> None:
    now, districts = units.communes_now(), table("d")
    assert set(units.communes()) == set(units.successors())
    for old, new in units.successors().items():
        commune = units.communes()[old]
        assert commune.parent[2:] in districts
        assert {now[code].province_now for code in new} == {commune.province_now}
    assert sum(len(new) > 1 for new in units.successors().values()) == 442
    islands = set(now) - {code for new in units.successors().values() for code in new}
    assert {now[code].name.split()[0] for code in islands} == {"Đặc"}
    assert len(islands) == 5


@pytest.mark.parametrize("pair", NAMESAKES.replace("\n", ";").split(";"))
def test_namesakes_inside_one_new_province_are_not_joined(pair: str) -> None:
    old, new = pair.split()
    assert new not in units.successors()[old]
    assert units.successors()[old]


@pytest.mark.parametrize("name", ["units", "wards", "wards_now", "ward_successors"])
def test_tables_are_clean_text(name: str) -> None:
    for row in units.rows(name):
        for value in row.values():
            assert value == unicodedata.normalize("NFC", value).strip()


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("Quảng Nam", "Đà Nẵng"),
        ("Bình Định", "Gia Lai"),
        ("Kon Tum", "Quảng Ngãi"),
        ("Tỉnh Kontum", "Quảng Ngãi"),
        ("Hà Tĩnh", "Hà Tĩnh"),
        ("Đồng Tháp", "Đồng Tháp"),
        ("Thừa Thiên - Huế", "Huế"),
        ("thanh pho ho chi minh", "Hồ Chí Minh"),
        ("TP HCM", "Hồ Chí Minh"),
        ("BR-VT", "Hồ Chí Minh"),
        ("Bà Rịa – Vũng Tàu", "Hồ Chí Minh"),
        ("Đắc Lắc", "Đắk Lắk"),
        ("Thanh Hoá", "Thanh Hóa"),
        ("Hà Tây", "Hà Nội"),
        ("Bình Trung", None),
        ("", None),
    ],
)
def test_the_province_of_today(name: str, now: str | None) -> None:
    assert units.province_now(name) == now


def test_a_district_is_found_in_its_province_only() -> None:
    que_son = units.district("Quế Sơn", "Quảng Nam")
    assert que_son is not None
    assert (que_son.identity, que_son.parent, que_son.province_now) == ("d:509", "p63:49", "48")
    assert units.district("Quế Sơn", "Hà Tĩnh") is None
    chau_thanh = units.district("huyện Châu Thành", "Long An")
    assert chau_thanh is not None
    assert chau_thanh.code == "808"
    hoai_nhon = units.district("Huyện Hoài Nhơn", "Bình Định")
    assert hoai_nhon is not None
    assert hoai_nhon.name == "Thị xã Hoài Nhơn"


def test_a_unit_is_told_with_those_above_it() -> None:
    assert units.in_full("d:543") == "Thị xã Hoài Nhơn, Tỉnh Bình Định"
    assert units.in_full("p34:48") == "Thành phố Đà Nẵng"
    assert units.in_full("w:00001") == "Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội"
    known = {unit.identity for unit in units.units()} | {f"wn:{code}" for code in units.communes_now()}
    assert all(units.in_full(one) for one in known)


def test_a_name_may_have_several_meanings() -> None:
    assert {unit.identity for unit in units.named("Kỳ Sơn", "d")} == {"d:151", "d:417"}
    assert {unit.system for unit in units.named("Hòa Bình")} == {"p63", "d"}
    assert len({unit.code for unit in units.named("Châu Thành", "d")}) >= 10


@given(st.sampled_from(sorted({row["name"] for row in units.rows("units")})))
def test_spelling_does_not_matter(name: str) -> None:
    loose = unicodedata.normalize("NFD", name.upper())
    assert units.key(loose) == units.key(name)
    assert units.named(loose) == units.named(name)
    assert units.named(name)


def test_stems() -> None:
    assert [units.stem(name) for name in ("Thị xã Hoài Nhơn", "Thị Trấn Prao", "Quận 1", "Phường 4", "Đà Nẵng")] == [
        "Hoài Nhơn",
        "Prao",
        "Quận 1",
        "Phường 4",
        "Đà Nẵng",
    ]
