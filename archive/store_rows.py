"""The rows that follow from one reading of an article: its revision, tags, periods and acts.

Statements that every article needs are built once: SQLAlchemy takes three times as long to build
and recognise one as to run it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from archive import store_facts, store_weights
from archive import tables as t
from archive.prepared import Prepared
from archive.records import PendingAttachment
from archive.store_attachments import link
from archive.store_facts import Read

DERIVED = (t.mention, t.period, t.tag)
FORGET = [delete(table).where(table.c.article_id == bindparam("article")) for table in DERIVED]
KNOWN_ACT = Prepared(select(t.act.c.id, t.act.c.date, t.act.c.issuer).where(t.act.c.key == bindparam("key")))
NEW_ACT = Prepared(insert(t.act).returning(t.act.c.id))
INSERT = {table: Prepared(insert(table)) for table in (*DERIVED, t.revision)}


def write(connection: Connection, read: Read, portal: int, place: dict[str, Any]) -> tuple[PendingAttachment, ...]:
    """Write a revision at its place (article_id, number, capture_id, seen_at) and what follows from it.

    The answer is the files whose bytes are still to be fetched.
    """
    article, first = place["article_id"], place["number"] == 1
    INSERT[t.revision].one(connection, {**store_facts.texts(read), **place})
    if not first:
        store_weights.keep(connection, article, place["number"])
    return follow(connection, read, (portal, article), first=first)


def follow(connection: Connection, read: Read, place: tuple[int, int], *, first: bool) -> tuple[PendingAttachment, ...]:
    """Write what follows from an article's current text (portal and article are the place), instead of what did."""
    article = place[1]
    if not first:
        for statement in FORGET:
            connection.execute(statement, {"article": article})
    _insert(connection, t.tag, article, store_facts.tags(read))
    _insert(connection, t.period, article, [{"first": a, "last": b} for a, b in dict.fromkeys(read.meaning.periods)])
    _mentions(connection, article, store_facts.acts(read))
    return link(connection, place, read.attachments, first=first)


def _insert(connection: Connection, table: Table, article: int, rows: Iterable[dict[str, Any]]) -> None:
    INSERT[table].many(connection, [{"article_id": article, **row} for row in rows])


def _mentions(connection: Connection, article: int, acts: list[tuple[dict[str, Any], str]]) -> None:
    """Link the acts in their order; a new one becomes a row, a known one gains the date or issuer it lacked."""
    if not acts:
        return
    wanted = {row["key"]: row for row, _ in acts}
    ids = {}
    for key, row in wanted.items():
        known = KNOWN_ACT.first(connection, {"key": key})
        if known is None:
            ids[key] = NEW_ACT.one(connection, row)
            continue
        ids[key] = known.id
        learnt = {name: row[name] for name in ("date", "issuer") if row[name] and getattr(known, name) is None}
        if learnt:
            connection.execute(update(t.act).where(t.act.c.id == known.id).values(**learnt))
    rows = [{"position": i, "act_id": ids[row["key"]], "role": role} for i, (row, role) in enumerate(acts)]
    _insert(connection, t.mention, article, rows)
