"""A farm crawled over several nights, its database and index dropped: WARC alone gives the same export again."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import text

from archive import database
from archive.export import export
from archive.filters import Filters
from archive.store import Store
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.run import crawl
from tests.flow.conftest import Desk

FIRST = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
FAMILIES = ("nukeviet", "vhv", "wordpress", "jsonapi", "generic")
NIGHTS = (0, 1, 4, 5, 9, 15, 16)


@pytest.fixture
def lived(desk: Desk, database_url: str) -> Iterator[Settings]:
    """An archive after some nights: published, corrected, taken offline, challenged, copied, with files."""
    settings = Settings(
        data=desk.data, database_url=database_url, portals=desk.portals, allow_private=True, contact="tests@localhost"
    )
    farm = Farm(23, articles=8, copies=2, families=FAMILIES, portals=6, files=("pdf", "docx"), until=FIRST.date())
    with farm:
        farm.fault("vhv", "challenge", where="article", page="cookie")
        for day in NIGHTS:
            now = FIRST + timedelta(days=day)
            if day:
                farm.night(now.date())
            if day == 4:
                farm.remove("nukeviet", 2)
            if day == 1:
                farm.heal("vhv")
            farm.write_portals(settings.portals)
            with time_machine.travel(now, tick=True):
                crawl(Fleet(list(load(settings.portals).values()), settings))
        with Store.open(settings) as store:
            store.withhold(3, "asked for")
        yield settings


def exported(settings: Settings, output: Path) -> str:
    with database.reading(settings) as session:
        export(session, output, filters=Filters(any_topic=True))
    return hashlib.sha256(output.read_bytes()).hexdigest()


def counted(settings: Settings) -> dict[str, int]:
    with database.reading(settings) as session:
        run = session.connection().execute
        asked = "SELECT 'articles', count(*) FROM article UNION ALL "
        asked += "SELECT 'revised', count(*) FROM change WHERE kind = 'revised' UNION ALL "
        asked += "SELECT 'gone', count(*) FROM article WHERE gone_at IS NOT NULL UNION ALL "
        asked += "SELECT 'copies', count(*) FROM article WHERE copy_group IS NOT NULL UNION ALL "
        asked += "SELECT 'quarantined', count(*) FROM quarantine UNION ALL "
        asked += "SELECT 'files', count(*) FROM attachment WHERE blob_id IS NOT NULL UNION ALL "
        asked += "SELECT 'days', count(*) FROM portal_day"
        return {row[0]: row[1] for row in run(text(asked))}


def dropped(settings: Settings) -> None:
    """Nothing but the WARC files is left."""
    for path in settings.data.iterdir():
        if path.name != "warc":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    engine = database.connect(settings.database)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    else:
        Path(engine.url.database or "").unlink()
    engine.dispose()


def run(desk: Desk, settings: Settings, *words: str) -> str:
    environment = desk.environment | {"CAICACH_DATABASE_URL": settings.database}
    done = subprocess.run(
        desk.command(*words), env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_nights_on_a_farm_come_back_from_their_captures(desk: Desk, lived: Settings, tmp_path: Path) -> None:
    before, there = exported(lived, tmp_path / "before.csv"), counted(lived)
    assert min(there.values()) > 0, there
    dropped(lived)
    done = json.loads(run(desk, lived, "replay", "--rebuild", "--json"))
    assert (done["lost"], done["otherwise"], done["void"]) == ([], 0, 0)
    assert exported(lived, tmp_path / "after.csv") == before
    assert counted(lived) == there
    assert json.loads(run(desk, lived, "verify", "--json"))["wrong"] == []
    plan = json.loads(run(desk, lived, "replay", "--plan", "--json"))
    assert (plan["articles"], plan["changed"], plan["unread"]) == (there["articles"], 0, [])
    assert "0 repaired" in run(desk, lived, "index", "verify")
