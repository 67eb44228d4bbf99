"""The scheduler in a process of its own under a clock that another one moves, for bench/nights.py.

Each line on stdin is a moment; "done" on stdout answers it when everything that fell due by then has ended. Commands
are ours, called in this process so that they see the same clock. With `--closing N` nights are as they are N nights
after all has healed: on the first one everything that is known is looked at, on each every portal is crawled.
"""

import argparse
import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from config.settings import Settings

Clock = Callable[[datetime], None]


async def command(words: tuple[str, ...]) -> tuple[str, str]:
    """Run a command of ours, and tell of it as the scheduler's own children do."""
    import caicach

    said, given = io.StringIO(), sys.argv
    sys.argv = ["caicach", *words]
    code: object = 0
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            caicach.main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.argv = given
    lines = said.getvalue().strip().splitlines()
    return {0: "ok", None: "ok", 3: "partly"}.get(code, "failed"), lines[-1] if lines else ""  # type: ignore[call-overload]


def said(line: str) -> None:
    """Say it where the log is."""
    print(line, file=sys.stderr, flush=True)


class Life:
    """A scheduler's life: from moment to moment, until stdin ends."""

    def __init__(self, settings: "Settings", move: Clock) -> None:
        from bench.nights_crew import Crew
        from crawler.schedule import Scheduler

        self.move, self.crew = move, Crew(settings, said)
        self.scheduler = Scheduler(settings, command, said)

    def stop(self) -> None:
        """End after the pages in flight."""
        self.scheduler.stop()

    async def serve(self) -> None:
        """Go where the clock is moved."""
        async with self.crew.working():
            await self._serve()

    async def _serve(self) -> None:
        serving = asyncio.create_task(self.scheduler.serve())
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            self.move(datetime.fromisoformat(line))
            self.crew.see()
            seen = self.scheduler.beats
            # until the jump was seen and what fell due has ended
            while self.scheduler.beats < seen + 3 or self.scheduler.busy or self.crew.busy:
                await asyncio.sleep(0.02)
                if serving.done():
                    serving.result()
                    return
            print("done", flush=True)
        self.scheduler.stop()
        await serving


class Child:
    """The scheduler's process, and its clock."""

    def __init__(self, environment: dict[str, str], log: Path, first: datetime, *words: str) -> None:
        command = [sys.executable, "-P", str(Path(__file__).resolve()), first.isoformat(), *words]
        with log.open("a", encoding="utf-8") as said:
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(
                command, env=environment, stdin=pipe, stdout=pipe, stderr=said, text=True, start_new_session=True
            )
        self.log = log

    def to(self, moment: datetime) -> None:
        """Move the clock, and wait until everything that fell due has ended."""
        self.begin(moment)
        assert self.process.stdout is not None
        answer = self.process.stdout.readline().strip()
        if answer != "done":
            raise SystemExit(f"the scheduler ended on {moment}: see {self.log}")

    def begin(self, moment: datetime) -> None:
        """Move the clock."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{moment.isoformat()}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Let it end by itself."""
        self.process.communicate(timeout=120)


def close(night: int) -> None:
    """Make a night one of those after which the archive must be the truth."""
    from archive import queries_looks
    from crawler import schedule_cadence

    schedule_cadence.LEARN = 1000
    if night == 0:
        queries_looks.AGED, queries_looks.AGED_AT_ONCE = timedelta(), 1000
        schedule_cadence.DEEP = -10


def main() -> None:
    """Serve from the first moment on; what is heavy is imported here, as readers of files import this module anew."""
    import time_machine

    from config.settings import Settings
    from crawler import queue, schedule
    from crawler.run import serve

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("first", type=datetime.fromisoformat)
    options.add_argument("--closing", type=int)
    given = options.parse_args()
    if given.closing is not None:
        close(given.closing)
    if retry := os.environ.get("CAICACH_TEST_RETRY"):  # that clock nobody moves
        schedule.RETRY = float(retry)
        queue.SELDOM = schedule.SELDOM * schedule.RETRY
    settings = Settings.load()
    with time_machine.travel(given.first, tick=True) as clock:
        serve(settings, lambda: Life(settings, clock.move_to))


if __name__ == "__main__":
    main()
