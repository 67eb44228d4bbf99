"""What every answer carries, how much anybody may ask, and that nothing can be written or learnt by force."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError

from archive.database import reading
from archive.queries import stats
from config.settings import Settings
from search.web.app import application
from search.web.desk import Desk


@pytest.mark.parametrize(
    "path", ["/", "/articles/4", "/api/articles", "/feed.atom", "/export.csv", "/nowhere", "/static/x/y"]
)
def test_headers_are_strict(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "server" not in headers


def test_pages_need_no_inline_script_or_style(client: TestClient) -> None:
    for path in ("/", "/articles/1", "/coverage", "/portals/queson"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " on" not in {piece[:3] for piece in page.split("<a")}


def test_who_asks_too_much_is_told_to_wait(shown: Settings) -> None:
    with TestClient(application(shown, a_minute=3)) as few:
        answers = [few.get("/api/articles?limit=1") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["retry-after"] == "60"
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert few.get("/healthz").status_code == 200


def test_the_database_cannot_be_written(shown: Settings) -> None:
    desk = Desk(shown)
    with pytest.raises((OperationalError, InternalError), match=r"read-?only"), desk.database.connect() as connection:
        connection.execute(text("DELETE FROM article"))
    desk.stop()


def test_an_error_says_nothing_of_itself(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret /home/operator/data")

    monkeypatch.setattr(Desk, "coverage", fail)
    for path in ("/coverage", "/about"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "RuntimeError" not in answer.text


def test_a_very_long_query_is_cut(client: TestClient) -> None:
    assert client.get("/", params={"q": "cải " * 5000}).status_code == 200
    assert client.get("/", params=[("province", str(n)) for n in range(30)]).status_code == 400


def test_health_and_measures(client: TestClient) -> None:
    health = client.get("/healthz").json()
    assert health["status"] == "ok"
    assert health["archive_version"] == health["index_version"]
    client.get("/articles/1")
    measured = client.get("/metrics").text
    assert 'caicach_web_requests_total{route="/articles/{number}",status="200"}' in measured


def test_measures_are_those_of_the_archive(client: TestClient, shown: Settings) -> None:
    samples = {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for one in family.samples
    }
    assert samples["caicach_index_lag_changes",] == 0
    with reading(shown) as session:
        known = stats(session)
    assert samples["caicach_articles",] == known["articles"]
    assert samples["caicach_archive_version",] == known["archive_version"]
    assert sum(value for (name, *_), value in samples.items() if name == "caicach_portals") == known["portals"]
    assert samples["caicach_disk_free_bytes",] > 0


def test_measures_are_for_who_is_named(shown: Settings) -> None:
    def status(host: str, **more: Any) -> int:
        app = application(shown.model_copy(update=more), a_minute=1_000_000)
        with TestClient(app, client=(host, 5000)) as opened:
            return opened.get("/metrics").status_code

    assert [status(host) for host in ("127.0.0.1", "::1", "10.1.2.3", "::ffff:10.1.2.3", "somebody")] == [
        *(200, 200, 403, 403, 403)
    ]
    assert status("::ffff:10.1.2.3", metrics_from=("10.0.0.0/8",)) == 200
