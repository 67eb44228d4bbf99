"""What the doctor says of archives that are whole, empty, old, away; of clocks, disks and settings."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from archive import doctor, ocr
from archive import tables as t
from archive.database import HEAD, connect, writing
from archive.days import Health, PortalDay, State
from archive.doctor import ArchiveFacts, DatabaseFacts, Level
from archive.report_outbox import put
from archive.runs import RunSummary
from config.settings import Settings
from tests.archives import Archive

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def examined(folder: Path, **environment: str) -> tuple[int, list[dict[str, Any]]]:
    """`caicach doctor --json` in a folder."""
    own = {"PATH": "/usr/bin:/bin", **{f"CAICACH_{name.upper()}": value for name, value in environment.items()}}
    command = [sys.executable, "-m", "caicach", "doctor", "--json"]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        command, cwd=folder, env=own | {"PYTHONPATH": root}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)["findings"]


def of(found: list[dict[str, Any]], area: str) -> list[dict[str, Any]]:
    return [one for one in found if one["area"] == area]


def test_an_empty_folder_has_nothing_wrong_and_stays_empty(tmp_path: Path) -> None:
    code, found = examined(tmp_path)
    assert (code, [one for one in found if one["level"] == "wrong"]) == (0, [])
    (said,) = of(found, "database")
    assert (said["level"], "`caicach crawl`" in said["todo"]) == ("note", True)
    assert not of(found, "index")
    assert not list(tmp_path.iterdir())
    assert all(one["todo"] for one in found if one["level"] != "fine")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://127.0.0.1/x", "mysql is not supported"),
        ("nonsense", "not the address of a database"),
        ("postgresql+psycopg://u:s3cret@127.0.0.1:1/x", "refused"),
    ],
)
def test_a_broken_database_url_is_a_finding(tmp_path: Path, url: str, says: str) -> None:
    code, found = examined(tmp_path, database_url=url)
    database = of(found, "database")
    assert code == 3
    assert [one["level"] for one in database] == ["wrong"]
    assert says in database[0]["found"]
    assert database[0]["todo"]
    assert "s3cret" not in str(found)
    assert of(found, "portal files")[0]["level"] == "fine"


def test_wrong_settings_are_each_a_finding(tmp_path: Path) -> None:
    code, found = examined(tmp_path, night="late", disk_floor="some", data="x")
    assert code == 3
    assert [one["found"].split(":")[0] for one in of(found, "settings")] == ["CAICACH_NIGHT", "CAICACH_DISK_FLOOR"]


def test_an_archive_is_looked_through(archive: Archive) -> None:
    archive.record("a")
    day = PortalDay("queson", NOW.date(), "ok", health=Health(State.BROKEN, "layout", "no title", NOW.date()))
    archive.store.finish(archive.runs.pop("queson"), RunSummary("queson"), day)
    settings = archive.settings
    code, found = examined(settings.data, data=str(settings.data), database_url=settings.database)
    assert code == 3
    assert [(one["level"], one["found"]) for one in of(found, "portals")] == [
        ("fine", "1 broken"),
        ("wrong", "1 broken: queson"),
    ]
    assert of(found, "database")[0]["level"] == "fine"
    assert of(found, "index")[0]["todo"] == "run `caicach index sync`"
    assert of(found, "clock")[0]["level"] == "fine"
    assert {one["level"] for one in of(found, "programs")} == ({"fine"} if ocr.means() else {"fine", "note"})
    assert of(found, "nights")[0]["level"] == "fine"


def test_an_old_schema_is_told_of(archive: Archive) -> None:
    engine = connect(archive.settings.database)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    code, found = examined(
        archive.settings.data, data=str(archive.settings.data), database_url=archive.settings.database
    )
    assert code == 3
    assert [one["todo"] for one in of(found, "database")] == ["run `caicach db upgrade`"]
    assert not of(found, "index")


def test_a_portal_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "x.toml").write_text('name = "x"\n', encoding="utf-8")
    code, found = examined(tmp_path, portals=str(tmp_path / "portals"))
    assert code == 3
    assert "x.toml: url: missing" in of(found, "portal files")[0]["found"]


def test_a_misspelt_variable_is_told_with_the_one_that_is_meant() -> None:
    said = ["CAICACH_SERCH_URL", "CAICACH_DATA", "CAICACH_TEST_DATABASE_URL", "HOME", "CAICACH_ZZZZZZ"]
    found = list(doctor.unknown_settings(said, Settings.model_fields))
    assert [one.todo for one in found] == ["write CAICACH_SEARCH_URL", "remove it; docs/settings.md names all"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"smtp_url": "smtps://127.0.0.1", "contact": "x"}, "nobody gets the report"),
        ({"mail_to": ("a@x.vn",), "contact": "x"}, "no server takes the mail"),
        (
            {"smtp_url": "smtp+plain://127.0.0.1", "smtp_password": "p", "mail_to": ("a@x.vn",), "contact": "x"},
            "sent in clear",
        ),
    ],
)
def test_settings_that_do_not_go_together(changes: dict[str, Any], says: str) -> None:
    wrong = [one for one in doctor.settings_findings(Settings(**changes)) if one.level is Level.WRONG]
    assert [says in one.found for one in wrong] == [True]


@pytest.mark.parametrize(("free", "level"), [(10**9, Level.WRONG), (5 * 10**9, Level.NOTE), (50 * 10**9, Level.FINE)])
def test_the_disk_is_measured_by_the_floor(free: int, level: Level) -> None:
    assert [one.level for one in doctor.disk_findings(free, 2 * 10**9, "/data")] == [level]


def test_a_clock_that_cannot_be_right() -> None:
    def levels(now: datetime, server: datetime | None = None, last: datetime | None = None) -> list[Level]:
        return [one.level for one in doctor.clock_findings(now, server, last, "UTC")]

    assert levels(NOW, NOW + timedelta(seconds=5), NOW - timedelta(days=1)) == [Level.FINE]
    assert levels(datetime(1970, 1, 1, tzinfo=UTC)) == [Level.WRONG]
    assert levels(NOW, NOW + timedelta(minutes=5)) == [Level.WRONG]
    assert levels(NOW, None, NOW + timedelta(hours=2)) == [Level.WRONG]


def test_a_schema_newer_than_the_program() -> None:
    found = list(doctor.database_findings(DatabaseFacts("db", schema="9999"), HEAD))
    assert [one.todo for one in found] == ["update caicach"]


def test_missed_and_unexplained_nights() -> None:
    facts = ArchiveFacts(last_run=NOW - timedelta(hours=60), unexplained=2, waiting=3)
    found = list(doctor.night_findings(facts, NOW))
    assert [one.level for one in found] == [Level.WRONG, Level.WRONG, Level.NOTE]
    assert "60 hours ago" in found[0].found


def test_a_report_that_nobody_takes_is_told_of(archive: Archive) -> None:
    archive.record("a")
    archive.finish()
    now = datetime.now(UTC)
    with writing(archive.store.engine) as connection:
        put(connection, "report:2026-11-22", {}, ["mail:a@x.vn"], now)
        connection.execute(update(t.notice), {"tries": 3, "fault": "mail: Connection refused"})
    settings = archive.settings
    _, found = examined(settings.data, data=str(settings.data), database_url=settings.database)
    assert [one["found"] for one in of(found, "report")] == [
        "1 reports or alarms could not be delivered: mail: Connection refused"
    ]


def test_a_hundred_broken_portals_are_one_line() -> None:
    found = list(doctor.portal_findings({f"p{n:03}": State.BROKEN for n in range(100)}))
    assert [one.found for one in found] == ["100 broken", "100 broken: p000, p001, p002, p003, p004 and 95 more"]
