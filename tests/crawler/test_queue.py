"""The queue of crawls over PostgreSQL: who comes at once, who is away, and what is tried again when."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from procrastinate.jobs import Job

from config.errors import UserError
from config.settings import Settings
from crawler.queue import BETWEEN, SELDOM, TRIES, CutShort, Order, again, app_of, defer, prepare

NOW = datetime(2026, 1, 5, 14, tzinfo=UTC)
ORDER = Order("queson", date(2026, 1, 5), NOW, NOW + timedelta(hours=9))


async def _prepared(settings: Settings) -> None:
    app = app_of(settings)
    async with app.open_async():
        await prepare(app)


@pytest.mark.postgres
def test_scheduler_and_workers_that_come_at_once_find_one_queue(new_database: Callable[[], str]) -> None:
    """A night whose scheduler lost this race was never crawled."""
    settings = Settings(database_url=new_database())

    async def all_at_once() -> int:
        await asyncio.gather(*(_prepared(settings) for _ in range(4)))
        return await defer(settings, {ORDER.slug: (ORDER, NOW)})

    assert asyncio.run(all_at_once()) == 1
    assert asyncio.run(defer(settings, {ORDER.slug: (ORDER, NOW)})) == 0, "it waits there already"


def test_a_queue_that_is_away_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler tries the night again after a UserError; anything else would end it unsaid."""
    monkeypatch.setattr("crawler.queue.TIMEOUT", 0.5)
    settings = Settings(database_url="postgresql+psycopg://somebody:verysecret@127.0.0.1:1/caicach")
    with pytest.raises(UserError, match="start the server or correct CAICACH_DATABASE_URL") as caught:
        asyncio.run(defer(settings, {ORDER.slug: (ORDER, NOW)}))
    assert "\n" not in str(caught.value)
    assert "verysecret" not in str(caught.value)


def _seconds(exception: Exception, attempts: int = 0) -> float | None:
    """After how long a crawl is begun again; None for never."""
    job = Job(id=1, queue="crawl", lock=None, queueing_lock=None, task_name="crawl", attempts=attempts)
    decision = again().get_retry_decision(exception=exception, job=job)
    if decision is None:
        return None
    assert decision.retry_at is not None
    return (decision.retry_at - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize(
    ("exception", "seconds"),
    [
        (CutShort("interrupted"), BETWEEN),
        (UserError("caicach: the server is away; start the server"), BETWEEN),
        (CutShort("the disk is nearly full; make room and crawl again"), SELDOM),
        (UserError("queson.warc.gz: No space left on device; make room, or make it writable"), SELDOM),
    ],
)
def test_a_full_disk_is_given_time_and_all_else_soon_tried_again(exception: Exception, seconds: float) -> None:
    assert _seconds(exception) == pytest.approx(seconds, abs=2)
    assert _seconds(exception, TRIES) is None


def test_a_bug_is_not_tried_again() -> None:
    assert _seconds(KeyError("queson")) is None
