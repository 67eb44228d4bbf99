"""Each middleware against a real server that does what servers do."""

import gzip
import socket
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest

from archive.records import CaptureKind
from archive.runs import Validators
from config.settings import Settings
from crawler.family import Ask
from crawler.fetch import Answer, Unanswered, ask
from crawler.middlewares.robots import Robots
from crawler.refusals import Disallowed, Foreign, Later, Private

PAGE = b"<!doctype html><title>Trang</title><p>" + b"noi dung " * 500


def plain(body: bytes = b"", status: str = "200 OK", **headers: str) -> Any:
    def answer(connection: socket.socket, _: int) -> None:
        lines = {"Content-Type": "text/html", "Content-Length": str(len(body))}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    return answer


def reset(connection: socket.socket, _: int) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionResetError  # the server then closes its end, which sends the reset


def cut_off(connection: socket.socket, _: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + PAGE[:900])
    connection.shutdown(socket.SHUT_RDWR)


def get(path: str, kind: CaptureKind = CaptureKind.ARTICLE, base: Any = None) -> Callable[[Any], Any]:
    async def work(spider: Any) -> Answer:
        url = path if path.startswith("http") else f"{spider.portal.url}{path.lstrip('/')}"
        return await ask(spider.crawler, Ask(url), kind)

    return work


class TestCapture:
    def test_the_body_is_kept_as_received(self, faulty: Any, card: Any, through: Any) -> None:
        sent = gzip.compress(PAGE)
        faulty.paths["/a"] = plain(sent, Content_Encoding="gzip", X_Odd="ở đây".encode().decode("latin-1"))
        answer = through(card(faulty.url), get("/a"))
        assert answer.body == PAGE
        assert answer.capture.body == sent
        assert answer.capture.header("Content-Encoding") == "gzip"
        assert answer.capture.header("x-odd").encode("latin-1").decode() == "ở đây"
        assert (answer.capture.kind, answer.capture.status, answer.capture.url) == ("article", 200, faulty.url + "a")
        assert answer.capture.fetched_at.tzinfo is not None

    def test_requests_say_who_asks(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(PAGE)
        through(card(faulty.url), get("/a"))
        for _, _, headers in faulty.log:
            assert headers["user-agent"].startswith("Caicach/")
            assert "tests@localhost" in headers["user-agent"]
            assert headers["accept-encoding"] == "gzip, deflate"
            assert "cookie" not in headers

    def test_every_request_is_counted(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths |= {"/a": [plain(b"", "503 No"), plain(b"", "301 Moved", Location="/b")], "/b": plain(PAGE)}

        async def work(spider: Any) -> int:
            await ask(spider.crawler, Ask(f"{faulty.url}a"), CaptureKind.ARTICLE)
            return int(spider.sent)

        assert through(card(faulty.url), work) == len(faulty.log) == 4

    def test_conditions_are_sent(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(b"", "304 Not Modified")

        async def work(spider: Any) -> Answer:
            return await ask(spider.crawler, Ask(f"{faulty.url}a"), CaptureKind.LISTING, Validators('"x"', "Thu"))

        assert through(card(faulty.url), work).status == 304
        assert faulty.log[-1][2]["if-none-match"] == '"x"'
        assert faulty.log[-1][2]["if-modified-since"] == "Thu"


class TestHosts:
    def test_another_host_is_not_asked(self, faulty: Any, other: Any, card: Any, through: Any) -> None:
        with pytest.raises(Foreign, match=r"127\.0\.0\.2"):
            through(card(faulty.url), get(f"{other.url}a"))
        assert other.log == []

    def test_a_redirect_to_another_host_is_not_followed(self, faulty: Any, other: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(b"", "302 Found", Location=f"{other.url}b")
        with pytest.raises(Foreign):
            through(card(faulty.url), get("/a"))
        assert other.log == []

    def test_a_host_of_the_file_is_asked_after_its_robots(
        self, faulty: Any, other: Any, card: Any, through: Any
    ) -> None:
        other.paths["/f.pdf"] = plain(b"%PDF-1.4")
        portal = card(faulty.url, hosts=[f"127.0.0.2:{other.port}"])
        assert through(portal, get(f"{other.url}f.pdf", CaptureKind.ATTACHMENT)).body == b"%PDF-1.4"
        assert other.asked == ["/robots.txt", "/f.pdf"]
        assert faulty.log == []

    def test_private_addresses_need_leave(self, faulty: Any, card: Any, through: Any, settings: Settings) -> None:
        public = settings.model_copy(update={"allow_private": False})
        with pytest.raises(Private, match="CAICACH_ALLOW_PRIVATE"):
            through(card(faulty.url), get("/a"), public)
        assert faulty.log == []

    def test_a_name_that_resolves_to_a_private_address_has_none(
        self, faulty: Any, card: Any, through: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The resolver's own answer decides; here a public name has been pointed at loopback."""
        from crawler.resolver import PublicResolver

        async def lying(self: Any, name: str, port: int) -> list[str]:
            return [host for host in ["127.0.0.1"] if self.allow_private or not host.startswith("127.")]

        monkeypatch.setattr(PublicResolver, "addresses", lying)
        faulty.paths["/a"] = plain(PAGE)
        portal = card(f"http://portal.example.vn:{faulty.port}/", pace={"delay": 1})
        with pytest.raises(Unanswered, match="no public address"):
            through(portal, get("/a"), settings.model_copy(update={"allow_private": False}))
        assert faulty.log == []
        assert through(portal, get("/a"), settings).status == 200


class TestRobots:
    @pytest.mark.parametrize(
        "answer",
        [
            plain(b"", "401 No"),
            plain(b"", "403 Forbidden"),
            plain(b"", "429 Too Many"),
            plain(b"", "500 Broken"),
            plain(b"", "503 Later"),
            plain(b"\xef\xbb\xbf \n<html><title>captcha</title>"),
        ],
    )
    def test_no_clear_answer_means_later(self, faulty: Any, card: Any, through: Any, answer: Any) -> None:
        faulty.paths |= {"/robots.txt": answer, "/a": plain(PAGE)}
        with pytest.raises(Later, match=r"robots\.txt"):
            through(card(faulty.url), get("/a"))
        assert "/a" not in faulty.asked

    @pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "400 Bad Request", "406 No"])
    def test_no_file_means_no_rules(self, faulty: Any, card: Any, through: Any, status: str) -> None:
        faulty.paths |= {"/robots.txt": plain(b"<html>nothing", status), "/a": plain(PAGE)}
        assert through(card(faulty.url), get("/a")).status == 200

    def test_rules_hold_for_redirects_too(self, faulty: Any, card: Any, through: Any) -> None:
        rules = b"User-agent: *\nDisallow: /admin/\n\nUser-agent: caicach\nDisallow: /kin/\nSitemap: /s.xml\n"
        faulty.paths |= {
            "/robots.txt": plain(rules, Content_Type="text/plain"),
            "/a": plain(b"", "301 M", Location="/kin/b"),
        }
        with pytest.raises(Disallowed, match="/kin/b"):
            through(card(faulty.url), get("/a"))
        assert faulty.asked == ["/robots.txt", "/a"]

    def test_the_file_is_asked_once_and_kept(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths |= {"/robots.txt": plain(b"User-agent: *\nAllow: /\n"), "/a": plain(PAGE), "/b": plain(PAGE)}

        async def work(spider: Any) -> Any:
            for path in "ab":
                await ask(spider.crawler, Ask(faulty.url + path), CaptureKind.ARTICLE)
            return spider.crawler.get_downloader_middleware(Robots).heard

        heard = through(card(faulty.url), work)
        assert faulty.asked == ["/robots.txt", "/a", "/b"]
        assert [(one.kind, one.body) for one in heard] == [("robots", b"User-agent: *\nAllow: /\n")]


class TestPace:
    def test_requests_keep_their_distance(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths |= {f"/{n}": plain(PAGE) for n in range(4)}

        async def work(spider: Any) -> None:
            for n in range(4):
                await ask(spider.crawler, Ask(f"{faulty.url}{n}"), CaptureKind.ARTICLE)

        through(card(faulty.url, pace={"delay": 0.2}), work)
        times = [at for at, _, _ in faulty.log]
        assert min(b - a for a, b in pairwise(times)) > 0.15

    def test_crawl_delay_lengthens_the_pace(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths |= {
            "/robots.txt": plain(b"User-agent: *\nCrawl-delay: 0.4\n"),
            "/a": plain(PAGE),
            "/b": plain(PAGE),
        }

        async def work(spider: Any) -> None:
            for path in "ab":
                await ask(spider.crawler, Ask(faulty.url + path), CaptureKind.ARTICLE)

        through(card(faulty.url), work)
        assert faulty.log[2][0] - faulty.log[1][0] > 0.35


class TestRetry:
    def test_a_retry_after_holds_the_whole_host(self, faulty: Any, card: Any, through: Any) -> None:
        import asyncio

        faulty.paths["/busy"] = [plain(b"", "429 Too Many", Retry_After="1"), plain(PAGE)]
        faulty.paths |= {f"/{n}": plain(PAGE) for n in range(6)}

        async def work(spider: Any) -> list[int]:
            await ask(spider.crawler, Ask(f"{faulty.url}0"), CaptureKind.ARTICLE)
            asks = [ask(spider.crawler, Ask(f"{faulty.url}busy"), CaptureKind.ARTICLE)]

            async def afterwards(n: int) -> Any:
                await asyncio.sleep(0.1 * n)
                return await ask(spider.crawler, Ask(f"{faulty.url}{n}"), CaptureKind.ARTICLE)

            answers = await asyncio.gather(*asks, *(afterwards(n) for n in range(1, 6)))
            return [answer.status for answer in answers]

        portal = card(faulty.url, pace={"delay": 0, "concurrency": 4})
        assert through(portal, work) == [200] * 6
        refused = next(at for at, path, _ in faulty.log if path == "/busy")
        assert [path for at, path, _ in faulty.log if refused < at < refused + 0.95] == []

    @pytest.mark.parametrize(
        "value",
        ["91", "3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)],
        ids=["seconds", "an hour", "a date"],
    )
    def test_a_longer_one_is_not_waited_out(self, faulty: Any, card: Any, through: Any, value: str) -> None:
        faulty.paths["/a"] = plain(b"", "429 Too Many", Retry_After=value)
        assert through(card(faulty.url), get("/a")).status == 429
        assert faulty.asked.count("/a") == 1

    def test_a_429_without_a_time_is_not_asked_again(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(b"", "429 Too Many")
        assert through(card(faulty.url), get("/a")).status == 429
        assert faulty.asked.count("/a") == 1

    @pytest.mark.parametrize("fault", [plain(b"", "500 Broken"), plain(b"", "502 Bad"), reset, cut_off])
    def test_a_fault_of_the_moment_is_asked_again(self, faulty: Any, card: Any, through: Any, fault: Any) -> None:
        faulty.paths["/a"] = [fault, fault, plain(PAGE)]
        assert through(card(faulty.url), get("/a")).body == PAGE
        assert faulty.asked.count("/a") == 3

    def test_half_of_a_packed_page_is_asked_again(self, faulty: Any, card: Any, through: Any) -> None:
        """Its length is what the header says, so only the packing tells."""
        packed = gzip.compress(PAGE + bytes(range(256)) * 40)
        faulty.paths["/a"] = plain(packed[: len(packed) // 2], Content_Encoding="gzip")
        with pytest.raises(Unanswered, match="cut off"):
            through(card(faulty.url), get("/a"))
        assert faulty.asked.count("/a") == 3

    @pytest.mark.parametrize(("fault", "why"), [(reset, "failed"), (cut_off, "cut off")])
    def test_three_tries_are_all(self, faulty: Any, card: Any, through: Any, fault: Any, why: str) -> None:
        faulty.paths["/a"] = fault
        with pytest.raises(Unanswered, match=why) as raised:
            through(card(faulty.url), get("/a"))
        assert raised.value.fault
        stale = fault is reset  # Twisted asks once more when a kept connection turns out to be closed
        assert faulty.asked.count("/a") - stale == 3

    def test_a_closed_port_is_unanswered(self, card: Any, through: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with pytest.raises(Unanswered, match="refused"):
            through(card(f"http://127.0.0.1:{port}/"), get("/a", CaptureKind.ROBOTS))


class TestLimits:
    def test_a_response_has_its_time_in_all(
        self, faulty: Any, card: Any, through: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A byte now and then does not keep a response alive; the limit is shortened from 30 seconds."""
        monkeypatch.setattr("crawler.fetch.PAGE_SECONDS", 0.5)

        def drip(connection: socket.socket, _: int) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
            for _ in range(60):
                connection.sendall(b"x")
                time.sleep(0.1)

        faulty.paths["/a"] = drip
        with pytest.raises(Unanswered, match="no whole answer"):
            through(card(faulty.url), get("/a"))
        assert faulty.asked.count("/a") == 3

    def test_what_is_too_large_is_left(
        self, faulty: Any, card: Any, through: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(__import__("crawler.fetch").fetch.BYTES, CaptureKind.ARTICLE, 10_000)
        faulty.paths["/a"] = plain(b"x" * 20_000)
        with pytest.raises(Unanswered, match="larger than") as raised:
            through(card(faulty.url), get("/a"))
        assert not raised.value.fault
        assert faulty.asked.count("/a") == 1

    def test_a_gzip_bomb_is_bounded(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(gzip.compress(b"\0" * 200_000_000, 9), Content_Encoding="gzip")
        with pytest.raises(Unanswered, match="larger than"):
            through(card(faulty.url), get("/a"))
        assert faulty.asked.count("/a") == 1

    def test_broken_compression_is_unanswered(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(b"no gzip at all", Content_Encoding="gzip")
        with pytest.raises(Unanswered):
            through(card(faulty.url), get("/a"))

    def test_redirects_end(self, faulty: Any, card: Any, through: Any) -> None:
        faulty.paths["/a"] = plain(b"", "302 Found", Location="/a")
        with pytest.raises(Unanswered):
            through(card(faulty.url), get("/a"))
        assert faulty.asked.count("/a") == 6
