"""The engine that the settings mean, brought up to date with the archive they mean."""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

from archive import pulse
from config import units, vocabulary
from config.errors import SettingError, UserError
from config.settings import Settings
from search.engines.embedded import Embedded
from search.terms import Abbreviations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from search.sync import Sessions, Synced


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


def engine_of(settings: Settings) -> Embedded:
    """The engine; nothing is opened yet. Raises SettingError for a search server, which is not supported yet."""
    if settings.search_url:
        raise SettingError("CAICACH_SEARCH_URL: no search server is supported yet; unset it for the embedded engine")
    words = hashlib.sha256(repr(_pairs()).encode()).hexdigest()[:16]
    return Embedded(settings.index, abbreviations(), words)


def sessions_of(settings: Settings) -> "Sessions":
    """Opens reading sessions on the archive."""

    def opened() -> "AbstractContextManager[Session]":
        from archive.database import reading  # noqa: PLC0415 # SQLAlchemy waits until something is new

        return reading(settings)

    return opened


def pull(settings: Settings, engine: Embedded) -> "Synced | None":
    """Bring the index up to date unless it is, or another process is at it; None when there was nothing to do."""
    if engine.fault() is None and pulse.latest(settings.database) == engine.cursor():
        return None
    from search.sync import sync  # noqa: PLC0415 # SQLAlchemy waits until something is new

    return sync(sessions_of(settings), engine)


def same_moment(session: "Session", engine: Embedded) -> None:
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


def status_of(settings: Settings, engine: Embedded) -> dict[str, object]:
    """What there is of an index, and whether it is up to date; for `index status`."""
    fault, version = engine.fault(), pulse.latest(settings.database)
    if version is None:
        from archive import queries  # noqa: PLC0415 # SQLAlchemy waits until it is needed

        with sessions_of(settings)() as session:
            version = queries.version(session)
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
