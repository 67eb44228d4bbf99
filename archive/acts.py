"""Acts an article names: which one it announces, which ones it only cites, when and by whom.

The rule of the inventory (PORTALS.md 3.1): the verb before an act decides its role, the words
after its number (`ngày … của …`) its date and issuer. Words are in config/vocabulary/act_types.toml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from archive.act_numbers import ActNumber, canonical_number, find_numbers
from archive.act_roles import alternatives, role_of
from archive.bodies import find_bodies, spoken_of
from archive.dates import nearest
from archive.records import ActMention, Place, Role
from archive.text import retone
from config import vocabulary

__all__ = ["canonical_number", "find_acts"]

_BEFORE, _AFTER = 260, 120  # letters around a number that are read for its role, date and issuer
_KIND_LETTERS = 48
_LEAD_LETTERS = 700  # an act without number is announced at the beginning of an article or not at all

_SENTENCE_END = re.compile(
    r"""(?<!\bTP)(?<!\bTX)(?<!\bP)(?<!\d)[.!?]["”’)]*\s+(?=["“]?[A-ZÀ-ỸĐ])|["”]\.?\s+(?=[A-ZÀ-ỸĐ])|\n"""
)
_BULLET = re.compile(r"\s*(?:[-–+*•]|\d{1,2}[.)]|\(?[a-zđ]\))\s*")
_DATE = (
    r"(?:(?P<day>\d{1,2}) ?(?P<mark>[-/.]) ?(?P<month>\d{1,2})(?: ?(?P=mark) ?(?P<year>\d{4}))?"
    r"|(?P<day_>\d{1,2}) tháng (?P<month_>\d{1,2})(?:,? năm (?P<year_>\d{4}))?)(?![\d/]|[-.]\d)"
)
_DATE_AFTER = re.compile(rf",? ?\(?(?:(?:được )?(?:ký|ban hành) )?(?:vào )?ngày {_DATE}\)?", re.IGNORECASE)
_DATE_LEAD = re.compile(rf"(?:ngày|sáng|chiều|tối)(?: nay)?,? \(?{_DATE}", re.IGNORECASE)
_OF = re.compile(r",? ?(?:của|do) ")
_SHARED = re.compile(r"\s*(?:,|;|và|,\s*và|;\s*và)\s*")
_PLAIN = re.compile(r" (?P<digits>\d{1,4})(?![\w/–-]|[.,:]\d| ?[/–-])(?P<follows> (?:về|của|ngày) )?")
_NOT_DONE = re.compile(r"(?:đề nghị|yêu cầu|giao|tham mưu|sẽ|chưa|phải|cần|để|dự kiến|chuẩn bị|dự thảo)\b[^,.;]{0,60}$")


@dataclass(frozen=True, slots=True)
class _Words:
    """Patterns of the kinds of acts: right before a number, and without any."""

    before: re.Pattern[str]
    unnumbered: re.Pattern[str]
    kinds: dict[str, str]


@cache
def _words() -> _Words:
    known = vocabulary.act_types()
    types, symbols = alternatives(known.words), alternatives(known.by_symbol)
    return _Words(
        re.compile(
            rf"\b(?P<type>{types}|{symbols})(?: \([^()]{{1,16}}\))?:? ?(?:số(?: hiệu)?\s?:?\s?)?$", re.IGNORECASE
        ),
        re.compile(rf"(?:ban hành|phê duyệt|thông qua|có) (?P<type>{types})\b(?! số| \d)", re.IGNORECASE),
        {word.casefold(): kind for word, kind in (known.by_symbol | known.words).items()},
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A number with the sentence around it: `left` ends where the act's own words begin."""

    number: ActNumber
    type: str
    start: int
    left: str
    right: str
    opens_text: bool


def find_acts(text: str, *, published: date | None, place: Place) -> list[ActMention]:
    """The acts a clean text names, in order, each once; `published` dates what is printed without a year.

    An act that is announced without a number comes out only when no numbered one is announced.
    `start` and `end` are offsets into the text; an act named several times keeps its first place.
    """
    place = spoken_of(text.split("\n", 1)[0], place)
    seen = [_around(text, number) for number in _numbers(text)]
    mentions = _share([_mention(one, published, place) for one in seen], text)
    acts = _merged(mentions)
    if not any(act.role is Role.ANNOUNCED for act in acts):
        acts = [*_without_number(text[:_LEAD_LETTERS], published, place), *acts]
    return sorted(acts, key=lambda act: act.start)


def _numbers(text: str) -> list[ActNumber]:
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
        named = _words().before.search(text, max(0, match.start() - _KIND_LETTERS), match.start("digits"))
        kind = _words().kinds[named["type"].casefold()] if named and named["type"][0].isupper() else "Đề án"
        if kind != "Đề án":
            yield ActNumber(match["digits"], match["digits"], kind, match.start("digits"), match.end("digits"))


def _around(text: str, number: ActNumber) -> _Seen:
    begin = max(0, number.start - _BEFORE)
    before = text[begin : number.start]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    sentence = ends[-1] if ends else 0
    named = _words().before.search(retone(before), sentence)
    start = named.start() if named else _said(before)
    left = before[sentence:start]
    opens = _opens(text[: begin + start], left=before[sentence:start])
    if not _BULLET.sub("", left, count=1).strip():
        left = _introduction(text[: begin + sentence]) or left
    kind = _words().kinds.get(named["type"].casefold()) if named else number.type or _kind_far(left)
    after = text[number.end : number.end + _AFTER]
    return _Seen(number, kind or "Văn bản", begin + start, left, after, opens)


def _opens(above: str, left: str) -> bool:
    """Whether an act stands in the first line of a text, or opens the second, below a title."""
    lines = above.count("\n")
    return lines == 0 or (lines == 1 and not left.strip())


def _kind_far(left: str) -> str | None:
    """The kind of an act of parliament, named before its title: `Luật Tổ chức … số 77/2015/QH13`."""
    named = re.findall(r"\b(?:Luật|Bộ luật|Pháp lệnh|Nghị quyết)\b", left)
    return named[-1] if named else None


def _said(before: str) -> int:
    """Where an act begins whose kind is not named: at `số`, or at the number."""
    match = re.search(r"\b[Ss]ố ?:?\s?$", before)
    return match.start() if match else len(before)


def _introduction(above: str) -> str:
    """The line ending in a colon above a bullet list, or nothing."""
    for line in reversed(above.rstrip().split("\n")[-12:]):
        if line.rstrip().endswith(":"):
            return line.rstrip(": ")[-_BEFORE:]
        if not _BULLET.match(line):
            return ""
    return ""


def _mention(seen: _Seen, published: date | None, place: Place) -> ActMention:
    role, verb = role_of(seen.left, seen.right, opens_text=seen.opens_text)
    after = _DATE_AFTER.match(seen.right)
    signed = _day(after, published) if after else None
    issuer = _issuer_after(seen.right[after.end() :] if after else seen.right, place)
    if role is Role.ANNOUNCED:
        signed = signed or _lead_date(seen.left, published)
        issuer = issuer or _subject(seen.left[:verb], place)
    return ActMention(seen.type, seen.number.canonical, signed, issuer, role, seen.start, seen.number.end)


def _day(match: re.Match[str], published: date | None) -> date | None:
    day, month = int(match["day"] or match["day_"]), int(match["month"] or match["month_"])
    year = match["year"] or match["year_"]
    try:
        return date(int(year), month, day) if year else nearest(day, month, published) if published else None
    except ValueError:
        return None


def _lead_date(left: str, published: date | None) -> date | None:
    """The date a sentence opens with: `Ngày 20/01/2020, UBND huyện ban hành …`."""
    match = _DATE_LEAD.search(left)
    if match is None or match.start() > 40 or "/" in left[: match.start()]:
        return None
    return _day(match, published)


def _issuer_after(right: str, place: Place) -> str | None:
    match = _OF.match(right)
    if match is None:
        return None
    bodies = find_bodies(right[match.end() :], place)
    return next((body.name for body in bodies if body.start == 0), None)


def _subject(left: str, place: Place) -> str | None:
    """The body that does it: the last one named before the verb."""
    bodies = list(find_bodies(left[-_AFTER:], place))
    return bodies[-1].name if bodies else None


def _share(mentions: list[ActMention], text: str) -> list[ActMention]:
    """Give acts that are listed together the one date and issuer that stand behind the last of them."""
    shared = list(mentions)
    for index in range(len(shared) - 2, -1, -1):
        one, following = shared[index], shared[index + 1]
        if _SHARED.fullmatch(text[one.end : following.start]) and one.date is None:
            shared[index] = replace(one, date=following.date, issuer=one.issuer or following.issuer)
    return shared


def _merged(mentions: list[ActMention]) -> list[ActMention]:
    """Each act once: named again, it may gain a date, an issuer, or the role of one announced."""
    acts: list[ActMention] = []
    for mention in mentions:
        known = next((i for i, act in enumerate(acts) if _same(act, mention)), None)
        if known is None:
            acts.append(mention)
            continue
        act = acts[known]
        role = Role.ANNOUNCED if Role.ANNOUNCED in {act.role, mention.role} else Role.CITED
        acts[known] = replace(act, date=act.date or mention.date, issuer=act.issuer or mention.issuer, role=role)
    return acts


def _same(one: ActMention, other: ActMention) -> bool:
    if one.number != other.number or (one.date and other.date and one.date != other.date):
        return False
    return not (one.issuer and other.issuer and one.issuer != other.issuer)


def _without_number(lead: str, published: date | None, place: Place) -> list[ActMention]:
    """The act that the beginning of an article announces without a number: `UBND tỉnh ban hành kế hoạch …`."""
    for match in _words().unnumbered.finditer(retone(lead)):
        ends = [end.end() for end in _SENTENCE_END.finditer(lead, 0, match.start())]
        left = lead[ends[-1] if ends else 0 : match.start()]
        issuer = _subject_beside(left, place)
        if issuer is None or _NOT_DONE.search(left):
            continue
        kind = _words().kinds[match["type"].casefold()]
        signed = _lead_date(left, published)
        return [ActMention(kind, None, signed, issuer, Role.ANNOUNCED, match.start("type"), match.end("type"))]
    return []


_LIGHT = re.compile(r"[ ,]*(?:(?:vừa|đã|mới|cũng|vừa qua|chính thức|tiếp tục|ký|và|có|văn bản)[ ,]*)*")


def _subject_beside(left: str, place: Place) -> str | None:
    """The body right before the verb, with nothing between but words such as `vừa`, `đã`, `ký`."""
    bodies = list(find_bodies(left, place))
    if not bodies or not _LIGHT.fullmatch(left[bodies[-1].end :]):
        return None
    return bodies[-1].name
