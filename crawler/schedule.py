"""The one scheduler: night, index, backup, report and verify fall due by APScheduler and are done once each.

APScheduler says when, its jobs persisted in the archive's own database; the table of duties says what is done, so that
neither a restart nor a moved clock nor a second scheduler does a night twice. Who holds the lease is the one.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from archive import database, queries_schedule, store_schedule
from archive.dates import VIETNAM
from archive.store import Store
from archive.store_schedule import Begun, NotTheOne
from config.errors import UserError
from config.settings import Settings
from crawler.fleet import either
from crawler.schedule_night import Night
from crawler.schedule_slots import DUTIES, Duty, Hours, following, moment, slot, worth
from crawler.watchman import watched

RETRY = 600.0
"""Seconds after which a duty that failed is tried again: a search server that is away, a full disk."""
SELDOM = 6
"""A night is tried again so much later: every portal is asked for its robots.txt anew."""
JUMP = 30.0
"""Seconds by which the clock may drift between two beats before it counts as moved."""
LOG = logging.getLogger(__name__)
Done = tuple[str, str]
"""How a duty ended, "ok", "partly" or "failed", and a line for people."""
Command = Callable[[tuple[str, ...]], Awaitable[Done]]


class Scheduler:
    """One process's try to be the scheduler: waits for the lease, then does what falls due until it loses it."""

    def __init__(self, settings: Settings, command: Command, say: Callable[[str], None] = LOG.info) -> None:
        self.settings, self.command, self.say = settings, command, say
        self.hours = Hours.of(settings.night)
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self.engine = database.connect(settings.database)
        self.night = Night(settings, self.engine, self.hours, say)
        self.stopping = asyncio.Event()
        self.leading = self.ready = False
        self.beats = 0
        """How often it has looked at the lease and the clock."""
        self.tried: dict[str, float] = {}
        """When duties that failed are to be tried again, by the clock that nobody moves."""
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._said = ""

    def stop(self) -> None:
        """End after the pages in flight."""
        self.stopping.set()
        self.night.stop()

    @property
    def busy(self) -> bool:
        """Whether a duty is being done."""
        return any(lock.locked() for lock in self._locks.values())

    async def serve(self) -> None:
        """Be the scheduler, or wait to become it, until told to stop."""
        while not self.stopping.is_set():
            if self._held():
                await self._lead()
            await self._beat()
        try:
            store_schedule.give_lease(self.engine, self.holder)
        finally:
            self.engine.dispose()

    def _held(self) -> bool:
        """Whether the lease is ours for another while."""
        self.beats += 1
        try:
            if not self.ready:
                Store.open(self.settings).close()
                self.ready = True
            other = store_schedule.take_lease(self.engine, self.holder, self.settings.lease)
        except UserError as error:
            self._once(f"waits for the database: {error}")
            return False
        if other is not None:
            self._once(f"waits: {other.holder} is the scheduler until {other.until.astimezone(VIETNAM):%H:%M:%S}")
        return other is None

    def _once(self, said: str) -> None:
        words = said.partition(" until ")[0]
        if words != self._said:
            self._said = words
            self.say(said)

    async def _beat(self) -> None:
        await either(self.stopping, self.settings.lease / 3)

    async def _lead(self) -> None:
        """Do what falls due for as long as the lease is ours."""
        global _LEADER  # a persisted job can only name a function of a module
        self._once(f"is the scheduler: nights {self.settings.night} in Vietnam")
        scheduler = self._planned()
        self.leading, _LEADER = True, self
        try:
            async with watched(self.settings):
                self._catch_up()
                await self._beats(scheduler)
        finally:
            self.leading, _LEADER = False, None
            scheduler.shutdown(wait=False)
            self.night.stop()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _beats(self, scheduler: AsyncIOScheduler) -> None:
        """Look at the lease, the clock and what failed, until the lease is lost."""
        clock = datetime.now(UTC).timestamp() - time.monotonic()
        while not self.stopping.is_set() and self._held():
            drift = datetime.now(UTC).timestamp() - time.monotonic()
            if abs(drift - clock) > JUMP:
                self.say(f"the clock was moved by {timedelta(seconds=round(drift - clock))}")
                _settle(scheduler, self.hours)
            clock = drift
            self._try_again()
            await self._beat()

    def _planned(self) -> AsyncIOScheduler:
        """APScheduler with a persisted job for each duty; one that was missed is due at once."""
        jobs = SQLAlchemyJobStore(engine=self.engine.execution_options(writing=True))
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        scheduler = AsyncIOScheduler(jobstores={"default": jobs}, job_defaults=defaults, timezone=VIETNAM)
        scheduler.start(paused=True)
        for duty in DUTIES.values():
            _add(scheduler, duty, self.hours)
        scheduler.resume()
        return scheduler

    def _catch_up(self) -> None:
        """Begin what a killed scheduler left open, and on the very first start a night that is under way."""
        with database.session_of(self.engine) as session:
            known = queries_schedule.duties(session, limit=5 * len(DUTIES))
        left = {one.name for one in known if one.ended_at is None and one.name in DUTIES}
        first = not any(one.name == "night" for one in known) and self._in_window()
        for name in sorted(left | ({"night"} if first else set())):
            self._begin(name)

    def _in_window(self) -> bool:
        now = datetime.now(UTC)
        return now < self.hours.ends(self.hours.night(now))

    def _try_again(self) -> None:
        for name in [name for name, at in self.tried.items() if at <= time.monotonic()]:
            del self.tried[name]
            self._begin(name)

    def _begin(self, name: str) -> None:
        task = asyncio.get_running_loop().create_task(self.do(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def do(self, name: str) -> None:
        """Do a duty for the night that it fell due for last, unless that is done."""
        async with self._locks[name]:
            now, duty = datetime.now(UTC), DUTIES[name]
            night = slot(duty, self.hours, now)
            try:
                if not worth(duty, self.hours, now):
                    self.night.left_out(night, self.holder)
                    return
                begun = store_schedule.begin(self.engine, name, night, self.holder)
                if begun is not None:
                    await self._done(name, night, begun)
            except NotTheOne:
                LOG.warning("%s of %s was not begun: another scheduler has taken over", name, night)
            except UserError as error:
                self.tried[name] = time.monotonic() + RETRY
                LOG.error("%s of %s: %s", name, night, error)

    async def _done(self, name: str, night: date, begun: Begun) -> None:
        outcome, detail = await self._work(name, night, begun)
        if self.stopping.is_set() or not self.leading:
            return  # it stays open: whoever is the scheduler next goes on with it
        store_schedule.end(self.engine, name, night, outcome, detail)
        self.say(f"{name} of {night}: {outcome}{': ' if detail else ''}{detail}")
        if outcome == "failed":
            self.tried[name] = time.monotonic() + RETRY * (SELDOM if name == "night" else 1)

    async def _work(self, name: str, night: date, begun: Begun) -> Done:
        if name == "night":
            return await self.night.crawl(night, begun)
        if name == "backup":
            return await self._backup(night)
        if name == "report":
            return await self._report()
        return await self.command(("index", "verify") if name == "index" else (name,))

    async def _report(self) -> Done:
        if not self.settings.heard:
            return "ok", "none: nobody is set to send it to"
        return await self.command(("report", "--send"))

    async def _backup(self, night: date) -> Done:
        """A small backup for each day of the week, and a whole one on Sundays."""
        folder = self.settings.backup
        if folder is None:
            return "ok", "none: CAICACH_BACKUP names no folder"
        if night.isoweekday() == 7:
            return await self.command(("backup", str(folder / "caicach.tar")))
        return await self.command(("backup", "--no-captures", str(folder / f"caicach-{night.isoweekday()}.tar")))


_LEADER: Scheduler | None = None


async def fire(name: str) -> None:
    """What a persisted job calls."""
    if _LEADER is not None:
        await _LEADER.do(name)


def _add(scheduler: AsyncIOScheduler, duty: Duty, hours: Hours) -> None:
    """Plan a duty; a job that was persisted keeps its moment, so that a missed one is seen."""
    at = moment(duty, hours, date(2026, 1, 1)).astimezone(VIETNAM)
    trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=VIETNAM)
    old = scheduler.get_job(duty.name)
    job = scheduler.add_job(fire, trigger, (duty.name,), id=duty.name, replace_existing=True)
    if old is not None and old.next_run_time is not None and old.next_run_time < job.next_run_time:
        job.modify(next_run_time=old.next_run_time)


def _settle(scheduler: AsyncIOScheduler, hours: Hours) -> None:
    """After the clock was moved: no job waits longer than until it falls due next."""
    now = datetime.now(UTC)
    for job in scheduler.get_jobs():
        duty = DUTIES.get(job.id)
        soonest = following(duty, hours, now) if duty and not duty.monthly else job.next_run_time
        try:
            if job.next_run_time > soonest:
                job.modify(next_run_time=soonest)
        except JobLookupError:
            continue
    scheduler.wakeup()


async def child(words: tuple[str, ...]) -> Done:
    """Run a command of ours in a process of its own, so that its memory goes back and its crash is its own."""
    command = [sys.executable, "-m", "caicach", *words]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    outcome = {0: "ok", 3: "partly"}.get(done.returncode, "failed")
    return outcome, said[-1].removeprefix("caicach: ") if said else ""
