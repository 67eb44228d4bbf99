"""Articles as the export prints them and search indexes them, streamed in constant memory.

One statement gives everything that is one to one with an article; lists stand in the facts of the
current revision, so that nothing is asked once an article. The archive's version is read by the same
statement and therefore belongs to exactly these rows.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Row, Select, and_, case, func, literal, select, text
from sqlalchemy.orm import Session

from archive import tables as t
from archive.conditions import where
from archive.dates import VIETNAM
from archive.filters import Filters
from archive.records import ArchivedArticle, ArchivedAttachment, Precision, Role
from archive.store_facts import mentioned

ExportRow = dict[str, object]
"""Column of DESIGN.md section 5 -> value: str, int, float, date, datetime (+07:00), None, tuple of str."""

STREAM = 500
"""Rows held at a time, where one reads."""


@cache
def _current() -> Select[Any]:
    """Articles with their portal, current revision, its capture and the group's first publisher."""
    a, p, r, c = t.article.c, t.portal.c, t.revision.c, t.capture.c
    first, publisher = t.article.alias("first"), t.portal.alias("publisher")
    version = select(func.coalesce(func.max(t.change.c.number), 0)).scalar_subquery()
    return (
        select(
            *(t.article.c),
            *(p.slug, p.name, p.level, p.province, p.district, p.commune, p.province_now),
            *(r.title, r.summary, r.body, r.facts),
            *(c.digest.label("capture_digest"), c.warc, c.warc_offset),
            publisher.c.slug.label("first_publisher"),
            version.label("archive_version"),
        )
        .join(t.portal, p.id == a.portal_id)
        .join(t.revision, and_(r.article_id == a.id, r.number == a.revisions))
        .join(t.capture, c.id == a.capture_id)
        .outerjoin(first, first.c.id == a.first_id)
        .outerjoin(publisher, publisher.c.id == first.c.portal_id)
        .order_by(a.id)
    )


def among(session: Session, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """The condition that a column is one of many ids, as one parameter however many there are."""
    if session.get_bind().dialect.name == "postgresql":
        return column == func.any(literal(sorted(ids), ARRAY(Integer)))
    return column.in_(text("SELECT value FROM json_each(:ids)").bindparams(ids=str(sorted(ids))))


def chosen(
    session: Session, filters: Filters, *, ids: Collection[int] | None = None, distinct: bool = False
) -> list[ColumnElement[bool]]:
    """The conditions for a selection; `distinct` leaves one article of each copy group.

    That one is the first publisher's, or the earliest selected one where that is not selected.
    """
    a = t.article.c
    conditions = where(filters)
    if ids is not None:
        conditions.append(among(session, a.id, ids))
    if not distinct:
        return conditions
    order = (case((a.id == a.first_id, 0), else_=1), func.coalesce(a.published_at, a.first_seen_at), a.id)
    place = func.row_number().over(partition_by=func.coalesce(a.copy_group, a.id), order_by=order).label("place")
    ranked = select(a.id, place).where(*conditions).subquery()
    return [a.id.in_(select(ranked.c.id).where(ranked.c.place == 1))]


def rows(
    session: Session,
    filters: Filters,
    *,
    ids: Collection[int] | None = None,
    distinct: bool = False,
    held: int = STREAM,
) -> Iterator[ExportRow]:
    """The selected articles as the export's columns, ordered by id, `held` of them in memory at most."""
    asked = _current().where(*chosen(session, filters, ids=ids, distinct=distinct))
    for row in session.connection().execute(asked, execution_options={"yield_per": held}):
        yield exported(row)


def documents(session: Session, ids: Collection[int]) -> list[ArchivedArticle]:
    """These articles with everything that search indexes and `show` prints, withheld and off-topic ones too."""
    if not ids:
        return []
    connection = session.connection()
    found = connection.execute(_current().where(among(session, t.article.c.id, ids))).all()
    files = _files(session, [row.id for row in found])
    return [_document(row, files.get(row.id, ())) for row in found]


def _document(row: Row[Any], files: Sequence[ArchivedAttachment]) -> ArchivedArticle:
    return ArchivedArticle(
        id=row.id,
        row=exported(row),
        is_reform=row.is_reform,
        announced=mentioned(row.facts, Role.ANNOUNCED),
        cited=mentioned(row.facts, Role.CITED),
        files=tuple(files),
        withheld=row.withheld_at is not None,
        captions=tuple(row.facts["captions"]),
        relevance_words=tuple(row.facts["relevance"][2]),
    )


def _files(session: Session, ids: Collection[int]) -> dict[int, list[ArchivedAttachment]]:
    a, b = t.attachment.c, t.blob.c
    kept = select(a.article_id, a.url, a.name, a.reason, b.text, b.kind, b.reason.label("unread"))
    kept = kept.outerjoin(t.blob, b.id == a.blob_id).where(among(session, a.article_id, ids), a.listed.is_(True))
    found: dict[int, list[ArchivedAttachment]] = {}
    for row in session.connection().execute(kept.order_by(a.article_id, a.position)):
        file = ArchivedAttachment(row.url, row.name, row.text or "", row.kind or "", row.unread or row.reason)
        found.setdefault(row.article_id, []).append(file)
    return found


def exported(row: Row[Any]) -> ExportRow:
    """One row of `_current` as the export's columns, in their order."""
    facts = row.facts
    return {
        "id": row.id,
        "url": row.url,
        "portal": row.slug,
        "portal_name": row.name,
        "level": row.level,
        "province": row.province,
        "district": row.district,
        "commune": row.commune,
        "province_now": row.province_now,
        "title": row.title,
        "summary": row.summary,
        "body": row.body,
        "published_at": published(row.published_at, row.published_on, row.published_precision),
        "published_precision": row.published_precision,
        "author": row.author,
        "source": row.source,
        "category": row.category,
        "issuing_body": row.issuing_body,
        "act_type": row.act_type,
        "act_number": row.act_number,
        "act_date": row.act_date,
        "plan_year": row.plan_year,
        "period_start": tuple(str(first) for first, _ in facts["periods"]),
        "period_end": tuple(str(last) for _, last in facts["periods"]),
        "reform_areas": tuple(facts["reform_areas"]),
        "indicators": tuple(facts["indicators"]),
        "kind": row.kind,
        "relevance": row.relevance,
        "cited_acts": _cited(facts["acts"]),
        "attachments": tuple(url for url, _ in facts["attachments"]),
        "attachment_text_chars": row.attachment_text_chars,
        "first_seen_at": row.first_seen_at.astimezone(VIETNAM),
        "last_seen_at": row.last_seen_at.astimezone(VIETNAM),
        "gone_at": row.gone_at and row.gone_at.astimezone(VIETNAM),
        "revisions": row.revisions,
        "copy_group": row.copy_group,
        "first_publisher": row.first_publisher,
        "capture_digest": row.capture_digest,
        "warc": f"{row.warc}:{row.warc_offset}",
        "family": row.family,
        "reader_version": row.reader_version,
        "archive_version": row.archive_version,
    }


def published(at: datetime | None, on: date | None, precision: str | None) -> datetime | date | None:
    """A time of publication as records carry it: a day alone when only the day is known, else in Vietnamese time."""
    return on if precision == Precision.DAY or at is None else at.astimezone(VIETNAM)


def _cited(acts: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """The numbers of acts cited, once each, without those that the article announces."""
    announced = {number for _, number, _, _, role, *_ in acts if role == Role.ANNOUNCED}
    cited = dict.fromkeys(number for _, number, _, _, role, *_ in acts if role == Role.CITED and number)
    return tuple(number for number in cited if number not in announced)
