"""Whole nights over a small portal that misbehaves in one way at a time."""

import json
import shutil
import socket
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from archive import queries
from archive.database import reading
from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.portal import Portal
from config.settings import Settings
from crawler.plan import Window
from crawler.run import Fleet, crawl

TITLE = "Kế hoạch cải cách hành chính năm {year} của huyện số {n}"
BODY = (
    "<p>UBND huyện ban hành Kế hoạch số {n}/KH-UBND về cải cách hành chính năm {year}. "
    + "Nội dung cần làm. " * 20
    + "</p>"
)
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body><script>1</script></body></html>"


def plain(body: bytes = b"", status: str = "200 OK", **headers: str) -> Any:
    def answer(connection: socket.socket, _: int) -> None:
        lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    return answer


class Mini:
    """A portal of `count` articles, ten a listing page, newest first; year 2025 downwards, one a month."""

    def __init__(self, server: Any, count: int = 25) -> None:
        self.server, self.count = server, count
        server.paths["/"] = plain(self.page("Trang chủ", '<a href="/cai-cach-hanh-chinh">Cải cách hành chính</a>'))
        for start in range(0, count, 10):
            server.paths[self.listing(start // 10 + 1)] = plain(self.list(start))
        for n in range(count):
            server.paths[self.path(n)] = plain(self.article(n))

    def day(self, n: int) -> date:
        return date(2025 - n // 12, 12 - n % 12, 5)

    def path(self, n: int) -> str:
        return f"/tin/ke-hoach-cai-cach-hanh-chinh-{1000 - n}.html"

    def listing(self, page: int) -> str:
        return "/cai-cach-hanh-chinh" + (f"?page={page}" if page > 1 else "")

    @staticmethod
    def page(title: str, body: str) -> bytes:
        return (
            f"<!doctype html><html><head><title>{title}</title></head><body><main>{body}</main></body></html>".encode()
        )

    def list(self, start: int) -> bytes:
        numbers = range(start, min(start + 10, self.count))
        items = "".join(f'<h3><a href="{self.path(n)}">{self.title(n)}</a></h3>' for n in numbers)
        after = f'<a rel="next" href="{self.listing(start // 10 + 2)}">Sau</a>' if start + 10 < self.count else ""
        return self.page(
            "Cải cách hành chính", f'<h1>Cải cách hành chính</h1>{items}<div class="pagination">{after}</div>'
        )

    def title(self, n: int) -> str:
        return TITLE.format(year=self.day(n).year, n=n)

    def article(self, n: int, more: str = "") -> bytes:
        time = f'<time datetime="{self.day(n)}T08:00:00+07:00">{self.day(n)}</time>'
        body = BODY.format(n=n, year=self.day(n).year)
        return self.page(
            self.title(n),
            f'<article><h1>{self.title(n)}</h1>{time}<div class="entry-content">{body}{more}</div></article>',
        )


@pytest.fixture
def mini(faulty: Any) -> Mini:
    return Mini(faulty)


@pytest.fixture
def night(settings: Settings) -> Callable[..., RunSummary]:
    def run(portal: Portal, **wanted: Any) -> RunSummary:
        fleet = Fleet([portal], settings, **wanted)
        crawl(fleet)
        return fleet.done[portal.slug]

    return run


def urls(settings: Settings) -> list[str]:
    return [str(row.url) for row in shows(settings, "SELECT url FROM article")]


def shows(settings: Settings, statement: str) -> list[Any]:
    with reading(settings) as session:
        return list(session.connection().execute(text(statement)))


def test_a_first_night_takes_all_and_a_second_nothing(mini: Mini, card: Any, night: Any, settings: Settings) -> None:
    portal = card(mini.server.url)
    first = night(portal)
    assert (first.outcome, first.new, first.rejected) == (Outcome.OK, 25, 0), first.reason
    assert first.requests == len(mini.server.log)
    mini.server.log.clear()
    second = night(portal)
    assert (second.outcome, second.new, second.unchanged) == (Outcome.OK, 0, 0)
    assert set(mini.server.asked) <= {"/robots.txt", *(mini.listing(page) for page in (1, 2, 3))}


def test_an_ordinary_night_asks_for_what_is_new_and_one_in_seven_for_all(mini: Mini, card: Any, night: Any) -> None:
    portal = card(mini.server.url)
    night(portal)
    asked = []
    for day in range(1, 8):
        mini.server.log.clear()
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day)):
            assert night(portal).outcome is Outcome.OK
        asked.append(sum(path.startswith("/cai-cach") for path in mini.server.asked))
    assert sorted(asked) == [1, 1, 1, 1, 1, 1, 3]


@pytest.mark.parametrize(("known", "deeper"), [(True, 0), (False, 1)])
def test_a_listing_of_all_news_is_left_where_it_is_known(
    mini: Mini, card: Any, night: Any, *, known: bool, deeper: int
) -> None:
    """The week's full round walks it on only while nothing that it names is in the archive; reform listings always."""
    links = f'<a href="{mini.listing(1)}">Cải cách hành chính</a><a href="/tin-tuc">Tin tức - Sự kiện</a>'
    mini.server.paths["/"] = plain(mini.page("Cổng", f"<nav>{links}</nav>"))
    for page in (1, 2, 3):
        slug, title = f"/tin/giai-bong-da-mua-xuan-nam-2025-{page}", "Giải bóng đá mùa xuân năm 2025 lần thứ"
        items = "".join(f'<h3><a href="{slug}{n}71.html">{title} {n}</a></h3>' for n in range(9))
        items += f'<h3><a href="{mini.path(0)}">{mini.title(0)}</a></h3>' if known and page == 1 else ""
        after = (
            f'<div class="pagination"><a rel="next" href="/tin-tuc?page={page + 1}">Sau</a></div>' if page < 3 else ""
        )
        path = "/tin-tuc" + (f"?page={page}" if page > 1 else "")
        mini.server.paths[path] = plain(mini.page("Tin tức - Sự kiện", f"<h1>Tin tức - Sự kiện</h1>{items}{after}"))
    portal = card(mini.server.url, listings=())
    assert night(portal).new == 25
    assert "/tin-tuc?page=3" in mini.server.asked
    mini.server.log.clear()
    for day in range(1, 8):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day)):
            night(portal)
    assert mini.server.asked.count("/tin-tuc?page=2") == deeper
    assert mini.server.asked.count(mini.listing(3)) == 1


def test_a_sitemap_that_was_never_there_is_no_fault_when_it_is_looked_for_again(
    mini: Mini, card: Any, night: Any, settings: Settings
) -> None:
    """After thirty days the home page is read anew, and the usual addresses of a sitemap are tried once more."""
    portal = card(mini.server.url, listings=())
    mini.server.paths["/"] = plain(mini.page("Cổng", f'<nav><a href="{mini.listing(1)}">Cải cách hành chính</a></nav>'))
    for day in (0, 1, 2, 3, 4, 5, 31):
        mini.server.log.clear()
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day)):
            night(portal)
    assert "/sitemap.xml" in mini.server.asked
    states = shows(settings, "SELECT state, cause FROM portal_day ORDER BY day")
    assert [(row.state, row.cause) for row in states] == [("ok", "")] * 7


def test_after_a_night_that_missed_something_all_is_walked_again(mini: Mini, card: Any, night: Any) -> None:
    portal = card(mini.server.url)
    night(portal)
    for day in range(1, 7):
        mini.server.paths[mini.listing(1)] = plain(b"", "500 Broken")
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day)):
            assert night(portal).outcome is not Outcome.OK
            mini.server.paths[mini.listing(1)] = plain(mini.list(0))
            mini.server.log.clear()
            night(portal)
        assert mini.listing(3) in mini.server.asked


def test_a_host_is_asked_one_thing_at_a_time(mini: Mini, card: Any, night: Any) -> None:
    """A host that takes its time never has two requests of ours before it, unless its file allows more."""
    spans: list[tuple[float, float]] = []

    def slowly(script: Any) -> Any:
        def answer(connection: socket.socket, times: int) -> None:
            began = time.monotonic()
            time.sleep(0.02)
            spans.append((began, time.monotonic()))
            script(connection, times)

        return answer

    mini.server.paths = {path: slowly(script) for path, script in mini.server.paths.items()}
    assert night(card(mini.server.url)).new == 25
    assert len(spans) >= 25
    assert [(one, later) for one, later in pairwise(sorted(spans)) if later[0] < one[1]] == []
    spans.clear()
    assert night(card(mini.server.url, slug="wide", pace={"delay": 0, "concurrency": 4})).new == 25
    assert [(one, later) for one, later in pairwise(sorted(spans)) if later[0] < one[1]] != [], (
        "else this proves nothing"
    )


class TestBlocks:
    def test_a_challenge_for_a_listing_ends_the_night(self, mini: Mini, card: Any, night: Any) -> None:
        mini.server.paths[mini.listing(2)] = plain(CHALLENGE)
        run = night(card(mini.server.url))
        assert run.outcome is Outcome.BLOCKED
        assert "challenge" in run.reason
        assert run.new == 10
        assert mini.server.asked[-1] == mini.listing(2)

    def test_one_challenge_costs_its_page(self, mini: Mini, card: Any, night: Any, settings: Settings) -> None:
        mini.server.paths[mini.path(3)] = plain(CHALLENGE)
        run = night(card(mini.server.url))
        assert (run.outcome, run.new, run.rejected) == (Outcome.OK, 24, 1)
        with reading(settings) as session:
            waiting = queries.quarantined(session)
        assert [one.url for one in waiting] == [mini.server.url + mini.path(3)[1:]]
        assert waiting[0].capture is not None

    @pytest.mark.parametrize("answer", [plain(CHALLENGE), plain(b"", "403 Forbidden"), plain(b"", "429 Too Many")])
    def test_three_in_a_row_end_it(self, mini: Mini, card: Any, night: Any, answer: Any) -> None:
        for n in (2, 3, 4):
            mini.server.paths[mini.path(n)] = answer
        run = night(card(mini.server.url))
        assert (run.outcome, run.new) == (Outcome.BLOCKED, 2)
        assert mini.server.asked[-1] == mini.path(4)

    def test_three_apart_do_not(self, mini: Mini, card: Any, night: Any) -> None:
        for n in (2, 4, 6):
            mini.server.paths[mini.path(n)] = plain(b"", "403 Forbidden")
        run = night(card(mini.server.url))
        assert (run.outcome, run.new, run.rejected) == (Outcome.OK, 22, 3)

    @pytest.mark.parametrize("answer", [plain(b"", "403 No"), plain(b"", "503 No"), plain(b"<html>captcha")])
    def test_an_unclear_robots_refuses(self, mini: Mini, card: Any, night: Any, answer: Any) -> None:
        mini.server.paths["/robots.txt"] = answer
        run = night(card(mini.server.url))
        assert run.outcome is Outcome.REFUSED
        assert "robots.txt" in run.reason
        assert set(mini.server.asked) == {"/robots.txt"}

    def test_a_forbidden_path_is_left(self, mini: Mini, card: Any, night: Any) -> None:
        mini.server.paths["/robots.txt"] = plain(f"User-agent: *\nDisallow: {mini.path(7)}\n".encode())
        run = night(card(mini.server.url))
        assert (run.outcome, run.new) == (Outcome.OK, 24)
        assert mini.path(7) not in mini.server.asked

    def test_a_closed_port_is_unreachable(self, card: Any, night: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        run = night(card(f"http://127.0.0.1:{port}/"))
        assert run.outcome is Outcome.UNREACHABLE
        assert "refused" in run.reason

    def test_a_server_that_breaks_leaves_a_partial_night(self, mini: Mini, card: Any, night: Any) -> None:
        for n in range(5, 25):
            mini.server.paths[mini.path(n)] = plain(b"", "500 Broken")
        run = night(card(mini.server.url))
        assert (run.outcome, run.new) == (Outcome.PARTIAL, 5)
        assert "500" in run.reason

    def test_a_portal_without_articles_is_broken(self, mini: Mini, card: Any, night: Any) -> None:
        mini.server.paths[mini.listing(1)] = plain(mini.page("Cải cách hành chính", "<p>Đang cập nhật</p>"))
        run = night(card(mini.server.url))
        assert run.outcome is Outcome.BROKEN
        assert run.reason

    def test_a_home_page_at_another_host_says_so(self, faulty: Any, other: Any, card: Any, night: Any) -> None:
        faulty.paths["/"] = plain(b"", "301 Moved", Location=other.url)
        run = night(card(faulty.url))
        assert run.outcome is Outcome.BROKEN
        assert "hosts" in run.reason
        assert other.log == []


class TestPages:
    def test_a_page_without_an_end_is_cut_off(self, mini: Mini, card: Any, night: Any, settings: Settings) -> None:
        """Nothing but the end tag, which the portal's other pages have, tells that a server stopped in the middle."""
        whole = mini.article(2)
        mini.server.paths[mini.path(2)] = plain(whole[: whole.index(b"</div>") - 90])
        run = night(card(mini.server.url))
        assert (run.outcome, run.new, run.rejected) == (Outcome.OK, 24, 1)
        with reading(settings) as session:
            assert "cut off" in queries.quarantined(session)[0].reason
        mini.server.paths[mini.path(2)] = plain(whole)
        with Store.open(settings) as store:
            store.retry()
        assert night(card(mini.server.url)).new == 1

    def test_a_notice_with_status_200_is_no_article(
        self, mini: Mini, card: Any, night: Any, settings: Settings
    ) -> None:
        notice = f"<article><h1>Không tìm thấy trang</h1><div class='entry-content'>{'Mời xem tin khác. ' * 90}</div>"
        mini.server.paths[mini.path(2)] = plain(mini.page("Không tìm thấy trang", notice))
        run = night(card(mini.server.url))
        assert (run.outcome, run.new, run.rejected) == (Outcome.OK, 24, 1)
        with reading(settings) as session:
            assert queries.quarantined(session)[0].reason.startswith("soft 404")
        asked_in_vain = [path for path in mini.server.asked if "99989" in path]
        assert len(asked_in_vain) == 1, "an address that nobody gave out is asked once, on suspicion"

    def test_an_answer_to_any_address_is_no_article(
        self, mini: Mini, card: Any, night: Any, settings: Settings
    ) -> None:
        """A portal that answers one article to every address: only the made-up address shows it."""
        other = mini.article(24).replace(mini.title(24).encode(), "Thông báo lịch nghỉ lễ của các cơ quan".encode())
        for path in [*(mini.path(n) for n in range(15)), "/tin/ke-hoach-cai-cach-hanh-chinh-910009.html"]:
            mini.server.paths[path] = plain(other)
        run = night(card(mini.server.url))
        assert (run.new, run.rejected) == (10, 15)

    @pytest.mark.parametrize(("anywhere", "said"), [(True, "soft 404"), (False, "no ")])
    def test_an_empty_frame_that_every_address_gets_says_that_nothing_is_there(
        self, mini: Mini, card: Any, night: Any, settings: Settings, *, anywhere: bool, said: str
    ) -> None:
        """A page that cannot be read is a broken layout, unless an address that nobody gave out gets the same one."""
        frame = plain(mini.page("Cổng thông tin", "<nav><a href='/'>Trang chủ</a><a href='/x'>Giới thiệu</a></nav>"))
        mini.server.paths[mini.path(2)] = frame
        if anywhere:
            mini.server.paths["/tin/ke-hoach-cai-cach-hanh-chinh-99989.html"] = frame
        assert night(card(mini.server.url)).rejected == 1
        with reading(settings) as session:
            assert queries.quarantined(session)[0].reason.startswith(said)

    def test_a_dead_link_is_rejected_once(self, mini: Mini, card: Any, night: Any, settings: Settings) -> None:
        del mini.server.paths[mini.path(2)]
        portal = card(mini.server.url)
        assert (night(portal).new, night(portal).rejected) == (24, 0)
        assert mini.server.asked.count(mini.path(2)) == 1

    def test_twenty_dead_links_in_a_row_end_a_listing(self, faulty: Any, card: Any, night: Any) -> None:
        mini = Mini(faulty, 60)
        for n in range(5, 60):
            del faulty.paths[mini.path(n)]
        run = night(card(faulty.url))
        assert run.new == 5
        assert mini.listing(4) not in faulty.asked

    def test_a_redirect_to_the_home_page_is_no_article(
        self, mini: Mini, card: Any, night: Any, settings: Settings
    ) -> None:
        mini.server.paths[mini.path(2)] = plain(b"", "302 Found", Location="/")
        run = night(card(mini.server.url))
        assert (run.new, run.rejected) == (24, 1)
        assert mini.server.url not in urls(settings)

    def test_the_home_page_served_in_its_place_is_no_article(
        self, mini: Mini, card: Any, night: Any, settings: Settings
    ) -> None:
        long = "<p>" + "Cổng thông tin điện tử của huyện. " * 30 + "</p>"
        menu = '<a href="/cai-cach-hanh-chinh">Cải cách hành chính</a>'
        mini.server.paths["/"] = mini.server.paths[mini.path(2)] = plain(
            mini.page("Trang chủ", f"<h1>Cổng</h1>{long}{menu}")
        )
        run = night(card(mini.server.url))
        assert (run.new, run.rejected) == (24, 1)

    def test_a_redirect_off_site_is_not_followed(self, mini: Mini, other: Any, card: Any, night: Any) -> None:
        mini.server.paths[mini.path(2)] = plain(b"", "302 Found", Location=f"{other.url}bai-viet-1.html")
        run = night(card(mini.server.url))
        assert (run.outcome, run.new, run.rejected) == (Outcome.OK, 24, 1)
        assert other.log == []

    def test_a_future_date_is_quarantined(self, mini: Mini, card: Any, night: Any, settings: Settings) -> None:
        future = mini.article(2).replace(b"2025-10-05", b"2099-10-05")
        mini.server.paths[mini.path(2)] = plain(future)
        run = night(card(mini.server.url))
        assert (run.new, run.rejected) == (24, 1)
        with reading(settings) as session:
            assert "2099" in queries.quarantined(session)[0].reason

    def test_a_bug_costs_its_page_alone(
        self, mini: Mini, card: Any, night: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from crawler.families.generic import Generic

        whole = Generic.read

        def read(self: Any, page: Any, hints: Any = ()) -> Any:
            if page.url.endswith(mini.path(3)):
                raise ZeroDivisionError("a bug")
            return whole(self, page, hints)

        monkeypatch.setattr(Generic, "read", read)
        run = night(card(mini.server.url))
        assert (run.outcome, run.new, run.rejected) == (Outcome.OK, 24, 1)

    def test_files_stay_on_the_portals_hosts(
        self, mini: Mini, other: Any, card: Any, night: Any, settings: Settings
    ) -> None:
        other.paths["/kh.txt"] = plain("Nội dung kế hoạch".encode(), Content_Type="text/plain")
        more = (
            f'<div class="attach"><a href="{other.url}kh.txt">Kế hoạch.txt</a> <a href="/own.txt">Phụ lục.txt</a></div>'
        )
        mini.server.paths |= {
            mini.path(0): plain(mini.article(0, more)),
            "/own.txt": plain(b"Phu luc", Content_Type="text/plain"),
        }
        assert night(card(mini.server.url)).attachments == 1
        assert other.log == []
        reasons = shows(settings, "SELECT reason FROM attachment WHERE capture_id IS NULL")
        assert "hosts" in reasons[0].reason
        run = night(card(mini.server.url, hosts=[f"127.0.0.2:{other.port}"]))
        assert run.attachments == 1
        assert other.asked == ["/robots.txt", "/kh.txt"]


class TestNarrowed:
    def test_a_limit_is_kept_and_leaves_nothing_behind(
        self, mini: Mini, card: Any, night: Any, settings: Settings
    ) -> None:
        portal = card(mini.server.url)
        assert night(portal, limit=7).new == 7
        assert mini.listing(2) not in mini.server.asked
        assert night(portal).new == 18

    def test_a_window_is_of_publication(self, mini: Mini, card: Any, night: Any, settings: Settings) -> None:
        portal = card(mini.server.url)
        window = Window(date(2025, 3, 1), date(2025, 6, 30))
        assert night(portal, window=window).new == 4
        days = {str(row.published_on) for row in shows(settings, "SELECT published_on FROM article")}
        assert days == {"2025-03-05", "2025-04-05", "2025-05-05", "2025-06-05"}
        assert night(portal).new == 21


class TestLooks:
    @pytest.fixture
    def due(self, mini: Mini, card: Any, night: Any, settings: Settings) -> Portal:
        """A portal whose every article is due to be looked at again."""
        portal = card(mini.server.url)
        mini.server.paths = {
            path: script
            for path, script in mini.server.paths.items()
            if path not in {mini.path(n) for n in range(3, 25)}
        }
        for page in (1, 2, 3):
            mini.server.paths.pop(mini.listing(page), None)
        mini.count = 3
        mini.server.paths[mini.listing(1)] = plain(mini.list(0))
        assert night(portal).new == 3
        with Store.open(settings) as store, store.engine.begin() as connection:
            connection.execute(text("UPDATE article SET look_again_at = '2020-01-01 00:00:00'"))
        mini.server.log.clear()
        return portal

    def test_a_change_is_a_revision(self, due: Portal, mini: Mini, night: Any, settings: Settings) -> None:
        mini.server.paths[mini.path(1)] = plain(mini.article(1, "<p>Đính chính: số liệu mới.</p>"))
        run = night(due)
        assert (run.outcome, run.new, run.revised, run.unchanged) == (Outcome.OK, 0, 1, 2)
        assert night(due).unchanged == 0, "they are not due any more"

    def test_a_look_knows_the_date_the_lists_state(
        self, due: Portal, mini: Mini, night: Any, settings: Settings
    ) -> None:
        undated = mini.article(1, "<p>Đính chính.</p>").split(b"<time")
        mini.server.paths[mini.path(1)] = plain(undated[0] + undated[1].partition(b"</time>")[2])
        site = mini.server.url[:-1]
        entry = f"<url><loc>{site}{mini.path(1)}</loc><lastmod>2025-11-05T09:30:00+07:00</lastmod></url>"
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        mini.server.paths["/map.xml"] = plain(f"<urlset {space}>{entry}</urlset>".encode(), Content_Type="text/xml")
        mini.server.paths["/robots.txt"] = plain(f"Sitemap: {site}/map.xml".encode(), Content_Type="text/plain")
        assert night(due).revised == 1
        dated = shows(settings, "SELECT published_on FROM article WHERE revisions = 2")
        assert [str(row.published_on) for row in dated] == ["2025-11-05"]

    def test_what_vanished_is_gone_and_may_return(
        self, due: Portal, mini: Mini, night: Any, settings: Settings
    ) -> None:
        del mini.server.paths[mini.path(1)]
        night(due)
        assert shows(settings, "SELECT url FROM article WHERE gone_at IS NOT NULL") == [], "one look is not enough"
        with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
            night(due)
        gone = shows(settings, "SELECT url, gone_reason FROM article WHERE gone_at IS NOT NULL")
        assert [row.url for row in gone] == [mini.server.url + mini.path(1)[1:]]
        assert "404" in gone[0].gone_reason
        mini.server.paths[mini.path(1)] = plain(mini.article(1))
        with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
            night(due)
        assert shows(settings, "SELECT url FROM article WHERE gone_at IS NOT NULL") == [], "a listing names it again"

    def test_a_broken_server_takes_nothing_away(self, due: Portal, mini: Mini, night: Any, settings: Settings) -> None:
        mini.server.paths[mini.path(1)] = plain(b"", "500 Broken")
        night(due)
        assert shows(settings, "SELECT url FROM article WHERE gone_at IS NOT NULL") == []


class TestFleet:
    def test_one_failure_is_its_own(self, mini: Mini, other: Any, card: Any, settings: Settings) -> None:
        other.paths["/robots.txt"] = plain(b"", "403 No")
        good, bad = card(mini.server.url), card(other.url, slug="bad")
        fleet = Fleet([bad, good], settings)
        crawl(fleet)
        assert [one.outcome for one in fleet.summaries] == [Outcome.REFUSED, Outcome.OK]
        assert fleet.done["faulty"].new == 25

    @pytest.mark.parametrize("where", ["_night", "__init__"])
    def test_a_crash_is_its_own_too(
        self, mini: Mini, card: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        from crawler.spider import PortalSpider

        whole = getattr(PortalSpider, where)

        def crash(self: Any, *words: Any, **named: Any) -> Any:
            if self.portal.slug == "bad":
                raise ZeroDivisionError("a bug")
            return whole(self, *words, **named)

        monkeypatch.setattr(PortalSpider, where, crash)
        fleet = Fleet([card("http://127.0.0.9/", slug="bad"), card(mini.server.url)], settings)
        crawl(fleet)
        assert [one.outcome for one in fleet.summaries] == [Outcome.BROKEN, Outcome.OK]
        assert "crawl.log" in fleet.summaries[0].reason
        assert "a bug" in (settings.data / "logs" / "crawl.log").read_text(encoding="utf-8")

    def test_a_portal_crawled_elsewhere_is_skipped(self, mini: Mini, card: Any, night: Any, settings: Settings) -> None:
        with Store.open(settings) as store, store.lock("faulty"):
            run = night(card(mini.server.url))
        assert run.outcome is Outcome.SKIPPED
        assert "another process" in run.reason
        assert mini.server.log == []

    def test_an_interrupted_crawl_goes_on_next_time(
        self, mini: Mini, card: Any, night: Any, settings: Settings
    ) -> None:
        portal = card(mini.server.url)
        fleet = Fleet([portal, card("http://127.0.0.9/", slug="later")], settings)
        whole = mini.server.paths[mini.path(4)]

        def stop(connection: socket.socket, times: int) -> None:
            fleet._spiders()[0].stopping.set()
            fleet.stopped.set()
            whole(connection, times)

        mini.server.paths[mini.path(4)] = stop
        crawl(fleet)
        run = fleet.done["faulty"]
        assert (run.outcome, run.reason, run.new) == (Outcome.PARTIAL, "interrupted", 5)
        assert mini.server.asked[-1] == mini.path(4)
        mini.server.paths[mini.path(4)] = whole
        assert night(portal).new == 20

    def test_a_full_disk_ends_it_clean(self, mini: Mini, card: Any, settings: Settings) -> None:
        fleet = Fleet([card(mini.server.url)], settings.model_copy(update={"disk_floor": 1 << 60}))
        crawl(fleet)
        run = fleet.done["faulty"]
        assert run.outcome is Outcome.PARTIAL
        assert "disk" in run.reason
        assert set(mini.server.asked) <= {"/robots.txt"}

    def test_a_disk_that_fills_up_ends_it_clean(
        self, mini: Mini, card: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        room, there = [1 << 62], shutil.disk_usage(".")._replace
        monkeypatch.setattr(shutil, "disk_usage", lambda _: there(free=room[0]))
        whole = mini.server.paths[mini.path(4)]

        def fill(connection: socket.socket, times: int) -> None:
            room[0] = 0
            time.sleep(1.1)  # it is asked once a second
            whole(connection, times)

        mini.server.paths[mini.path(4)] = fill
        fleet = Fleet([card(mini.server.url)], settings)
        crawl(fleet)
        run = fleet.done["faulty"]
        assert (run.outcome, run.new) == (Outcome.PARTIAL, 5)
        assert "disk" in run.reason
        assert mini.server.asked[-1] == mini.path(4)

    def test_the_log_tells_of_each_portal(self, mini: Mini, other: Any, card: Any, settings: Settings) -> None:
        other.paths["/robots.txt"] = plain(b"", "403 No")
        crawl(Fleet([card(other.url, slug="bad"), card(mini.server.url)], settings))
        written = (settings.data / "logs" / "crawl.log").read_text(encoding="utf-8")
        told = {line["portal"]: line for line in map(json.loads, written.splitlines())}
        assert {slug: (one["event"], one["outcome"], one["new"]) for slug, one in told.items()} == {
            "bad": ("portal crawled", "refused", 0),
            "faulty": ("portal crawled", "ok", 25),
        }
