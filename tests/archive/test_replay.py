"""Captures read again by other rules: what would change is told, what is applied can be told from what portals did."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import select

from archive import queries
from archive import tables as t
from archive.database import connect, reading
from archive.filters import Filters
from archive.normalise import normalise
from archive.records import Article, Capture, Verdict
from archive.replay import Differs, Kept, Plan, Source, differing, kept_revisions
from archive.reread import Given, Job, Pool, Reader, Unread
from archive.store import Store
from archive.store_facts import COLUMNS, columns
from archive.store_facts import read as store_read
from config.settings import Settings
from tests.archive.lives import Portal, exported, nights, read, rebuilt
from tests.archives import MORNING, Archive, later, portal

PORTALS = {slug: portal(slug) for slug in ("queson", "tamquan")}


def better(capture: Capture, given: Given) -> Article | Unread:
    """Rules that know that a title is not a title without its mark."""
    found = read(capture, given)
    if isinstance(found, Unread) or "Đọc được rồi" in found.body:
        return Unread("it is not read any more")
    body = found.body.replace("Đã sửa.", "Đã đính chính.")
    return replace(found, title=f"{found.title} (bản chuẩn)", body=body, reader_version="2")


def planned(settings: Settings, reader: Reader) -> tuple[Plan, list[Differs]]:
    plan = Plan()
    with reading(settings) as session, ExitStack() as stack:
        connection = session.connection()

        def jobs() -> Iterator[tuple[Kept, Job]]:
            for kept in kept_revisions(connection, Source(settings.data, reader, PORTALS)):
                yield kept, kept.job

        found = list(differing(plan, Pool[Kept](stack, 1).all(jobs())))
    return plan, found


def applied(settings: Settings, reader: Reader) -> int:
    _, found = planned(settings, reader)
    with Store.open(settings) as store:
        return sum(store.apply(one.kept.portal_id, one.kept.id, one.kept.was, one.read) for one in found)


def test_the_rules_that_read_it_would_change_nothing(archive: Archive, settings: Settings) -> None:
    nights(archive)
    archive.store.close()
    before = exported(settings, "before.csv")
    plan, found = planned(settings, read)
    assert (plan.revisions, plan.articles, plan.changed, plan.unread, found) == (5, 4, 0, [], [])
    assert applied(settings, read) == 0
    assert exported(settings, "after.csv") == before


def test_the_columns_that_follow_from_a_revision_are_named(archive: Archive) -> None:
    made = read(
        Portal(archive).capture("a", "Một bài."), Given(portal(), "nukeviet", "", (), True, MORNING, "https://q/")
    )
    assert isinstance(made, Article)
    assert set(columns(store_read(made, normalise(made, portal(), MORNING)))) == set(COLUMNS)


def test_a_plan_counts_what_other_rules_change_and_what_they_cannot_read(archive: Archive, settings: Settings) -> None:
    nights(archive)
    archive.store.close()
    plan, _ = planned(settings, better)
    told = plan.as_json()
    assert (told["revisions"], told["articles"], told["changed"]) == (5, 4, 4)
    assert told["fields"] == {"title": 4, "acts": 3, "body": 1}, "acts stand elsewhere in a longer text"
    assert told["portals"] == {"queson": 3, "tamquan": 1}
    assert [line.endswith("d.html: it is not read any more") for line in told["unread"]] == [True]
    worst = told["worst"][0]
    assert worst["share"] == max(one["share"] for one in told["worst"]) > 0
    assert worst["fields"]["title"] == [
        "Kế hoạch cải cách hành chính c",
        "Kế hoạch cải cách hành chính c (bản chuẩn)",
    ]
    json.dumps(told)


def test_what_is_applied_is_no_revision_and_the_old_reading_stays(archive: Archive, settings: Settings) -> None:
    nights(archive)
    archive.store.close()
    with reading(settings) as session:
        was = {row["id"]: row for row in queries.rows(session, Filters(any_topic=True))}
    assert applied(settings, better) == 4
    with reading(settings) as session:
        now = {row["id"]: row for row in queries.rows(session, Filters(any_topic=True))}
        shown = queries.show(session, 1)
        history = session.connection().execute(select(t.reading).order_by(t.reading.c.id)).all()
    assert now[1]["title"] == "Kế hoạch cải cách hành chính a (bản chuẩn)"
    assert str(now[1]["body"]).endswith("Đã đính chính.")
    assert [kept.number for kept in shown.revisions] == [1, 2]
    same = ("revisions", "first_seen_at", "last_seen_at", "gone_at", "copy_group", "warc", "capture_digest", "url")
    assert {key: [row[name] for name in same] for key, row in now.items()} == {
        key: [row[name] for name in same] for key, row in was.items()
    }
    assert now[1]["archive_version"] == int(str(was[1]["archive_version"])) + 4
    assert [row.title for row in history if row.digest == shown.revisions[1].readings[0].digest] == [was[1]["title"]]
    assert shown.revisions[1].readings[0].body == was[1]["body"]
    assert {file.url.rpartition("/")[2] for file in shown.files} == {"x.pdf", "y.pdf"}
    assert all(file.warc.startswith("warc/") and file.digest.startswith("sha256:") for file in shown.files)
    again, _ = planned(settings, better)
    assert again.changed == 0


def test_a_rebuild_repeats_what_was_applied(archive: Archive, settings: Settings) -> None:
    nights(archive)
    archive.store.close()
    applied(settings, better)
    before, version = exported(settings, "before.csv"), archive.read(queries.version)
    engine = connect(settings.database)
    with engine.connect() as connection:
        kept = connection.execute(select(t.reading.c.title, t.reading.c.body, t.reading.c.replaced_at)).all()
    engine.dispose()
    done = rebuilt(settings, better)
    assert [line.partition(":")[0] for line in done.lost] == ["article 4 https"]
    assert done.otherwise == 4
    with engine.connect() as connection:
        assert connection.execute(select(t.reading.c.title, t.reading.c.body, t.reading.c.replaced_at)).all() == kept
    engine.dispose()
    with reading(settings) as session:
        assert queries.version(session) == version
    assert exported(settings, "after.csv") != before, "an article is not read any more"


def test_a_page_that_came_as_before_is_no_revision_by_new_rules(archive: Archive) -> None:
    one = Portal(archive)
    one.night()
    one.page("a", "Một bài về cải cách hành chính của huyện.")
    url, text = "https://queson.gov.vn/a.html", "Một bài về cải cách hành chính của huyện."
    held = archive.store.receive(one.run, one.capture("a", text, at=later(days=4)))
    made = read(one.capture("a", text), Given(portal(), "nukeviet", "", (), True, later(days=4), url))
    assert isinstance(made, Article)
    other = replace(made, title="Tên khác hẳn", reader_version="2")
    assert archive.store.record(one.run, held, other).verdict is Verdict.UNCHANGED
    edited = archive.store.receive(one.run, one.capture("a", f"{text} Thêm.", at=later(days=5)))
    assert archive.store.record(one.run, edited, other).verdict is Verdict.REVISED
