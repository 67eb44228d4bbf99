"""With `--database postgres` every archive of a test is in PostgreSQL, also those of processes that a test starts.

A data folder whose settings name no database has one of its own on the session's server. Tests that are about SQLite
by their nature say so by `@pytest.mark.sqlite("why")` and are skipped, by that reason; of tests that run on both
anyway only the half on PostgreSQL is left. At the end no SQLite file with an archive may lie in the tests' folders.
"""

import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.settings import Settings

MAGIC = b"SQLite format 3\0"


def server_address(server: str) -> str:
    """A server's URL in the words of psycopg."""
    return server.replace("+psycopg", "")


def create_database(server: str, name: str) -> str:
    """The URL of an empty database on a server, made unless it is there."""
    there = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)
    with psycopg.connect(server_address(server), autocommit=True) as connection, suppress(*there):
        connection.execute(f'CREATE DATABASE "{name}" STRATEGY file_copy')  # the quicker one without fsync
    return server.rpartition("/")[0] + "/" + name


def drop_database(server: str, url: str) -> None:
    """Remove a database, whoever has it open."""
    with psycopg.connect(server_address(server), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')


@dataclass
class Placed:
    """Which database stands for which data folder; names follow from folders, so that forked children agree."""

    server: str
    made: dict[Path, str] = field(default_factory=dict)
    session: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def of(self, folder: Path) -> str:
        folder = folder.absolute()
        if folder not in self.made:
            name = f"caicach_{self.session}_{sha256(bytes(folder)).hexdigest()[:12]}"
            self.made[folder] = create_database(self.server, name)
        return self.made[folder]

    def forget(self, folder: Path) -> None:
        """Drop the databases of data folders below a folder."""
        for one in [one for one in self.made if one.is_relative_to(folder)]:
            drop_database(self.server, self.made.pop(one))

    def told(self, words: Any, env: Mapping[str, str] | None, cwd: Any) -> Mapping[str, str] | None:
        """The environment of a child process: with the database of its data folder, if it may ask for one."""
        own = os.environ if env is None else env
        ours = "CAICACH_DATA" in own or "caicach" in (words if isinstance(words, list | tuple) else [words])
        if not ours or own.get("CAICACH_DATABASE_URL"):
            return env
        return {**own, "CAICACH_DATABASE_URL": self.of(Path(cwd or Path.cwd(), own.get("CAICACH_DATA") or "data"))}


@contextmanager
def placing(server: str) -> Iterator[Placed]:
    """Archives without a database of their own are on that server, in this process and in those it starts."""
    placed, start = Placed(server), subprocess.Popen.__init__

    def database(settings: Settings) -> str:
        return settings.database_url or placed.of(settings.data)

    def begin(self: Any, args: Any, *rest: Any, **options: Any) -> None:
        told = placed.told(args, options.get("env"), options.get("cwd"))
        start(self, args, *rest, **options | {"env": told})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Settings, "database", property(database))
        patched.setattr(subprocess.Popen, "__init__", begin)
        yield placed


def left(folder: Path) -> list[str]:
    """SQLite files below a folder that have an archive's schema; their paths begin with the name of their test."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path.relative_to(folder)) for path in files if _archive(path))


def _archive(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone())


def chosen(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What is run on PostgreSQL, and what is not because its other half is; marked ones are skipped with their why."""
    names = {item.nodeid for item in items}
    halves = [item for item in items if "sqlite" in item.nodeid and item.nodeid.replace("sqlite", "postgres") in names]
    for item in items:
        if mark := item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason=f"about SQLite: {mark.args[0]}"))
    return [item for item in items if item not in halves], halves
