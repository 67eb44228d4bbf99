"""Acts that the archive knows from one side only: announced without their text, or cited and never announced.

An act counts as published where one of the articles that announce it brings a file.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.conditions import where
from archive.filters import Filters
from archive.records import Role


@dataclass(frozen=True, slots=True)
class NamedAct:
    """An act with how many shown articles name it, the first of them, and the last day they were published."""

    id: int
    type: str
    number: str
    date: dt.date | None
    issuer: str | None
    articles: int
    first_article: int
    last_named: dt.date | None


def announced_only(session: Session, filters: Filters, limit: int) -> list[NamedAct]:
    """Numbered acts that articles announce, none of which brings a file; the latest named first."""
    file, other = t.attachment.c, t.mention.alias("other")
    with_file = exists(
        select(other.c.act_id)
        .join(t.attachment, file.article_id == other.c.article_id)
        .where(other.c.act_id == t.act.c.id, other.c.role == Role.ANNOUNCED.value, file.listed.is_(True))
    )
    asked = _named(Role.ANNOUNCED, filters, ~with_file)
    return _acts(session, asked.order_by(func.max(t.article.c.published_on).desc(), t.act.c.id), limit)


def cited_only(session: Session, filters: Filters, limit: int) -> list[NamedAct]:
    """Numbered acts that articles cite and none announces, not even one that may be the same; most cited first.

    An act cited without its date or issuer may be any announced one of that number and type.
    """
    same, other = t.act.alias("same"), t.mention.alias("other")
    announced = exists(
        select(same.c.id)
        .join(other, other.c.act_id == same.c.id)
        .where(
            same.c.number == t.act.c.number,
            same.c.type == t.act.c.type,
            other.c.role == Role.ANNOUNCED.value,
            _may_be(same.c.date, t.act.c.date),
            _may_be(same.c.issuer, t.act.c.issuer),
        )
    )
    asked = _named(Role.CITED, filters, ~announced)
    return _acts(session, asked.order_by(func.count().desc(), t.act.c.id), limit)


def _may_be(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(one.is_(None), other.is_(None), one == other)


def _named(role: Role, filters: Filters, missing: ColumnElement[bool]) -> Select[Any]:
    """Acts with the shown articles that name them in that role."""
    c, m, a = t.act.c, t.mention.c, t.article.c
    counted = (func.count().label("articles"), func.min(a.id).label("first"), func.max(a.published_on).label("last"))
    return (
        select(c.id, c.type, c.number, c.date, c.issuer, *counted)
        .join(t.mention, and_(m.act_id == c.id, m.role == role.value))
        .join(t.article, a.id == m.article_id)
        .where(c.number.is_not(None), missing, *where(filters))
        .group_by(c.id, c.type, c.number, c.date, c.issuer)
    )


def _acts(session: Session, asked: Select[Any], limit: int) -> list[NamedAct]:
    rows: Sequence[Row[Any]] = session.connection().execute(asked.limit(limit)).all()
    return [NamedAct(r.id, r.type, r.number, r.date, r.issuer, r.articles, r.first, r.last) for r in rows]
