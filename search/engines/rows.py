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
    # most rows are missing even among the letters alone, where no sign stands between: their words need no closer look
    letters = text.folded.encode().translate(None, b" ")
    found: list[str] = []
    for joined, plain, spelt, (row, exactly) in _looked_for(name):
        if joined in letters and _has(text.folded, plain):
            found += (row, exactly) if _has(text.exact, spelt) else (row,)
    return found


def _has(text: str, row: str) -> bool:
    return row in f" {text} " or row in _closed(text)


def _closed(text: str) -> str:
    """The words of a text with one blank around each."""
    text = f" {text} "
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _key(row: Sequence[str], name: str, *, exact: bool) -> str:
    return f"{name}.{'exactly' if exact else 'row'}:{_JOINT.join(row)}"


def _looked_for(name: str) -> list[tuple[bytes, str, str, tuple[str, str]]]:
    """What to look for in a text: each row's letters, the row folded and with its marks, and the keys of both."""
    if name not in _KNOWN:
        _KNOWN[name] = [
            (
                "".join(folded).encode(),
                f" {' '.join(folded)} ",
                f" {' '.join(exact)} ",
                (_key(folded, name, exact=False), _key(exact, name, exact=True)),
            )
            for exact, folded in zip(_ROWS[True], _ROWS[False], strict=True)
        ]
    return _KNOWN[name]


_ROWS = {
    True: [tuple(code(word.exact) for word in words_of(row)) for row in OFTEN],
    False: [tuple(word.folded for word in words_of(row)) for row in OFTEN],
}
_KNOWN: dict[str, list[tuple[bytes, str, str, tuple[str, str]]]] = {}
