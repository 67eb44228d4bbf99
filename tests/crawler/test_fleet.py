"""Many portals in one process: none waits for another that is slow, huge or hostile, and none goes on for ever."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from archive.database import reading
from archive.days import PortalDay
from archive.queries_days import days
from archive.records import FileText
from archive.runs import Outcome
from archive.store import Store
from config.errors import UserError
from config.settings import Settings
from crawler import fleet as fleets
from crawler import lanes
from crawler.fleet import Fleet
from crawler.health import judge
from crawler.lanes import Lanes
from crawler.queue import CutShort
from crawler.readers import PortalReader, Readers
from crawler.run import crawl
from crawler.stopping import cut_short
from crawler.worker import judged
from tests.crawler.conftest import Faulty, plain
from tests.crawler.test_nights import BODY, TITLE, Mini

NIGHT = date(2026, 1, 5)


class Endless(dict[str, Any]):
    """Every listing page names ten articles that nobody has seen and a next page; an article takes half a second."""

    def get(self, path: str, default: Any = None) -> Any:
        number = int("".join(filter(str.isdecimal, path)) or 1)
        said = TITLE.format(year=2025, n=number)
        if path.startswith("/tin"):
            body = BODY.format(n=number, year=2025)
            head = f'<h1>{said}</h1><time datetime="2025-11-05T08:00:00+07:00">5/11/2025</time>'
            return slowly(Mini.page(said, f'<article>{head}<div class="entry-content">{body}</div></article>'))
        if not path.startswith("/cai-cach"):
            return super().get(path, default)
        address, said = "/tin/ke-hoach-cai-cach-hanh-chinh-{n}.html", TITLE.format(year=2025, n="")
        numbers = range(1000 * number, 1000 * number + 10)
        links = (f'<h3><a href="{address.format(n=n)}">{said}{n}</a></h3>' for n in numbers)
        more = f'<div class="pagination"><a rel="next" href="/cai-cach-hanh-chinh?page={number + 1}">Sau</a></div>'
        return plain(Mini.page("Cải cách hành chính", f"<h1>Cải cách hành chính</h1>{''.join(links)}{more}"))


def slowly(body: bytes) -> Any:
    """An answer that keeps its reader waiting."""

    def answer(connection: Any, times: int) -> None:
        time.sleep(0.5)
        plain(body)(connection, times)

    return answer


def endless(server: Faulty) -> None:
    """The portal has no end."""
    home = Mini.page("Cổng", '<nav><a href="/cai-cach-hanh-chinh">Cải cách hành chính</a></nav>')
    server.paths = Endless({**server.paths, "/": plain(home)})


@pytest.fixture
def short(settings: Settings) -> Settings:
    """A watchdog after nine seconds."""
    return settings.model_copy(update={"portal_minutes": 0.15})


def test_a_portal_without_an_end_is_ended_with_what_it_has(
    faulty: Faulty, card: Callable[..., Any], short: Settings
) -> None:
    endless(faulty)
    fleet = Fleet([card(faulty.url)], short)
    crawl(fleet)
    run = fleet.done["faulty"]
    assert (run.outcome, run.reason) == (Outcome.PARTIAL, "its time was over: 0.15 minutes")
    assert 0 < run.new < 100
    with reading(short) as session:
        night = days(session, "faulty")[0]
        kept = session.connection().execute(text("SELECT count(*) FROM article")).scalar_one()
    assert (night.health.state, night.explained) == ("ok", "new"), "a large portal is not ill"
    assert kept == run.new


def test_a_portal_that_brings_nothing_in_its_time_is_slow() -> None:
    night = PortalDay("slow", NIGHT, "partial", "its time was over: 90 minutes", whole=False)
    assert (judge([], night).state, judge([], night).cause) == ("suspect", "slow")


def test_slow_portals_leave_their_places_to_others(
    faulty: Faulty, other: Faulty, card: Callable[..., Any], short: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless(faulty)
    Mini(other, 5)
    monkeypatch.setattr(lanes.Lanes, "__init__", lambda self: made.__get__(self)(1, 1, 0.1))
    ended: dict[str, float] = {}
    noted = Fleet._crawl

    async def note(self: Fleet, portal: Any, tools: Any) -> Any:
        summary = await noted(self, portal, tools)
        ended[portal.slug] = time.monotonic()
        return summary

    monkeypatch.setattr(Fleet, "_crawl", note)
    fleet = Fleet([card(faulty.url, slug="slow"), card(other.url, slug="quick")], short)
    crawl(fleet)
    assert ended["quick"] < ended["slow"], "the quick one waited for the watchdog of the slow one"
    assert fleet.done["quick"].new == 5


made = Lanes.__init__


def test_a_place_is_given_back_once_wherever_it_is() -> None:
    async def stay(lanes: Lanes, seconds: float) -> None:
        async with lanes.place():
            await asyncio.sleep(seconds)

    async def main() -> Lanes:
        lanes = Lanes(2, 1, 0.02)
        await asyncio.gather(*(stay(lanes, seconds) for seconds in (0.1, 0.1, 0.1, 0.0, 0.03, 0.0)))
        return lanes

    lanes = asyncio.run(main())
    assert (lanes.ordinary._value, lanes.long._value) == (2, 1)


def test_a_night_goes_on_after_midnight_and_ends_when_it_is_over(
    faulty: Faulty, other: Faulty, card: Callable[..., Any], settings: Settings
) -> None:
    Mini(faulty, 5)
    now = datetime(2026, 1, 5, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
    with time_machine.travel(now):
        fleet = Fleet([card(faulty.url)], settings, day=NIGHT, ends=now + timedelta(hours=5))
        crawl(fleet)
        late = Fleet([card(other.url, slug="late")], settings, day=NIGHT, ends=now - timedelta(minutes=1))
        crawl(late)
    assert fleet.done["faulty"].new == 5
    assert late.done["late"].outcome is Outcome.SKIPPED
    assert other.asked == []
    with reading(settings) as session:
        assert [day.day for day in days(session)] == [NIGHT]


def test_no_portal_begins_before_its_moment(faulty: Faulty, card: Callable[..., Any], settings: Settings) -> None:
    Mini(faulty, 3)
    begins = datetime.now(UTC) + timedelta(seconds=1)
    began = time.monotonic()
    crawl(Fleet([card(faulty.url)], settings, begins={"faulty": begins}))
    assert faulty.log[0][0] - began >= 0.9


def test_who_waits_for_a_moment_is_stopped_at_once(card: Callable[..., Any], settings: Settings) -> None:
    fleet = Fleet([card("http://127.0.0.1:9/")], settings, begins={"faulty": datetime.now(UTC) + timedelta(hours=5)})
    threading.Timer(0.3, lambda: fleets.asyncio.run_coroutine_threadsafe(_stop(fleet), _loop(settings))).start()
    crawl(fleet)
    assert fleet.done["faulty"].reason == "interrupted before it began"


def _loop(settings: Settings) -> asyncio.AbstractEventLoop:
    from crawler.run import event_loop

    return event_loop(settings)


async def _stop(fleet: Fleet) -> None:
    fleet.stop()


def test_a_deep_night_looks_at_what_is_long_known(faulty: Faulty, card: Callable[..., Any], settings: Settings) -> None:
    mini = Mini(faulty, 5)
    portal = card(faulty.url)
    crawl(Fleet([portal], settings))
    looked = []
    for later, deep in ((400, False), (800, False), (840, False), (880, True)):
        faulty.log.clear()
        with time_machine.travel(datetime.now(UTC) + timedelta(days=later)):
            crawl(Fleet([portal], settings, deep=frozenset({"faulty"} if deep else ())))
        looked.append(len({mini.path(n) for n in range(5)} & set(faulty.asked)))
    assert looked[-1] == 5
    assert looked[-2] < 5, "they were due anyway: this proves nothing"


def test_who_hangs_the_reader_of_files_reads_apart_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Reader:
        def __init__(self, name: str) -> None:
            self.name = name

        async def read(self, body: bytes, name: str, content_type: str) -> FileText:
            asked.append(self.name)
            return FileText("", "unknown", reason="gave up after 60 seconds" if body else "")

    readers = Readers()
    monkeypatch.setattr(readers, "ordinary", Reader("ordinary"))
    monkeypatch.setattr(readers, "troubled", Reader("troubled"))
    hostile, other = PortalReader(readers), PortalReader(readers)

    async def main() -> None:
        for reader, body in ((hostile, b"x"), (hostile, b"x"), (other, b"")):
            await reader.read(body, "a.pdf", "application/pdf")

    asyncio.run(main())
    assert asked == ["ordinary", "troubled", "ordinary"]


def test_a_crawl_whose_database_is_away_when_it_begins_is_taken_up_again(
    faulty: Faulty, card: Callable[..., Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker's job was once done with it, and the night had no portal-day."""

    def away(*_: object) -> int:
        raise UserError("localhost: the database does not answer; start the server")

    monkeypatch.setattr(Store, "start", away)
    fleet = Fleet([card(faulty.url)], settings)
    crawl(fleet)
    run = fleet.done["faulty"]
    assert (run.outcome, run.reason.split(": ")[0]) == (Outcome.PARTIAL, "could not be stored")
    with pytest.raises(CutShort, match="does not answer"):
        judged(run)


@pytest.mark.parametrize("question", ["archive.queries.known", "crawler.portal_day.days"])
def test_a_database_that_goes_away_is_our_fault_whatever_it_was_asked(
    question: str, faulty: Faulty, card: Callable[..., Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two hundred crawls six were once called done that a restarted server had cut off in their last question."""

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    Mini(faulty, 2)
    monkeypatch.setattr(question, away)
    fleet = Fleet([card(faulty.url)], settings)
    crawl(fleet)
    assert cut_short(fleet.done["faulty"]), fleet.done["faulty"]
