"""Places in running text: every old district in seven spellings, no place where there is none, open where unclear."""

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.place_names import find_places
from archive.records import Place
from archive.text import clean
from config import units

MINISTRY = Place("ministry")
LAST_DAY = date(2025, 6, 30)
QUE_SON = Place("district", "Quảng Nam", "Quế Sơn")
TITLES = (Path(__file__).parent / "titles_without_places.txt").read_text(encoding="utf-8").splitlines()
SHORT = {"huyện": "H.", "quận": "Q.", "thị xã": "TX.", "thành phố": "TP."}


def split(unit: units.Unit) -> tuple[str, str]:
    kind = next(kind for kind in SHORT if unit.name.lower().startswith(f"{kind} "))
    return kind, unit.name[len(kind) + 1 :]


def newer_tones(text: str) -> str:
    for old, new in (("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("ùy", "uỳ"), ("úy", "uý"), ("ủy", "uỷ"), ("ũy", "uỹ")):
        text = text.replace(old, new)
    return text


SPELLINGS: dict[str, Callable[[str, str, str], str]] = {
    "official": lambda district, _, province: f"UBND {district}, {province} ban hành kế hoạch",
    "short": lambda district, name, province: (
        f"UBND {SHORT[district.removesuffix(' ' + name)]} {name} ({stem(province)})"
    ),
    "capitals": lambda district, _, province: f"UBND {district}, {province} BAN HÀNH KẾ HOẠCH".upper(),
    "no tones": lambda district, _, province: units_plain(f"UBND {district}, {province}"),
    "decomposed": lambda district, _, province: unicodedata.normalize("NFD", f"tại {district} - {stem(province)}"),
    "newer tones, wide blanks": lambda district, _, province: newer_tones(f"{district}\u00a0, {province}").replace(
        " ", "  "
    ),
    "hyphens": lambda district, name, province: district.replace(name, name.replace(" ", "-")) + f", {stem(province)}",
}


def stem(province: str) -> str:
    return province.removeprefix("tỉnh ").removeprefix("thành phố ")


def units_plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return "".join(c for c in letters if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")


def old_districts() -> list[tuple[units.Unit, str, str, str]]:
    """Each district with its name in a sentence, its stem, and its province in a sentence."""
    provinces = {unit.identity: unit.name for unit in units.units() if unit.system == "p63" and not unit.other}
    found = []
    for unit in units.units():
        if unit.system == "d" and not unit.other:
            (kind, name), province = split(unit), provinces[unit.parent]
            found.append((unit, f"{kind} {name}", name, province[0].lower() + province[1:]))
    return found


@pytest.mark.parametrize("spelling", list(SPELLINGS))
def test_every_old_district_is_found(spelling: str) -> None:
    districts = old_districts()
    assert len(districts) == 696
    wrong = []
    for unit, district, name, province in districts:
        text = clean(SPELLINGS[spelling](district, name, province))
        if unit.identity not in {one.unit for one in find_places(text, MINISTRY, LAST_DAY)}:
            wrong.append((unit.identity, text))
    assert wrong == []


def test_every_old_district_is_found_on_its_own_portal() -> None:
    for unit, district, name, province in old_districts():
        portal = Place("district", stem(province), name)
        assert [one.unit for one in find_places(f"UBND {district} ban hành", portal, LAST_DAY)] == [unit.identity]


def test_no_place_in_ordinary_titles() -> None:
    assert len(TITLES) >= 250
    assert len(set(TITLES)) == len(TITLES)
    found = {title: names for title in TITLES if (names := find_places(title, QUE_SON))}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("UBND huyện Châu Thành ban hành kế hoạch", 10),
        ("Công an huyện Kỳ Sơn cấp chứng minh", 2),
        ("xã Tân An tổ chức hội nghị", 9),
    ],
)
def test_what_may_be_several_stays_open(text: str, meanings: int) -> None:
    found = find_places(text, MINISTRY, date(2018, 6, 1))
    assert [one.unit for one in found] == [None]
    assert len(found[0].units) >= meanings


@pytest.mark.parametrize(
    ("text", "place", "on", "identities"),
    [
        ("UBND huyện Châu Thành ban hành", Place("province", "Long An"), None, ["d:808"]),
        ("huyện Châu Thành (tỉnh Bến Tre)", Place("province", "Long An"), None, ["d:831", "p63:83"]),
        ("tỉnh Ninh Bình", MINISTRY, date(2025, 6, 30), ["p63:37"]),
        ("tỉnh Ninh Bình", MINISTRY, date(2025, 7, 1), ["p34:37"]),
        ("huyện Hoài Nhơn", MINISTRY, date(2018, 1, 1), ["d:543"]),
        ("thị xã Hoài Nhơn", MINISTRY, date(2023, 1, 1), ["d:543"]),
        ("thị xã Quế Sơn", QUE_SON, None, []),
        ("huyện Đạ Huoai", Place("province", "Lâm Đồng"), date(2023, 6, 1), ["d:681"]),
        ("huyện Đạ Huoai", Place("province", "Lâm Đồng"), date(2025, 6, 1), ["d:682"]),
        ("thành phố Bắc Ninh", MINISTRY, date(2025, 6, 1), ["d:256"]),
        ("thành phố Bắc Ninh", MINISTRY, date(2026, 10, 1), [None]),
        ("Công tác cải cách của Quảng Nam", MINISTRY, date(2023, 6, 1), ["p63:49"]),
        ("TPHCM và TP.HCM", MINISTRY, date(2023, 1, 1), ["p63:79", "p63:79"]),
        ("Q.1, TP.HCM", MINISTRY, date(2023, 1, 1), ["d:760", "p63:79"]),
        ("xã Quế Phú, Quế Sơn, Quảng Nam", MINISTRY, date(2023, 1, 1), ["w:20650", "d:509", "p63:49"]),
        ("Đoàn làm việc tại Hà Nội", QUE_SON, date(2023, 1, 1), ["p63:01"]),
        ("Hòa Bình, Thái Bình và Quảng Nam", MINISTRY, date(2023, 1, 1), ["p63:17", "p63:34", "p63:49"]),
        ("vì hòa bình, thái bình, bình định", QUE_SON, None, []),
        ("UBND huyện Quế Sơn Nguyễn Văn A", QUE_SON, None, ["d:509"]),
        ("phường Tam Quan", Place("commune", "Gia Lai", None, "Tam Quan"), date(2025, 8, 1), ["wn:21637"]),
    ],
)
def test_what_decides(text: str, place: Place, on: date | None, identities: list[str]) -> None:
    assert [one.unit for one in find_places(text, place, on)] == identities


@given(st.text(alphabet="huyện Quế SơnTPHCM.,()-1 tỉnhĐàNẵng\n", max_size=60))
@settings(max_examples=100)
def test_no_text_breaks_the_search(text: str) -> None:
    text = clean(text)
    for one in find_places(text, QUE_SON):
        assert 0 <= one.start < one.end <= len(text)
        assert one.units
