"""Words as a search server gets them: ASCII tokens that it can neither fold, split nor mistake for one another.

Meilisearch folds every mark away and counts typos by its own rules, so every word is written in two forms of our
own, told apart by their first character: with its marks, and folded. Why: docs/decisions/0005.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from archive.text import fold, retone
from search.query import Word

LONGEST = 120
"""Characters of a token; a longer word is told by its digest, as the server drops words of more than 250 bytes."""
CHUNK = 7_000
"""Words of one text; with each of them in both forms a chunk is less than a field can take."""
ROOM = 65_000
"""Places of a field: the server drops what stands behind place 65,535."""
APART = 8
"""Places between two texts, and between two tokens with a full stop: too far for the server to pair them."""
OVERLAP = 20
"""Words a chunk repeats of the one before, so that phrases over the border are found."""

_WORD = re.compile(r"[^\W_]+")
_VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_LETTERS = {letter: f"{at:02}" for at, letter in enumerate(_VIETNAMESE)}
_LETTERS |= {digit: f"9{digit}" for digit in "0123456789"} | {letter: letter for letter in "abcdefghijklmnopqrstuvwxyz"}


def token(word: Word, *, exact: bool, title: bool = False) -> str:
    """The token of a word; no two words that differ in that form have the same.

    The first character tells the form, and whether it is sought in titles alone.
    """
    return _exact(word.exact, title) if exact else _folded(word.folded, title)


class Spelt(NamedTuple):
    """A word of a text, and its two tokens."""

    exact: str
    folded: str
    word: Word


def spelt(value: str) -> list[Spelt]:
    """The words of a text with their tokens, in order."""
    return [_spelt(word) for word in _WORD.findall(retone(value))]


def title_rows(row: Sequence[Spelt]) -> list[str]:
    """A title in both forms, and once more in both as it is sought in titles alone."""
    told = [(False, True), (False, False), (True, True), (True, False)]
    return [" ".join(token(one.word, exact=exact, title=title) for one in row) for title, exact in told] if row else []


def fields(rows: Iterable[Sequence[Spelt]]) -> dict[str, list[str]]:
    """Texts as numbered fields, none with more places than the server reads.

    The folded words stand in a row, so that the server knows which stand side by side. Of the words with their marks
    it only knows which there are, each once: pairs are what an index costs, in time and on disk.
    """
    made: dict[str, list[str]] = {}
    room = 0
    for chunk in (chunk for row in rows for chunk in _chunks(row)):
        exact = dict.fromkeys(one.exact for one in chunk)
        size = len(chunk) + APART * (len(exact) + 2)
        if size > room:
            room = ROOM
            made[f"n{len(made)}"] = []
        made[f"n{len(made) - 1}"] += [" ".join(one.folded for one in chunk), ". ".join(exact)]
        room -= size
    return made


def _chunks(row: Sequence[Spelt]) -> Iterator[Sequence[Spelt]]:
    for at in range(0, max(1, len(row) - OVERLAP), CHUNK - OVERLAP):
        if chunk := row[at : at + CHUNK]:
            yield chunk


@lru_cache(maxsize=200_000)
def _spelt(text: str) -> Spelt:
    word = Word(text.lower(), fold(text))
    return Spelt(_exact(word.exact, False), _folded(word.folded, False), word)


def _folded(word: str, title: bool) -> str:
    if word.isascii() and word.isalnum():
        return _short("5" if title else "1", word)
    return _short("6" if title else "2", word.encode().hex())


def _exact(word: str, title: bool) -> str:
    if word.isascii() and word.isalnum():
        return _short("7" if title else "0", word)
    letters = (_LETTERS.get(letter) or f"89{ord(letter):06x}" for letter in word)
    return _short("8" if title else "3", "".join(letters))


def _short(form: str, spelt: str) -> str:
    if len(spelt) <= LONGEST:
        return form + spelt
    return f"{form}{'z' * 3}{blake2b(spelt.encode(), digest_size=20).hexdigest()}"
