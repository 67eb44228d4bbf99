"""The log: JSON in a pipe, a readable line on a terminal, everybody's words, nobody's secrets."""

import asyncio
import io
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import logs
from config.settings import Settings

LOG = logging.getLogger("crawler.night")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_pipe_gets_one_json_object_a_line() -> None:
    stream = io.StringIO()
    with logs.to_stderr(Settings(), stream):
        LOG.info("portal crawled", extra={"portal": "queson", "new": 3, "reason": "không có gì mới"})
        logging.getLogger("scrapy.core").warning("%s is slow", "x")
    first, second = lines(stream)
    assert (first["event"], first["level"], first["portal"], first["new"]) == ("portal crawled", "info", "queson", 3)
    assert first["reason"] == "không có gì mới"
    assert list(first)[:4] == ["time", "level", "event", "logger"]
    assert (second["event"], second["logger"]) == ("x is slow", "scrapy.core")


@pytest.mark.parametrize("terminal", [False, True])
def test_the_time_is_when_it_was_said_in_vietnam(terminal: bool) -> None:
    record = LOG.makeRecord(LOG.name, logging.INFO, "x.py", 1, "portal crawled", (), None)
    record.created = datetime(2026, 1, 5, 17, 30, 15, 250_000, tzinfo=UTC).timestamp()
    said = logs.formatter(Settings(), terminal=terminal).format(record)
    written = said.split()[0] if terminal else json.loads(said)["time"]
    assert "2026-01-06T00:30:15.250+07:00" in written


def test_a_terminal_gets_a_line_to_read() -> None:
    stream = Terminal()
    with logs.to_stderr(Settings(), stream):
        LOG.warning("portal crawled", extra={"portal": "queson"})
    assert "portal crawled" in stream.getvalue()
    assert "queson" in stream.getvalue()
    assert "{" not in stream.getvalue()


@pytest.mark.parametrize(("wanted", "stream"), [("json", Terminal()), ("text", io.StringIO())])
def test_the_setting_decides(wanted: Any, stream: io.StringIO) -> None:
    with logs.to_stderr(Settings(log_format=wanted), stream):
        LOG.warning("seen")
    assert stream.getvalue().startswith("{") == (wanted == "json")


def test_a_fault_is_told_without_the_values_of_its_variables() -> None:
    stream = io.StringIO()
    hidden = "s3cret-in-a-variable"
    with logs.to_stderr(Settings(), stream):
        try:
            raise ValueError("not one" if hidden else "")
        except ValueError:
            LOG.exception("portal %s", "queson")
    (line,) = lines(stream)
    assert "ValueError: not one" in line["exception"]
    assert list(line)[-1] == "exception"
    assert hidden not in stream.getvalue()


def test_no_secret_is_told_wherever_it_stands() -> None:
    settings = Settings(
        search_key="k3y-of-search",
        database_url="postgresql+psycopg://u:p%40ss-word@127.0.0.1/x",
        smtp_url="smtps://u@127.0.0.1",
        smtp_password="mail-pass",
        webhook_url="https://hooks.example.vn/T0/B1/opens-it",
        proxy="http://u:proxy-pass@127.0.0.1:3128",
    )
    stream = io.StringIO()
    with logs.to_stderr(settings, stream):
        for word in ("k3y-of-search", "p%40ss-word", "p@ss-word", "mail-pass", "T0/B1/opens-it", "proxy-pass"):
            LOG.warning("it said %s", word, extra={"deep": {"list": [word]}})
        LOG.warning("asked http://a:other@127.0.0.1/", extra={"password": "x", "Authorization": "Basic eDp5"})
        try:
            raise ConnectionError("cannot connect as u:mail-pass")
        except ConnectionError:
            LOG.exception("mail")
    told = stream.getvalue()
    for word in (*logs.secrets(settings), ":other@", "eDp5"):
        assert word not in told
    assert lines(stream)[-2]["event"] == "asked http://a:***@127.0.0.1/"


def test_libraries_are_heard_when_they_warn_and_we_at_the_level_set() -> None:
    stream = io.StringIO()
    with logs.to_stderr(Settings(log_level="debug"), stream):
        logging.getLogger("scrapy").info("opened")
        LOG.debug("deep")
    assert [one["event"] for one in lines(stream)] == ["deep"]
    with logs.to_stderr(Settings(log_level="error"), stream):
        LOG.warning("not told")
    assert len(lines(stream)) == 1


def test_the_file_is_json_and_is_let_go(tmp_path: Path) -> None:
    before = logging.getLogger().handlers[:]
    with logs.into_file(tmp_path / "logs" / "crawl.log", Settings()):
        LOG.info("seen")
    assert json.loads((tmp_path / "logs" / "crawl.log").read_text())["event"] == "seen"
    assert logging.getLogger().handlers == before


def test_processes_that_share_a_file_turn_it_over_once(tmp_path: Path) -> None:
    path = tmp_path / "crawl.log"
    both = [logs.SharedFile(path, maxBytes=2_000, backupCount=9, encoding="utf-8", delay=True) for _ in range(2)]
    said = [f"{number:03} {'x' * 60}" for number in range(200)]
    for number, line in enumerate(said):
        both[number % 40 == 7].handle(logging.LogRecord("crawler", logging.INFO, "", 0, line, None, None))
    for one in both:
        one.close()
    newest, *older = sorted(tmp_path.glob("crawl.log*"))
    assert sorted(line for file in (newest, *older) for line in file.read_text().splitlines()) == said
    assert {file.stat().st_size for file in older} == {1_950}, "none was turned over before it was full"


def test_facts_of_a_task_are_told_with_all_it_says_and_with_nothing_else() -> None:
    stream = io.StringIO()

    async def portal(slug: str) -> None:
        logs.about(portal=slug)
        await asyncio.sleep(0)
        LOG.warning("said")

    async def both() -> None:
        await asyncio.gather(portal("a"), portal("b"))

    with logs.to_stderr(Settings(), stream):
        asyncio.run(both())
        LOG.warning("after")
    assert [one.get("portal") for one in lines(stream)] == ["a", "b", None]
