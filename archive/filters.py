"""The filters that every command, page and export shares, and what they mean in SQL (DESIGN.md 3).

Repeating a filter means any of its values; different filters must all hold. Names compare folded,
places also without their kind: `--province "tỉnh Quảng Nam"`, `"Quảng Nam"` and `"quang nam"` are one.
The keys are pure functions, so that the search engine can index by the same ones.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, ColumnElement, Select, or_, select

from archive import tables as t
from archive.acts import canonical_number
from archive.records import Role
from archive.text import retone, words

KINDS = re.compile(
    r"^(tỉnh|thành phố|tp\.?|huyện|thị xã|tx\.?|quận|xã|phường|thị trấn|tt\.?|đặc khu)[\s.]+(?=\S)", re.IGNORECASE
)
FOLDED_KINDS = re.compile(r"^(tinh|thanh pho|tp|huyen|thi xa|tx|quan|xa|phuong|thi tran|tt|dac khu) (?=\S)")
SHORT = {"ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "vpubnd": "van phong uy ban nhan dan"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to select, an empty field anything; `since` and `until` are days of publication, both included."""

    portal: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    province_now: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    commune: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    year: tuple[int, ...] = ()
    area: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    any_topic: bool = False


def name_key(name: str | None) -> str:
    """A name as names are compared: folded words."""
    return " ".join(words(name or ""))


def place_key(name: str | None) -> str:
    """A place's name as a portal file or the text writes it, without its kind, folded."""
    return name_key(KINDS.sub("", retone(name or "").strip(), count=1) if name else "")


def place_keys(typed: str) -> set[str]:
    """The keys a typed place may mean: without tones `quan hoa` is Quan Hóa or quận Hoa."""
    folded = name_key(typed)
    return (
        {place_key(typed), folded, FOLDED_KINDS.sub("", folded, count=1)}
        if folded == typed.casefold()
        else {place_key(typed)}
    )


def body_key(name: str | None) -> str:
    """An issuing body's name folded, with the abbreviations of people's committees and councils written out."""
    return " ".join(SHORT.get(word, word) for word in words(name or ""))


def number_key(typed: str) -> str:
    """An act number in its canonical spelling, or as typed when it has none."""
    return canonical_number(typed) or typed.strip()


def where(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions over the article table; withheld articles never pass, off-topic ones only with `any_topic`."""
    a = t.article.c
    found: list[ColumnElement[bool]] = [a.withheld_at.is_(None)]
    if not filters.any_topic:
        found.append(a.is_reform.is_(True))
    if portals := portals_where(filters):
        found.append(a.portal_id.in_(select(t.portal.c.id).where(*portals)))
    found += _published(filters)
    found += _any(a.family, filters.family)
    found += _any(a.kind, (kind.casefold() for kind in filters.kind))
    found += _any(a.act_type_key, map(name_key, filters.type))
    found += _any(a.issuing_key, map(body_key, filters.body))
    if filters.number:
        found.append(a.id.in_(_announcing(map(number_key, filters.number))))
    for kind, names in (("area", filters.area), ("indicator", filters.indicator)):
        if names:
            found.append(a.id.in_(_tagged(kind, names)))
    return found


def _any(column: Column[str], values: Iterable[str]) -> list[ColumnElement[bool]]:
    wanted = sorted(set(values))
    found: list[ColumnElement[bool]] = [column.in_(wanted)] if wanted else []
    return found


def portals_where(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions over the portal table: its slug, level and places."""
    p = t.portal.c
    found = _any(p.slug, filters.portal) + _any(p.level, (level.casefold() for level in filters.level))
    for column, typed in (
        (p.province_key, filters.province),
        (p.province_now_key, filters.province_now),
        (p.district_key, filters.district),
        (p.commune_key, filters.commune),
    ):
        found += _any(column, (key for name in typed for key in place_keys(name)))
    return found


def _published(filters: Filters) -> list[ColumnElement[bool]]:
    day = t.article.c.published_on
    found: list[ColumnElement[bool]] = []
    if filters.since:
        found.append(day >= filters.since)
    if filters.until:
        found.append(day <= filters.until)
    if filters.year:
        found.append(or_(*(day.between(date(year, 1, 1), date(year, 12, 31)) for year in sorted(set(filters.year)))))
    return found


def _announcing(numbers: Iterable[str]) -> Select[int]:
    m, act = t.mention.c, t.act.c
    return (
        select(m.article_id)
        .join(t.act, act.id == m.act_id)
        .where(m.role == Role.ANNOUNCED.value, act.number.in_(sorted(set(numbers))))
    )


def _tagged(kind: str, names: Iterable[str]) -> Select[int]:
    return select(t.tag.c.article_id).where(t.tag.c.kind == kind, t.tag.c.key.in_(sorted(set(map(name_key, names)))))
