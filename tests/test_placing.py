"""What `--database postgres` promises: each data folder has its database, children know it, nothing stays on SQLite."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.store import Store
from config.settings import Settings
from tests.placing import Placed, left, placing

TOLD = [sys.executable, "-c", "import os; print(os.environ.get('CAICACH_DATABASE_URL', ''))", "caicach"]


def test_only_archives_that_were_left_on_sqlite_are_found(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "profile.sqlite")) as other, other:
        other.execute("CREATE TABLE history (url)")
    (tmp_path / "empty").touch()
    file = tmp_path / "data" / "any-name"
    Store.open(Settings(data=tmp_path / "data", database_url=f"sqlite:///{file}")).close()
    assert left(tmp_path) == ["data/any-name"]
    file.unlink()


@pytest.fixture
def placed(postgres: str, tmp_path: Path) -> Iterator[Placed]:
    with placing(postgres) as made:
        yield made
        made.forget(tmp_path)


def told(folder: Path, **environment: str) -> str:
    """What a child in a folder hears of its database."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CAICACH_")} | environment
    return subprocess.run(TOLD, env=own, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.postgres
def test_a_child_has_the_database_of_its_data_folder(placed: Placed, tmp_path: Path) -> None:
    here = Settings(data=tmp_path / "data").database
    assert here.startswith("postgresql")
    assert told(tmp_path) == here, "the data folder is the one where it runs"
    assert told(tmp_path, CAICACH_DATA="data", CAICACH_DATABASE_URL="") == here
    other = told(tmp_path, CAICACH_DATA=str(tmp_path / "other"))
    assert other == Settings(data=tmp_path / "other").database != here
    assert told(tmp_path, CAICACH_DATABASE_URL="postgresql://own") == "postgresql://own"


@pytest.mark.postgres
def test_a_forked_child_agrees_with_its_parent(placed: Placed, tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.write(theirs, Settings(data=tmp_path / "forked").database.encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        assert pipe.read() == Settings(data=tmp_path / "forked").database
    os.wait()
