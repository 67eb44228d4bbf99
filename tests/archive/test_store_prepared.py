"""Prepared inserts: the same rows as SQLAlchemy's own, with types converted, on either database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select

from archive import database
from archive import tables as t
from archive.prepared import Prepared
from config.errors import UserError
from tests.archives import Archive

AT = datetime(2024, 5, 4, 8, 30, tzinfo=timezone(timedelta(hours=7)))


def a_portal(slug: str) -> dict[str, Any]:
    texts = ("name", "url", "level", "status", "file")
    keys = ("province_key", "province_now_key", "district_key", "commune_key")
    row: dict[str, Any] = {**dict.fromkeys(texts, "Cải cách"), **dict.fromkeys(keys, "")}
    return {**row, "slug": slug, "first_seen_at": AT, "discovered": {"listings": ["đ"]}}


def rows(connection: Connection) -> list[tuple[Any, ...]]:
    p = t.portal.c
    asked = select(p.slug, p.name, p.province, p.discovered, p.first_seen_at).order_by(p.id)
    return [tuple(row) for row in connection.execute(asked)]


def test_a_row_is_the_one_that_sqlalchemy_writes(archive: Archive) -> None:
    plain, prepared = insert(t.portal), Prepared(insert(t.portal).returning(t.portal.c.id))
    with database.writing(archive.store.engine) as connection:
        connection.execute(plain, a_portal("a"))
        number = prepared.one(connection, a_portal("b"))
        prepared.many(connection, [])
        Prepared(plain).many(connection, [a_portal("c"), a_portal("d")])
        first, *others = rows(connection)
        assert connection.execute(select(t.portal.c.slug).where(t.portal.c.id == number)).scalar_one() == "b"
    assert first[1:] == ("Cải cách", None, {"listings": ["đ"]}, AT.astimezone(UTC))
    assert [row[1:] for row in others] == [first[1:]] * 3
    assert [row[0] for row in others] == ["b", "c", "d"]


def test_other_columns_are_another_statement(archive: Archive) -> None:
    prepared = Prepared(insert(t.portal))
    with database.writing(archive.store.engine) as connection:
        prepared.one(connection, a_portal("a"))
        prepared.one(connection, {**a_portal("b"), "province": "Quảng Nam"})
        assert [row[2] for row in rows(connection)] == [None, "Quảng Nam"]


def test_a_time_without_a_zone_is_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="without a zone"), database.writing(archive.store.engine) as connection:
        Prepared(insert(t.portal)).one(connection, {**a_portal("a"), "first_seen_at": AT.replace(tzinfo=None)})


READ_ONLY = {"sqlite": "PRAGMA query_only=ON", "postgresql": "SET TRANSACTION READ ONLY"}


def written_read_only(engine: Engine) -> None:
    with database.writing(engine) as connection:
        connection.exec_driver_sql(READ_ONLY[engine.dialect.name])
        Prepared(insert(t.portal)).one(connection, a_portal("a"))


def test_what_the_database_refuses_is_one_line(archive: Archive) -> None:
    """The driver's own error, which no statement of SQLAlchemy has wrapped."""
    with pytest.raises(UserError, match="caicach"):
        written_read_only(archive.store.engine)
