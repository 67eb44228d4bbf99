"""The only reader of the archive: plain functions over a session that give records, never tables.

`archive.database.reading(settings)` opens the session. Here is what the crawler and the search ask;
whole articles are in archive/queries_rows.py, the archive's history in archive/queries_ledger.py,
and both are named here too.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import intern
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.conditions import month_of
from archive.filters import Filters
from archive.queries_acts import ShownAct, act, acts, ids_of
from archive.queries_ledger import (
    ArchivedRun,
    KeptCapture,
    KeptRevision,
    Quarantined,
    Shown,
    captures,
    quarantined,
    revisions,
    runs,
    show,
    shown,
    stats,
)
from archive.queries_looks import due
from archive.queries_rows import STREAM, ExportRow, chosen, documents, rows
from archive.records import Change, PendingAttachment
from archive.runs import Discovered, Outcome, Validators
from archive.store_attachments import missing

__all__ = [
    "ArchivedRun",
    "Coverage",
    "ExportRow",
    "KeptCapture",
    "KeptRevision",
    "Quarantined",
    "Shown",
    "ShownAct",
    "act",
    "acts",
    "captures",
    "changes",
    "count",
    "coverage",
    "discovered",
    "documents",
    "due",
    "ids_of",
    "known",
    "matching",
    "pending_attachments",
    "quarantined",
    "revisions",
    "rows",
    "runs",
    "show",
    "shown",
    "stats",
    "validators",
    "version",
]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many articles of a portal were published in a month (`2024-03`; empty when unknown)."""

    portal: str
    month: str
    articles: int


def known(session: Session, portal: str, now: datetime | None = None) -> set[str]:
    """Digests of canonical URLs that need not be fetched: archived, dismissed, or in quarantine until later."""
    now, d, q = now or datetime.now(UTC), t.address.c, t.quarantine.c
    decided = or_(d.article_id.is_not(None), d.look_again_at.is_(None), d.look_again_at > now)
    archived = select(d.url_digest).where(d.portal_id == _portal(portal), decided)
    waiting = select(q.url_digest).where(q.portal_id == _portal(portal), q.resolved_at.is_(None), q.retry_at > now)
    run = session.connection().execute
    return {*run(archived).scalars(), *run(waiting).scalars()}


def _portal(slug: str) -> Any:
    return select(t.portal.c.id).where(t.portal.c.slug == slug).scalar_subquery()


def discovered(session: Session, portal: str) -> Discovered | None:
    """What an earlier night found out about the portal."""
    p = t.portal.c
    kept = session.connection().execute(select(p.discovered).where(p.slug == portal)).scalar()
    if not kept:
        return None
    lists = {name: tuple(kept.get(name, ())) for name in ("feeds", "sitemaps", "why", "dead")}
    return Discovered(
        family=kept["family"], listings=tuple((url, reform) for url, reform in kept["listings"]), on=kept["on"], **lists
    )


def validators(session: Session, portal: str) -> dict[str, Validators]:
    """Address -> what the portal gave for conditional requests.

    Only of runs that ended well and whole: what a killed, failed or narrowed run
    (`details["narrowed"]`: a limit, a date window) listed was perhaps not all fetched.
    """
    c, r = t.capture.c, t.run.c
    last = select(func.max(c.id)).join(t.run, r.id == c.run_id)
    last = last.where(c.portal_id == _portal(portal), c.status == 200, c.method == "GET", r.outcome == Outcome.OK.value)
    last = last.group_by(c.url_digest)
    given = select(c.url, c.etag, c.last_modified, r.summary).join(t.run, r.id == c.run_id)
    given = given.where(c.id.in_(last), or_(c.etag != "", c.last_modified != ""))
    return {
        row.url: Validators(row.etag, row.last_modified)
        for row in session.connection().execute(given)
        if not row.summary.get("details", {}).get("narrowed")
    }


def pending_attachments(session: Session, portal: str) -> list[PendingAttachment]:
    """Files whose bytes the archive still lacks, three tries at most; one of each address."""
    a = t.attachment.c
    first = select(func.min(a.id)).where(a.portal_id == _portal(portal), missing()).group_by(a.url_digest)
    found = session.connection().execute(select(a.id, a.url, a.name).where(a.id.in_(first)).order_by(a.id))
    return [PendingAttachment(row.id, row.url, row.name) for row in found]


def version(session: Session) -> int:
    """The number of the archive's last change; 0 when there is none."""
    return session.connection().execute(select(func.max(t.change.c.number))).scalar() or 0


def changes(session: Session, after: int, limit: int = 1000) -> list[Change]:
    """The changes after a number, in order; none is ever added below one that was seen."""
    c = t.change.c
    later = select(c.number, c.kind, c.article_id).where(c.number > after).order_by(c.number).limit(limit)
    return [Change(row.number, row.kind, row.article_id) for row in session.connection().execute(later)]


def matching(session: Session, filters: Filters) -> Iterator[int]:
    """The ids of the selected articles in order."""
    a = t.article.c
    asked = select(a.id).where(*chosen(session, filters)).order_by(a.id)
    yield from session.connection().execute(asked, execution_options={"yield_per": STREAM}).scalars()


def count(session: Session, filters: Filters, *, ids: Collection[int] | None = None, distinct: bool = False) -> int:
    """How many articles are selected; `rows` gives as many."""
    asked = select(func.count()).select_from(t.article).where(*chosen(session, filters, ids=ids, distinct=distinct))
    return int(session.connection().execute(asked).scalar_one())


def coverage(session: Session, filters: Filters) -> Iterator[Coverage]:
    """The selected articles counted by portal and month of publication, in that order; "" is no month."""
    a, p = t.article.c, t.portal.c
    month = month_of(a.published_on).label("month")
    by_month = select(a.portal_id, month, func.count().label("articles"))
    months = by_month.where(*chosen(session, filters)).group_by(a.portal_id, month).subquery()
    asked = select(p.slug, func.coalesce(months.c.month, ""), months.c.articles)
    asked = asked.join(t.portal, p.id == months.c.portal_id).order_by(p.slug, months.c.month)
    for slug, said, articles in session.connection().execute(asked, execution_options={"yield_per": STREAM}):
        yield Coverage(slug, intern(said), articles)
