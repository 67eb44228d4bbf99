"""A portal's health, rule by rule: what tonight's responses say, and what only a silence says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from archive.days import Explained, Health, PortalDay, Signs, State
from archive.records import Article, Stated
from archive.runs import DueLook
from crawler.dating import TODAY, offset
from crawler.health import CAUSES, explained, judge
from crawler.health_causes import cause_of
from crawler.health_volume import probability
from crawler.markup import SAMPLE, sample, shared

MONDAY = date(2026, 3, 2)


def day(number: int = 0, new: int = 1, **changes: Any) -> PortalDay:
    signs = Signs(lists=2, read=new + 1, again=1, chars=2000, named={"/cchc": 10, "/tin": 10})
    base = PortalDay("queson", MONDAY + timedelta(days=number), "ok", links=20, new=new, read=new + 1, signs=signs)
    return replace(base, **{"explained": Explained.NEW if new else Explained.EMPTY, **changes})


def past(nights: int = 30, new: Sequence[int] = (1,)) -> list[PortalDay]:
    """So many good nights before MONDAY, the latest first."""
    return [day(-number - 1, new[number % len(new)]) for number in range(nights)]


def signed(**signs: Any) -> PortalDay:
    return day(0, signs=replace(day().signs, **signs))


def test_a_night_like_the_others_is_ok() -> None:
    assert judge(past(), day()) == Health(since=MONDAY)
    assert judge([], day(new=0)).state is State.OK


@pytest.mark.parametrize(
    ("tonight", "state", "cause"),
    [
        (day(outcome="refused", reason="robots.txt: status 403"), State.BLOCKED, "robots"),
        (day(outcome="refused", reason="robots.txt: x.vn is not the portal's: add hosts"), State.GONE, "moved"),
        (day(outcome="blocked", reason="challenge: Incapsula"), State.BLOCKED, "challenge"),
        (day(outcome="blocked", reason="blocked: status 429"), State.BLOCKED, "refused"),
        (day(outcome="unreachable", reason="the connection was refused"), State.SUSPECT, "down"),
        (signed(moved="x.vn"), State.GONE, "moved"),
        (signed(home=1), State.BROKEN, "redirected"),
        (signed(named={"/cchc": 0, "/tin": 0}), State.BROKEN, "layout"),
        (signed(named={"/cchc": 0, "/tin": 9}), State.SUSPECT, "layout"),
        (signed(gaps={"empty": 1}), State.BROKEN, "empty"),
        (signed(gaps={"the response was cut off": 1}), State.BROKEN, "cut"),
        (signed(lost={"not a feed: html": 1}), State.SUSPECT, "feed"),
        (signed(fallback=2), State.BROKEN, "layout"),
        (signed(shrunk=1), State.BROKEN, "layout"),
        (signed(redated=1, stamped=1), State.SUSPECT, "dates"),
        (signed(repeated=1), State.SUSPECT, "paging"),
        (signed(canonical=2), State.SUSPECT, "canonical"),
        (signed(alike=1), State.BROKEN, "same page"),
        (signed(read=0, unlooked={"no body": 1}), State.BROKEN, "layout"),
        (day(reasons={"challenge: captcha": 3}), State.BLOCKED, "challenge"),
    ],
)
def test_a_sign_of_the_night_names_its_cause(tonight: PortalDay, state: State, cause: str) -> None:
    health = judge(past(), tonight)
    assert (health.state, health.cause) == (state, cause)
    assert health.reason
    assert health.since == MONDAY
    assert cause in CAUSES


def test_one_article_that_cannot_be_read_is_not_the_portals_fault() -> None:
    assert judge(past(), signed(read=1, unlooked={"no title": 1})).state is State.OK


ALWAYS = [{"named": {"/cchc": 0}}, {"repeated": 1}, {"canonical": 2}, {"fallback": 2}, {"lost": {"x": 1}}]


@pytest.mark.parametrize("sign", ALWAYS)
def test_what_a_portal_always_did_says_nothing(sign: dict[str, Any]) -> None:
    always = [replace(one, signs=replace(one.signs, **sign)) for one in past()]
    assert judge(always, signed(**sign)).state is State.OK


def test_since_is_the_first_night_of_it() -> None:
    history = past()
    for number in range(3):
        tonight = replace(signed(named={"/cchc": 0}), day=MONDAY + timedelta(days=number))
        health = judge(history, tonight)
        assert health.since == MONDAY
        history = [replace(tonight, health=health), *history]
    assert judge(history, day(3)).state is State.OK


def test_an_outage_is_broken_on_the_third_night_and_gone_in_the_end() -> None:
    history, states = past(), []
    for number in range(30):
        tonight = day(number, new=0, outcome="unreachable", reason="the connection was refused", links=0)
        tonight = replace(tonight, health=judge(history, tonight))
        tonight = replace(tonight, explained=explained(tonight))
        assert tonight.explained in {Explained.DOWN, Explained.GONE}
        states.append(tonight.health.state)
        history = [tonight, *history]
    assert states[:3] == [State.SUSPECT, State.SUSPECT, State.BROKEN]
    assert states[-1] is State.GONE


def test_a_quiet_week_and_tet_are_no_alarm() -> None:
    busy = [day(-number - 1, new) for number, new in zip(range(60), [3, 2, 4, 0, 0, 1, 3] * 9, strict=False)]
    for silent in range(1, 8):
        history = [day(-number - 1, 0) for number in range(silent)]
        history += [replace(one, day=one.day - timedelta(silent)) for one in busy]
        assert judge(history, day(0, 0)).state is State.OK, silent
    tet = date(2026, 2, 17)
    before = [replace(one, day=tet - timedelta(days=4 + n)) for n, one in enumerate(busy)]
    holidays = [day(0, 0, day=tet + timedelta(days=n)) for n in range(6, -4, -1)]
    assert judge([*holidays, *before], day(0, 0, day=tet + timedelta(days=7))).state is State.OK


def test_a_portal_that_stopped_is_told_of_in_three_weeks() -> None:
    chance = Random(4)
    history = [
        day(-n - 1, chance.choice((0, 1, 2, 3)) if (MONDAY - timedelta(n + 1)).weekday() < 5 else 0) for n in range(60)
    ]
    states = []
    for number in range(28):
        tonight = day(number, 0)
        tonight = replace(tonight, health=judge(history, tonight))
        history = [tonight, *history]
        states.append(tonight.health.state)
    assert states[6] is State.OK
    assert states[20] in {State.SUSPECT, State.FROZEN}
    assert states[27] is State.FROZEN


def test_a_silence_is_the_less_probable_the_longer_it_is_and_the_more_was_published() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(30)]
    busy, idle = past(40, (4,)), past(40, (0, 0, 1))
    chances = [probability(busy, days[:n]) for n in range(1, 30)]
    assert all(later <= sooner + 1e-9 for sooner, later in pairwise(chances))
    assert all(probability(busy, days[:n]) <= probability(idle, days[:n]) for n in range(1, 30))


def test_nothing_is_explained_by_a_night_that_was_cut_off() -> None:
    assert explained(day(new=0, outcome="partial", reason="interrupted", whole=False)) is Explained.UNEXPLAINED
    assert explained(day(new=0)) is Explained.EMPTY
    assert explained(day(new=0, links=0)) is Explained.UNEXPLAINED
    assert explained(day(new=2)) is Explained.NEW


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("challenge: Cloudflare", "challenge"),
        ("blocked: status 503", "down"),
        ("blocked: status 403", "refused"),
        ("no whole answer in 30 seconds", "slow"),
        ("the response was cut off", "cut"),
        ("larger than 10 MB", "too large"),
        ("the home page is served in its place", "redirected"),
        ("redirects to …, which is no article", "redirected"),
        ("status 404", "missing"),
        ("not html: jpeg", "not a page"),
        ("no body", "layout"),
        ("what it says is its menu", "layout"),
        ("never heard of", "other"),
    ],
)
def test_reasons_speak_of_causes(reason: str, cause: str) -> None:
    assert cause_of(reason) == cause


def dated(nights: Sequence[dict[str, int]]) -> list[PortalDay]:
    """Good nights before MONDAY on which pages were so far from what others say."""
    return [replace(one, signs=replace(one.signs, offsets=far)) for one, far in zip(past(10), nights, strict=False)]


def test_dates_that_leave_what_lists_and_archive_say_are_a_sign() -> None:
    agreed = dated([{"+0 h": 1}] * 10)
    health = judge(agreed, signed(offsets={"+7 h": 2}))
    assert (health.state, health.cause) == (State.SUSPECT, "dates")
    assert "+7 h" in health.reason
    assert judge(agreed, signed(offsets={"the day of the crawl": 1})).cause == "dates"
    assert judge(agreed, signed(offsets={"+7 h": 1, "+0 h": 2})).state is State.OK
    assert judge(dated([{"+7 h": 2}] * 10), signed(offsets={"+7 h": 2})).state is State.OK
    assert judge(dated([{"+0 h": 1}] * 2), signed(offsets={"+7 h": 2})).state is State.OK


def test_offsets_are_of_time_zones_and_exact_dates_alone() -> None:
    now = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)

    def far(page: str, listed: str = "", **look: Any) -> str:
        dates = (Stated(page, "page"), Stated(listed, "sitemap"))
        article = Article(url="https://x.vn/1", title="a", body="b", family="generic", reader_version="1", dates=dates)
        return offset(article, DueLook(1, "https://x.vn/1", **look) if look else None, now)

    made = "2026-02-27T10:12:30+07:00"
    known = {"published_at": datetime.fromisoformat(made), "precision": "second", "source": "sitemap"}
    assert far("27/02/2026 10:12", made) == "+0 h"
    assert far("27/02/2026 17:12", made) == "+7 h"
    assert far("27/02/2026 17:12", **known) == "+7 h"
    assert far("27/02/2026", made) == far("27/02/2026 10:12", "2026-02-27") == far("27/02/2026 17:12") == ""
    assert far("27/02/2026 13:57", made) == far("20/02/2026 10:12", made) == ""
    assert far("02/03/2026 22:30", **known) == TODAY
    assert far("02/03/2026 22:30", made) == ""


def moved(back: int, later: bool = True) -> PortalDay:
    """A night on which wrong dates were told of, so many nights before MONDAY."""
    signs = Signs(read=2, again=2, redated=2, shifted=2, earlier=0 if later else 2)
    return day(-back, signs=signs, health=Health(State.SUSPECT, "dates", "now print another hour"))


def test_dates_that_come_back_after_a_night_that_was_told_of_are_mended() -> None:
    back = signed(redated=1, shifted=1, earlier=1)
    assert judge(past(), back).cause == "dates", "nothing was wrong before: now it is"
    assert judge([moved(1), *past()[1:]], back).state is State.OK
    assert judge([moved(1), *past()[1:]], signed(redated=1, shifted=1)).cause == "dates", "later still is no return"
    assert judge([moved(1, later=False), *past()[1:]], signed(redated=1, shifted=1)).state is State.OK
    assert judge([moved(1, later=False), *past()[1:]], back).cause == "dates"


def test_feeds_that_do_not_answer_on_a_night_that_reads_nothing_are_a_portal_that_is_down() -> None:
    dead = signed(read=0, again=0, lost={"status 500": 2}, named={})
    tonight = replace(dead, outcome="partial", whole=False, read=0, reason="http://x.vn/cchc: status 500")
    assert judge(past(), tonight).cause == "down"
    assert judge(past(), signed(lost={"status 500": 2})).cause == "feed", "everything else answers"


OLD = {f"old-{number}": 1 for number in range(20)}
NEW = {f"new-{number}": 1 for number in range(20)}


def designed(*nights: dict[str, int]) -> list[PortalDay]:
    """Good nights before MONDAY whose articles had these names in their markup, the latest first."""
    return [replace(one, signs=replace(one.signs, markup=names)) for one, names in zip(past(12), nights, strict=False)]


def test_another_design_is_told_of_though_its_articles_can_be_read() -> None:
    health = judge(designed(*[OLD] * 12), signed(markup=NEW))
    assert (health.state, health.cause) == (State.SUSPECT, "layout")
    assert judge(designed(*[OLD] * 12), signed(markup=OLD | {"one more": 1})).state is State.OK
    assert judge(designed(OLD, NEW, *[OLD] * 10), signed(markup=NEW)).state is State.OK, "one of two of its own"
    assert judge(designed(OLD, OLD), signed(markup=NEW)).state is State.OK, "too few to know"
    assert judge(designed(*[OLD] * 12), signed(markup={"a": 1, "b": 1})).state is State.OK, "too few names to tell"
    every = [{f"{night}-{number}": 1 for number in range(20)} for night in range(12)]
    assert judge(designed(*every), signed(markup=NEW)).state is State.OK, "names that are made anew each night"


def test_another_design_is_the_portals_own_after_a_week() -> None:
    history, states = designed(*[OLD] * 12), []
    for number in range(9):
        tonight = replace(signed(markup=NEW), day=MONDAY + timedelta(days=number))
        tonight = replace(tonight, health=judge(history, tonight))
        history = [tonight, *history]
        states.append(tonight.health.state)
    assert states == [State.SUSPECT] * 7 + [State.OK] * 2


def test_listings_that_are_the_same_bytes_are_a_sign_where_they_never_were() -> None:
    assert judge(past(), signed(same=2)).state is State.FROZEN
    once = [*past()[:3], replace(past()[3], signs=replace(past()[3].signs, same=1)), *past()[4:]]
    assert judge(once, signed(same=2)).state is State.OK


def test_a_sample_of_a_pages_names_is_the_same_whatever_its_numbers() -> None:
    page = b'<div class=\'box post-12\'><p id="ctl00_text" class="lead  big">'
    assert set(sample(page)) == {"box", "post-0", "ctl0_text", "lead", "big"}
    assert sample(page) == sample(page.replace(b"12", b"977"))
    many = b" ".join(b'<i class="c-%s">' % name.encode() for name in map(str.lower, CAUSES)) * 2
    assert len(sample(many)) == SAMPLE
    assert shared({"a", "b"}, [{"a"}, {"c"}]) == 0.5
    assert shared(set(), [{"a"}]) == 0.0
