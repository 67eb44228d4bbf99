"""Issuing bodies (cơ quan ban hành) as texts name them, in one spelling and with their place.

`Chủ tịch Uỷ ban nhân dân tỉnh Kon Tum` is `UBND tỉnh Kon Tum`; `Huyện ủy` on the portal of
Quế Sơn is `Huyện ủy Quế Sơn`. `UBND các huyện` is a recipient, never an issuer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import regex

from archive.places import LEVELS, complete, district_with_kind, full_name, known_name, own, province_with_kind
from archive.records import Place
from archive.text import retone
from config import vocabulary

_NAME = r"(?:\p{Lu}[\p{L}'’]*(?:(?: | ?- ?)\p{Lu}[\p{L}'’]*){0,5}(?: \d{1,2}(?![\d/.,-]))?|\d{1,2})"
_LEVEL = "|".join(sorted((level.replace(".", r"\.") for level in LEVELS), key=len, reverse=True))
_ORGAN = "Ban Thường vụ|BTV|Ban Chấp hành|Thường trực|Văn phòng|Ban Tổ chức|Ban Tuyên giáo|Ban Dân vận"
_FIRST = "BCĐGHhLPpQSsTUuỦủV"
"""First letters of the forms below, save those of the vocabulary's names."""
_NOT_ALL = (
    rf"(?! (?:các|cấp|những)\b| (?i:{_LEVEL})(?:,| và| hoặc|/) ?(?i:{_LEVEL})\b"
    r"(?! (?:đã|vừa|ban hành|xây dựng|tổ chức|triển khai)\b))"
)
_PARTY_LEVELS = {"Tỉnh": "tỉnh", "Huyện": "huyện", "Thị": "thị xã", "Thành": "thành phố", "Quận": "quận"}
_PERSON_WORDS = 3
_TITLE_LETTERS = 240


@dataclass(frozen=True, slots=True)
class Body:
    """A body where it stands in a text, and its canonical name."""

    name: str
    start: int
    end: int


def _place(prefix: str) -> str:
    """A pattern of a level and maybe a name, such as ` huyện Quế Sơn`; lists of levels are no place."""
    return rf"(?: (?P<{prefix}level>(?i:{_LEVEL}))(?: ?(?P<{prefix}name>{_NAME}))?)?"


@cache
def _pattern() -> regex.Pattern[str]:
    known = {key: _alternatives(those) for key, those in vocabulary.bodies().items()}
    forms = (
        rf"(?P<central>(?=\p{{Lu}})(?i:{known['central']}))",
        rf"(?:(?P<organ>{_ORGAN}) )?(?P<party>Tỉnh|Huyện|Thị|Thành|Quận|Đảng) (?i:ủy){_NOT_ALL}"
        rf"(?:{_place('p')[:-1]}| (?P<bare>{_NAME}))?",
        rf"(?P<youth>(?:Tỉnh|Huyện|Thị|Thành|Quận) đoàn)(?: (?P<yname>{_NAME}))?",
        rf"(?P<school>Trường (?:THPT|THCS|Tiểu học|Mầm non|Chính trị|Đại học|Cao đẳng) {_NAME})",
        rf"(?P<person>(?:Phó )?(?:Chủ tịch|Thường trực|Lãnh đạo) (?:HĐND và )?)?"
        rf"(?P<people>(?i:UBND|HĐND|Ủy ban nhân dân|Hội đồng nhân dân))(?! và UBND){_NOT_ALL}{_place('')}",
        rf"(?:Bộ trưởng )?(?P<ministry>Bộ (?P<bfield>(?i:{known['fields']})))",
        rf"(?:Giám đốc |Trưởng )?(?P<office>(?i:sở|phòng) (?P<field>(?i:{known['fields']}))){_place('o')}",
        rf"(?P<committee>Ban [Cc]hỉ đạo(?: (?:{known['steering']}))?){_NOT_ALL}{_place('c')}",
        rf"(?P<other>{known['others']}){_NOT_ALL}{_place('x')}",
    )
    named = {name[0] for name in map(retone, vocabulary.bodies()["others"])}
    named |= {name[0].upper() for name in map(retone, vocabulary.bodies()["central"])}
    first = rf"(?=[{_FIRST}{''.join(sorted(named))}])"  # asked first: it spares the rest at most letters of a text
    return regex.compile(rf"{first}(?<!\p{{L}})(?<!\d[^\s,;.]{{0,20}})(?:{'|'.join(forms)})(?!\p{{L}})")


@cache
def _central() -> dict[str, str]:
    return {retone(name).lower(): name for name in vocabulary.bodies()["central"]}


def _alternatives(names: tuple[str, ...]) -> str:
    return "|".join(sorted(map(retone, names), key=len, reverse=True))


def find_bodies(text: str, place: Place) -> Iterator[Body]:
    """The bodies a short clean text names, in order, with the portal's place where theirs is left out."""
    for match in _pattern().finditer(retone(text)):
        yield _body(match, place)


def last_body(text: str, place: Place, may_be: Callable[[str], bool]) -> Body | None:
    """The last of `find_bodies` whose name is right."""
    named = (_body(match, place) for match in reversed(list(_pattern().finditer(retone(text)))))
    return next((body for body in named if may_be(body.name)), None)


def opening_body(text: str, place: Place) -> Body | None:
    """The body a short clean text begins with."""
    match = _pattern().match(retone(text))
    return _body(match, place) if match else None


def _body(match: regex.Match[str], place: Place) -> Body:
    return Body(_canonical(match, place), match.start(), match.start() + len(match[0].rstrip()))


_TITLE_PLACE = regex.compile(
    rf"(?P<aside>\b(?:tại|ở|thăm|đến|với|về|từ|sang|giữa|và|cho|,) )?"
    rf"\b(?P<level>[Tt]ỉnh|[Hh]uyện|[Qq]uận|[Tt]hị xã|[Pp]hường|[Xx]ã|[Tt]hị trấn) (?P<name>{_NAME})"
)
_FIELD = {"tỉnh": "province", "huyện": "district", "quận": "district", "thị xã": "district"}


def spoken_of(title: str, place: Place) -> Place:
    """The place an article speaks of: the portal's, save where the title names another one as its subject.

    `UBND huyện Quế Sơn ban hành …` republished by a neighbour: `UBND huyện` below is that of Quế Sơn. What is
    only visited (`tại xã …`) counts where the portal itself has no place of that level.
    """
    named: dict[str, set[str]] = {}
    for match in _TITLE_PLACE.finditer(retone(title[:_TITLE_LETTERS])):
        field = _FIELD.get(match["level"].lower(), "commune")
        level, name = match["level"].lower(), match["name"]
        known = known_name(level, name, place)
        person = known is None and field != "commune" and len(name.split()) >= _PERSON_WORDS
        if not person and (getattr(place, field) is None or not match["aside"]):
            named.setdefault(field, set()).add(known or name)
    changed = {field: those.pop() for field, those in named.items() if len(those) == 1}
    return replace(place, **changed) if changed else place


def _canonical(match: regex.Match[str], place: Place) -> str:
    if match["people"]:
        short = "HĐND" if match["people"].lower() in {"hđnd", "hội đồng nhân dân"} else "UBND"
        return _placed(short, match["level"], _not_a_person(match, place), place)
    if match["youth"] or match["party"]:
        return _youth(match, place) if match["youth"] else _party(match, place)
    if match["central"] or match["ministry"]:
        central = _central()[match["central"].lower()] if match["central"] else f"Bộ {_field(match['bfield'])}"
        return "Thủ tướng Chính phủ" if central == "Thủ tướng" else central
    if match["office"]:
        return _office(match, place)
    if match["committee"]:
        return _placed(str(match["committee"]), match["clevel"], match["cname"], place)
    return str(match["school"] or _placed(str(match["other"]), match["xlevel"], match["xname"], place))


def _field(written: str) -> str:
    """A field as the vocabulary spells it: `NỘI VỤ` as `Nội vụ`."""
    return next(one for one in vocabulary.bodies()["fields"] if retone(one).lower() == written.lower())


def _office(match: regex.Match[str], place: Place) -> str:
    """A department is the province's, an office (phòng) the district's, unless it says otherwise."""
    office = f"{match['office'].split(' ')[0].capitalize()} {_field(match['field'])}"
    if match["olevel"]:
        return _placed(office, match["olevel"], match["oname"], place)
    home = province_with_kind(place) if office.startswith("Sở") else district_with_kind(place)
    return f"{office} {home}" if home else office


def _not_a_person(match: regex.Match[str], place: Place) -> str | None:
    """The name after a level, unless it is a person's: `Chủ tịch UBND huyện Lê Quốc Việt`."""
    name: str | None = match["name"]
    if name is None or match["person"] is None or known_name(_level(match["level"]), name, place):
        return name
    return None if len(name.split()) >= _PERSON_WORDS else name


def _level(written: str) -> str:
    return LEVELS[written.lower()]


def _placed(body: str, level: str | None, name: str | None, place: Place) -> str:
    """A body with its place: as named, else the portal's of that level, else the portal's own."""
    if level is None:
        whole = own(place)
        return f"{body} {whole}" if whole else body
    kind = _level(level)
    if name is None:
        return f"{body} {complete(kind, place) or kind}"
    named = known_name(kind, name, place) or name
    return f"{body} {kind} {full_name(named) if named.isupper() else named}"


def _party(match: regex.Match[str], place: Place) -> str:
    organ = {"BTV": "Ban Thường vụ", None: ""}.get(match["organ"], match["organ"])
    party = f"{organ} {match['party']} ủy".lstrip()
    if match["plevel"]:
        return _placed(party, match["plevel"], match["pname"], place)
    level = _PARTY_LEVELS.get(match["party"])
    if match["bare"]:
        return f"{party} {(level and known_name(level, match['bare'], place)) or match['bare']}"
    whole = complete(level, place) if level else own(place)
    if whole is None:
        return party
    return f"{party} {whole.removeprefix(f'{level} ')}"


def _youth(match: regex.Match[str], place: Place) -> str:
    """The Youth Union of a place: `Tỉnh đoàn` as `Tỉnh đoàn Quảng Nam`."""
    union = str(match["youth"])
    if match["yname"]:
        return f"{union} {match['yname']}"
    level = _PARTY_LEVELS[union.split(" ", maxsplit=1)[0]]
    whole = complete(level, place)
    return f"{union} {whole.removeprefix(f'{level} ')}" if whole else union
