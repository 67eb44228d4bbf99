"""Captures as rows beside their WARC records: the record at once, the row with what is written next.

A transaction for the row alone would cost as much as the article that follows it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from archive import tables as t
from archive.captures import CaptureWriter
from archive.identity import url_digest
from archive.prepared import Prepared
from archive.records import Capture, Located
from archive.store_facts import storable
from archive.warc import Record

_c = t.capture.c
KNOWN = select(_c.url_digest).where(_c.portal_id == bindparam("portal"), _c.bytes > 0).distinct()
ORIGINAL = (
    select(_c.id, _c.warc, _c.warc_offset, _c.warc_length, _c.digest, _c.url, _c.fetched_at, _c.bytes)
    .where(_c.portal_id == bindparam("portal"), _c.url_digest == bindparam("key"), _c.digest == bindparam("body"))
    .where(_c.original_id.is_(None))
    .order_by(_c.id)
    .limit(1)
)
NEW = Prepared(insert(t.capture).returning(_c.id))


@dataclass(frozen=True, slots=True)
class Place:
    """Whose capture it is: the run, the portal's id and its slug."""

    run: int
    portal: int
    slug: str


@dataclass(frozen=True, slots=True)
class Original:
    """The capture of the same bytes from the same address: its id, and where it lies."""

    id: int
    located: Located


@dataclass(frozen=True, slots=True)
class Kept:
    """The row of a capture that lies in WARC, but for its portal; a revisit names no original yet."""

    row: dict[str, Any]
    portal: str
    revisit: bool


@dataclass(slots=True)
class Held:
    """A capture that stands in WARC; `id` is its row's once that is written, 0 before."""

    row: dict[str, Any]
    id: int = 0

    @property
    def at(self) -> datetime:
        """When it was fetched."""
        at: datetime = self.row["fetched_at"]
        return at


def known(connection: Connection, portal: int) -> set[str]:
    """The digests of the addresses that a portal has answered with something."""
    return set(connection.execute(KNOWN, {"portal": portal}).scalars())


def original(connection: Connection, portal: int, capture: Capture) -> Original | None:
    """What a capture would repeat word for word."""
    same = {"portal": portal, "key": url_digest(capture.url), "body": capture.digest}
    row = connection.execute(ORIGINAL, same).first()
    if row is None:
        return None
    located = Located(row.warc, row.warc_offset, row.warc_length, row.digest, row.url, row.fetched_at)
    return Original(row.id, located)


def write(writer: CaptureWriter, capture: Capture, place: Place, original: Original | None) -> Held:
    """Write the WARC record, a revisit of the original if there is one."""
    located = original.located if original else None
    written = writer.write(capture, run=place.run, portal=place.slug, original=located)
    own = {"run_id": place.run, "portal_id": place.portal, "original_id": original.id if original else None}
    return Held(_row(capture, written) | own | {"bytes": len(capture.body)})


def kept(record: Record, capture: Capture) -> Kept:
    """The row of a record that lies in WARC, without its body."""
    row = _row(capture, record.located) | {"run_id": record.run, "bytes": len(capture.body)}
    return Kept(row, record.portal, record.type == "revisit")


def insert_kept(connection: Connection, one: Kept, portal: int) -> int:
    """Write the row of a capture that lies in WARC, once its portal is known; its id."""
    row = one.row | {"portal_id": portal, "original_id": None}
    if one.revisit:
        same = {"portal": portal, "key": row["url_digest"], "body": row["digest"]}
        found = connection.execute(ORIGINAL, same).first()
        if found is not None:
            row |= {"original_id": found.id, "bytes": found.bytes}
    return NEW.one(connection, row)


def _row(capture: Capture, written: Located) -> dict[str, Any]:
    """What a capture and its place say of its row."""
    return {
        "kind": capture.kind.value,
        "method": capture.method,
        "url": storable(capture.url),
        "url_digest": url_digest(capture.url),
        "status": capture.status,
        "fetched_at": capture.fetched_at,
        "digest": written.digest,
        "etag": storable(capture.header("ETag")),
        "last_modified": storable(capture.header("Last-Modified")),
        "warc": written.warc,
        "warc_offset": written.offset,
        "warc_length": written.length,
    }


def insert_row(connection: Connection, held: Held) -> None:
    """Write the row of a capture."""
    held.id = NEW.one(connection, held.row)
