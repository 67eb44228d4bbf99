"""Dates as Vietnamese portals print them, and dates in running text.

Publication dates come as in PORTALS.md 1 and 3.2; what is not surely a date is refused
rather than guessed, because a wrong date is worse than none.

ValueError
└── ImpossibleDate      an article states dates, and every one that can be read lies in the future or never was
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from archive.records import Precision, Published, Stated
from archive.text import clean_line

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""The zone of every printed date; the country has kept it, without summer time, since 1975."""

FIRST_YEAR = 1997
"""Vietnam joined the internet in November 1997: no page is older, and a printed 1/1/0001 or 1970 is a blank field."""

CLOCK_SLACK = timedelta(minutes=15)
"""How far a portal's clock may be ahead of ours before its dates count as future."""

_MONTHS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)} | {"giêng": 1, "bốn": 4, "chạp": 12}
_MONTH = rf"(?P<month>\d{{1,2}}|{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})"

_DAY = (  # the first digit before what is asked of its neighbour: so the engine leaps from digit to digit
    re.compile(
        r"(?P<year>\d(?<![\d/.,:-].)\d{3}) ?(?P<sign>[-/.]) ?(?P<month>\d{1,2}) ?(?P=sign) ?(?P<day>\d{1,2})(?![\d+])"
    ),
    re.compile(
        r"(?P<day>\d(?<![\d/.,].)\d?) ?(?P<sign>[-/.–]) ?(?P<month>\d{1,2}) ?(?P=sign) ?(?P<year>\d{4})(?!\d|/[A-ZĐ])"
    ),
    re.compile(rf"(?P<day>\d(?<!\d.)\d?) ?tháng {_MONTH} ?(?:,|năm|/|-)? ?(?P<year>\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(rf"tháng {_MONTH} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})(?!\d)", re.IGNORECASE),
)
_TIME = re.compile(
    r"(?<![\d/.:+-])(?P<hour>\d{1,2})(?: ?[:h] ?(?P<minute>\d{2})(?: ?: ?(?P<second>\d{2})(?:[.,]\d+)?)?(?![\d/])"
    r"| ?h\b| giờ(?: (?P<minutes>\d{1,2})(?: phút)?(?![\d/.-]))?)(?: ?(?P<half>[AP]M|SA|CH|sáng|chiều|tối)\b)?",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?"
    r"(?![\d:+-])"
)
_ZONE = re.compile(r"\b(?:GMT|UTC)(?: ?(?P<sign>[+-]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?", re.IGNORECASE)
_EPOCH = re.compile(r"(?:/Date\()?(?P<seconds>[1-9]\d{9})(?P<thousandths>\d{3})?(?:[+-]\d{4})?(?:\)/)?")
_RFC822 = re.compile(r"\d{1,2} [A-Z][a-z]{2,8} \d{4} \d{1,2}:\d{2}")


class ImpossibleDate(ValueError):  # noqa: N818 (it is not always an error: choose goes on to the next date)
    """Every date an article states that can be read lies in the future or never was; it belongs in quarantine."""


Read = tuple[datetime | date, Precision]


def parse_stated(text: str, now: datetime) -> Read | None:
    """A printed publication date and its precision: a datetime in Vietnamese time, or a date alone.

    None when no date is stated or it never was (31/02). Whether it is possible is for `choose`. `now` is
    aware; printed words such as "3 giờ trước" are read against it.
    """
    try:
        return _read(clean_line(text), now)
    except ImpossibleDate:
        return None


def choose(stated: Sequence[Stated], now: datetime) -> Published | None:
    """The first stated date, in the order given, that can be read and is possible; None when none can be read.

    Raises ImpossibleDate when dates can be read and all are in the future or never were.
    """
    impossible: list[str] = []
    for one in stated:
        try:
            read = _read(clean_line(one.text), now)
            if read is not None:
                return _possible(*read, one.source, now)
        except ImpossibleDate:
            impossible.append(f"{one.source} says {clean_line(one.text)!r}")
    if impossible:
        raise ImpossibleDate("future or impossible date: " + "; ".join(impossible))
    return None


def _possible(at: datetime | date, precision: Precision, source: str, now: datetime) -> Published:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(tzinfo=VIETNAM))
    if at.year < FIRST_YEAR or at > now + CLOCK_SLACK:
        raise ImpossibleDate(at.isoformat())
    return Published(at, precision, source)


def _read(text: str, now: datetime) -> Read | None:
    """The date in one clean line; raises ImpossibleDate for one that never was."""
    if match := _ISO.search(text):
        return _iso(match)
    if _RFC822.search(text):
        return _rfc822(text)
    if match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match["seconds"]), VIETNAM), Precision.SECOND
    for pattern in _DAY:
        if match := pattern.search(text):
            rest = f"{text[: match.start()]} ; {text[match.end() :]}"
            return _with_time(_day(match), rest)
    return _ago(text, now)


def _iso(match: re.Match[str]) -> Read:
    year, month, day, hour, minute, second, zone = match.groups()
    offset = VIETNAM if zone is None else _offset(zone)
    try:
        clock = time(int(hour), int(minute or 0), int(second or 0), tzinfo=offset)
        at = datetime.combine(date(int(year), int(month), int(day)), clock).astimezone(VIETNAM)
    except (ValueError, OverflowError) as error:
        raise ImpossibleDate(str(error)) from None
    return at, Precision.SECOND if second else Precision.MINUTE if minute else Precision.HOUR


def _offset(zone: str) -> timezone:
    if zone == "Z":
        return timezone(timedelta(0))
    digits = zone[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if shift > timedelta(hours=14):
        raise ImpossibleDate(f"no place on earth is {zone}")
    return timezone(-shift if zone[0] == "-" else shift)


def _rfc822(text: str) -> Read | None:
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=VIETNAM) if at.tzinfo is None else at.astimezone(VIETNAM)
    except (ValueError, OverflowError) as error:
        raise ImpossibleDate(str(error)) from None
    return at, Precision.SECOND if re.search(r":\d{2}:\d{2}", text) else Precision.MINUTE


def _day(match: re.Match[str]) -> date:
    month = match["month"].lower()
    try:
        return date(int(match["year"]), _MONTH_NUMBERS.get(month) or int(month), int(match["day"]))
    except ValueError as error:
        raise ImpossibleDate(f"{match[0]}: {error}") from None


def _with_time(day: date, rest: str) -> Read:
    """The day with the time printed beside it; a time that never was leaves the day alone."""
    zone = _ZONE.search(rest)
    if zone:
        rest = rest.replace(zone[0], " ")
    match = _TIME.search(rest)
    if match is None:
        return day, Precision.DAY
    hour, minute, second = int(match["hour"]), match["minute"] or match["minutes"], match["second"]
    half = (match["half"] or "").upper()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in {"PM", "CH", "CHIỀU", "TỐI"} else 0)
    try:
        clock = time(hour, int(minute or 0), int(second or 0), tzinfo=_named(zone))
        at = datetime.combine(day, clock).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return day, Precision.DAY
    return at, Precision.SECOND if second else Precision.MINUTE if minute else Precision.HOUR


def _named(zone: re.Match[str] | None) -> timezone:
    if zone is None:
        return VIETNAM
    if zone["sign"] is None:
        return timezone(timedelta(0))
    return _offset(f"{zone['sign']}{int(zone['hours']):02}{zone['minutes'] or '00'}")


_AGO = re.compile(r"(\d{1,3}) (phút|giờ|tiếng|ngày) trước", re.IGNORECASE)
_AGO_UNITS = {
    "phút": ("minutes", Precision.MINUTE),
    "giờ": ("hours", Precision.HOUR),
    "tiếng": ("hours", Precision.HOUR),
}


def _ago(text: str, now: datetime) -> Read | None:
    match = _AGO.search(text)
    if match is None:
        return None
    local, unit = now.astimezone(VIETNAM), match[2].lower()
    if unit == "ngày":
        return (local - timedelta(days=int(match[1]))).date(), Precision.DAY
    name, precision = _AGO_UNITS[unit]
    at = local - timedelta(**{name: int(match[1])})
    minute = 0 if precision is Precision.HOUR else at.minute
    return at.replace(minute=minute, second=0, microsecond=0), precision


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in running text: its day, the last day when a range is written, and where it stands."""

    day: date
    start: int
    end: int
    last: date | None = None


_DIGIT = re.compile(r"\d")
_YEARLESS = re.compile(
    r"(?=[nstchđ])(?:ngày|sáng|trưa|chiều|tối|hôm|từ|đến) (?:nay )?\(?"
    r"(?P<day>\d{1,2})(?:-(?P<last>\d{1,2}))?(?:[/-]| tháng )(?P<month>\d{1,2})\)?"
    r"(?![\d/]|[-–.]\d)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(?<![\d/.,-])(?P<first>\d{1,2}) ?[-–] ?$")


def find_dates(text: str, near: date | None) -> list[FoundDate]:
    """The dates in running text, in order; a form without year is read as the one nearest `near`, or left out.

    `ngày 24-28/02` is a range; holidays (`dịp 30/4-1/5`) and numbers like 19/8/19999 are no dates.
    """
    if _DIGIT.search(text) is None:
        return []
    found = [*_full_dates(text), *(_yearless(text, near) if near else ())]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[FoundDate] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _full_dates(text: str) -> Iterator[FoundDate]:
    for pattern in _DAY:
        for match in pattern.finditer(text):
            try:
                yield _ranged(text, match, _day(match))
            except ImpossibleDate:
                continue


def _ranged(text: str, match: re.Match[str], day: date) -> FoundDate:
    before = _RANGE.search(text, max(0, match.start() - 6), match.start())
    if before is None or not 0 < int(before["first"]) < day.day:
        return FoundDate(day, match.start(), match.end())
    return FoundDate(day.replace(day=int(before["first"])), before.start(), match.end(), last=day)


def _yearless(text: str, near: date) -> Iterator[FoundDate]:
    for match in _YEARLESS.finditer(text):
        day = nearest(int(match["day"]), int(match["month"]), near)
        if day is None:
            continue
        last = nearest(int(match["last"]), int(match["month"]), near) if match["last"] else None
        yield FoundDate(day, match.start("day"), match.end("month"), last)


def nearest(day: int, month: int, near: date) -> date | None:
    """That day of that month in the year that brings it nearest to `near`; None when there is no such day."""
    tries: list[date] = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            tries.append(date(year, month, day))
        except ValueError:
            continue
    return min(tries, key=lambda one: abs(one - near), default=None)
