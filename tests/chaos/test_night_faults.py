"""Faults beneath the real scheduler: network, disk, signals, a torn WARC file, a search server that is away.

The scheduler is a process of its own under a moved clock (bench/nights_scheduler.py). After each fault nothing is lost
or doubled, the next night is whole, and the report says what happened.
"""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive import queries_schedule
from archive.database import reading
from archive.report import Report, gather
from archive.report_print import text
from bench import nights_scheduler
from bench.nights_scheduler import Child
from bench.nights_truth import compared, nights_left, spoilt
from config.settings import Settings
from crawler.demo import alone
from crawler.farm import Farm
from crawler.farm.server import Connection
from search.opening import engine_of, sessions_of
from search.sync import verify
from tests.flow.test_schedule import Days, at
from tests.search import tapes

FIRST, DAY = date(2026, 1, 5), timedelta(days=1)
EVENING, LATER, MORNING = at(FIRST, "21:01"), at(FIRST, "22:10"), at(FIRST + DAY, "07:46")
FAMILIES = ("nukeviet", "vhv", "liferay")


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    with Farm(41, articles=5, families=FAMILIES, copies=0, until=FIRST) as played:
        played.write_portals(tmp_path / "portals")
        yield played


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", portals=tmp_path / "portals")


Lives = Callable[..., Child]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Lives]:
    """Schedulers that live until the end of the test."""
    lives: list[Child] = []

    def begin(moment: datetime, **environment: str) -> Child:
        own = alone(tmp_path) | {"CAICACH_JITTER": "0", "CAICACH_LEASE": "1"} | environment
        lives.append(Child(own, tmp_path / "scheduler.log", moment))
        return lives[-1]

    yield begin
    for one in lives:
        one.kill()
        one.process.communicate()


def asked(farm: Farm, most: int) -> None:
    """Wait until the portals were asked so often."""
    ends = time.monotonic() + 60
    while len(farm.log) < most:
        assert time.monotonic() < ends, f"asked {len(farm.log)} times only"
        time.sleep(0.005)


def whole(settings: Settings, farm: Farm, nights: int) -> None:
    """The archive is what the portals have, its captures are whole, its index is it, and each night is explained."""
    assert compared(settings, farm).differences == {}
    assert not list(nights_left(settings, [one.slug for one in farm.portals], [FIRST + n * DAY for n in range(nights)]))
    assert spoilt(settings) == []
    assert verify(sessions_of(settings), engine_of(settings)).repaired == 0


def reported(settings: Settings, number: int) -> Report:
    """What the morning after a night tells."""
    with reading(settings) as session:
        return gather(session, at(FIRST + number * DAY, "20:00"), at(FIRST + (number + 1) * DAY, "08:00"))


def test_the_network_goes_in_mid_crawl(
    farm: Farm, settings: Settings, live: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, times = Connection._answer, iter(range(10**9))

    def cut(self: Connection, line: str, headers: dict[str, str], sent: bytes = b"") -> None:
        if next(times) == 25:
            for portal in farm.portals:
                farm.fault(portal.slug, "down")
        answer(self, line, headers, sent)

    farm.stranger()
    monkeypatch.setattr(Connection, "_answer", cut)
    scheduler = live(EVENING)
    scheduler.to(EVENING)
    scheduler.to(MORNING)
    first = reported(settings, 0)
    for portal in farm.portals:
        farm.heal(portal.slug)
    scheduler.to(EVENING + DAY)
    scheduler.to(MORNING + DAY)
    whole(settings, farm, 2)
    assert "ok" not in first.outcomes, "the network went too late: this proves little"
    assert sum(first.outcomes.values()) == len(FAMILIES)
    assert dict(reported(settings, 1).outcomes) == {"ok": len(FAMILIES)}
    assert {one.state for one in reported(settings, 1).changed} <= {"ok"}


def test_a_disk_that_is_full_is_waited_for(farm: Farm, settings: Settings, live: Lives) -> None:
    """In mid-crawl no file may grow beyond 30 kB; then there is room again, and the same night goes on."""
    for card in settings.portals.glob("*.toml"):
        card.write_text(card.read_text(encoding="utf-8").replace("delay = 0", "delay = 0.1"), encoding="utf-8")
    scheduler = live(EVENING, CAICACH_TEST_RETRY="0.3")
    scheduler.begin(EVENING)
    asked(farm, 15)
    _, most = resource.prlimit(scheduler.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(scheduler.process.pid, resource.RLIMIT_FSIZE, (30_000, most))
    log = scheduler.log
    ends = time.monotonic() + 60
    while not (said := [line for line in log.read_text().splitlines() if "make room" in line]):
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.05)
    assert all(len(line) < 400 for line in said)
    assert scheduler.process.poll() is None
    resource.prlimit(scheduler.process.pid, resource.RLIMIT_FSIZE, (most, most))
    assert scheduler.process.stdout is not None
    assert scheduler.process.stdout.readline().strip() == "done"
    scheduler.to(LATER)
    scheduler.to(MORNING)
    whole(settings, farm, 1)
    assert compared(settings, farm).archived


def test_too_little_room_stops_a_night_and_the_report_says_so(farm: Farm, settings: Settings, live: Lives) -> None:
    scheduler = live(EVENING, CAICACH_DISK_FLOOR=str(10**18))
    scheduler.to(EVENING)
    assert compared(settings, farm).archived == 0
    assert "3 × the disk is nearly full; make room" in text(reported(settings, 0), "en")
    scheduler.end()
    scheduler = live(LATER)
    scheduler.to(LATER)
    scheduler.to(MORNING)
    whole(settings, farm, 1)
    assert reported(settings, 0).outcomes["ok"] == len(FAMILIES)


def test_sigterm_then_sigkill_and_a_torn_file(farm: Farm, settings: Settings, live: Lives) -> None:
    scheduler = live(EVENING)
    scheduler.begin(EVENING)
    asked(farm, 12)
    scheduler.process.send_signal(signal.SIGTERM)
    scheduler.process.communicate(timeout=60)
    assert scheduler.process.returncode == 0
    scheduler = live(LATER)
    scheduler.begin(LATER)
    asked(farm, len(farm.log) + 12)
    scheduler.kill()
    torn = max((settings.data / "warc").rglob("*.warc.gz*"), key=lambda path: path.stat().st_mtime_ns)
    record = torn.read_bytes()[:700]
    torn.chmod(0o644)
    with torn.open("ab") as file:
        file.write(record + bytes(5000))
    scheduler = live(LATER + timedelta(hours=1))
    scheduler.to(LATER + timedelta(hours=1))
    scheduler.to(MORNING)
    whole(settings, farm, 1)
    told = reported(settings, 0)
    assert told.outcomes["ok"] == len(FAMILIES)
    assert told.outcomes.get("killed", 0) >= 1
    assert told.outcomes.get("partial", 0) >= 1
    assert ("interrupted", told.outcomes["partial"]) in told.cut


class Real(Days):
    """The scheduler's days; its commands are the real ones, in this process."""

    async def command(self, words: tuple[str, ...]) -> tuple[str, str]:
        await super().command(words)
        return await nights_scheduler.command(words)


@pytest.mark.parametrize(
    "back",
    ["", pytest.param(tapes.URL, marks=pytest.mark.skipif(not tapes.URL, reason="needs a live search server"))],
    ids=["embedded", "server"],
)
def test_a_search_server_that_is_away_for_an_hour(
    back: str, farm: Farm, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again and again; the rest of the night does not mind, and what it lacks it has when it is back."""
    monkeypatch.setattr("crawler.schedule.RETRY", 0.2)
    own = alone(tmp_path) | {"CAICACH_JITTER": "0", "CAICACH_LEASE": "1", "CAICACH_SEARCH_URL": "http://127.0.0.1:9"}
    for name, value in own.items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)
    days = Real(Settings.load())
    away = [at(FIRST + DAY, f"06:{minute}") for minute in ("16", "36", "56")]
    days.live(EVENING, *away, at(FIRST + DAY, "07:16"))
    assert len([words for _, words in days.called if words == "index verify"]) >= 4
    assert days.duties["index", str(FIRST), "failed"] == 1
    with reading(settings) as session:
        (left,) = [one for one in queries_schedule.duties(session) if one.name == "index"]
    assert "127.0.0.1:9" in left.detail
    monkeypatch.setenv("CAICACH_SEARCH_URL", back)
    monkeypatch.setenv("CAICACH_SEARCH_KEY", tapes.KEY if back else "")
    days.live(at(FIRST + DAY, "07:26"))
    assert days.duties["index", str(FIRST), "ok"] == 1
    now = Settings.load()
    assert verify(sessions_of(now), engine_of(now)).repaired == 0
    assert compared(settings, farm).differences == {}
