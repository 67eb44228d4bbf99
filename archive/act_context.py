"""The words around the numbers of acts: sentence, kind, and whether the text itself is the act.

What stands before a number in its sentence decides its kind and role, what stands behind it
date and issuer; a bullet list takes its verb from the line above it that ends with a colon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive.act_numbers import ActNumber, find_numbers
from archive.act_roles import alternatives
from config import vocabulary

_BEFORE, _AFTER = 260, 240  # letters around a number that are read
_KIND_LETTERS = 48
_NAMED_LETTERS = 80  # a kind, what stands in brackets behind it, and `số hiệu:`
SENTENCE_END = re.compile(
    # The sign first and what is asked of it behind: so the engine leaps from sign to sign, in a fourteenth of the time.
    r"""[.!?"”\n](?:(?<=[.!?])(?<!\bTP.)(?<!\bTX.)(?<!\bP.)(?<!\d.)["”’)]*\s+(?=["“]?[A-ZÀ-ỸĐ])"""
    r"""|(?<=["”])\.?\s+(?=[A-ZÀ-ỸĐ])|(?<=\n))"""
)
_BULLET = re.compile(r"\s*(?:[-–+*•]|\d{1,2}[.)]|\(?[a-zđ]\))\s*")
_NEXT = r",?(?: và)? (?=(?:Chỉ thị|Nghị quyết|Nghị định|Kết luận|Quyết định|Thông tư|Công điện) (?:số )?\d)"
_PLAIN = re.compile(rf" (?P<digits>\d{{1,4}})(?![\w/–-]|[.,:]\d| ?[/–-])(?P<follows> (?:về|của|ngày) |{_NEXT})?")
_DESCRIBED = r"(?: [a-zà-ỹđ]+){1,6} số ?:? ?$"
"""Words between a kind and its number: `Quyết định phê duyệt kinh phí số 15/QĐ-UBND`."""
_HEADER_LINES = 12
_FEW_LETTERS = 40
_HEADER = re.compile(r"(?:Số|SỐ) ?(?P<colon>:?)\s?$")
_SAID = re.compile(r"\b(?:[Vv]ăn bản )?(?:[Ss]ố|SỐ) ?:?\s?$")


@dataclass(frozen=True, slots=True)
class Kinds:
    """Patterns of the kinds of acts: right before a number, some words before it, and without any."""

    before: re.Pattern[str]
    described: re.Pattern[str]
    unnumbered: re.Pattern[str]
    kinds: dict[str, str]


@cache
def kinds() -> Kinds:
    """The patterns, made of the vocabulary once."""
    known = vocabulary.act_types()
    types, written = alternatives(known.words), alternatives([*known.words, *known.by_symbol])
    return Kinds(
        re.compile(rf"\b(?P<type>{written})(?: \([^()]{{1,16}}\))?:? ?(?:số(?: hiệu)?\s?:?\s?)?$", re.IGNORECASE),
        re.compile(rf"\b(?P<type>{types}){_DESCRIBED}"),
        re.compile(rf"(?:ban hành|phê duyệt|thông qua|có) (?P<type>{types})\b(?! số| \d)", re.IGNORECASE),
        {word.casefold(): kind for word, kind in (known.by_symbol | known.words).items()},
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A number with the sentence around it: `left` ends where the act's own words begin."""

    number: ActNumber
    type: str
    start: int
    left: str
    right: str
    opens_text: bool
    heads_text: bool


def numbers(text: str) -> list[ActNumber]:
    """All numbers of acts in a text, those without a symbol too, in order."""
    full = list(find_numbers(text))
    taken = {(number.digits, number.type) for number in full}
    plain = [one for one in _plain_numbers(text) if (one.digits, one.type) not in taken]
    return sorted(full + plain, key=lambda number: number.start)


def _plain_numbers(text: str) -> Iterator[ActNumber]:
    """Acts numbered without a symbol: `Nghị quyết số 57`, `Kế hoạch 2004 về …`; `Đề án 06` is a nickname."""
    for match in _PLAIN.finditer(text):
        said = text.endswith(("số ", "số: "), 0, match.start("digits"))
        if not said and (match["follows"] is None or len(match["digits"]) == 1):
            continue
        named = kinds().before.search(text, max(0, match.start() - _KIND_LETTERS), match.start("digits"))
        proper = named and (named["type"][0].isupper() or (said and match["follows"]))
        kind = kinds().kinds[named["type"].casefold()] if named and proper else "Đề án"
        if kind != "Đề án":
            yield ActNumber(match["digits"], match["digits"], kind, match.start("digits"), match.end("digits"))


def around(text: str, number: ActNumber) -> Seen:
    """The sentence around a number, split at the act."""
    begin = max(0, number.start - _BEFORE)
    before = text[begin : number.start]
    ends = [match.end() for match in SENTENCE_END.finditer(before)]
    sentence = ends[-1] if ends else 0
    named = kinds().before.search(before, max(sentence, len(before) - _NAMED_LETTERS)) or _described(
        before, sentence, number.type
    )
    start = named.start() if named else _said(before)
    left = before[sentence:start]
    opens = _opens(text[: begin + start], left=before[sentence:start])
    if _only_a_bullet(left):
        left = _introduction(text[: begin + sentence]) or left
    kind = kinds().kinds.get(named["type"].casefold()) if named else number.type or _kind_far(left)
    after = text[number.end : number.end + _AFTER]
    heads = _heads(text, number.start, number.end)
    if heads:
        left = " ".join(line.title() if line.isupper() else line for line in before.split("\n")).replace(" | ", " ")
    return Seen(number, kind or "Văn bản", begin + start, left, after, opens, heads)


def _heads(text: str, start: int, end: int) -> bool:
    """Whether a number stands in the head of a text that is the act itself: `Số: 82/QĐ-UBND`, alone on its line."""
    line = text.rfind("\n", 0, start) + 1
    if line == start:
        line = text.rfind("\n", 0, start - 1) + 1
    match = _HEADER.match(text[line:start])
    if match is None or text.count("\n", 0, start) >= _HEADER_LINES:
        return False
    return bool(match["colon"]) or text.startswith("\n", end)


def _described(before: str, sentence: int, kind: str | None) -> re.Match[str] | None:
    """A kind named some words before its number, when its symbol means the same: `Quyết định thành lập số …`."""
    found = [one for one in re.finditer(kinds().described, before) if one.start() >= sentence]
    return next((one for one in found if kinds().kinds[one["type"].casefold()] == kind), None)


def _opens(above: str, left: str) -> bool:
    """Whether an act opens the first line of a text, the second below a title, or a list that is all of it so far."""
    lines = above.count("\n")
    if lines and _only_a_bullet(left):
        return (lines == 1 and not left.strip()) or all(map(_BULLET.match, above.split("\n")[:-1]))
    return (lines == 0 and len(left) <= _FEW_LETTERS) or (lines == 1 and not left.strip())


def _only_a_bullet(left: str) -> bool:
    return not left or left.isspace() or _BULLET.fullmatch(left) is not None


def _kind_far(left: str) -> str | None:
    """The kind of an act of parliament, named before its title: `Luật Tổ chức … số 77/2015/QH13`."""
    named = re.findall(r"\b(?:Luật|Bộ luật|Pháp lệnh|Nghị quyết)\b", left)
    return named[-1] if named else None


def _said(before: str) -> int:
    """Where an act begins whose kind is not named: at `số`, or at the number."""
    match = _SAID.search(before)
    return match.start() if match else len(before)


def _introduction(above: str) -> str:
    """The line ending in a colon above a bullet list, or nothing."""
    for line in reversed(above.rstrip().split("\n")[-12:]):
        if line.rstrip().endswith(":"):
            return line.rstrip(": ")[-_BEFORE:]
        if not _BULLET.match(line):
            return ""
    return ""
