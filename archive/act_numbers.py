"""Numbers of acts (số ký hiệu): found in running text, and brought to one spelling.

`82/QĐ-UBND`, `2/2019/QĐ-UBND`, `09-CTr/HU`, `4669/UBND-VP`, `14/2011/QH13`: every form and every
false friend of PORTALS.md 3.1. The sign between number and symbol stays as written; blanks,
dashes, Ð and the case of known symbols are mended.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from archive.act_symbols import ALONE, Symbol, joined, of_assembly, spelled, spellings, symbol_of, unglued
from archive.text import clean_line
from config import vocabulary

_PART = r"(?:TTg|(?:QĐ|CT|CĐ|TB)TTg|L(?=-CTN)|CTr(?:HĐ|PH)?|TTr|ThU|QyĐ|QĐi|[A-ZĐƯ]{2,}(?:&[A-ZĐƯ]+)*\d{0,2})"
_SIGNS = tuple(
    re.compile(rf"{sign}(?:(?<=\d.)|(?<=\d[a-zđ ].)|(?<=\d[a-zđ] .)) ?[A-ZĐƯ][A-ZĐƯhy]") for sign in "/–-"
)  # one pattern for each, because a search for one letter leaps over what lies between
"""The sign between digits and symbol: every number has one, and few other places of a text do."""
_HEAD = 14
"""Characters of a number before that sign: `1.234b / 2019 `."""
_STANDARD = re.compile(r"(?:QCVN|TCVN|TCXDVN|QCĐP|TCCS|ISO|IEC)(?:[- ][A-Z]+)? ?$")
_SO = re.compile(r"[sS](?:(?<!\w.)ố|(?<=S)Ố)(?: hiệu| văn bản)?\s?:?\s?$")
_OLD_DECREE = re.compile(r"(?:Nghị định|Nghị quyết|NĐ|NQ)(?: số)? ?$", re.IGNORECASE)
_SHORTEST = 3  # letters of a body that is not known, alone behind a kind: Công văn 285/CCTTHC


@dataclass(frozen=True, slots=True)
class ActNumber:
    """A number where it stands: canonical, its leading digits, the kind its symbol means, its place."""

    canonical: str
    digits: str
    type: str | None
    start: int
    end: int


@cache
def _number() -> re.Pattern[str]:
    known = "|".join(sorted(map(re.escape, spellings()), key=len, reverse=True))
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
    symbol = symbol_of(match["symbol"])
    if not _credible(match, symbol, before):
        return None
    digits = match["digits"].replace(".", "")
    return ActNumber(_whole(digits, match["year"], match["sign"], symbol.whole), digits, symbol.type, *match.span())


def _whole(digits: str, year: str | None, sign: str, symbol: str) -> str:
    return f"{digits}{'/' + year if year else ''}{'-' if sign == '–' else sign}{symbol}"


def _credible(match: re.Match[str], symbol: Symbol, before: str) -> bool:
    """Whether what looks like a number is one: by its symbol, or by the word `số` before it."""
    if len(symbol.names) > 1:
        return _credible_of_two(match["sign"], symbol.names, before)
    (name,), (types, bodies, _) = symbol.names, _known()
    if of_assembly(name):
        return match["year"] is not None
    said, named = _SO.search(before) is not None, _kind_named().search(before) is not None
    if name in ALONE:
        return said or _OLD_DECREE.search(before) is not None or (match["sign"] != "/" and name == "CP")
    if named and match["sign"] == "/":
        return len(name) >= _SHORTEST or name in bodies
    return (name in types and (said or match["year"] is not None)) or (said and name in bodies)


def _credible_of_two(sign: str, names: Sequence[str], before: str) -> bool:
    """The same of a symbol of several parts, the cheapest question first: `QĐ-UBND` says enough."""
    first, (types, bodies, party) = names[0], _known()
    of_party = sign == "/" and first in party
    if not of_party and (first in types or first in bodies or of_assembly(first)):
        return True
    if _kind_named().search(before):
        return True
    known = of_party or any(name in types or name in bodies for name in names[1:])
    return known and _SO.search(before) is not None


def _known() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    known = vocabulary.act_types()
    return known.by_symbol, known.bodies, known.party


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
    parts = unglued([spelled(parts[0])]) if len(parts) == 1 else parts
    names = [spelled(part) for part in parts[::2]]
    signs = ["-" if one == "–" else one for one in parts[1::2]]
    types, bodies, party = _known()
    kind_and_body = len(names) > 1 and names[0] in types and names[1] in bodies
    letter = len(names) > 1 and names[0] in bodies and (bool(sign) or "-" in signs)
    assembly = len(names) == 1 and of_assembly(names[0]) and year is not None
    if not (kind_and_body or letter or assembly):
        return None
    of_party = "/" in signs or (" " in signs and names[-1] in party and sign != "/")
    signs = [("/" if of_party else "-") if one == " " else one for one in signs]
    return _whole(digits, year, sign or ("-" if of_party else "/"), joined(names, signs))
