"""Real servers for tests, private to the run: PostgreSQL from the binaries of this machine, on loopback.

`postgres` answers the URL of an empty server; `database` gives each test an empty database of its own.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.placing import Placed, create_database, drop_database, left, placing, server_address

OWNER = "postgres"
"""Who runs the server when the suite runs as root, which PostgreSQL refuses to be run by."""


def _binaries() -> Path:
    """The folder of initdb and pg_ctl: on PATH, or the newest that Debian installed beside it."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not installed:
        pytest.fail("no PostgreSQL server binaries: run `make test`, which installs them (apt-get install postgresql)")
    return installed[-1]


def _as_owner(*command: str | Path, folder: Path) -> None:
    prefix = ["runuser", "-u", OWNER, "--"] if os.getuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, command)], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        log = folder / "log"
        pytest.fail(f"{command[0]}: {done.stdout}{done.stderr}{log.read_text() if log.is_file() else ''}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A PostgreSQL in a folder of its own, without fsync, which may be stopped at once and started again."""

    def __init__(self, folder: Path, *how: str | Path) -> None:
        """`how` are further words of initdb."""
        self.folder, self.port = folder, _free_port()
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        self._run("initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", *how)
        self.start()

    @property
    def url(self) -> str:
        """The URL of its first database."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as if the power went."""
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def ask(self, query: str) -> list[Any]:
        """The rows that answer a question."""
        with psycopg.connect(server_address(self.url), autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def _run(self, program: str, *words: str | Path) -> None:
        _as_owner(_binaries() / program, *words, folder=self.folder)


@contextmanager
def own_server(prefix: str, *how: str | Path) -> Iterator[Server]:
    """A server for as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))  # not below pytest's: that is root's alone
    try:
        server = Server(folder, *how)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the test session, or of the one that CI gives."""
    if given := os.environ.get("CAICACH_TEST_DATABASE_URL"):
        yield given
        return
    with own_server("caicach-postgres-") as server:
        yield server.url


def empty_database(server: str) -> str:
    """The URL of a new empty database on a server."""
    return create_database(server, f"caicach_{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="session", autouse=True)
def everywhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Placed | None]:
    """With `--database postgres` every archive of a test is on PostgreSQL (tests/placing.py)."""
    if request.config.getoption("--database") != "postgres":
        yield None
        return
    with placing(request.getfixturevalue("postgres")) as placed:
        yield placed
    archives = left(tmp_path_factory.getbasetemp())
    assert not archives, f"{len(archives)} archives of tests are on SQLite: {archives}"


@pytest.fixture(autouse=True)
def _forgotten(request: pytest.FixtureRequest, everywhere: Placed | None) -> Iterator[None]:
    """The databases of a test go with it: a thousand of them would fill a disk."""
    yield
    if everywhere and (folder := getattr(request.node, "funcargs", {}).get("tmp_path")):
        everywhere.forget(folder)


@pytest.fixture
def new_database(postgres: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database on the session's server and answers its URL."""
    made: list[str] = []

    def make() -> str:
        made.append(empty_database(postgres))
        return made[-1]

    yield make
    for url in made:
        drop_database(postgres, url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, everywhere: Placed | None) -> str:
    """An empty database: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite" and not everywhere:
        return f"sqlite:///{tmp_path / 'caicach.sqlite'}"
    url: str = request.getfixturevalue("new_database")()
    return url
