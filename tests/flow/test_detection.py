"""Ten simulated portals, eleven nights, some twenty faults: a small copy of bench/detection.py, with floors."""

from pathlib import Path
from typing import Any

import pytest

from bench import detection, detection_baselines, detection_rows
from bench.detection_nights import KINDS, VOLUME_ALONE, Plan, simulate

SIGNED = tuple(kind for kind in KINDS if kind.name not in VOLUME_ALONE)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    plan = Plan(portals=10, nights=11, seed=3, learning=4, healed=0, kinds=SIGNED)
    return simulate(tmp_path_factory.mktemp("nights"), plan)


def test_faults_are_noticed_the_first_night_with_their_cause(played: Any) -> None:
    mine = detection.ours(played)
    assert mine.faults >= 20
    assert mine.first >= 0.9 * mine.faults, detection.missed(played)
    assert mine.right is not None
    assert mine.right >= 0.85 * mine.faults, detection.missed(played)


def test_what_is_well_is_not_accused(played: Any) -> None:
    assert detection.ours(played).false["all"] <= 1, detection.false_alarms(played)


def test_nobody_who_counts_items_alone_comes_near(played: Any) -> None:
    mine = detection.ours(played)
    assert all(mine.first > 2 * other.first for other in detection.baselines(played))


def test_every_night_has_its_portal_day_and_few_are_unexplained(played: Any) -> None:
    assert {len(days) for days in played.days.values()} == {played.nights}
    struck = {(spell.portal, night) for spell in played.spells for night in range(spell.first, spell.last + 1)}
    for slug, days in played.days.items():
        for number, day in enumerate(days):
            assert day.explained != "unexplained" or (slug, number) in struck, day
            elsewhere = day.health.cause == "moved"  # where even robots.txt leads to another host, nobody asks further
            assert day.capture is not None or day.explained == "down" or elsewhere, day


def test_nights_that_were_kept_are_judged_anew_as_they_were(played: Any, tmp_path: Path) -> None:
    scores = [detection.ours(played), *detection.baselines(played)]
    detection_rows.saved(tmp_path / "nights.json", played, [one.as_json() for one in scores], 2.5)
    again = detection_rows.judged_anew(detection_rows.restored(tmp_path / "nights.json"))
    assert [detection.ours(again), *detection.baselines(again)] == scores
    assert again.days == played.days
    assert detection.requests_per_new(again) == detection.requests_per_new(played)


def test_baselines_flag_what_they_are_made_for() -> None:
    steady = [3, 2, 4, 3, 2, 0, 0] * 5
    rules = detection_baselines.BASELINES
    assert not any(rule(steady) for name, rule in rules.items() if "sigma" not in name)
    assert rules["zero items in 7 days"]([*steady, *[0] * 7])
    assert not rules["zero in 5 weekly runs"]([*steady, *[0] * 28])
    assert rules["zero in 5 weekly runs"]([*steady, *[0] * 35])
    assert rules["fixed minimum and maximum"]([*steady, 5])
    assert rules["28-day mean -1.5/+2 sigma"]([*[3] * 28, 2])
