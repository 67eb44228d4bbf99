"""Peak memory and CPU of a crawl over portals that fail in every way, with as many beside them that are well.

The command crawls in a process of its own; its memory and that of its attachment readers is read from /proc every
twentieth of a second. Goal: below 400 MB for the crawl, 1 GB with its readers. `python bench/faults.py [--each N]`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FAMILIES = ("nukeviet", "vhv", "webcenter", "tandan", "aspnews", "liferay", "generic")
CRAWL_MB, WHOLE_MB = 400, 1000
HEAVY = ("huge", "huge_undeclared", "gzip_bomb", "nested", "wide", "endless", "repeated_page", "calendar_trap")
"""The faults that could cost memory."""
SLOW = frozenset({"drip"})
"""A night with it takes nine time-outs, and tells nothing of memory."""


@dataclass(slots=True)
class Peak:
    """The most memory seen, in MB, and the CPU-seconds used."""

    crawl: float = 0.0
    whole: float = 0.0
    cpu: float = 0.0
    said: str = ""
    """What stood on stderr."""


def run(environment: dict[str, str]) -> tuple[dict[str, Any], Peak]:
    """Crawl every portal file by the command; what it prints and what it took."""
    command = [sys.executable, "-m", "caicach", "crawl", "--all", "--json"]
    peak = Peak()
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors) as child,
    ):
        while child.poll() is None:
            own = _rss(child.pid)
            peak.crawl = max(peak.crawl, own)
            peak.whole = max(peak.whole, own + sum(map(_rss, _below(child.pid))))
            peak.cpu = max(peak.cpu, _cpu(child.pid))
            time.sleep(0.05)
        assert child.stdout is not None
        errors.seek(0)
        peak.said = errors.read().decode("utf-8", "replace")
        return json.loads(child.stdout.read()), peak


def _rss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _below(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(one for child in children for one in _below(child))]


def measured(folder: Path, names: list[str], *, articles: int = 6) -> tuple[list[Any], list[Any], Peak]:
    """One crawl over a portal for each fault and one that is well for each: their runs, and what the crawl took."""
    from crawler.demo import alone
    from crawler.farm import Farm

    with Farm(5, articles=articles, copies=0, families=FAMILIES, portals=2 * len(names)) as farm:
        farm.write_portals(folder / "portals")
        for name, portal in zip(names, farm.portals, strict=False):
            farm.fault(portal.slug, name)
        told, peak = run(alone(folder))
    runs = {one["portal"]: one for one in told["runs"]}
    both = [runs[portal.slug] for portal in farm.portals]
    return both[: len(names)], both[len(names) :], peak


def main() -> None:
    """Measure, print, and fail when a bound is passed."""
    from crawler.farm.faults import FAULTS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=1, help="portals with each fault")
    names = [name for name in FAULTS if name not in SLOW] * parser.parse_args().each
    with tempfile.TemporaryDirectory() as folder:
        ill, well, peak = measured(Path(folder), names)
    requests = sum(one["requests"] for one in (*ill, *well))
    print(f"{len(ill) + len(well)} portals, {requests} requests, {peak.cpu:.0f} CPU-seconds")
    print(f"peak memory: {peak.crawl:.0f} MB for the crawl, {peak.whole:.0f} MB with its attachment readers")
    print(f"{peak.said.count('Traceback')} tracebacks on stderr, which has {len(peak.said)} characters")
    slowest = sorted(zip(names, ill, strict=True), key=lambda pair: -pair[1]["seconds"])[:5]
    print("slowest:", ", ".join(f"{name} {run['seconds']:.0f} s" for name, run in slowest))
    print(f"portals that are well: {[one['outcome'] for one in well].count('ok')} of {len(well)} ended ok")
    sys.exit(peak.crawl >= CRAWL_MB or peak.whole >= WHOLE_MB)


if __name__ == "__main__":
    main()
