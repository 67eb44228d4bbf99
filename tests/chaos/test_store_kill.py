"""SIGKILL at any moment: what was acknowledged is there, nothing is there twice, everything can be read."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from archive import queries
from archive import tables as t
from archive.captures import load, mend, walk
from archive.database import connect, reading
from archive.filters import Filters
from archive.rebuild import Rebuild
from archive.rebuild_database import beside
from archive.records import Article, Capture, FileText
from archive.reread import Given
from archive.runs import RunSummary
from archive.store import Store
from archive.store_captures import Held
from config.settings import Settings
from tests.archives import article, capture, files, portal

KILLS = 25


def _record_for_ever(settings: Settings, first: int, acknowledge: int) -> None:
    """Keep and record articles, some with a file, some for the second time; say each when it is done.

    Every second one's captures are only received, as a crawl does: their rows come with the article's.
    """
    store = Store.open(settings)
    run = store.start(portal())
    for number in count(max(0, first - 2)):
        url = f"https://queson.gov.vn/{number}.html"
        linked = files(f"f{number}") if number % 3 == 0 else ()
        keep: Callable[[int, Capture], int | Held] = store.keep if number % 2 else store.receive
        kept = keep(run, capture(url, f"<html>{number}".encode() * 50))
        made = article(url, body=f"Kế hoạch cải cách {number}", dates=(), attachments=linked)
        recorded = store.record(run, kept, made)
        for pending in recorded.pending:
            file = keep(run, capture(pending.url, f"%PDF {number}".encode()))
            store.attach(run, pending.id, file, FileText(f"Nội dung {number}", "pdf", 1))
        os.write(acknowledge, f"{number} {recorded.article}\n".encode())


def _killed(settings: Settings, first: int, chance: random.Random) -> list[str]:
    """What a child acknowledged until it was killed, somewhere between two of its steps or within one."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _record_for_ever(settings, first, theirs)
        finally:
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as pipe:
        told = b""
        for _ in range(chance.randrange(1, 6)):
            told += pipe.read(4096)
        time.sleep(chance.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        told += pipe.read()
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the child ended by itself"
    return told.decode().splitlines()


def _integrity(settings: Settings) -> Iterator[str]:
    """What is wrong with the tables."""
    engine = connect(settings.database)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            yield from connection.execute(text("PRAGMA integrity_check")).scalars().all()
            yield from map(str, connection.execute(text("PRAGMA foreign_key_check")).all())
        else:
            yield "ok"
        run, a, r = connection.execute, t.article.c, t.revision.c
        numbers = run(select(t.change.c.number).order_by(t.change.c.number)).scalars().all()
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"changes have gaps: {numbers}"
        revisions = select(func.count()).where(r.article_id == a.id).scalar_subquery()
        addresses = select(func.count()).where(t.address.c.article_id == a.id).scalar_subquery()
        news = select(func.count()).where(t.change.c.article_id == a.id, t.change.c.kind == "new").scalar_subquery()
        for row in run(select(a.id, a.revisions, revisions, addresses, news)):
            if tuple(row)[1:] != (1, 1, 1, 1):
                yield f"article {row}"
    engine.dispose()


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_by_kills(settings: Settings) -> None:
    Store.open(settings).close()
    chance, acknowledged = random.Random(2), dict[str, str]()
    for _ in range(KILLS):
        for line in _killed(settings, len(acknowledged), chance):
            number, article_id = line.split()
            assert acknowledged.setdefault(number, article_id) == article_id, "one address became two articles"
    assert len(acknowledged) >= KILLS

    assert list(_integrity(settings)) == ["ok"]
    with reading(settings) as session:
        found = {row["url"]: row for row in queries.rows(session, Filters(any_topic=True))}
        kept = list(queries.captures(session))
    for number, article_id in acknowledged.items():
        row = found[f"https://queson.gov.vn/{number}.html"]
        assert row["id"] == int(article_id)
        assert bool(row["attachment_text_chars"]) is (int(number) % 3 == 0)

    rebuilt_equals(settings)
    mend(settings.data / "warc")
    for one in kept:
        assert load(settings.data, one.located, one.original).digest == one.located.digest
    assert 0 <= _responses(settings.data) - len(kept) <= KILLS, "more than one capture without a row for each kill"


def _again(capture: Capture, given: Given) -> Article:
    """What a page of these tests says."""
    number = int(given.url.rpartition("/")[2].removesuffix(".html"))
    linked = files(f"f{number}") if number % 3 == 0 else ()
    return article(given.url, body=f"Kế hoạch cải cách {number}", dates=(), attachments=linked, page=capture.url)


def rebuilt_equals(settings: Settings) -> None:
    """What was told and never committed does not come back: the next run has shown that it never was."""
    with Store.open(settings) as store:
        store.finish(store.start(portal()), RunSummary("queson"))
    before = _rows(settings)
    with beside(settings) as engine:
        done = Rebuild(engine, settings.data, _again, lambda *_: None).whole()
    assert (done.lost, done.otherwise) == ([], 0)
    assert _rows(settings) == before


def _rows(settings: Settings) -> list[dict[str, object]]:
    """Every exported row but the texts of files, which are no PDF here."""
    with reading(settings) as session:
        rows = [dict(row) for row in queries.rows(session, Filters(any_topic=True))]
    return [row | {"attachment_text_chars": None} for row in rows]


def _responses(data: Path) -> int:
    types = [record.type for path in (data / "warc").rglob("*.warc.gz") for record in walk(path)]
    return sum(kind in {"response", "revisit"} for kind in types)
