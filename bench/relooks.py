"""Are corrections, removals and returns found, at what cost, and is nothing found where nothing changed?

A simulated month without faults (bench/detection_nights.py): pages have counters, clocks and rotating teasers; the
newsrooms correct, remove and restore as their days bring it. Goals: 99 % of the corrections inside the window (those
after which a look was still due before the month's end), noise at most 0.5 % of the looks, at most 0.15 requests
for each article-day: one for every article in the archive on every day that its schedule still runs, 75 days from its
first sight. Every look counts, the ones that prove an empty night too. Archives begin with articles of all ages, as
a portal's first crawl finds them: two months of them. The dearest weeks of an archive, its first ones when it begins
with nothing, and a whole year after them are reckoned on paper (bench/relooks_paper.py) with the goals of the month.
`python bench/relooks.py [--portals N] [--nights N] [--seed N] [--paper]`: two to eight CPU-minutes; a half on paper.
"""

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if TYPE_CHECKING:
    from bench.detection_nights import Simulation

FOUND, NOISE, REQUESTS = 0.99, 0.005, 0.15
ON_PAPER = (
    ("the same month", 60, range(31)),
    ("two weeks from nothing", 0, range(15)),
    ("a month from nothing", 0, range(31)),
    ("a year, later", 60, range(75, 440)),
)
"""What is reckoned on paper: articles before the first night, and the nights that count."""


@dataclass(slots=True)
class Account:
    """What the month brought and what was found of it."""

    edits: int = 0
    edits_found: int = 0
    removed: int = 0
    removed_found: int = 0
    restored: int = 0
    restored_found: int = 0
    looks: int = 0
    noise: int = 0
    article_days: int = 0

    @property
    def good(self) -> bool:
        return (
            self.edits_found >= FOUND * self.edits
            and self.noise <= NOISE * max(1, self.looks)
            and self.looks <= REQUESTS * self.article_days
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as the archive has it: nights counted from the first."""

    first: int
    seen: tuple[int, ...]
    gone: int | None
    fresh: bool


def archived(folder: Path) -> dict[str, Kept]:
    """Every article of the archive by its address."""
    from sqlalchemy import select

    from archive import tables as t
    from archive.database import reading
    from archive.dates import VIETNAM
    from archive.store_articles import FRESH
    from bench.detection_nights import FIRST
    from config.settings import Settings

    def night(at: Any) -> int:
        return int((at.astimezone(VIETNAM).date() - FIRST).days)

    with reading(Settings(data=folder / "data")) as session:
        revisions: dict[int, list[int]] = {}
        for row in session.execute(select(t.revision.c.article_id, t.revision.c.seen_at)):
            revisions.setdefault(row.article_id, []).append(night(row.seen_at))
        rows = session.execute(select(t.article)).all()
    return {
        row.url: Kept(
            night(row.first_seen_at),
            tuple(sorted(revisions[row.id])),
            night(row.gone_at) if row.gone_at else None,
            row.published_at is None or row.first_seen_at - row.published_at <= FRESH,
        )
        for row in rows
    }


def reckoned(played: "Simulation", kept: dict[str, Kept]) -> Account:
    """The account of a month."""
    account, last = Account(), played.nights - 1
    account.article_days = sum(min(last - one.first + 1, _window()) for one in kept.values())
    for days in played.days.values():
        account.looks += sum(day.signs.again + sum(day.signs.unlooked.values()) for day in days)
    edited = Counter[str]()
    for nights in played.truth.values():
        back = {url for truth in nights for url in truth.restored}
        for number, truth in enumerate(nights):
            for url in {*truth.edited} & kept.keys():
                edited[url] += number > kept[url].first
                if kept[url].first < number and _due(kept[url], number, last):
                    account.edits += 1
                    account.edits_found += any(night >= number for night in kept[url].seen[1:])
            for url in {*truth.restored} & kept.keys():
                account.restored += 1
                account.restored_found += kept[url].gone is None
            for url in {*truth.removed} & kept.keys() - back:
                if _due(kept[url], number, last - 2):
                    account.removed += 1
                    account.removed_found += kept[url].gone is not None
    account.noise = sum(max(0, len(one.seen) - 1 - edited[url]) for url, one in kept.items())
    return account


def _window() -> int:
    """Days after its first sight in which an article is looked at again."""
    from archive.store_articles import LOOKS

    return LOOKS[-1] // timedelta(days=1)


def _due(one: Kept, since: int, until: int) -> bool:
    """Whether a look at an article comes between two nights."""
    from archive.store_articles import LATE_LOOKS, LOOKS

    looks = LOOKS if one.fresh else LATE_LOOKS
    return any(since <= one.first + look // timedelta(days=1) <= until for look in looks)


def main() -> None:
    """Simulate a month and print its account, then the sheets; exit 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--portals", type=int, default=28)
    options.add_argument("--nights", type=int, default=31)
    options.add_argument("--seed", type=int, default=2)
    options.add_argument("--articles", type=int, default=60, help="of each portal before the first night")
    options.add_argument("--paper", action="store_true", help="crawl nothing")
    given = options.parse_args()
    good = given.paper or crawled(given)
    sys.exit(0 if on_paper(given) and good else 1)


def crawled(given: argparse.Namespace) -> bool:
    """A month of real crawls; whether the goals are reached."""
    from bench.detection_nights import Plan, simulate

    with tempfile.TemporaryDirectory(prefix="caicach-bench-") as name:
        played = simulate(Path(name), Plan(given.portals, given.nights, given.seed, given.articles, kinds=()))
        account = reckoned(played, archived(Path(name)))
    print(f"corrections found     {account.edits_found} of {account.edits} inside the window")
    print(f"removals found        {account.removed_found} of {account.removed}")
    print(f"returns found         {account.restored_found} of {account.restored}")
    print(f"noise                 {account.noise} revisions in {account.looks} looks")
    print(f"{account.looks} looks, {account.article_days} article-days")
    print(f"requests              {account.looks / account.article_days:.3f} for each article and day")
    return account.good


def on_paper(given: argparse.Namespace) -> bool:
    """The sheets; whether the goals are reached on every one."""
    from bench.relooks_paper import played

    good = True
    print(f"{'on paper':<24}{'requests':>10}{'of them spare':>15}{'found':>8}{'half within':>13}{'nine in ten':>13}")
    for name, articles, nights in ON_PAPER:
        one = played(given.seed, given.portals, nights, articles)
        found = f"{one.found:>8.1%}{one.waited(0.5):>13}{one.waited(0.9):>13}"
        print(f"{name:<24}{one.requests:>10.3f}{one.spare / max(1, one.looks):>15.0%}{found}")
        good &= one.requests <= REQUESTS and one.found >= FOUND
    return good


if __name__ == "__main__":
    main()
