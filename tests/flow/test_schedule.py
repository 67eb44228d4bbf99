"""The scheduler over simulated portals: by a moved clock in this process, and as killed and doubled processes."""

import asyncio
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from archive import database, queries, queries_days, queries_schedule
from archive.database import reading
from archive.dates import VIETNAM
from archive.runs import Outcome
from bench.nights_crew import Crew
from config.errors import UserError
from config.settings import Settings
from crawler.farm import Farm
from crawler.run import event_loop
from crawler.schedule import Scheduler
from tests.flow.conftest import Desk

FIRST = date(2026, 1, 5)


def at(day: date, text: str) -> datetime:
    return datetime.combine(day, datetime.strptime(text, "%H:%M").time(), VIETNAM)


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(11, articles=3, families=["nukeviet", "vhv", "liferay"], copies=0) as played:
        yield played


@pytest.fixture
def own(tmp_path: Path, farm: Farm) -> Settings:
    farm.write_portals(tmp_path / "portals")
    farm.log.clear()
    return Settings(
        data=tmp_path / "data",
        portals=tmp_path / "portals",
        allow_private=True,
        contact="tests@localhost",
        jitter=0,
        lease=1,
        backup=tmp_path,
    )


class Days:
    """A scheduler in this process, and a clock that is moved under it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.called: list[tuple[datetime, str]] = []
        self.said: list[str] = []
        self.answers: dict[str, tuple[str, str]] = {}

    async def command(self, words: tuple[str, ...]) -> tuple[str, str]:
        self.called.append((datetime.now(VIETNAM), " ".join(words[:2])))
        return self.answers.get(words[0], ("ok", ""))

    def live(self, *moments: datetime) -> None:
        """Serve through these moments of the clock, at each until nothing is left to do."""
        with time_machine.travel(moments[0], tick=True) as clock:
            event_loop(self.settings).run_until_complete(self._live(moments, clock))

    async def _live(self, moments: tuple[datetime, ...], clock: Any) -> None:
        scheduler, crew = (
            Scheduler(self.settings, self.command, self.said.append),
            Crew(self.settings, self.said.append),
        )
        async with crew.working():
            serving = asyncio.create_task(scheduler.serve())
            for moment in moments:
                clock.move_to(moment, tick=True)
                crew.see()
                seen = scheduler.beats
                # until the jump is seen, and what fell due has begun and ended
                while scheduler.beats < seen + 3 or scheduler.busy or crew.busy:
                    await asyncio.sleep(0.02)
                    assert not serving.done(), serving.exception()
            scheduler.stop()
            await serving

    @property
    def duties(self) -> Counter[tuple[str, str, str]]:
        with reading(self.settings) as session:
            return Counter(
                (one.name, str(one.slot), one.outcome) for one in queries_schedule.duties(session, limit=100)
            )


def crawls(farm: Farm) -> Counter[str]:
    """How often each portal was begun with."""
    return Counter(one.portal for one in farm.log if one.path == "/robots.txt")


def test_nights_come_and_go_each_once(own: Settings, farm: Farm) -> None:
    days = Days(own)
    day = timedelta(days=1)
    hours = ("21:00", "23:30")
    evenings = [at(FIRST + n * day, hour) for n in range(2) for hour in ("20:59", *hours)]
    mornings = [at(FIRST + n * day, hour) for n in (1, 2) for hour in ("06:15", "06:45")]
    days.live(*sorted([*evenings, *mornings]))
    assert set(crawls(farm).values()) == {2}
    assert days.duties == Counter(
        [(name, str(FIRST + n * day), "ok") for n in range(2) for name in ("night", "index", "backup")]
        + [("report", str(FIRST), "ok"), ("verify", "2026-01-01", "ok")]
    )
    told = [words for _, words in days.called if words != "verify"]
    assert told == ["index verify", "backup --no-captures"] * 2
    with reading(own) as session:
        nights = {(one.portal, one.day) for one in queries_days.days(session)}
        assert queries_days.alarms(session, FIRST + 2 * day) == []
    assert len(nights) == 6


def test_a_clock_that_jumps_to_and_fro_does_nothing_twice_and_leaves_nothing_out(own: Settings, farm: Farm) -> None:
    days = Days(own)
    day = timedelta(days=1)
    forth, back = at(FIRST + 2 * day, "21:01"), at(FIRST, "21:30")
    days.live(at(FIRST, "21:01"), forth, back, at(FIRST + day, "21:01"), at(FIRST + 2 * day, "21:02"))
    nights = [slot for (name, slot, _), times in days.duties.items() if name == "night" for _ in range(times)]
    assert sorted(nights) == [str(FIRST + n * day) for n in range(3)]
    assert set(crawls(farm).values()) == {3}
    assert any("the clock was moved" in line for line in days.said)


def test_a_missed_night_is_caught_up_on_start_and_those_before_it_are_explained(own: Settings, farm: Farm) -> None:
    day = timedelta(days=1)
    Days(own).live(at(FIRST, "21:01"))
    farm.log.clear()
    late = Days(own)
    late.live(at(FIRST + 4 * day, "09:00"))  # off since the first night: the fourth one is caught up
    assert set(crawls(farm).values()) == {1}
    assert late.duties["night", str(FIRST + 3 * day), "ok"] == 1
    Days(own).live(at(FIRST + 4 * day, "09:05"))
    assert set(crawls(farm).values()) == {1}, "a restart crawls nothing again"
    Days(own).live(at(FIRST + 7 * day, "19:00"))  # the next night is near: that one does the work
    assert set(crawls(farm).values()) == {1}
    with reading(own) as session:
        assert queries_days.alarms(session, FIRST + 8 * day) == []
        assert {one.day for one in queries_days.days(session)} == {FIRST, FIRST + 3 * day}
        rested = queries_schedule.rested(session, FIRST)
    assert {night for _, night in rested} == {FIRST + n * day for n in (1, 2, 4, 5, 6)}


def test_what_failed_is_tried_again_and_the_scheduler_lives_on(
    own: Settings, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.schedule.RETRY", 0.1)
    days = Days(own)
    days.answers["index"] = ("failed", "the search server does not answer")
    days.live(at(FIRST, "21:01"), at(FIRST + timedelta(1), "06:16"))
    assert days.duties["index", str(FIRST), "failed"] == 1
    assert len([words for _, words in days.called if words == "index verify"]) >= 2
    days.answers.clear()
    days.live(at(FIRST + timedelta(1), "06:50"))
    assert days.duties["index", str(FIRST), "ok"] == 1


def scheduler(desk: Desk, night: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    return running(desk, "schedule", CAICACH_NIGHT=night, CAICACH_JITTER="0", CAICACH_LEASE="3")


@contextmanager
def crawling(desk: Desk) -> Iterator[None]:
    """On PostgreSQL a worker, which crawls what the scheduler puts into the queue."""
    if not Settings(data=desk.data).database.startswith("postgresql"):
        yield
        return
    with running(desk, "worker"):
        yield


@contextmanager
def running(desk: Desk, command: str, **own: str) -> Iterator["subprocess.Popen[str]"]:
    child = subprocess.Popen(
        desk.command(command), env=desk.environment | own, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(0.05)


def slower(desk: Desk, farm: Farm) -> None:
    farm.write_portals(desk.portals)
    for card in desk.portals.glob("*.toml"):
        card.write_text(card.read_text(encoding="utf-8").replace("delay = 0", "delay = 0.15"), encoding="utf-8")


def done(desk: Desk) -> list[str]:
    """The portals of which a run ended well, in order; a starved scheduler that lost its lease ends some early."""
    try:
        with reading(Settings(data=desk.data)) as session:
            return [one.portal for one in queries.runs(session) if one.outcome is Outcome.OK]
    except UserError:  # it is being made
        return []


def test_two_schedulers_one_is_killed_midway_and_the_other_goes_on(desk: Desk) -> None:
    """Every portal is finished once, nobody crawls beside another, and the second night's work is not begun again."""
    now = datetime.now(VIETNAM)
    night = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    with Farm(12, articles=6, families=["nukeviet", "vhv", "liferay", "tandan"], copies=0) as farm:
        slower(desk, farm)
        with crawling(desk), scheduler(desk, night) as one, scheduler(desk, night) as two:
            until(lambda: len(farm.log) > 25 or bool(done(desk)))
            time.sleep(1)
            first = one if holder(desk) == one.pid else two
            second = two if first is one else one
            before = set(done(desk))
            os.killpg(first.pid, signal.SIGKILL)
            until(lambda: set(done(desk)) == {portal.slug for portal in farm.portals})
            until(lambda: ended(desk) == 1)
            until(lambda: holder(desk) == second.pid)
            asked = len(farm.log)
            second.send_signal(signal.SIGTERM)
            _, told = second.communicate(timeout=60)
            assert second.returncode == 0, told
        assert "is the scheduler until" in told
        with crawling(desk), scheduler(desk, night) as third:
            until(lambda: holder(desk) == third.pid)
            time.sleep(1.5)
        assert len(farm.log) == asked, "a restart began the night again"
    assert len(done(desk)) == len(set(done(desk)))
    again = {slug for slug, times in crawls(farm).items() if times > 1}
    assert not again & before, "what was finished before the kill was crawled again"


def holder(desk: Desk) -> int:
    return int(_value(desk, "SELECT holder FROM lease").split(":")[1])


def ended(desk: Desk) -> int:
    return int(_value(desk, "SELECT count(*) FROM duty WHERE name = 'night' AND ended_at IS NOT NULL"))


def _value(desk: Desk, query: str) -> str:
    engine = database.connect(Settings(data=desk.data).database)
    try:
        with engine.connect() as connection:
            row = connection.execute(text(query)).first()
    finally:
        engine.dispose()
    return str(row[0]) if row else ":0"
