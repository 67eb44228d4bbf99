"""A worker: takes crawls from the queue and runs them on one reactor that never stops, beside any number of others.

Whoever is killed, its jobs are taken up by the others within a minute: a worker gives a sign of life every five
seconds, one that has given none for fifteen is dead, and every ten seconds somebody looks.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, JobContext, exceptions
from procrastinate.jobs import Status
from psycopg_pool import PoolTimeout
from scrapy.crawler import AsyncCrawlerRunner

from archive import database, queries_schedule
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.errors import UserError
from config.portal import load
from config.settings import Settings
from crawler.fleet import Fleet, Tools, either, tools
from crawler.lanes import Lanes
from crawler.queue import CRAWL, RESCUE, STALLED, TRIES, CutShort, Order, again, app_of, prepare
from crawler.run import crawler_settings
from crawler.stopping import INTERRUPTED, cut_short

AT_ONCE = 32
HEARTBEAT = 5.0
PAUSE = 3.0
"""Seconds before a worker whose database went away looks for it again."""
KEPT_HOURS = 24 * 14
"""How long jobs that are done stay in the queue's tables, to be looked at."""
AWAY = (exceptions.ConnectorException, UserError, PoolTimeout, OSError)
LOG = logging.getLogger(__name__)


class Worker:
    """One process's work on the queue, until it is told to stop."""

    def __init__(self, settings: Settings, at_once: int = AT_ONCE, say: Callable[[str], None] = LOG.info) -> None:
        self.settings, self.at_once, self.say = settings, at_once, say
        self.app = app_of(settings)
        self.stopping = asyncio.Event()
        self.fleets: set[Fleet] = set()
        self._tools: Tools | None = None

    def stop(self) -> None:
        """End after the pages in flight; what is cut short waits in the queue for others."""
        self.stopping.set()
        for fleet in self.fleets:
            fleet.stop()

    async def serve(self) -> None:
        """Work until told to stop; a database that goes away is waited for."""
        while not self.stopping.is_set():
            try:
                await self._connected()
            except AWAY as error:
                self.say(
                    f"waits for the database: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
                )
                await either(self.stopping, PAUSE)

    async def _connected(self) -> None:
        with Store.open(self.settings) as store, tools(store, AsyncCrawlerRunner(crawler_settings())) as shared:
            self._tools = shared
            shared.lanes = Lanes(self.at_once)
            app = self.app = app_of(self.settings)
            self._register(app)
            async with app.open_async():
                await prepare(app)
                self.say(f"takes up to {self.at_once} crawls at once")
                await self._work(app)

    async def _work(self, app: App) -> None:
        """Two takers, one for crawls and one for rescues; when one ends, so does the other."""
        signs: dict[str, Any] = {"update_heartbeat_interval": HEARTBEAT, "stalled_worker_timeout": STALLED}
        signs |= {"install_signal_handlers": False, "fetch_job_polling_interval": 2.0}
        crawls = app.run_worker_async(queues=[CRAWL], concurrency=self.at_once, shutdown_graceful_timeout=120, **signs)
        rescues = app.run_worker_async(queues=[RESCUE], delete_jobs="successful", **signs)
        takers = [asyncio.create_task(crawls), asyncio.create_task(rescues)]
        told = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({told, *takers}, return_when=asyncio.FIRST_COMPLETED)
        for one in (*takers, told):
            one.cancel()
        for fleet in self.fleets:
            fleet.stop()
        ended = await asyncio.gather(*takers, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception) and not self.stopping.is_set():
                raise fault

    def _register(self, app: App) -> None:
        app.task(name=CRAWL, queue=CRAWL, retry=again())(self._crawl)
        rescue = app.task(name=RESCUE, queue=RESCUE, queueing_lock=RESCUE, pass_context=True)(_rescue)
        app.periodic(cron="* * * * * */10", periodic_id=RESCUE)(rescue)

    async def _crawl(self, **said: Any) -> str:
        """Crawl a portal; raises CutShort for a crawl that ended through our own fault."""
        order = Order.of(said)
        if order.ends <= datetime.now(UTC):
            return "the night was over before its turn came"
        if self.stopping.is_set():
            raise CutShort(INTERRUPTED)
        if await asyncio.to_thread(self._is_done, order):
            return "crawled already"
        portal = load(self.settings.portals).get(order.slug)
        if portal is None:
            return "its file is gone"
        deep = frozenset({order.slug} if order.deep else ())
        fleet = Fleet([portal], self.settings, day=order.night, deep=deep, ends=order.ends)
        self.fleets.add(fleet)
        try:
            assert self._tools is not None
            await fleet.sail(self._tools)
        finally:
            self.fleets.discard(fleet)
        try:
            return judged(fleet.done[order.slug])
        except CutShort as cut:
            self.say(f"{order.slug}: {cut}; it is begun again")
            raise

    def _is_done(self, order: Order) -> bool:
        assert self._tools is not None
        engine = self._tools.store.engine
        with database.session_of(engine) as session:
            return order.slug in queries_schedule.crawled(session, order.night, order.since)


def judged(run: RunSummary) -> str:
    """What a job's log says of its crawl; raises CutShort."""
    if cut_short(run) or run.outcome is Outcome.SKIPPED:
        raise CutShort(run.reason)
    return f"{run.outcome.value}: {run.new} new{' · ' if run.reason else ''}{run.reason}"


async def _rescue(context: JobContext, timestamp: int) -> None:
    """Give the jobs of dead workers to others, and forget what was done long ago; `timestamp` is Procrastinate's."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.attempts >= TRIES:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)
    if timestamp % 3600 < 10:
        await manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)
