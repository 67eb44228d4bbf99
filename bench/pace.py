"""What one process reaches of the pace it may keep: hosts ÷ delay, with everything on.

For each number of hosts, farms of so many portals whose files say a delay are crawled by a process of its own; once all
have begun, requests are counted for a while, and then the crawl is stopped. Told are requests a second beside hosts ÷
delay, the processor's share and peak memory. Goal: 95 % for up to 200.
`python bench/pace.py [--hosts N …] [--delay SECONDS] [--seconds N] [--json FILE]`.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
GOAL, SHARE_OF_FARM = 0.95, 100
SETTLING = 4.0
"""Delays after the last portal's beginning before anything is counted."""
LONGEST = 120.0
"""Seconds in which all portals must have begun."""
Told = dict[str, Any]


def counted(delay: float, seconds: float) -> Told:
    """Crawl every portal of CAICACH_PORTALS, and count once all are under way."""
    from archive.store import Store
    from config.portal import load
    from config.settings import Settings
    from crawler.fleet import Fleet
    from crawler.run import crawl, event_loop

    settings = Settings.load()
    fleet, told = Fleet(list(load(settings.portals).values()), settings), Told()
    watching = event_loop(settings).create_task(_watched(fleet, (delay, seconds), told))
    with Store.open(settings) as store:
        crawl(fleet, store)
    watching.cancel()
    return told


async def _watched(fleet: Any, pace: tuple[float, float], told: Told) -> None:
    """Wait for all to begin, count for a while, tell, and stop the crawl."""
    from portals import peak_mb  # beside this file

    delay, seconds = pace
    began = time.monotonic()
    while len(fleet.under_way) < len(fleet.portals) and time.monotonic() - began < LONGEST:
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLING * delay)
    told["under_way"] = len(fleet.under_way)
    sent, used, since = fleet.count("requests"), time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    spent = time.monotonic() - since
    told["rate"] = (fleet.count("requests") - sent) / spent
    told["cpu"] = (time.process_time() - used) / spent
    told["peak_mb"] = peak_mb()
    fleet.stop()


def step(hosts: int, given: argparse.Namespace) -> Told:
    """One number of hosts: farms up, a crawl in a process of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caicach-bench-")))
        articles = max(60, round(4 * given.seconds / given.delay))
        words = ["--articles", str(articles), "--hostile", "0", "--farm", str(folder / "portals")]
        for number, first in enumerate(range(0, hosts, SHARE_OF_FARM)):
            size = str(min(SHARE_OF_FARM, hosts - first))
            command = [sys.executable, "-P", str(ROOT / "bench/portals.py"), *words, str(number), size]
            farm = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(farm.kill)
            assert farm.stdout is not None
            assert farm.stdout.readline().strip() == "ready"
        for card in (folder / "portals").glob("*.toml"):
            text = card.read_text(encoding="utf-8").replace("delay = 0", f"delay = {given.delay}")
            card.write_text(text, encoding="utf-8")
        return _alone(folder, given)


def _alone(folder: Path, given: argparse.Namespace) -> Told:
    from crawler.demo import alone

    words = ["--count", "--delay", str(given.delay), "--seconds", str(given.seconds)]
    environment = alone(folder) | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "bench")))}
    command = [sys.executable, "-P", __file__, *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or "rate" not in done.stdout:
        raise SystemExit(f"the crawl failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Step by step; exit 1 where a step falls short."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--hosts", type=int, nargs="+", default=[10, 50, 200])
    options.add_argument("--delay", type=float, default=2.5)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--json", type=Path)
    options.add_argument("--count", action="store_true")
    given = options.parse_args()
    if given.count:
        print(json.dumps(counted(given.delay, given.seconds)))
        return
    steps = []
    print("hosts   under way   requests a second   hosts ÷ delay   share   of a processor   peak MB")
    for hosts in given.hosts:
        one = step(hosts, given) | {"hosts": hosts, "most": hosts / given.delay}
        one["share"] = one["rate"] / one["most"]
        steps.append(one)
        print(
            f"{hosts:>5}{one['under_way']:>12}{one['rate']:>20.1f}{one['most']:>16.1f}{one['share']:>8.2f}"
            f"{one['cpu']:>17.2f}{one['peak_mb']:>10.0f}",
            flush=True,
        )
    if given.json:
        given.json.write_text(json.dumps({"delay": given.delay, "steps": steps}, indent=1), encoding="utf-8")
    sys.exit(0 if all(one["share"] >= GOAL for one in steps) else 1)


if __name__ == "__main__":
    main()
