"""Which articles republish one another: near-duplicates found by MinHash, every pair verified.

Pure functions: a body's bands (articles that share one are compared) and the verdict on a pair.
Words are compared without tone marks, case and punctuation.

Likeness of words alone is not enough. A pair is laid side by side (archive/alignment.py) and must pass twice.
Nearly all of the shorter body has its counterpart in the longer one, in the same order: bodies put together
from the same set sentences do not. And what numbers, places and names stand in the same place do not
contradict one another more often than the rewording of the other words explains: somebody who edits a text
touches them as rarely as any word, while another district filling in the same template, or this year's
report beside last year's, changes them and little else. What is missing contradicts nothing.
"""

import hashlib
import itertools
import math
import struct
from collections import Counter
from collections.abc import Container

from rensa import RMinHash

from archive import alignment
from archive.alignment import Alignment, Gap
from archive.wording import NAMED, Body, Kind, is_number, parts

PERMUTATIONS = 128
BANDS, ROWS = 32, 4
"""32 bands of 4 find 96 % of pairs with 15 words in a hundred changed (a likeness of 0.56)."""
SHARED = 0.45
"""The share of the shorter body's shingles in the longer one from which two bodies are laid side by side."""
COVERED = 0.75
"""The share of the shorter body that has a counterpart in a copy."""
EDITED = 0.35
"""The share of aligned words that a copy has reworded at most."""
ELSEWHERE, HARDLY = 0.03, 0.005
"""Numbers missing beyond the words that are, and how unlikely they must be, without a closer look."""
NAMES = tuple(struct.pack("<2I", RMinHash.ALGORITHM_VERSION, band) for band in range(BANDS))
"""What stands before a band's values when its key is made."""
_KEYS = struct.Struct(f"<{BANDS}q")
UNLIKELY = 0.05
"""So unlikely must the contradictions be in a copy that a pair is refused."""
KAPPA = 0.12
"""How often a word changed at random becomes another of the same kind: a number, a name."""
SEED = 1

BASE = {Kind.NUMBER: 0.004, Kind.NAME: 0.002, Kind.PLACE: 0.001, Kind.LEVEL: 0.001}
"""How often one of them is corrected in a copy that is not edited otherwise."""


def bands(body: Body) -> tuple[int, ...]:
    """The keys of a body's bands, 64-bit and signed; none for a short body."""
    if not body.pairs:
        return ()
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(body.pairs)
    digest = struct.pack(f"<{PERMUTATIONS}I", *sketch.digest())
    size = len(digest) // BANDS
    named = [name + digest[band * size : band * size + size] for band, name in enumerate(NAMES)]
    return _KEYS.unpack(b"".join([hashlib.blake2b(one, digest_size=8).digest() for one in named]))


def likeness(a: Body, b: Body) -> float | None:
    """The Jaccard likeness of two bodies when one republishes the other, else None.

    One that stands word for word in the other does, without being laid beside it.
    """
    if _nothing_in_common(a, b) or not (a.shingles and b.shingles):
        return None
    shared = len(a.shingles & b.shingles)
    jaccard = shared / (len(a.shingles) + len(b.shingles) - shared)
    short, long = by_length(a, b)
    if shared == len(short.shingles) and f" {' '.join(short.words)} " in f" {' '.join(long.words)} ":
        return jaccard
    if shared < SHARED * len(short.shingles) or _numbers_differ(short, long, shared):
        return None
    laid = alignment.align(short.words, long.words, alignment.anchors(short.once, long.once))
    if laid.covered < COVERED * len(short.words):
        return None
    return None if contradicted(short, long, laid) else jaccard


def _nothing_in_common(a: Body, b: Body) -> bool:
    """Whether so many digits of the shorter body are missing that its words need not even be read."""
    short, long = sorted((a.digits, b.digits), key=len)
    return unlikely(len(short - long), len(short), 1 - COVERED, HARDLY)


def _numbers_differ(short: Body, long: Body, shared: int) -> bool:
    """Whether more numbers are missing than words: then laying the two side by side is not worth while."""
    missing = len(short.numbers - long.numbers)
    edited = 1 - math.sqrt(shared / len(short.shingles))
    return unlikely(missing, len(short.numbers), edited + ELSEWHERE, HARDLY)


def by_length(a: Body, b: Body) -> tuple[Body, Body]:
    """The shorter body and the longer one."""
    return (a, b) if (len(a.words), a.text) <= (len(b.words), b.text) else (b, a)


def contradicted(a: Body, b: Body, laid: Alignment) -> bool:
    """Whether the two contradict one another more often than what else was reworded explains."""
    if not laid.gaps:
        return False
    numbers = sum(differing(a, b, gap) for gap in laid.gaps)
    replaced = sum(end - start for start, end, _, _ in laid.gaps) / laid.covered
    if unlikely(numbers, sum(word < "a" for word in a.words), BASE[Kind.NUMBER] + KAPPA * replaced):
        return True
    names = {a.runs[i] for i, j in laid.same if a.kinds[i] in NAMED and a.runs[i] == b.runs[j]}
    other = Counter[Kind]()
    for gap in laid.gaps:
        other.update(compare(a, b, gap, names))
    kept = Counter(min(a.kinds[i], b.kinds[j]) for i, j in laid.same)
    edited = other[Kind.PLAIN] / (kept[Kind.PLAIN] + other[Kind.PLAIN] + 1)
    if edited > EDITED:
        return True
    return any(unlikely(other[kind], kept[kind] + other[kind], BASE[kind] + KAPPA * edited) for kind in BASE)


def compare(a: Body, b: Body, gap: Gap, names: Container[str]) -> Counter[Kind]:
    """What a stretch contradicts in the other by kind, and how many plain words are others.

    Names at either end are the portals' and the authors'; they contradict nothing.
    """
    found = Counter[Kind]()
    mine, theirs = range(*gap[:2]), range(*gap[2:])
    found[Kind.NUMBER] = differing(a, b, gap)
    upper = {a.words[i] for i in mine if a.kinds[i] is Kind.LEVEL}
    lower = {b.words[j] for j in theirs if b.kinds[j] is Kind.LEVEL}
    found[Kind.LEVEL] = int(bool(upper and lower) and upper.isdisjoint(lower))
    left, right = a.names(mine, names), b.names(theirs, names)
    inside = min(mine.start, theirs.start, len(a.words) - mine.stop, len(b.words) - theirs.stop) > 0
    for one_name, other_name in zip(left, right, strict=False):
        kind = max(left[one_name], right[other_name])
        if kind is Kind.PLACE or inside:
            found[kind] += 1
    plain = (sum(a.kinds[i] is Kind.PLAIN for i in mine), sum(b.kinds[j] is Kind.PLAIN for j in theirs))
    found[Kind.PLAIN] = max(plain)
    return found


def differing(a: Body, b: Body, gap: Gap) -> int:
    """How many numbers of a stretch are others in the other one; separators and leading zeros do not count."""
    one = [word for word in a.words[gap[0] : gap[1]] if is_number(word)]
    two = [word for word in b.words[gap[2] : gap[3]] if is_number(word)]
    if not one or not two:
        return 0
    if len(one) == len(two):
        return sum(not _agree(parts(mine), parts(theirs)) for mine, theirs in zip(one, two, strict=True))
    left = Counter(itertools.chain.from_iterable(map(parts, one)))
    right = Counter(itertools.chain.from_iterable(map(parts, two)))
    return min(len(one), len(two), len(left - right), len(right - left))


def _agree(one: list[str], other: list[str]) -> bool:
    """Whether two numbers are the same, or one is the other's date without the year."""
    size = min(len(one), len(other))
    return one == other or (size > 1 and one[:size] == other[:size])


def unlikely(count: int, total: int, rate: float, chance: float = UNLIKELY) -> bool:
    """Whether so many or more of a total would hardly happen by chance at this rate each (binomial)."""
    if count <= total * rate:
        return False
    fewer = sum(math.comb(total, k) * rate**k * (1 - rate) ** (total - k) for k in range(count))
    return 1 - fewer < chance
