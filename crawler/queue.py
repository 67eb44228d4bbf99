"""The queue of crawls over the archive's own PostgreSQL, kept by Procrastinate: who defers, who takes, who rescues.

One job a portal, under the portal's lock: two of them never run at once, and one waits at most once. A job runs at
least once; what a crawl records twice the archive knows, and a portal crawled since the night began is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector, RetryDecision, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job
from psycopg_pool import PoolTimeout
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from config.errors import SettingError, UserError
from config.settings import Settings

CRAWL, RESCUE = "crawl", "rescue"
"""The names of the tasks, each with a queue of its own: long crawls keep no rescue waiting."""
TIMEOUT = 10.0
"""Seconds for which a database that does not answer is waited for."""
TRIES = 8
"""How often a job is begun, rescues included."""
BETWEEN = 5
"""Seconds before a crawl that was cut short is begun again; more with every time."""
SELDOM = 3600.0
"""Seconds before a crawl that a full disk cut short: the portal is asked for its robots.txt anew."""
ROOM = "make room"
"""What every line about a full disk says."""
STALLED = 15
"""Seconds without a sign of life after which a worker counts as dead, and its jobs are given to others."""


class CutShort(Exception):  # noqa: N818  # the queue tries the job again
    """A crawl ended through our own fault."""


@dataclass(frozen=True, slots=True)
class Order:
    """One portal's crawl of one night, as a job's arguments hold it; `since` is when the night was begun first."""

    slug: str
    night: date
    since: datetime
    ends: datetime
    deep: bool = False

    def as_json(self) -> dict[str, Any]:
        """The job's arguments."""
        times = {"night": self.night.isoformat(), "since": self.since.isoformat(), "ends": self.ends.isoformat()}
        return {"slug": self.slug, "deep": self.deep, **times}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Order":
        """From a job's arguments."""
        since, ends = (datetime.fromisoformat(said[name]) for name in ("since", "ends"))
        return cls(said["slug"], date.fromisoformat(said["night"]), since, ends, bool(said["deep"]))


def app_of(settings: Settings) -> App:
    """The queue; raises SettingError for a database that cannot keep one."""
    url = make_url(settings.database)
    if url.get_backend_name() != "postgresql":
        raise SettingError("a queue needs PostgreSQL: set CAICACH_DATABASE_URL; without one `caicach schedule` crawls")
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    waits = {"connect_timeout": 10, "tcp_user_timeout": 10_000}
    return App(connector=PsycopgConnector(conninfo=address, kwargs=waits, min_size=1, max_size=4, timeout=TIMEOUT))


class Patient(RetryStrategy):
    """A full disk is given time, until the night is over; all else is soon tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Whether and when; Procrastinate asks."""
        decision = super().get_retry_decision(exception=exception, job=job)
        if decision is not None and ROOM in str(exception):
            return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=SELDOM))
        return decision


def again() -> RetryStrategy:
    """When a job that failed is begun again: by our own fault or the database's, not by a bug, which is logged."""
    faults = (CutShort, UserError, SQLAlchemyError, OSError)
    return Patient(max_attempts=TRIES, wait=BETWEEN, linear_wait=BETWEEN, retry_exceptions=faults)


PREPARED = """DO $guarded$ BEGIN
    PERFORM pg_advisory_xact_lock(7110);
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'procrastinate_jobs' AND pg_table_is_visible(oid))
    THEN EXECUTE $schema$ {} $schema$; END IF;
END $guarded$"""
"""Whoever waited for the lock looks once more; to_regclass would tell it what it knew before."""


async def prepare(app: App) -> None:
    """Make Procrastinate's tables where there are none; two who come at once agree by a lock of the server."""
    run = app.connector.execute_query_one_async
    if not (await run("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there"))["there"]:
        schema = app.schema_manager.get_schema().replace("%", "%%")
        await app.connector.execute_query_async(PREPARED.format(schema))


async def defer(settings: Settings, orders: Mapping[str, tuple[Order, datetime]]) -> int:
    """Put crawls into the queue, each not before its moment; how many were not waiting there already.

    Raises UserError when the database is away.
    """
    app = app_of(settings)
    try:
        async with app.open_async():
            await prepare(app)
            return await _put(app, orders)
    except (ConnectorException, PoolTimeout) as error:
        said = (str(error.__cause__ or error).strip() or type(error).__name__).splitlines()[0]
        raise UserError(f"the queue of crawls: {said}; start the server or correct CAICACH_DATABASE_URL") from error


async def _put(app: App, orders: Mapping[str, tuple[Order, datetime]]) -> int:
    put = 0
    for slug, (order, begins) in orders.items():
        task = app.configure_task(CRAWL, queue=CRAWL, lock=slug, queueing_lock=slug, schedule_at=begins)
        try:
            await task.defer_async(**order.as_json())
            put += 1
        except AlreadyEnqueued:
            continue
    return put
