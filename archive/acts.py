"""Acts an article names: which one it announces, which ones it only cites, when and by whom.

The rule of the inventory (PORTALS.md 3.1): the verb before an act decides its role, the words
after its number (`ngày … của …`) its date and issuer. Words are in config/vocabulary/act_types.toml.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from archive.act_context import SENTENCE_END, Seen, around, kinds, numbers
from archive.act_numbers import ActNumber, canonical_number
from archive.act_roles import role_of
from archive.bodies import Body, last_body, opening_body, spoken_of
from archive.dates import FoundDate, find_dates
from archive.records import ActMention, Place, Role

__all__ = ["canonical_number", "find_acts"]

_LEAD_LETTERS = 700  # an act without number is announced at the beginning of an article or not at all

_TO_DATE = re.compile(r",?\s?\(?(?:(?:được )?(?:ký|ban hành) )?(?:vào )?ngày\s|\s?\((?=\d)", re.IGNORECASE)
_TAIL = 48  # letters behind a number in which its date stands
_LEAD_START = 40
_OF_AN_ACT = re.compile(r"/\S*[A-ZĐ]\S*,? \(?(?:ngày )?$")
_SINCE = re.compile(r"\b(?:từ|đến|trước|sau|kể từ)(?: ngày)? $", re.IGNORECASE)
_OF = re.compile(r",? ?(?:năm \d{4} )?(?:của|do) ", re.IGNORECASE)
_BY = re.compile(
    r"[^.;,\n]{0,80}?\b(?:do|được) (?P<by>[^.;,\n]{4,60}?) (?:ký|ban hành|thông qua|phê duyệt)(?: ban hành)?\b"
)
_OLD = timedelta(days=730)
"""An act dated so long before the article is not news where the sentence looks back itself."""
_LOOKS_BACK = re.compile(r"(?:\b[Nn]ăm|\d/) ?(?:19|20)\d\d\b|\b(?:nguyên|từng|lúc đó|khi ấy)\b")
_OF_ALL = re.compile(r"\bcủa (?P<of>[^.;:,\n]{4,60}): (?:$|số )")
_BEARERS = {"-UBND": "UBND", "-HĐND": "HĐND", "-TTg": "Thủ tướng", "-CP": "Chính phủ"}
_ACCORDING = re.compile(r"(?:^|[.\n]\s?)Theo $")
_PUBLISHING = re.compile(r"[^.\n]{0,80}? về việc (?:công bố|ban hành|phê duyệt)\b")
_GOES_ON = re.compile(
    r"(?:,? ?\(?ngày [\d/. tháng năm-]{4,28}\)?)?\s*(?:,|;|và|cùng|cùng với|, và|; và)\s*"
    r"(?:(?:văn bản )?số:? |(?:Luật|Bộ luật|Pháp lệnh) [^,;.\n]{2,60} )?"
)
_SHARED = re.compile(r"\s*(?:,|;|và|,\s*và|;\s*và)\s*")
_NOT_DONE = re.compile(r"(?:đề nghị|yêu cầu|giao|tham mưu|sẽ|chưa|phải|cần|để|dự kiến|chuẩn bị|dự thảo)\b[^,.;]{0,60}$")


def find_acts(text: str, *, published: date | None, place: Place) -> list[ActMention]:
    """The acts a clean text names, in order, each once; `published` dates what is printed without a year.

    An act that is announced without a number comes out only when no numbered one is announced.
    `start` and `end` are offsets into the text; an act named several times keeps its first place.
    """
    place = spoken_of(text.split("\n", 1)[0], place)
    mentions = _share(_mentions(text, published, place), text)
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


def _mentions(text: str, published: date | None, place: Place) -> list[ActMention]:
    """Each number with its facts; one further on a list, `số 801/QĐ-UBND, 802/QĐ-UBND`, has the role of the first."""
    mentions: list[ActMention] = []
    for number in numbers(text):
        if _is_year(text, number, published):
            continue
        seen, last = around(text, number), mentions[-1] if mentions else None
        decided = _role(seen)
        if last and not seen.heads_text and _GOES_ON.fullmatch(text[last.end : seen.start]):
            decided = last.role, len(seen.left)
        mentions.append(_mention(seen, decided, published, place))
    return mentions


def _is_year(text: str, number: ActNumber, published: date | None) -> bool:
    """Whether a number without symbol is the year a plan is for, `Kế hoạch 2025 về …`, by the article's own date."""
    if number.canonical != number.digits or text.endswith(("số ", "số: "), 0, number.start):
        return False
    return published is not None and published.year - 1 <= int(number.digits.rstrip("abcdđ")) <= published.year + 5


def _mention(seen: Seen, decided: tuple[Role, int], published: date | None, place: Place) -> ActMention:
    role, verb = decided
    found = _date_after(seen, published)
    signed = found.day if found else None
    issuer = _issuer_after(seen.right[found.end :].lstrip(")") if found else seen.right, place)
    issuer = issuer or _issuer_of_all(seen.left, place)
    if role is Role.ANNOUNCED:
        if signed and published and published - signed > _OLD and _LOOKS_BACK.search(seen.left[:verb]):
            role = Role.CITED
        subject = _subject(seen.left[:verb], seen.number.canonical, place)
        signed = signed or _lead_date(seen.left, subject.start if subject else verb, published)
        issuer = issuer or (subject.name if subject else _done_by(seen, place))
    return ActMention(seen.type, seen.number.canonical, signed, issuer, role, seen.start, seen.number.end)


def _role(seen: Seen) -> tuple[Role, int]:
    if seen.heads_text:
        return Role.ANNOUNCED, len(seen.left)
    return role_of(seen.left, seen.right, opens_text=seen.opens_text)


def _date_after(seen: Seen, published: date | None) -> FoundDate | None:
    """The date right behind a number, `ngày 31/12/2019`; in the head of an act any date near by."""
    right = seen.right.replace("\n", " ")
    if seen.heads_text:
        return next(iter(find_dates(right, published)), None)
    if _TO_DATE.match(right) is None:
        by = _BY.match(right)
        return _dated(right[by.end() :], published) if by else None
    return _dated(right, published)


def _dated(right: str, published: date | None) -> FoundDate | None:
    found = next(iter(find_dates(right[:_TAIL], published)), None)
    return found if found and _TO_DATE.fullmatch(right[: found.start]) else None


def _lead_date(left: str, subject: int, published: date | None) -> date | None:
    """The date a sentence opens with, or its subject: `Ngày 20/01/2020, UBND huyện ban hành …`."""
    for found in find_dates(left, published):
        before = left[: found.start]
        if _SINCE.search(before):
            continue
        opens = found.start <= _LEAD_START and "/" not in before and ";" not in left[found.end : subject]
        if opens or not (left[found.end : subject].strip(" ,)") or _OF_AN_ACT.search(before)):
            return found.day
    return None


def _issuer_after(right: str, place: Place) -> str | None:
    match = _OF.match(right)
    body = opening_body(right[match.end() :], place) if match else None
    return body.name if body else None


def _issuer_of_all(left: str, place: Place) -> str | None:
    """The body that acts on a list are of: `các Nghị định của Chính phủ: số 61/2018/NĐ-CP; số …`."""
    match = _OF_ALL.search(left)
    body = opening_body(match["of"], place) if match else None
    return body.name if body else None


def _subject(left: str, number: str, place: Place) -> Body | None:
    """The body that does it: the last one named before the verb that can bear such a number."""
    # Only UBND gives numbers such as 5/QĐ-UBND.
    wanted = next((name for symbol, name in _BEARERS.items() if number.endswith(symbol)), "")
    return last_body(left, place, lambda name: name.startswith(wanted))


def _done_by(seen: Seen, place: Place) -> str | None:
    """The issuer of an act that a title names: `Quyết định 119/QĐ-UBND … do Ủy ban nhân dân tỉnh … ban hành`."""
    match = _BY.match(seen.right)
    body = opening_body(match["by"], place) if match else None
    return body.name if body else None


def _share(mentions: list[ActMention], text: str) -> list[ActMention]:
    """Give acts that are listed together the one date and issuer that stand behind the last of them."""
    shared = list(mentions)
    for index in range(len(shared) - 2, -1, -1):
        one, following = shared[index], shared[index + 1]
        if _SHARED.fullmatch(text[one.end : following.start]) and one.date is None:
            alike = one.type == following.type
            issuer = one.issuer or (following.issuer if alike or _borne_by(following.issuer, one.number) else None)
            shared[index] = replace(one, date=following.date if alike else None, issuer=issuer)
    return shared


def _borne_by(body: str | None, number: str | None) -> bool:
    """Whether a number names the very body: 5/QĐ-UBND that of an UBND."""
    wanted = next((name for symbol, name in _BEARERS.items() if number and number.endswith(symbol)), None)
    return body is not None and wanted is not None and body.startswith(wanted)


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
    body = last_body(left, place, bool)
    if body is None or not _LIGHT.fullmatch(left[body.end :]) or left[: body.start].endswith("của "):
        return None
    return body.name
