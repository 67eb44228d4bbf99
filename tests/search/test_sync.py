"""The index follows the archive: changes pulled, interrupted, rebuilt, verified, and killed at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive import queries
from archive.filters import Filters
from config.settings import Settings
from search import sync as syncing
from search.documents import document
from search.engine import FACETS, Query, UnusableIndexError
from search.engines.embedded import Embedded
from search.opening import engine_of, pull, sessions_of, status_of
from search.sync import BusyError, rebuild, sync, verify
from tests.archives import Archive, files, later

CHECKOUT = Path(__file__).resolve().parents[2]
COLUMNS = {"act_type": "act_type", "area": "reform_areas", "indicator": "indicators", "body": "issuing_body"}
PULL = """
from config.settings import Settings
from search import sync
from search.opening import engine_of, sessions_of
sync.BATCH = 20
settings = Settings.load()
engine = engine_of(settings)
print("begun", flush=True)
getattr(sync, "{command}")(sessions_of(settings), engine)
"""


both = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def engine(settings: Settings) -> Embedded:
    return engine_of(settings)


def equal(archive: Archive, engine: Embedded) -> bool:
    """Whether the index holds exactly what the archive shows."""
    ids = archive.read(queries.matching, Filters(any_topic=True))
    shown = archive.read(queries.documents, ids)
    return engine.digests() == {one.id: document(one).digest for one in shown if not one.withheld}


def test_the_first_pull_builds_and_the_next_has_nothing_to_do(
    full: Archive, engine: Embedded, capsys: pytest.CaptureFixture[str]
) -> None:
    done = pull(full.settings, engine)
    assert done is not None
    assert (done.indexed, done.removed, done.cursor) == (39, 1, full.read(queries.version))
    assert equal(full, engine)
    assert sync(full.session, engine).indexed == 0
    assert capsys.readouterr().err == ""


@both
def test_a_pull_with_nothing_new_opens_no_session(full: Archive, engine: Embedded) -> None:
    pull(full.settings, engine)
    assert pull(full.settings, engine) is None


@both
def test_changes_follow(archive: Archive, engine: Embedded) -> None:
    first = archive.record("mot", "Cải cách hành chính xã Một", attachments=files("phuluc")).article
    second = archive.record("hai", "Cải cách hành chính xã Hai").article
    sync(archive.session, engine)
    assert engine.ids(Query("xã")) == [first, second]
    archive.record("mot", "Cải cách hành chính phường Một", at=later(days=2))
    archive.store.withhold(second, "vì lý do riêng")
    third = archive.record("ba", "Cải cách hành chính xã Ba").article
    done = sync(archive.session, engine)
    assert (done.indexed, done.removed) == (2, 1)
    assert engine.ids(Query("xã")) == [third]
    assert engine.ids(Query("phường")) == [first]
    archive.store.lift(second)
    sync(archive.session, engine)
    assert engine.ids(Query("xã")) == [second, third]
    assert equal(archive, engine)


FILTERS = [
    Filters(),
    Filters(any_topic=True),
    Filters(province=("ha tinh",)),
    Filters(district=("huyện Quế Sơn",), any_topic=True),
    Filters(province_now=("Đà Nẵng",)),
    Filters(portal=("thangbinh",)),
    Filters(level=("district",), kind=("plan",)),
    Filters(year=(2024,)),
    Filters(year=(2023, 2024), province=("Quảng Nam", "ha tinh")),
    Filters(year=(2024,), province=("Quảng Nam",), level=("district",)),
    Filters(since=date(2024, 2, 16)),
    Filters(until=date(2024, 2, 15)),
    Filters(type=("quyet dinh",), indicator=("par index",)),
    Filters(area=("cai cach tai chinh cong",)),
    Filters(number=("12 qd ubnd", "15/QĐ-UBND")),
    Filters(number=("30c/NQ-CP",)),
    Filters(body=("uy ban nhan dan huyen que son",)),
    Filters(family=("nukeviet",)),
    Filters(commune=("Không Có",)),
]


@both
def test_sets_and_facets_equal_those_of_sql(full: Archive, engine: Embedded) -> None:
    sync(full.session, engine)
    found = []
    for filters in FILTERS:
        rows = full.read(queries.rows, filters)
        results = engine.find(Query(filters=filters, limit=1000))
        found.append(len(rows))
        assert engine.ids(Query(filters=filters)) == [row["id"] for row in rows] == full.read(queries.matching, filters)
        assert results.total == len(rows) == full.read(queries.count, filters)
        for facet in FACETS:
            assert results.facets[facet] == dict(_counted(rows, facet)), (facet, filters)
    assert found[0] == 39
    assert len(set(found)) > 3, "filters that all select the same prove nothing"


def _counted(rows: list[Any], facet: str) -> Counter[str]:
    expected: Counter[str] = Counter()
    for row in rows:
        when = row["published_at"]
        if facet in {"year", "month"}:
            expected.update([f"{when:%Y}" if facet == "year" else f"{when:%Y-%m}"] if when else [])
        else:
            value = row[COLUMNS.get(facet, facet)]
            expected.update(value if isinstance(value, tuple) else [value] if value else [])
    return expected


# Interrupted


def test_a_sync_that_fails_half_way_goes_on_where_it_stopped(
    full: Archive, engine: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BATCH", 10)
    sync(full.session, engine)
    for at in range(40, 75):
        full.record(f"tin-{at}", f"Cải cách hành chính số {at}")
    made = syncing.document
    monkeypatch.setattr(syncing, "document", lambda one: made(one) if one.id < 60 else _fail())
    with pytest.raises(RuntimeError):
        sync(full.session, engine)
    monkeypatch.setattr(syncing, "document", made)
    reached = engine.cursor()
    assert 0 < reached < full.read(queries.version)
    assert 0 < sync(full.session, engine).indexed < 35
    assert equal(full, engine)


def _fail() -> Any:
    raise RuntimeError


def test_a_search_while_another_process_writes_reads_what_is_there(full: Archive, settings: Settings) -> None:
    reader, writer = engine_of(settings), engine_of(settings)
    sync(full.session, writer)
    full.record("moi", "Cải cách hành chính xã Mới")
    with writer.writing() as mine:
        assert mine
        done = pull(settings, reader)
        assert done is not None
        assert done.busy
        assert reader.ids(Query("mới")) == []
        with pytest.raises(BusyError):
            rebuild(full.session, reader)
        with pytest.raises(BusyError):
            verify(full.session, reader)
    pull(settings, writer)
    assert len(reader.ids(Query("mới"))) == 1


def test_a_rebuild_answers_all_the_while_and_swaps(full: Archive, settings: Settings) -> None:
    reader, writer = engine_of(settings), engine_of(settings)
    sync(full.session, writer)
    before, old = reader.ids(Query()), settings.index / "g000001"
    seen: list[list[int]] = []
    rebuild(full.session, writer, lambda _: seen.append(reader.ids(Query())))
    assert seen
    assert all(ids == before for ids in seen)
    assert reader.ids(Query()) == before
    assert not old.exists()


# Damaged, old, foreign


@pytest.mark.parametrize("damage", ["meta", "segment", "pointer", "identity", "empty"])
def test_a_damaged_or_old_index_is_built_anew_with_a_line(
    damage: str, full: Archive, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(full.session, engine_of(settings))
    place = settings.index / "g000001"
    match damage:
        case "meta":
            (place / "meta.json").write_text("{")
        case "segment":
            for file in place.glob("*.store"):
                file.write_bytes(file.read_bytes()[:10])
        case "pointer":
            (settings.index / "current").write_text("g999999")
        case "identity":
            (place / "identity.json").write_text('{"fields": "0"}')
        case _:
            for file in place.iterdir():
                file.unlink()
    engine = engine_of(settings)
    done = pull(settings, engine)
    assert done is not None
    assert done.indexed == 39
    assert equal(full, engine)
    said = capsys.readouterr().err
    assert said.count("\n") == (0 if damage == "pointer" else 1)


def test_a_change_of_vocabulary_builds_anew(full: Archive, settings: Settings) -> None:
    sync(full.session, Embedded(settings.index, engine_of(settings)._abbreviations, "older words"))
    done = sync(full.session, engine_of(settings))
    assert done.rebuilt == "vocabulary changed"


def test_an_index_of_another_archive_is_built_anew(full: Archive, settings: Settings, tmp_path: Path) -> None:
    engine = engine_of(settings)
    sync(full.session, engine)
    with engine.writing():
        engine.replace([], [], 10_000)
    assert sync(full.session, engine).rebuilt == "it was made from another archive"
    assert equal(full, engine)


def test_verify_names_and_repairs_what_differs(full: Archive, engine: Embedded) -> None:
    sync(full.session, engine)
    assert verify(full.session, engine).repaired == 0
    one, two = full.read(queries.documents, [1, 2])
    ghost = document(one).__class__(
        **{name: getattr(document(one), name) for name in document(one).__slots__} | {"id": 999}
    )
    with engine.writing():
        engine.replace([1, 2, 3], [document(two)], engine.cursor())
        engine.replace([2], [_retitled(document(two)), ghost], engine.cursor())
    assert not equal(full, engine)
    found = verify(full.session, engine)
    assert (found.missing, found.stale, found.extra) == ([1, 3], [2], [999])
    assert equal(full, engine)
    assert verify(full.session, engine).repaired == 0


def _retitled(made: Any) -> Any:
    return type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"title": "Giả"})


def test_status_says_what_is_missing(full: Archive, engine: Embedded, settings: Settings) -> None:
    assert status_of(settings, engine)["state"] == "to be built: there is none yet"
    sync(full.session, engine)
    assert status_of(settings, engine)["state"] == "up to date"
    full.record("moi", "Cải cách hành chính xã Mới")
    behind = full.read(queries.version) - engine.cursor()
    assert behind > 0
    assert status_of(settings, engine)["state"] == f"{behind} changes behind: run `caicach index sync`"


# Killed


@pytest.mark.parametrize("command", ["sync", "rebuild"])
def test_killed_at_any_moment_the_next_sync_ends_equal(command: str, full: Archive, settings: Settings) -> None:
    """SIGKILL at random moments of one run after another; a reader always has a whole index."""
    draw = random.Random(11)
    engine = engine_of(settings)
    sync(full.session, engine)
    with _start(command, settings) as process:
        begun = time.monotonic()
        assert process.wait() == 0
        whole = time.monotonic() - begun
    killed = 0
    for night in range(4):
        for at in range(30):
            full.record(f"dem-{night}-{at}", f"Cải cách hành chính đêm {night} số {at}")
        with _start(command, settings) as process:
            time.sleep(whole * draw.random())
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        assert len(engine.ids(Query())) >= 39
    assert killed
    sync(full.session, engine)
    assert engine.cursor() == full.read(queries.version)
    assert equal(full, engine)


def _start(command: str, settings: Settings) -> subprocess.Popen[bytes]:
    """A process that has loaded everything and is about to begin."""
    told = {"CAICACH_DATA": str(settings.data), "CAICACH_DATABASE_URL": settings.database, "PYTHONPATH": str(CHECKOUT)}
    code = PULL.format(command=command)
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | told, cwd=settings.data, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def test_no_archive_is_one_line(tmp_path: Path) -> None:
    from config.errors import UserError

    settings = Settings(data=tmp_path / "none")
    with pytest.raises(UserError, match="no archive"):
        pull(settings, engine_of(settings))
    with pytest.raises(UnusableIndexError, match="index sync"):
        engine_of(settings).find(Query("a"))
    assert sessions_of(settings)
