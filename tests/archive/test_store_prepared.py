"""Prepared statements: the same rows as SQLAlchemy's own, with types converted, on either database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, bindparam, insert, select, update

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


def test_a_question_is_answered_as_sqlalchemy_answers_it(archive: Archive) -> None:
    p = t.portal.c
    by_slug = select(p.id, p.slug, p.province, p.discovered, p.first_seen_at.label("first")).order_by(p.id)
    wanted = by_slug.where(p.slug >= bindparam("least"), p.slug != "c").limit(2)
    prepared = Prepared(wanted)
    with database.writing(archive.store.engine) as connection:
        connection.execute(insert(t.portal), [a_portal(slug) for slug in "abcde"])
        for least, slugs in (("b", ["b", "d"]), ("e", ["e"]), ("z", [])):
            found = prepared.all(connection, {"least": least})
            assert found == [tuple(row) for row in connection.execute(wanted, {"least": least})]
            assert [row.slug for row in found] == slugs
        first = prepared.first(connection, {"least": "a"})
        assert (first.slug, first.first, first.discovered) == ("a", AT.astimezone(UTC), {"listings": ["đ"]})
        assert prepared.first(connection, {"least": "z"}) is None


def test_a_change_gives_the_rows_that_it_returns(archive: Archive) -> None:
    p = t.portal.c
    change = Prepared(update(t.portal).where(p.slug != bindparam("but")).returning(p.slug, p.province))
    with database.writing(archive.store.engine) as connection:
        connection.execute(insert(t.portal), [a_portal(slug) for slug in "abc"])
        found = change.all(connection, {"but": "b", "province": "Quảng Nam"})
        assert sorted(found) == [("a", "Quảng Nam"), ("c", "Quảng Nam")]
        change.many(connection, [{"but": "a", "province": "Huế"}, {"but": "c", "province": "Cà Mau"}])
        assert [row[2] for row in rows(connection)] == ["Cà Mau", "Cà Mau", "Huế"]
