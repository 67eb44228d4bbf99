"""What portals see of a night: one request at a time, at the pace, only what robots.txt allows."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest

from archive.runs import Outcome, RunSummary
from config.portal import Portal, load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.middlewares.pace import LEASE, HostPace, pace_of
from crawler.run import crawl

DELAY = 0.15
CLOCKS = 0.01
"""Seconds by which the farm's clock and the pace's may part in a night of a test."""
FILES = 4
PAGE = "<!doctype html><html><head><title>{0}</title></head><body><main>{1}</main></body></html>"


@dataclass
class Media:
    """A host of files: slow, and it notes when each request came and when its answer had gone."""

    url: str = ""
    spans: list[tuple[float, float]] = field(default_factory=list)


def serve(host: str, answer: Callable[[str], tuple[str, bytes]]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = answer(self.path)
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def media() -> Iterator[Media]:
    found = Media()

    def file(path: str) -> tuple[str, bytes]:
        if path == "/robots.txt":
            return "", b""
        began = time.monotonic()
        time.sleep(0.05)
        found.spans.append((began, time.monotonic()))
        return "text/plain", f"Kế hoạch {path}".encode()

    server = serve("127.0.0.3", file)
    found.url = f"http://127.0.0.3:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


def portal_with_files(media: Media, name: str) -> Callable[[str], tuple[str, bytes]]:
    """A portal whose articles attach files of the media host."""

    def page(title: str, body: str) -> tuple[str, bytes]:
        return "text/html; charset=utf-8", PAGE.format(title, body).encode()

    def answer(path: str) -> tuple[str, bytes]:
        titles = {f"/tin/ke-hoach-cai-cach-hanh-chinh-{n}.html": f"Kế hoạch cải cách hành chính {name} số {n}"
                  for n in range(101, 101 + FILES)}  # fmt: skip
        if path in titles:
            link = f'<p><a href="{media.url}/{name}{path.replace(".html", ".txt")}">Kế hoạch.txt</a></p>'
            text = f"<p>UBND {name} ban hành kế hoạch cải cách hành chính. {'Nội dung cần làm. ' * 20}</p>{link}"
            head = f'<h1>{titles[path]}</h1><time datetime="2025-03-05T08:00:00+07:00">05/03/2025</time>'
            return page(titles[path], f'<article>{head}<div class="entry-content">{text}</div></article>')
        if path == "/cai-cach-hanh-chinh":
            items = "".join(f'<h3><a href="{url}">{title}</a></h3>' for url, title in titles.items())
            return page("Cải cách hành chính", f"<h1>Cải cách hành chính</h1>{items}")
        if path == "/":
            return page("Trang chủ", '<a href="/cai-cach-hanh-chinh">Cải cách hành chính</a>')
        return "", b""

    return answer


def test_portals_that_share_a_host_ask_it_one_after_the_other(media: Media, tmp_path: Path) -> None:
    servers = {name: serve("127.0.0.1", portal_with_files(media, name)) for name in ("mot", "hai", "ba")}
    portals = [
        Portal.model_validate({
            "slug": name, "name": f"Cổng {name}", "level": "province", "province": "Quảng Nam",
            "url": f"http://127.0.0.1:{server.server_port}/", "pace": {"delay": 0},
            "hosts": [media.url.removeprefix("http://")],
        })
        for name, server in servers.items()
    ]  # fmt: skip
    fleet = Fleet(portals, Settings(data=tmp_path / "data", allow_private=True, contact="tests@localhost"))
    crawl(fleet)
    for server in servers.values():
        server.shutdown()
        server.server_close()
    assert [(run.outcome, run.new, run.attachments) for run in fleet.done.values()] == 3 * [(Outcome.OK, FILES, FILES)]
    assert len(media.spans) == 3 * FILES
    assert [pair for pair in pairwise(sorted(media.spans)) if pair[1][0] < pair[0][1]] == []


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> dict[HostPace, list[float]]:
    """When each host was given to a request: what a busy machine sends late was not given late."""
    given: dict[HostPace, list[float]] = defaultdict(list)
    turn, since = HostPace.turn, time.time() - time.monotonic()

    async def noted(pace: HostPace, delay: float, stopping: asyncio.Event, most: int = 1) -> float:
        lease = await turn(pace, delay, stopping, most)
        given[pace].append(since + lease - LEASE)
        return lease

    monkeypatch.setattr(HostPace, "turn", noted)
    return given


def test_the_access_log_of_a_night_shows_pace_and_obedience(tmp_path: Path, turns: dict[HostPace, list[float]]) -> None:
    """Each host at its pace; a short Retry-After holds the whole host, a long one puts off, robots.txt decides."""
    settings = Settings(data=tmp_path / "data", portals=tmp_path / "p", allow_private=True, contact="tests@localhost")
    with Farm(4, articles=3, copies=0, families=("nukeviet", "vhv", "tandan", "generic", "aspnews"), portals=5) as farm:
        farm.write_portals(settings.portals)
        for path in settings.portals.glob("*.toml"):
            path.write_text(path.read_text("utf-8").replace("delay = 0\n", f"delay = {DELAY}\n"), "utf-8")
        waits, later, forbidden, blocked, _ = (portal.slug for portal in farm.portals)
        farm.fault(waits, "status", status=429, count=1, of=4, retry_after=2)
        farm.fault(later, "status", status=429, retry_after=3600)
        farm.fault(forbidden, "forbidden")
        farm.fault(blocked, "robots_status", status=503)
        began = time.monotonic()
        runs = crawled(settings)
        lasted = time.monotonic() - began
    asked: dict[str, list[tuple[float, str, int]]] = defaultdict(list)
    for one in farm.log:
        asked[one.portal].append((one.time, one.path, one.status))
    assert asked.keys() == {portal.slug for portal in farm.portals}
    for portal in farm.portals:
        visits, given = asked[portal.slug], turns[pace_of(portal.url)]
        assert visits[0][1] == "/robots.txt"
        assert len(given) == len(visits), "nothing is asked out of turn"
        assert all(b - a > DELAY - 1e-6 for a, b in pairwise(given))
        assert all(came > turn - CLOCKS for (came, _, _), turn in zip(visits, given, strict=True)), (
            "none before its turn"
        )
    assert {status for _, _, status in asked[waits]} >= {200, 429}
    assert all(b[0] - a[0] > 1.8 for a, b in pairwise(asked[waits]) if a[2] == 429)
    assert runs[waits].outcome is Outcome.OK
    assert runs[later].outcome is Outcome.BLOCKED
    assert [path for _, path, _ in asked[later]] == ["/robots.txt", "/"]
    assert lasted < 60, "an hour is not waited out"
    assert {path for slug in (forbidden, blocked) for _, path, _ in asked[slug]} == {"/robots.txt"}
    assert [runs[slug].outcome for slug in (forbidden, blocked)] == [Outcome.REFUSED, Outcome.REFUSED]


def crawled(settings: Settings) -> dict[str, RunSummary]:
    fleet = Fleet(list(load(settings.portals).values()), settings)
    crawl(fleet)
    return fleet.done


def test_a_lease_that_is_never_handed_back_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that was cut off with its portal's crawl holds its host no longer than a response may take."""
    monkeypatch.setattr("crawler.middlewares.pace.LEASE", 0.1)

    async def twice() -> float:
        pace, never = pace_of("http://lease.invalid/"), asyncio.Event()
        began = time.monotonic()
        await pace.turn(0, never)
        await pace.turn(0, never)
        return time.monotonic() - began

    assert 0.1 <= asyncio.run(twice()) < 2
