"""What to mark in a text: one pattern over the text in small letters, folded letter for letter.

Where tone marks decide, the text is brought to one tone placement instead, which moves no letter either. Folding
with a table of one byte a letter takes a tenth of the time of a pattern that knows all spellings of each letter.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from archive.text import retone
from search.query import Word

APART, JOINED = r"[\W_]+", r"[\W_]*"
"""What stands between words in a row, and between the parts of an act number."""
_USUAL = "“”‘’–—…•·«»°"


def _bases() -> dict[str, str]:
    """Small Latin letters with marks -> the letter they fold to."""
    found = {"đ": "d"}
    for letter in (chr(code).lower() for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))):
        base = unicodedata.normalize("NFD", letter)[0]
        if len(letter) == 1 and base != letter and base.isascii() and base.isalpha():
            found[letter] = base
    return found


_BASES = _bases()
_TABLE = str.maketrans(_BASES)


def _bytes() -> tuple[Any, bytes]:
    """A byte for each usual letter and sign, and the ASCII letter or blank each byte stands for."""
    letters = [letter for letter in _BASES if letter < "\u0100" or letter in "ăđĩũơư" or letter > "\u1e9f"]
    usual = "".join(map(chr, range(128))) + "".join(dict.fromkeys([*letters, *_USUAL]))
    plain = "".join(one if one.isascii() else _BASES.get(one, " ") for one in usual)
    return codecs.charmap_build(usual.ljust(256, "\ufffe")), plain.ljust(256).encode("ascii")


_ENCODING, _PLAIN = _bytes()


@dataclass(frozen=True, slots=True)
class Marks:
    """A pattern over text in the form it is compared in; each of its groups is evidence for some of the needs."""

    pattern: re.Pattern[str] | None
    evidence: dict[str, frozenset[int]]
    things: int
    exact: bool = False

    def form(self, text: str) -> str:
        """The text as the pattern wants it, letter for letter: small, and folded unless tone marks decide."""
        small = _small(text)
        if self.exact:
            placed = retone(small)
            return placed if len(placed) == len(small) else small
        try:
            return codecs.charmap_encode(small, "strict", _ENCODING)[0].translate(_PLAIN).decode("ascii")
        except UnicodeEncodeError:
            return small.translate(_TABLE)


def _small(text: str) -> str:
    """Small letters, letter for letter; `_` is no part of a word."""
    small = text.lower()
    return (small if len(small) == len(text) else text).replace("_", " ")


def marks_of(
    ways: Sequence[Iterable[Sequence[Word]]], typos: Sequence[Word | None], joints: Sequence[str], *, exact: bool
) -> Marks:
    """Marks for needs, each with the rows of words that satisfy it, and a word that may be misspelt."""
    found: dict[str, set[int]] = {}
    for at, (rows, typo, joint) in enumerate(zip(ways, typos, joints, strict=True)):
        for row in filter(None, rows):
            spelt = (_spelt(word.exact if exact else word.folded, joint) for word in row)
            pattern = joint.join(spelt)
            found.setdefault(pattern, set()).add(at)
        if typo:
            found.setdefault(near(typo.folded), set()).add(at)
    ordered = sorted(found, key=lambda pattern: (-len(pattern), pattern))
    evidence = {f"m{n}": frozenset(found[pattern]) for n, pattern in enumerate(ordered)}
    return Marks(re.compile(_any_of(ordered)) if ordered else None, evidence, len(ways), exact)


def _any_of(patterns: Sequence[str]) -> str:
    """A pattern of whole words; where all begin with a letter or digit, so does it: the search leaps to the next."""
    if not all(pattern[:1].isalnum() and pattern[1:2] != "*" for pattern in patterns):
        groups = "|".join(f"(?P<m{n}>{pattern})" for n, pattern in enumerate(patterns))
        return rf"\b(?:{groups})\b"
    firsts = "".join(sorted({pattern[0] for pattern in patterns}))
    groups = "|".join(f"(?<={pattern[0]})(?P<m{n}>{pattern[1:]})" for n, pattern in enumerate(patterns))
    return rf"[{firsts}](?<!\w.)(?:{groups})\b"


def _spelt(word: str, joint: str) -> str:
    """A word as a pattern; in an act number with any zeros before it."""
    bare = word.lstrip("0")
    return rf"0*{re.escape(bare)}" if joint == JOINED and bare[:1].isdigit() else re.escape(word)


def near(word: str) -> str:
    """A pattern of the words one typo away: a letter missing, too many, another, or two swapped.

    Told from the end, so that a letter that is right is compared once, and not once for each typo that may follow it.
    """
    spelt = [re.escape(letter) for letter in word]
    found = r"[^\W_]?"
    for at in reversed(range(len(spelt))):
        letter, tail = spelt[at], spelt[at + 1 :]
        rest = "".join(tail)
        swapped = ["".join([tail[0], letter, *tail[1:]])] if tail else []
        found = "|".join([rf"[^\W_](?:{letter})?{rest}", f"{letter}(?:{found})", rest, *swapped])
    return found
