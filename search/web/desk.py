"""What the pages stand on: one read-only database, one engine that follows it, opened once."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from archive import queries
from archive.coverage import PortalCoverage, coverage
from archive.database import asked, reader
from archive.filters import Filters
from config.errors import UserError
from config.settings import Settings
from search.engine import Engine
from search.opening import engine_of, pull

LOG = logging.getLogger(__name__)
EVERY = 60.0
"""Seconds between two looks for changes that the index lacks."""


@dataclass
class Desk:
    """The archive and its index as the pages use them; raises UserError when there is no archive yet."""

    settings: Settings
    _stopped: threading.Event = field(default_factory=threading.Event)
    _covered: dict[Filters, tuple[int, list[PortalCoverage]]] = field(default_factory=dict)

    _counted: tuple[int, dict[str, int]] | None = None

    @cached_property
    def database(self) -> Database:
        """The database of the pages, which nothing can be written through."""
        return reader(self.settings, pooled=True)

    @cached_property
    def long(self) -> Database:
        """The same for exports, which may go on for an hour."""
        return reader(self.settings)

    @cached_property
    def engine(self) -> Engine:
        """The search engine of the settings."""
        return engine_of(self.settings)

    @contextmanager
    def session(self, *, long: bool = False) -> Iterator[Session]:
        """One moment of the archive."""
        database = self.long if long else self.database
        with asked(database), Session(database) as session:
            yield session

    def version(self) -> int:
        """The number of the archive's last change."""
        with self.session() as session:
            return queries.version(session)

    def coverage(self, session: Session, filters: Filters) -> list[PortalCoverage]:
        """What `archive.coverage` says, kept until the archive changes: it reads every run."""
        version = queries.version(session)
        kept = self._covered.get(filters)
        if kept is None or kept[0] != version:
            if len(self._covered) > 100:
                self._covered.clear()
            kept = self._covered[filters] = (version, coverage(session, filters))
        return kept[1]

    def stats(self, session: Session) -> dict[str, int]:
        """How much there is of everything, counted anew when the archive has changed."""
        version = queries.version(session)
        if self._counted is None or self._counted[0] != version:
            self._counted = version, queries.stats(session)
        return self._counted[1]

    def start(self) -> None:
        """Bring the index up to date, now and then every minute in a thread of its own."""
        _ = self.database
        self._follow()
        threading.Thread(target=self._keep_following, name="index", daemon=True).start()

    def stop(self) -> None:
        """End the thread and close the database."""
        self._stopped.set()
        self.database.dispose()
        self.long.dispose()

    def _keep_following(self) -> None:
        while not self._stopped.wait(EVERY):
            self._follow()

    def _follow(self) -> None:
        try:
            pull(self.settings, self.engine)
        except UserError as error:
            LOG.warning("the index does not follow the archive: %s", error)
