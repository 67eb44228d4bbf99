"""What an import asks of the archive: which captures of a portal it has, and how new its readings are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.records import CaptureKind


@dataclass(frozen=True, slots=True)
class Held:
    """A portal's captures by (digest of the address, time), and the newest of each article's page."""

    captures: frozenset[tuple[str, datetime]]
    newest: dict[str, datetime]


def held(session: Session, portal: str) -> Held:
    """What the archive holds of a portal; nothing of one that it does not know."""
    c, p = t.capture.c, t.portal.c
    here = (p.id == c.portal_id) & (p.slug == portal)
    rows = session.connection().execute(select(c.url_digest, c.fetched_at).join(t.portal, here)).all()
    pages = select(c.url_digest, func.max(c.fetched_at).label("at")).join(t.portal, here)
    newest = session.connection().execute(
        pages.where(c.kind == CaptureKind.ARTICLE.value, c.status == 200).group_by(c.url_digest)
    )
    return Held(frozenset((row.url_digest, row.fetched_at) for row in rows), {row.url_digest: row.at for row in newest})
