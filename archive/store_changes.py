"""Numbers without gaps: changes and articles are counted under the one writer's lock.

PostgreSQL's sequences leave gaps and show a late commit out of order (SCALE.md, traps); a rebuild
from captures must give the same numbers. So both are `max + 1` within `database.writing`.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from archive import tables as t
from archive.prepared import Prepared


class Kind(StrEnum):
    """What a change was."""

    NEW = "new"
    REVISED = "revised"
    ATTACHMENT = "attachment"
    COPIES = "copies"
    GONE = "gone"
    RESTORED = "restored"
    WITHHELD = "withheld"
    LIFTED = "lifted"
    PORTAL = "portal"
    RUN = "run"
    REREAD = "reread"
    """Other rules read its captures; the portal has changed nothing."""


NEXT_ARTICLE = select(func.coalesce(func.max(t.article.c.id), 0) + 1).scalar_subquery()
NEXT_CHANGE = select(func.coalesce(func.max(t.change.c.number), 0) + 1).scalar_subquery()
ADD = Prepared(insert(t.change).values(number=NEXT_CHANGE))
VERSION = Prepared(select(func.coalesce(func.max(t.change.c.number), 0).label("number")))


def log(  # noqa: PLR0913 # a row's columns
    connection: Connection,
    kind: Kind,
    articles: Iterable[int | None],
    *,
    run: int | None,
    at: datetime,
    detail: str = "",
) -> None:
    """Add a change for each article; None concerns none in particular."""
    said = {"kind": kind.value, "run_id": run, "at": at, "detail": detail}
    for article in articles:
        ADD.one(connection, {"article_id": article, **said})


def version(connection: Connection) -> int:
    """The number of the archive's last change; 0 when there is none."""
    return int(VERSION.first(connection, {}).number)
