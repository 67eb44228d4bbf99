"""Words as a search server gets them: ASCII tokens that it can neither fold, split nor mistake for one another.

Meilisearch folds every mark away and counts typos by its own rules, so every word is written in two forms of our
own, told apart by their first character: with its marks, and folded. Why: docs/decisions/0005.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from archive.text import fold, retone
from search.query import Word

LONGEST = 120
"""Characters of a token; a longer word is told by its digest, as the server drops words of more than 250 bytes."""
CHUNK = 30_000
"""Words of one text: a field takes it in both forms, and the server drops what follows 65,535 words of a field."""
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


def words(value: str) -> list[Word]:
    """The words of a text; the same as `query.words_of`, which remembers none."""
    return [_word(word) for word in _WORD.findall(retone(value))]


def texts(value: str, *, title: bool = False) -> list[tuple[str, str]]:
    """A text as tokens: with its marks and folded, in chunks the server reads whole."""
    row = words(value)
    chunks = [row[at : at + CHUNK] for at in range(0, max(1, len(row) - OVERLAP), CHUNK - OVERLAP)]
    return [
        (_line(chunk, exact=True, title=title), _line(chunk, exact=False, title=title)) for chunk in chunks if chunk
    ]


def fields(values: Iterable[str]) -> dict[str, list[str]]:
    """Texts as numbered fields, none longer than the server reads; the server puts 8 places between two texts."""
    made: dict[str, list[str]] = {}
    room = 0
    for exact, folded in (pair for value in values for pair in texts(value)):
        size = 2 * (exact.count(" ") + 9)
        if size > room:
            room = 65_000
            made[f"n{len(made)}"] = []
        made[f"n{len(made) - 1}"] += [exact, folded]
        room -= size
    return made


def _line(row: Iterable[Word], *, exact: bool, title: bool) -> str:
    return " ".join(token(word, exact=exact, title=title) for word in row)


@lru_cache(maxsize=200_000)
def _word(text: str) -> Word:
    return Word(text.lower(), fold(text))


@lru_cache(maxsize=200_000)
def _folded(word: str, title: bool) -> str:
    if word.isascii() and word.isalnum():
        return _short("5" if title else "1", word)
    return _short("6" if title else "2", word.encode().hex())


@lru_cache(maxsize=200_000)
def _exact(word: str, title: bool) -> str:
    if word.isascii() and word.isalnum():
        return _short("7" if title else "0", word)
    letters = (_LETTERS.get(letter) or f"89{ord(letter):06x}" for letter in word)
    return _short("8" if title else "3", "".join(letters))


def _short(form: str, spelt: str) -> str:
    if len(spelt) <= LONGEST:
        return form + spelt
    return f"{form}{'z' * 3}{blake2b(spelt.encode(), digest_size=20).hexdigest()}"
