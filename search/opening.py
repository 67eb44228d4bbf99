"""The engine that the settings mean, brought up to date with the archive they mean."""

import hashlib
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import TYPE_CHECKING

from archive import pulse
from config import units, vocabulary
from config.errors import UserError
from config.settings import Settings
from search.engines.embedded import Embedded
from search.query import words_of
from search.terms import Abbreviations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.filters import Filters
    from search.engine import Engine
    from search.sync import Sessions, Synced


_KEY = "run `caicach index sync` with a key that may write"


@cache
def abbreviations() -> Abbreviations:
    """The abbreviations of config/vocabulary that have one reading, and the other names of provinces."""
    ambiguous = [short for short, readings in vocabulary.abbreviations().items() if len(readings) > 1]
    return Abbreviations(_pairs(), ambiguous)


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    """Short and long forms, other and official names: an alias of a place is a synonym, not a typo."""
    provinces = [unit for unit in units.units() if unit.system == "p63"]
    official = {unit.code: unit.stem for unit in provinces if not unit.other}
    aliases = [(unit.stem, official[unit.code]) for unit in provinces if unit.other and unit.code in official]
    return tuple(sorted({*vocabulary.expansions().items(), *aliases}))


def engine_of(settings: Settings) -> "Engine":
    """The engine that the settings name; nothing is opened or asked yet. Raises SettingError for a wrong address."""
    words = hashlib.sha256(repr(_pairs()).encode()).hexdigest()[:16]
    if not settings.search_url:
        return Embedded(settings.index, abbreviations(), words, narrowed=partial(_narrowed, settings))
    from search.engines.meilisearch import Meilisearch, Vocabulary  # noqa: PLC0415 # a client that one machine alone never needs
    from search.engines.meilisearch_server import Server  # noqa: PLC0415

    server = Server(settings.search_url, settings.search_key)
    known = Vocabulary(abbreviations(), forms(), words)
    alone, narrowed = lambda: _alone(settings, server.shown), partial(_narrowed, settings)
    return Meilisearch(server, settings.index, known, alone=alone, narrowed=narrowed)


def _narrowed(settings: Settings, filters: "Filters") -> "Filters":
    """The filters with the articles that they mean in place of what became of those, which no engine knows."""
    if not filters.historical:
        return filters
    from archive.histories import resolved  # noqa: PLC0415 # SQLAlchemy waits until somebody asks

    return resolved(sessions_of(settings), filters)


def _alone(settings: Settings, server: str) -> "AbstractContextManager[bool]":
    """The lock that machines over one PostgreSQL share; an archive in a file is one machine's."""
    from archive.store_locks import index_lock  # noqa: PLC0415 # SQLAlchemy waits until something is written

    return index_lock(settings.database, server)


@cache
def forms() -> frozenset[tuple[str, ...]]:
    """Short and long forms of `abbreviations`, in folded words."""
    return frozenset(tuple(word.folded for word in words_of(form)) for pair in _pairs() for form in pair)


def sessions_of(settings: Settings) -> "Sessions":
    """Opens reading sessions on the archive."""

    def opened() -> "AbstractContextManager[Session]":
        from archive.database import reading  # noqa: PLC0415 # SQLAlchemy waits until something is new

        return reading(settings)

    return opened


def pull(settings: Settings, engine: "Engine") -> "Synced | None":
    """Bring the index up to date unless it is, or another process is at it; None when nothing was done.

    With a key that may only search it says how far the index is behind, and what it has is searched.
    """
    fault = engine.fault()
    if fault is None and pulse.latest(settings.database) == engine.cursor():
        return None
    from search.engine import NONE_YET, ReadOnlyError  # noqa: PLC0415 # only now needed
    from search.sync import sync  # noqa: PLC0415 # SQLAlchemy waits until something is new

    try:
        return sync(sessions_of(settings), engine)
    except ReadOnlyError:
        if fault and (fault == NONE_YET or "fields" in fault):
            raise UserError(f"the search index has to be built ({fault}), which this key may not: {_KEY}") from None
        if behind := _version(settings) - engine.cursor():
            print(f"caicach: {behind:,} changes are not yet in the search index: {_KEY}", file=sys.stderr)  # noqa: T201
        return None


def _version(settings: Settings) -> int:
    """The number of the archive's last change."""
    version = pulse.latest(settings.database)
    if version is not None:
        return version
    from archive import queries  # noqa: PLC0415 # SQLAlchemy waits until it is needed

    with sessions_of(settings)() as session:
        return queries.version(session)


def same_moment(session: "Session", engine: "Engine") -> None:
    """Bring the index to exactly the moment of the archive that the session reads.

    Raises BusyError while another process writes the index, UserError when it is already past that moment.
    """
    from archive import queries  # noqa: PLC0415 # SQLAlchemy waits until something is new
    from search.sync import BusyError, sync  # noqa: PLC0415

    moment = queries.version(session)
    if (engine.fault() or engine.cursor() < moment) and sync(lambda: nullcontext(session), engine).busy:
        raise BusyError
    if engine.cursor() != moment:
        raise UserError("the archive changed meanwhile: run the same command again")


def status_of(settings: Settings, engine: "Engine") -> dict[str, object]:
    """What there is of an index, and whether it is up to date; for `index status`."""
    fault, version = engine.fault(), _version(settings)
    if fault:
        return {"state": f"to be built: {fault}", "archive_version": version}
    status = engine.status()
    behind = version - status.cursor
    return {
        "state": f"{behind} changes behind: run `caicach index sync`" if behind else "up to date",
        "archive_version": version,
        "cursor": status.cursor,
        "documents": status.documents,
        "bytes": status.size,
        "engine": status.engine,
        "place": status.place,
        **status.identity,
    }
