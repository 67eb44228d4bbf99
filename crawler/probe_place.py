"""Guesses whose portal it is, from its host and its title, by the tables of units; where they leave doubt, it says so.

A name that several units bear decides nothing unless the host or the title names the one above it (UNITS.md, trap 3).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from archive.text import fold, nfc, retone
from config import units
from config.units import Unit

PROVINCE_HOSTS = {
    "hochiminhcity": "Hồ Chí Minh",
    "tphcm": "Hồ Chí Minh",
    "thuathienhue": "Huế",
    "bariavungtau": "Bà Rịa - Vũng Tàu",
    "brvt": "Bà Rịa - Vũng Tàu",
}
KINDS = {
    "tinh": "p",
    "thanh pho": "pd",
    "tp": "pd",
    **dict.fromkeys(("quan", "huyen", "thi xa", "tx"), "d"),
    **dict.fromkeys(("xa", "phuong", "thi tran", "dac khu"), "c"),
}
"""The words for a unit's kind, and the levels at which units of that kind stand."""
PREFIX = re.compile(r"^(?:ubnd|huyen|tp|tx|thanhpho|thixa|quan|xa|phuong)-?(?=[a-z]{3})")
DEPARTMENT = re.compile(r"^so[a-z]|^(?:snv|vpubnd|vanphong|bql)|\bso (?:noi vu|tu phap|tai chinh|xay dung|y te)\b")
NEWSPAPER = re.compile(r"^bao |\bbao (?:dien tu|online)\b")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """Whose portal it seems to be; `why` tells what each part rests on, `unsure` the keys a person must fill in."""

    level: str = ""
    province: str = ""
    district: str = ""
    commune: str = ""
    why: tuple[str, ...] = ()
    unsure: tuple[str, ...] = field(default=())


def guess(host: str, title: str) -> Guess:
    """Level and place of the portal with this host and this title of the home page."""
    named = _of_title(title)
    province, label = _province_of(host)
    known = replace(named, province=province, why=(*named.why, f"the host says {label!r}")) if province else named
    if province and named.province and units.province_now(named.province) != units.province_now(province):
        return replace(known, unsure=("province",), why=(*known.why, f"the title says {named.province!r}"))
    known = _with_host(known, host)
    return replace(known, unsure=_missing(known))


def _missing(known: Guess) -> tuple[str, ...]:
    needed = {"ministry": (), "district": ("province", "district"), "commune": ("province", "commune")}
    return tuple(key for key in ("level", *needed.get(known.level, ("province",))) if not getattr(known, key))


def _with_host(known: Guess, host: str) -> Guess:
    """What the labels of a host add: `queson.quangnam.gov.vn`, `sonoivu.hatinh.gov.vn`, `baohatinh.vn`."""
    labels = host.removeprefix("www.").removesuffix(".vn").removesuffix(".gov").removesuffix(".com").split(".")
    first = labels[0]
    if known.level in {"newspaper", "ministry"}:
        return known
    if host.removeprefix("www.").startswith("bao") and not host.endswith(".gov.vn"):
        return replace(known, level="newspaper", why=(*known.why, "the host begins with 'bao'"))
    if DEPARTMENT.search(first) and known.province:
        return replace(known, level="province", district="", commune="", why=(*known.why, f"{first!r} is a department"))
    if known.level or not known.province:
        return known
    if len(labels) == 1:
        return replace(known, level="province", why=(*known.why, "the host is the province's own"))
    found = _district(PREFIX.sub("", first), known.province)
    return (
        replace(known, level="district", district=found, why=(*known.why, f"{first!r} is {found}")) if found else known
    )


def _province_of(host: str) -> tuple[str, str]:
    """The province that a label of the host spells, as it was named, and that label."""
    for label in reversed(host.removeprefix("www.").split(".")):
        plain = label.replace("-", "").removeprefix("bao")
        name = PROVINCE_HOSTS.get(plain) or _provinces().get(plain)
        if name:
            return name, label
    return "", ""


@cache
def _provinces() -> dict[str, str]:
    """The short name of every province there was or is, by its letters alone."""
    return {units.key(one.name): one.stem for one in units.units() if one.system in {"p63", "p34"} and not one.other}


def _district(label: str, province: str) -> str:
    one = units.district(label, province)
    return one.stem if one else ""


def _of_title(title: str) -> Guess:
    """What a title says: "Cổng thông tin điện tử huyện Quế Sơn, tỉnh Quảng Nam"."""
    found = list(_units_in(title))
    folded = fold(title)
    why = tuple(f"the title says {unit.name}" for unit in found)
    if NEWSPAPER.search(folded):
        return Guess("newspaper", _above(found) or _plain_province(folded), why=("the title is a newspaper's", *why))
    if folded.startswith(("bo ", "cong thong tin dien tu bo ", "thanh tra chinh phu", "chinh phu")):
        return Guess("ministry", why=("the title is a ministry's",))
    lowest = min(found, key=lambda unit: {"w": 0, "wn": 0, "d": 1}.get(unit.system, 2), default=None)
    if lowest is None:
        return Guess(why=why)
    if lowest.system in {"w", "wn"}:
        return replace(_commune(lowest, _above(found)), why=why)
    if lowest.system == "d":
        return Guess("district", _parent(lowest), lowest.stem, why=why)
    return Guess("province", lowest.stem, why=why)


def _units_in(title: str) -> Iterator[Unit]:
    """The units a title names with the word for their kind, the longest name that fits, none that is ambiguous."""
    words = WORD.findall(title)
    above = ""
    for at in sorted(range(len(words)), reverse=True):
        for width in (2, 1):
            kind = fold(" ".join(words[at : at + width]))
            if kind in KINDS:
                unit = _named(kind, words[at + width :], above)
                if unit:
                    above = above or _above([unit])
                    yield unit
                break


def _named(kind: str, words: list[str], province: str) -> Unit | None:
    for width in range(min(LONGEST_NAME, len(words)), 0, -1):
        name = " ".join(words[:width])
        for level in KINDS[kind]:
            those = [*_at(level, units.key(name)), *_at(level, units.key(f"{kind} {name}"))]
            those = [unit for unit in those if fold(unit.name).startswith(_whole(kind))]
            those = [unit for unit in those if not province or province in {_above([unit]), unit.stem}] or those
            if those:
                return _one_of(_spelt(those, name) or those, name)
    return None


def _spelt(those: list[Unit], name: str) -> list[Unit]:
    """The units whose name has the very marks that are printed: Quang Vinh is not Quang Vĩnh."""
    plain = retone(nfc(name)).casefold()
    return [unit for unit in those if retone(unit.stem).casefold() == plain]


def _one_of(those: list[Unit], name: str) -> Unit:
    """The unit meant; one of several that share a name is nobody's child, as nobody knows whose.

    A commune of today with the name of one before 1 July 2025 in its place is taken for that.
    """
    before = [unit for unit in those if unit.system != "wn"] or those
    places = {unit.province_now for unit in those}
    if len({unit.identity for unit in before}) == 1 and len(places) == 1:
        return before[0]
    return replace(those[0], parent="", province_now="", name=f"{those[0].name.split()[0]} {name}")


def _whole(kind: str) -> str:
    return {"tp": "thanh pho", "tx": "thi xa"}.get(kind, kind)


def _at(level: str, key: str) -> list[Unit]:
    return _by_level()[level].get(key, [])


@cache
def _by_level() -> dict[str, dict[str, list[Unit]]]:
    """Units by level (province, district, commune) and the letters of their names; today's unless gone."""
    communes = [*units.communes().values(), *units.communes_now().values()]
    now = {unit.identity: unit for unit in units.units() if not unit.other}
    levels: dict[str, Iterable[Unit]] = {
        "p": [unit for unit in now.values() if unit.system == "p63"],
        "d": [unit for unit in units.units() if unit.system == "d" and unit.identity in now],
        "c": communes,
    }
    found: dict[str, dict[str, list[Unit]]] = {level: {} for level in levels}
    for level, those in levels.items():
        for unit in those:
            found[level].setdefault(units.key(unit.name), []).append(unit)
    return found


def _above(found: list[Unit]) -> str:
    """The province of the first unit that has one."""
    return next((name for unit in found if (name := unit.stem if unit.system == "p63" else _parent(unit))), "")


def _parent(unit: Unit) -> str:
    """The short name of the province that a district or commune belonged to; today's for a commune of today."""
    if unit.system == "w" and unit.parent:
        return _parent(_identities()[unit.parent])
    parent = _identities().get(unit.parent)
    return parent.stem if parent else ""


@cache
def _identities() -> dict[str, Unit]:
    return {unit.identity: unit for unit in units.units() if not unit.other}


def _commune(unit: Unit, province: str) -> Guess:
    """A commune with the district and province above it; a name of before and of today is taken as of before."""
    district = _identities()[unit.parent].stem if unit.system == "w" and unit.parent else ""
    return Guess("commune", province or _parent(unit), district, unit.stem)


def _plain_province(folded: str) -> str:
    """The province that a newspaper is named after, which has no word for its kind before it; the longest name."""
    letters = re.sub(r"[^a-z0-9]+", " ", folded)
    fits = [name for name in _provinces().values() if f" {re.sub(r'[^a-z0-9]+', ' ', fold(name))} " in f"{letters} "]
    return max(fits, key=len, default="")
