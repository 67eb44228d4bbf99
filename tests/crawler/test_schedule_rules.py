"""When duties fall due, how often portals are crawled, what may be done once: rules without a clock of their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from archive import queries_days, queries_schedule, store_schedule
from archive.database import connect, reading, upgrade
from archive.dates import VIETNAM
from archive.days import PortalDay, State
from archive.queries_schedule import Habit
from archive.runs import RunSummary
from config.portal import Portal
from config.settings import Settings
from crawler.schedule_cadence import Cadence, cadence, deep, due, turns
from crawler.schedule_slots import DUTIES, NIGHT, Hours, ending, following, moment, slot, worth
from tests.archives import Archive, portal

HOURS = Hours.of("21:00-06:00")
DAY = date(2026, 1, 20)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-01-20 20:59", date(2026, 1, 19)),
        ("2026-01-20 21:00", DAY),
        ("2026-01-21 03:00", DAY),
        ("2026-01-21 12:00", DAY),
    ],
)
def test_a_night_is_called_by_the_day_it_began(now: str, night: date) -> None:
    assert HOURS.night(at(now)) == night
    assert slot(NIGHT, HOURS, at(now)) == night


def test_duties_follow_the_end_of_the_night() -> None:
    index = DUTIES["index"]
    assert moment(index, HOURS, DAY) == at("2026-01-21 06:15")
    assert slot(index, HOURS, at("2026-01-21 06:14")) == date(2026, 1, 19)
    assert slot(index, HOURS, at("2026-01-21 06:15")) == DAY
    assert slot(DUTIES["verify"], HOURS, at("2026-01-21 12:00")) == date(2026, 1, 1)
    assert following(DUTIES["verify"], HOURS, at("2026-01-21 12:00")) == at("2026-02-02 08:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.sampled_from(sorted(DUTIES)),
    st.sampled_from(["21:00-06:00", "00:30-05:00", "22:00-22:30", "06:00-05:59"]),
)
def test_what_fell_due_last_lies_before_now_and_what_comes_next_after(now: datetime, name: str, text: str) -> None:
    hours, duty, moment_ = Hours.of(text), DUTIES[name], now.replace(tzinfo=UTC)
    last, coming = slot(duty, hours, moment_), following(duty, hours, moment_)
    assert moment(duty, hours, last) <= moment_ < coming
    assert slot(duty, hours, coming) > last


def test_a_missed_night_is_caught_up_unless_the_next_is_near() -> None:
    assert worth(NIGHT, HOURS, at("2026-01-21 09:00"))
    assert not worth(NIGHT, HOURS, at("2026-01-21 17:00"))
    assert worth(NIGHT, HOURS, at("2026-01-21 05:00")), "it is night"
    assert worth(DUTIES["backup"], HOURS, at("2026-01-21 20:30"))
    assert ending(HOURS, at("2026-01-21 02:00")) == at("2026-01-21 06:00")
    assert ending(HOURS, at("2026-01-21 14:00")) == at("2026-01-21 21:00")


BUSY = Habit(60, DAY - timedelta(60), DAY - timedelta(1), 40, DAY - timedelta(1))


def seldom(news: int, silent: int) -> Habit:
    return Habit(60, DAY - timedelta(100), DAY - timedelta(1), news + 1, DAY - timedelta(silent))


def ill(state: State, nights: int, cause: str = "down") -> Habit:
    return replace(BUSY, state=state, cause=cause, since=DAY - timedelta(nights))


@pytest.mark.parametrize(
    ("habit", "every"),
    [
        (Habit(), 1),
        (replace(seldom(1, 5), nights=5), 1),
        (BUSY, 1),
        (replace(BUSY, last_news=DAY - timedelta(8)), 1),
        (replace(BUSY, last_news=DAY - timedelta(30)), 2),
        (seldom(16, 3), 3),
        (seldom(5, 10), 7),
        (seldom(0, 100), 7),
        (ill(State.SUSPECT, 20), 1),
        (ill(State.BROKEN, 2), 1),
        (ill(State.BROKEN, 12), 3),
        (ill(State.BLOCKED, 1), 1),
        (ill(State.BLOCKED, 3), 3),
        (ill(State.GONE, 1, "moved"), 7),
        (ill(State.FROZEN, 1, "frozen"), 7),
    ],
)
def test_busy_portals_nightly_silent_ones_less_often_none_less_than_weekly(habit: Habit, every: int) -> None:
    found = cadence(portal(), habit, DAY)
    assert (found.every, bool(found.why)) == (every, True)


@pytest.mark.parametrize(("status", "every"), [("paused", 0), ("gone", 0), ("frozen", 7)])
def test_a_file_has_the_first_word(status: str, every: int) -> None:
    card: Portal = portal(status=status)
    assert cadence(card, BUSY, DAY).every == every
    assert due(cadence(card, BUSY, DAY), BUSY, DAY + timedelta(30)) is bool(every)


def test_a_turn_comes_after_so_many_nights_and_never_twice_a_night() -> None:
    weekly = Cadence(7, "silent")
    assert not due(weekly, replace(BUSY, last=DAY - timedelta(6)), DAY)
    assert due(weekly, replace(BUSY, last=DAY - timedelta(7)), DAY)
    assert due(weekly, Habit(), DAY)
    assert not due(Cadence(1, "busy"), replace(BUSY, last=DAY), DAY)


def test_the_deeper_look_comes_monthly_and_not_for_all_at_once() -> None:
    habits = {f"p{n}": replace(BUSY, deep=DAY) for n in range(200)}
    nights = [sum(deep(slug, one, DAY + timedelta(n)) for slug, one in habits.items()) for n in range(36)]
    assert nights[27] == 0
    assert 10 < nights[28] < 60
    assert nights[35] == 200
    assert not deep("new", Habit(), DAY)


def test_beginnings_are_spread_and_change_from_night_to_night() -> None:
    cards = [portal(f"p{n}") for n in range(100)]
    first, second = (
        {one.portal.slug: one.delay for one in turns(cards, lambda _: Habit(), DAY + timedelta(n))} for n in (0, 1)
    )
    assert first != second
    assert sum(delay < 0.5 for delay in first.values()) in range(30, 70)
    assert all(0 <= delay < 1 for delay in first.values())


@pytest.fixture
def engine(database_url: str) -> Any:
    made = connect(database_url)
    upgrade(made)
    yield made
    made.dispose()


def test_one_holds_the_lease_until_it_expires(engine: Engine) -> None:
    assert store_schedule.take_lease(engine, "one", 60) is None
    other = store_schedule.take_lease(engine, "two", 60)
    assert other is not None
    assert other.holder == "one"
    assert store_schedule.take_lease(engine, "one", 0.01) is None
    with pytest.raises(store_schedule.NotTheOne):
        store_schedule.begin(engine, "night", DAY, "two")
    wait_for(lambda: store_schedule.take_lease(engine, "two", 60) is None)
    with pytest.raises(store_schedule.NotTheOne):
        store_schedule.begin(engine, "night", DAY, "one")
    store_schedule.give_lease(engine, "one")
    assert store_schedule.take_lease(engine, "one", 60) is not None, "what is not one's own cannot be given back"
    store_schedule.give_lease(engine, "two")
    assert store_schedule.take_lease(engine, "one", 60) is None


def wait_for(true: Callable[[], bool]) -> None:
    import time

    for _ in range(200):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not come true within four seconds")


def test_a_duty_is_done_once_and_goes_on_after_a_kill(engine: Engine) -> None:
    store_schedule.take_lease(engine, "one", 60)
    begun = store_schedule.begin(engine, "night", DAY, "one")
    assert begun is not None
    store_schedule.give_lease(engine, "one")
    store_schedule.take_lease(engine, "two", 60)
    assert store_schedule.begin(engine, "night", DAY, "two") == begun, "it goes on where the killed one was"
    store_schedule.end(engine, "night", DAY, "failed", "no search server")
    assert store_schedule.begin(engine, "night", DAY, "two") == begun, "a failure stays open"
    store_schedule.end(engine, "night", DAY, "ok")
    assert store_schedule.begin(engine, "night", DAY, "two") is None
    assert store_schedule.begin(engine, "index", DAY, "two") is not None
    assert store_schedule.begin(engine, "index", DAY + timedelta(1), "two") is not None
    with Session(engine) as session:
        told = {(one.name, one.slot): one.outcome for one in queries_schedule.duties(session)}
    assert told["index", DAY] == "given up"


def test_nights_at_rest_are_explained(archive: Archive) -> None:
    from archive.store_schedule import rest

    nights = [DAY + timedelta(n) for n in (0, 3, 6)]
    for night in nights:
        run = archive.store.start(portal())
        archive.store.finish(run, RunSummary("queson"), PortalDay("queson", night, "ok"))
    for n in (1, 2):
        rest(archive.store.engine, DAY + timedelta(n), {"queson": "every 3 nights", "unknown": "x"})
        rest(archive.store.engine, DAY + timedelta(n), {"queson": "every 3 nights"})
    rest(archive.store.engine, DAY + timedelta(4), {"": "no scheduler ran that night"})
    with reading(archive.settings) as session:
        rested = queries_schedule.rested(session, DAY)
        missing = [day for _, day, why in queries_days.alarms(session, DAY + timedelta(7)) if "finished" in why]
    assert set(rested) == {("queson", DAY + timedelta(1)), ("queson", DAY + timedelta(2)), ("", DAY + timedelta(4))}
    assert missing == [DAY + timedelta(5)]


def test_habits_are_of_the_nights_before(archive: Archive, settings: Settings) -> None:
    for n, new in enumerate((9, 0, 2, 0)):
        with time_machine.travel(datetime.combine(DAY + timedelta(n), datetime.min.time(), UTC)):
            run = archive.store.start(portal())
            summary = RunSummary("queson", details={"deep": 1} if n == 1 else {})
            archive.store.finish(run, summary, PortalDay("queson", DAY + timedelta(n), "ok", new=new))
    with reading(archive.settings) as session:
        known = queries_schedule.habits(session, DAY + timedelta(3))["queson"]
        done = queries_schedule.crawled(session, DAY + timedelta(2), datetime.combine(DAY, datetime.min.time(), UTC))
    last = DAY + timedelta(2)
    assert known == Habit(3, DAY, last, 2, last, State.OK, "", None, DAY + timedelta(1))
    assert done == {"queson"}
