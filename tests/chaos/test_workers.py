"""Workers on a real PostgreSQL: two are killed, one is told to end, the server restarts; every article is kept once.

Twenty portals, four workers; `CAICACH_TEST_PORTALS=200 pytest -s` does it with two hundred and prints the kill table.
bench/workers.py says how it scales.
"""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from archive.dates import VIETNAM
from crawler.farm import Farm
from crawler.farm.server import Connection
from tests.flow.conftest import Desk
from tests.servers import Server, own_server

PORTALS = int(os.environ.get("CAICACH_TEST_PORTALS", "20"))
AWAY = float(os.environ.get("CAICACH_TEST_AWAY", "3"))
"""Seconds for which the database is away; sixty were tried too."""
AT_ONCE = 4 if PORTALS <= 50 else 12
pytestmark = pytest.mark.postgres


@pytest.fixture
def server() -> Iterator[Server]:
    with own_server("caicach-workers-") as made:
        yield made


def until(true: Callable[[], bool], seconds: float = 120 + 3 * PORTALS) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(0.1)


def start(desk: Desk, server: Server, name: str, *words: str) -> "subprocess.Popen[str]":
    """A scheduler or worker in a process of its own; portals see its name in the User-Agent."""
    now = datetime.now(VIETNAM)
    own = {
        "CAICACH_DATABASE_URL": server.url,
        "CAICACH_CONTACT": name,
        "CAICACH_NIGHT": f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=3):%H:%M}",
        "CAICACH_JITTER": "0",
        "CAICACH_LEASE": "3",
    }
    environment = desk.environment | own
    with (desk.folder / f"{name}.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(desk.command(*words), env=environment, stderr=log, stdout=log, start_new_session=True)


@dataclass
class Visit:
    """One request as a portal saw it."""

    time: float
    portal: str
    path: str
    agent: str


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[Visit]:
    """What the farm's portals are asked from now on, and by whom."""
    seen: list[Visit] = []
    answer = Connection._answer

    def note(self: Connection, line: str, headers: dict[str, str], sent: bytes = b"") -> None:
        seen.append(Visit(time.time(), self._site.slug, line.split()[1], headers.get("user-agent", "")))
        answer(self, line, headers, sent)

    monkeypatch.setattr(Connection, "_answer", note)
    return seen


def beside(visits: list[Visit]) -> list[Visit]:
    """Requests by which one asked a portal while another one was still at it: each crawl begins with robots.txt."""
    last: dict[str, str] = {}
    found = []
    for one in visits:
        if last.get(one.portal, one.agent) != one.agent and one.path != "/robots.txt":
            found.append(one)
        last[one.portal] = one.agent
    return found


JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'crawl' AND status ="
DOING = "SELECT args->>'slug' FROM procrastinate_jobs WHERE task_name = 'crawl' AND status = 'doing'"
NIGHTS = "SELECT count(*) FROM duty WHERE name = 'night' AND ended_at IS NOT NULL"


@pytest.fixture
def farm(desk: Desk) -> Iterator[Farm]:
    """Portals that take some seconds each."""
    with Farm(21, articles=4, families=["nukeviet", "vhv", "webcenter"], portals=PORTALS, copies=0) as played:
        played.write_portals(desk.portals)
        for card in desk.portals.glob("*.toml"):
            words = card.read_text(encoding="utf-8")
            card.write_text(words.replace("delay = 0", "delay = 0.25"), encoding="utf-8")
        yield played


@pytest.fixture
def children() -> "Iterator[list[subprocess.Popen[str]]]":
    started: list[subprocess.Popen[str]] = []
    yield started
    for child in started:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@dataclass
class Kill:
    """A worker that was killed: when, and the portals that it was crawling then."""

    name: str
    at: float
    left: set[str]

    def taken_up(self, visits: list[Visit], slug: str) -> float:
        """Seconds until another one asked a portal that it had left."""
        dead = f"{self.name})"
        others = (one.time for one in visits if one.portal == slug and not one.agent.endswith(dead))
        return min((at for at in others if at > self.at), default=float("inf")) - self.at


def killed(child: "subprocess.Popen[str]", name: str, server: Server, visits: list[Visit]) -> Kill:
    """Kill a worker."""
    os.killpg(child.pid, signal.SIGKILL)
    at = time.time()
    time.sleep(0.5)
    left = {slug for (slug,) in server.ask(DOING) if last_agent(visits, slug).endswith(f"{name})")}
    return Kill(name, at, left)


def test_killed_workers_and_a_restarted_server_cost_nothing(
    desk: Desk, server: Server, visits: list[Visit], farm: Farm, children: "list[subprocess.Popen[str]]"
) -> None:
    began = time.time()
    children.append(start(desk, server, "scheduler", "schedule"))
    children += [start(desk, server, f"worker-{n}", "worker", "--at-once", str(AT_ONCE)) for n in range(4)]
    kills = []
    for number in (1, 2):
        until(lambda most=2 * number * PORTALS: len(visits) > most or ended_early(children[number:]))  # noqa: B023
        assert not ended_early(children[number:]), "one ended by itself"
        kills.append(killed(children[number], f"worker-{number - 1}", server, visits))
    children[3].send_signal(signal.SIGTERM)
    children.append(start(desk, server, "worker-4", "worker", "--at-once", str(AT_ONCE)))
    assert children[3].wait(60) == 0, "told to end it gives its crawls back"
    until(lambda: len(visits) > 5 * PORTALS)
    server.stop()
    away = time.time()
    time.sleep(AWAY)
    server.start()
    back = time.time()
    until(lambda: server.ask(f"{JOBS} 'succeeded'")[0][0] == PORTALS)
    until(lambda: server.ask(NIGHTS)[0][0] == 1)
    urls = Counter(url for url, revisions in server.ask("SELECT url, revisions FROM article") for _ in range(revisions))
    outcomes = server.ask("SELECT outcome FROM portal_day")
    given_back = server.ask("SELECT count(*) FROM run WHERE reason LIKE 'interrupted%'")[0][0]
    truth = {one.url for portal in farm.portals for one in portal.truth if one.is_reform or one.listed}
    print_table(began, kills, (away, back), visits)
    print(f"{PORTALS} portals, {len(truth)} articles wanted, {len(urls)} kept, {len(visits)} requests")
    assert not truth - urls.keys()
    assert set(urls.values()) == {1}, "an article was kept twice"
    assert [outcome for (outcome,) in outcomes] == ["ok"] * PORTALS
    assert not beside(visits), "a portal was crawled by two at a time"
    assert given_back, "the one that was told to end had nothing to give back: this proves little"
    assert any(kill.left for kill in kills), "nobody was killed while crawling: this proves little"
    most = 60 if AWAY < 10 else 60 + AWAY  # who can take up what nobody can ask for
    for kill in kills:
        for slug in kill.left:
            assert kill.taken_up(visits, slug) < most, f"{slug}, left by {kill.name}, was not taken up within {most} s"


def ended_early(children: "list[subprocess.Popen[str]]") -> bool:
    return any(one.poll() is not None for one in children)


def print_table(began: float, kills: list[Kill], away: tuple[float, float], visits: list[Visit]) -> None:
    """The kill table, for `pytest -s`."""
    for kill in kills:
        waits = sorted(kill.taken_up(visits, slug) for slug in kill.left)
        told = f"{waits[0]:.1f} / {waits[len(waits) // 2]:.1f} / {waits[-1]:.1f} s" if waits else "-"
        print(f"\n{kill.name} killed after {kill.at - began:.0f} s; {len(waits)} crawls left; taken up {told}", end="")
    gone, back = away
    after = min((one.time for one in visits if one.time > back), default=back)
    print(
        f"\ndatabase away after {gone - began:.0f} s for {back - gone:.1f} s; crawls went on {after - back:.1f} s later"
    )
    print(f"all done after {visits[-1].time - began:.0f} s")


def last_agent(visits: list[Visit], slug: str) -> str:
    return next((one.agent for one in reversed(visits) if one.portal == slug), "")
