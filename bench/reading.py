"""How well articles are read in layouts that nobody has seen, by family, beside other readers on the same pages.

    python bench/reading.py                       # every family, five held-out layouts, in about three CPU-minutes
    python bench/reading.py --eras 0 1 2          # the documented layouts
    python bench/reading.py --families vhv dnn --articles 6 --json out.json

Our reader knows the portal's family, as a crawl does; the others are told the address and are asked for Vietnamese.
"Ours, documented" reads the layouts that families describe, "ours, generic" the held-out ones without a family.
Body is the F1 of words, title the share that is right letter for letter, day and date the shares of those with a date
whose day is right, and whose time is too. A reader may give the summary or the title with the body: the kindest of
four ways to count is taken, for everyone. Listing is the share of listings whose articles and next page are all found.
A page that a reader gives up counts as nothing. Pages are per CPU-second of this process, the median of some rounds in
which readers take turns, each time with pages that nobody has parsed; beside it how far the rounds lie apart. The limit
of our readers is the parser that they use, that of the others lxml's, and both are measured on the same pages. The
others are optional: pip install "caicach[bench]"; one that is not there, or cannot run, is named and left out. Ends
with 1 when a goal is missed: F1 0.985 in every family and nowhere below trafilatura's, 1,000 pages per CPU-second.
"""

import argparse
import json
import math
import re
import sys
import time
import unicodedata
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from statistics import mean, median
from typing import Any

from selectolax.lexbor import LexborHTMLParser

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.dates import VIETNAM, ImpossibleDate, choose
from archive.text import clean
from bench.reading_peers import PEERS, Read, Reader
from crawler import families
from crawler.family import Family, ReadingError
from crawler.farm import ALL_FAMILIES, Farm, SimulatedPortal, TruthArticle
from crawler.farm.newsroom import SECTIONS
from crawler.farm.truth import cut_time
from crawler.page import Page

HELD_OUT = (131, 257, 409, 613, 887)
"""Layouts drawn for this bench alone: no reader was ever shown them."""
DOCUMENTED = 0
"""The layout that every family describes; the farm's others are variations of it that no family was shown."""
SEED = 20261122
F1, SPEED = 0.985, 1000
ROUNDS = 3
SHOWN = ("body", "worst", "title", "day", "date", "listing")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Score:
    """What a reader got right over a family's pages; `seconds` are of CPU, by round."""

    f1: list[float] = field(default_factory=list)
    titles: int = 0
    days: int = 0
    dates: int = 0
    dated: int = 0
    given_up: int = 0
    seconds: Counter[int] = field(default_factory=Counter)

    def row(self) -> dict[str, float]:
        """The shares, and pages per CPU-second: the median of the rounds, and how far they lie apart."""
        pages, dated = max(len(self.f1), 1), self.dated or float("nan")
        middle = median(self.seconds.values())
        return {
            "pages": len(self.f1),
            "body": sum(self.f1) / pages,
            "worst": min(self.f1, default=0.0),
            "title": self.titles / pages,
            "day": self.days / dated,
            "date": self.dates / dated,
            "given_up": self.given_up,
            "cpu_seconds": middle,
            "spread": (max(self.seconds.values()) - min(self.seconds.values())) / middle,
            "pages_per_cpu_second": pages / middle,
        }


families.keys()
FLOOR = Family.known["generic"]()


def ours(page: Page, family: Family) -> Read:
    """Our own: the family's layouts first, then the generic rules."""
    article = family.read(page)
    try:
        published = choose(article.dates, NOW)
    except ImpossibleDate:
        published = None
    return Read(article.title, article.body, published.at if published else None)


def generic(page: Page, family: Family) -> Read:
    """Our generic floor, which is not told the family."""
    return ours(page, FLOOR)


def parsed(page: Page, family: Family) -> Read:
    """What nothing of ours can be faster than: the page parsed by the parser that we use."""
    LexborHTMLParser(page.body)
    return Read()


LIMITS = frozenset({"parse alone", "lxml, parse alone"})
"""What reads nothing: the limits of speed."""


def readers() -> tuple[dict[str, Reader], dict[str, str]]:
    """The readers that run here, and why others do not."""
    running: dict[str, Reader] = {"ours": ours, "ours, generic": generic, "parse alone": parsed}
    absent = {}
    probe = Page("http://127.0.0.1/a", "<html><title>a</title><p>một hai ba</p></html>".encode())
    for name, make in PEERS.items():
        try:
            reader = make()
            reader(probe, FLOOR)
            running[name] = reader
        except (ImportError, AttributeError, TypeError, ValueError, LookupError) as error:
            absent[name] = f"{type(error).__name__}: {error}"
    return running, absent


def words(text: str) -> Counter[str]:
    """The words of a text with how often each stands there."""
    return Counter(WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def f1(found: Counter[str], wanted: Counter[str]) -> float:
    """The harmonic mean of precision and recall over words."""
    shared = (found & wanted).total()
    return 2 * shared / ((found.total() + wanted.total()) or 1)


def kindest(text: str, truth: TruthArticle) -> float:
    """The best F1 against the body alone, with its summary, with its title, with both."""
    found, body = words(text), words(truth.body)
    summary, title = words(truth.summary), words(truth.title)
    return max(f1(found, wanted) for wanted in (body, body + summary, body + title, body + summary + title))


def same_line(one: str, other: str) -> bool:
    """Whether two titles are the same letter for letter, in composed form and single blanks."""
    return clean(one).split() == clean(other).split()


def local(moment: datetime | date | None) -> tuple[date | None, datetime | None]:
    """The day, and the moment in Vietnam where there is one; a time without a zone is Vietnam's."""
    if not isinstance(moment, datetime):
        return moment, None
    there = moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    return there.date(), there


def judge(score: Score, read: Read, truth: TruthArticle) -> None:
    """Count one page."""
    score.f1.append(kindest(read.body, truth))
    score.titles += same_line(read.title, truth.title)
    if truth.published is None:
        return
    day, moment = local(read.moment)
    score.dated += 1
    score.days += day == truth.published.date()
    at_midnight = moment or (datetime.combine(day, datetime.min.time(), VIETNAM) if day else None)
    score.dates += at_midnight is not None and cut_time(at_midnight, truth.precision) == truth.published


def timed(reader: Reader, page: Page, family: Family, score: Score, turn: int) -> Read | None:
    """What a reader says, None if it gives up; its time is counted."""
    started = time.process_time()
    try:
        return reader(page, family)
    except (ReadingError, ValueError, TypeError, LookupError, AttributeError):
        return None
    finally:
        score.seconds[turn] += time.process_time() - started


def fetched(portal: SimulatedPortal, url: str) -> Page:
    """A page as the farm answers it."""
    answer = portal.site.respond("/" + url.removeprefix(portal.url))
    return Page(url, answer.body.plain(portal.site.count), content_type=answer.type)


def listings(portal: SimulatedPortal, family: Family) -> Iterator[bool]:
    """For each section's first page, whether all its articles and the next page, if there is one, are found."""
    site = portal.site
    for section in SECTIONS:
        page = fetched(portal, site.absolute(site.section_path(section)))
        stories, pages = site.slice(section, 1)
        if not stories or (site.layout and site.layout.scripted):
            continue
        found = {family.identity(link.url) for link in family.links(page)}
        wanted = {family.identity(site.absolute(site.path(story))) for story in stories}
        yield found >= wanted and (pages == 1 or family.next(page) is not None)


def run(names: Sequence[str], eras: Sequence[int], articles: int, running: dict[str, Reader]) -> dict[str, Any]:
    """Every family's scores, by reader."""
    table: dict[str, Any] = {}
    for name in names:
        scores: dict[str, Score] = defaultdict(Score)
        lists: list[bool] = []
        for era in eras:
            portal = Farm(SEED, articles=articles * 2, families=[name], eras=era, copies=0).portals[0]
            family = Family.known[name]()
            lists += listings(portal, family)
            read_all(portal, family, running, scores)
        portal = Farm(SEED, articles=articles * 2 * len(eras), families=[name], eras=DOCUMENTED, copies=0).portals[0]
        read_all(portal, Family.known[name](), {"ours, documented": ours}, scores)
        table[name] = {key: score.row() for key, score in scores.items()}
        table[name]["ours"]["listing"] = sum(lists) / len(lists) if lists else float("nan")
        show(name, table[name])
    return table


def read_all(portal: SimulatedPortal, family: Family, running: dict[str, Reader], scores: dict[str, Score]) -> None:
    """Read every other article of a portal by one reader after another, round after round; the first is judged."""
    for turn, (key, reader) in product(range(ROUNDS), running.items()):
        score = scores[key]
        pages = [(fetched(portal, truth.url), truth) for truth in portal.truth[::2]]
        for page, truth in pages:
            read = timed(reader, page, family, score, turn)
            if turn == 0:
                score.given_up += read is None
                judge(score, read or Read(), truth)


def show(name: str, rows: dict[str, dict[str, float]]) -> None:
    """One family's lines."""
    for reader, row in rows.items():
        told = {} if reader in LIMITS else row
        shares = "".join(f"{told[key]:8.3f}" if key in told else f"{'':8}" for key in SHOWN)
        rest = f"{row['pages_per_cpu_second']:8.1f}{row['spread']:8.0%}{row['given_up']:8.0f}"
        sys.stdout.write(f"{name:12}{reader:18}{row['pages']:6.0f}{shares}{rest}\n")
    sys.stdout.flush()


def totals(table: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Each reader over all families: their mean, the worst page, the sum of pages."""
    combine = {"worst": min, "pages": sum, "given_up": sum, "cpu_seconds": sum}
    found: dict[str, dict[str, float]] = {}
    for reader in {reader: 0 for rows in table.values() for reader in rows}:
        rows = [rows[reader] for rows in table.values()]
        columns = {key: [row[key] for row in rows if not math.isnan(row[key])] for key in rows[0]}
        found[reader] = {key: combine.get(key, mean)(values) for key, values in columns.items() if values}
        found[reader]["pages_per_cpu_second"] = found[reader]["pages"] / found[reader]["cpu_seconds"]
    return found


def missed(table: dict[str, Any]) -> list[str]:
    """The goals that were missed, in words."""
    families_ = {name: rows for name, rows in table.items() if name != "all"}
    poor = [name for name, rows in families_.items() if rows["ours"]["body"] < F1]
    least = ((name, rows, rows.get("trafilatura", {}).get("body", 0.0)) for name, rows in families_.items())
    below = [name for name, rows, peer in least if min(rows["ours"]["body"], rows["ours, generic"]["body"]) < peer]
    slow = [key for key, row in table["all"].items() if key[:4] == "ours" and row["pages_per_cpu_second"] < SPEED]
    said = [f"F1 below {F1} in {', '.join(poor)}"] if poor else []
    said += [f"below trafilatura in {', '.join(below)}"] if below else []
    return said + ([f"fewer than {SPEED} pages per CPU-second: {'; '.join(slow)}"] if slow else [])


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--families", nargs="+", choices=ALL_FAMILIES, default=ALL_FAMILIES)
    options.add_argument("--eras", nargs="+", type=int, default=HELD_OUT)
    options.add_argument("--articles", type=int, default=8, help="of each family in each layout")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    warnings.simplefilter("ignore")
    running, absent = readers()
    for name, why in absent.items():
        sys.stdout.write(f"{name} does not run here and is left out: {why}\n")
    heads = "".join(f"{head:>8}" for head in (*SHOWN, "pages/s", "spread", "gave up"))
    sys.stdout.write(f"layouts {', '.join(map(str, given.eras))}\n{'family':12}{'reader':18}{'pages':>6}{heads}\n")
    table = run(given.families, given.eras, given.articles, running)
    table["all"] = totals(table)
    show("all", table["all"])
    if given.json:
        given.json.write_text(json.dumps({"absent": absent, "families": table}, indent=1), encoding="utf-8")
    wrong = missed(table)
    sys.stdout.write("".join(f"missed: {one}\n" for one in wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
