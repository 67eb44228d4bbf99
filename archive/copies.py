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
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from rensa import RMinHash

from archive import alignment
from archive.alignment import Alignment
from archive.text import nfc

SHORT = 32
"""Words below which a body is compared with none."""
PERMUTATIONS = 128
BANDS, ROWS = 32, 4
"""32 bands of 4 find 96 % of pairs with 15 words in a hundred changed (a likeness of 0.56)."""
SHARED = 0.45
"""The share of the shorter body's shingles in the longer one from which two bodies are laid side by side."""
COVERED = 0.75
"""The share of the shorter body that has a counterpart in a copy."""
EDITED = 0.35
"""The share of aligned words that a copy has reworded at most."""
MISSING = (4, 0.7)
"""So many numbers of the shorter body, and this share, are missing from what needs no closer look."""
UNLIKELY = 0.05
"""So unlikely must the contradictions be in a copy that a pair is refused."""
KAPPA = 0.12
"""How often a word changed at random becomes another of the same kind: a number, a name."""
SEED = 1

WORD = re.compile(r"\d+(?:[./,-]\d+)*|[a-z]+")
TOKEN = re.compile(r"\d+(?:[./,-]\d+)*|[A-Za-z]+|[.!?:;\n]")
DIGITS = re.compile(r"\d+")
ROMAN = re.compile(r"[IVX]+")
STOPS = frozenset(".!?:;\n")
DATE = re.compile(r" thang (\d{1,2})\b(?: nam (\d{4}))?")
"""Where a date in words goes on after its day; it begins with letters that are found fast."""
UNITS = frozenset({"huyen", "quan", "xa", "phuong", "tinh", "pho", "tran", "thon", "ap", "tp", "tx", "tt", "ubnd"})
"""The words, or last words, that a place's name follows: huyện, thị xã, thành phố, thị trấn …"""


class Kind(IntEnum):
    """What a word is."""

    PLAIN = 0
    NUMBER = 1
    NAME = 2
    PLACE = 3
    LEVEL = 4


LEVELS = dict.fromkeys(("huyen", "xa", "phuong", "tinh"), Kind.LEVEL)
NAMED = (Kind.NAME, Kind.PLACE)
BASE = {Kind.NUMBER: 0.004, Kind.NAME: 0.002, Kind.PLACE: 0.001, Kind.LEVEL: 0.001}
"""How often one of them is corrected in a copy that is not edited otherwise."""


@dataclass(frozen=True)
class Body:
    """A body as copies are compared: its words and shingles, and when needed what its words are."""

    text: str

    @cached_property
    def ascii(self) -> str:
        text = unicodedata.normalize("NFD", nfc(self.text).replace("đ", "d").replace("Đ", "D"))
        text = text.encode("ascii", "ignore").decode("ascii")
        return DATE.sub(_date, text.replace(" THANG ", " thang ").replace(" NAM ", " nam "))

    @cached_property
    def words(self) -> list[str]:
        """The folded words and numbers in their order."""
        return WORD.findall(self.ascii.lower())

    @cached_property
    def pairs(self) -> list[str]:
        """The shingles, each word with the next; none of a short body."""
        words = self.words
        return [f"{a} {b}" for a, b in itertools.pairwise(words)] if len(words) >= SHORT else []

    @cached_property
    def shingles(self) -> frozenset[str]:
        return frozenset(self.pairs)

    @cached_property
    def once(self) -> dict[str, int]:
        return alignment.once(self.pairs)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.words if word < "a")

    @cached_property
    def kinds(self) -> list[Kind]:
        """What each word is."""
        return _kinds(TOKEN.findall(self.ascii))

    @cached_property
    def runs(self) -> list[str]:
        """For each word the whole name it belongs to."""
        found: list[str] = []
        numbered = zip(self.words, self.kinds, strict=True)
        for named, group in itertools.groupby(numbered, key=lambda word: word[1] in NAMED):
            words = [word for word, _ in group]
            found += [" ".join(words)] * len(words) if named else words
        return found


    def names(self, places: Iterable[int], apart: Container[str]) -> dict[str, Kind]:
        """The names at these places that are not set apart; one word alone is one only where it is a place."""
        return {
            self.runs[place]: self.kinds[place]
            for place in places
            if self.kinds[place] in NAMED
            and self.runs[place] not in apart
            and (" " in self.runs[place] or self.kinds[place] is Kind.PLACE)
        }


def _date(match: re.Match[str]) -> str:
    after_day = match.string[match.start() - 1 : match.start()].isdigit()
    return "/" + "/".join(filter(None, match.groups())) if after_day else match[0]


def _kinds(tokens: list[str]) -> list[Kind]:
    """What each word is: a name has a capital within a sentence; all in capitals, it follows huyện, xã …"""
    caps = 2 * sum(map(str.isupper, tokens)) > sum(map(str.isalpha, tokens))
    kinds: list[Kind] = []
    started, place = True, 0
    for token, following in zip(tokens, [*tokens[1:], "."], strict=True):
        if token in STOPS:
            started, place = True, 0
            continue
        kind = _kind(token.lower() if caps else token, started and not following[0].isupper())
        if place and (kind is Kind.NAME or (caps and kind is Kind.PLAIN)):
            kind, place = Kind.PLACE, place - caps
        elif token.lower() in UNITS:
            place = 2
        elif kind is Kind.PLAIN:
            place = 0
        started = False
        kinds.append(kind)
    return kinds


def _kind(token: str, starting: bool) -> Kind:
    """What a word is by itself; `starting` says that a capital only begins a sentence."""
    if token.islower():
        return LEVELS.get(token, Kind.PLAIN)
    if token[0].isdigit() or (not starting and ROMAN.fullmatch(token)):
        return Kind.NUMBER
    return Kind.PLAIN if starting or token.lower() in UNITS else Kind.NAME


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
    if jaccard == 1.0 and a.pairs == b.pairs:
        return jaccard
    short, long = by_length(a, b)
    if shared < SHARED * len(short.shingles):
        return None
    if _numbers_differ(short, long):
        return None
    laid = alignment.align(short.words, long.words, alignment.anchors(short.once, long.once))
    if laid.covered < COVERED * len(short.words):
        return None
    return None if contradicted(short, long, laid) else jaccard


def _numbers_differ(short: Body, long: Body) -> bool:
    """Whether so many numbers are missing that laying the two side by side is not worth while."""
    missing = len(short.numbers - long.numbers)
    return missing >= MISSING[0] and missing >= MISSING[1] * len(short.numbers)


def by_length(a: Body, b: Body) -> tuple[Body, Body]:
    """The shorter body and the longer one."""
    return (a, b) if (len(a.words), a.text) <= (len(b.words), b.text) else (b, a)


def contradicted(a: Body, b: Body, laid: Alignment) -> bool:
    """Whether the two contradict one another more often than what else was reworded explains."""
    if not laid.gaps:
        return False
    names = {a.runs[i] for i, j in laid.same if a.kinds[i] in NAMED and a.runs[i] == b.runs[j]}
    other = Counter[Kind]()
    for start, end, begin, stop in laid.gaps:
        other.update(compare(a, b, range(start, end), range(begin, stop), names))
    kept = Counter(min(a.kinds[i], b.kinds[j]) for i, j in laid.same)
    edited = other[Kind.PLAIN] / (kept[Kind.PLAIN] + other[Kind.PLAIN] + 1)
    if edited > EDITED:
        return True
    return any(unlikely(other[kind], kept[kind] + other[kind], BASE[kind] + KAPPA * edited) for kind in BASE)


def compare(a: Body, b: Body, mine: range, theirs: range, names: Container[str]) -> Counter[Kind]:
    """What a stretch contradicts in the other by kind, and how many plain words are others."""
    found = Counter[Kind]()
    one = [a.words[i] for i in mine if a.kinds[i] is Kind.NUMBER]
    two = [b.words[j] for j in theirs if b.kinds[j] is Kind.NUMBER]
    missing, instead = parts(one) - parts(two), parts(two) - parts(one)
    found[Kind.NUMBER] = min(len(one), len(two), len(missing), len(instead))
    upper = {a.words[i] for i in mine if a.kinds[i] is Kind.LEVEL}
    lower = {b.words[j] for j in theirs if b.kinds[j] is Kind.LEVEL}
    found[Kind.LEVEL] = int(bool(upper and lower) and upper.isdisjoint(lower))
    left, right = a.names(mine, names), b.names(theirs, names)
    for one_name, other_name in zip(left, right, strict=False):
        kind = max(left[one_name], right[other_name])
        if kind is Kind.PLACE or (mine.start and theirs.start):
            found[kind] += 1
    plain = (sum(a.kinds[i] is Kind.PLAIN for i in mine), sum(b.kinds[j] is Kind.PLAIN for j in theirs))
    found[Kind.PLAIN] = max(plain)
    return found


def parts(numbers: list[str]) -> Counter[int]:
    """The parts of numbers and dates, so that neither what separates them counts nor what zeros lead them."""
    return Counter(int(part) for number in numbers for part in DIGITS.findall(number))


def unlikely(count: int, total: int, rate: float) -> bool:
    """Whether so many or more of a total would hardly happen by chance at this rate each (binomial)."""
    fewer = sum(math.comb(total, k) * rate**k * (1 - rate) ** (total - k) for k in range(count))
    return count > 0 and 1 - fewer < UNLIKELY
