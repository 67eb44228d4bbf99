"""The night's crawl as the scheduler does it: who is due is crawled here, or by workers over a queue."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from archive import database, queries_schedule, store_schedule
from archive.queries_schedule import Habit
from archive.runs import Outcome
from archive.store import Store
from archive.store_schedule import Begun
from config.portal import load
from config.settings import Settings
from crawler.fleet import Fleet
from crawler.run import sailed
from crawler.schedule_cadence import Turn, turns
from crawler.schedule_slots import Hours, ending
from crawler.stopping import cut_short

NOBODY = "no scheduler ran that night"
LEFT_OUT = "missed, and the next night was too near to catch up"


class Night:
    """Plans nights and has them crawled; one at a time."""

    def __init__(self, settings: Settings, engine: Engine, hours: Hours, say: Callable[[str], None]) -> None:
        self.settings, self.engine, self.hours, self.say = settings, engine, hours, say
        self.fleet: Fleet | None = None

    def stop(self) -> None:
        """End after the pages in flight."""
        if self.fleet is not None:
            self.fleet.stop()

    async def crawl(self, night: date, begun: Begun) -> tuple[str, str]:
        """Crawl who is due and not yet crawled since the night was begun first."""
        self._note_missed(night)
        plan = self.plan(night)
        with database.session_of(self.engine) as session:
            done = queries_schedule.crawled(session, night, begun.since)
        due = [turn for turn in plan if turn.due and turn.portal.slug not in done]
        store_schedule.rest(self.engine, night, {one.portal.slug: one.cadence.why for one in plan if not one.due})
        self.say(f"night of {night}: {len(due)} portals to crawl, {len(plan) - len(due) - len(done)} rest")
        if self.engine.dialect.name == "postgresql":
            return await self._by_workers(night, begun, due)
        return await self._here(night, due)

    async def _by_workers(self, night: date, begun: Begun, due: list[Turn]) -> tuple[str, str]:
        """Put the crawls into the queue; who takes them is their affair."""
        from crawler.queue import Order, defer  # noqa: PLC0415  # one machine needs no queue

        now = datetime.now(UTC)
        first, ends = max(now, self.hours.begins(night)), ending(self.hours, now)
        begins = _beginnings(due, first, self.settings)
        made = {one.portal.slug: Order(one.portal.slug, night, begun.since, ends, one.deep) for one in due}
        put = await defer(self.settings, {slug: (order, begins[slug]) for slug, order in made.items()})
        return "ok", f"{put} of {len(due)} crawls put into the queue for `caicach worker`"

    def plan(self, night: date) -> list[Turn]:
        """What the night is for each portal, in the order of their beginnings."""
        with database.session_of(self.engine) as session:
            known = queries_schedule.habits(session, night)
        return turns(list(load(self.settings.portals).values()), lambda slug: known.get(slug, Habit()), night)

    async def _here(self, night: date, due: list[Turn]) -> tuple[str, str]:
        now = datetime.now(UTC)
        self.fleet = fleet = Fleet(
            [turn.portal for turn in due],
            self.settings,
            day=night,
            deep=frozenset(turn.portal.slug for turn in due if turn.deep),
            begins=_beginnings(due, max(now, self.hours.begins(night)), self.settings),
            ends=ending(self.hours, now),
        )
        with Store.open(self.settings) as store:
            await sailed(fleet, store)
        self.fleet = None
        cut = [one.reason for one in fleet.summaries if cut_short(one)]
        if cut:
            return "failed", f"{len(cut)} of {len(due)} crawls were cut short: {cut[0]}"
        well = sum(one.outcome is Outcome.OK for one in fleet.summaries)
        return "ok", f"{well} of {len(due)} portals well, {fleet.count('new')} new articles"

    def left_out(self, night: date, holder: str) -> None:
        """Note a night that was missed and is not caught up."""
        self._note_missed(night)
        store_schedule.skip(self.engine, "night", night, holder, LEFT_OUT)
        store_schedule.rest(self.engine, night, {"": LEFT_OUT})

    def _note_missed(self, night: date) -> None:
        """Nights between the last one and this are explained: nobody was there."""
        with database.session_of(self.engine) as session:
            before = [one.slot for one in queries_schedule.duties(session, "night", limit=2) if one.slot < night]
        for number in range(1, (night - before[0]).days if before else 1):
            store_schedule.rest(self.engine, before[0] + timedelta(days=number), {"": NOBODY})


def _beginnings(due: list[Turn], first: datetime, settings: Settings) -> Mapping[str, datetime]:
    spread = timedelta(minutes=settings.jitter)
    return {turn.portal.slug: first + spread * turn.delay for turn in due}
