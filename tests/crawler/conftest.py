"""A loopback server that misbehaves on purpose, and requests sent to it through the crawler's own middlewares."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.portal import Portal
from config.settings import Settings

Script = Callable[[socket.socket, int], None]


def plain(body: bytes = b"", status: str = "200 OK", **headers: str) -> Script:
    """A whole answer."""

    def answer(connection: socket.socket, _: int) -> None:
        lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return answer


@dataclass
class Faulty:
    """What stands at each path; a list gives one answer after the other, the last one for good."""

    host: str = "127.0.0.1"
    paths: dict[str, Script | list[Script]] = field(default_factory=dict)
    log: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    @property
    def asked(self) -> list[str]:
        return [path for _, path, _ in self.log]

    def start(self) -> None:
        self._server = socket.create_server((self.host, self.port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader:
            try:
                while self._answer(connection, reader):
                    pass
            except OSError:
                return

    def _answer(self, connection: socket.socket, reader: Any) -> bool:
        words = reader.readline().split()
        if len(words) < 2:
            return False
        path = words[1].decode()
        headers: dict[str, str] = {}
        while line := reader.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        times = self.asked.count(path)
        self.log.append((time.monotonic(), path, headers))
        script = self.paths.get(path, plain(b"nothing here", "404 Not Found"))
        script = script[min(times, len(script) - 1)] if isinstance(script, list) else script
        script(connection, times)
        return True


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    server = Faulty(paths={"/robots.txt": plain(b"", "404 Not Found")})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def other() -> Iterator[Faulty]:
    """A second host: 127.0.0.2."""
    server = Faulty("127.0.0.2", {"/robots.txt": plain(b"", "404 Not Found")})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", allow_private=True, contact="tests@localhost")


@pytest.fixture
def card() -> Callable[..., Portal]:
    """A portal at an address, asked without pause unless told."""

    def make(url: str, **keys: Any) -> Portal:
        base = {
            "slug": "faulty",
            "name": "Cổng thử",
            "level": "province",
            "province": "Quảng Nam",
            "pace": {"delay": 0},
        }
        return Portal.model_validate({**base, "url": url, **keys})

    return make


@pytest.fixture
def through(settings: Settings) -> Callable[..., Any]:
    """`through(portal, work)` runs `await work(spider)` inside a crawler with all its middlewares."""

    def run(portal: Portal, work: Callable[[Any], Awaitable[Any]], own: Settings | None = None) -> Any:
        from scrapy.crawler import AsyncCrawlerRunner

        from crawler import run as running
        from crawler.loader import spider_class

        results: list[Any] = []

        async def start(self: Any) -> Any:
            try:
                results.append(await work(self))
            except Exception as error:
                results.append(error)
            for nothing in ():
                yield nothing

        loop = running.event_loop(own or settings)
        spider = type("Probe", (spider_class(portal, own or settings),), {"start": start})

        async def crawl() -> None:
            await asyncio.wait_for(AsyncCrawlerRunner(running.crawler_settings()).crawl(spider), 60)

        loop.run_until_complete(crawl())
        if isinstance(results[0], Exception):
            raise results[0]
        return results[0]

    return run
