"""The piece of an article that shows why it was found, with the hit marked.

Pure: texts and a pattern in, characters and spans out; escaping for the web is done here.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from archive.text import retone
from search.terms import Marks

WIDTH = 240
"""Characters of a snippet."""
REACH = 200_000
"""Characters of one text that are looked through."""

Span = tuple[int, int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text, the spans of it that are hits, and the file it stands in when not in the article."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    file: str = ""

    def html(self) -> str:
        """Escaped text with `<mark>` around hits; the file's name first when the hit is in one."""
        parts: list[str] = [f"[{escape(self.file)}] "] if self.file else []
        end = 0
        for start, stop in self.spans:
            parts += [escape(self.text[end:start]), "<mark>", escape(self.text[start:stop]), "</mark>"]
            end = stop
        return "".join([*parts, escape(self.text[end:])])


class _Letters(dict[int, str]):
    """One folded letter for each letter, so that places in the folded text are places in the text."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = {"đ": "d", "Đ": "d"}.get(letter) or unicodedata.normalize("NFD", letter)[0].lower()
        self[code] = plain if len(plain) == 1 else letter
        return self[code]


_LETTERS = _Letters()


def fold_in_place(text: str) -> str:
    """The folded text, letter for letter: NFC text keeps its length."""
    return text.translate(_LETTERS)


def _retone_in_place(text: str) -> str:
    moved = retone(text).lower()
    return moved if len(moved) == len(text) else text.lower()


def spans(text: str, marks: Marks) -> list[Span]:
    """Where the hits are: start, end, which needs it is evidence for; in order, without overlap."""
    if marks.pattern is None:
        return []
    text = text[:REACH]
    compared = _retone_in_place(text) if marks.exact else fold_in_place(text)
    found = marks.pattern.finditer(compared)
    return [(match.start(), match.end(), marks.evidence[match.lastgroup or ""]) for match in found]


def snippet(texts: Sequence[str], files: Sequence[tuple[str, str]], marks: Marks) -> Snippet:
    """The best piece of the article's own texts; of a file when only a file has what was sought.

    Without a hit the beginning of the first text that is not empty.
    """
    own = [(text, spans(text, marks), "") for text in texts if text]
    best = max(own, key=_wealth, default=("", [], ""))
    if _wealth(best) < marks.things:
        elsewhere = [(text, spans(text, marks), name) for name, text in files if text]
        best = max([best, *elsewhere], key=_wealth)
    text, found, name = best
    if not found:
        return Snippet(_cut(own[0][0], 0, WIDTH) if own else "")
    start = _window(found)
    return _marked(text, start, found, name)


def _wealth(candidate: tuple[str, list[Span], str]) -> int:
    """How many of the needs a text has evidence for."""
    return len(frozenset().union(*(needs for _, _, needs in candidate[1])))


def _window(found: list[Span]) -> int:
    """The hit at which the window with the most different hits begins."""

    def worth(at: int) -> tuple[int, int]:
        inside = [needs for _, end, needs in found[at : at + 40] if end <= found[at][0] + WIDTH - 40]
        return len(frozenset().union(*inside)), len(inside)

    best = max(range(min(len(found), 200)), key=lambda at: (*worth(at), -at))
    return found[best][0]


def _marked(text: str, start: int, found: list[Span], name: str) -> Snippet:
    begin = min(start - 40, len(text) - WIDTH)
    begin = 0 if begin < 20 else text.find(" ", begin, start) + 1 or start
    end = min(len(text), begin + WIDTH)
    piece = _cut(text, begin, end)
    lead = 1 if piece.startswith("…") else 0
    inside = tuple(
        (s - begin + lead, e - begin + lead) for s, e, _ in found if begin <= s and e - begin + lead <= len(piece)
    )
    return Snippet(piece, inside, name)


def _cut(text: str, begin: int, end: int) -> str:
    """A piece on one line, of the same length letter for letter, with … where it was cut."""
    piece = text[begin:end].replace("\n", " ")
    if end < len(text):
        piece = piece[: piece.rfind(" ")] if " " in piece[WIDTH // 2 :] else piece
        piece += "…"
    return f"…{piece}" if begin else piece
