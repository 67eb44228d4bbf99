"""Talks to a Meilisearch server by its official client: patiently, and telling no secret.

What may pass (no answer, 429, 5xx, a full disk) is tried again with growing pauses; then one line says what failed.

UserError
├── ServerError          the server does not answer, is overloaded, full, or failed a task
├── SettingError         its address is wrong; RefusedKeyError: its key
└── UnusableIndexError   it has no such index
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import meilisearch
import requests
from meilisearch._httprequests import HttpRequests
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchError
from meilisearch.errors import MeilisearchTimeoutError as TimedOut

from config.errors import SettingError, UserError
from search.engine import UnusableIndexError

TIMEOUT = 60
"""Seconds for one answer; tasks are waited for by short questions."""
READS, WRITES = 4, 8
"""How often a question and a change are tried."""
LONGEST_TASK = 6 * 3600
"""Seconds until a task that neither succeeds nor fails is given up; the next sync does its work again."""
UNSUPPORTED = 415
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
_FULL = frozenset({"no_space_left_on_device", "database_size_limit_reached", "max_database_size_reached"})
_TASK_MAY_PASS = _FULL | {"internal", "io_error", "too_many_open_files", "task_canceled"}
Answer = TypeVar("Answer")


class ServerError(UserError):
    """The search server does not answer, is overloaded, full, or failed a task; nothing is lost, try again."""


class RefusedKeyError(SettingError):
    """The key is unknown, or may not do what was asked."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How long to wait before another try, in seconds: doubled each time up to the longest."""

    first: float = 0.25
    longest: float = 15.0

    def after(self, tries: int) -> float:
        """The pause after so many tries."""
        return min(self.longest, self.first * float(2 ** (tries - 1)))


class _TaskFailedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Kept(HttpRequests):
    """The client's requests over connections that are kept: its own make one, with all of TLS, for each request."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._session = requests.Session()

    def send_request(self, http_method: Callable[..., Any], *told: Any, **more: Any) -> Any:
        return super().send_request(getattr(self._session, http_method.__name__), *told, **more)


class _Client(meilisearch.Client):
    """The official client for one thread; a request's headers are kept in it, so threads cannot share it."""

    def __init__(self, url: str, key: str | None, timeout: int) -> None:
        super().__init__(url, key, timeout=timeout)
        self.http = self.task_handler.http = _Kept(self.config)

    def index(self, uid: str) -> Any:
        found = super().index(uid)
        found.http = self.http
        return found


class Server:
    """A server and one key for it; may be shared by threads."""

    def __init__(self, url: str, key: str, pause: Pause | None = None, timeout: int = TIMEOUT) -> None:
        self.shown = checked(url)
        self._told = (url.rstrip("/"), key or None, timeout)
        self._own = threading.local()
        self._pause = pause or Pause()
        self._said = False

    @property
    def client(self) -> meilisearch.Client:
        """The client of this thread."""
        if not hasattr(self._own, "client"):
            self._own.client = _Client(*self._told)
        client: meilisearch.Client = self._own.client
        return client

    def ask(self, question: Callable[[meilisearch.Client], Answer], tries: int = READS) -> Answer:
        """The answer to a question; raises ServerError, SettingError, UnusableIndexError."""
        for attempt in range(1, tries + 1):
            try:
                return question(self.client)
            except TimedOut:
                why = "it took too long"
            except MeilisearchCommunicationError as error:
                if isinstance(error.__cause__, requests.exceptions.SSLError):
                    raise SettingError(f"CAICACH_SEARCH_URL: {self.shown} has no certificate that is trusted") from None
                why = "no connection"
            except MeilisearchApiError as error:
                if error.status_code not in _MAY_PASS and error.code not in _FULL:
                    raise self._refused(error) from None
                why = f"{error.status_code} {error.code or ''}".strip()
            except requests.RequestException:
                why = "its answer breaks off"
            except (MeilisearchError, ValueError, KeyError, TypeError):
                why = "its answer makes no sense"
            self._wait(attempt, tries, why)
        raise ServerError(f"the search server at {self.shown} fails ({why}, tried {tries} times): try again later")

    def change(self, *requests: Callable[[meilisearch.Client], Any]) -> None:
        """Ask for changes and wait until the server has made every one, in order; raises ServerError.

        Each must do no harm when it is done twice: an answer may be lost.
        """
        for attempt in range(1, WRITES + 1):
            try:
                tasks = [self.ask(request, WRITES).task_uid for request in requests]
                for task in tasks:
                    self._done(task)
            except _TaskFailedError as failed:
                if failed.code not in _TASK_MAY_PASS:
                    raise ServerError(f"the search server at {self.shown} failed a task ({failed.code})") from None
                why = failed.code
                self._wait(attempt, WRITES, why)
            else:
                return
        raise ServerError(f"the search server at {self.shown} keeps failing a task ({why}): nothing is lost, try again")

    def swap(self, pair: dict[str, Any], done: Callable[[], bool]) -> None:
        """Let two indexes change places; a second time would undo it, so it is asked first whether it is done."""
        for attempt in range(1, WRITES + 1):
            why = "the swap was not made"
            try:
                self._done(self.ask(lambda client: client.swap_indexes([pair]), 1).task_uid)
            except ServerError as error:
                why = str(error)
            except _TaskFailedError as failed:
                why = failed.code
            self._settled(pair["indexes"])
            if done():
                return
            self._wait(attempt, WRITES, why)
        raise ServerError(f"the search server at {self.shown} swaps no indexes ({why}): nothing is lost, try again")

    def _settled(self, indexes: Iterable[str]) -> None:
        """Wait until the server has nothing more to do with these indexes."""
        names = list(indexes)
        until = time.monotonic() + LONGEST_TASK
        wanted = {"indexUids": names, "statuses": ["enqueued", "processing"], "limit": "1"}
        while time.monotonic() < until and self.ask(lambda client: client.get_tasks(dict(wanted))).results:
            time.sleep(0.05)

    def may_write(self, index: str) -> bool:
        """Whether the key may add documents: asked with a request that is refused for its kind, if not for the key."""

        def probe(client: meilisearch.Client) -> None:
            try:
                client.http.post(f"indexes/{index}/documents", b"", "text/plain")
            except MeilisearchApiError as error:
                if error.status_code != UNSUPPORTED:
                    raise

        try:
            self.ask(probe)
        except RefusedKeyError:
            return False
        return True

    def exists(self, index: str) -> bool:
        """Whether there is an index of this name."""
        try:
            self.ask(lambda client: client.get_raw_index(index))
        except UnusableIndexError:
            return False
        return True

    def _done(self, task: int) -> None:
        until, pause = time.monotonic() + LONGEST_TASK, 0.005
        while time.monotonic() < until:
            found = self.ask(lambda client: client.get_task(task), WRITES)
            if found.status == "succeeded":
                return
            if found.status in {"failed", "canceled"}:
                error = found.error or {}
                raise _TaskFailedError(str(error.get("code") or f"task_{found.status}"), str(error.get("message")))
            time.sleep(pause)
            pause = min(0.5, pause * 1.5)
        raise ServerError(f"the search server at {self.shown} does not finish its task {task}")

    def _wait(self, attempt: int, tries: int, why: str) -> None:
        if attempt < tries:
            if not self._said:
                print(f"caicach: search server: {why}; trying again", file=sys.stderr)  # noqa: T201
                self._said = True
            time.sleep(self._pause.after(attempt))

    def _refused(self, error: MeilisearchApiError) -> UserError:
        """An error that trying again does not mend, in one line."""
        if error.code == "index_not_found":
            return UnusableIndexError("there is no search index yet: run `caicach index sync`")
        if error.status_code in {401, 403}:
            return RefusedKeyError(f"CAICACH_SEARCH_KEY: {self.shown} refuses the key ({error.code})")
        if error.code is None:
            return SettingError(f"CAICACH_SEARCH_URL: {self.shown} does not answer like a Meilisearch server")
        return ServerError(f"the search server at {self.shown} refuses a request ({error.status_code} {error.code})")


def checked(url: str) -> str:
    """The address to show, without user and password; raises SettingError for what is no address."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(
            "CAICACH_SEARCH_URL: write an address like https://search.example.vn or http://127.0.0.1:7700"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
