"""Simulated nights as a file, and judged anew from it: rules are tried on the same nights without crawling them again.

What a night's responses said (archive/days.py) is kept whole; how the portal is after it is found out by
crawler/health.py alone, night after night, as a crawl does.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.days import Explained, Health, PortalDay, Signs, State
from archive.queries_days import HISTORY
from bench.detection_nights import KINDS, Simulation, Spell
from crawler.health import explained, judge


def saved(path: Path, played: Simulation, table: Sequence[dict[str, Any]], per_new: float) -> None:
    """Write the table and all that it was reckoned from."""
    kept = {
        "table": table,
        "requests_per_new": round(per_new, 2),
        "nights": played.nights,
        "seed": played.seed,
        "spells": [[one.portal, KINDS.index(one.kind), one.first, one.last, one.known] for one in played.spells],
        "asked": played.asked,
        "apart": played.apart,
        "days": {slug: [_row(day) for day in days] for slug, days in played.days.items()},
    }
    path.write_text(json.dumps(kept, default=str, ensure_ascii=False), encoding="utf-8")


def restored(path: Path) -> Simulation:
    """What `saved` wrote; without what was really published."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    spells = [Spell(slug, KINDS[number], *nights) for slug, number, *nights in kept["spells"]]
    days = {slug: [_day(row) for row in rows] for slug, rows in kept["days"].items()}
    return Simulation(kept["nights"], kept["seed"], days, spells, asked=kept["asked"], apart=kept["apart"])


def judged_anew(played: Simulation) -> Simulation:
    """The same nights, each portal-day judged by today's rules."""
    for slug, days in played.days.items():
        anew: list[PortalDay] = []
        for day in days:
            judged = replace(day, health=judge(anew[::-1][:HISTORY], day))
            anew.append(replace(judged, explained=explained(judged)))
        played.days[slug] = anew
    return played


def _row(day: PortalDay) -> dict[str, Any]:
    return {**asdict(day), "signs": day.signs.as_json()}


def _day(row: dict[str, Any]) -> PortalDay:
    known = {one.name for one in fields(PortalDay)}
    row = {name: value for name, value in row.items() if name in known}
    health = row["health"]
    since = date.fromisoformat(health["since"]) if health["since"] else None
    return PortalDay(
        **row
        | {
            "day": date.fromisoformat(row["day"]),
            "signs": Signs.of(row["signs"]),
            "explained": Explained(row["explained"]),
            "health": Health(State(health["state"]), health["cause"], health["reason"], since),
        }
    )
