"""A download has the bytes that `caicach export` writes, and begins at once."""

import io
import json
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from archive.database import reading
from archive.export import export
from archive.filters import Filters
from config.settings import Settings
from search.web import downloads


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_the_bytes_are_those_of_the_command(client: TestClient, shown: Settings, tmp_path: Path, kind: str) -> None:
    with reading(shown) as session:
        export(session, tmp_path / "a", filters=Filters(), format=kind)
    answer = client.get(f"/export.{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content == (tmp_path / "a").read_bytes()


def test_a_search_is_exported_whole(client: TestClient) -> None:
    total = client.get("/api/articles?q=hoi+nghi").json()["total"]
    lines = client.get("/export.jsonl?q=hoi+nghi").text.splitlines()
    assert len(lines) == total == 30


def test_a_zip_has_manifest_and_codebook(client: TestClient) -> None:
    with zipfile.ZipFile(io.BytesIO(client.get("/export.zip?q=hoi+nghi&format=parquet&no-body=1").content)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("cchc.parquet.manifest.json"))
        table = pq.read_table(io.BytesIO(archive.read("cchc.parquet")))
        assert archive.read("codebook.csv").startswith(b"name,type,source,vi,en,values\r\n")
    assert manifest["rows"] == table.num_rows == 30
    assert "body" not in table.column_names
    assert manifest["query"] == "hoi nghi"


def test_words_that_do_not_go_together_are_refused(client: TestClient) -> None:
    answer = client.get("/export.jsonl?excel=1")
    assert answer.status_code == 400
    assert "excel" in answer.text


def test_too_many_at_once_are_asked_to_wait(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_room", downloads.threading.BoundedSemaphore(1))
    with downloads._room:
        answer = client.get("/export.csv")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert client.get("/export.csv").status_code == 200
    assert client.get("/export.csv").status_code == 200
