"""A proxy gets every request, resolves the portal's name itself, and leaves no password anywhere."""

import base64
import socket
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from crawler.fetch import Unanswered, ask
from crawler.refusals import Private
from crawler.resolver import PublicResolver
from crawler.run import Fleet, crawl
from tests.crawler.test_nights import Mini, plain


class Proxied(Mini):
    """The same portal, asked by whole addresses: what a proxy is asked."""

    base = "http://portal.example.vn"

    def __init__(self, server: Any) -> None:
        super().__init__(server, count=3)
        server.paths |= {f"{self.base}{path}": script for path, script in list(server.paths.items())}


@pytest.fixture
def behind(settings: Settings, faulty: Any) -> Settings:
    """A public crawl behind a proxy that stands on loopback."""
    proxy = f"http://night:s3cret@127.0.0.1:{faulty.port}"
    return settings.model_copy(update={"allow_private": False, "proxy": proxy})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public host is asked every second at most: the test does not wait that long."""
    monkeypatch.setattr("crawler.middlewares.pace.HostPace.turn", _at_once)


async def _at_once(*_: Any) -> float:
    return 0.0


@pytest.mark.usefixtures("quick")
def test_a_whole_night_goes_through_it(faulty: Any, card: Any, behind: Settings) -> None:
    Proxied(faulty)
    fleet = Fleet([card("http://portal.example.vn/", pace={"delay": 1})], behind)
    crawl(fleet)
    assert (fleet.done["faulty"].outcome, fleet.done["faulty"].new) == ("ok", 3)
    assert all(path.startswith("http://portal.example.vn/") for path in faulty.asked)
    told = f"Basic {base64.b64encode(b'night:s3cret').decode()}"
    assert {headers["proxy-authorization"] for _, _, headers in faulty.log} == {told}
    kept = b"".join(path.read_bytes() for path in behind.data.rglob("*") if path.is_file())
    assert b"s3cret" not in kept
    assert told.encode() not in kept


def test_https_goes_through_a_tunnel(faulty: Any, card: Any, through: Any, behind: Settings) -> None:
    def refused(connection: socket.socket, _: int) -> None:
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    faulty.paths["portal.example.vn:443"] = refused

    async def work(spider: Any) -> Any:
        return await ask(spider.crawler, _ask("https://portal.example.vn/a"), _kind())

    with pytest.raises(Unanswered) as failed:
        through(card("https://portal.example.vn/", pace={"delay": 1}), work, behind)
    assert set(faulty.asked) == {"portal.example.vn:443"}
    assert "s3cret" not in str(failed.value)


def test_a_private_address_is_not_asked_of_it(faulty: Any, card: Any, through: Any, behind: Settings) -> None:
    async def work(spider: Any) -> Any:
        return await ask(spider.crawler, _ask("http://10.1.2.3/a"), _kind())

    with pytest.raises(Private):
        through(card("http://10.1.2.3/"), work, behind)
    assert faulty.log == []


@pytest.mark.parametrize(("proxy", "found"), [("http://localhost:3128", ["127.0.0.1"]), ("", [])])
def test_its_own_name_may_be_private(tmp_path: Path, proxy: str, found: list[str]) -> None:
    import asyncio

    resolver = PublicResolver.of(Settings(data=tmp_path, proxy=proxy), None)
    hosts = asyncio.run(resolver.addresses("localhost", 3128))
    assert [host for host in hosts if host != "::1"] == found


def _ask(url: str) -> Any:
    from crawler.family import Ask

    return Ask(url)


def _kind() -> Any:
    from archive.records import CaptureKind

    return CaptureKind.ARTICLE


def test_a_proxy_that_is_down_is_said(card: Any, through: Any, behind: Settings) -> None:
    async def work(spider: Any) -> Any:
        return await ask(spider.crawler, _ask("http://portal.example.vn/a"), _kind())

    gone = behind.model_copy(update={"proxy": "http://127.0.0.1:1"})
    with pytest.raises(Unanswered, match="refused"):
        through(card("http://portal.example.vn/", pace={"delay": 1}), work, gone)


def test_plain_is_an_answer_of_the_proxy(faulty: Any, card: Any, through: Any, behind: Settings) -> None:
    faulty.paths["http://portal.example.vn/robots.txt"] = plain(b"", "404 Not Found")
    faulty.paths["http://portal.example.vn/a"] = plain(b"<html>a</html>")

    async def work(spider: Any) -> Any:
        return await ask(spider.crawler, _ask("http://portal.example.vn/a"), _kind())

    assert through(card("http://portal.example.vn/", pace={"delay": 1}), work, behind).status == 200
