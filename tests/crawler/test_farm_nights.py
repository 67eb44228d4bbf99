"""The farm's nights: the same for a seed, true to what portals then show, quiet and busy in season."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.farm import FAMILIES, Farm, NightTruth, nights
from crawler.farm.chance import stream
from crawler.farm.seasons import TET, Rhythm, days, drawn, expected, poisson, rhythm, season, week

FIRST = date(2025, 12, 1)


def played(farm: Farm, count: int, first: date = FIRST) -> dict[date, dict[str, NightTruth]]:
    return {day: farm.night(day) for day in days(first, count)}


def test_the_same_nights_for_the_same_seed() -> None:
    one, two = (Farm(3, articles=15, portals=9, until=FIRST, port=9000) for _ in range(2))
    assert played(one, 20) == played(two, 20)
    assert [p.truth for p in one.portals] == [p.truth for p in two.portals]


def test_a_night_is_what_the_portal_shows_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nights, "REMOVE", 0.1)
    farm = Farm(4, articles=20, portals=14, until=FIRST)
    happened = Counter[str]()
    texts = {p.slug: {a.url: a.body for a in p.truth} for p in farm.portals}
    for day in days(FIRST, 30):
        night = farm.night(day)
        for portal in farm.portals:
            truth, before = night[portal.slug], texts[portal.slug]
            now = {article.url: article for article in portal.truth}
            assert set(now) == (set(before) | set(truth.published) | set(truth.restored)) - set(truth.removed)
            assert not set(before) & set(truth.published)
            assert {url for url in set(now) & set(before) if now[url].body != before[url]} == set(truth.edited)
            dates = [moment for url in truth.published if (moment := now[url].published)]
            assert all(moment.date() == day for moment in dates)
            assert dates == sorted(dates)
            for url in truth.removed:
                gone = portal.site.respond("/" + url.removeprefix(portal.url)).body.plain(portal.site.count)
                assert before[url].split("\n")[0] not in gone.decode()
            for kind in ("published", "edited", "removed", "restored"):
                happened[kind] += len(getattr(truth, kind))
            texts[portal.slug] = {url: article.body for url, article in now.items()}
    assert min(happened.values()) >= 3
    assert happened["published"] > 300


def test_listings_show_what_is_new_and_the_clock_moves_on() -> None:
    farm = Farm(2, articles=15, families=FAMILIES, until=FIRST)
    portal = farm["vhv"]
    portal.site.respond("/")
    fresh = {article for night in played(farm, 14).values() for article in night[portal.slug].published}
    newest = portal.truth[0]
    home = portal.site.respond("/").body.plain(portal.site.count).decode()
    assert newest.url in fresh
    assert home.count(newest.title) >= 3  # its box, and the sidebar that every page has
    assert portal.site.count("clock").startswith("Chủ nhật, 14/12/2025")


def test_nights_go_forward() -> None:
    farm = Farm(1, articles=5, families=["vhv"], until=FIRST)
    farm.night(FIRST)
    with pytest.raises(ValueError, match="nights go forward"):
        farm.night(FIRST)


def test_backlog_ends_before_the_first_night_in_the_portals_own_rhythm() -> None:
    farm = Farm(1, articles=40, portals=14, until=FIRST)
    for portal in farm.portals:
        made = [story.made for story in portal.site.newsroom.stories if not story.original]
        assert made == sorted(made)
        assert made[-1].date() < FIRST
        own = rhythm(1, portal.slug)
        assert made[-1] - made[0] <= timedelta(days=40 / own.daily)
        assert made[0] >= datetime.combine(FIRST, datetime.min.time(), made[0].tzinfo) - timedelta(days=40 / own.daily)


def test_tet_is_silent_and_the_end_of_the_year_busy() -> None:
    own = Rhythm("1/demo", 2.0, (1.0,) * 7)
    for new_year in TET.values():
        assert all(season(new_year + timedelta(days=n)) < 0.1 for n in range(-2, 6))
        assert season(new_year - timedelta(days=5)) > 1
    assert season(date(2025, 12, 20)) > 1.5
    assert season(date(2025, 4, 2)) > season(date(2025, 8, 20)) == 1.0
    assert season(date(2025, 9, 2)) < 0.1
    assert season(date(2031, 2, 3)) == 1.0
    assert expected(own, TET[2026]) <= 0.24


def test_weekends_quiet_weeks_and_bursts() -> None:
    rhythms = [rhythm(5, f"demo-{number}") for number in range(120)]
    year = list(days(date(2025, 1, 1), 364))
    weeks = Counter(week(own, day) for own in rhythms for day in year[::7])
    share = weeks.total()
    assert 0.04 < weeks[0.0] / share < 0.1
    assert 0.01 < weeks[3.0] / share < 0.06
    assert all(own.weekdays[6] <= own.weekdays[5] < min(own.weekdays[:5]) for own in rhythms)
    daily = sorted(own.daily for own in rhythms)
    assert daily[0] < 0.8 < daily[60] < 2.5 < daily[-1]
    assert sum(drawn(rhythms[0], day) for day in year) == sum(drawn(rhythms[0], day) for day in reversed(year))


@given(st.floats(0.01, 20), st.integers(0, 1000))
def test_counts_have_the_mean_they_are_drawn_with(mean: float, seed: int) -> None:
    rng = stream(str(seed))
    counts = [poisson(mean, rng) for _ in range(400)]
    assert abs(sum(counts) / 400 - mean) < 6 * (mean / 400) ** 0.5 + 0.01


def test_nothing_is_drawn_from_nothing() -> None:
    assert poisson(0.0, stream("a")) == 0
