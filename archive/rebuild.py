"""The archive built anew from WARC alone: every deed done again in its order, into an empty database."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from archive import database, store_again, store_captures
from archive import tables as t
from archive.captures import mend
from archive.deeds import Deed, Did
from archive.rebuild_ahead import Ahead, Waiting
from archive.records import FileText, Located, Verdict
from archive.replay_order import certain, files, steps
from archive.reread import Reader, Unread
from archive.store_again import Doing
from archive.store_articles import Moment
from archive.store_changes import version
from config.errors import UserError

COMMIT = 500
"""Deeds in a transaction: nothing is lost that WARC does not have."""
OPEN = 0o200
"""The mode's bit that a WARC file has only while it is written (archive/captures.py)."""
BUSY = "is being written: end the crawls and run it again; nothing has changed"
RECENT = 20_000
"""Captures whose rows are remembered by their place."""
Watch = Callable[[str, int, int], None]
"""Gets what is being done, how much of it, and of how much; a total of 0 is unknown."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did; `otherwise` were read otherwise than when they were recorded, `lost` not at all."""

    articles: int = 0
    archive_version: int = 0
    captures: int = 0
    deeds: int = 0
    void: int = 0
    """Deeds that were told and not done: their process was killed in between."""
    otherwise: int = 0
    lost: list[str] = field(default_factory=list)
    untold: int = 0
    """Captures of runs whose beginning is in none of the files."""


class Rebuild:
    """One rebuild into an empty database of today's schema."""

    def __init__(self, engine: Engine, data: Path, reader: Reader, watch: Watch) -> None:
        self.engine, self.data, self.reader, self.watch = engine, data, reader, watch
        self.done = Rebuilt()
        self._portals: dict[int, int] = {}
        self._recent: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._lost: set[int] = set()

    def whole(self) -> Rebuilt:
        """Do everything again. Raises CaptureError for damage in WARC, UserError for a database that fails."""
        for line in mend(self.data / "warc"):
            logger.warning("%s", line)
        sizes = self._sizes()
        paths, total, read = list(sizes), sum(sizes.values()), 0
        with ExitStack() as stack:
            ahead = Ahead(self.data, self.reader, stack)
            waiting = ahead.steps(certain(steps(self.data, paths)))
            while batch := list(islice(waiting, COMMIT)):
                with database.writing(self.engine) as connection:
                    for one in batch:
                        self._do(connection, ahead, one)
                        read += one.step.bytes
                self.watch("Building from captures", read, total)
        if self._sizes() != sizes:
            raise UserError(f"{self.data / 'warc'} {BUSY}")
        with self.engine.connect() as connection:
            self.done.articles = connection.execute(select(func.count()).select_from(t.article)).scalar_one()
            self.done.archive_version = version(connection)
        return self.done

    def _sizes(self) -> dict[Path, int]:
        """The files and their sizes. Raises UserError when there is none, or a living process writes one."""
        found = {path: path.stat() for path in files(self.data)}
        if not found:
            raise UserError(f"{self.data / 'warc'}: no WARC file is there to build from; restore them from a backup")
        if any(stat.st_mode & OPEN for stat in found.values()):
            raise UserError(f"{self.data / 'warc'} {BUSY}")
        return {path: stat.st_size for path, stat in found.items()}

    def _do(self, connection: Connection, ahead: Ahead, waiting: Waiting) -> None:
        deed = waiting.step.deed
        self.done.deeds += deed is not None
        self.done.void += not waiting.sure
        if deed is not None and deed.did is Did.START and deed.run is not None:
            self._portals[deed.run] = store_again.start(connection, deed)
            store_again.settle(connection, deed)
        for kept in waiting.step.captures:
            self._keep(connection, kept)
        if deed is not None and deed.did is not Did.START:
            self._again(connection, ahead, waiting, deed)

    def _keep(self, connection: Connection, kept: store_captures.Kept) -> None:
        portal = self._portals.get(kept.row["run_id"])
        if portal is None:
            self.done.untold += 1
            return
        number = store_captures.insert_kept(connection, kept, portal)
        self._recent[kept.row["warc"], kept.row["warc_offset"]] = number
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        self.done.captures += 1

    def _again(self, connection: Connection, ahead: Ahead, waiting: Waiting, deed: Deed) -> None:
        if deed.said.get("article") in self._lost:
            store_again.settle(connection, deed)
            return
        capture = self._row(connection, deed)
        found = waiting.found.result() if waiting.found else None
        if isinstance(found, Unread) and (original := _original(connection, capture)):
            found = ahead.again(deed, original)
        if isinstance(found, Unread):
            if deed.did is Did.RECORD:
                self._unread(connection, deed, found)
                return
            found = FileText("", deed.said["kind"], reason=found.reason)
        if isinstance(found, tuple):
            self.done.otherwise += found[0].digest != deed.said["digest"]
        moment = Moment(self._portals.get(deed.run or 0, 0), deed.run or 0, capture, deed.at)
        store_again.again(Doing(connection, deed, moment, found))

    def _unread(self, connection: Connection, deed: Deed, unread: Unread) -> None:
        """An article that today's rules cannot read: its capture stays, and it is named."""
        self.done.lost.append(f"article {deed.said['article']} {deed.said['url']}: {unread.reason}")
        if deed.said["verdict"] == Verdict.NEW:
            self._lost.add(deed.said["article"])
        store_again.settle(connection, deed)

    def _row(self, connection: Connection, deed: Deed) -> int | None:
        """The id of a deed's capture."""
        if deed.capture is None:
            return None
        number = self._recent.get(deed.capture)
        if number is None:
            c = t.capture.c
            here = (c.run_id == deed.run) & (c.warc == deed.capture[0]) & (c.warc_offset == deed.capture[1])
            number = connection.execute(select(c.id).where(here)).scalar()
        return number


def _original(connection: Connection, capture: int | None) -> Located | None:
    """Where a revisit's body lies, which only the rows know."""
    c, o = t.capture.c, t.capture.alias("original")
    asked = select(o.c.warc, o.c.warc_offset).join(t.capture, c.original_id == o.c.id).where(c.id == capture)
    row = connection.execute(asked).first()
    return Located(row.warc, row.warc_offset, 0) if row else None
