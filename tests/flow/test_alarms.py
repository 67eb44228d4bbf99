"""Alarms reach a real receiver while the night goes on, once for each event, and so does its end."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.run import crawl
from tests.archive.receivers import OK, Hook
from tests.flow.test_schedule import Days, at

FIRST, DAY = date(2026, 1, 5), timedelta(days=1)
ILL, SLOW = "vhv", "nukeviet"


@pytest.fixture
def farm() -> Iterator[Farm]:
    with Farm(17, articles=2, families=[ILL, SLOW], copies=0) as played:
        yield played


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as listening:
        yield listening


@pytest.fixture
def settings(tmp_path: Path, farm: Farm, hook: Hook) -> Settings:
    farm.write_portals(tmp_path / "portals")
    card = tmp_path / "portals" / f"{farm[SLOW].slug}.toml"
    card.write_text(card.read_text(encoding="utf-8").replace("delay = 0", "delay = 0.3"), encoding="utf-8")
    own: dict[str, Any] = {"data": tmp_path / "data", "portals": tmp_path / "portals", "contact": "tests@localhost"}
    return Settings(**own, allow_private=True, jitter=0, lease=1, webhook_url=hook.url)


def told(hook: Hook) -> list[tuple[str, str, str]]:
    """What opened and what ended, in order: (event, portal, cause or how it is now)."""
    notices = [json.loads(body) for _, body in hook.posts]
    opened = [("opened", one["subject"], one["cause"]) for said in notices for one in said["opened"]]
    closed = [("closed", one["subject"], one["became"]) for said in notices for one in said["closed"]]
    return [*opened, *closed]


def test_a_crawl_that_ends_badly_is_told_while_others_go_on(
    settings: Settings, farm: Farm, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.watchman.LOOK", 0.2)
    cards, subject = list(load(settings.portals).values()), f"portal:{farm[ILL].slug}"
    done_then: list[set[str]] = []

    def night(number: int) -> None:
        with time_machine.travel(datetime(2026, 1, 5 + number, 15, tzinfo=UTC), tick=True):
            fleet = Fleet(cards, settings)
            hook.answers = [lambda connection: (done_then.append(set(fleet.done)), OK(connection))[0]]
            crawl(fleet)

    night(0)
    assert told(hook) == []
    farm.fault(ILL, "challenge", page="cookie")
    night(1)
    assert told(hook) == [("opened", subject, "challenge")]
    assert done_then == [{farm[ILL].slug}], "it was told when the night was over"
    night(2)
    farm.heal(ILL)
    night(3)
    assert told(hook) == [("opened", subject, "challenge"), ("closed", subject, "ok")]


def test_the_scheduler_tells_before_the_morning(
    settings: Settings, farm: Farm, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.watchman.LOOK", 0.2)
    for number in range(4):
        night = FIRST + number * DAY
        if number == 1:
            farm.fault(ILL, "challenge", page="cookie")
        if number == 3:
            farm.heal(ILL)
        Days(settings).live(at(night, "21:01"))  # its commands do nothing, so that no report tells of it
        assert len(told(hook)) == (0, 1, 1, 2)[number]
    assert [what for what, *_ in told(hook)] == ["opened", "closed"]
