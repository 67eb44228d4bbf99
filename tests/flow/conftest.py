"""Crawls as a person runs them: the command in a process of its own, portals on loopback."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crawler.demo import alone


@dataclass
class Desk:
    """A data folder, a folder of portal files, and the command run with them."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def portals(self) -> Path:
        return self.folder / "portals"

    @property
    def environment(self) -> dict[str, str]:
        return alone(self.folder)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "caicach", *words]

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def crawl(self, *words: str, code: int = 0) -> dict[str, dict[str, Any]]:
        runs = json.loads(self.run("crawl", *words, "--json", code=code))["runs"]
        return {run["portal"]: run for run in runs}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "portals").mkdir()
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def make_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Desk]:
    def make(name: str) -> Desk:
        folder = tmp_path_factory.mktemp(name)
        (folder / "portals").mkdir()
        return Desk(folder)

    return make


@dataclass
class Replay:
    """A recorded portal being served; `requests` are (method, path, status) of each one it saw."""

    url: str
    log: Path

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        if not self.log.exists():
            return []
        rows = [line.split("\t") for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [(method, path, int(status)) for _, method, path, status in rows]


@contextmanager
def _replayed(shared: Path, name: str, log: Path, *options: str) -> Iterator[Replay]:
    """Serve a recorded portal by its own replay.py in a child process."""
    command = [sys.executable, str(shared / "portals" / "replay.py"), str(shared / "portals" / name), "--log", str(log)]
    child = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield Replay(child.stdout.readline().strip(), log)
    finally:
        child.terminate()
        child.wait(10)
        child.stdout.close()


@pytest.fixture(scope="session")
def replayed(shared: Path) -> Callable[..., AbstractContextManager[Replay]]:
    """`replayed(name, log, *options)` serves a recorded portal for the length of a `with`."""
    return partial(_replayed, shared)
