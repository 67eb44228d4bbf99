"""Places: the one a portal speaks for, today's province, and the bodies named after places.

Units are in config/units. A body named without its place gets the portal's: `UBND huyện` on
the portal of Quế Sơn is `UBND huyện Quế Sơn`. What is not certain stays as it was written.
"""

from functools import cache
from typing import Protocol

import regex

from archive.records import Place
from config import units

LEVELS = {
    "tỉnh": "tỉnh",
    "thành phố": "thành phố",
    "tp": "thành phố",
    "tp.": "thành phố",
    "huyện": "huyện",
    "quận": "quận",
    "thị xã": "thị xã",
    "tx": "thị xã",
    "tx.": "thị xã",
    "phường": "phường",
    "xã": "xã",
    "thị trấn": "thị trấn",
    "tt.": "thị trấn",
    "đặc khu": "đặc khu",
}
"""How the kind of a place is written before its name, and the whole word for it."""

_COMMUNE_KINDS = ("phường", "xã", "thị trấn", "đặc khu")
_DISTRICT_KINDS = ("huyện", "quận", "thị xã", "thành phố")


class PortalCard(Protocol):
    """Whatever says which place a portal speaks for: a portal file, or the archive's own row of it."""

    @property
    def level(self) -> str: ...
    @property
    def province(self) -> str | None: ...
    @property
    def district(self) -> str | None: ...
    @property
    def commune(self) -> str | None: ...


def place_of(portal: PortalCard) -> Place:
    """The place a portal speaks for, as its file names it."""
    return Place(str(portal.level), portal.province, portal.district, portal.commune)


def province_now(province: str | None) -> str | None:
    """Today's province, by its short name, of a province named as it was; None when unknown."""
    return units.province_now(province) if province else None


@cache
def kinds_of_district(name: str, province: str) -> frozenset[str]:
    """What a district of that name in that province is or was: huyện, quận, thị xã, thành phố; empty when unknown."""
    parents = {unit.identity for unit in units.named(province, "p63")}
    found = {unit.name for unit in units.named(name, "d") if unit.parent in parents}
    return frozenset(kind for one in found for kind in _DISTRICT_KINDS if one.lower().startswith(kind))


@cache
def is_city(province: str) -> bool:
    """Whether a province was a centrally run city on 1 July 2025, or is one if it is new since."""
    found = units.named(province, "p63") or units.named(province, "p34")
    return any(unit.name.startswith("Thành phố") for unit in found)


@cache
def kind_of_commune(name: str, district: str | None, province: str) -> str | None:
    """What a commune of that name there is: phường, xã, thị trấn or đặc khu; None when unknown or unclear."""
    wanted = units.key(name)
    found = {unit.name for unit in _communes(district, province) if units.key(unit.name) == wanted}
    kinds = {kind for one in found for kind in _COMMUNE_KINDS if one.lower().startswith(kind)}
    return kinds.pop() if len(kinds) == 1 else None


def _communes(district: str | None, province: str) -> list[units.Unit]:
    if district:
        unit = units.district(district, province)
        return [one for one in units.communes().values() if unit and one.parent == unit.identity]
    now = {unit.identity for unit in units.named(province, "p34")}
    return [one for one in units.communes_now().values() if one.parent in now]


def complete(level: str, place: Place) -> str | None:
    """Level and name of the portal's own place of that level: `huyện` as `huyện Quế Sơn`; None when it has none."""
    if level == "tỉnh":
        return f"tỉnh {place.province}" if place.province else None
    if level in _COMMUNE_KINDS:
        return f"{level} {place.commune}" if place.commune else None
    if place.district and place.province:
        kinds = kinds_of_district(place.district, place.province)
        if level in kinds or (not kinds and not (level == "thành phố" and is_city(place.province))):
            return f"{level} {place.district}"
    if level == "thành phố" and place.province and is_city(place.province):
        return f"thành phố {place.province}"
    return None


def own(place: Place) -> str | None:
    """Level and name of the very place a portal speaks for; None when its kind is not known."""
    if place.level == "commune" and place.commune and place.province:
        kind = kind_of_commune(place.commune, place.district, place.province)
        return f"{kind} {place.commune}" if kind else None
    if place.level == "district" and place.district and place.province:
        return district_with_kind(place)
    return province_with_kind(place) if place.level == "province" else None


def province_with_kind(place: Place) -> str | None:
    """The portal's province with its kind: `tỉnh Kon Tum`, `thành phố Đà Nẵng`."""
    if place.province is None:
        return None
    return f"{'thành phố' if is_city(place.province) else 'tỉnh'} {place.province}"


def district_with_kind(place: Place) -> str | None:
    """The portal's district with the kind it had last; None when it is not in the tables."""
    if place.district is None or place.province is None:
        return None
    unit = units.district(place.district, place.province)
    kind = next((kind for kind in _DISTRICT_KINDS if unit and unit.name.lower().startswith(kind)), None)
    return f"{kind} {place.district}" if kind else None


_JOINTS = regex.compile(r"(?<=\S)(?= (?:- )?)")
"""Where one word of a name ends and the next begins."""


def known_name(level: str, name: str, place: Place) -> str | None:
    """The longest beginning of a run of capitalised words that is the name of such a place; None when none is."""
    parts = _JOINTS.split(name)
    for length in range(len(parts), 0, -1):
        tried = "".join(parts[:length]).strip(" -")
        if tried and _is_name(level, tried, place):
            return tried
    return None


def _is_name(level: str, name: str, place: Place) -> bool:
    wanted = units.key(name)
    if wanted in {units.key(own_name) for own_name in (place.province, place.district, place.commune) if own_name}:
        return True
    if level in _COMMUNE_KINDS:
        return False
    systems = ("p63", "p34") if level == "tỉnh" else ("p63", "p34", "d") if level == "thành phố" else ("d",)
    return bool(units.named(f"{level} {name}", *systems)) or bool(units.named(name, *systems))


def full_name(capitals: str) -> str:
    """A name written in capitals as tables spell it: `HCM` as `Hồ Chí Minh`, `QUẾ SƠN` as `Quế Sơn`."""
    known = {unit.identity for unit in units.named(capitals)}
    names = {unit.stem for unit in units.units() if unit.identity in known and not unit.other}
    return names.pop() if len(names) == 1 else capitals.title()
