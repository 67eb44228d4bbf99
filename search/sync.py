"""The index follows the archive: pulls changes after its cursor, can be built anew, is checked by digests.

Every batch is one commit with the cursor in it, so whatever is killed, the next sync goes on where it stopped.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from archive import queries
from archive.filters import Filters
from config.errors import UserError
from search.documents import Document, document
from search.engine import NONE_YET, Engine

BATCH = 5_000
"""Changes of one commit."""
AT_ONCE = 200
"""Articles read from the archive at once."""

Sessions = Callable[[], AbstractContextManager[Session]]
Progress = Callable[["Synced"], None]


class BusyError(UserError):
    """Another process writes the index; wait for it and try again."""

    def __init__(self) -> None:
        super().__init__("another process writes the search index: try again when it has finished")


@dataclass(slots=True)
class Synced:
    """What a sync did: articles indexed and taken out, the change it reached, and whether it had to build anew.

    `busy`: another process holds the writer, nothing was done.
    """

    indexed: int = 0
    removed: int = 0
    cursor: int = 0
    rebuilt: str = ""
    busy: bool = False


@dataclass(slots=True)
class Verified:
    """What verify found: documents compared, and articles that were missing, stale or left over, all repaired."""

    checked: int = 0
    missing: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)

    @property
    def repaired(self) -> int:
        """How many documents had to be repaired."""
        return len(self.missing) + len(self.stale) + len(self.extra)


def sync(sessions: Sessions, engine: Engine, progress: Progress | None = None) -> Synced:
    """Pull the changes the index lacks; builds it anew when it is missing, damaged or of another version."""
    with engine.writing() as mine:
        if not mine:
            return Synced(busy=True)
        with sessions() as session:
            fault = engine.fault() or _ahead(session, engine)
            if not fault:
                return _pull(session, engine, progress)
            if fault != NONE_YET:
                print(f"caicach: search index: {fault}; building it anew", file=sys.stderr)  # noqa: T201
            return _rebuild(session, engine, fault, progress)


def rebuild(sessions: Sessions, engine: Engine, progress: Progress | None = None) -> Synced:
    """Build the index anew beside the one in use, then swap; raises BusyError."""
    with engine.writing() as mine, sessions() as session:
        _must(mine)
        return _rebuild(session, engine, "asked for", progress)


def verify(sessions: Sessions, engine: Engine) -> Verified:
    """Compare every document with the archive by digest and repair what differs; raises BusyError."""
    synced = sync(sessions, engine)
    _must(not synced.busy)
    with engine.writing() as mine, sessions() as session:
        _must(mine)
        _pull(session, engine)
        return _compare(session, engine)


def _must(mine: bool) -> None:
    if not mine:
        raise BusyError


def _ahead(session: Session, engine: Engine) -> str | None:
    """An index that knows changes the archive does not have was made from another archive."""
    return "it was made from another archive" if engine.cursor() > queries.version(session) else None


def _rebuild(session: Session, engine: Engine, why: str, progress: Progress | None) -> Synced:
    with engine.rebuilding() as beside:
        done = _pull(session, beside, progress)
    done.rebuilt = why
    return done


def _pull(session: Session, engine: Engine, progress: Progress | None = None) -> Synced:
    done = Synced(cursor=engine.cursor())
    while changes := queries.changes(session, after=done.cursor, limit=BATCH):
        ids = sorted({change.article for change in changes if change.article is not None})
        done.cursor = changes[-1].number
        _apply(session, engine, ids, done)
        if progress:
            progress(done)
    return done


def _apply(session: Session, engine: Engine, ids: list[int], done: Synced) -> None:
    """One commit: what the archive shows of these articles now; those it does not show are taken out."""
    shown = 0

    def documents() -> Iterator[Document]:
        nonlocal shown
        for one in _documents(session, ids):
            shown += 1
            yield one

    engine.replace(ids, documents(), done.cursor)
    done.indexed += shown
    done.removed += len(ids) - shown


def _documents(session: Session, ids: Sequence[int]) -> Iterator[Document]:
    for start in range(0, len(ids), AT_ONCE):
        for article in queries.documents(session, ids[start : start + AT_ONCE]):
            if not article.withheld:
                yield document(article)


def _compare(session: Session, engine: Engine) -> Verified:
    found = engine.digests()
    shown = list(queries.matching(session, Filters(any_topic=True)))
    report = Verified(checked=len(shown), extra=sorted(found.keys() - set(shown)))
    for one in _documents(session, shown):
        if one.id not in found:
            report.missing.append(one.id)
        elif found[one.id] != one.digest:
            report.stale.append(one.id)
    wrong = sorted({*report.missing, *report.stale, *report.extra})
    if wrong:
        _apply(session, engine, wrong, Synced(cursor=engine.cursor()))
    return report
