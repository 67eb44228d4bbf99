"""The demo runs the real commands against simulated portals, each as a newcomer would type it."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from config.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
SEED = 1
ARTICLES = 40
QUERY = "ke hoach cai cach hanh chinh"
SHOWN = ("id", "portal", "act_number", "title")


def run(keep: Path | None, serve: bool) -> None:
    """Crawl, search and export the farm; leaves everything in `keep`, or nothing at all."""
    console = Console()
    began = time.monotonic()
    with _folder(keep) as folder, _farm(folder) as environment:
        console.print(f"Simulated portals stand on loopback; everything is kept below {folder}\n")
        output = folder / "cchc.csv"
        for words in (
            ["crawl", "--all"],
            ["crawl", "--all"],
            ["search", QUERY, "--limit", "3"],
            ["export", "--output", str(output)],
        ):
            _step(console, words, environment)
        with output.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        _step(console, ["search", _loose(rows), "--limit", "1"], environment)
        _rows(console, rows)
        _places(console, folder, kept=keep is not None)
        console.print(f"The demo took {time.monotonic() - began:.0f} seconds.")
        if serve:
            console.print("\n[bold]$ caicach serve[/bold]", highlight=False)
            _until_stopped(environment)
        else:
            again = "make demo SERVE=1" if keep is None else f"CAICACH_DATA={folder / 'data'} caicach serve"
            console.print(f"Look at it in a browser: `{again}` opens the pages.", highlight=False)


def _until_stopped(environment: dict[str, str]) -> None:
    """The pages over what was just made, until Ctrl-C."""
    pages = subprocess.Popen([sys.executable, "-m", "caicach", "serve"], env=environment)
    try:
        pages.wait()
    except KeyboardInterrupt:
        pages.wait(10)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="caicach-demo-") as name:
            yield Path(name)
        return
    if keep.exists() and any(keep.iterdir()):
        raise UserError(f"{keep} is not empty: name a new folder, the demo overwrites nothing")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


@contextmanager
def _farm(folder: Path) -> Iterator[dict[str, str]]:
    """The farm as a process of its own; yields the environment its portals are crawled in."""
    portals = folder / "portals"
    command = [sys.executable, "-m", "crawler.farm", "--seed", str(SEED), "--articles", str(ARTICLES)]
    farm = subprocess.Popen([*command, "--portals-to", str(portals)], stdout=subprocess.PIPE, text=True)
    try:
        _await(farm, portals)
        yield alone(folder)
    finally:
        farm.terminate()
        farm.wait(10)


def alone(folder: Path) -> dict[str, str]:
    """The environment of a command with an archive and portal files in a folder, and nothing else of this machine."""
    return os.environ | {
        "CAICACH_DATA": str(folder / "data"),
        "CAICACH_PORTALS": str(folder / "portals"),
        "CAICACH_ALLOW_PRIVATE": "1",
        "CAICACH_CONTACT": "demo@localhost",
        "CAICACH_DATABASE_URL": "",
        "CAICACH_SEARCH_URL": "",
        "PYTHONPATH": str(ROOT),
    }


def _await(farm: "subprocess.Popen[str]", portals: Path) -> None:
    assert farm.stdout is not None
    first = farm.stdout.readline()
    if not first or not any(portals.glob("*.toml")):
        raise UserError("the simulated portals did not start; run `python -m crawler.farm` to see why")


def _step(console: Console, words: list[str], environment: dict[str, str]) -> None:
    console.print(f"[bold]$ caicach {' '.join(_quoted(word) for word in words)}[/bold]", highlight=False)
    done = subprocess.run([sys.executable, "-m", "caicach", *words], env=environment, check=False)
    if done.returncode:
        raise UserError(f"`caicach {words[0]}` ended with {done.returncode}; its own words are above")
    console.print()


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _loose(rows: list[dict[str, str]]) -> str:
    """An act number of the export as people type it: small letters, no marks, no signs."""
    number = next(row["act_number"] for row in rows if row["act_number"].endswith("/QĐ-UBND"))
    return number.replace("/QĐ-UBND", " qd ubnd")


def _rows(console: Console, rows: list[dict[str, str]]) -> None:
    title = f"The first of {len(rows)} rows, {len(SHOWN)} of {len(rows[0])} columns"
    table = Table(title=title, title_justify="left", expand=True)
    for name in SHOWN:
        widest = max(len(name), *(len(row[name]) for row in rows[:5]))
        fixed, share = (None, 1) if name == "title" else (widest, None)
        table.add_column(name, overflow="ellipsis", no_wrap=True, width=fixed, ratio=share)
    for row in rows[:5]:
        table.add_row(*(row[name] for name in SHOWN))
    console.print(table)


def _places(console: Console, folder: Path, *, kept: bool) -> None:
    console.print(f"\n{'Kept' if kept else 'Made, and now removed'} below {folder}:")
    for name, what in (
        ("portals", "the portal files"),
        ("data/warc", "every response as it came (WARC)"),
        ("data/caicach.sqlite", "articles, revisions, acts, runs"),
        ("data/index", "the search index"),
        ("cchc.csv", "the export"),
        ("cchc.csv.manifest.json", "what it holds and how it can be cited"),
    ):
        console.print(f"  {name:<24} {what:<40} {_size(folder / name):>10}", highlight=False)
    if not kept:
        console.print("`caicach demo --keep DIR` leaves it for you to look at.")


def _size(path: Path) -> str:
    files = path.rglob("*") if path.is_dir() else [path]
    return f"{sum(file.stat().st_size for file in files if file.is_file()) / 1024:,.0f} KiB"
