"""The export as a stream of bytes, for who has no file to write it to."""

import hashlib
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from archive import queries
from archive.export import Form, rows_for
from archive.filters import Filters
from archive.formats import published
from archive.manifest import Written

PIECE = 1 << 16
"""Bytes from which a piece is given away."""
HELD = 20
"""Rows one stream holds: hundreds of them may wait for slow readers at once."""


def stream(
    session: Session, *, filters: Filters, ids: Collection[int] | None = None, form: Form, told: "Told | None" = None
) -> Iterator[bytes]:
    """The same bytes as `export` writes, as they come; `told` learns what was given.

    Raises UserError, which cuts the answer short, when other rows come than were counted.
    """
    columns, sink, cut = form.columns, _Sink(), list[int]()
    pick, rows, count = itemgetter(*(column.name for column in columns)), rows_for(sink, form, cut, PIECE), 0
    for count, row in enumerate(queries.rows(session, filters, ids=ids, distinct=form.distinct, held=HELD), 1):  # noqa: B007 # the last one is how many came
        row["published_at"] = published(row)
        rows.add(pick(row))
        if sink.size >= PIECE:
            yield sink.take()
    rows.close()
    yield sink.take()
    if told is not None:
        articles = queries.count(session, filters, ids=ids)
        digest = sink.digest.hexdigest()
        told.written = Written("", form.format, form.excel, form.distinct, sink.total, digest, count, articles, columns)
        told.cut = cut


@dataclass(slots=True)
class Told:
    """What a stream gave, once it has ended."""

    written: Written | None = None
    cut: list[int] = field(default_factory=list)


class _Sink(io.RawIOBase):
    """Takes what the formats write and gives it away again; digests and counts it."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = self.total = 0
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        piece = bytes(data)
        self.digest.update(piece)
        self._pieces.append(piece)
        self.size += len(piece)
        self.total += len(piece)
        return len(piece)

    def tell(self) -> int:
        """How many bytes came."""
        return self.total

    def take(self) -> bytes:
        """What came since the last time."""
        taken, self._pieces, self.size = b"".join(self._pieces), [], 0
        return taken
