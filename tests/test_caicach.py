"""The assembled command: every command of the contract, one line for every mistake, a quick start."""

import subprocess
import sys
from pathlib import Path

import pytest

WRONG = {
    "export": "caicach: Missing option '--output'; `caicach export --help` lists all it takes",
    "fly": "caicach: No such command 'fly'; `caicach --help` lists all it takes",
    "crawl --bogus": "caicach: No such option: --bogus; `caicach crawl --help` lists all it takes",
    "crawl": "caicach: name the portals to crawl, or write --all; `caicach portals list` names them all",
    "search cải --level city": "caicach: --level city: no such level; write one of ministry,",
}

COMMANDS = (
    *("crawl", "demo", "portals"),
    *("search", "index", "export"),
    *("show", "stats", "runs", "coverage", "codebook", "verify", "quarantine", "withhold", "db"),
    *("report", "doctor"),
)


def caicach(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "caicach", *words]
    environment = {"PATH": "/usr/bin:/bin", "CAICACH_DATA": str(folder / "data"), "COLUMNS": "100"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(("words", "says"), WRONG.items())
def test_wrong_use_is_one_line_and_exit_code_2(tmp_path: Path, words: str, says: str) -> None:
    done = caicach(tmp_path, *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1


def test_what_fails_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    done = caicach(tmp_path, "show", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("caicach: no archive in")
    assert "Traceback" not in done.stderr


def test_version_and_help(tmp_path: Path) -> None:
    assert caicach(tmp_path, "--version").stdout.startswith("caicach ")
    helped = caicach(tmp_path, "--help")
    assert helped.returncode == 0
    for command in COMMANDS:
        assert f" {command} " in helped.stdout, command


def test_the_command_starts_without_the_heavy_parts(tmp_path: Path) -> None:
    code = "import sys, caicach; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"scrapy", "twisted", "pyarrow", "trafilatura", "pypdfium2", "tantivy", "alembic"} & set(loaded)
