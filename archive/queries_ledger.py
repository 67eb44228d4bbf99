"""The archive's own history: runs, captures, quarantine, revisions, and how much there is of everything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, func, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.dates import VIETNAM
from archive.queries_rows import STREAM, documents
from archive.records import ArchivedArticle, Located
from archive.runs import Outcome
from config.errors import UserError


@dataclass(frozen=True, slots=True)
class ArchivedRun:
    """A run of the ledger; `outcome` is None while it goes on, or when it was killed."""

    id: int
    portal: str
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    reason: str
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptCapture:
    """A capture and where it lies; for a revisit, also where the body lies."""

    id: int
    run: int
    portal: str
    kind: str
    status: int
    located: Located
    original: Located | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a capture was read as, with its facts (archive/store_facts.py), and by whom."""

    title: str
    summary: str
    body: str
    facts: dict[str, Any] = field(repr=False)
    family: str
    reader_version: str
    normaliser_version: str


@dataclass(frozen=True, slots=True)
class OldReading(Reading):
    """What a revision was read as before other rules read its capture again."""

    digest: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class KeptRevision(Reading):
    """One content of an article over time, and its evidence.

    `evidence` is what its reader was given besides the capture; `readings` are the older ones of the same capture;
    `weight` says how much it changed what the one before it said (archive/revisions.py).
    """

    number: int
    seen_at: datetime
    capture: KeptCapture
    evidence: dict[str, Any] | None = field(default=None, repr=False)
    readings: tuple[OldReading, ...] = ()
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Where the bytes of an article's file are (`FILE:OFFSET`), their digest, and what read them."""

    url: str
    warc: str
    digest: str
    reader: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with its whole history: revisions, addresses, copies (slug, id, address)."""

    article: ArchivedArticle
    revisions: tuple[KeptRevision, ...]
    addresses: tuple[str, ...]
    copies: tuple[tuple[str, int, str], ...]
    gone_reason: str
    withheld_reason: str
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A page that could not be read."""

    id: int
    portal: str
    url: str
    reason: str
    tries: int
    opened_at: datetime
    last_at: datetime
    retry_at: datetime
    capture: KeptCapture | None


def runs(session: Session, portal: str | None = None, limit: int = 50) -> list[ArchivedRun]:
    """The latest runs first."""
    r, p = t.run.c, t.portal.c
    asked = select(t.run, p.slug).join(t.portal, p.id == r.portal_id).order_by(r.id.desc()).limit(limit)
    if portal:
        asked = asked.where(p.slug == portal)
    return [
        ArchivedRun(
            id=row.id,
            portal=row.slug,
            started_at=row.started_at.astimezone(VIETNAM),
            finished_at=row.finished_at.astimezone(VIETNAM) if row.finished_at else None,
            outcome=Outcome(row.outcome) if row.outcome else None,
            reason=row.reason,
            summary=row.summary,
        )
        for row in session.connection().execute(asked)
    ]


def quarantined(session: Session, portal: str | None = None) -> list[Quarantined]:
    """Pages that wait for another try, the oldest first."""
    q, p = t.quarantine.c, t.portal.c
    asked = select(t.quarantine, p.slug).join(t.portal, p.id == q.portal_id).where(q.resolved_at.is_(None))
    if portal:
        asked = asked.where(p.slug == portal)
    found = session.connection().execute(asked.order_by(q.id)).all()
    kept = captures_of(session, [row.capture_id for row in found])
    names = ("id", "url", "reason", "tries", "opened_at", "last_at", "retry_at")
    return [
        Quarantined(portal=row.slug, capture=kept.get(row.capture_id), **{name: getattr(row, name) for name in names})
        for row in found
    ]


def stats(session: Session) -> dict[str, int]:
    """How much there is of everything."""
    run, a = session.connection().execute, t.article.c

    def rows_of(table: Table, *conditions: Any) -> int:
        return int(run(select(func.count()).select_from(table).where(*conditions)).scalar_one())

    return {
        "portals": rows_of(t.portal),
        "runs": rows_of(t.run),
        "captures": rows_of(t.capture),
        "bytes": int(run(select(func.coalesce(func.sum(t.capture.c.bytes), 0))).scalar_one()),
        "articles": rows_of(t.article),
        "reform_articles": rows_of(t.article, a.is_reform.is_(True)),
        "revisions": rows_of(t.revision),
        "gone": rows_of(t.article, a.gone_at.is_not(None)),
        "withheld": rows_of(t.article, a.withheld_at.is_not(None)),
        "attachments": rows_of(t.attachment, t.attachment.c.listed.is_(True)),
        "attachments_with_text": rows_of(t.attachment, t.attachment.c.blob_id.in_(_texts())),
        "acts": rows_of(t.act),
        "copy_groups": int(run(select(func.count(func.distinct(a.copy_group)))).scalar_one()),
        "quarantined": rows_of(t.quarantine, t.quarantine.c.resolved_at.is_(None)),
        "archive_version": int(run(select(func.coalesce(func.max(t.change.c.number), 0))).scalar_one()),
    }


def _texts() -> Select[int]:
    return select(t.blob.c.id).where(t.blob.c.text != "")


def captures(session: Session, portal: str | None = None) -> Iterator[KeptCapture]:
    """Every capture in the order of keeping, streamed."""
    asked = _captures().order_by(t.capture.c.id)
    if portal:
        asked = asked.where(t.portal.c.slug == portal)
    for row in session.connection().execute(asked, execution_options={"yield_per": STREAM}):
        yield _capture(row)


@cache
def _captures() -> Select[Any]:
    c, p, o = t.capture.c, t.portal.c, t.capture.alias("original")
    names = ("warc", "warc_offset", "warc_length", "digest", "url", "fetched_at")
    asked = select(t.capture, p.slug, *(o.c[name].label(f"o_{name}") for name in names))
    return asked.join(t.portal, p.id == c.portal_id).outerjoin(o, o.c.id == c.original_id)


def _capture(row: Row[Any]) -> KeptCapture:
    located = Located(row.warc, row.warc_offset, row.warc_length, row.digest, row.url, row.fetched_at)
    original = None
    if row.original_id is not None:
        original = Located(row.o_warc, row.o_warc_offset, row.o_warc_length, row.o_digest, row.o_url, row.o_fetched_at)
    return KeptCapture(row.id, row.run_id, row.slug, row.kind, row.status, located, original)


def captures_of(session: Session, ids: Iterable[int | None]) -> dict[int, KeptCapture]:
    """Captures by their ids."""
    asked = _captures().where(t.capture.c.id.in_([number for number in ids if number is not None]))
    return {row.id: _capture(row) for row in session.connection().execute(asked)}


def show(session: Session, article: int) -> Shown:
    """Everything about one article; raises UserError for an id that no article has."""
    if found := shown(session, article):
        return found
    raise UserError(f"no article has the id {article}; `caicach search` prints them")


def shown(session: Session, article: int) -> Shown | None:
    """Everything about one article, withheld or not; None for an id that no article has."""
    found = documents(session, [article])
    if not found:
        return None
    a, d = t.article.c, t.address.c
    asked = select(a.gone_reason, a.withheld_reason, d.url).outerjoin(t.address, d.article_id == a.id)
    told = session.connection().execute(asked.where(a.id == article).order_by(d.id)).all()
    return Shown(
        article=found[0],
        revisions=tuple(revisions(session, article)),
        addresses=tuple(row.url for row in told if row.url),
        copies=tuple(_copies(session, found[0])),
        gone_reason=told[0].gone_reason or "",
        withheld_reason=told[0].withheld_reason or "",
        files=tuple(_files(session, article)),
    )


def _files(session: Session, article: int) -> Iterator[KeptFile]:
    """The files of an article that were fetched."""
    f, c, b = t.attachment.c, t.capture.c, t.blob.c
    asked = select(f.url, c.warc, c.warc_offset, c.digest, b.reader).join(t.capture, c.id == f.capture_id)
    asked = asked.outerjoin(t.blob, b.id == f.blob_id).where(f.article_id == article).order_by(f.position, f.id)
    for row in session.connection().execute(asked):
        yield KeptFile(row.url, f"{row.warc}:{row.warc_offset}", row.digest, row.reader)


READING = ("digest", "title", "summary", "body", "facts", "family", "reader_version", "normaliser_version")


def revisions(session: Session, article: int) -> Iterator[KeptRevision]:
    """The contents of an article over time, the first one first."""
    r = t.revision.c
    found = session.connection().execute(select(t.revision).where(r.article_id == article).order_by(r.number)).all()
    kept = captures_of(session, [row.capture_id for row in found])
    older = _readings(session, article)
    names = ("number", "seen_at", "evidence", "weight", *READING[1:])
    for row in found:
        told = {name: getattr(row, name) for name in names}
        yield KeptRevision(capture=kept[row.capture_id], readings=tuple(older.get(row.id, ())), **told)


def _readings(session: Session, article: int) -> dict[int, list[OldReading]]:
    """What revisions were read as before, the oldest reading first."""
    r, o = t.revision.c, t.reading.c
    asked = select(t.reading).join(t.revision, r.id == o.revision_id).where(r.article_id == article).order_by(o.id)
    found: dict[int, list[OldReading]] = {}
    for row in session.connection().execute(asked):
        old = OldReading(
            **{name: getattr(row, name) for name in READING}, replaced_at=row.replaced_at.astimezone(VIETNAM)
        )
        found.setdefault(row.revision_id, []).append(old)
    return found


def _copies(session: Session, article: ArchivedArticle) -> Iterator[tuple[str, int, str]]:
    """The others of the article's copy group, but for withheld ones."""
    a, p, group = t.article.c, t.portal.c, article.row["copy_group"]
    if group is None:
        return
    others = select(p.slug, a.id, a.url).join(t.portal, p.id == a.portal_id)
    others = others.where(a.copy_group == group, a.id != article.id, a.withheld_at.is_(None)).order_by(a.id)
    for row in session.connection().execute(others):
        yield (row.slug, row.id, row.url)
