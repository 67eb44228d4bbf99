"""Numbers of acts (số ký hiệu): found in running text, and brought to one spelling.

`82/QĐ-UBND`, `2/2019/QĐ-UBND`, `09-CTr/HU`, `4669/UBND-VP`, `14/2011/QH13`: every form and every
false friend of PORTALS.md 3.1. The sign between number and symbol stays as written; blanks,
dashes, Ð and the case of known symbols are mended.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from archive.text import clean_line, fold
from config import vocabulary

_PART = r"(?:TTg|(?:QĐ|CT|CĐ|TB)TTg|L(?=-CTN)|CTr(?:HĐ|PH)?|TTr|ThU|QyĐ|QĐi|[A-ZĐƯ]{2,}(?:&[A-ZĐƯ]+)*\d{0,2})"
_SIGNS = tuple(
    re.compile(rf"{sign}(?:(?<=\d.)|(?<=\d[a-zđ ].)|(?<=\d[a-zđ] .)) ?[A-ZĐƯ][A-ZĐƯhy]") for sign in "/–-"
)  # one pattern for each, because a search for one letter leaps over what lies between
"""The sign between digits and symbol: every number has one, and few other places of a text do."""
_HEAD = 14
"""Characters of a number before that sign: `1.234b / 2019 `."""
_BETWEEN = re.compile(r" ?([/.–-]) ?")
_ASSEMBLY = re.compile(r"(?:QH|UBTVQH)\d{1,2}")
_STANDARD = re.compile(r"(?:QCVN|TCVN|TCXDVN|QCĐP|TCCS|ISO|IEC)(?:[- ][A-Z]+)? ?$")
_SO = re.compile(r"[sS](?:(?<!\w.)ố|(?<=S)Ố)(?: hiệu| văn bản)?\s?:?\s?$")
_OLD_DECREE = re.compile(r"(?:Nghị định|Nghị quyết|NĐ|NQ)(?: số)? ?$", re.IGNORECASE)
_SHORTEST = 3  # letters of a body that is not known, alone behind a kind: Công văn 285/CCTTHC
_OFFICES = ("UBND", "HĐND", "VPCP", "BNV", "SNV", "STTTT", "STP", "SXD")
"""Bodies that official letters name before one of their units; PDF text loses the hyphen between: SNVCCHC."""
_ALONE = frozenset({"CP", "TTg", "HĐBT", "CTN"})
"""Bodies that old numbers name alone: 230-CP, 26/CP."""


@dataclass(frozen=True, slots=True)
class ActNumber:
    """A number where it stands: canonical, its leading digits, the kind its symbol means, its place."""

    canonical: str
    digits: str
    type: str | None
    start: int
    end: int


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


@cache
def _number() -> re.Pattern[str]:
    known = "|".join(sorted(map(re.escape, _symbols().exact.values()), key=len, reverse=True))
    return re.compile(
        r"(?P<digits>\d(?<![\w/.–-].)(?<!\d:.)(?:\d?\.\d{3}|\d{0,4}(?:[a-zđ](?![a-z]))?))"
        r"(?: ?/ ?(?P<year>(?:19|20)\d\d))?"
        rf" ?(?P<sign>[/–-]) ?(?P<symbol>{_PART}(?:[/–-]{_PART}|\.UB(?!\w)| ?[/–-] ?(?:{known})(?!\w))*)(?!\w)"
    )


@cache
def _false() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, vocabulary.act_types().false))}) số:? ?$", re.IGNORECASE)


@cache
def _said_falsely() -> tuple[str, ...]:
    """How a text ends where `_false` is worth asking: all its spellings in small letters."""
    false, ends = vocabulary.act_types().false, ("", " ", ":", ": ")
    return tuple(f"{word.casefold()} số{end}{line}" for word in false for end in ends for line in ("", "\n"))


@cache
def _kind_named() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, vocabulary.act_types().words))})(?: số:?)? $")


@lru_cache(maxsize=10_000)
def spelled(part: str) -> str:
    """A part of a symbol in the letters it is known by: `TTG` as `TTg`; an unknown one in capitals."""
    known = _symbols().exact.get(part.casefold())
    if known is None and part.isascii():
        known = _symbols().folded.get(part.casefold())
    return known or part.upper()


def find_numbers(text: str) -> Iterator[ActNumber]:
    """The numbers of acts in a clean text, in order; standards (QCVN), dates and nicknames (06/CP) are none."""
    for match in _matches(text):
        found = _judge(match)
        if found is not None:
            yield found


def _matches(text: str) -> Iterator[re.Match[str]]:
    """All that the pattern of a number finds, sought only where such a sign stands."""
    end = 0
    for sign in sorted(match.start() for pattern in _SIGNS for match in pattern.finditer(text)):
        if sign < end:
            continue
        match = _number().search(text, max(end, sign - _HEAD))
        if match is None:
            return
        yield match
        end = match.end()


def _judge(match: re.Match[str]) -> ActNumber | None:
    before = match.string[max(0, match.start() - 24) : match.start()]
    if _STANDARD.search(before) or (before.casefold().endswith(_said_falsely()) and _false().search(before)):
        return None
    parts = _BETWEEN.split(match["symbol"])
    parts = _unglued(parts) if len(parts) == 1 else parts
    if not _credible(match, parts, before):
        return None
    names = [spelled(part) for part in parts[::2]]
    signs = ["-" if sign == "–" else sign for sign in parts[1::2]]
    digits = match["digits"].replace(".", "")
    return ActNumber(_joined(digits, match["year"], match["sign"], (names, signs)), digits, _type(names), *match.span())


def _credible(match: re.Match[str], parts: list[str], before: str) -> bool:
    """Whether what looks like a number is one: by its symbol, or by the word `số` before it."""
    first, types, bodies = spelled(parts[0]), vocabulary.act_types().by_symbol, vocabulary.act_types().bodies
    if len(parts) > 1:
        return _credible_of_two(match, parts, before)
    if _ASSEMBLY.fullmatch(first):
        return match["year"] is not None
    said, named = _SO.search(before) is not None, _kind_named().search(before) is not None
    if first in _ALONE:
        return said or _OLD_DECREE.search(before) is not None or (match["sign"] != "/" and first == "CP")
    if named and match["sign"] == "/":
        return len(first) >= _SHORTEST or first in bodies
    return (first in types and (said or match["year"] is not None)) or (said and first in bodies)


def _credible_of_two(match: re.Match[str], parts: list[str], before: str) -> bool:
    """The same of a symbol of several parts, the cheapest question first: `QĐ-UBND` says enough."""
    first, (types, bodies, party) = spelled(parts[0]), _known()
    of_party = match["sign"] == "/" and first in party
    if not of_party and (first in types or first in bodies or _ASSEMBLY.fullmatch(first)):
        return True
    if _kind_named().search(before):
        return True
    known = of_party or any(part in types or part in bodies for part in map(spelled, parts[2::2]))
    return known and _SO.search(before) is not None


def _unglued(parts: list[str]) -> list[str]:
    """A kind and a body that lost their hyphen, as in text of PDF files: QĐUBND, NQCP."""
    whole = parts[0]
    for symbol in sorted(vocabulary.act_types().by_symbol, key=len, reverse=True):
        body = whole.removeprefix(symbol)
        if body != whole and body in vocabulary.act_types().bodies and whole not in _symbols().exact.values():
            return [symbol, "-", body]
    office = next((one for one in _OFFICES if whole.startswith(one)), None)
    unit = whole.removeprefix(office) if office else ""
    if unit in vocabulary.act_types().bodies and whole not in _symbols().exact.values():
        return [str(office), "-", unit]
    return parts


def _type(names: list[str]) -> str | None:
    """The kind of act a symbol means; a body first means an official letter: 4669/UBND-VP."""
    kind = vocabulary.act_types().by_symbol.get(names[0])
    if kind is None and len(names) > 1:
        return "Công văn"
    if kind is None and names[0] == "CP":
        return "Nghị định"
    if kind is None and names[0] in vocabulary.act_types().bodies and names[0] not in _ALONE:
        return "Công văn"
    return kind


def _joined(digits: str, year: str | None, sign: str, symbol: tuple[list[str], list[str]]) -> str:
    names, signs = symbol
    tail = "".join(sign + name for sign, name in zip(signs, names[1:], strict=True))
    return f"{digits}{'/' + year if year else ''}{'-' if sign == '–' else sign}{names[0]}{tail}"


_LETTERS = r"[a-zđư]+(?:&[a-zđư]+)*\d{0,2}"
_LOOSE = re.compile(
    rf"(?:.*\b(?:số|so)\b:? ?)?(?P<digits>\d{{1,5}}(?:[a-zđ](?![a-zđư]))?)(?: ?/ ?(?P<year>(?:19|20)\d\d))?"
    rf" ?(?P<sign>[/–-]?) ?(?P<symbol>{_LETTERS}(?: ?[/.–-] ?{_LETTERS}| {_LETTERS})*)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"(?P<digits>\d{1,4})(?P<year>(?:19|20)\d\d)(?P<first>[a-z]+)-(?P<second>[a-z]+\d{0,2})")


def canonical_number(text: str) -> str | None:
    """The canonical form of a number that was typed or printed; None when it is not surely one.

    `82 qd ubnd`, `82 QD-UBND`, `159 /KH-UBND`, `Quyết định số 2/2019/QÐ-UBND`, `1961/QĐUBND`.
    """
    line = clean_line(text)
    written = next((one for one in find_numbers(f"số {line}") if one.end == len(line) + 3), None)
    if written is not None:
        return written.canonical
    slug = _SLUG.fullmatch(line.rsplit(" ", 1)[-1].removeprefix("nghi-dinh-"))
    if slug:
        return _typed(slug["digits"], slug["year"], "/", [slug["first"], "-", slug["second"]])
    match = _LOOSE.fullmatch(line)
    if match is None:
        return None
    parts = re.split(r" ?([/.–-]) ?|( )", match["symbol"])
    flat = [part for part in parts if part is not None]
    return _typed(match["digits"], match["year"], match["sign"], flat)


def _typed(digits: str, year: str | None, sign: str, parts: list[str]) -> str | None:
    """A number typed loosely: its kind and body must be known; missing signs are those of Party or state."""
    parts = _unglued([spelled(parts[0])]) if len(parts) == 1 else parts
    names = [spelled(part) for part in parts[::2]]
    signs = ["-" if one == "–" else one for one in parts[1::2]]
    types, bodies, party = _known()
    kind_and_body = len(names) > 1 and names[0] in types and names[1] in bodies
    letter = len(names) > 1 and names[0] in bodies and (bool(sign) or "-" in signs)
    assembly = len(names) == 1 and _ASSEMBLY.fullmatch(names[0]) is not None and year is not None
    if not (kind_and_body or letter or assembly):
        return None
    of_party = "/" in signs or (" " in signs and names[-1] in party and sign != "/")
    signs = [("/" if of_party else "-") if one == " " else one for one in signs]
    return _joined(digits, year, sign or ("-" if of_party else "/"), (names, signs))


def _known() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    return vocabulary.act_types().by_symbol, vocabulary.act_types().bodies, vocabulary.act_types().party
