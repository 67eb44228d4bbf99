"""How many repairs of changed layouts pass on articles that they were not learnt from, over all families.

    python bench/repair.py                              # every family, five layouts that no reader has seen
    python bench/repair.py --families vhv --eras 131    # less
    python bench/repair.py --json out.json

A portal is read in its documented layout, as the archive has it; then its layout changes, and `crawler.repair` gets the
same articles' pages as they are now: half to learn from, half to prove the proposal on. It passes when nine in ten of
these read right by the proposed selectors alone: title letter for letter, day of publication, body alike to 0.95.
"Before" is how many of them the family's own selectors read right, "rescued" with all its other layouts and the
generic rules: where that is all, the portal was never broken for the crawl. Families whose pages are JSON have no
selectors to repair.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.dates import VIETNAM, ImpossibleDate, choose
from crawler import families
from crawler.family import Family, ReadingError
from crawler.farm import ALL_FAMILIES, Farm, SimulatedPortal
from crawler.page import Page
from crawler.repair import Proposal, propose
from crawler.repair_nodes import Known, Sample, alike, same_line

HELD_OUT = (131, 257, 409, 613, 887)
"""Layouts drawn for benches alone."""
SEED = 20261122
NOW = datetime(2026, 11, 22, tzinfo=VIETNAM)


def page_at(portal: SimulatedPortal, url: str) -> Page:
    """A page as the farm answers it."""
    answer = portal.site.respond("/" + url.removeprefix(portal.url))
    return Page(url, answer.body.plain(portal.site.count), content_type=answer.type)


def archived(portal: SimulatedPortal, reader: Family, count: int) -> list[Known]:
    """The portal's articles as the archive has them from its documented layout."""
    known = []
    for truth in portal.truth:
        try:
            article = reader.read(page_at(portal, truth.url))
            at = choose(article.dates, NOW)
        except (ReadingError, ImpossibleDate):
            continue
        known.append(Known(truth.url, article.title, article.body, article.summary, at.at if at else None))
        if len(known) == count:
            break
    return known


def rescued(samples: Sequence[Sample], reader: Family) -> int:
    """How many of the held-out pages read right with everything that the family has."""
    right = 0
    for one in samples[1::2]:
        try:
            article = reader.read(one.page)
        except ReadingError:
            continue
        right += same_line(article.title, one.known.title) and alike(article.body, one.known) >= 0.95
    return right


def repaired(key: str, era: int, count: int) -> tuple[Proposal, int]:
    """A repair of one family's layout change, and how many pages needed none."""
    farm = Farm(SEED, families=(key,), articles=count + 4, port=9000)
    portal = farm.portals[0]
    known = archived(portal, families.family(key), count)
    farm.relayout(portal.site.slug, era)
    samples = [Sample(page_at(portal, one.url), one) for one in known]
    proposal = propose(samples, lambda own: families.family(key, own), NOW)
    return proposal, rescued(samples, families.family(key))


def row(key: str, done: Sequence[tuple[int, Proposal, int]]) -> dict[str, Any]:
    """A family's figures."""
    proofs = [one for _, proposal, _ in done for one in proposal.proof]
    return {
        "family": key,
        "proposals": len(done),
        "passed": sum(proposal.passes for _, proposal, _ in done),
        "pages": len(proofs),
        "right": sum(one.right for one in proofs),
        "before": sum(one.right for _, proposal, _ in done for one in proposal.before),
        "rescued": sum(right for *_, right in done),
        "body": round(sum(one.body for one in proofs) / (len(proofs) or 1), 3),
    }


def main() -> None:
    """Run the bench; the exit code says whether three proposals in five pass."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--families", nargs="*", default=list(ALL_FAMILIES))
    parser.add_argument("--eras", nargs="*", type=int, default=list(HELD_OUT))
    parser.add_argument("--articles", type=int, default=16, help="known articles; half are held out")
    parser.add_argument("--verbose", action="store_true", help="say what fails")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    began, rows = time.process_time(), []
    print(f"{'family':<12}{'passed':>8}{'right':>10}{'before':>8}{'rescued':>9}{'body':>7}")
    for key in wanted.families:
        done = [(era, *repaired(key, era, wanted.articles)) for era in wanted.eras]
        rows.append(row(key, done))
        one = rows[-1]
        said = f"{one['passed']}/{one['proposals']}", f"{one['right']}/{one['pages']}"
        print(f"{key:<12}{said[0]:>8}{said[1]:>10}{one['before']:>8}{one['rescued']:>9}{one['body']:>7}", flush=True)
        for era, proposal, _ in done if wanted.verbose else ():
            if not proposal.passes:
                print(f"    {era}: {dict(proposal.selectors)}, without {proposal.missing}")
                print(f"        {[one for one in proposal.proof if not one.right][:2]}")
    passed, proposals = sum(one["passed"] for one in rows), sum(one["proposals"] for one in rows)
    seconds = time.process_time() - began
    print(f"{passed} of {proposals} proposals pass ({passed / proposals:.0%}; goal 60 %), {seconds:.0f} CPU-seconds")
    broken = [one for one in rows if one["before"] < one["pages"]]
    mended, all_ = (sum(one[name] for one in broken) for name in ("passed", "proposals"))
    print(f"{mended} of {all_} in families whose own selectors no longer read every page")
    if wanted.json:
        wanted.json.write_text(json.dumps({"rows": rows, "passed": passed, "proposals": proposals}, indent=1))
    sys.exit(passed < 0.6 * proposals)


if __name__ == "__main__":
    main()
