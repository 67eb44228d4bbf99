"""Which articles republish one another: near-duplicates found by MinHash, every pair verified.

Pure functions: a body's bands (articles that share one are compared) and the verdict on a pair.
Shingles are two folded words, so tone marks, case and punctuation make no difference.

Likeness of words alone is not enough, so a pair is verified three ways. Most words are shared, or the
shorter body stands in the longer one. They are shared throughout: bodies put together from the same set
sentences share some passages wholly and others not at all. And slots are filled alike: where the same two
words lead up to a number or a name in both, a copy has the same one there; a look-alike, another district
filling in the same template or this year's report beside last year's, has another. What somebody edited
has other words around it and says nothing. Bodies below `SHORT` words are never grouped.
"""

import hashlib
import itertools
import math
import re
import struct
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from rensa import RMinHash

from archive.text import nfc, words

SHORT = 50
"""Words below which a body is compared with none."""
PERMUTATIONS = 128
BANDS, ROWS = 25, 5
"""25 bands of 5 find 98 % of pairs with one word in ten changed (a likeness of 0.68); 21 of 6 find 89 %."""
ALIKE = 0.4
"""The Jaccard likeness that a pair of copies has at least, or the share of the shorter one in the longer."""
CUT = 0.8
"""The share of the shorter body's shingles in the longer one from which it counts as cut from it."""
PASSAGE = 10
"""Words of a passage."""
SHARED, THROUGHOUT = 0.2, 0.75
"""A passage is shared when this part of its shingles is; this part of the passages must be."""
OTHER = 0.2
"""The share of slots filled otherwise from which a pair is a look-alike."""
MISSING, EDITED = 0.12, 2.0
"""Beside a slot filled otherwise, how many of the shorter body's numbers or names may be missing from
the longer one: this share, and so many times the share of words that somebody edited."""
SEED = 1

TOKEN = re.compile(r"\d+(?:[./,-]\d+)*|[A-Za-z]+|[.!?:;\n]")
STOPS = frozenset(".!?:;\n")
PLACES = frozenset({"huyen", "quan", "xa", "phuong", "tinh", "pho", "tran"})
"""The words, or last words, that a place's name follows: huyện, thị xã, thành phố, thị trấn …"""
Slots = dict[tuple[str, str], list[frozenset[str]]]


@dataclass(frozen=True)
class Body:
    """A body as copies are compared: its shingles, and when needed its numbers, names and places."""

    text: str

    @cached_property
    def pairs(self) -> list[str]:
        """The shingles in their order; none of a short body."""
        folded = words(self.text)
        return [f"{a} {b}" for a, b in itertools.pairwise(folded)] if len(folded) >= SHORT else []

    @cached_property
    def shingles(self) -> frozenset[str]:
        return frozenset(self.pairs)

    @cached_property
    def tokens(self) -> list[str]:
        """Words, numbers and stops without tone marks, case kept."""
        return TOKEN.findall(plain(self.text))

    @cached_property
    def slots(self) -> Slots:
        """The two words before a run of numbers and capitalised words within a sentence -> such runs."""
        found: Slots = {}
        before, last, run, started = "", "", list[str](), True
        for token in [*self.tokens, "."]:
            if is_mark(token) and not (started and token.isalpha()):
                run.append(token.lower())
            else:
                if run:
                    found.setdefault((before, last), []).append(frozenset(run))
                    run = []
                if token not in STOPS:
                    before, last = last, token.lower()
            started = token in STOPS
        return found

    @cached_property
    def numbers(self) -> Counter[str]:
        return Counter(token for token in self.tokens if token[0].isdigit())

    @cached_property
    def names(self) -> Counter[str]:
        """Pairs of capitalised words that follow one another, such as Que Son."""
        pairs = itertools.pairwise(self.tokens)
        return Counter(f"{a} {b}" for a, b in pairs if a[0].isupper() and b[0].isupper())


def is_mark(token: str) -> bool:
    """Whether a token is a number or begins with a capital."""
    return token[0].isdigit() or token[0].isupper()


def plain(text: str) -> str:
    """The text in ASCII, without marks, case kept."""
    text = unicodedata.normalize("NFD", nfc(text).replace("đ", "d").replace("Đ", "D"))
    return text.encode("ascii", "ignore").decode("ascii")


def bands(body: Body) -> tuple[int, ...]:
    """The keys of a body's bands, 64-bit and signed; none for a short body."""
    if not body.pairs:
        return ()
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(body.pairs)
    digest = sketch.digest()
    return tuple(_key(band, digest[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS))


def _key(band: int, values: list[int]) -> int:
    packed = struct.pack(f"<{2 + ROWS}I", RMinHash.ALGORITHM_VERSION, band, *values)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little", signed=True)


def likeness(a: Body, b: Body) -> float | None:
    """The Jaccard likeness of two bodies when one republishes the other, else None."""
    if not a.shingles or not b.shingles:
        return None
    shared = len(a.shingles & b.shingles)
    jaccard = shared / (len(a.shingles) + len(b.shingles) - shared)
    short, long = by_length(a, b)
    part = shared / len(short.shingles)
    if jaccard < ALIKE and part < CUT:
        return None
    alike = shared_throughout(short, long) and not filled_otherwise(a, b)
    return jaccard if alike else None


def by_length(a: Body, b: Body) -> tuple[Body, Body]:
    """The shorter body and the longer one."""
    return (a, b) if (len(a.shingles), a.text) <= (len(b.shingles), b.text) else (b, a)


def shared_throughout(short: Body, long: Body) -> bool:
    """Whether most passages of the shorter body share words with the longer one."""
    passages = [short.pairs[start : start + PASSAGE] for start in range(0, len(short.pairs), PASSAGE)]
    shared = [sum(pair in long.shingles for pair in passage) >= SHARED * len(passage) for passage in passages]
    return sum(shared) >= THROUGHOUT * len(passages)


def filled_otherwise(a: Body, b: Body) -> bool:
    """Whether two bodies put other numbers and names into the same slots: places, or many, or few where few are."""
    same, other = Counter[bool](), Counter[bool]()
    for slot in a.slots.keys() & b.slots.keys():
        alike = any(one <= two or two <= one for one in a.slots[slot] for two in b.slots[slot])
        (same if alike else other)[slot[1] in PLACES] += 1
    if not other:
        return False
    many = other.total() > 1 or same.total() <= 1
    share = other.total() / (same.total() + other.total())
    return other[True] > same[True] or (many and share >= OTHER) or lost(a, b)


def lost(a: Body, b: Body) -> bool:
    """Whether more numbers or names of the shorter body are missing from the longer than editing explains."""
    short, long = by_length(a, b)
    edited = 1 - math.sqrt(len(short.shingles & long.shingles) / len(short.shingles))
    allowed = MISSING + EDITED * edited
    return missing(short.numbers, long.numbers) > allowed or missing(short.names, long.names) > allowed


def missing(short: Counter[str], long: Counter[str]) -> float:
    """The share of marks, each as often as it stands in the shorter body, that the longer one lacks."""
    gone = sum(count for mark, count in short.items() if mark not in long)
    return gone / short.total() if gone > 1 else 0.0
