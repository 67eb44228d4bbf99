"""How much each revision changed what the one before it said, kept so that a filter can ask for it."""

from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from archive import tables as t
from archive.revisions import Content, weigh

_r = t.revision.c
BOTH = (
    select(_r.id, _r.number, _r.title, _r.summary, _r.body, _r.facts)
    .where(_r.article_id == bindparam("article"), _r.number.between(bindparam("before"), bindparam("number")))
    .order_by(_r.number)
)
KEEP = update(t.revision).where(_r.id == bindparam("revision"))


def keep(connection: Connection, article: int, number: int) -> None:
    """Weigh a revision against the one before; the first one has nothing before it."""
    rows = connection.execute(BOTH, {"article": article, "before": number - 1, "number": number}).all()
    if len(rows) == 2:
        before, after = rows
        connection.execute(KEEP, {"revision": after.id, "weight": weigh(_content(before), _content(after)).value})


def _content(row: Any) -> Content:
    return Content(row.title, row.summary, row.body, tuple(url for url, _ in row.facts["attachments"]))
