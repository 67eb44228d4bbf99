"""The metrics that a crawl leaves in a file: as Prometheus' own parser reads them, whole or not at all."""

import threading
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archive.runs import Outcome, RunSummary
from archive.store import Store
from config.settings import Settings
from crawler.metrics import leave
from crawler.run import Fleet, crawl
from tests.crawler.test_nights import Mini, plain

DOCS = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")


def samples(path: Path) -> dict[tuple[str, ...], float]:
    text = path.read_text(encoding="utf-8")
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


@pytest.fixture
def measured(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"metrics_file": tmp_path / "collected" / "caicach.prom"})


def test_a_crawl_leaves_what_it_did_and_how_the_archive_is(
    faulty: Any, other: Any, card: Any, measured: Settings
) -> None:
    Mini(faulty, count=3)
    other.paths["/robots.txt"] = plain(b"", "403 No")
    crawl(Fleet([card(other.url, slug="bad"), card(faulty.url)], measured))
    assert measured.metrics_file is not None
    found = samples(measured.metrics_file)
    assert (found["caicach_crawl_runs", "ok"], found["caicach_crawl_runs", "refused"]) == (1, 1)
    assert (found["caicach_crawl_new",], found["caicach_articles",]) == (3, 3)
    assert found["caicach_crawl_requests",] == len(faulty.asked) + len(other.asked)
    assert found["caicach_portals", "ok"] + found["caicach_portals", "suspect"] == 1
    assert found["caicach_last_run_timestamp_seconds",] == pytest.approx(
        found["caicach_crawl_timestamp_seconds",], abs=60
    )
    assert [path.name for path in measured.metrics_file.parent.iterdir()] == ["caicach.prom"]


def test_every_name_is_documented(measured: Settings) -> None:
    Store.open(measured).close()
    leave(measured, [RunSummary("a", new=1, requests=3)])
    assert measured.metrics_file is not None
    for name in {name for name, *_ in samples(measured.metrics_file)}:
        assert f"`{name}`" in DOCS or f"`{name}{{" in DOCS or f"`_{name.rpartition('_')[2]}`" in DOCS, name


def test_who_reads_meanwhile_reads_a_whole_file(measured: Settings) -> None:
    Store.open(measured).close()
    path = measured.metrics_file
    assert path is not None
    leave(measured, [])
    done = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(len(samples(path)))

    reader = threading.Thread(target=read)
    reader.start()
    for count in range(8):
        leave(measured, [RunSummary(str(n), Outcome.OK) for n in range(count)])
    done.set()
    reader.join()
    assert len(seen) == 1


def test_one_that_cannot_be_written_fails_no_crawl(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Store.open(settings).close()
    (tmp_path / "file").touch()
    leave(settings.model_copy(update={"metrics_file": tmp_path / "file" / "x.prom"}), [])
    assert "CAICACH_METRICS_FILE could not be written" in caplog.text
