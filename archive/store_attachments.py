"""The files that articles link: listed, fetched later, their text kept once per digest."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from archive import tables as t
from archive.identity import url_digest
from archive.records import FileText, PendingAttachment
from archive.store_facts import storable

TRIES = 3
"""How often a file is asked for before it is given up."""


def missing() -> ColumnElement[bool]:
    """The condition for files whose bytes the archive still lacks and asks for."""
    a = t.attachment.c
    return a.listed.is_(True) & a.capture_id.is_(None) & (a.tries < TRIES)


def pending(connection: Connection, article: int) -> tuple[PendingAttachment, ...]:
    """The files of an article that are still to be fetched."""
    a = t.attachment.c
    asked = select(a.id, a.url, a.name).where(a.article_id == article, missing()).order_by(a.position)
    return tuple(PendingAttachment(row.id, row.url, row.name) for row in connection.execute(asked))


def link(
    connection: Connection, article: int, portal: int, files: Iterable[tuple[str, str]]
) -> tuple[PendingAttachment, ...]:
    """Make these the article's files; ones that it no longer names stay, unlisted."""
    a = t.attachment.c
    connection.execute(update(t.attachment).where(a.article_id == article), {"listed": False})
    for position, (url, name) in enumerate(files):
        columns = {"position": position, "name": name, "listed": True}
        key = url_digest(url)
        kept = connection.execute(update(t.attachment).where(a.article_id == article, a.url_digest == key), columns)
        if not kept.rowcount:
            row = {"article_id": article, "portal_id": portal, "url": url, "url_digest": key, "tries": 0, "reason": ""}
            connection.execute(insert(t.attachment), {**row, **columns, **_fetched(connection, portal, key)})
    count_text(connection, [article])
    return pending(connection, article)


def _fetched(connection: Connection, portal: int, key: str) -> dict[str, Any]:
    """The capture and text of a file that another article of the portal links too."""
    a = t.attachment.c
    same = select(a.capture_id, a.blob_id).where(a.portal_id == portal, a.url_digest == key, a.capture_id.is_not(None))
    row = connection.execute(same.order_by(a.id.desc()).limit(1)).first()
    return {"capture_id": row.capture_id, "blob_id": row.blob_id} if row else {}


def attach(connection: Connection, attachment: int, capture: int, found: FileText) -> list[int]:
    """Give the bytes and text to every article of the portal that lacks this file; those articles."""
    row = _row(connection, attachment)
    blob = _blob(connection, capture, found)
    a = t.attachment.c
    same = (a.portal_id == row.portal_id) & (a.url_digest == row.url_digest) & a.capture_id.is_(None)
    filled = update(t.attachment).where(same | (a.id == attachment)).returning(a.article_id)
    changed = connection.execute(filled, {"capture_id": capture, "blob_id": blob, "reason": storable(found.reason)})
    articles = sorted(set(changed.scalars()))
    count_text(connection, articles)
    return articles


def failed(connection: Connection, attachment: int, reason: str) -> None:
    """Count a try that brought no bytes."""
    a = t.attachment.c
    tried = update(t.attachment).where(a.id == attachment).values(tries=a.tries + 1, reason=storable(reason))
    connection.execute(tried)


def _row(connection: Connection, attachment: int) -> Any:
    return connection.execute(select(t.attachment).where(t.attachment.c.id == attachment)).one()


def _blob(connection: Connection, capture: int, found: FileText) -> int:
    c, b = t.capture.c, t.blob.c
    digest, size = connection.execute(select(c.digest, c.bytes).where(c.id == capture)).one()
    kept = connection.execute(select(b.id).where(b.digest == digest)).scalar()
    if kept is not None:
        return int(kept)
    row = {"digest": digest, "bytes": size, "kind": found.kind, "pages": found.pages}
    texts = {"text": storable(found.text), "reason": storable(found.reason)}
    return int(connection.execute(insert(t.blob).returning(b.id), {**row, **texts}).scalar_one())


def count_text(connection: Connection, articles: list[int]) -> None:
    """Keep the number of characters in each article's listed files."""
    a, b = t.attachment.c, t.blob.c
    chars = select(func.coalesce(func.sum(func.length(b.text)), 0)).join(t.attachment, a.blob_id == b.id)
    total = chars.where(a.article_id == t.article.c.id, a.listed.is_(True)).scalar_subquery()
    connection.execute(update(t.article).where(t.article.c.id.in_(articles)).values(attachment_text_chars=total))
