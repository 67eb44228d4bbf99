"""The units that a name may mean: by its kind and the day, from the tables of config/units.

Provinces are those of before or since 1 July 2025 by the day of the text (UNITS.md, trap 5);
a district has the names and kinds it ever had; a commune is one of 2025-03-01, or of today.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache

from config import units

REFORM = date(2025, 7, 1)
"""The day 63 provinces became 34 and the level of districts ended."""

_DISTRICT_KINDS = frozenset({"huyện", "quận", "thị xã", "thành phố"})
_COMMUNE_KINDS = frozenset({"phường", "xã", "thị trấn", "đặc khu"})


def candidates(kind: str, name: str, on: date | None) -> tuple[str, ...]:
    """The identities of the units of that kind and name, in order; empty when no table has it."""
    found: set[str] = set()
    if kind in {"tỉnh", "thành phố"}:
        found |= provinces(name, on, kind)
    if kind in _DISTRICT_KINDS:
        found |= _districts(kind, name, on)
    if kind in _COMMUNE_KINDS:
        found |= _communes(kind, name, on)
    return tuple(sorted(found))


def bare(name: str, *, district: bool, on: date | None) -> tuple[str, ...]:
    """What a capitalised name without kind may mean: a province, or a district where one may stand."""
    found = provinces(name, on)
    if district:
        found |= {unit.identity for unit in units.named(name, "d")}
    return tuple(sorted(found))


def provinces(name: str, on: date | None, kind: str = "") -> set[str]:
    """Old and new provinces of a name: by the day one of them; without a day old ones, when they are the same today."""
    if name.isdigit():
        return set()
    those = [unit for unit in units.named(name, "p63", "p34") if not kind or _may_be(unit, kind)]
    old, new = ({unit.identity for unit in those if unit.system == system} for system in ("p63", "p34"))
    if on is not None and on >= REFORM:
        return new or old
    return old if on is not None else old or new


def _may_be(unit: units.Unit, kind: str) -> bool:
    """Whether a province is or was of that kind: `thành phố Cao Bằng` is a district."""
    return kind in _province_kinds()[unit.identity]


@cache
def _province_kinds() -> dict[str, frozenset[str]]:
    """What each province is or was: tỉnh, thành phố; three of the new ones were both."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for unit in units.units():
        if unit.system != "d":
            found[unit.identity] |= {kind for kind in ("tỉnh", "thành phố") if unit.name.lower().startswith(f"{kind} ")}
    return {identity: frozenset(kinds) for identity, kinds in found.items()}


def _districts(kind: str, name: str, on: date | None) -> set[str]:
    """Districts of a kind and name; of several those that bore the name on the day (UNITS.md, trap 4)."""
    wanted = units.key(f"{kind} {name}" if name.isdigit() else name)
    found = {code for one, code in _district_names().get(wanted, ()) if one == kind}
    if len(found) > 1 and on is not None:
        day = min(on, REFORM - timedelta(days=1)).isoformat()
        borne = {unit.identity for unit in units.named(name, "d") if unit.borne_on(day)} & found
        return borne or found
    return found


@cache
def _district_names() -> dict[str, set[tuple[str, str]]]:
    """Kind and identity by key, under every name, and under every kind that one of its names has."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for unit in units.units():
        if unit.system == "d":
            key = units.key(unit.name)
            names[key].add(unit.identity)
            kinds[key, unit.identity] |= {kind for kind in _DISTRICT_KINDS if unit.name.lower().startswith(f"{kind} ")}
    return {
        key: {(kind, code) for code in codes for kind in (kinds[key, code] or _DISTRICT_KINDS)}
        for key, codes in names.items()
    }


def _communes(kind: str, name: str, on: date | None) -> set[str]:
    wanted = (kind, units.key(f"{kind} {name}" if name.isdigit() else name))
    if on is not None and on >= REFORM:
        return _commune_names(now=True).get(wanted, set()) or _commune_names(now=False).get(wanted, set())
    return _commune_names(now=False).get(wanted, set()) or _commune_names(now=True).get(wanted, set())


@cache
def _commune_names(*, now: bool) -> dict[tuple[str, str], set[str]]:
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for unit in (units.communes_now() if now else units.communes()).values():
        kind = next(kind for kind in _COMMUNE_KINDS if unit.name.lower().startswith(kind))
        found[kind, units.key(unit.name)].add(unit.identity)
    return dict(found)
