"""What became of articles, as ids: a search engine knows what they say, not that they were edited or taken down."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import tables as t
from archive.conditions import history
from archive.filters import Filters


def resolved(opened: Callable[[], AbstractContextManager[Session]], filters: Filters) -> Filters:
    """The same filters with the articles they mean in place of what became of those."""
    if not filters.historical:
        return filters
    with opened() as session:
        found = session.connection().execute(select(t.article.c.id).where(*history(filters))).scalars()
        return replace(filters, edited=(), removed=None, among=frozenset(found))
