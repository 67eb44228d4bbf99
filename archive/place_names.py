"""Places that a text names: provinces, districts and communes, found by whole words and never guessed.

A name counts only where the text marks it as a place (DESIGN.md 7): behind the word for its kind, or
capitalised between commas, brackets and ends; `hòa bình` is also peace, `đường Điện Biên Phủ` a street.
Of several units of one name the province in the text decides, then the portal's own, else it stays open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import regex

from archive.place_units import REFORM, bare, candidates
from archive.records import Place
from archive.text import nfc, retone
from config import units

_KIND = (
    r"(?P<kind>(?i:tỉnh|tinh|thành phố|thanh pho|huyện|huyen|quận|quan|thị xã|thi xa|phường|phuong|xã|xa"
    r"|thị trấn|thi tran|đặc khu|dac khu)(?= )|(?:TP|Tp|tp|TX|Tx|tx|TT|Tt)\b\.?|(?:TPHCM|TP\.?HCM)\b|\b[HQPX]\.)"
)
_WORD = r"(?:\p{Lu}[\p{L}'’]*|\p{Lu}\.)"
_NAME = (
    rf"(?P<name>{_WORD}(?:(?: |(?: ?[-–] ?)){_WORD}){{0,5}}(?: \d{{1,2}}(?![\d/.,-]\d))?|\d{{1,2}}(?![\d/.,-]\d|\w))"
)
_KINDED = regex.compile(rf"(?<![\p{{L}}\d])(?<!(?i:thị|thi) ){_KIND} ?{_NAME}")
_HCM = regex.compile(r"(?<![\p{L}\d])(?:TPHCM|TP\.? ?HCM|Tp\.? ?HCM)(?!\p{L})")
_BARE = regex.compile(rf"(?<![\p{{L}}\d'’]){_WORD}(?:(?: |-| - ){_WORD}){{1,4}}(?![\p{{L}}\d])")
_DASH = regex.compile(r" [-–] ?|[-–] ")
_BEFORE = regex.compile(r"(?:^|[,(;:\n–-]\s?)$")
_BEHIND = regex.compile(r"\s?(?:[,);.\n–-]|$)")
_NOT_PLACE = regex.compile(
    r"(?i)\b(?:đường|phố|ngõ|trường(?: [\w]+){0,2}|đại học|học viện|bệnh viện|công ty(?: [\w]+){0,2}|sông|núi|đèo|cầu"
    r"|chợ|hồ|nhà máy|sân bay|cảng|chiến dịch|chiến thắng|khách sạn|báo|cúp|giải|câu lạc bộ|clb|ông|bà|anh|chị"
    r"|đồng chí|đ/c|cháu|em|thầy|cô|bác|nhà thờ|đền|chùa|đình|công viên|quảng trường|khu công nghiệp|kcn|hàng|tạp chí"
    r"|ngân hàng) $"
)
_AT = regex.compile(r"(?i)\b(?:tại|ở) $")
_SAID = regex.compile(
    r"(?i)\b(?:tại|ở|về|đến|từ|tới|với|thăm|và|của|cho|trên địa bàn|khu vực|quê|vùng|người|nhân dân|lãnh đạo) $"
)
"""Words behind which a capitalised province is a place; Hồ Chí Minh is one only behind `tại` and `ở`."""
_BESIDE = regex.compile(r"\s?[,(–-]\s?(?:(?i:tỉnh|thành phố|tp\.?) ?)?$")
_PLAIN_KINDS = {
    "tinh": "tỉnh", "thanh pho": "thành phố", "tp": "thành phố", "huyen": "huyện", "h": "huyện", "quan": "quận",
    "q": "quận", "thi xa": "thị xã", "tx": "thị xã", "phuong": "phường", "p": "phường", "xa": "xã", "x": "xã",
    "thi tran": "thị trấn", "tt": "thị trấn", "dac khu": "đặc khu",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name where it stands; `units` are the identities it may mean, exactly one when it is resolved."""

    name: str
    kind: str
    start: int
    end: int
    units: tuple[str, ...]

    @property
    def unit(self) -> str | None:
        """The identity, such as `d:509`; None when the name stays open."""
        return self.units[0] if len(self.units) == 1 else None


def find_places(text: str, place: Place, on: date | None = None) -> list[PlaceName]:
    """The places a clean text names, in order; `place` is the portal's, `on` the day the text speaks of.

    A name that is in no table is left out; one that may mean several units comes with all of them.
    """
    text = retone(nfc(text))
    named = sorted((*_kinded(text, on), *_capital(text)), key=lambda one: (one.start, -one.end))
    kept: list[PlaceName] = []
    for one in named:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    kept += _bare(text, kept, on)
    kept.sort(key=lambda one: one.start)
    return [_settled(one, kept, text, _own(place, on)) for one in kept]


def _capital(text: str) -> Iterator[PlaceName]:
    for match in _HCM.finditer(text):
        yield PlaceName(match[0], "thành phố", match.start(), match.end(), ("p63:79",))


def _kinded(text: str, on: date | None) -> Iterator[PlaceName]:
    """Names behind the word for their kind: the longest beginning of the capitalised words that a table has."""
    for match in _KINDED.finditer(text, overlapped=True):
        kind = _kind(match["kind"])
        found = _longest(kind, match["name"], on)
        if found:
            name, those = found
            yield PlaceName(name, kind, match.start(), match.start("name") + len(name), those)


def _kind(written: str) -> str:
    plain = units.plain(written.rstrip("."))
    return _PLAIN_KINDS[plain]


def _longest(kind: str, name: str, on: date | None) -> tuple[str, tuple[str, ...]] | None:
    ends = [match.start() for match in regex.finditer(r"(?<=\S)(?= | ?[-–])|$", name)]
    for end in reversed(ends):
        tried = name[:end].rstrip(" -–")
        if _DASH.search(tried) and not any("-" in unit.name for unit in units.named(tried)):
            continue  # `huyện Tân Phú - Đồng Nai` is no Tân Phú Đông
        those = candidates(kind, tried, on) if tried else ()
        if those:
            return tried, those
    return None


def _bare(text: str, kept: list[PlaceName], on: date | None) -> Iterator[PlaceName]:
    """Names without their kind: provinces where the whole run of capitals is one, districts beside another place."""
    gaps = zip([0, *(one.end for one in kept)], [*(one.start for one in kept), len(text)], strict=True)
    last = -1
    for begin, end in gaps:
        last = begin or last
        for match in _BARE.finditer(text, begin, max(begin, end)):
            those = _unmarked(text, match, last, on)
            if those:
                yield PlaceName(match[0], "", match.start(), match.end(), those)
                last = match.end()


def _unmarked(text: str, match: regex.Match[str], last: int, on: date | None) -> tuple[str, ...]:
    """What a run of capitals may mean where it stands; `last` is where the place before it ends."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    marked = _BEFORE.search(line) is not None and _BEHIND.match(text, match.end()) is not None
    beside = last >= 0 and _BESIDE.fullmatch(text[last : match.start()]) is not None
    person = units.key(match[0]) == "hochiminh"
    said = (_AT if person else _SAID).search(line) is not None or (not line and not person)
    if _NOT_PLACE.search(line) or not (marked or beside or (said and not match[0].isupper())):
        return ()
    return bare(match[0], district=marked and beside, on=on)


def _settled(one: PlaceName, all_names: list[PlaceName], text: str, own: tuple[str, ...]) -> PlaceName:
    """The name with what its surroundings leave of its candidates."""
    if len(one.units) < 2:
        return one
    after = next((other for other in all_names if _follows(other, one, text)), None)
    hints: list[tuple[str, ...]] = [after.units] if after else []
    hints.append(
        tuple({unit for other in all_names if other is not one for unit in other.units if len(other.units) == 1})
    )
    hints.append(own)
    for hint in hints:
        left = tuple(unit for unit in one.units if units.ancestors(unit) & set(hint))
        if len(left) == 1:
            return replace(one, units=left)
        if left and hint is hints[0] and after:
            one = replace(one, units=left)
    return one


def _follows(other: PlaceName, one: PlaceName, text: str) -> bool:
    return other.start >= one.end and bool(
        _BESIDE.fullmatch(text[one.end : other.start]) or text[one.end : other.start] == " "
    )


def _own(place: Place, on: date | None) -> tuple[str, ...]:
    """Identities of the portal's own province, of the system of that day, and of its district."""
    systems = ("p34", "p63") if on is not None and on >= REFORM else ("p63", "p34")
    named = [{unit.identity for unit in units.named(place.province or "", system)} for system in systems]
    found = named[0] or named[1]
    if place.district and place.province:
        district = units.district(place.district, place.province)
        found |= {district.identity} if district else set()
    return tuple(found)
