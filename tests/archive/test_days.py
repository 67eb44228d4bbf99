"""Portal-days in SQL: written with the run, added up within a day, told with what nothing explains."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from archive import database, migrations
from archive.days import Explained, Health, PortalDay, Signs, State
from archive.queries_days import alarms, days
from archive.queries_looks import due, spares, spoken_of
from archive.runs import RunSummary
from tests.archives import MORNING, Archive, capture, later

TODAY = date(2024, 3, 1)


def day(number: int = 0, **changes: Any) -> PortalDay:
    base = PortalDay("queson", TODAY + timedelta(days=number), "ok", requests=9, links=20, new=1, rejected=1)
    signs = Signs(lists=1, gaps={"empty": 1}, items="abc")
    return replace(base, signs=signs, reasons={"status 404": 1}, explained=Explained.NEW, **changes)


def finish(archive: Archive, made: PortalDay, proof: int | None = None) -> None:
    archive.store.finish(archive.runs.pop("queson"), RunSummary("queson", new=made.new), made, proof)


def test_a_portal_day_is_read_as_it_was_written(archive: Archive) -> None:
    archive.record("a")
    kept = archive.store.keep(archive.run(), capture("https://queson.gov.vn/", b"<html>list"))
    sick = Health(State.BROKEN, "layout", "1 of 1 listings name no article", TODAY)
    finish(archive, day(health=sick), kept)
    (found,) = archive.read(days, "queson")
    assert found == day(health=sick, capture=kept, indexed=1)
    (told,) = archive.read(lambda s: s.execute(text("SELECT health FROM portal")).scalars())
    assert '"layout"' in str(told).replace("'", '"')


def test_two_runs_of_a_day_are_one_portal_day(archive: Archive) -> None:
    archive.record("a")
    finish(archive, day())
    archive.record("b", body="Bài b")
    finish(archive, replace(day(new=0), explained=Explained.EMPTY))
    (found,) = archive.read(days)
    assert (found.requests, found.new, found.indexed, found.explained) == (18, 1, 2, Explained.NEW)
    assert (found.reasons, found.signs.lists, found.signs.gaps) == ({"status 404": 2}, 2, {"empty": 2})


def test_a_night_that_nothing_explains_and_one_without_a_row_are_alarms(archive: Archive) -> None:
    for number, why in ((0, Explained.NEW), (1, Explained.UNEXPLAINED), (3, Explained.EMPTY)):
        archive.run()
        finish(archive, replace(day(number), explained=why, reason="interrupted" if number == 1 else ""))
    named = archive.read(alarms, TODAY + timedelta(days=4))
    assert named == [
        ("queson", TODAY + timedelta(days=2), "no crawl of this night was finished"),
        ("queson", TODAY + timedelta(days=1), "interrupted"),
    ]


def test_a_portal_that_nobody_crawls_any_more_is_an_alarm(archive: Archive) -> None:
    for number in (0, 1):
        archive.run()
        finish(archive, day(number))
    soon = [when for _, when, _ in archive.read(alarms, TODAY + timedelta(days=5))]
    assert soon == [TODAY + timedelta(days=3), TODAY + timedelta(days=2)], "last night may still be under way"
    (late,) = archive.read(alarms, TODAY + timedelta(days=90))
    assert late == ("queson", TODAY + timedelta(days=88), f"no crawl was finished since {TODAY + timedelta(days=1)}")
    with database.writing(archive.store.engine) as connection:
        connection.execute(text("UPDATE portal SET status = 'paused'"))
    assert archive.read(alarms, TODAY + timedelta(days=5)) == archive.read(alarms, TODAY + timedelta(days=90)) == []


def test_the_step_goes_down_and_up_on_a_populated_archive(archive: Archive) -> None:
    archive.record("a")
    finish(archive, day())
    with database.writing(archive.store.engine) as connection:
        migrations.migrate(connection, "0002")
        assert connection.execute(text("SELECT count(*) FROM article")).scalar() == 1
    database.upgrade(archive.store.engine)
    assert archive.read(days) == []
    archive.record("a", at=later(days=1))
    finish(archive, day(1))
    assert len(archive.read(days)) == 1


def test_an_article_is_gone_after_the_second_look(archive: Archive) -> None:
    article = archive.record("a").article
    run, url = archive.run(), "https://queson.gov.vn/a.html"
    for hours, sure in ((30, False), (31, False), (54, True)):
        kept = archive.store.keep(run, capture(url, b"", at=later(hours=hours), status=404))
        assert archive.store.missed(run, article, "status 404", kept) is sure, hours
        (gone,) = archive.read(lambda s: s.execute(text("SELECT gone_at FROM article")).scalars())
        assert (gone is not None) is sure
    assert [look.article for look in archive.read(due, "queson", later(days=6))] == [article], "it may come back"
    archive.record("a", at=later(days=6))
    (row,) = archive.read(lambda s: s.execute(text("SELECT gone_at, missing_since FROM article")))
    assert tuple(row) == (None, None)


def test_a_look_between_two_that_miss_starts_again(archive: Archive) -> None:
    article, run, url = archive.record("a").article, archive.run(), "https://queson.gov.vn/a.html"
    kept = archive.store.keep(run, capture(url, b"", at=later(days=1), status=404))
    assert not archive.store.missed(run, article, "status 404", kept)
    archive.record("a", at=later(days=2))
    kept = archive.store.keep(run, capture(url, b"", at=later(days=3), status=404))
    assert not archive.store.missed(run, article, "status 404", kept)


def test_lists_ask_for_a_look_when_they_are_later_than_ours(archive: Archive) -> None:
    archive.record("a")
    from archive.identity import url_digest

    key = url_digest("https://queson.gov.vn/a.html")
    assert archive.read(spoken_of, "queson", {key: later(hours=-1)}) == []
    assert archive.read(spoken_of, "queson", {key: MORNING.date()}) == [], "a day alone may be that of our look"
    (look,) = archive.read(spoken_of, "queson", {key: later(hours=1)})
    assert (look.article, look.title, look.source) == (1, "Kế hoạch cải cách hành chính", "page")
    assert look.chars > 100
    assert archive.read(spoken_of, "queson", {key: later(days=2).date()})


def test_the_spare_look_goes_round_the_newest(archive: Archive) -> None:
    for name in "abcdefg":
        archive.record(name, body=f"Bài {name}")
    assert archive.read(spares, "queson", later(hours=3)) == []
    taken = []
    for number in range(1, 7):
        look = archive.read(spares, "queson", later(days=number))[0]
        taken.append(look.article)
        name = look.url.removesuffix(".html")[-1]
        archive.record(name, body=f"Bài {name}", at=later(days=number))
    assert taken == [3, 4, 5, 6, 7, 3]
