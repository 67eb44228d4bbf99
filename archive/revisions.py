"""What changed between two contents of an article: word by word, and how much it matters.

Pure. `compare` lays two revisions side by side; `weigh` calls the change cosmetic (the same words and
numbers: case, blanks, punctuation, tone placement), substantive (the title, a number, a date or a file
changed, or more than a tenth of the words) or textual (anything between).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from archive.text import retone

MUCH = 0.1
"""The share of words from which a change is substantive."""
LONG = 20_000
"""Words from which texts are compared line by line first: a close comparison grows with the square."""

_TOKEN = re.compile(r"\n|[^\s]+")
_WORD = re.compile(r"[^\W_]+(?:[./,-]\d+)*")


class Weight(StrEnum):
    """How much a change matters."""

    COSMETIC = "cosmetic"
    TEXTUAL = "textual"
    SUBSTANTIVE = "substantive"


@dataclass(frozen=True, slots=True)
class Content:
    """What a revision says: its texts, and the addresses of its files."""

    title: str
    summary: str
    body: str
    files: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Summary and body, a line each paragraph."""
        return f"{self.summary}\n{self.body}" if self.summary else self.body


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stays, or that stands in only one of the two: `same`, `gone`, `new`."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Two texts as pieces in reading order; the `same` and `gone` ones joined are the first text's words."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces = _by_lines(a, b) if max(len(a), len(b)) > LONG else _by_words(a, b)
    return list(_joined(pieces))


def _by_words(a: Sequence[str], b: Sequence[str]) -> Iterator[Piece]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", _text(a[i1:i2]))
        else:
            yield from _replaced(a[i1:i2], b[j1:j2])


def _replaced(gone: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", _text(gone))
    if new:
        yield Piece("new", _text(new))


def _by_lines(a: Sequence[str], b: Sequence[str]) -> Iterator[Piece]:
    """Equal paragraphs are passed over whole; only what lies between them is compared by words."""
    one, other = _lines(a), _lines(b)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, new = [w for line in one[i1:i2] for w in line], [w for line in other[j1:j2] for w in line]
        if tag == "equal":
            yield Piece("same", _text(gone))
        elif max(len(gone), len(new)) <= LONG:
            yield from _by_words(gone, new)
        else:
            yield from _replaced(gone, new)


def _lines(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    start = 0
    for at, piece in enumerate(tokens):
        if piece == "\n":
            lines.append(tuple(tokens[start : at + 1]))
            start = at + 1
    return [*lines, tuple(tokens[start:])] if start < len(tokens) else lines


def _text(tokens: Iterable[str]) -> str:
    return " ".join(tokens).replace(" \n ", "\n").replace("\n ", "\n").replace(" \n", "\n")


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece; a single kept word between two changes would only confuse."""
    waiting: Piece | None = None
    for piece in pieces:
        if waiting is not None and waiting.kind == piece.kind:
            waiting = Piece(piece.kind, f"{waiting.text} {piece.text}")
            continue
        if waiting is not None:
            yield waiting
        waiting = piece
    if waiting is not None:
        yield waiting


def weigh(before: Content, after: Content) -> Weight:
    """How much a change matters; see the module's first lines."""
    one, other = _words(before.text), _words(after.text)
    titles = _words(before.title) == _words(after.title)
    if titles and one == other and before.files == after.files:
        return Weight.COSMETIC
    if not titles or before.files != after.files:
        return Weight.SUBSTANTIVE
    numbers = ([word for word in words if any(map(str.isdigit, word))] for words in (one, other))
    if next(numbers) != next(numbers):
        return Weight.SUBSTANTIVE
    return Weight.SUBSTANTIVE if _changed(one, other) > MUCH else Weight.TEXTUAL


def _words(text: str) -> list[str]:
    return _WORD.findall(retone(text).lower())


def _changed(a: Sequence[str], b: Sequence[str]) -> float:
    """The share of words that are not the same in both, of the longer text; of very long ones in any order."""
    if max(len(a), len(b)) > LONG:
        return 1 - (Counter(a) & Counter(b)).total() / max(len(a), len(b))
    same = sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return 1 - same / max(len(a), len(b), 1)
