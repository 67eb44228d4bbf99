"""Numbers without gaps: changes and articles are counted under the one writer's lock.

PostgreSQL's sequences leave gaps and show a late commit out of order (SCALE.md, traps); a rebuild
from captures must give the same numbers. So both are `max + 1` within `database.writing`.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, func, insert, select

from archive import tables as t


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


def following(connection: Connection, column: Column[int]) -> int:
    """The number after the last one."""
    return (connection.execute(select(func.max(column))).scalar() or 0) + 1


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
    concerned = list(articles)
    if not concerned:
        return
    first = following(connection, t.change.c.number)
    said = {"kind": kind.value, "run_id": run, "at": at, "detail": detail}
    rows = [{"number": number, "article_id": article, **said} for number, article in enumerate(concerned, first)]
    connection.execute(insert(t.change), rows)
