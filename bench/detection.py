"""Is a portal that breaks noticed the same night, with its cause, and how often is a well one accused?

Real crawls of a simulated country, night by night, with faults on nights that only the bench knows
(bench/detection_nights.py), beside four detectors that see the number of items alone. A fault counts as noticed
when the night that first contains it is flagged. One kind has no such night: what a frozen portal serves is as good
as ever, so it counts from the night on which its silence is no ordinary one by the portal's true rhythm
(bench/detection_silence.py); frozen portals that thaw before that night are told of and not counted. A false alarm is
a portal-week (seven nights) with a flag on a night without a fault, the night after a fault left aside as it may
still tell of it; those of weeks in which an office is silent, and of the week of Tết, are told apart.
`python bench/detection.py [--portals N] [--nights N] [--seed N] [--json FILE]`: full size takes 30 to 40 CPU-minutes.
FILE gets the table and every portal-day; `--again FILE` judges those nights anew by today's rules, in seconds.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.detection_baselines import BASELINES

if TYPE_CHECKING:
    from archive.days import PortalDay
    from bench.detection_nights import Simulation, Spell

FIRST_NIGHT, RIGHT_CAUSE, FALSE_ALARMS, REQUESTS = 0.95, 0.90, 1.0, 3.0
WEEKS = ("all", "quiet", "tet")
"""Kinds of portal-weeks of which false alarms are told."""
LEFT_ASIDE = 1
"""Nights after a fault in which a flag is neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a detector did: faults noticed the first night and within seven, and false alarms per 100 portal-weeks."""

    name: str
    faults: int
    first: int
    week: int
    false: Counter[str]
    weeks: Counter[str]
    right: int | None = None

    def per_100(self, kind: str = "all") -> float:
        """False alarms per 100 portal-weeks of a kind."""
        return 100 * self.false[kind] / max(1, self.weeks[kind])

    def as_json(self) -> dict[str, Any]:
        """A line of the table."""
        return {
            "detector": self.name,
            "faults": self.faults,
            "first_night": _share(self.first, self.faults),
            "in_7_nights": _share(self.week, self.faults),
            "right_cause": None if self.right is None else _share(self.right, self.faults),
            "false_per_100_weeks": {kind: round(self.per_100(kind), 2) for kind in WEEKS},
            "portal_weeks": {kind: self.weeks[kind] for kind in WEEKS},
        }


def _share(some: int, of: int) -> float:
    return round(some / max(1, of), 4)


def score(played: "Simulation", name: str, flagged: Callable[[str, int], bool], right: int | None = None) -> Score:
    """Judge a detector: whether it flags a portal on a night."""
    spells = [spell for spell in played.spells if spell.known is not None]
    first = sum(_noticed(spell, flagged) is not None for spell in spells)
    week = sum(any(flagged(spell.portal, night) for night in _week(played, spell)) for spell in spells)
    struck = defaultdict[str, set[int]](set)
    for spell in played.spells:
        struck[spell.portal] |= set(range(spell.first, spell.last + 1 + LEFT_ASIDE))
    weeks, false = Counter[str](), Counter[str]()
    for slug, days in played.days.items():
        for start in range(0, len(days) - 6, 7):
            nights = [night for night in range(start, start + 7) if night not in struck[slug]]
            for kind in {"all", played.week(slug, start)} if nights else ():
                weeks[kind] += 1
                false[kind] += any(flagged(slug, night) for night in nights)
    return Score(name, len(spells), first, week, false, weeks, right)


def _week(played: "Simulation", spell: "Spell") -> Iterable[int]:
    assert spell.known is not None
    return range(spell.first, min(spell.last + 1, spell.known + 7, played.nights))


def _noticed(spell: "Spell", flagged: Callable[[str, int], bool]) -> int | None:
    """The night on which a detector noticed a fault, not later than it could be known."""
    nights = range(spell.first, (spell.first if spell.known is None else spell.known) + 1)
    return next((night for night in nights if flagged(spell.portal, night)), None)


def _judged(played: "Simulation", spell: "Spell") -> "PortalDay":
    """The portal-day by which a fault is judged: the one that notices it, else the last that could have in time."""
    night = _noticed(spell, lambda slug, night: bool(played.days[slug][night].health.state != "ok"))
    return played.days[spell.portal][spell.known or spell.first if night is None else night]


def ours(played: "Simulation") -> Score:
    """The portal-days' own health."""

    def flagged(slug: str, night: int) -> bool:
        return bool(played.days[slug][night].health.state != "ok")

    known = [spell for spell in played.spells if spell.known is not None]
    right = sum(_judged(played, spell).health.cause in spell.kind.causes for spell in known)
    return score(played, "health", flagged, right)


def baselines(played: "Simulation") -> list[Score]:
    """The four others, on the same nights."""
    counts = {slug: [day.new for day in days] for slug, days in played.days.items()}
    return [
        score(played, name, lambda slug, night, rule=rule: rule(counts[slug][: night + 1]))
        for name, rule in BASELINES.items()
    ]


def missed(played: "Simulation") -> list[str]:
    """Every fault that was not noticed in its first night, or was given another cause."""
    lines = []
    for spell in played.spells:
        if spell.known is None:
            continue
        health = _judged(played, spell).health
        if health.state == "ok" or health.cause not in spell.kind.causes:
            said = f"{health.state}, {health.cause}: {health.reason}" if health.cause else "ok"
            lines.append(f"{spell.kind.name} {spell.kind.how or ''} on {spell.portal}, night {spell.first}: {said}")
    return lines


def false_alarms(played: "Simulation") -> list[str]:
    """Every night without a fault that was flagged."""
    struck = {
        (spell.portal, night) for spell in played.spells for night in range(spell.first, spell.last + 1 + LEFT_ASIDE)
    }
    return [
        f"false alarm on {slug}, night {night}: {day.health.state}, {day.health.cause}: {day.health.reason}"
        for slug, days in played.days.items()
        for night, day in enumerate(days)
        if day.health.state != "ok" and (slug, night) not in struck
    ]


def requests_per_new(played: "Simulation") -> float:
    """Requests for each new article by the farm's access log, from the second week on, where nothing was at fault.

    All but robots.txt, attachments and looks that are due count, over portal-nights with something new (DESIGN.md 8).
    """
    struck = {(spell.portal, night) for spell in played.spells for night in range(spell.first, spell.last + 2)}
    requests = new = 0
    for slug, days in played.days.items():
        for night, day in enumerate(days):
            if night < 7 or not day.new or (slug, night) in struck:
                continue
            requests += played.asked[slug][night] - 1 - played.apart[slug][night]
            new += day.new
    return requests / max(1, new)


def printed(scores: list[Score]) -> None:
    """The table."""
    heads = f"{'first night':>12}{'in 7 nights':>12}{'right cause':>12}{'false/100 weeks':>17}"
    print(f"{'':<28}{heads}{'quiet':>8}{'Tết':>8}")
    for one in scores:
        right = f"{one.right / one.faults:.1%}" if one.right is not None else "-"
        shares = f"{one.first / one.faults:>12.1%}{one.week / one.faults:>12.1%}{right:>12}"
        false = f"{one.per_100():>17.2f}{one.per_100('quiet'):>8.2f}{one.per_100('tet'):>8.2f}"
        print(f"{one.name:<28}{shares}{false}")


def main() -> None:
    """Simulate, judge, print; exit 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--portals", type=int, default=100)
    options.add_argument("--nights", type=int, default=90)
    options.add_argument("--seed", type=int, default=2, help="rules were tuned on seeds 1 and 3")
    options.add_argument("--json", type=Path, help="the table and every portal-day, as a file")
    options.add_argument("--table", type=Path, help="the table alone, as a file")
    options.add_argument("--again", type=Path, help="judge the nights of such a file anew")
    given = options.parse_args()
    from bench.detection_nights import Plan
    from bench.detection_rows import judged_anew, restored, saved

    if given.nights <= (unfaulted := Plan().learning + Plan().healed):
        options.error(f"--nights {given.nights}: take {unfaulted + 1} or more, by which every portal has had a fault")
    played = judged_anew(restored(given.again)) if given.again else simulated(given)
    scores, asked = [ours(played), *baselines(played)], requests_per_new(played)
    printed(scores)
    unknown = sum(spell.known is None for spell in played.spells)
    print(f"{scores[0].faults} faults, {dict(scores[0].weeks)} portal-weeks; {unknown} more faults nobody could know")
    print(f"{asked:.2f} requests for each new article; {unexplained(played)} portal-days unexplained")
    for line in [*missed(played), *false_alarms(played)]:
        print("  ", line)
    table = [one.as_json() for one in scores]
    if given.json:
        saved(given.json, played, table, asked)
    if given.table:
        size = {"portals": len(played.days), "nights": played.nights, "seed": played.seed}
        kept = json.dumps({**size, "requests_per_new": round(asked, 2), "table": table}, indent=1)
        given.table.write_text(kept + "\n", encoding="utf-8")
    sys.exit(0 if _good(scores[0]) and asked <= REQUESTS else 1)


def simulated(given: argparse.Namespace) -> "Simulation":
    """The nights, crawled."""
    from bench.detection_nights import Plan, simulate

    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="caicach-bench-") as name:
        played = simulate(Path(name), Plan(given.portals, given.nights, given.seed))
    print(f"{time.process_time() - began:.0f} CPU-seconds, farm included")
    return played


def unexplained(played: "Simulation") -> int:
    """Portal-days without a fault that nothing explains."""
    struck = {(spell.portal, night) for spell in played.spells for night in range(spell.first, spell.last + 1)}
    return sum(
        day.explained == "unexplained" and (slug, night) not in struck
        for slug, days in played.days.items()
        for night, day in enumerate(days)
    )


def _good(mine: Score) -> bool:
    assert mine.right is not None
    shares = mine.first / mine.faults, mine.right / mine.faults
    return shares[0] >= FIRST_NIGHT and shares[1] >= RIGHT_CAUSE and mine.per_100() <= FALSE_ALARMS


if __name__ == "__main__":
    main()
