"""Acts as readers ask for them: by number or id, with the articles that announce and cite each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.filters import number_key, number_spellings
from archive.queries_rows import published
from archive.records import Role

MOST = 500
"""Articles listed under one act."""


@dataclass(frozen=True, slots=True)
class Naming:
    """An article that announces or cites an act."""

    id: int
    title: str
    url: str
    portal: str
    portal_name: str
    published_at: datetime | date | None
    published_precision: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class ShownAct:
    """An act with the articles that name it: announcing ones first, then by time."""

    id: int
    type: str
    number: str | None
    date: date | None
    issuer: str | None
    named: tuple[Naming, ...]

    @property
    def announced(self) -> tuple[Naming, ...]:
        """The articles that announce it."""
        return tuple(one for one in self.named if one.role is Role.ANNOUNCED)

    @property
    def cited(self) -> tuple[Naming, ...]:
        """The articles that cite it."""
        return tuple(one for one in self.named if one.role is Role.CITED)


def acts(session: Session, number: str) -> list[ShownAct]:
    """Every act of a number, however it is spelt, that some shown article names."""
    return _shown(session, t.act.c.number.in_(number_spellings(number_key(number))))


def act(session: Session, number: int) -> ShownAct | None:
    """One act by its id, when some shown article names it."""
    return next(iter(_shown(session, t.act.c.id == number)), None)


def _shown(session: Session, which: ColumnElement[bool]) -> list[ShownAct]:
    a, c, m, p, r = t.article.c, t.act.c, t.mention.c, t.portal.c, t.revision.c
    names = (a.id, r.title, a.url, p.slug, p.name, a.published_at, a.published_on, a.published_precision, m.role)
    asked = (
        select(c.id.label("act"), c.type, c.number, c.date, c.issuer, *names)
        .join(t.mention, m.act_id == c.id)
        .join(t.article, a.id == m.article_id)
        .join(t.portal, p.id == a.portal_id)
        .join(t.revision, and_(r.article_id == a.id, r.number == a.revisions))
        .where(which, a.withheld_at.is_(None))
        .order_by(c.id, case((m.role == Role.ANNOUNCED, 0), else_=1), a.published_at.is_(None), a.published_at, a.id)
        .limit(MOST)
    )
    found: Sequence[Row[Any]] = session.connection().execute(asked).all()  # type: ignore[assignment]
    return [_act(list(rows)) for _, rows in groupby(found, key=lambda row: row.act)]


def _act(rows: Sequence[Row[Any]]) -> ShownAct:
    first = rows[0]
    named = {row.id: _naming(row) for row in reversed(rows)}
    return ShownAct(first.act, first.type, first.number, first.date, first.issuer, tuple(reversed(named.values())))


def _naming(row: Row[Any]) -> Naming:
    at = published(row.published_at, row.published_on, row.published_precision)
    return Naming(row.id, row.title, row.url, row.slug, row.name, at, row.published_precision, Role(row.role))


def ids_of(session: Session, article: int) -> dict[tuple[str, str | None], int]:
    """The acts an article names: (type, number) -> act id, for links."""
    c, m = t.act.c, t.mention.c
    asked = select(c.id, c.type, c.number).join(t.mention, m.act_id == c.id).where(m.article_id == article)
    return {(row.type, row.number): row.id for row in session.connection().execute(asked.order_by(c.id.desc()))}
