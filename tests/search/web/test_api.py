"""The API: the contract's object, a cursor to the end, problems for errors; and nothing a fuzzer finds."""

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, assume, given, settings

from archive import queries
from archive.database import reading
from archive.filters import Filters
from config.settings import Settings
from search.engine import Query


def test_the_object_of_the_contract(client: TestClient) -> None:
    answer = client.get("/api/articles", params={"q": "cai cach", "limit": "3"}).json()
    assert {"total", "took_ms", "hits", "facets", "next"} <= set(answer)
    assert set(answer["hits"][0]) == {"id", "url", "title", "portal", "published_at", "snippet"}
    assert len(answer["hits"]) == 3


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_the_cursor_leads_to_the_end(client: TestClient, shown: Settings, sort: str) -> None:
    seen: list[int] = []
    cursor: int | None = 0
    while cursor is not None:
        answer = client.get("/api/articles", params={"sort": sort, "limit": "7", "cursor": cursor}).json()
        seen += [hit["id"] for hit in answer["hits"]]
        cursor = answer["next"]
    with reading(shown) as session:
        assert sorted(seen) == list(queries.matching(session, Filters()))


def test_an_article_has_everything(client: TestClient) -> None:
    answer = client.get("/api/articles/1").json()
    assert answer["revisions"] == 3
    assert len(answer["history"]) == 3
    assert answer["announced"][0]["number"] == "83/QĐ-UBND"
    assert answer["published_at"] == "2024-02-15T08:30+07:00"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/articles/9999", 404), ("/api/articles/x", 404), ("/api/nothing", 404), ("/api/articles?year=x", 400)],
)
def test_errors_are_problems(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]


def test_a_fuzzer_finds_nothing(client: TestClient) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", client.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 2
    for operation in operations:

        @settings(max_examples=60, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case) -> None:
            asked = case.query or {}
            assume(not asked.get("from") or not asked.get("to") or asked["from"] <= asked["to"])
            case.call_and_validate()

        check()


def test_a_cursor_far_behind_the_end_is_an_empty_page(client: TestClient) -> None:
    for query in ("", "&q=cai+cach", "&sort=newest"):
        answer = client.get(f"/api/articles?cursor=999999999{query}").json()
        assert answer["hits"] == []
        assert answer["next"] is None


def test_a_window_bounds_what_a_page_may_reach(client: TestClient) -> None:
    engine = client.app.state.desk.engine  # type: ignore[attr-defined]
    for text in ("", "cải cách"):
        assert len(engine.find(Query(text, offset=20, limit=20, window=25)).hits) == 5
        assert engine.find(Query(text, offset=20, limit=20, window=20)).hits == ()
