"""Symbols of acts, `QĐ-UBND` in `82/QĐ-UBND`: how they are spelled, and which kind of act they mean.

Kinds, bodies and their symbols are in config/vocabulary/act_types.toml.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from archive.text import fold
from config import vocabulary

_SIGN = re.compile(r" ?([/.–-]) ?")
_ASSEMBLY = re.compile(r"(?:QH|UBTVQH)\d{1,2}")
_OFFICES = ("UBND", "HĐND", "VPCP", "BNV", "SNV", "STTTT", "STP", "SXD")
"""Bodies that official letters name before one of their units; PDF text loses the hyphen between: SNVCCHC."""
ALONE = frozenset({"CP", "TTg", "HĐBT", "CTN"})
"""Bodies that old numbers name alone: 230-CP, 26/CP."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol's parts as they are spelled, the whole of it, and the kind of act it means."""

    names: tuple[str, ...]
    whole: str
    type: str | None


@lru_cache(maxsize=10_000)
def symbol_of(written: str) -> Symbol:
    """The symbol that stands in a number: `QÐ – UBND` as `QĐ-UBND`."""
    parts = _SIGN.split(written)
    parts = unglued(parts) if len(parts) == 1 else parts
    names = tuple(map(spelled, parts[::2]))
    return Symbol(names, joined(names, parts[1::2]), _type(names))


def joined(names: Sequence[str], signs: Iterable[str]) -> str:
    """Parts of a symbol with the signs between them, each dash a hyphen."""
    tail = "".join(f"{'-' if sign == '–' else sign}{name}" for sign, name in zip(signs, names[1:], strict=True))
    return names[0] + tail


@lru_cache(maxsize=10_000)
def spelled(part: str) -> str:
    """A part of a symbol in the letters it is known by: `TTG` as `TTg`; an unknown one in capitals."""
    known = _symbols().exact.get(part.casefold())
    if known is None and part.isascii():
        known = _symbols().folded.get(part.casefold())
    return known or part.upper()


def unglued(parts: list[str]) -> list[str]:
    """A kind and a body that lost their hyphen, as in text of PDF files: QĐUBND, NQCP."""
    whole = parts[0]
    for symbol in sorted(vocabulary.act_types().by_symbol, key=len, reverse=True):
        body = whole.removeprefix(symbol)
        if body != whole and body in vocabulary.act_types().bodies and whole not in spellings():
            return [symbol, "-", body]
    office = next((one for one in _OFFICES if whole.startswith(one)), None)
    unit = whole.removeprefix(office) if office else ""
    if unit in vocabulary.act_types().bodies and whole not in spellings():
        return [str(office), "-", unit]
    return parts


def of_assembly(name: str) -> bool:
    """Whether a part is a parliament's, with the number of its term: QH13, UBTVQH15."""
    return _ASSEMBLY.fullmatch(name) is not None


def _type(names: Sequence[str]) -> str | None:
    """The kind of act a symbol means; a body first means an official letter: 4669/UBND-VP."""
    kind = vocabulary.act_types().by_symbol.get(names[0])
    if kind is None and len(names) > 1:
        return "Công văn"
    if kind is None and names[0] == "CP":
        return "Nghị định"
    if kind is None and names[0] in vocabulary.act_types().bodies and names[0] not in ALONE:
        return "Công văn"
    return kind


def spellings() -> Iterable[str]:
    """All known kinds and bodies as they are spelled."""
    return _symbols().exact.values()


@dataclass(frozen=True, slots=True)
class _Symbols:
    """How known symbols are spelled: by their letters in small, and by their folded letters."""

    exact: dict[str, str]
    folded: dict[str, str]


@cache
def _symbols() -> _Symbols:
    known = [*vocabulary.act_types().by_symbol, *sorted(vocabulary.act_types().bodies)]
    folded: dict[str, str] = {}
    for symbol in known:
        folded.setdefault(fold(symbol), symbol)
    return _Symbols({symbol.casefold(): symbol for symbol in known}, folded)
