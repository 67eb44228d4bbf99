"""Every benchmark, one after another, and what they said in bench/RESULTS.md.

    python bench/run.py [--full] [SUBJECT ...]

Each script runs in a process of its own, under a limit of time; one that fails, misses its goal or does not end is said
to. Quick sizes end in half an hour on two cores; `--full` takes those that the goals are set for. A script's table is
kept in bench/results/SUBJECT.txt with the day, the machine and the commit, and a subject that is not run again keeps
its last one, so that every figure says when and where it was measured. Plots are drawn from what scripts leave as JSON.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
KEPT = ROOT / "bench" / "results"
RESULTS = ROOT / "bench" / "RESULTS.md"
LEFT = "{json}"
"""In a script's words: the file in which it leaves its figures for the plots."""


@dataclass(frozen=True)
class Subject:
    """A benchmark: what it measures, its goal, and the words of its quick and full sizes; minutes it may take."""

    name: str
    measures: str
    goal: str
    quick: tuple[str, ...] | None = ()
    full: tuple[str, ...] | None = ()
    minutes: float = 10

    @property
    def kept(self) -> Path:
        """Where its last table is."""
        return KEPT / f"{self.name}.txt"


SUBJECTS = (
    Subject(
        "crawl",
        "New articles per CPU-second, everything on, beside bare Scrapy and Scrapy with news-please",
        "150; 0.5 of bare Scrapy; 20 times Scrapy with news-please",
        ("--json", LEFT),
        ("--portals", "30", "--rounds", "3", "--json", LEFT),
    ),
    Subject(
        "reading",
        "Held-out layouts: F1 of bodies, titles, dates, and pages per CPU-second, beside other readers",
        "F1 0.985, never below trafilatura; 1,000 pages per CPU-second",
        ("--articles", "2", "--json", LEFT),
        ("--json", LEFT),
    ),
    Subject("warc", "Records of captures beside warcio's own ways", "2,500 per CPU-second; 17 KiB a page", ("3",)),
    Subject("text", "Cleaning a text and finding its acts", "400 µs an article", ("3", LEFT), ("9", LEFT)),
    Subject(
        "copies",
        "Copies and look-alikes by kind of change, beside datasketch and rensa alone; speed and memory through SQL",
        "precision 0.99; recall 0.95 at 10 % of words changed, 0.80 at 15 %; 2,500 per CPU-second, 2 GB at 1,000,000",
        ("--seeds", "1", "--peers", "--json", LEFT),
        ("--seeds", "3", "--peers", "--sizes", "20000", "100000", "1000000", "--json", LEFT),
        60,
    ),
    Subject(
        "search",
        "Indexing beside bare tantivy; searches beside SQLite FTS5",
        "0.8 of bare tantivy; p50 12 and p99 20 CPU-ms at 100,000, p99 60 at 1,000,000",
        ("10000", "--rounds", "2", "--asked", "5"),
        ("100000",),
        40,
    ),
    Subject("relevance", "Judged queries: nDCG@10 and success@1 by mode", "never lower than the tests' floors"),
    Subject(
        "export",
        "Rows per CPU-second beside plain sqlite3 and csv",
        "0.6; 200 MB at 1,000,000 rows",
        ("20000", "3"),
        ("1000000", "1"),
        60,
    ),
    Subject(
        "web",
        "Search and article pages at 20 requests a second, beside slow exports, beside Datasette",
        "p95 60 ms a search, 25 ms an article, 300 ms to the first byte of an export",
        ("--articles", "5000", "--seconds", "10", "--json", LEFT),
        ("--articles", "100000", "--json", LEFT),
        30,
    ),
    Subject("repair", "Proposals for changed layouts, proved on articles held out", "0.6 of them pass"),
    Subject("probe", "Family, listing and articles of unknown portals", "0.95", ("--eras", "3"), ()),
    Subject("faults", "Memory of a crawl over portals that fail in every way", "400 MB; 1 GB with its readers"),
    Subject(
        "portals",
        "Memory and time of one process over more and more portals",
        "3,000 in 1 GB",
        ("--portals", "10", "200", "400", "--articles", "1", "--hostile", "0.02", "--json", LEFT),
        ("--portals", "10", "100", "1000", "3000", "--articles", "1", "--json", LEFT),
        60,
    ),
    Subject(
        "growth",
        "The same crawl into archives of more and more articles: CPU for each new one, and memory",
        "flat: a new article never costs 1.25 times what it costs among 1,000",
        ("--articles", "1000", "20000", "--rounds", "2", "--json", LEFT),
        ("--articles", "1000", "10000", "100000", "1000000", "--json", LEFT),
        60,
    ),
    Subject(
        "pace",
        "Requests a second of one process beside hosts ÷ delay, everything on",
        "0.95 for up to 200 hosts",
        ("--hosts", "10", "50", "--seconds", "15", "--json", LEFT),
        ("--hosts", "10", "50", "100", "200", "--json", LEFT),
    ),
    Subject("workers", "Crawls over one queue by 1, 2 and 4 workers", "grows with cores", ("--portals", "24"), ()),
    Subject(
        "detection",
        "Broken portals noticed the first night, and false alarms, beside four simpler detectors",
        "0.95 the first night, 0.9 right cause, 1 false alarm per 100 portal-weeks, 3 requests for each new article",
        ("--portals", "14", "--nights", "42", "--seed", "5"),
        ("--seed", "47"),
        60,
    ),
    Subject("relooks", "Corrections and removals found, and what that costs", "no noise", None, (), 30),
    Subject("nights", "Thirty nights of a simulated country by the real scheduler", "archive = truth", None, (), 60),
)


def main() -> None:
    """Run what was asked for, and write the results."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("subjects", nargs="*", metavar="SUBJECT", help="all of them, where none is named")
    options.add_argument("--full", action="store_true", help="the sizes that the goals are set for")
    given = options.parse_args()
    if unknown := set(given.subjects) - {one.name for one in SUBJECTS}:
        options.error(f"no subject {', '.join(sorted(unknown))}; there are {', '.join(one.name for one in SUBJECTS)}")
    KEPT.mkdir(exist_ok=True)
    failed = [one.name for one in SUBJECTS if one.name in (given.subjects or {one.name}) and not ran(one, given.full)]
    draw()
    RESULTS.write_text(written(SUBJECTS), encoding="utf-8")
    print(f"bench/RESULTS.md is written; goals missed or not run: {', '.join(failed) or 'none'}")


def ran(subject: Subject, full: bool) -> bool:
    """Run a subject and keep its table; False where it missed its goal, failed or did not end."""
    words = subject.full if full else subject.quick
    if words is None:
        return True
    command = [f"bench/{subject.name}.py", *(word.replace(LEFT, str(left_by(subject))) for word in words)]
    print(f"== {' '.join(command)}".replace(f"{ROOT}/", ""), flush=True)
    began = time.monotonic()
    said, well = output(command, subject.minutes * 60)
    head = f"$ python {' '.join(command)}".replace(f"{ROOT}/", "")
    about = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {machine()} · {commit()} · {time.monotonic() - began:.0f} s"
    subject.kept.write_text(f"{head}\n{about}\n{said.strip()}\n", encoding="utf-8")
    print(said.strip(), flush=True)
    return well


def output(command: Sequence[str], seconds: float) -> tuple[str, bool]:
    """What a script said, and whether it ended well and in time."""
    # -P: beside the scripts stands another `search`.
    whole = [sys.executable, "-P", *command]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            whole, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"did not end within {seconds / 60:.0f} minutes", False
    wrong = f"\nexit {done.returncode}: {_last(done.stderr) or 'a goal was missed'}" if done.returncode else ""
    return done.stdout + wrong, not done.returncode


def _last(errors: str) -> str:
    return errors.strip().rpartition("\n")[2]


def left_by(subject: Subject) -> Path:
    """The figures that a script leaves for the plots."""
    return KEPT / f"{subject.name}.json"


def machine() -> str:
    """The processor, cores, memory and Python of this machine."""
    processor = next(
        (line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    kilobytes = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    memory = f"{kilobytes / 2**20:.0f} GiB"
    return f"{processor}, {os.cpu_count()} cores, {memory}, Python {platform.python_version()}"


def _lines(file: str) -> list[str]:
    return Path(file).read_text(encoding="utf-8").splitlines() if Path(file).exists() else []


def commit() -> str:
    """What was measured."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "no commit known"


def draw() -> None:
    """Draw the plots of what there is; without matplotlib they stay as they are."""
    try:
        from bench import plots
    except ImportError as error:
        print(f"plots are not drawn: {error}; make bench installs what they need")
        return
    plots.draw(KEPT)


def written(subjects: Sequence[Subject]) -> str:
    """The page of results: a plot where there is one, then every subject's goal and last table."""
    parts = [HEAD]
    parts += [f"![{file.stem}](results/{file.name})" for file in sorted(KEPT.glob("*.svg"))]
    for one in subjects:
        said = one.kept.read_text(encoding="utf-8").strip() if one.kept.exists() else "not run yet"
        parts.append(f"## {one.name}\n\n{one.measures}. Goal: {one.goal}.\n\n```\n{said}\n```")
    return "\n\n".join(parts) + "\n"


HEAD = """# Results

What the benchmarks last said, each with its day, machine and commit. `make bench` runs the quick sizes in half an hour
on two cores, `make bench FULL=1` those that the goals are set for; `make bench SUBJECT=search` one of them. Speeds are
of CPU time, and peers run in the same run: trust the ratios."""

if __name__ == "__main__":
    main()
