"""Several writers at once: no change is skipped or told twice, no number is missing, no act is doubled."""

import multiprocessing
import os

from sqlalchemy import select, text

from archive import database, queries
from archive import tables as t
from archive.store import Store
from archive.store_changes import Kind, log
from config.settings import Settings
from tests.archives import MORNING, Archive, article, capture, portal

EACH = 15


def _write(settings: Settings, slug: str) -> None:
    """A crawl of one portal, in a process of its own."""
    store = Store.open(settings)
    run = store.start(portal(slug))
    for number in range(EACH):
        url = f"https://{slug}.gov.vn/{number}.html"
        body = f"Kế hoạch cải cách {slug} {number} theo Quyết định số {number}/QĐ-UBND."
        store.record(run, store.keep(run, capture(url)), article(url, body=body, dates=()))
    store.close()
    os._exit(0)


def test_a_reader_that_follows_two_writers_sees_every_change_once(settings: Settings) -> None:
    Store.open(settings).close()
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_write, args=(settings, slug)) for slug in ("queson", "tamquan")]
    for writer in writers:
        writer.start()
    followed: list[int] = []
    while len(followed) < 2 * EACH:
        with database.reading(settings) as session:
            followed += [change.number for change in queries.changes(session, after=len(followed), limit=7)]
        assert followed == list(range(1, len(followed) + 1))
        assert any(writer.is_alive() for writer in writers) or len(followed) == 2 * EACH
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    engine = database.connect(settings.database)
    with engine.connect() as connection:
        keys = connection.execute(select(t.act.c.key)).scalars().all()
        ids = connection.execute(select(t.article.c.id).order_by(t.article.c.id)).scalars().all()
    engine.dispose()
    assert len(keys) == len(set(keys)) > 0
    assert ids == list(range(1, 2 * EACH + 1))


def test_a_late_commit_keeps_later_numbers_waiting(archive: Archive, settings: Settings) -> None:
    """The second writer cannot number its change before the first one's is visible."""
    archive.run()
    other = database.connect(settings.database)
    with database.writing(archive.store.engine) as first:
        log(first, Kind.RUN, [None], run=None, at=MORNING)
        with other.connect() as second:
            if other.dialect.name == "postgresql":
                locked = second.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": database.WRITERS})
                assert locked.scalar() is False
            assert second.execute(select(t.change.c.number)).all() == []
    with database.writing(other) as second:
        log(second, Kind.RUN, [None], run=None, at=MORNING)
    other.dispose()
    assert [change.number for change in archive.read(queries.changes, 0)] == [1, 2]
