"""Copy groups in SQL: bands and verified pairs are rows, a group is what they connect.

A group's id is its smallest article's; its first publisher is the article published earliest, by the
day, then the time where it is known, then the id; where no date is stated the first look stands for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select, update

from archive import copies
from archive import tables as t
from archive.dates import VIETNAM
from archive.records import Precision
from archive.wording import Body

COMPARED = 16
"""How many articles at most a new one is compared with: those that share most bands."""
REMEMBERED = 128
"""How many bodies are kept in memory, some 100 KB each."""

_a, _b, _r = t.article.c, t.band.c, t.revision.c
SHARING = """SELECT article_id FROM band WHERE key IN ({bands}) AND article_id <> {sign}
GROUP BY article_id ORDER BY count(*) DESC, article_id LIMIT {limit}"""
"""Given to the driver as it is: SQLAlchemy takes several times as long over its 33 values as the database."""
TEXTS = (
    select(_a.id, _r.body)
    .join(t.revision, and_(_r.article_id == _a.id, _r.number == _a.revisions))
    .where(_a.id.in_(bindparam("articles", expanding=True)))
)
NEW_BAND = "INSERT INTO band (key, article_id) VALUES ({sign}, {sign})"


@dataclass(frozen=True, slots=True)
class Sketch:
    """A body with its bands, taken before the transaction begins."""

    body: Body
    bands: tuple[int, ...]


def sketch(text: str) -> Sketch:
    """What `group` needs of a body."""
    body = _body(text)
    return Sketch(body, copies.bands(body))


@lru_cache(maxsize=REMEMBERED)
def _body(text: str) -> Body:
    """A body with what was found out about it: look-alikes are compared with the same ones again and again."""
    return Body(text)


def group(connection: Connection, article: int, sketch: Sketch, *, again: bool) -> list[int]:
    """Put an article into its copy group; the other articles whose group or first publisher changed by it.

    `again` says that it was grouped before by an earlier text.
    """
    touched = _ungroup(connection, article) if again else set()
    found = _compare(connection, article, sketch) if sketch.bands else {}
    if sketch.bands:
        new = NEW_BAND.format(sign=_sign(connection.dialect.paramstyle))
        connection.exec_driver_sql(new, [(key, article) for key in sorted(sketch.bands)])
    if found:
        pairs = ((*sorted((article, other)), likeness) for other, likeness in found.items())
        columns = ("article_id", "other_id", "similarity")
        connection.execute(insert(t.copy), [dict(zip(columns, pair, strict=True)) for pair in pairs])
    touched |= found.keys()
    return _settle(connection, touched | {article}, article) if touched else []


def _ungroup(connection: Connection, article: int) -> set[int]:
    """Forget an article's bands and pairs; the articles it was paired with."""
    p, a = t.copy.c, t.article.c
    mine = or_(p.article_id == article, p.other_id == article)
    pairs = connection.execute(select(p.article_id, p.other_id).where(mine)).all()
    connection.execute(delete(t.band).where(t.band.c.article_id == article))
    if pairs:
        connection.execute(delete(t.copy).where(mine))
    same = select(a.copy_group).where(a.id == article).scalar_subquery()
    return set(connection.execute(select(a.id).where(a.copy_group == same)).scalars()) - {article}


def _compare(connection: Connection, article: int, sketch: Sketch) -> dict[int, float]:
    """The articles it is a copy of, with their likeness."""
    asked = _sharing(connection.dialect.paramstyle, len(sketch.bands))
    candidates = connection.exec_driver_sql(asked, (*sketch.bands, article)).scalars().all()
    if not candidates:
        return {}
    texts = connection.execute(TEXTS, {"articles": candidates})
    found = {row.id: copies.likeness(sketch.body, _body(row.body)) for row in texts}
    return {other: likeness for other, likeness in found.items() if likeness is not None}


def _sign(style: str) -> str:
    return "?" if style == "qmark" else "%s"


@cache
def _sharing(style: str, bands: int) -> str:
    """The statement with the sign that a driver wants for a value."""
    sign = _sign(style)
    return SHARING.format(bands=", ".join([sign] * bands), sign=sign, limit=COMPARED)


def _settle(connection: Connection, touched: set[int], article: int) -> list[int]:
    """Give every article that the touched ones are connected with its group; the others that changed."""
    a = t.article.c
    groups = select(a.copy_group).where(a.id.in_(touched), a.copy_group.is_not(None))
    columns = (a.id, a.copy_group, a.first_id, a.published_at, a.published_precision, a.first_seen_at)
    concerned = select(*columns).where(or_(a.id.in_(touched), a.copy_group.in_(groups)))
    members = {row.id: row for row in connection.execute(concerned)}
    p = t.copy.c
    pairs = connection.execute(
        select(p.article_id, p.other_id).where(p.article_id.in_(members), p.other_id.in_(members))
    )
    changed = []
    for together in connected(members, ((one, other) for one, other in pairs)):
        alone = len(together) == 1
        wanted = (None, None) if alone else (min(together), min(together, key=lambda id_: _order(members[id_])))
        for member in together:
            if (members[member].copy_group, members[member].first_id) != wanted:
                columns_ = {"copy_group": wanted[0], "first_id": wanted[1]}
                connection.execute(update(t.article).where(a.id == member), columns_)
                changed.append(member)
    return sorted(set(changed) - {article})


def connected(members: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """The sets of members that pairs connect, each member in one; ordered by their smallest."""
    sets = {member: {member} for member in members}
    for one, other in pairs:
        if sets[one] is not sets[other]:
            sets[one] |= sets[other]
            for member in sets[other]:
                sets[member] = sets[one]
    return sorted({id(together): together for together in sets.values()}.values(), key=min)


def _order(row: Row[Any, Any, Any, Any, Any, Any]) -> tuple[date, bool, datetime, int]:
    at = row.published_at or row.first_seen_at
    vague = row.published_precision == Precision.DAY.value
    return at.astimezone(VIETNAM).date(), vague, at, row.id
