"""The log: structlog renders what Python's logging is told, for a person on a terminal and as JSON elsewhere.

Libraries and our own modules say things to `logging`, facts of an event as `extra`; everything passes here. No secret
of the settings leaves, nor the password of an address.
"""

import logging
import os
import re
import sys
from collections.abc import Collection, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import unquote, urlsplit

import structlog
from structlog.processors import JSONRenderer, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

from config.settings import Settings

VIETNAM = timezone(timedelta(hours=7))
FILE_BYTES = 10_000_000
FILES = 3
"""Older files that are kept beside the one that is written."""
HIDDEN = "***"
LEAST = 4
"""A secret of fewer letters is not looked for: it would be found everywhere."""
USERINFO = re.compile(r"(\w://[^/\s:@]*):[^/\s@]+@")
TELLING = re.compile(r"passw|secret|token|authorization|cookie|api_?key|search_key", re.IGNORECASE)
"""Names whose values are never told."""
Event = MutableMapping[str, Any]


def secrets(settings: Settings) -> frozenset[str]:
    """What must stand in no log: keys, passwords, and the part of a webhook's address that opens it."""
    addresses = (settings.database_url, settings.proxy, settings.smtp_url)
    passwords = [urlsplit(address).password or "" for address in addresses]
    hook = urlsplit(settings.webhook_url)
    said = [settings.search_key, settings.smtp_password, settings.webhook_secret, *passwords]
    said += [hook.password or "", hook.path.strip("/"), hook.query]
    return frozenset(word for one in said for word in (one, unquote(one)) if len(word) >= LEAST)


class Discreet:
    """Takes secrets out of an event, wherever they stand in it."""

    def __init__(self, words: Collection[str]) -> None:
        longest = sorted(words, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest))) if longest else None

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        return {name: HIDDEN if TELLING.search(name) else self.hidden(value) for name, value in event.items()}

    def hidden(self, value: Any) -> Any:
        """The value without secrets; what is neither text nor made of it stays."""
        if isinstance(value, dict):
            return dict(self(None, "", value))
        if isinstance(value, list | tuple):
            return [self.hidden(one) for one in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        text = USERINFO.sub(rf"\1:{HIDDEN}@", str(value))
        return self._words.sub(HIDDEN, text) if self._words else text


def _stamped(_logger: object, _method: str, event: Event) -> Event:
    """When it was said, not when it is written: a formatter may come to it later."""
    at = datetime.fromtimestamp(event["_record"].created, VIETNAM)
    return {"time": at.isoformat(timespec="milliseconds"), **event}


def _ordered(_logger: object, _method: str, event: Event) -> Event:
    """Time, level and event first, what failed last."""
    first = [name for name in ("time", "level", "event", "logger") if name in event]
    last = [name for name in ("exception",) if name in event]
    between = [name for name in event if name not in {*first, *last}]
    return {name: event[name] for name in (*first, *between, *last)}


def formatter(settings: Settings, *, terminal: bool) -> logging.Formatter:
    """How the settings want the log: `auto` is text on a terminal and JSON elsewhere."""
    text = settings.log_format == "text" or (settings.log_format == "auto" and terminal)
    console = structlog.dev.ConsoleRenderer(
        colors=terminal,
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
        sort_keys=False,
        pad_event_to=0,
    )
    render: Any = console if text else JSONRenderer(ensure_ascii=False, default=str)
    chain: list[Any] = [structlog.contextvars.merge_contextvars, add_log_level, add_logger_name, ExtraAdder(), _stamped]
    return ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[
            ProcessorFormatter.remove_processors_meta,
            format_exc_info,
            Discreet(secrets(settings)),
            _ordered,
            render,
        ],
    )


class SharedFile(RotatingFileHandler):
    """A file that several processes write: one that another has begun anew is opened again, not turned over twice."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802  # logging's own word
        """Whether the file is full, looked at as it lies there now."""
        if self.stream is not None and not _lies_at(self.baseFilename, self.stream):
            self.stream.close()
            self.stream = self._open()
        return bool(super().shouldRollover(record))


def _lies_at(name: str, opened: TextIO) -> bool:
    """Whether an open file is the one that lies there."""
    try:
        return os.path.samestat(os.fstat(opened.fileno()), os.stat(name))  # noqa: PTH116 # one look each
    except FileNotFoundError:
        return False


@contextmanager
def into_file(path: Path, settings: Settings) -> Iterator[None]:
    """Log into a file that is begun anew at 10 MB, until the end of the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = SharedFile(path, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8", delay=True)
    with _handled(handler, settings, terminal=False):
        yield


@contextmanager
def to_stderr(settings: Settings, stream: TextIO | None = None) -> Iterator[None]:
    """Log to stderr until the end of the block: what stays and serves has no other screen."""
    out = stream or sys.stderr
    with _handled(logging.StreamHandler(out), settings, terminal=out.isatty()):
        yield


@contextmanager
def _handled(handler: logging.Handler, settings: Settings, *, terminal: bool) -> Iterator[None]:
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    handler.setFormatter(formatter(settings, terminal=terminal))
    handler.setLevel(level)
    handler.addFilter(_worth)
    root = logging.getLogger()
    before = root.level
    root.setLevel(min(level, before or level))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


OURS = ("archive", "config", "crawler", "search", "caicach")


def _worth(record: logging.LogRecord) -> bool:
    """Of libraries only warnings: their news is about themselves."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def about(**facts: Any) -> None:
    """Tell these facts with all that is logged from here on in this task: the portal, the run."""
    structlog.contextvars.bind_contextvars(**facts)
