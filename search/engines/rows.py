"""Rows of words that the index knows as one: what the most frequent abbreviations stand for.

These stand in up to half of all articles; to ask where their words stand side by side, as every other long form is
asked, would cost more than all else of a search. What is indexed of a text therefore says which of them it has.
"""

from collections.abc import Sequence

from search.engines.spelling import Forms, code
from search.query import words_of

OFTEN = (
    "cải cách hành chính",
    "thủ tục hành chính",
    "ủy ban nhân dân",
    "dịch vụ công trực tuyến",
    "chuyển đổi số",
    "công nghệ thông tin",
)
"""Looked for in every text, so they are few; a change of them is one of `schema.VERSION`."""
_JOINT = "\x1f"


def key_of(tokens: Sequence[str], name: str, *, exact: bool) -> str | None:
    """The key of what has these words, folded or coded, in a row in a text; None when the index does not know."""
    row = tuple(tokens)
    return _key(row, name, exact=exact) if row in _ROWS[exact] else None


def keys_of(text: Forms, name: str) -> list[str]:
    """The keys of all rows that stand in a text: as they are spelt here, and folded."""
    folded, exact = _closed(text.folded), ""
    found: list[str] = []
    for spelt, plain, (row, exactly) in _looked_for(name):
        if plain in folded:
            exact = exact or _closed(text.exact)
            found += (row, exactly) if spelt in exact else (row,)
    return found


def _closed(text: str) -> str:
    """The words of a text with one blank around each."""
    text = f" {text} "
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _key(row: Sequence[str], name: str, *, exact: bool) -> str:
    return f"{name}.{'exactly' if exact else 'row'}:{_JOINT.join(row)}"


def _looked_for(name: str) -> list[tuple[str, str, tuple[str, str]]]:
    """What to look for in a text: each row with its marks, folded, and the keys of both, folded first."""
    if name not in _KNOWN:
        pairs = zip(_ROWS[True], _ROWS[False], strict=True)
        _KNOWN[name] = [
            (f" {' '.join(a)} ", f" {' '.join(b)} ", (_key(b, name, exact=False), _key(a, name, exact=True)))
            for a, b in pairs
        ]
    return _KNOWN[name]


_ROWS = {
    True: [tuple(code(word.exact) for word in words_of(row)) for row in OFTEN],
    False: [tuple(word.folded for word in words_of(row)) for row in OFTEN],
}
_KNOWN: dict[str, list[tuple[str, str, tuple[str, str]]]] = {}
