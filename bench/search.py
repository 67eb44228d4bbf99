"""The search engines measured: indexing beside bare tantivy, and searches, in CPU time of a process.

    python bench/search.py 10000 100000             (sizes; SQLite FTS5 beside them)
    python bench/search.py 1000000 --rounds 0 --no-fts5 --keep FOLDER      (one build, then searches; found again)
    python bench/search.py 10000 --json             (every kind of search, and each question alone)

Bare tantivy is the least a Python program can do for the same searches: the same title, summary and body, in one tone
placement, as two text fields with the same words (folded, and with their marks), positions in both, the text stored
once, the same heap and one thread; no labels, facets, dates, act numbers, digests or cards, which the engine's time
includes. Both in turn, each in a process of its own; the median of the rounds' ratios is what counts, because seconds
on shared cores swing. Goals: PERFORMANCE.md and issue 3; what the articles are: bench/corpus.py.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.pop(0)  # beside this script stands another `search`: itself
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.spread import spread

ROOT = Path(__file__).resolve().parent.parent

GOAL = "+ 3 facets, filters"
"""What the goal is set for: with filters, three facets and 20 snippets."""
HEAD = f"{'articles':>9}  {'':<12}  {'docs/CPU-s':>10}  {'of bare':>7}  {'peak MB':>7}  {'index MB':>8}"


def main() -> None:
    """Measure, and print a table or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000], metavar="ARTICLES")
    parser.add_argument("--rounds", type=int, default=3, help="of indexing, bare tantivy and the engine in turn")
    parser.add_argument("--asked", type=int, default=20, help="rounds of all questions")
    parser.add_argument("--no-fts5", action="store_true", help="without SQLite FTS5")
    parser.add_argument("--keep", type=Path, help="where the indexes are kept and found again")
    parser.add_argument("--json", action="store_true", help="all figures")
    parser.add_argument("--step", choices=STEPS, help="one step alone, in this process")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="caicach-bench-"))
    try:
        if options.step:
            print(json.dumps(STEPS[options.step](options, folder), ensure_ascii=False))
            return
        reports = [run(size, options, folder) for size in options.sizes]
        print(json.dumps(reports, indent=1, ensure_ascii=False) if options.json else "\n".join(table(reports)))
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def run(size: int, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All steps for so many articles, each in its own process."""

    def alone(step: str) -> dict[str, Any]:
        command = [sys.executable, __file__, str(size), "--step", step, "--keep", str(folder)]
        command += ["--asked", str(options.asked)]
        found: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        return found

    rounds = [(alone("bare"), alone("embedded")) for _ in range(options.rounds)]
    report: dict[str, Any] = {"articles": size}
    if rounds:
        report["bare"], report["caicach"] = (_middle([one[at] for one in rounds]) for at in (0, 1))
        report["ratios"] = [round(ours["speed"] / bare["speed"], 3) for bare, ours in rounds]
    elif not (folder / "embedded" / "current").exists():
        report["caicach"] = alone("embedded")
    report["asked"] = alone("ask")
    if not options.no_fts5:
        report["fts5"] = alone("fts5")
    return report


def _middle(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of the round of middle speed."""
    return sorted(rounds, key=lambda one: float(one["speed"]))[len(rounds) // 2]


def table(reports: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each engine and size; `of bare` is the median of the rounds' ratios."""
    yield f"{HEAD}  {'p50 CPU-ms':>10}  {'p99 CPU-ms':>10}"
    for report in reports:
        ratio = statistics.median(report["ratios"]) if "ratios" in report else None
        fts5 = report.get("fts5", {})
        yield _line(report["articles"], "bare tantivy", report.get("bare", {}), 1.0 if ratio else None, {})
        yield _line(report["articles"], "caicach", report.get("caicach", {}), ratio, report["asked"][GOAL])
        if ratio:
            yield f"{'':>9}  of bare tantivy in {len(report['ratios'])} rounds: {spread(report['ratios'], 2)}"
        if fts5:
            of_bare = fts5["speed"] / report["bare"]["speed"] if ratio else None
            yield _line(report["articles"], "SQLite FTS5", fts5, of_bare, fts5[GOAL])


def _line(size: int, name: str, made: dict[str, Any], ratio: float | None, asked: dict[str, float]) -> str:
    cells = [""] * 4
    if made:
        whole = made["bytes_per_article"] * size // 1_000_000
        cells = [f"{made['speed']:,}", f"{ratio:.2f}" if ratio else "", f"{made['peak_mb']:,}", f"{whole:,}"]
    cells += [f"{asked[part]:.1f}" if asked else "" for part in ("p50", "p99")]
    wide = (10, 7, 7, 8, 10, 10)
    return f"{size:>9,}  {name:<12}  " + "  ".join(f"{text:>{width}}" for text, width in zip(cells, wide, strict=True))


def _bare(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    place = _empty(folder / "bare")
    found = steps.bare(options.sizes[0], place)
    shutil.rmtree(place)
    return found


def _embedded(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    return steps.build(options.sizes[0], steps.embedded(_empty(folder / "embedded")))


def _ask(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    engine = steps.embedded(folder / "embedded")
    return steps.ask(options.asked, engine.find, steps.KINDS) | steps.each(5, engine, options.sizes[0])


def _fts5(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    file = _empty(folder / "fts5") / "words.sqlite"
    return steps.fts5(options.sizes[0], file) | steps.ask_fts5(max(2, options.asked // 10), file)


def _empty(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


STEPS = {"bare": _bare, "embedded": _embedded, "ask": _ask, "fts5": _fts5}

if __name__ == "__main__":
    main()
