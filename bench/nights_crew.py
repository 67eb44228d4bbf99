"""Who crawls what a scheduler under a moved clock puts into the queue of PostgreSQL.

It is a worker in the scheduler's own process, so that it sees the same clock; and the queue, which goes by the
server's clock, is shown the moved one: a function `now` that its statements find before the server's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import psycopg
from sqlalchemy import make_url

from config.settings import Settings

CLOCK = """
CREATE SCHEMA IF NOT EXISTS moved;
CREATE TABLE IF NOT EXISTS moved.clock (ahead interval NOT NULL);
CREATE OR REPLACE FUNCTION moved.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.now() + ahead FROM moved.clock';
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, moved, pg_catalog', current_database()); END $$;
"""
MOVE = "WITH gone AS (DELETE FROM moved.clock) INSERT INTO moved.clock VALUES (%s - pg_catalog.clock_timestamp())"
ALIVE = "UPDATE procrastinate_workers SET last_heartbeat = moved.now()"
# a busy server is behind by some tenths of a second
DUE = """
SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'crawl'
    AND (status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, moved.now()) <= moved.now() + interval '5 s')
"""


class Crew:
    """A worker on PostgreSQL; nobody on SQLite, whose scheduler crawls."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self.settings, self.say, url = settings, say, make_url(settings.database)
        self.address = ""
        if url.get_backend_name() == "postgresql":
            self.address = url.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(self.address) as connection:
                connection.execute(CLOCK)
            self.see()

    def see(self) -> None:
        """Show the queue what the time is now; whoever is alive has said so just now."""
        if self.address:
            with psycopg.connect(self.address) as connection:
                connection.execute(MOVE, [datetime.now(UTC)])
            with psycopg.connect(self.address) as connection, suppress(psycopg.errors.UndefinedTable):
                connection.execute(ALIVE)

    @property
    def busy(self) -> bool:
        """Whether a crawl goes on, or is due."""
        if not self.address:
            return False
        try:
            with psycopg.connect(self.address) as connection:
                return connection.execute(DUE).fetchone() != (0,)
        except psycopg.errors.UndefinedTable:
            return False

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Take crawls from the queue meanwhile."""
        if not self.address:
            yield
            return
        from crawler.worker import Worker

        worker = Worker(self.settings, say=self.say)
        serving = asyncio.create_task(worker.serve())
        try:
            yield
        finally:
            worker.stop()
            await serving
