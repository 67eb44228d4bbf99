"""Captures as rows beside their WARC records."""

from sqlalchemy import Connection, Row, insert, select

from archive import tables as t
from archive.captures import CaptureWriter
from archive.identity import url_digest
from archive.records import Capture, Located
from archive.store_facts import storable


def keep(connection: Connection, writer: CaptureWriter, capture: Capture, *, run: int, portal: tuple[int, str]) -> int:
    """Write the WARC record, then its row; the same bytes from the same address become a revisit."""
    portal_id, slug = portal
    key, digest = url_digest(capture.url), capture.digest
    original = _original(connection, portal_id, key, digest) if capture.body else None
    place = writer.write(capture, run=run, portal=slug, original=original and _located(original))
    row = {
        "run_id": run,
        "portal_id": portal_id,
        "kind": capture.kind.value,
        "method": capture.method,
        "url": storable(capture.url),
        "url_digest": key,
        "status": capture.status,
        "fetched_at": capture.fetched_at,
        "digest": digest,
        "bytes": len(capture.body),
        "etag": storable(capture.header("ETag")),
        "last_modified": storable(capture.header("Last-Modified")),
        "warc": place.warc,
        "warc_offset": place.offset,
        "warc_length": place.length,
        "original_id": original and original.id,
    }
    written = connection.execute(insert(t.capture).returning(t.capture.c.id), row)
    return int(written.scalar_one())


def _original(connection: Connection, portal: int, key: str, digest: str) -> Row[tuple[int]] | None:
    c = t.capture.c
    same = (c.portal_id == portal) & (c.url_digest == key) & (c.digest == digest) & c.original_id.is_(None)
    return connection.execute(select(t.capture).where(same).order_by(c.id).limit(1)).first()


def _located(row: Row[tuple[int]]) -> Located:
    return Located(row.warc, row.warc_offset, row.warc_length, row.digest, row.url, row.fetched_at)
