"""How often a probe sees a simulated portal for what it is, by family, over layouts and seeds.

    python bench/probe.py                          # every family, layouts 0 to 4, one seed: two CPU-minutes
    python bench/probe.py --crawl                  # each draft is crawled too, beside the portal's own file
    python bench/probe.py --seeds 1 2 --eras 0 3   # others

Family: recognised. Listing: the reform listing is named and lists what it lists. Articles: of the articles that
could be read (three, or as many as there are), the share read with their true title. Whole: nothing is left to be
filled in. Place: what was guessed of level, province, district and commune is right. Crawl: the draft, filled in,
brings the articles that the portal's own file brings. Layouts from 3 on were seen by no reader.
"""

import argparse
import json
import logging
import sys
import tempfile
import tomllib
import unicodedata
from collections import defaultdict
from pathlib import Path
from statistics import mean

from sqlalchemy import text

from archive.store import Store
from config.errors import UserError
from config.portal import Portal, read
from config.settings import Settings
from crawler.farm.farm import ALL_FAMILIES, Farm, SimulatedPortal
from crawler.fleet import Fleet
from crawler.probe import Findings, probe
from crawler.probe_draft import Said
from crawler.run import crawl

COLUMNS = ("family", "listing", "articles", "whole", "place", "crawl")
PLACE = ("level", "province", "district", "commune")


def plain(words: str) -> str:
    """Text for comparing: NFC, single blanks."""
    return " ".join(unicodedata.normalize("NFC", words).split())


def measured(portal: SimulatedPortal, found: Findings) -> dict[str, float]:
    """What a probe of one portal got right, each from 0 to 1."""
    truth = {one.url: one for one in portal.truth}
    listed = {url for url, one in truth.items() if one.listed}
    named = {link.url for one in found.sources if one.kind == "listing" and one.reform for link in one.links}
    possible = min(3, len(truth))
    right = [one for one in found.articles if not one.reason and one.url in truth]
    right = [one for one in right if plain(one.title) == plain(truth[one.url].title)]
    known, drafted = tomllib.loads(portal.toml), tomllib.loads(found.draft.text)
    return {
        "family": float(found.family == portal.family),
        "listing": float(bool(listed & named)) if listed else 1.0,
        "articles": len(right) / possible,
        "whole": float(not found.draft.unsure),
        "place": float(all(drafted[key] == known.get(key) for key in PLACE if key in drafted)),
    }


def crawled(folder: Path, files: dict[str, str]) -> dict[str, set[str]]:
    """The addresses that a crawl with these portal files brings, by slug."""
    portals: list[Portal] = []
    folder.mkdir(parents=True)
    for slug, toml in files.items():
        (folder / f"{slug}.toml").write_text(toml, encoding="utf-8")
        portals.append(read(folder / f"{slug}.toml"))
    settings = Settings(data=folder / "data", allow_private=True, contact="bench@localhost")
    crawl(Fleet(portals, settings))
    urls: dict[str, set[str]] = {slug: set() for slug in files}
    with Store.open(settings) as store, store.engine.connect() as connection:
        for slug, url in connection.execute(
            text("SELECT p.slug, a.url FROM article a JOIN portal p ON p.id = a.portal_id")
        ):
            urls[slug].add(url)
    return urls


def filled(portal: SimulatedPortal, found: Findings) -> str:
    """A draft with what a person must fill in."""
    known = tomllib.loads(portal.toml)
    return "\n".join([*(f"{key} = {json.dumps(known[key])}" for key in found.draft.unsure), found.draft.text])


def round_of(seed: int, era: int, articles: int, *, crawls: bool) -> dict[str, dict[str, float]]:
    """Every family once: what its probe got right, by family."""
    settings = Settings(allow_private=True)
    results: dict[str, dict[str, float]] = {}
    with Farm(seed=seed, articles=articles, families=ALL_FAMILIES, copies=0, eras=era) as farm:
        found: dict[str, Findings] = {}
        for portal in farm.portals:
            try:
                found[portal.family] = probe(portal.url, settings, Said())
                results[portal.family] = measured(portal, found[portal.family])
            except UserError as error:
                sys.stderr.write(f"{portal.family}, layout {era}, seed {seed}: {error}\n")
                results[portal.family] = dict.fromkeys(COLUMNS, 0.0)
        if crawls:
            with tempfile.TemporaryDirectory() as name:
                own = crawled(Path(name) / "own", {portal.family: portal.toml for portal in farm.portals})
                drafts = crawled(Path(name) / "drafts", {key: filled(farm[key], one) for key, one in found.items()})
            for key in found:
                both = own[key] | drafts[key]
                results[key]["crawl"] = len(own[key] & drafts[key]) / len(both) if both else 0.0
    return results


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--eras", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--articles", type=int, default=14)
    parser.add_argument("--crawl", action="store_true")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    table: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    for seed in chosen.seeds:
        for era in chosen.eras:
            for key, row in round_of(seed, era, chosen.articles, crawls=chosen.crawl).items():
                table[key].append(row)
    columns = [name for name in COLUMNS if name != "crawl" or chosen.crawl]
    print(f"{'':<12}" + "".join(f"{name:>10}" for name in columns))
    for key, rows in table.items():
        print(f"{key:<12}" + "".join(f"{mean(row.get(name, 0.0) for row in rows):>10.2f}" for name in columns))
    every = [row for rows in table.values() for row in rows]
    print(f"{'all':<12}" + "".join(f"{mean(row.get(name, 0.0) for row in every):>10.2f}" for name in columns))
    print(f"{len(every)} portals: {len(table)} families, layouts {chosen.eras}, seeds {chosen.seeds}")


if __name__ == "__main__":
    main()
