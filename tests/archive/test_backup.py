"""Backup and restore: the same archive again, on both databases, while a crawl writes, and no loss by any failure."""

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from archive import backup_database, backup_postgres, queries
from archive.backup import DIGESTS, MANIFEST, Made, backup
from archive.backup_captures import closed, end_of
from archive.backup_restore import Restored, restore
from archive.captures import read, walk
from archive.database import reading
from archive.export import export
from archive.filters import Filters
from archive.records import CaptureKind, FileText
from archive.store import Store
from archive.verify import verify
from config.errors import UserError
from config.settings import Settings
from tests.archives import Archive, article, capture, files, later, portal

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = Filters(any_topic=True)
Elsewhere = Callable[[], Settings]


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def take(settings: Settings, output: Path, *, captures: bool = True) -> Made:
    return backup(settings, output, captures=captures, watch=silent)


def bring_back(settings: Settings, source: Path) -> Restored:
    return restore(settings, source, silent)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    folder = tmp_path / "portals"
    (folder / "quang-nam").mkdir(parents=True)
    (folder / "quang-nam" / "que-son.toml").write_text('name = "Quế Sơn"\n', encoding="utf-8")
    return Settings(data=tmp_path / "data", database_url=database_url, portals=folder)


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Elsewhere:
    """Makes settings of an empty data folder and an empty database of the same kind."""
    numbers = count(1)

    def make() -> Settings:
        data = tmp_path / f"elsewhere-{next(numbers)}"
        sqlite = settings.database.startswith("sqlite")
        url = f"sqlite:///{data / 'caicach.sqlite'}" if sqlite else request.getfixturevalue("new_database")()
        return Settings(data=data, database_url=url, portals=settings.portals)

    return make


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Three articles, one edited, one with a file, a POST's answer, a withheld one; the run is finished, all closed."""
    archive.record("mot", "Kế hoạch một")
    archive.record("mot", "Kế hoạch một", "Nội dung đã sửa", at=later(days=1))
    second = archive.record("hai", "Kế hoạch hai", attachments=files("phu-luc"))
    kept = archive.store.keep(archive.run(), capture(second.pending[0].url, b"%PDF"))
    archive.store.attach(archive.run(), second.pending[0].id, kept, FileText("Phụ lục", "pdf", 1))
    asked = capture("https://queson.gov.vn/list", b"{}", method="POST", sent=b"page=2", kind=CaptureKind.LISTING)
    archive.store.keep(archive.run(), asked)
    third = archive.record("ba", "Kế hoạch ba")
    archive.finish()
    archive.store.withhold(third.article, "theo yêu cầu")
    archive.store.captures.close()
    return archive


def exported(settings: Settings, output: Path) -> tuple[int, bytes]:
    """The archive's version, and an export's bytes."""
    with reading(settings) as session:
        export(session, output, filters=EVERYTHING)
        return queries.version(session), output.read_bytes()


def wrong(settings: Settings) -> list[str]:
    with reading(settings) as session:
        places = [kept.located for kept in queries.captures(session)]
    checked = list(verify(settings.data, places, total=len(places)))
    assert sum(number for number, _ in checked) == len(places) > 0
    return [line for _, lines in checked for line in lines]


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_what_is_restored_is_what_was_there(filled: Archive, elsewhere: Elsewhere, tmp_path: Path) -> None:
    settings, other = filled.settings, elsewhere()
    made = take(settings, tmp_path / "b.tar")
    assert made.captures == 1
    assert not made.lacking
    assert made.bytes == (tmp_path / "b.tar").stat().st_size
    restored = bring_back(other, tmp_path / "b.tar")
    assert restored.portals is None, "the portal files are those in use"
    assert wrong(other) == []
    before, after = exported(settings, tmp_path / "before.csv"), exported(other, tmp_path / "after.csv")
    assert before == after
    assert before[0] == made.archive_version == restored.archive_version
    ours = {path.relative_to(settings.data): path.read_bytes() for path in settings.data.rglob("*.warc.gz")}
    assert ours == {path.relative_to(other.data): path.read_bytes() for path in other.data.rglob("*.warc.gz")}
    modes = [path.stat().st_mode & 0o777 for path in other.data.rglob("*.warc.gz")]
    assert modes == [0o444] * made.captures, "closed files, which no crawl looks at again"
    with Store.open(other) as store:  # and crawls go on
        run = store.start(portal())
        kept = store.keep(run, capture("https://queson.gov.vn/bon.html", b"<html>bon"))
        assert store.record(run, kept, article("https://queson.gov.vn/bon.html", "Kế hoạch bốn")).article == 4
    assert entries(tmp_path) == sorted({*entries(tmp_path)} - {".b.tar.part", ".b.tar.database"})


def test_a_second_backup_replaces_the_first(filled: Archive, elsewhere: Elsewhere, tmp_path: Path) -> None:
    first = take(filled.settings, tmp_path / "b.tar").archive_version
    filled.record("bon", "Kế hoạch bốn")
    filled.finish()
    assert take(filled.settings, tmp_path / "b.tar").archive_version > first
    assert bring_back(elsewhere(), tmp_path / "b.tar").archive_version > first


def test_a_file_being_written_is_cut_behind_the_last_known_record(
    filled: Archive, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    filled.record("bon", "Kế hoạch bốn")
    kept = [one.located for one in filled.read(queries.captures)]
    asked = capture("https://queson.gov.vn/list?2", b"{}", method="POST", sent=b"page=3", kind=CaptureKind.LISTING)
    filled.store.keep(filled.run(), asked)
    known = sum(path.stat().st_size for path in filled.settings.data.rglob("*.warc.gz"))
    filled.store.receive(filled.run(), capture("https://queson.gov.vn/nam.html", b"<html>in flight"))
    assert take(filled.settings, tmp_path / "b.tar").captures == 2
    other = elsewhere()
    bring_back(other, tmp_path / "b.tar")
    assert wrong(other) == []
    restored = list(other.data.rglob("*.warc.gz"))
    assert sum(path.stat().st_size for path in restored) == known, "the POST's request is there, what is in flight not"
    assert all(list(walk(path)) for path in restored)
    assert all(read(other.data, place) for place in kept)


def test_a_withheld_articles_reason_is_in_the_captures_too(filled: Archive, tmp_path: Path) -> None:
    """Its record is metadata, which no row names."""
    filled.store.withhold(1, "theo yêu cầu khác")
    (newest,) = (path for path in filled.settings.data.rglob("*.warc.gz") if path.stat().st_mode & 0o200)
    assert end_of(newest, 0, -1) == newest.stat().st_size
    assert newest.relative_to(filled.settings.data).as_posix() not in closed(filled.settings.data)
    take(filled.settings, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert newest.relative_to(filled.settings.data).as_posix() in tar.getnames()


@pytest.mark.parametrize("times", [4])
def test_while_a_crawl_writes(archive: Archive, elsewhere: Elsewhere, tmp_path: Path, times: int) -> None:
    """Every backup is one moment: no record without its capture, no half of one, and the crawl never waits in vain."""
    stop, failed = threading.Event(), list[BaseException]()
    run = archive.run()

    def crawl() -> None:
        try:
            for number in count():
                if stop.is_set():
                    return
                url = f"https://queson.gov.vn/{number}.html"
                kept = archive.store.receive(run, capture(url, f"<html>{number}".encode() * 200))
                archive.store.record(run, kept, article(url, body=f"Kế hoạch cải cách hành chính số {number}"))
        except BaseException as error:
            failed.append(error)
            raise

    crawling = threading.Thread(target=crawl)
    crawling.start()
    try:
        seen = [take(archive.settings, tmp_path / f"{n}.tar").archive_version for n in range(times)]
    finally:
        stop.set()
        crawling.join()
    assert not failed
    assert seen == sorted(seen)
    assert seen[-1] > seen[0], "nothing was written meanwhile"
    for number in (0, times - 1):
        other = elsewhere()
        bring_back(other, tmp_path / f"{number}.tar")
        if seen[number]:
            assert wrong(other) == []
        version, _ = exported(other, tmp_path / f"{number}.csv")
        assert version == seen[number]


@pytest.mark.sqlite("its online backup copies page by page; pg_dump reads one snapshot")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_written_between_two_pages_of_the_copy(
    filled: Archive, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy neither begins again nor has a part of it: it is of the moment at which it began."""
    monkeypatch.setattr(backup_database, "PAGES", 1)
    before, steps = filled.read(queries.version), list[int]()

    def write(what: str, done: int, _total: int) -> None:
        if what.startswith("Copying"):
            steps.append(done)
            if len(steps) <= 5:
                filled.record(f"giua-{len(steps)}", f"Kế hoạch ở giữa {len(steps)}")

    made = backup(filled.settings, tmp_path / "b.tar", watch=write)
    assert len(steps) > 10
    assert steps == sorted(steps), "it began again"
    assert made.archive_version == before < filled.read(queries.version)
    other = elsewhere()
    bring_back(other, tmp_path / "b.tar")
    assert wrong(other) == []
    assert exported(other, tmp_path / "after.csv")[0] == before


def test_without_captures_their_digests_are_listed(filled: Archive, elsewhere: Elsewhere, tmp_path: Path) -> None:
    settings, other = filled.settings, elsewhere()
    take(settings, tmp_path / "b.tar", captures=False)
    assert not bring_back(other, tmp_path / "b.tar").captures
    assert not (other.data / "warc").exists()
    (settings.data / "warc").rename(other.data / "warc")
    check = ["sha256sum", "--check", "--strict", "--quiet", DIGESTS]
    assert subprocess.run(check, cwd=other.data, check=False).returncode == 0
    assert wrong(other) == []


def test_a_lost_capture_file_is_named_and_the_rest_is_kept(
    filled: Archive, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    (lost,) = filled.settings.data.rglob("*.warc.gz")
    filled.record("bon", "Kế hoạch bốn")
    lost.unlink()
    made = take(filled.settings, tmp_path / "b.tar")
    assert made.captures == 1
    (line,) = made.lacking
    assert line.startswith(lost.relative_to(filled.settings.data).as_posix())
    assert "is not there" in line
    assert bring_back(elsewhere(), tmp_path / "b.tar").lacking == made.lacking


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_backup_restores_nothing(filled: Archive, elsewhere: Elsewhere, tmp_path: Path, part: float) -> None:
    take(filled.settings, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes().rstrip(b"\0")
    (tmp_path / "cut.tar").write_bytes(whole[: int(len(whole) * part)])
    other = elsewhere()
    with pytest.raises(UserError, match=r"cut\.tar: .*cut") as raised:
        bring_back(other, tmp_path / "cut.tar")
    assert "\n" not in str(raised.value)
    assert not other.data.exists()
    bring_back(other, tmp_path / "b.tar")  # the same place takes the whole one
    assert wrong(other) == []


def test_one_changed_byte_is_found(filled: Archive, elsewhere: Elsewhere, tmp_path: Path) -> None:
    take(filled.settings, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as tar:
        at = next(member for member in tar if member.name.startswith("warc/")).offset_data + 100
    with (tmp_path / "b.tar").open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(UserError, match=r"warc/.* differs from the manifest"):
        bring_back(elsewhere(), tmp_path / "b.tar")


def test_what_is_there_is_never_written_over(filled: Archive, elsewhere: Elsewhere, tmp_path: Path) -> None:
    take(filled.settings, tmp_path / "b.tar")
    with pytest.raises(UserError, match="is not empty"):
        bring_back(filled.settings, tmp_path / "b.tar")
    beside = replace_data(filled.settings, tmp_path / "new")
    with pytest.raises(UserError, match="is there already"):
        bring_back(beside, tmp_path / "b.tar")
    assert entries(tmp_path / "new") == []
    other = elsewhere()
    (other.data / ".restoring").mkdir(parents=True)
    with pytest.raises(UserError, match="another restore is running, or was killed"):
        bring_back(other, tmp_path / "b.tar")
    (other.data / ".restoring").rename(other.data / "lost+found")
    bring_back(other, tmp_path / "b.tar")
    assert wrong(filled.settings) == wrong(other) == []


def replace_data(settings: Settings, data: Path) -> Settings:
    return settings.model_copy(update={"data": data})


def test_other_portal_files_stand_beside(filled: Archive, elsewhere: Elsewhere, tmp_path: Path) -> None:
    take(filled.settings, tmp_path / "b.tar")
    other = elsewhere().model_copy(update={"portals": tmp_path / "others"})
    assert bring_back(other, tmp_path / "b.tar").portals == other.data / "portals"
    assert "Quế Sơn" in (other.data / "portals/quang-nam/que-son.toml").read_text(encoding="utf-8")


EVIL = ("../evil", "/etc/evil", "warc/../../evil", "warc/link", "evil", "portals/device")


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_name_leads_out_of_the_folder(elsewhere: Elsewhere, tmp_path: Path, name: str) -> None:
    info = tarfile.TarInfo(name)
    if name.endswith("link"):
        info.type, info.linkname = tarfile.SYMTYPE, "../../../etc/passwd"
    elif name.endswith("device"):
        info.type = tarfile.CHRTYPE
    else:
        info.size = 4
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.addfile(info, io.BytesIO(b"evil"))
    other = elsewhere()
    with pytest.raises(UserError, match="no backup of caicach"):
        bring_back(other, tmp_path / "evil.tar")
    assert not [path for path in tmp_path.rglob("*evil*") if path.name != "evil.tar"]
    assert not other.data.exists()


@pytest.mark.parametrize("content", [b"[]", b"{}", b"{", b'{"format": 2}', b'{"format": 1}'])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_manifest_that_says_nothing(elsewhere: Elsewhere, tmp_path: Path, content: bytes) -> None:
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(content)
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        tar.addfile(info, io.BytesIO(content))
    with pytest.raises(UserError, match=r"b\.tar: "):
        bring_back(elsewhere(), tmp_path / "b.tar")


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_tar(elsewhere: Elsewhere, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.tar").write_bytes(content)
    with pytest.raises(UserError, match=r"b\.tar: .*cut"):
        bring_back(elsewhere(), tmp_path / "b.tar")
    with pytest.raises(UserError, match=r"lost\.tar: No such file"):
        bring_back(elsewhere(), tmp_path / "lost.tar")


@pytest.mark.postgres
def test_a_backup_of_the_other_database_is_refused(
    filled: Archive, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    take(filled.settings, tmp_path / "b.tar")
    sqlite = filled.settings.database.startswith("sqlite")
    url = new_database() if sqlite else f"sqlite:///{tmp_path / 'other' / 'caicach.sqlite'}"
    other = Settings(data=tmp_path / "other", database_url=url)
    with pytest.raises(UserError, match=r"it holds a \w+ database, CAICACH_DATABASE_URL names a"):
        bring_back(other, tmp_path / "b.tar")
    assert not other.data.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_missing_and_old_programs_are_one_line(
    filled: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="pg_dump is not on this machine: install PostgreSQL's client"):
        take(filled.settings, tmp_path / "b.tar")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with pytest.raises(UserError, match=r"is of PostgreSQL 9, the server of \d+: install .*postgresql-client-\d+\)"):
        take(filled.settings, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


@pytest.mark.parametrize(("said", "major"), [("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0)", 15), ("", 0)])
def test_major(said: str, major: int) -> None:
    assert backup_postgres.major(said) == major


@pytest.mark.parametrize("part", [0.05, 0.5, 0.97])
def test_a_full_disk_is_one_line_and_the_old_backup_stays(
    filled: Archive, elsewhere: Elsewhere, tmp_path: Path, part: float
) -> None:
    """The kernel refuses to write more, as it does when a disk is full: here by the limit of a file's size."""
    take(filled.settings, tmp_path / "b.tar")
    before = (tmp_path / "b.tar").read_bytes()
    told = limited(int(len(before) * part) // 1024, filled.settings, "backup", str(tmp_path / "b.tar"))
    assert "room" in told
    assert (tmp_path / "b.tar").read_bytes() == before
    assert not [name for name in entries(tmp_path) if name.startswith(".b.tar")]

    other = elsewhere()
    limited(4, other, "restore", str(tmp_path / "b.tar"))
    assert not other.data.exists()
    bring_back(other, tmp_path / "b.tar")
    assert wrong(other) == []


def limited(kibibytes: int, settings: Settings, *words: str) -> str:
    """What a command says on stderr that may not write longer files than this."""
    own = {
        "CAICACH_DATA": str(settings.data),
        "CAICACH_DATABASE_URL": settings.database,
        "CAICACH_PORTALS": str(settings.portals),
        "PYTHONPATH": str(ROOT),
    }
    command = ["bash", "-c", f'ulimit -f {kibibytes}; exec "$@"', "bash", sys.executable, "-m", "caicach", *words]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("caicach: ")
    return line


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_at_once_do_not_mix(filled: Archive, tmp_path: Path) -> None:
    (tmp_path / ".b.tar.part").write_bytes(b"left by a killed one")
    take(filled.settings, tmp_path / "b.tar")
    inner: list[str] = []

    def again(_what: str, _done: int, _total: int) -> None:
        if not inner:
            with pytest.raises(UserError, match="another backup is being written there") as raised:
                take(filled.settings, tmp_path / "b.tar")
            inner.append(str(raised.value))

    backup(filled.settings, tmp_path / "b.tar", watch=again)
    assert inner
    assert json.loads(manifest(tmp_path / "b.tar"))["format"] == 1


def manifest(path: Path) -> bytes:
    with tarfile.open(path) as tar:
        file = tar.extractfile(MANIFEST)
        assert file is not None
        return file.read()


def test_no_archive_no_backup(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"an older one")
    with pytest.raises(UserError, match="no archive in"):
        take(settings, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == b"an older one"
