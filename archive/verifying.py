"""The whole archive against its captures: every digest, then every revision read again, on all cores."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from archive import queries
from archive.database import reading
from archive.rebuild import Watch
from archive.replay import Kept, Source, archived_portals, kept_revisions, total
from archive.reread import Pool, Reader
from archive.verify import Checked, verify
from archive.verify_articles import wrong
from config.settings import Settings


@dataclass(slots=True)
class Verified:
    """What was checked, and a line for each thing that is not as it should be."""

    captures: int = 0
    articles: int = 0
    revisions: int = 0
    wrong: list[str] = field(default_factory=list)


def verified(settings: Settings, reader: Reader, watch: Watch) -> Verified:
    """Check captures, then articles. Raises UserError when there is no archive."""
    done = Verified()
    with reading(settings) as session:
        whole = queries.stats(session)["captures"]
        for count, problems in _captures(session, settings, whole):
            done.captures += count
            done.wrong += problems
            watch("Checking captures", done.captures, whole)
        whole = total(session.connection())
        for kept, line in _articles(session, settings, reader):
            done.revisions += 1
            done.articles += kept.current
            done.wrong += [line] if line else []
            watch("Reading articles again", done.revisions, whole)
    return done


def _captures(session: Session, settings: Settings, whole: int) -> Iterator[Checked]:
    places = (capture.located for capture in queries.captures(session))
    return verify(settings.data, places, total=whole)


def _articles(session: Session, settings: Settings, reader: Reader) -> Iterator[tuple[Kept, str]]:
    connection = session.connection()
    source = Source(settings.data, reader, archived_portals(connection, {}), articles=True)
    jobs = ((kept, kept.job) for kept in kept_revisions(connection, source))
    with ExitStack() as stack:
        yield from wrong(Pool[Kept](stack).all(jobs))
