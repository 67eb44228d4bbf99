"""Acts an article names: which one it announces, which ones it only cites, when and by whom.

The rule of the inventory (PORTALS.md 3.1): the verb before an act decides its role, the words
after its number (`ngày … của …`) its date and issuer. Words are in config/vocabulary/act_types.toml.
"""

import re
from dataclasses import replace
from datetime import date

from archive.act_context import SENTENCE_END, Seen, around, kinds, numbers
from archive.act_numbers import canonical_number
from archive.act_roles import role_of
from archive.bodies import Body, find_bodies, spoken_of
from archive.dates import FoundDate, find_dates
from archive.records import ActMention, Place, Role

__all__ = ["canonical_number", "find_acts"]

_LEAD_LETTERS = 700  # an act without number is announced at the beginning of an article or not at all

_TO_DATE = re.compile(r",?\s?\(?(?:(?:được )?(?:ký|ban hành) )?(?:vào )?ngày\s", re.IGNORECASE)
_TAIL = 48  # letters behind a number in which its date stands
_LEAD_START = 40
_OF_AN_ACT = re.compile(r"/\S+,? \(?(?:ngày )?$")
_OF = re.compile(r",? ?(?:của|do) ")
_BY = re.compile(r"\bdo (?P<by>[^.;\n]{4,60}?) ban hành")
_BEARERS = {"-UBND": "UBND", "-HĐND": "HĐND", "-TTg": "Thủ tướng", "-CP": "Chính phủ"}
_ACCORDING = re.compile(r"(?:^|[.\n]\s?)Theo $")
_PUBLISHING = re.compile(r"[^.\n]{0,80}? về việc (?:công bố|ban hành|phê duyệt)\b")
_SHARED = re.compile(r"\s*(?:,|;|và|,\s*và|;\s*và)\s*")
_NOT_DONE = re.compile(r"(?:đề nghị|yêu cầu|giao|tham mưu|sẽ|chưa|phải|cần|để|dự kiến|chuẩn bị|dự thảo)\b[^,.;]{0,60}$")


def find_acts(text: str, *, published: date | None, place: Place) -> list[ActMention]:
    """The acts a clean text names, in order, each once; `published` dates what is printed without a year.

    An act that is announced without a number comes out only when no numbered one is announced.
    `start` and `end` are offsets into the text; an act named several times keeps its first place.
    """
    place = spoken_of(text.split("\n", 1)[0], place)
    seen = [around(text, number) for number in numbers(text)]
    mentions = _share([_mention(one, published, place) for one in seen], text)
    acts = _merged(mentions)
    if not any(act.role is Role.ANNOUNCED for act in acts):
        acts = _made_public(acts, text) or [*_without_number(text[:_LEAD_LETTERS], published, place), *acts]
    return sorted(acts, key=lambda act: act.start)


def _made_public(acts: list[ActMention], text: str) -> list[ActMention] | None:
    """The acts, if the first is what an article reports: `Theo Quyết định số … về việc công bố Chỉ số …`."""
    first = acts[0] if acts else None
    if first is None or first.start > _LEAD_LETTERS:
        return None
    if not _ACCORDING.search(text[: first.start]) or not _PUBLISHING.match(text, first.end):
        return None
    return [replace(first, role=Role.ANNOUNCED), *acts[1:]]


def _mention(seen: Seen, published: date | None, place: Place) -> ActMention:
    role, verb = (Role.ANNOUNCED, len(seen.left)) if seen.heads_text else _role(seen)
    found = _date_after(seen, published)
    signed = found.day if found else None
    issuer = _issuer_after(seen.right[found.end :].lstrip(")") if found else seen.right, place)
    if role is Role.ANNOUNCED:
        subject = _subject(seen.left[:verb], seen.number.canonical, place)
        signed = signed or _lead_date(seen.left, subject.start if subject else verb, published)
        issuer = issuer or (subject.name if subject else _done_by(seen, place))
    return ActMention(seen.type, seen.number.canonical, signed, issuer, role, seen.start, seen.number.end)


def _role(seen: Seen) -> tuple[Role, int]:
    return role_of(seen.left, seen.right, opens_text=seen.opens_text)


def _date_after(seen: Seen, published: date | None) -> FoundDate | None:
    """The date right behind a number, `ngày 31/12/2019`; in the head of an act any date near by."""
    right = seen.right.replace("\n", " ")
    if seen.heads_text:
        return next(iter(find_dates(right, published)), None)
    if _TO_DATE.match(right) is None:
        return None
    found = next(iter(find_dates(right[:_TAIL], published)), None)
    return found if found and _TO_DATE.fullmatch(right[: found.start]) else None


def _lead_date(left: str, subject: int, published: date | None) -> date | None:
    """The date a sentence opens with, or its subject: `Ngày 20/01/2020, UBND huyện ban hành …`."""
    for found in find_dates(left, published):
        before = left[: found.start]
        opens = found.start <= _LEAD_START and "/" not in before
        if opens or not (left[found.end : subject].strip(" ,)") or _OF_AN_ACT.search(before)):
            return found.day
    return None


def _issuer_after(right: str, place: Place) -> str | None:
    match = _OF.match(right)
    if match is None:
        return None
    bodies = find_bodies(right[match.end() :], place)
    return next((body.name for body in bodies if body.start == 0), None)


def _subject(left: str, number: str, place: Place) -> Body | None:
    """The body that does it: the last one named before the verb that can bear such a number."""
    bodies = [body for body in find_bodies(left, place) if _may_issue(body.name, number)]
    return bodies[-1] if bodies else None


def _may_issue(body: str, number: str) -> bool:
    """Whether a body may be the one a number ends with: only UBND gives numbers such as 5/QĐ-UBND."""
    wanted = next((name for symbol, name in _BEARERS.items() if number.endswith(symbol)), "")
    return body.startswith(wanted)


def _done_by(seen: Seen, place: Place) -> str | None:
    """The issuer of an act that a title names: `Quyết định 119/QĐ-UBND … do Ủy ban nhân dân tỉnh … ban hành`."""
    match = _BY.search(seen.right)
    bodies = list(find_bodies(match["by"], place)) if match and seen.opens_text else []
    return bodies[0].name if bodies and bodies[0].start == 0 else None


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
    for match in kinds().unnumbered.finditer(lead):
        ends = [end.end() for end in SENTENCE_END.finditer(lead, 0, match.start())]
        left = lead[ends[-1] if ends else 0 : match.start()]
        issuer = _subject_beside(left, place)
        if issuer is None or _NOT_DONE.search(left):
            continue
        kind = kinds().kinds[match["type"].casefold()]
        signed = _lead_date(left, len(left), published)
        return [ActMention(kind, None, signed, issuer, Role.ANNOUNCED, match.start("type"), match.end("type"))]
    return []


_LIGHT = re.compile(r"[ ,]*(?:(?:vừa|đã|mới|cũng|vừa qua|chính thức|tiếp tục|ký|và|có|văn bản)[ ,]*)*")


def _subject_beside(left: str, place: Place) -> str | None:
    """The body right before the verb, with nothing between but words such as `vừa`, `đã`, `ký`."""
    bodies = list(find_bodies(left, place))
    if not bodies or not _LIGHT.fullmatch(left[bodies[-1].end :]):
        return None
    return bodies[-1].name
