"""What the filters mean in SQL: conditions over articles and portals."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Float, Select, String, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from archive import tables as t
from archive.filters import Filters, body_key, name_key, number_key, number_spellings, place_keys
from archive.records import Role
from archive.revisions import Weight

ANY = "any"
"""The value of --edited that means every weight."""


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
    return found + history(filters)


def history(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions over what became of an article: edited after its publication, gone within some days of it."""
    a, r = t.article.c, t.revision.c
    found: list[ColumnElement[bool]] = []
    if filters.edited:
        weights = set(Weight) if ANY in filters.edited else set(filters.edited)
        found.append(a.id.in_(select(r.article_id).where(r.weight.in_(sorted(weights)))))
    if filters.removed is not None:
        since = func.coalesce(a.published_at, a.first_seen_at)
        found += [a.gone_at.is_not(None), days_between(a.gone_at, since) <= filters.removed]
    if filters.among is not None:
        found.append(a.id.in_(filters.among))
    return found


class days_between(FunctionElement[float]):  # noqa: N801 # a function of SQL
    """The days from the second time to the first."""

    type = Float()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _julian(element: days_between, compiler: SQLCompiler, **options: Any) -> str:
    later, earlier = (compiler.process(one, **options) for one in element.clauses)
    return f"(julianday({later}) - julianday({earlier}))"


@compiles(days_between, "postgresql")
def _epoch(element: days_between, compiler: SQLCompiler, **options: Any) -> str:
    later, earlier = (compiler.process(one, **options) for one in element.clauses)
    return f"(EXTRACT(EPOCH FROM ({later} - {earlier})) / 86400.0)"


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
    spelt = {spelling for number in numbers for spelling in number_spellings(number)}
    return (
        select(m.article_id)
        .join(t.act, act.id == m.act_id)
        .where(m.role == Role.ANNOUNCED.value, act.number.in_(sorted(spelt)))
    )


def _tagged(kind: str, names: Iterable[str]) -> Select[int]:
    return select(t.tag.c.article_id).where(t.tag.c.kind == kind, t.tag.c.key.in_(sorted(set(map(name_key, names)))))


class month_of(FunctionElement[str]):  # noqa: N801 # a function of SQL
    """The month of a day, as `2024-03`."""

    type = String()
    inherit_cache = True


@compiles(month_of, "sqlite")
def _start(element: month_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 7)"


@compiles(month_of, "postgresql")
def _month(element: month_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **options)}, 'YYYY-MM')"
