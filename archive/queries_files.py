"""What became of attached files: counts by kind and reason, and which are to be read again."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.queries_ledger import KeptCapture, captures_of

RECOGNISED = "+"
"""Stands before the means of recognition in a blob's `reader`."""


@dataclass(frozen=True, slots=True)
class FileCount:
    """How many files of a kind have text (reason empty) or have none for a reason, and their bytes and pages.

    `scanned` pages are pictures that nothing has read.
    """

    kind: str
    reason: str
    files: int
    bytes: int
    pages: int
    scanned: int


@dataclass(frozen=True, slots=True)
class DueFile:
    """A kept file that is to be read again, by the digest of its bytes; `capture` is where they lie."""

    digest: str
    name: str
    capture: KeptCapture


def counts(session: Session) -> list[FileCount]:
    """Files by kind and reason, the most first; those that could not be fetched are of the kind ""."""
    b, a = t.blob.c, t.attachment.c
    sums = [func.count(), *(func.coalesce(func.sum(column), 0) for column in (b.bytes, b.pages, b.scanned))]
    read = select(b.kind, b.reason, *sums).group_by(b.kind, b.reason)
    lost = select(a.reason, func.count(func.distinct(a.url_digest))).where(a.capture_id.is_(None), a.tries > 0)
    found: dict[tuple[str, str], FileCount] = {}
    run = session.connection().execute
    rows = [tuple(row) for row in run(read)] + [("", why, n, 0, 0, 0) for why, n in run(lost.group_by(a.reason))]
    for kind, reason, *numbers in rows:
        key = kind, _broadly(reason)
        known = found.get(key)
        before = (known.files, known.bytes, known.pages, known.scanned) if known else (0, 0, 0, 0)
        found[key] = FileCount(*key, *(int(one) + other for one, other in zip(numbers, before, strict=True)))
    return sorted(found.values(), key=lambda one: (-one.files, one.kind, one.reason))


def _broadly(reason: str) -> str:
    """A reason without what differs from file to file."""
    head = reason.partition(":")[0]
    return head if head in {"damaged", "too large"} else reason


def due(session: Session, reader: str, means: str) -> list[str]:
    """Digests of files that today's readers have not read, or whose pictures can be recognised since; latest first.

    `reader` is today's version, `means` what recognises here, or nothing.
    """
    b, known = t.blob.c, _readers(session)
    old = or_(b.reader.is_(None), b.reader.in_([one for one in known if not one.startswith(reader)]))
    pictures = and_(b.scanned > 0, b.reader.in_([one for one in known if RECOGNISED not in one]))
    condition: ColumnElement[bool] = or_(old, pictures) if means else old
    # First by the index alone: a row of the table has its text before the columns that are asked.
    wanted = select(b.id).where(condition)
    held = select(t.attachment.c.id).where(t.attachment.c.blob_id == b.id, t.attachment.c.capture_id.is_not(None))
    asked = select(b.digest).where(b.id.in_(wanted), held.exists()).order_by(b.text != "", b.id.desc())
    return list(session.connection().execute(asked).scalars())


def _readers(session: Session) -> list[str]:
    """The versions that files were read by, few among any number of files: from each to the next one in the index."""
    b = t.blob.c
    one = select(func.min(b.reader).label("reader")).cte(recursive=True)
    following = select(func.min(b.reader)).where(b.reader > one.c.reader).scalar_subquery()
    every = one.union_all(select(following).where(one.c.reader.is_not(None)))
    return list(session.connection().execute(select(every.c.reader).where(every.c.reader.is_not(None))).scalars())


def located(session: Session, digests: list[str]) -> Iterator[DueFile]:
    """Where the bytes of files lie, and a name of each."""
    b, a = t.blob.c, t.attachment.c
    named = select(b.digest, func.min(a.id).label("id")).join(t.attachment, a.blob_id == b.id)
    first = named.where(b.digest.in_(digests), a.capture_id.is_not(None)).group_by(b.digest).subquery()
    asked = select(first.c.digest, a.name, a.capture_id).join(t.attachment, a.id == first.c.id)
    rows = session.connection().execute(asked).all()
    kept = captures_of(session, [row.capture_id for row in rows])
    for row in rows:
        yield DueFile(row.digest, row.name, kept[row.capture_id])
