"""SIGKILL while a backup is written: the one before stays whole, and the next one is not hindered by what was left."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from archive.backup import backup
from archive.backup_restore import restore
from config.errors import UserError
from config.settings import Settings
from tests.archives import Archive

KILLS = 12


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def _killed(settings: Settings, output: Path, chance: random.Random) -> None:
    """Let a child back up again and again, until it is killed within one of its backups."""
    child = os.fork()
    if child == 0:
        try:
            while True:
                backup(settings, output, watch=silent)
        finally:
            os._exit(1)
    time.sleep(0.05 + chance.random() * 0.2)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the child ended by itself"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_killed_backup_leaves_the_one_before(archive: Archive, tmp_path: Path) -> None:
    for number in range(30):
        archive.record(f"so-{number}", f"Kế hoạch {number}")
    archive.finish()
    settings, output, chance, left = archive.settings, tmp_path / "b.tar", random.Random(3), 0
    version = backup(settings, output, watch=silent).archive_version
    for number in range(KILLS):
        _killed(settings, output, chance)
        left += any(path.name.startswith(".b.tar") for path in tmp_path.iterdir())
        other = Settings(data=tmp_path / f"again-{number}", portals=settings.portals)
        assert restore(other, output, silent).archive_version == version
    assert left, "no kill hit a backup in the middle"
    backup(settings, output, watch=silent)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".b.tar")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_killed_restore_says_what_to_remove(archive: Archive, tmp_path: Path) -> None:
    archive.record("mot", "Kế hoạch một")
    archive.finish()
    backup(archive.settings, tmp_path / "b.tar", watch=silent)
    other = Settings(data=tmp_path / "again", portals=archive.settings.portals)
    child = os.fork()
    if child == 0:
        try:
            restore(other, tmp_path / "b.tar", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    with pytest.raises(UserError, match="was killed: remove that folder and restore again") as raised:
        restore(other, tmp_path / "b.tar", silent)
    assert str(other.data / ".restoring") in str(raised.value)
    assert [path.name for path in other.data.iterdir()] == [".restoring"], "nothing has taken its place"
