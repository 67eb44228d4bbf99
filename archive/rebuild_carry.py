"""What no capture proves, taken from the old database to the new one: notices, alarms, duties, rests.

And the numbers that PostgreSQL gives next, after rows came with theirs.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select, text

from archive import database
from archive import tables as t

AS_THEY_ARE = (t.lease, t.duty, t.notice)


def carry(old: Engine, new: Engine) -> None:
    """Copy the operator's rows, their portals and captures found again; nothing from a database of another schema."""
    with database.writing(new) as there:
        if database.version(old) == database.HEAD:
            with database.asked(old), old.connect() as here:
                for table in AS_THEY_ARE:
                    _put(there, table, _rows(here, table))
                _put(there, t.rest, (_of_portal(there, row, slug) for row, slug in _rests(here)))
                _put(there, t.alarm, (_of_capture(there, row, place) for row, place in _alarms(here)))
        if new.dialect.name == "postgresql":
            for table in (t.run, t.notice, t.rest, t.alarm):
                _count_on(there, table)


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def _rests(connection: Connection) -> Iterable[tuple[dict[str, Any], str | None]]:
    asked = select(t.rest, t.portal.c.slug.label("slug")).outerjoin(t.portal, t.portal.c.id == t.rest.c.portal_id)
    for row in connection.execute(asked):
        whole = dict(row._mapping)
        yield whole, whole.pop("slug")


def _alarms(connection: Connection) -> Iterable[tuple[dict[str, Any], tuple[str, int] | None]]:
    c = t.capture.c
    asked = select(t.alarm, c.warc.label("warc"), c.warc_offset.label("offset"))
    for row in connection.execute(asked.outerjoin(t.capture, c.id == t.alarm.c.capture_id)):
        whole = dict(row._mapping)
        warc, offset = whole.pop("warc"), whole.pop("offset")
        yield whole, (warc, offset) if warc else None


def _of_portal(connection: Connection, row: dict[str, Any], slug: str | None) -> dict[str, Any]:
    found = connection.execute(select(t.portal.c.id).where(t.portal.c.slug == slug)).scalar() if slug else None
    return row | {"portal_id": found}


def _of_capture(connection: Connection, row: dict[str, Any], place: tuple[str, int] | None) -> dict[str, Any]:
    c = t.capture.c
    here = (c.warc == place[0]) & (c.warc_offset == place[1]) if place else None
    found = connection.execute(select(c.id).where(here)).scalar() if here is not None else None
    return row | {"capture_id": found}


def _put(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    kept = list(rows)
    if kept:
        connection.execute(insert(table), kept)


def _count_on(connection: Connection, table: Table) -> None:
    highest = f"SELECT coalesce(max(id), 0) FROM {table.name}"  # noqa: S608 # a table of ours
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    connection.execute(text(f"SELECT setval({sequence}, greatest(({highest}), 1), ({highest}) > 0)"))
