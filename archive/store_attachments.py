"""The files that articles link: listed, fetched later, their text kept once per digest."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from archive import tables as t
from archive.identity import url_digest
from archive.prepared import Prepared
from archive.records import FileText, PendingAttachment
from archive.store_facts import storable

TRIES = 3
"""How often a file is asked for before it is given up."""


def missing() -> ColumnElement[bool]:
    """The condition for files whose bytes the archive still lacks and asks for."""
    a = t.attachment.c
    return a.listed.is_(True) & a.capture_id.is_(None) & (a.tries < TRIES)


_a = t.attachment.c
PENDING = Prepared(
    select(_a.id, _a.url, _a.name).where(_a.article_id == bindparam("article"), missing()).order_by(_a.position)
)
KEPT = select(_a.url_digest).where(_a.article_id == bindparam("article"))
UNLIST = update(t.attachment).where(_a.article_id == bindparam("article")).values(listed=False)
LIST = update(t.attachment).where(_a.article_id == bindparam("article"), _a.url_digest == bindparam("key"))
FETCHED = Prepared(
    select(_a.capture_id, _a.blob_id)
    .where(_a.portal_id == bindparam("portal"), _a.url_digest == bindparam("key"), _a.capture_id.is_not(None))
    .order_by(_a.id.desc())
    .limit(1)
)
NEW = Prepared(insert(t.attachment))
PLACE = Prepared(select(_a.portal_id, _a.url_digest).where(_a.id == bindparam("attachment")))
NAMED = Prepared(select(_a.article_id, _a.url, _a.name).where(_a.id == bindparam("attachment")))
NUMBERED = select(_a.id).where(_a.article_id == bindparam("article"), _a.url_digest == bindparam("key"))
FILL = Prepared(
    update(t.attachment)
    .where(_a.portal_id == bindparam("portal"), _a.url_digest == bindparam("key"))
    .where(_a.capture_id.is_(None) | (_a.id == bindparam("attachment")))
    .returning(_a.article_id)
)
BYTES = Prepared(select(t.capture.c.digest, t.capture.c.bytes).where(t.capture.c.id == bindparam("capture")))
BLOB = Prepared(select(t.blob.c.id).where(t.blob.c.digest == bindparam("digest")))
KEPT_TEXT = select(t.blob.c.id, t.blob.c.text).where(t.blob.c.digest == bindparam("digest"))
READ_AGAIN = update(t.blob).where(t.blob.c.id == bindparam("blob"))
LISTING = (
    select(_a.article_id).where(_a.blob_id == bindparam("blob"), _a.listed.is_(True)).distinct().order_by(_a.article_id)
)
NEW_BLOB = Prepared(insert(t.blob).returning(t.blob.c.id))
_chars = (
    select(func.coalesce(func.sum(func.length(t.blob.c.text)), 0))
    .join(t.attachment, _a.blob_id == t.blob.c.id)
    .where(_a.article_id == t.article.c.id, _a.listed.is_(True))
)
COUNT_TEXT = Prepared(
    update(t.article)
    .where(t.article.c.id == bindparam("article"))
    .values(attachment_text_chars=_chars.scalar_subquery())
)


def pending(connection: Connection, article: int) -> tuple[PendingAttachment, ...]:
    """The files of an article that are still to be fetched."""
    return tuple(PendingAttachment(*row) for row in PENDING.all(connection, {"article": article}))


def link(
    connection: Connection, place: tuple[int, int], files: tuple[tuple[str, str], ...], *, first: bool
) -> tuple[PendingAttachment, ...]:
    """Make these the files of an article (its portal and id are the place); ones no longer named stay, unlisted.

    `first` says that it had none before.
    """
    portal, article = place
    if first and not files:
        return ()
    kept = set() if first else set(connection.execute(KEPT, {"article": article}).scalars())
    if kept:
        connection.execute(UNLIST, {"article": article})
    fetched = False
    for position, (url, name) in enumerate(files):
        key = url_digest(url)
        columns = {"position": position, "name": name, "listed": True}
        if key in kept:
            connection.execute(LIST, {"article": article, "key": key, **columns})
            continue
        row = {"article_id": article, "portal_id": portal, "url": url, "url_digest": key, "tries": 0, "reason": ""}
        bytes_ = _fetched(connection, portal, key)
        fetched |= bytes_["blob_id"] is not None
        NEW.one(connection, {**row, **columns, **bytes_})
    if fetched or not first:
        count_text(connection, [article])
    return pending(connection, article)


def _fetched(connection: Connection, portal: int, key: str) -> dict[str, int | None]:
    """The capture and text of a file that another article of the portal links too."""
    row = FETCHED.first(connection, {"portal": portal, "key": key})
    return {"capture_id": row.capture_id if row else None, "blob_id": row.blob_id if row else None}


def attach(connection: Connection, attachment: int, capture: int, found: FileText) -> list[int]:
    """Give the bytes and text to every article of the portal that lacks this file; those articles."""
    place = PLACE.first(connection, {"attachment": attachment})
    found_in = {"capture_id": capture, "blob_id": _blob(connection, capture, found), "reason": storable(found.reason)}
    same = {"attachment": attachment, "portal": place.portal_id, "key": place.url_digest}
    articles = sorted({row.article_id for row in FILL.all(connection, {**same, **found_in})})
    count_text(connection, articles)
    return articles


def failed(connection: Connection, attachment: int, reason: str, *, tries: int = 1) -> None:
    """Count a try that brought no bytes."""
    a = t.attachment.c
    tried = update(t.attachment).where(a.id == attachment).values(tries=a.tries + tries, reason=storable(reason))
    connection.execute(tried)


def named(connection: Connection, attachment: int) -> dict[str, str | int]:
    """What WARC calls a file of an article: the article's id, the file's address and name."""
    row = NAMED.first(connection, {"attachment": attachment})
    return {"article": row.article_id, "url": row.url, "name": row.name}


def numbered(connection: Connection, article: int, url: str) -> int | None:
    """The id of a file of an article."""
    found: int | None = connection.execute(NUMBERED, {"article": article, "key": url_digest(url)}).scalar()
    return found


def _blob(connection: Connection, capture: int, found: FileText) -> int:
    digest, size = BYTES.first(connection, {"capture": capture})
    kept = BLOB.first(connection, {"digest": digest})
    if kept is not None:
        return int(kept.id)
    return NEW_BLOB.one(connection, {"digest": digest, "bytes": size, **_columns(found)})


def _columns(found: FileText) -> dict[str, Any]:
    """A text as the columns of its blob."""
    texts = {"text": storable(found.text), "reason": storable(found.reason)}
    pages = {"pages": found.pages, "scanned": found.scanned, "confidence": [list(page) for page in found.confidence]}
    return {"kind": found.kind, "reader": found.reader, **texts, **pages}


def read_again(connection: Connection, digest: str, found: FileText) -> list[int]:
    """Give a file that is kept another text; the articles that list it, when it is another one."""
    kept = connection.execute(KEPT_TEXT, {"digest": digest}).first()
    if kept is None:
        return []
    columns = _columns(found)
    connection.execute(READ_AGAIN, {"blob": kept.id, **columns})
    if kept.text == columns["text"]:
        return []
    articles = list(connection.execute(LISTING, {"blob": kept.id}).scalars())
    count_text(connection, articles)
    return articles


def count_text(connection: Connection, articles: list[int]) -> None:
    """Keep the number of characters in each article's listed files."""
    COUNT_TEXT.many(connection, [{"article": article} for article in articles])
