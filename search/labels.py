"""The labels articles are filtered and counted by, compared by the archive's own keys.

SQL and every engine compare the same keys, so the same filter selects the same articles.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from archive.filters import Filters, body_key, name_key, number_key, place_key, place_keys


def _same(value: str) -> str:
    return value


KEYS: Final[dict[str, Callable[[str], str]]] = {
    "portal": _same,
    "level": str.casefold,
    "province": place_key,
    "district": place_key,
    "commune": place_key,
    "province_now": place_key,
    "year": _same,
    "month": _same,
    "act_type": name_key,
    "area": name_key,
    "indicator": name_key,
    "body": body_key,
    "kind": str.casefold,
    "family": _same,
    "number": number_key,
}
"""How the values of each label are compared."""

LABELS = tuple(KEYS)
PLACES = ("province", "district", "commune", "province_now")


@lru_cache(maxsize=100_000)
def key(label: str, value: str) -> str:
    """What a value of a label is compared as."""
    return KEYS[label](value)


def wanted_keys(filters: Filters) -> dict[str, set[str]]:
    """The keys a filter allows, by label; several mean any of them, none means all."""
    typed: dict[str, Iterable[object]] = {
        name: filters.type if name == "act_type" else getattr(filters, name, ()) for name in LABELS
    }
    found = {name: {key(name, str(value)) for value in values} for name, values in typed.items()}
    for name in PLACES:
        found[name] = {one for value in typed[name] for one in place_keys(str(value))}
    return found
