"""Thirty nights of a simulated country by the real scheduler, its clock moved from night to night.

The farm plays two hundred portals: they publish by their own rhythms, correct, take offline and put back, some have
quiet weeks, Tết comes; faults of bench/detection_nights.py strike them on nights that only the bench knows, on one
night half the country is down. The scheduler is a process of its own (bench/nights_scheduler.py): crawl, index, report
and verify fall due by its own rules, it is killed with SIGKILL midway on some nights, and off on three. A receiver
takes its reports and alarms. When all has healed come three closing nights: on the first one everything known is looked
at (the monthly deeper look, due for all at once). Then archive = truth, index = archive, every night of every portal
explained, every report and alarm told once; exit code 1 where not.
`python bench/nights.py [--portals N] [--nights N] [--seed N] [--keep DIR]`.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive import queries_schedule
from archive.database import reading
from archive.dates import VIETNAM
from bench import detection_nights
from bench.detection_nights import Spell
from bench.nights_scheduler import Child
from bench.nights_truth import KINDS, Compared, compared, nights_left, spoilt
from config.settings import Settings
from crawler.demo import alone
from crawler.farm import Farm, SimulatedPortal
from tests.archive.receivers import Hook

ROOT = Path(__file__).resolve().parents[1]
FIRST, DAY = date(2026, 1, 26), timedelta(days=1)
"""A Monday; Tết is on the 23rd night."""
CLOSING = 3
PATIENCE = 3600.0
"""Seconds for one night."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is played; on nights of `off` no scheduler runs, on `killed` it is killed midway, `half` is the night
    on which every second portal is down.
    """

    portals: int = 200
    nights: int = 30
    seed: int = 71
    articles: int = 10
    pace: float = 0.5
    families: Sequence[str] | None = None
    learning: int = 3
    killed: frozenset[int] = frozenset({2, 9, 16, 25})
    off: frozenset[int] = frozenset({18, 19, 20})
    half: int = 13


@dataclass(slots=True)
class Played:
    """What happened, and what came of it."""

    happened: Counter[str] = field(default_factory=Counter)
    spells: list[Spell] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    """What the webhook was told, in order."""
    requests: int = 0
    strays: int = 0
    before: Compared = field(default_factory=Compared)
    """The comparison on the morning after the last night, before everything is looked at."""
    after: Compared = field(default_factory=Compared)
    duties: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """All that must not be, as lines."""


def play(folder: Path, plan: Plan) -> Played:
    """Play the nights and compare; archive and logs are left in the folder."""
    played = Played()
    farm = Farm(
        plan.seed,
        articles=plan.articles,
        portals=plan.portals,
        families=plan.families,
        until=FIRST,
        pace=plan.pace,
    )
    with farm, Hook() as hook:
        farm.write_portals(folder / "portals")
        own = {
            "CAICACH_JITTER": "0",
            "CAICACH_LEASE": "1",
            "CAICACH_WEBHOOK_URL": hook.url,
            "CAICACH_REPORT_LANGUAGE": "en",
        }
        _Game(farm, plan, played, folder, alone(folder) | own).nights()
        played.heard = [json.loads(body) for _, body in hook.posts]
        played.wrong += told_wrongly(played)
        played.strays = len(farm.strays)
    return played


@dataclass(slots=True)
class _Game:
    farm: Farm
    plan: Plan
    played: Played
    folder: Path
    environment: dict[str, str]
    child: Child | None = None

    def nights(self) -> None:
        plan, settings = self.plan, Settings(data=self.folder / "data", portals=self.folder / "portals")
        for number in range(plan.nights):
            self._day(number)
            self._lived(number)
            self._told(number)
        self._rest()
        for portal in self.farm.portals:
            self.farm.heal(portal.slug)
        self.played.before = compared(settings, self.farm)
        for number in range(CLOSING):
            self._lived(plan.nights + number, "--closing", str(number))
            self._rest()
        self._judge(settings)

    def _day(self, number: int) -> None:
        """A day passes, and the faults of the night are put on and taken away."""
        plan, farm = self.plan, self.farm
        for truth in farm.night(FIRST + number * DAY).values():
            for what in ("published", "edited", "removed", "restored"):
                self.played.happened[what] += len(getattr(truth, what))
        if number == plan.learning:
            able = {"html_feeds": set[str]()}
            drawing = detection_nights.Plan(nights=plan.nights, seed=plan.seed, learning=plan.learning, healed=4)
            self.played.spells = detection_nights.drawn([one.slug for one in farm.portals], drawing, able)
        for spell in self.played.spells:
            if spell.last + 1 == number:
                farm.heal(spell.portal)
            if spell.first == number:
                to = {"to": farm.stranger()} if spell.kind.name == "moved" else {}
                farm.fault(spell.portal, spell.kind.name, **spell.kind.how, **to)
        self._struck(number)

    def _struck(self, number: int) -> None:
        """Faults of one night: some portals stamp their first pages with the day, later half the country is down."""
        farm = self.farm
        for portal in farm.portals[5::10]:
            if number == 0 and _dated(portal):
                farm.fault(portal.slug, "dates_today", where="article")
                self.played.happened["stamped"] += len(portal.truth)
            elif number == 1:
                farm.heal(portal.slug, "dates_today")
        for portal in farm.portals[::2]:
            if number == self.plan.half:
                farm.fault(portal.slug, "down")
            elif number == self.plan.half + 1:
                farm.heal(portal.slug, "down")

    def _lived(self, number: int, *words: str) -> None:
        """A night and the morning after it, unless the scheduler is off."""
        if number in self.plan.off:
            self._rest()
            return
        night, asked = FIRST + number * DAY, len(self.farm.log)
        evening, morning = _at(night, 21, 1), _at(night + DAY, 8, 1)
        self._running(evening, *words)
        assert self.child is not None
        if number in self.plan.killed:
            self.child.begin(evening)
            most, began = asked + self.plan.portals * 2, time.monotonic()
            while len(self.farm.log) < most and time.monotonic() < began + 300:
                time.sleep(0.01)
            self.child.kill()
            self.played.happened["kills"] += 1
            evening += timedelta(minutes=30)
            self._running(evening, *words)
        self.child.to(evening)
        self.child.to(morning)
        self.played.requests += len(self.farm.log)
        self.farm.log.clear()

    def _running(self, moment: datetime, *words: str) -> None:
        if self.child is None or self.child.process.poll() is not None:
            self.child = Child(self.environment, self.folder / "scheduler.log", moment, *words)

    def _rest(self) -> None:
        if self.child is not None:
            self.child.end()
            self.child = None

    def _told(self, number: int) -> None:
        used = time.process_time()
        print(f"\rnight {number + 1} of {self.plan.nights}, {used:.0f} s", end="", file=sys.stderr, flush=True)

    def _judge(self, settings: Settings) -> None:
        from search.opening import engine_of, sessions_of
        from search.sync import verify

        played, wrong = self.played, self.played.wrong
        played.after = compared(settings, self.farm)
        for kind, lines in played.after.differences.items():
            wrong += [f"{kind}: {line}" for line in lines]
        nights = [FIRST + number * DAY for number in range(self.plan.nights + CLOSING)]
        played.unexplained = list(nights_left(settings, [one.slug for one in self.farm.portals], nights))
        wrong += [f"unexplained: {line}" for line in played.unexplained]
        checked = verify(sessions_of(settings), engine_of(settings))
        wrong += [f"index: {checked.repaired} documents differed"] * bool(checked.repaired)
        wrong += spoilt(settings)
        with reading(settings) as session:
            duties = queries_schedule.duties(session, limit=10**6)
        played.duties = Counter(f"{one.name} {one.outcome}" for one in duties)
        wrong += [
            f"duty: {one.name} of {one.slot}: {one.outcome} {one.detail}" for one in duties if one.outcome != "ok"
        ]


def _dated(portal: SimulatedPortal) -> bool:
    """Whether a portal's articles all say when they were published, and none was a day ago: that is not believed."""
    return all(one.published and one.published.date() < FIRST - DAY for one in portal.truth)


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)


def told_wrongly(played: Played) -> Iterator[str]:
    """What the reports and alarms say that is not so: told twice, or other sums than the archive has."""
    keys = Counter(one["id"] for one in played.heard)
    alarms = [one for one in played.heard if one["event"] == "alarms"]
    keys += Counter(
        f"alarm {one['id']} {what}" for said in alarms for what in ("opened", "closed") for one in said[what]
    )
    yield from (f"told twice: {key}" for key, times in keys.items() if times > 1)
    reports = [one["report"] for one in played.heard if one["event"] == "report"]
    new = sum(one["new"] for one in reports)
    if new != played.after.archived:
        yield f"the reports tell of {new} new articles, the archive has {played.after.archived}"


def main() -> None:
    """Play, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--portals", type=int, default=200)
    options.add_argument("--nights", type=int, default=30)
    options.add_argument("--seed", type=int, default=71)
    options.add_argument("--keep", type=Path, help="an empty folder in which archive and logs are left")
    given = options.parse_args()
    began = time.monotonic()
    plan = Plan(given.portals, given.nights, given.seed)
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        played = play(given.keep.resolve(), plan)
    else:
        with tempfile.TemporaryDirectory(prefix="caicach-bench-") as name:
            played = play(Path(name), plan)
    printed(plan, played, time.monotonic() - began)
    sys.exit(1 if played.wrong else 0)


def printed(plan: Plan, played: Played, seconds: float) -> None:
    """The table, and what must not be."""
    times = os.times()
    told = Counter(one["event"] for one in played.heard)
    rows = {
        "portals, nights": f"{plan.portals}, {plan.nights}",
        "happened": ", ".join(f"{count} {what}" for what, count in sorted(played.happened.items())),
        "faults": f"{len(played.spells)} of {len({one.kind.name for one in played.spells})} kinds",
        "requests": f"{played.requests}, {played.strays} to strangers",
        "told": ", ".join(f"{count} {what}" for what, count in sorted(told.items())),
        "articles": f"{played.after.articles} to be had, {played.after.archived} archived",
        "duties": ", ".join(f"{count} {what}" for what, count in sorted(played.duties.items())),
        "nights unexplained": str(len(played.unexplained)),
        "cost": f"{times.user + times.system:.0f} CPU-s farm, "
        f"{times.children_user + times.children_system:.0f} CPU-s scheduler, {seconds:.0f} s",
    }
    for name, value in rows.items():
        print(f"{name:<22}{value}")
    print(f"{'differs':<22}{'on the last morning':>20}{'after the looks':>18}")
    for kind in KINDS:
        print(f"  {kind:<20}{played.before.count(kind):>20}{played.after.count(kind):>18}")
    for line in played.wrong[:60]:
        print("  ", line)


if __name__ == "__main__":
    main()
