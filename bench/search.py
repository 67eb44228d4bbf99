"""The search engines measured: indexing beside bare tantivy, and searches, in CPU time of a process.

    python bench/search.py --articles 100000
    python bench/search.py --articles 100000 --fts5
    python bench/search.py --articles 1000000 --rounds 0 --keep FOLDER     (one build, then searches)

Bare tantivy gets the same text in the same two forms and nothing else, in turn with the engine; the ratio of the
medians is what counts, because seconds on shared cores swing. Goals: PERFORMANCE.md and issue 3; what the articles
are: bench/corpus.py.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="of indexing, bare tantivy and the engine in turn")
    parser.add_argument("--asked", type=int, default=20, help="rounds of all questions")
    parser.add_argument("--fts5", action="store_true", help="SQLite FTS5 too")
    parser.add_argument("--keep", type=Path, help="where the indexes are kept and found again")
    parser.add_argument("--step", choices=STEPS, help="one step alone, in this process")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="caicach-bench-"))
    try:
        report = STEPS[options.step](options, folder) if options.step else run(options, folder)
        print(json.dumps(report, indent=1, ensure_ascii=False))
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All steps, each in its own process."""
    report: dict[str, Any] = {"articles": options.articles}
    rounds = [{step: alone(step, options, folder) for step in ("bare", "embedded")} for _ in range(options.rounds)]
    if rounds:
        speeds = {step: [one[step]["articles_per_cpu_second"] for one in rounds] for step in rounds[0]}
        report["indexing"] = {step: statistics.median(found) for step, found in speeds.items()}
        report["ratio"] = round(report["indexing"]["embedded"] / report["indexing"]["bare"], 2)
        report["ratios"] = [round(ours / bare, 2) for bare, ours in zip(*speeds.values(), strict=True)]
        report["built"] = rounds[-1]["embedded"]
    elif not (folder / "embedded" / "current").exists():
        report["built"] = alone("embedded", options, folder)
    report["cpu_ms"] = alone("ask", options, folder)
    if options.fts5:
        report["fts5"] = alone("fts5", options, folder)
    return report


def alone(step: str, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """One step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--keep", str(folder)]
    command += ["--articles", str(options.articles), "--asked", str(options.asked)]
    found: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return found


def _bare(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    place = _empty(folder / "bare")
    found = steps.bare(options.articles, place)
    shutil.rmtree(place)
    return found


def _embedded(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    return steps.build(options.articles, steps.embedded(_empty(folder / "embedded")))


def _ask(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    engine = steps.embedded(folder / "embedded")
    return steps.ask(options.asked, engine.find, steps.KINDS) | steps.each(5, engine, options.articles)


def _fts5(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from bench import search_steps as steps

    file = _empty(folder / "fts5") / "words.sqlite"
    return steps.fts5(options.articles, file) | steps.ask_fts5(max(1, options.asked // 10), file)


def _empty(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


STEPS = {"bare": _bare, "embedded": _embedded, "ask": _ask, "fts5": _fts5}

if __name__ == "__main__":
    main()
