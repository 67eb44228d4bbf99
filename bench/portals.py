"""Memory and time of one process over more and more portals, some of them slow, huge or hostile.

For each number of portals a farm in processes of its own and a first and a second night in a fresh crawling process,
pages archived and read as ever. Told are peak memory (children included in none), CPU-seconds for each portal, the
longest pause of the event loop, and how much longer a well portal took because others are not.
Goal: 3,000 portals in <= 1 GB; where fewer were crawled, the last step's growth is what 3,000 are reckoned from: it
tells something where the step before it has as many as are crawled at once, 200.
`python bench/portals.py [--portals N …] [--articles N] [--hostile SHARE] [--json FILE]`.
"""

import argparse
import asyncio
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SHARE_OF_FARM = 250
"""Portals that one farm process plays."""
FAMILIES = ("nukeviet", "vhv", "webcenter", "tandan", "aspnews", "liferay")
HOSTILE = ("drip", "huge", "endless", "gzip_bomb", "wide", "nested", "calendar_trap", "huge_undeclared", "reset")
GOAL_MB = 1024


def farm(folder: Path, number: int, portals: int, given: argparse.Namespace) -> None:
    """Serve portals until killed; every so many has a fault that costs whoever asks it."""
    from crawler.farm import Farm
    from crawler.farm.faults import FAULTS

    names = [name for name in HOSTILE if name in FAULTS]
    with Farm(number + 1, articles=given.articles, portals=portals, families=FAMILIES, copies=0) as played:
        folder.mkdir(parents=True, exist_ok=True)
        every = round(1 / given.hostile) if given.hostile else portals + 1
        for place, portal in enumerate(played.portals):
            (folder / f"f{number}-{portal.slug}.toml").write_text(portal.toml, encoding="utf-8")
            if place % every == every - 1:
                played.fault(portal.slug, names[place // every % len(names)])
        print("ready", flush=True)
        signal.pause()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def now_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 2**20


async def _pauses(longest: list[float]) -> None:
    while True:
        began = time.monotonic()
        await asyncio.sleep(0.05)
        longest.append(time.monotonic() - began - 0.05)


def crawled() -> list[dict[str, Any]]:
    """Two nights over every portal of CAICACH_PORTALS."""
    from archive.store import Store
    from config.portal import load
    from config.settings import Settings
    from crawler.fleet import Fleet
    from crawler.run import crawl, event_loop

    settings = Settings.load()
    cards = list(load(settings.portals).values())
    loop, told = event_loop(settings), []
    with Store.open(settings) as store:
        for night in (1, 2):
            fleet, pauses = Fleet(cards, settings), [0.0]
            watching = loop.create_task(_pauses(pauses))
            used, began = time.process_time(), time.monotonic()
            crawl(fleet, store)
            watching.cancel()
            outcomes = [one.outcome.value for one in fleet.summaries]
            told.append(
                {
                    "night": night,
                    "portals": len(cards),
                    "ok": outcomes.count("ok"),
                    "requests": fleet.count("requests"),
                    "new": fleet.count("new"),
                    "cpu": time.process_time() - used,
                    "wall": time.monotonic() - began,
                    "peak_mb": peak_mb(),
                    "after_mb": now_mb(),
                    "pause": max(pauses),
                }
            )
    return told


def step(folder: Path, portals: int, given: argparse.Namespace) -> list[dict[str, Any]]:
    """One number of portals: farms up, two nights in a process of its own."""
    from crawler.demo import alone

    shared = ["--articles", str(given.articles), "--hostile", str(given.hostile)]
    command = [sys.executable, "-P", __file__, *shared]
    farms = []
    try:
        for number, first in enumerate(range(0, portals, SHARE_OF_FARM)):
            size = str(min(SHARE_OF_FARM, portals - first))
            words = ["--farm", str(folder / "portals"), str(number), size]
            farms.append(subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True))
        for one in farms:
            assert one.stdout is not None
            assert one.stdout.readline().strip() == "ready"
        done = subprocess.run([*command, "--crawl"], env=alone(folder), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"the crawl failed:\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]
    finally:
        for one in farms:
            one.kill()
            one.wait()


def main() -> None:
    """Step by step; exit 1 when 3,000 portals would not fit."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--portals", type=int, nargs="+", default=[10, 200, 400])
    options.add_argument("--articles", type=int, default=4)
    options.add_argument("--hostile", type=float, default=0.05)
    options.add_argument("--json", type=Path)
    options.add_argument("--farm", nargs=3)
    options.add_argument("--crawl", action="store_true")
    given = options.parse_args()
    if given.farm:
        farm(Path(given.farm[0]), int(given.farm[1]), int(given.farm[2]), given)
    if given.crawl:
        print(json.dumps(crawled()))
        return
    peaks: list[tuple[int, float]] = []
    every: list[dict[str, Any]] = []
    for portals in given.portals:
        with tempfile.TemporaryDirectory(prefix="caicach-bench-") as name:
            nights = step(Path(name), portals, given)
        for one in nights:
            print(
                {key: round(value, 3) if isinstance(value, float) else value for key, value in one.items()}, flush=True
            )
        every += nights
        peaks.append((portals, nights[-1]["peak_mb"]))
    if given.json:
        given.json.write_text(json.dumps({"nights": every}, indent=1), encoding="utf-8")
    (few, small), (many, large) = peaks[-2:] if len(peaks) > 1 else [(0, 0.0), *peaks]
    at_3000 = large + max(0, 3000 - many) * max(0.0, large - small) / (many - few)
    print(f"measured to {many} portals: {large:.0f} MB; 3,000 reckoned from its growth: {at_3000:.0f} MB")
    sys.exit(0 if at_3000 <= GOAL_MB else 1)


if __name__ == "__main__":
    main()
