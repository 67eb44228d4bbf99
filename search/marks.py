"""What to mark in a text: one pattern over the text as it is, without folding it first.

A letter of a sought word is the class of all letters that fold to it; where tone marks decide, the word is
sought in both tone placements. Texts are compared in small letters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.text import retone
from search.query import Word

APART, JOINED = r"[\W_]+", r"[\W_]*"
"""What stands between words in a row, and between the parts of an act number."""


def _classes() -> dict[str, str]:
    """Base letter -> a class of the Latin letters that fold to it."""
    letters = [chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
    found: dict[str, str] = {"d": "đ"}
    for letter in sorted({letter.lower() for letter in letters if len(letter.lower()) == 1}):
        base = unicodedata.normalize("NFD", letter)[0]
        if base != letter and base.isascii() and base.isalpha():
            found[base] = found.get(base, "") + letter
    return {base: f"[{base}{others}]" for base, others in found.items()}


_CLASSES = _classes()


@dataclass(frozen=True, slots=True)
class Marks:
    """A pattern over text in small letters; each of its groups is evidence for some of the needs."""

    pattern: re.Pattern[str] | None
    evidence: dict[str, frozenset[int]]
    things: int


def marks_of(
    ways: Sequence[Iterable[Sequence[Word]]], typos: Sequence[Word | None], joints: Sequence[str], *, exact: bool
) -> Marks:
    """Marks for needs, each with the rows of words that satisfy it, and a word that may be misspelt."""
    found: dict[str, set[int]] = {}
    for at, (rows, typo, joint) in enumerate(zip(ways, typos, joints, strict=True)):
        for row in rows:
            pattern = joint.join(_exact(word.exact) if exact else _loose(word.folded) for word in row)
            found.setdefault(pattern, set()).add(at)
        if typo:
            found.setdefault(near(typo.folded), set()).add(at)
    ordered = sorted(found, key=lambda pattern: (-len(pattern), pattern))
    evidence = {f"m{n}": frozenset(found[pattern]) for n, pattern in enumerate(ordered)}
    groups = "|".join(f"(?P<m{n}>{pattern})" for n, pattern in enumerate(ordered))
    return Marks(re.compile(rf"\b(?:{groups})\b") if groups else None, evidence, len(ways))


def _loose(word: str) -> str:
    return "".join(_CLASSES.get(letter) or re.escape(letter) for letter in word)


def _exact(word: str) -> str:
    """The word in the tone placement of `retone`, and in the other one where there is another."""
    others = sorted(other for other in _moved(word) if retone(other) == word)
    return f"(?:{'|'.join(map(re.escape, [word, *others]))})" if others else re.escape(word)


def _moved(word: str) -> Iterator[str]:
    """The word with a mark of one letter on the next letter instead."""
    for at, letter in enumerate(word[:-1]):
        plain, *marks = list(unicodedata.normalize("NFD", letter))
        if marks:
            base = unicodedata.normalize("NFC", "".join([plain, *marks[:-1]]))
            yield unicodedata.normalize("NFC", f"{word[:at]}{base}{word[at + 1]}{marks[-1]}{word[at + 2 :]}")


def near(word: str) -> str:
    """A pattern of the words one typo away: a letter missing, too many, another, or two swapped."""
    spelt = [_loose(letter) for letter in word]
    heads = [("".join(spelt[:at]), spelt[at : at + 1], spelt[at + 1 :]) for at in range(len(word) + 1)]
    ways = [rf"{head}[^\W_]{''.join(letter + tail)}" for head, letter, tail in heads]
    ways += [rf"{head}[^\W_]?{''.join(tail)}" for head, letter, tail in heads if letter]
    ways += ["".join([head, tail[0], *letter, *tail[1:]]) for head, letter, tail in heads if tail]
    return "|".join(ways)
