"""A full disk, a locked database, a read-only folder: one clear line, and nothing of before is harmed."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from archive import database, queries
from archive.filters import Filters
from archive.store import Store
from config.errors import UserError
from config.settings import Settings
from tests.archives import Archive, article, capture, kept_in, portal
from tests.placing import server_address
from tests.servers import OWNER, own_server

NOBODY = 65_534


def in_a_child(work: Callable[[], None]) -> str:
    """The line with which something ends in a process of its own, whose rights and limits are its own."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing was refused"
        try:
            work()
        except UserError as error:
            said = str(error)
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            os.write(theirs, said.encode())
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        told = pipe.read().decode()
    os.waitpid(child, 0)
    return told


def fill_up(settings: Settings, limit: Callable[[], int]) -> None:
    """Record until there is no room: no file may become larger than the limit, as on a disk that is full."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit(), resource.RLIM_INFINITY))

    record_on(settings, limited)


def record_on(settings: Settings, limited: Callable[[], None]) -> None:
    """Record and record, once something has been limited; a file beside the data says how many were kept."""
    store = Store.open(settings)
    run = store.start(portal("tamquan"))
    limited()
    for number in range(10_000):
        url = f"https://tamquan.gov.vn/{number}.html"
        held = store.receive(run, capture(url, os.urandom(5_000)))
        recorded = store.record(run, held, article(url, body=f"Kế hoạch cải cách {number} " * 50, dates=()))
        settings.data.with_name("kept").write_text(str(recorded.article))


def sound(archive: Archive) -> None:
    """The archive has every article that it had said it keeps, and goes on."""
    engine = database.connect(archive.settings.database)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
    engine.dispose()
    there = archive.read(queries.count, Filters(any_topic=True))
    kept = archive.settings.data.with_name("kept")
    assert there >= (int(kept.read_text()) if kept.exists() else 1)
    with Store.open(archive.settings) as store:
        run = store.start(portal())
        url = "https://queson.gov.vn/later.html"
        recorded = store.record(run, store.receive(run, capture(url)), article(url, body="Sau đó.", dates=()))
    assert recorded.article == there + 1


def test_a_disk_full_of_captures_is_one_line(archive: Archive) -> None:
    archive.record("a")
    archive.store.close()
    said = in_a_child(lambda: fill_up(archive.settings, lambda: 300_000))
    assert "make room" in said
    assert "\n" not in said
    sound(archive)


@pytest.mark.sqlite("a limit on files of this process fills its disk; a server's is filled below")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_full_of_the_database_is_one_line(archive: Archive) -> None:
    archive.record("a")
    archive.store.close()
    file = Path(archive.settings.database.removeprefix("sqlite:///"))
    log = file.with_name(f"{file.name}-wal")
    said = in_a_child(lambda: fill_up(archive.settings, lambda: max(file.stat().st_size, log.stat().st_size) + 40_000))
    assert said.endswith("make room, or make the folder and the file writable")
    assert "\n" not in said
    sound(archive)


class SmallDisk:
    """A file system of memory, which can be made full and larger again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="caicach-small-disk-"))
        if subprocess.run(self._mount("size=64m", "tmpfs"), check=False, capture_output=True).returncode:
            self.folder.rmdir()
            pytest.skip("needs the right to mount a small disk for a server (root)")
        shutil.chown(self.folder, OWNER)

    def _mount(self, options: str, what: str) -> list[str]:
        return ["mount", "-t", "tmpfs", "-o", options, what, str(self.folder)]

    def leave(self, room: int) -> None:
        """So many bytes are free from now on."""
        there = os.statvfs(self.folder)
        size = (there.f_blocks - there.f_bfree) * there.f_frsize + room
        subprocess.run(self._mount(f"remount,size={size}", "tmpfs"), check=True)

    def remove(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)
        self.folder.rmdir()


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    made = SmallDisk()
    yield made
    made.remove()


@pytest.fixture
def small_database(postgres: str, small_disk: SmallDisk) -> Iterator[str]:
    """The URL of a database whose tables are on the small disk."""
    if os.environ.get("CAICACH_TEST_DATABASE_URL"):
        pytest.skip("needs a server of this machine, whose disk can be filled")
    name = small_disk.folder.name.replace("-", "_")
    with psycopg.connect(server_address(postgres), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{small_disk.folder}'")
        connection.execute(f"CREATE DATABASE {name} TABLESPACE {name}")
        yield postgres.rpartition("/")[0] + f"/{name}"
        small_disk.leave(10_000_000)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"DROP TABLESPACE {name}")


def asked_for_room(said: str) -> None:
    """A server's reason and what to do, in one line."""
    assert said.endswith("make room on the disk of the server")
    assert "No space left on device" in said
    assert "\n" not in said


@pytest.mark.postgres
def test_a_full_disk_of_the_server_is_one_line(small_disk: SmallDisk, small_database: str, tmp_path: Path) -> None:
    with kept_in(Settings(data=tmp_path / "data", database_url=small_database)) as archive:
        archive.record("a")
    said = in_a_child(lambda: record_on(archive.settings, lambda: small_disk.leave(300_000)))
    asked_for_room(said)
    small_disk.leave(10_000_000)
    sound(archive)


@pytest.mark.postgres
def test_a_server_without_room_for_its_log_is_one_line(small_disk: SmallDisk, tmp_path: Path) -> None:
    """It ends itself at a commit that it cannot keep; with room again it has what it had said it has."""
    with own_server("caicach-log-", "-X", small_disk.folder / "log", "--wal-segsize=1") as server:
        with kept_in(Settings(data=tmp_path / "data", database_url=server.url)) as archive:
            archive.record("a")
        said = in_a_child(lambda: record_on(archive.settings, lambda: small_disk.leave(300_000)))
        asked_for_room(said)
        small_disk.leave(30_000_000)
        server.stop()
        server.start()
        sound(archive)


def test_a_database_that_another_writer_holds_is_one_line(
    archive: Archive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.record("a")
    monkeypatch.setattr(database, "BUSY", 0.5)
    monkeypatch.setattr(database, "WAITS", {**database.WAITS, "options": "-clock_timeout=500"})
    other = database.connect(settings.database)
    late = Store(database.connect(settings.database), settings)
    with (
        database.writing(other),
        pytest.raises(UserError, match="another process holds it: end that one or wait") as caught,
    ):
        late.start(portal("tamquan"))
    assert "\n" not in str(caught.value)
    assert late.start(portal("tamquan")) == 2
    late.close()
    other.dispose()


def test_a_folder_that_cannot_be_written_is_one_line(archive: Archive) -> None:
    archive.record("a")
    archive.store.close()
    everything = [archive.settings.data, *archive.settings.data.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def begin() -> None:
        if os.getuid() == 0:
            os.setuid(NOBODY)
        with Store.open(archive.settings) as store:
            run = store.start(portal("tamquan"))
            store.receive(run, capture("https://tamquan.gov.vn/a.html"))

    for path in archive.settings.data.parents:
        if path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(0o755)
    said = in_a_child(begin)
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert "writable" in said, said
    assert "\n" not in said
    sound(archive)
