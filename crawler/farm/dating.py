"""How portals print a moment: the forms seen on real pages, by what they tell (PORTALS.md 3.2)."""

from collections.abc import Callable
from datetime import UTC, datetime

from archive.records import Precision
from crawler.farm.newsroom import WEEKDAYS

Form = Callable[[datetime], str]


def _weekday(m: datetime) -> str:
    return WEEKDAYS[m.weekday()]


_DAYS: tuple[Form, ...] = (
    lambda m: f"{m:%d/%m/%Y}",
    lambda m: f"{m.day}/{m.month}/{m.year}",
    lambda m: f"{m:%d-%m-%Y}",
    lambda m: f"{m:%d - %m - %Y}",
    lambda m: f"{_weekday(m)}, {m:%d/%m/%Y}",
    lambda m: f"Ngày {m.day} tháng {m.month} năm {m.year}",
    lambda m: f"({m:%d/%m/%Y})",
    lambda m: f"{m:%d.%m.%Y}",
)
_MINUTES: tuple[Form, ...] = (
    lambda m: f"{m:%d/%m/%Y %H:%M}",
    lambda m: f"{m:%H:%M} {m:%d/%m/%Y}",
    lambda m: f"{m:%H:%M} | {m:%d/%m/%Y}",
    lambda m: f"{m:%d/%m/%Y} | {m:%H:%M}",
    lambda m: f"{_weekday(m)} - {m:%d/%m/%Y %H:%M}",
    lambda m: f"{_weekday(m)}, {m:%d/%m/%Y} | {m:%H:%M}",
    lambda m: f"{m:%d-%m-%Y} {m:%H:%M}",
    lambda m: f"({m:%d/%m/%Y}, {m:%H:%M})",
    lambda m: f"{m:%H:%M}, {_weekday(m)}, {m:%d/%m/%Y} (GMT+7)",
    lambda m: f"{m:%d/%m/%Y} | {m:%H:%M} GMT+7",
    lambda m: f"{m.day}/{m.month}/{m.year} {m.hour}:{m:%M}",
)
_SECONDS: tuple[Form, ...] = (
    lambda m: f"{m:%d/%m/%Y %H:%M:%S}",
    lambda m: f"{m:%H:%M:%S} | {m:%d/%m/%Y}",
    lambda m: f"{_weekday(m).upper()}, {m:%d/%m/%Y %H:%M:%S}",
    lambda m: f"{m:%d-%m-%Y} | {m:%H:%M:%S}",
    lambda m: f"{_weekday(m)}, {m.day}/{m.month}/{m.year} | {m:%I:%M:%S} {'AM' if m.hour < 12 else 'PM'}",
    lambda m: f"{m:%d/%m/%Y %H:%M:%S} (GMT+7)",
)
FORMS: dict[Precision, tuple[Form, ...]] = {
    Precision.SECOND: _SECONDS,
    Precision.MINUTE: _MINUTES,
    Precision.HOUR: _MINUTES,
    Precision.DAY: _DAYS,
}
LABELS = ("", "", "", "Đăng ngày", "Đăng ngày:", "Ngày đăng", "Ngày đăng:", "Cập nhật:", "Cập nhật ngày:",
          "Cập nhật lúc", "Đăng lúc:", "Thời gian:", "Đăng tải:")  # fmt: skip


def iso(moment: datetime, *, universal: bool) -> str:
    """A moment for machines: with Vietnam's offset, or in universal time as some platforms write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if universal else moment.isoformat()
