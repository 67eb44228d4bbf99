"""How well copies are found and look-alikes refused, by kind of change, beside plain MinHash.

    python bench/copies.py                        # texts of the farm, and of ../shared where that folder is
    python bench/copies.py --seeds 3 --json out.json

Every text is changed in each way with a seeded chance; a pair counts as grouped when the two share a band and are
verified. The plain way beside it is 21 bands of 6 and a Jaccard likeness of 0.5, without a look at what differs;
with --peers datasketch and rensa by themselves too (bench/copies_peers.py).
Times are CPU-seconds of this process, the median of three rounds in turns with the least and the most: sketching,
comparing with what shares a band, an archive in memory.
"""

import argparse
import itertools
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from statistics import median
from typing import Any

from rensa import RMinHash

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from archive.copies import bands, likeness
from archive.wording import SHORT, Body
from bench.copies_changes import COPIES, LOOK_ALIKES, VOCABULARY, Change, boilerplate
from crawler.farm import Farm

ROUNDS = 3
SHARED = Path(__file__).resolve().parents[1] / "../shared"
Alike = Callable[[Body, Body], bool]

remembered = lru_cache(maxsize=128)(Body)


def corpora(seed: int) -> dict[str, list[tuple[str, str]]]:
    """Texts with the key of what they are a copy of, by corpus."""
    found = {}
    farm = Farm(seed, copies=15)
    truth = [article for portal in farm.portals for article in portal.truth]
    found["farm"] = [(article.copy_of or article.url, article.body) for article in truth]
    gold = SHARED / "portals/nukeviet/gold.jsonl"
    if gold.exists():
        rows = map(json.loads, gold.read_text(encoding="utf-8").splitlines())
        found["nukeviet"] = [(row["url"], row["body_text"]) for row in rows]
        files = sorted((SHARED / "seeds").glob("*.txt"))
        found["seeds"] = [(file.name, file.read_text(encoding="utf-8")) for file in files]
    return found


def fresh(texts: list[tuple[str, str]], count: int, seed: int) -> list[tuple[str, str]]:
    """Texts put together anew from the words of others, each of its own, one in ten a copy: an ordinary archive."""
    chance = random.Random(seed)
    words = [word for _, text in texts for word in text.split()]
    made = [(str(number), " ".join(chance.choices(words, k=300))) for number in range(count)]
    return made + [(key, boilerplate(text, chance)) for key, text in made[: count // 10]]


def distinct(texts: Iterable[tuple[str, str]]) -> list[str]:
    """One long enough text of each key."""
    one = dict(texts)
    return [text for text in one.values() if len(Body(text).words) >= SHORT]


def plain_bands(body: Body) -> set[tuple[int, ...]]:
    """21 bands of 6, the plain way."""
    sketch = RMinHash(num_perm=128, seed=1)
    sketch.update(body.pairs)
    digest = sketch.digest()
    return {(band, *digest[band * 6 : band * 6 + 6]) for band in range(21)}


def plain(a: Body, b: Body) -> bool:
    """Whether plain MinHash with Jaccard groups them."""
    union = len(a.shingles | b.shingles)
    return bool(plain_bands(a) & plain_bands(b)) and len(a.shingles & b.shingles) >= 0.5 * union


def grouped(a: Body, b: Body) -> bool:
    """Whether two bodies are compared and verified."""
    return bool(set(bands(a)) & set(bands(b))) and likeness(a, b) is not None


def by_change(
    texts: list[str], changes: dict[str, Change], seed: int, peers: dict[str, Alike] | None = None
) -> dict[str, dict[str, float]]:
    """The share of texts grouped with what each change makes of them; texts that it does not change are left out."""
    table = {}
    for name, change in changes.items():
        chance = random.Random(f"{seed}/{name}")
        pairs = [(Body(text), Body(change(text, chance))) for text in texts]
        if changes is LOOK_ALIKES:
            pairs = [(a, b) for a, b in pairs if " ".join(b.words) not in " ".join(a.words)]
        pairs = [(a, b) for a, b in pairs if b.pairs]
        table[name] = {
            "pairs": len(pairs),
            "grouped": sum(grouped(a, b) for a, b in pairs) / max(len(pairs), 1),
            "plain": sum(plain(a, b) for a, b in pairs) / max(len(pairs), 1),
        }
        for peer, alike in (peers or {}).items():
            table[name][peer] = sum(alike(a, b) for a, b in pairs) / max(len(pairs), 1)
    return table


def whole(texts: list[tuple[str, str]]) -> dict[str, float]:
    """Every pair of an archive in memory: precision and recall against its keys, and articles a CPU-second."""
    started = time.process_time()
    shelf: dict[int, list[int]] = defaultdict(list)
    bodies: list[Body] = []
    found, compared = set(), 0
    for number, (_, text) in enumerate(texts):
        body, keys = remembered(text), bands(remembered(text))
        shared = Counter(other for key in keys for other in shelf[key])
        for other, _ in shared.most_common(16):
            compared += 1
            if likeness(body, remembered(bodies[other].text)) is not None:
                found.add((other, number))
        for key in keys:
            shelf[key].append(number)
        bodies.append(body)
    spent = time.process_time() - started
    true = {(a, b) for a, b in itertools.combinations(range(len(texts)), 2) if texts[a][0] == texts[b][0]}
    same = {(a, b) for a, b in found if bodies[a].words == bodies[b].words}
    right = len(found & (true | same))
    quality = {"precision": right / max(len(found), 1), "recall": len(found & true) / len(true)} if true else {}
    return {"articles": len(texts), "pairs": len(found), **quality, "compared": compared,
            "articles/s": len(texts) / spent}  # fmt: skip


def in_turns(
    texts: list[tuple[str, str]], peers: Callable[[list[tuple[str, str]]], dict[str, dict[str, float]]] | None
) -> dict[str, dict[str, float]]:
    """`whole` of us and peers, some rounds in turns: what was found, the median of the speeds beside the extremes."""
    rounds = [{"Caicach": whole(texts), **(peers(texts) if peers else {})} for _ in range(ROUNDS)]
    return {way: row | _speeds([one[way] for one in rounds]) for way, row in rounds[0].items()}


def _speeds(rows: list[dict[str, float]]) -> dict[str, float]:
    seen = [row["articles/s"] for row in rows]
    return {"articles/s": median(seen), "least": min(seen), "most": max(seen)}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--json", type=Path)
    options.add_argument("--sizes", type=int, nargs="*", default=[20_000], help="of archives that grow in SQL")
    options.add_argument("--peers", action="store_true", help="datasketch and rensa by themselves beside it")
    given = options.parse_args()
    from bench import copies_sql  # which takes its texts from here

    if given.peers:
        from bench import copies_peers  # needs datasketch
    peers: dict[str, Alike] = {p: partial(copies_peers.grouped, p) for p in copies_peers.PEERS} if given.peers else {}
    others = copies_peers.whole if given.peers else None
    report: dict[str, dict[str, dict[str, Any]]] = {}
    for seed in range(1, given.seeds + 1):
        for name, texts in corpora(seed).items():
            if seed == 1 and name == "farm":
                new = fresh(texts, 2000, seed)
                report["fresh"] = {"whole": in_turns(new, others), "copies": {}, "look-alikes": {}}
            VOCABULARY[:] = [word for _, text in texts for word in text.split()]
            report[f"{name} {seed}"] = {
                "whole": in_turns(texts, others),
                "copies": by_change(distinct(texts), COPIES, seed, peers),
                "look-alikes": by_change(distinct(texts), LOOK_ALIKES, seed, peers),
            }
    for corpus, parts in report.items():
        sys.stdout.write(f"\n{corpus}:\n")
        for way, row in parts["whole"].items():
            sys.stdout.write(f"  {way}: {copies_sql.line(row)}\n")
        if parts["copies"]:
            heads = "".join(f" {way:>11}" for way in ("ours", "plain", *peers))
            sys.stdout.write(f"  {'share that is grouped':42} {'texts':>5}{heads}\n")
        for kind in ("copies", "look-alikes"):
            for change, row in parts[kind].items():
                shares = "".join(f" {row[way]:11.3f}" for way in ("grouped", "plain", *peers))
                sys.stdout.write(f"  {kind:11} {change:30} {row['pairs']:5}{shares}\n")
    sql = copies_sql.on_sqlite(given.sizes) if given.sizes else []
    sys.stdout.write(f"\nthrough SQL, on SQLite:\n{copies_sql.lines(sql)}")
    if given.json:
        given.json.write_text(json.dumps({**report, "sql": sql}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
