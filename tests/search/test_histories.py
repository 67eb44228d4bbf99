"""Edited after publication, gone within days: the same filters at the keyboard, in pages, API, feed and export."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from archive.filters import Filters
from caicach import app
from config.settings import Settings
from search.engine import Mode, Query
from search.engines.meilisearch_questions import filter_of
from search.opening import engine_of, pull
from search.web.app import application
from tests.archives import BODY, Archive, capture, later

EDITED = [2]
REMOVED = [3]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """1 stays as it was, 2 is edited; all are of 15 February 2024, 3 is gone after two weeks, 4 after two months."""
    archive = Archive(Settings(data=Path(tmp_path_factory.mktemp("lived")) / "data"))
    for number in (1, 2, 3, 4):
        archive.record(str(number), f"Kế hoạch số {number}", f"{BODY}\nĐiều {number}.")
    archive.record("2", "Kế hoạch số 2", f"{BODY}\nĐiều 22.", at=later(days=1))
    for number, day in ((3, 0), (4, 50)):
        kept = archive.store.keep(
            archive.run(), capture(f"https://queson.gov.vn/{number}.html", b"", at=later(days=day))
        )
        archive.store.gone(archive.run(), number, "status 404", kept)
    archive.finish()
    archive.store.close()
    return archive.settings


@pytest.fixture
def client(lived: Settings) -> Iterator[TestClient]:
    with TestClient(application(lived), client=("127.0.0.1", 50000)) as opened:
        yield opened


@pytest.fixture
def called(lived: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("CAICACH_DATA", str(lived.data))

    def call(*words: str) -> str:
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        return done.stdout

    return call


CASES = [
    (("edited", "any"), [2]),
    (("edited", "substantive"), [2]),
    (("edited", "cosmetic"), []),
    (("removed", "30"), [3]),
]
CASES += [(("removed", "70"), [3, 4]), (("removed", "0"), [])]


@pytest.mark.parametrize(("pair", "expected"), CASES)
def test_every_door_gives_the_same_articles(
    pair: tuple[str, str], expected: list[int], called: Callable[..., str], client: TestClient, tmp_path: Path
) -> None:
    option = (f"--{pair[0]}", pair[1])
    found = json.loads(called("search", "kế hoạch", *option, "--json"))
    assert (found["total"], sorted(hit["id"] for hit in found["hits"])) == (len(expected), expected)
    assert sum(found["facets"]["portal"].values()) == len(expected)
    for query in ((), ("--query", "kế hoạch")):
        file = tmp_path / "a.jsonl"
        called("export", "--output", str(file), "--format", "jsonl", *query, *option)
        assert [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()] == expected
        said = json.loads((tmp_path / "a.jsonl.manifest.json").read_text(encoding="utf-8"))["filters"]
        assert said == {pair[0]: [pair[1]] if pair[0] == "edited" else int(pair[1])}
    answer = client.get("/api/articles", params=[pair]).json()
    assert sorted(hit["id"] for hit in answer["hits"]) == expected
    rows = client.get("/export.csv", params=[pair]).text.splitlines()[1:]
    assert len([row for row in rows if row.startswith(("1,", "2,", "3,", "4,"))]) == len(expected)
    assert client.get("/feed.atom", params=[pair]).text.count("<entry>") == len(expected)
    page = client.get("/", params=[pair]).text
    assert [f'href="/articles/{number}' in page for number in (1, 2, 3, 4)] == [n in expected for n in (1, 2, 3, 4)]


def test_complete_sets_and_articles_alike_are_narrowed_too(lived: Settings) -> None:
    engine = engine_of(lived)
    pull(lived, engine)
    query = Query("kế hoạch", Mode.EXACT, filters=Filters(edited=("any",)))
    assert engine.ids(query) == EDITED
    assert [hit.id for hit in engine.like(1, query).hits] == EDITED
    assert [hit.id for hit in engine.like(1, Query(filters=Filters(removed=30))).hits] == REMOVED


def test_a_server_is_asked_for_the_ids() -> None:
    assert 'id IN ["2", "7"]' in list(filter_of(Filters(among=frozenset({7, 2}))))
    assert 'id IN ["-1"]' in list(filter_of(Filters(among=frozenset())))


def test_words_that_cannot_be(client: TestClient) -> None:
    assert client.get("/api/articles", params={"edited": "much"}).status_code in {400, 422}
    assert client.get("/api/articles", params={"removed": "-1"}).status_code in {400, 422}
