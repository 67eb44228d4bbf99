"""What a real Meilisearch server answered, kept so that tests without one get the same answers.

A loopback server stands between engine and tape. With CAICACH_TEST_MEILISEARCH_URL (and …_KEY) the engine asks the
real server; with CAICACH_TEST_MEILISEARCH_RECORD=1 as well its answers are written down; with neither they are read.
Requests are told apart by method, path and normalised JSON; the same request twice gets the answers in their order.
A hit is on the tape by its id alone where the server answered what it had been sent: the fields are those of the
document that the test itself sends.
"""

import gzip
import hashlib
import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

FILE = Path(__file__).parent / "meilisearch.tape.gz"
URL = os.environ.get("CAICACH_TEST_MEILISEARCH_URL", "")
KEY = os.environ.get("CAICACH_TEST_MEILISEARCH_KEY", "")
RECORDING = bool(os.environ.get("CAICACH_TEST_MEILISEARCH_RECORD"))
AGAIN = "run `make cassettes` with CAICACH_TEST_MEILISEARCH_URL and _KEY set to a Meilisearch 1.50"

Answer = tuple[int, str]


class Faulty:
    """What goes wrong with requests to come: each fault strikes the next request that it is meant for, once."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, str]] = []

    def strike(self, kind: str, part: str = "", times: int = 1) -> None:
        """Put a fault up for requests whose method and path have a part."""
        self.waiting += [(kind, part)] * times

    def next(self, request: str) -> str:
        """The fault of a request, or an empty word."""
        for fault in self.waiting:
            if fault[1] in request:
                self.waiting.remove(fault)
                return fault[0]
        return ""


def _spoilt(kind: str, answer: Answer) -> Answer:
    """The answer as a fault leaves it; a status code is itself a fault."""
    if kind in {"garbage", "404"}:
        return 404 if kind == "404" else 200, "<html>it works</html>"
    if kind.startswith("task:"):
        body = json.loads(answer[1])
        body |= {"status": "failed", "error": {"code": kind[5:], "message": "so it is", "type": "system", "link": ""}}
        return 200, json.dumps(body)
    status, _, code = kind.partition(":")
    return int(status), json.dumps({"message": f"no {KEY or 'secret-key'}", "code": code or "internal", "type": "x"})


@dataclass
class Tape:
    """The answers of one server to one test after another."""

    answers: dict[str, dict[str, list[Answer]]] = field(default_factory=dict)
    test: str = ""
    misses: list[str] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sent: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def load(cls) -> "Tape":
        """The tape beside the tests; an empty one when there is none."""
        tape = cls()
        if FILE.is_file():
            bodies, *lines = map(json.loads, gzip.decompress(FILE.read_bytes()).decode().splitlines())
            for test, key, *found in lines:
                given = [(status, bodies[body]) for status, body in found]
                tape.answers.setdefault(test, {})[key] = given
        return tape

    def save(self) -> None:
        """Write the tape: every body once, then per test and request the numbers of its answers."""
        bodies: dict[str, int] = {}
        lines = [
            [test, key, *((status, bodies.setdefault(body, len(bodies))) for status, body in given)]
            for test, found in sorted(self.answers.items())
            for key, given in found.items()
        ]
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in [list(bodies), *lines])
        FILE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))

    def begin(self, test: str) -> None:
        """From now on requests are those of this test."""
        self.test, self.misses, self.heard, self.sent = test, [], defaultdict(int), defaultdict(dict)
        if URL:
            self.answers[test] = {}

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """What the server answers, or answered, to a request."""
        key = hashlib.sha256(f"{method} {path} {_normal(body)}".encode()).hexdigest()[:24]
        self._remember(path, body)
        if URL:
            given = _really(method, path, body)
            short = given[0], self._short(given[1])
            assert json.loads(self._whole(short[1])) == json.loads(given[1])
            self.answers[self.test].setdefault(key, []).append(short)
            return given
        known = self.answers.get(self.test, {}).get(key)
        if not known:
            self.misses.append(f"{method} {path} {body[:200]!r}")
            return 418, json.dumps({"message": f"not on the tape: {AGAIN}", "code": "not_on_tape"})
        at = self.heard[key]
        self.heard[key] += 1
        status, text = known[min(at, len(known) - 1)]
        return status, self._whole(text)

    def _remember(self, path: str, body: bytes) -> None:
        """The documents that are sent, by index and id; what two versions have differently is not told apart."""
        if path.partition("?")[0].endswith("/documents"):
            for line in body.splitlines():
                sent = json.loads(line)
                known = self.sent[path.split("/")[2]].setdefault(sent["id"], sent)
                if known != sent:
                    known.clear()

    def _short(self, text: str) -> str:
        """An answer with its hits as ids, where they are what was sent."""
        answer = json.loads(text)
        hits = answer.get("hits") if isinstance(answer, dict) else None
        if not hits:
            return text
        names = sorted({name for hit in hits for name in hit if name[0] != "_"})
        found = [self._sent(hit) for hit in hits]
        same = all(one and _part(one, names) == _part(hit, names) for one, hit in zip(found, hits, strict=True))
        if not same:
            return text
        told = [{name: hit[name] for name in hit if name[0] == "_"} | {"=": hit["id"]} for hit in hits]
        return json.dumps(answer | {"hits": told, "=": names}, ensure_ascii=False)

    def _whole(self, text: str) -> str:
        """The answer that was made short, with the documents as this test sent them."""
        answer = json.loads(text)
        names = answer.pop("=", None) if isinstance(answer, dict) else None
        if names is None:
            return text
        answer["hits"] = [self._hit(hit, names) for hit in answer["hits"]]
        return json.dumps(answer, ensure_ascii=False)

    def _hit(self, hit: dict[str, Any], names: list[str]) -> dict[str, Any]:
        known = self._sent(hit | {"id": hit["="]}) or {}
        return _part(known, names) | {name: value for name, value in hit.items() if name != "="}

    def _sent(self, hit: dict[str, Any]) -> dict[str, Any] | None:
        """The document of a hit, of whichever index: a test that swaps two sends the same to both."""
        found = [one for docs in self.sent.values() if (one := docs.get(hit.get("id", -1)))]
        return found[0] if found and all(one == found[0] for one in found) else None


def _part(document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: document[name] for name in names if name in document}


def _normal(body: bytes) -> str:
    """JSON with its keys in order, one document a line where there are several."""
    try:
        return "\n".join(json.dumps(json.loads(line), sort_keys=True) for line in body.splitlines())
    except ValueError:
        return repr(body)


def _really(method: str, path: str, body: bytes) -> Answer:
    """Ask the server; a task is asked for until it has ended, so that the tape has no waiting on it."""
    while True:
        kind = "application/x-ndjson" if path.partition("?")[0].endswith("/documents") else "application/json"
        headers = {"Authorization": f"Bearer {KEY}"} | ({"Content-Type": kind} if body else {})
        found = requests.request(method, URL.rstrip("/") + path, data=body, headers=headers, timeout=120)
        waits = path.startswith("/tasks/") and found.json().get("status") in {"enqueued", "processing"}
        if not waits:
            return found.status_code, _shorter(found.text)
        time.sleep(0.02)


def _shorter(text: str) -> str:
    """Without the times, which no test looks at and which no two recordings share."""
    try:
        body = json.loads(text)
    except ValueError:
        return text
    if isinstance(body, dict):
        for name in ("enqueuedAt", "startedAt", "finishedAt", "duration", "processingTimeMs", "createdAt", "updatedAt"):
            if name in body:
                body[name] = {"processingTimeMs": 0, "duration": "PT0S"}.get(name, "2026-11-22T00:00:00.000000Z")
    return json.dumps(body, ensure_ascii=False)


@contextmanager
def playing(tape: Tape, faulty: Faulty) -> Iterator[str]:
    """A loopback server that answers from the tape, and fails as it is told; its address."""

    class Player(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = faulty.next(f"{self.command} {self.path}")
            if fault == "down":
                self.close_connection = True
                return
            status, text = (200, "") if fault[:1] in {"4", "5"} else tape.answer(self.command, self.path, body)
            if fault == "lost":
                self.close_connection = True
                return
            if fault == "slow":
                time.sleep(1.5)
            elif fault and fault != "half":
                status, text = _spoilt(fault, (status, text))
            data = text.encode()
            if fault == "half":
                data = data[: len(data) // 2]
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Player) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
