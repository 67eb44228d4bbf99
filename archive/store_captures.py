"""Captures as rows beside their WARC records."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from archive import tables as t
from archive.captures import CaptureWriter
from archive.identity import url_digest
from archive.records import Capture, Located
from archive.store_facts import storable

_c = t.capture.c
ORIGINAL = (
    select(_c.id, _c.warc, _c.warc_offset, _c.warc_length, _c.digest, _c.url, _c.fetched_at)
    .where(_c.portal_id == bindparam("portal"), _c.url_digest == bindparam("key"), _c.digest == bindparam("body"))
    .where(_c.original_id.is_(None))
    .order_by(_c.id)
    .limit(1)
)
NEW = insert(t.capture).returning(_c.id)


def keep(connection: Connection, writer: CaptureWriter, capture: Capture, *, run: int, portal: tuple[int, str]) -> int:
    """Write the WARC record, then its row; the same bytes from the same address become a revisit."""
    portal_id, slug = portal
    key, digest = url_digest(capture.url), capture.digest
    same = {"portal": portal_id, "key": key, "body": digest}
    original = connection.execute(ORIGINAL, same).first() if capture.body else None
    place = writer.write(capture, run=run, portal=slug, original=_located(original) if original is not None else None)
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
        "original_id": original.id if original is not None else None,
    }
    return int(connection.execute(NEW, row).scalar_one())


def _located(row: Row[*tuple[Any, ...]]) -> Located:
    return Located(row.warc, row.warc_offset, row.warc_length, row.digest, row.url, row.fetched_at)
