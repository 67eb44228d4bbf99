"""What a person typed, as clauses: words, quoted phrases, -word, field:word, act numbers.

Pure, and never an error: what is malformed is read as plain words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache

from archive.act_numbers import canonical_number
from archive.text import fold, nfc, retone
from config import vocabulary

LONGEST = 2_000
"""Characters read of a query; the rest is ignored."""
MOST_CLAUSES = 100
NUMBER_WORDS = 5
"""Blank-separated pieces a loosely typed act number may have: `82 / 2020 / QD - UBND` is joined first."""

_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_PIECE = re.compile(
    r"""(?P<minus>(?<!\S)-(?=[^\s-]))?
        (?:(?P<field>[^\W\d_]+):(?=[^\s:]))?
        (?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))""",
    re.VERBOSE,
)
_YEAR_RANGE = re.compile(r"(\d{4}) +-(\d{4})(?!\d)")
_SIGNS = frozenset("/-.")
_SLASHED = re.compile(r"\s*/\s*|(?<=\d)\s+-\s*(?=[^\W\d_])")


class Field(StrEnum):
    """Where a clause must be found."""

    ANY = "any"
    TITLE = "title"
    BODY = "body"
    NUMBER = "number"


FIELDS = {
    "title": Field.TITLE,
    "tieude": Field.TITLE,
    "body": Field.BODY,
    "noidung": Field.BODY,
    "number": Field.NUMBER,
    "so": Field.NUMBER,
}
"""Field words as typed, folded."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the two forms it is compared in: tones kept (one placement), and folded."""

    exact: str
    folded: str

    @property
    def marked(self) -> bool:
        """Whether it was typed with marks, so that exact and folded differ."""
        return self.exact != self.folded


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that must be found (or, negated, must not): a word, words in a row, or an act number.

    `number` is the canonical act number; `words` then still has its parts, for marking.
    """

    words: tuple[Word, ...]
    field: Field = Field.ANY
    negated: bool = False
    number: str | None = None
    quoted: bool = False

    @property
    def plain(self) -> bool:
        """One word that may be anywhere: such words in a row are matched with abbreviations."""
        single = len(self.words) == 1 and not self.quoted
        return single and self.field is Field.ANY and not self.negated and self.number is None

    @property
    def whole(self) -> bool:
        """Whether an act number has its whole symbol, kind and body; `82/QĐ` is only the beginning of some."""
        return sum(not word.folded.isdigit() for word in self.words) > 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the typed text between blanks, or between quotes."""

    text: str
    field: Field
    negated: bool
    quoted: bool


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a typed query in order; no clause when there is no word in it."""
    return tuple(_clauses(list(_pieces(_tidy(text)))))[:MOST_CLAUSES]


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text in both forms."""
    return tuple(map(_word, _WORD.findall(retone(text))))


@lru_cache(maxsize=50_000)
def _word(word: str) -> Word:
    return Word(word.lower(), fold(word))


def _tidy(text: str) -> str:
    text = " ".join(nfc(text[:LONGEST]).translate(_QUOTES).translate(_DASHES).split())
    text = _YEAR_RANGE.sub(r"\1 \2", text)
    if text.count('"') % 2:
        head, _, tail = text.rpartition('"')
        text = f"{head} {tail}"
    return text


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PIECE.finditer(text):
        name, negated = match["field"], match["minus"] is not None
        quoted = match["quoted"] is not None
        content = match["quoted"] if quoted else match["bare"]
        field = FIELDS.get(fold(name)) if name else Field.ANY
        if field is None:
            content, field = f"{name} {content}", Field.ANY
        yield _Piece(content, field, negated, quoted)


def _clauses(pieces: list[_Piece]) -> Iterator[Clause]:
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        number, length = _number_at(pieces, at)
        if number:
            yield Clause(words_of(number), _where_number(piece), piece.negated, number)
        elif not _announces_number(pieces, at):
            yield from _plain(piece)
        at += length


def _where_number(piece: _Piece) -> Field:
    return Field.ANY if piece.field is Field.NUMBER else piece.field


def _number_at(pieces: list[_Piece], at: int) -> tuple[str | None, int]:
    """The act number that begins with this piece and how many pieces it takes; (None, 1) when none does.

    It ends with its body: in `82 qd ubnd que son` the place is no part of it. Behind a blank only known
    symbols belong to it; behind a sign whatever stands there, as in `82 / QD - UBND`.
    """
    first = replace(pieces[at], negated=False)
    if not first.text[:1].isdigit():
        return None, 1
    reach = 1 if first.quoted or pieces[at].negated else NUMBER_WORDS
    best: tuple[str | None, int] = None, 1
    run = ""
    for length, piece in enumerate([first, *_followers(pieces[at + 1 : at + reach])], 1):
        if length > 1 and not _continues(run, best[0], piece):
            break
        run = f"{run} {'-' * piece.negated}{piece.text}".strip()
        number = canonical_number(_SLASHED.sub("/", run))
        best = (number, length) if number else best
    return best


def _continues(run: str, number: str | None, piece: _Piece) -> bool:
    """Whether a piece may belong to the number so far; ` -UBND` does where the body is missing yet."""
    if piece.negated:
        return not _is_whole(number) and _known_symbol(piece.text) and any(map(str.isalpha, run))
    if run[-1:] in _SIGNS or piece.text[0] in _SIGNS:
        return True
    return not _is_whole(number) and _known_symbol(piece.text)


def _is_whole(number: str | None) -> bool:
    return number is not None and sum(not word.folded.isdigit() for word in words_of(number)) > 1


def _known_symbol(text: str) -> bool:
    """Whether every part is a kind of act or a body, as spelt in act numbers; a year may be part of one."""
    return all(word.folded in _symbols() or word.folded.isdigit() for word in words_of(text))


@cache
def _symbols() -> frozenset[str]:
    types = vocabulary.act_types()
    return frozenset(word.folded for symbol in (*types.by_symbol, *types.bodies) for word in words_of(symbol))


def _followers(pieces: list[_Piece]) -> Iterator[_Piece]:
    for piece in pieces:
        if piece.quoted or piece.field is not Field.ANY:
            return
        yield piece


def _announces_number(pieces: list[_Piece], at: int) -> bool:
    """Whether this is the `số` before an act number: it need not be found beside it."""
    piece = pieces[at]
    return (
        not (piece.quoted or piece.negated)
        and fold(piece.text) in {"so", "so:"}
        and at + 1 < len(pieces)
        and _number_at(pieces, at + 1)[0] is not None
    )


def _plain(piece: _Piece) -> Iterator[Clause]:
    words = words_of(piece.text)
    if not words:
        return
    together = piece.quoted or piece.negated or piece.field is Field.NUMBER
    if together or ("/" in piece.text and words[0].folded.isdigit()):
        yield Clause(words, piece.field, piece.negated, quoted=piece.quoted)
        return
    for word in words:
        yield Clause((word,), piece.field)
