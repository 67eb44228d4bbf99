"""A revision read by other rules: the new reading takes its place, the old one stays readable.

The portal has changed nothing, so that the number of revisions and their times are what they were.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from archive import store_copies, store_facts, store_rows, store_weights
from archive import tables as t
from archive.store_articles import Moment
from archive.store_changes import Kind, log
from archive.store_facts import Read

_r = t.revision.c
OLD = ("digest", "title", "summary", "body", "facts", "family", "reader_version", "normaliser_version", "evidence")
"""What a reading is, as `reading` and `revision` both have it."""


def apply(
    connection: Connection, moment: Moment, revision: int, was: dict[str, Any], read: Read
) -> dict[str, Any] | None:
    """Give a revision its new reading; what WARC is to tell, or None when it is no longer what it was."""
    columns = (_r.article_id, _r.number, *(_r[name] for name in OLD), t.article.c.revisions)
    asked = select(*columns).join(t.article, t.article.c.id == _r.article_id).where(_r.id == revision)
    row = connection.execute(asked).one()
    if any(getattr(row, name) != was[name] for name in OLD):
        return None
    _keep(connection, revision, was, moment.at)
    connection.execute(update(t.revision).where(_r.id == revision), store_facts.texts(read))
    others = _current(connection, moment, row, read) if row.number == row.revisions else []
    for number in (row.number, row.number + 1):
        store_weights.keep(connection, row.article_id, number)
    log(connection, Kind.REREAD, [row.article_id], run=None, at=moment.at)
    log(connection, Kind.COPIES, others, run=None, at=moment.at)
    return {"article": row.article_id, "number": row.number, "was": was}


def applied(connection: Connection, at: datetime, said: dict[str, Any]) -> None:
    """Note once more that a revision was read anew: the reading of then is in the record, that of now in the row."""
    here = (_r.article_id == said["article"]) & (_r.number == said["number"])
    revision = connection.execute(select(_r.id).where(here)).scalar()
    if revision is not None:
        _keep(connection, revision, said["was"], at)
        log(connection, Kind.REREAD, [said["article"]], run=None, at=at)


def _keep(connection: Connection, revision: int, was: dict[str, Any], at: datetime) -> None:
    connection.execute(insert(t.reading), {**was, "revision_id": revision, "replaced_at": at})


def _current(connection: Connection, moment: Moment, row: Row[*tuple[Any, ...]], read: Read) -> list[int]:
    """What follows from an article's current text; the articles whose copy group changed by it."""
    article = t.article.c.id == row.article_id
    connection.execute(update(t.article).where(article), store_facts.columns(read))
    store_rows.follow(connection, read, (moment.portal, row.article_id), first=False)
    if read.meaning.body == row.body:
        return []
    sketch = store_copies.sketch(read.meaning.body)
    return store_copies.group(connection, row.article_id, sketch, row.body)
