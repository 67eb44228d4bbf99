"""The names that a page's markup uses: whether it is the same design as before, whatever can be read of it; pure."""

import re
from collections.abc import Iterable, Sequence, Set
from zlib import crc32

NAMES = re.compile(rb"""\b(?:class|id)=(?:"([^"]{1,400})"|'([^']{1,400})')""", re.IGNORECASE)
NUMBER = re.compile(r"\d+")
LONGEST = 40
SAMPLE = 24
"""So many names are kept of a page, always the same ones of those it has."""
FEW = 8
"""With fewer names nobody can tell two designs apart."""


def sample(body: bytes) -> list[str]:
    """Some of the class names and ids of a page, numbers as 0: those whose digests are the least."""
    found = {name for one in NAMES.finditer(body) for name in (one[1] or one[2]).split()}
    names = {NUMBER.sub("0", name.decode("utf-8", "replace"))[:LONGEST] for name in found}
    return sorted(names, key=lambda name: (crc32(name.encode()), name))[:SAMPLE]


def shared(names: Set[str], others: Iterable[Set[str]]) -> float:
    """The share of names that any of the others has too."""
    return len(names & set[str]().union(*others)) / len(names) if names else 0.0


def usual(designs: Sequence[Set[str]]) -> float:
    """What the least alike of some nights shares with the others: little where names are made anew each time."""
    rest = [[*designs[:number], *designs[number + 1 :]] for number in range(len(designs))]
    return min((shared(one, others) for one, others in zip(designs, rest, strict=True)), default=0.0)
