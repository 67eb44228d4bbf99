"""The copies of an article: who published first, how much later each followed, and what each changed.

Every member of the group is compared with the first publisher's text, word by word (archive/revisions.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.dates import VIETNAM
from archive.revisions import Piece, compare


@dataclass(frozen=True, slots=True)
class CopyTold:
    """A member of a copy group beside the first publisher: `likeness` as it was verified, None when not compared.

    `delay_days` is counted by days of publication, by first sight where none is stated. Of `pieces` the `same` and
    `gone` ones are the first publisher's text, the `new` ones stand in this one only.
    """

    id: int
    portal: str
    url: str
    published: datetime | date | None
    first: bool
    delay_days: int
    likeness: float | None
    pieces: tuple[Piece, ...]

    def words(self, kind: str) -> int:
        """How many words of that kind of piece there are."""
        return sum(len(piece.text.split()) for piece in self.pieces if piece.kind == kind)


def told(session: Session, article: int) -> list[CopyTold]:
    """All members of an article's copy group, the first publisher first, then by time; none when it has no copies."""
    a, r, p = t.article.c, t.revision.c, t.portal.c
    group = select(a.copy_group).where(a.id == article, a.copy_group.is_not(None)).scalar_subquery()
    asked = (
        select(a.id, p.slug, a.url, a.first_id, a.published_at, a.published_on, a.first_seen_at, r.summary, r.body)
        .join(t.portal, p.id == a.portal_id)
        .join(t.revision, and_(r.article_id == a.id, r.number == a.revisions))
        .where(a.copy_group == group, a.withheld_at.is_(None))
    )
    found: Sequence[Any] = session.connection().execute(asked).all()
    members = sorted(found, key=lambda row: (row.id != row.first_id, *_when(row)))
    if len(members) < 2:  # alone, or with withheld ones only
        return []
    first, verified = members[0], _likeness(session, members[0].id)
    return [_told(first, row, verified.get(row.id)) for row in members]


def _told(first: Any, row: Any, likeness: float | None) -> CopyTold:
    pieces = compare(_text(first), _text(row))
    return CopyTold(
        id=row.id,
        portal=row.slug,
        url=row.url,
        published=row.published_at or row.published_on,
        first=row.id == first.id,
        delay_days=(_day(row) - _day(first)).days,
        likeness=likeness,
        pieces=tuple(pieces),
    )


def _likeness(session: Session, article: int) -> dict[int, float]:
    """How like the copies that an article was compared with are to it."""
    c = t.copy.c
    asked = select(c.article_id, c.other_id, c.similarity).where(or_(c.article_id == article, c.other_id == article))
    return {row.other_id if row.article_id == article else row.article_id: row.similarity
            for row in session.connection().execute(asked)}  # fmt: skip


def _text(row: Any) -> str:
    return f"{row.summary}\n{row.body}" if row.summary else str(row.body)


def _day(row: Any) -> date:
    day: date = row.published_on or row.first_seen_at.astimezone(VIETNAM).date()
    return day


def _when(row: Any) -> tuple[date, datetime, int]:
    return _day(row), row.published_at or row.first_seen_at, row.id
