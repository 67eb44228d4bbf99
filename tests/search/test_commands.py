"""`caicach search`, `index` and `export`, as typed."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text
from typer.testing import CliRunner, Result

from caicach import app
from config.errors import UserError
from search import listing
from search.engine import Hit, Query, Results
from search.opening import engine_of
from search.snippets import Snippet
from search.suggest import Suggestion
from tests.archives import Archive

CHECKOUT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(full: Archive, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Types a command, in the archive of the fixture `full`."""
    monkeypatch.setenv("CAICACH_DATA", str(full.settings.data))
    monkeypatch.setenv("CAICACH_DATABASE_URL", full.settings.database)
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: CliRunner().invoke(app, list(words))


def test_search_prints_what_a_person_needs(run: Run) -> None:
    done = run("search", "ke", "hoach", "cchc", "--limit", "3", "--sort", "oldest")
    assert done.exit_code == 0, done.output
    assert "39 articles, 1-3 here, oldest first" in done.stdout
    assert "Kế hoạch cải cách hành chính số 0" in done.stdout
    assert "2024-02-15 · Cổng TTĐT huyện thangbinh · id 1" in done.stdout
    assert "https://thangbinh.gov.vn/tin-0.html" in done.stdout
    assert "narrow with\n     --province" in done.stdout
    assert "\x1b[" not in done.stdout


def test_json_is_the_contract(run: Run) -> None:
    done = run("search", "12 qd ubnd", "--json")
    said = json.loads(done.stdout)
    assert list(said) == ["total", "took_ms", "hits", "facets"]
    assert said["total"] == 1
    hit = said["hits"][0]
    assert list(hit) == ["id", "url", "title", "portal", "published_at", "snippet"]
    assert (hit["id"], hit["portal"], hit["published_at"]) == (3, "queson", "2024-02-15T08:30+07:00")
    assert "<mark>12/QĐ-UBND</mark>" in hit["snippet"]
    assert said["facets"]["province"] == {"Quảng Nam": 1}
    assert said["facets"]["year"] == {"2024": 1}


def test_filters_narrow(run: Run) -> None:
    assert json.loads(run("search", "cải cách", "--province", "ha tinh", "--json").stdout)["total"] == 14
    assert json.loads(run("search", "--any-topic", "--json").stdout)["total"] == 39
    assert json.loads(run("search", "cải cách", "--from", "2030-01-01", "--json").stdout)["total"] == 0


def test_nothing_found_says_what_to_try(run: Run) -> None:
    done = run("search", "vắngmặthẳn", "--mode", "exact", "--year", "2024")
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 1
    for word in ("--mode smart", "fewer filters", "--any-topic"):
        assert word in done.stdout


@pytest.mark.parametrize(("option", "value"), [("--mode", "fuzzy"), ("--sort", "best")])
def test_a_wrong_choice_is_wrong_use(option: str, value: str, run: Run) -> None:
    done = run("search", "a", option, value)
    assert isinstance(done.exception, UserError)
    assert done.exception.code == 2
    assert value in str(done.exception)


def test_new_articles_are_found_at_once(run: Run, full: Archive) -> None:
    assert run("search", "mớitinh").stdout.startswith("nothing found")
    full.record("moi", "Cải cách hành chính mớitinh")
    assert "1 article " in run("search", "mớitinh").stdout


def test_an_index_damaged_under_way_is_built_anew(run: Run, full: Archive) -> None:
    run("index", "sync")
    for file in full.settings.index.glob("g*/*.term"):
        file.write_bytes(b"x" * 100)
    done = run("search", "kế hoạch")
    assert "39 articles" in done.stdout
    assert done.stderr.count("\n") == 1


def test_index_commands(run: Run, full: Archive) -> None:
    assert "39 articles indexed, 1 taken out" in run("index", "sync").stdout
    assert run("index", "sync").stdout.startswith("0 articles indexed")
    assert "state           up to date" in run("index", "status").stdout
    assert json.loads(run("index", "status", "--json").stdout)["documents"] == 39
    assert run("index", "rebuild").stdout.startswith("39 articles indexed")
    engine = engine_of(full.settings)
    with engine.writing():
        engine.replace([4], [], engine.cursor())
    done = run("index", "verify")
    assert (done.exit_code, done.stderr) == (0, "caicach: article 4 was missing in the index: repaired\n")
    assert run("index", "verify").stdout == "39 articles: the index equals the archive; 0 repaired\n"


def test_while_another_process_writes(run: Run, full: Archive) -> None:
    run("index", "sync")
    full.record("moi", "Cải cách hành chính mớitinh")
    with engine_of(full.settings).writing() as mine:
        assert mine
        assert run("search", "mớitinh").stdout.startswith("nothing found")
        for command in ("sync", "rebuild", "verify"):
            done = run("index", command)
            assert "another process writes" in str(done.exception)
            assert isinstance(done.exception, UserError)


def test_export_of_a_query_is_the_complete_set(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    done = run("export", "--output", str(output), "--query", "tài chính công", "--province", "Quảng Nam", "--no-body")
    assert done.exit_code == 0, done.output
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert "body" not in rows[0]
    whole = run("search", "tài chính công", "--province", "Quảng Nam", "--limit", "1000", "--json")
    told = json.loads(whole.stdout)
    assert [int(row["id"]) for row in rows] == sorted(hit["id"] for hit in told["hits"])
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    assert (manifest["query"], manifest["mode"], manifest["rows"]) == ("tài chính công", "smart", told["total"])


def test_export_of_everything_asks_no_index(run: Run, full: Archive, tmp_path: Path) -> None:
    done = run("export", "--output", str(tmp_path / "all.jsonl"), "--format", "jsonl")
    assert done.stdout.startswith("39 rows in ")
    assert not full.settings.index.exists()


def test_export_without_a_hit_is_a_file_without_rows(run: Run, tmp_path: Path) -> None:
    assert run("export", "--output", str(tmp_path / "a.csv"), "--query", "vắngmặthẳn").stdout.startswith("0 rows")


def test_the_address_of_a_search_server_chooses_it(full: Archive) -> None:
    chosen = engine_of(full.settings.model_copy(update={"search_url": "http://127.0.0.1:7700"}))
    assert type(chosen).__name__ == "Meilisearch"
    assert type(engine_of(full.settings)).__name__ == "Embedded"


@pytest.mark.sqlite("a server's driver loads asyncio, which a cold start on a file does without")
def test_a_real_search_loads_nothing_heavy(run: Run, full: Archive) -> None:
    """Cold start (DESIGN.md section 7): no crawler, no ORM, no Parquet when nothing is new."""
    run("index", "sync")
    told = {"CAICACH_DATA": str(full.settings.data), "CAICACH_DATABASE_URL": full.settings.database}
    command = [sys.executable, "-X", "importtime", str(CHECKOUT / "caicach.py"), "search", "kế hoạch"]
    done = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=True)
    assert "39 articles" in done.stdout
    loaded = set(re.findall(r"\|\s+(\w+)", done.stderr))
    assert "tantivy" in loaded
    assert not loaded & {"scrapy", "twisted", "sqlalchemy", "sqlmodel", "alembic", "pyarrow", "trafilatura", "lxml"}
    assert not loaded & {"fastapi", "starlette", "uvicorn", "jinja2", "meilisearch", "requests", "pypdfium2", "asyncio"}


def test_the_shell_says_one_line_for_a_missing_archive(tmp_path: Path) -> None:
    told = {"CAICACH_DATA": str(tmp_path), "CAICACH_DATABASE_URL": ""}
    command = [sys.executable, str(CHECKOUT / "caicach.py"), "search", "kế hoạch"]
    done = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("caicach: no archive in ")
    assert done.stderr.count("\n") == 1


def terminal(width: int) -> Console:
    return Console(width=width, force_terminal=True, color_system="truecolor", file=io.StringIO())


def shown(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


LONG = Hit(
    7,
    "https://queson.quangnam.gov.vn/webcenter/portal/queson/pages_tin-tuc/chi-tiet?dDocName=PORTAL78151&muc=cai-cach-hanh-chinh",
    "UBND huyện Quế Sơn ban hành Kế hoạch cải cách hành chính năm 2020 và những nhiệm vụ trọng tâm của các năm sau",
    "queson",
    "Cổng thông tin điện tử huyện Quế Sơn",
    "2020-01-21",
    Snippet("Ngày 20/01/2020, UBND huyện ban hành Quyết định về kế hoạch cải cách. " * 3, ((46, 54),), "phụ-lục.pdf"),
)


@pytest.mark.parametrize("width", [40, 80, 120, 300])
def test_at_a_terminal_lines_fit_and_addresses_are_whole(width: int) -> None:
    console = terminal(width)
    listing.show(console, Query("cai cach hanh chinh"), Results(1, (LONG,), {}))
    plain = [Text.from_ansi(line).plain for line in shown(console)]
    assert [line.strip() for line in plain if "://" in line] == [LONG.url]
    assert all(len(line) <= min(width, listing.WIDEST) for line in plain if "://" not in line)
    assert all(line.startswith("     ") for line in plain[3:])
    assert " ".join(line.strip() for line in plain).find(LONG.title) > 0
    assert "\x1b[1;33mcải\x1b[0m" in "".join(shown(console))


def test_in_a_pipe_each_thing_is_one_plain_line() -> None:
    console = Console(width=80, file=io.StringIO())
    listing.show(console, Query("cải cách"), Results(1, (LONG,), {}), Suggestion("cải cách", 9))
    assert shown(console)[1] == "did you mean  cải cách  (9 articles)"
    assert shown(console)[3] == f"  1  {LONG.title}"
    assert shown(console)[5] == f"     [{LONG.snippet.file}] {LONG.snippet.text}".rstrip()
    assert shown(console)[6] == f"     {LONG.url}"


def test_a_misspelt_word_is_answered_with_what_was_meant(run: Run) -> None:
    done = run("search", "thu tuc hanh cinh")
    assert done.stdout == "nothing found for 'thu tuc hanh cinh'; did you mean  thủ tục hành chính  (20 articles)\n"
    assert "did you mean" not in run("search", "thu tuc hanh chinh").stdout


def test_articles_like_one(run: Run) -> None:
    told = json.loads(run("search", "--like", "3", "--limit", "5", "--json").stdout)
    assert list(told) == ["total", "took_ms", "hits", "facets"]
    assert len(told["hits"]) == 5
    assert 3 not in [hit["id"] for hit in told["hits"]]
    assert "like 3, most alike first" in run("search", "--like", "3").stdout
    assert "nothing is like article 999" in run("search", "--like", "999").stdout
    assert isinstance(run("search", "kế", "--like", "3").exception, UserError)
