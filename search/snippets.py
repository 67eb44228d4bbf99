"""The piece of an article that shows why it was found, with the hit marked.

Pure: texts and a pattern in, characters and spans out; escaping for the web is done here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from search.marks import Marks

WIDTH = 240
"""Characters of a snippet."""
GLANCE = 1_000
"""Characters of each text looked through first: mostly all that was sought is there."""
REACH = 200_000
"""Characters of one text that are looked through at most."""

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


def spans(text: str, marks: Marks) -> list[Span]:
    """Where the hits are: start, end, which needs it is evidence for; in order, without overlap."""
    return _Seen(text, "", marks).spans(REACH)


def snippet(texts: Sequence[str], files: Sequence[tuple[str, str]], marks: Marks) -> Snippet:
    """The best piece of the article's own texts; of a file when only a file has what was sought.

    Without a hit the beginning of the first text that is not empty.
    """
    own = [_Seen(text, "", marks) for text in texts if text]
    best = _best(own, GLANCE)
    if len(best.needs) < marks.things:
        best = max(best, _best(own, REACH), key=_wealth)
    if len(best.needs) < marks.things and files:
        best = max(best, _best([_Seen(text, name, marks) for name, text in files], REACH), key=_wealth)
    if not best.spans:
        return Snippet(_cut(own[0].text, 0, WIDTH) if own else "")
    return _marked(best)


class _Seen:
    """A text, and the hits in what was looked through of it: in order, without overlap."""

    def __init__(self, text: str, file: str, marks: Marks) -> None:
        self.text, self.file = text, file
        self._marks, self._form = marks, ""
        self._spans: list[Span] = []

    def spans(self, reach: int) -> list[Span]:
        """Where the hits are in the first `reach` characters, to the end of a word; no piece is looked at twice."""
        pattern = self._marks.pattern
        if pattern is None:
            return []
        form = self._form = self._form or self._marks.form(self.text[:REACH])
        end = form.find(" ", reach)
        seen = self._spans[-1][1] if self._spans else 0
        found = pattern.finditer(form, seen, end if end >= 0 else len(form))
        evidence = self._marks.evidence
        further = [(match.start(), match.end(), evidence[match.lastgroup or ""]) for match in found]
        self._spans = [*self._spans, *further]
        return self._spans


@dataclass(frozen=True, slots=True)
class _Found:
    """A text with its hits: the window that begins at `start` shows most of what was sought."""

    text: str
    file: str
    spans: list[Span]
    start: int
    needs: frozenset[int]
    shown: int


def _best(texts: Sequence[_Seen], reach: int) -> _Found:
    found = [_window(seen.text, seen.file, seen.spans(reach)) for seen in texts]
    return max(found, key=_wealth, default=_Found("", "", [], 0, frozenset(), 0))


def _wealth(found: _Found) -> tuple[int, int]:
    """How many of the needs a text has evidence for, and how many its window shows."""
    return len(found.needs), found.shown


def _window(text: str, name: str, hits: list[Span]) -> _Found:
    """The window of WIDTH with evidence for most needs, then with most hits; the first of equal ones."""
    best, start, end = (0, 0, 0), 0, 0
    needs = _needs(hits)
    for at, (begin, _, _) in enumerate(hits):
        while end < len(hits) and hits[end][1] <= begin + WIDTH - 40:
            end += 1
        if end - at > best[1] or best[0] < len(needs):
            worth = len(_needs(hits[at:end])), end - at
            if worth > best[:2]:
                best, start = (*worth, at), begin
    return _Found(text, name, hits, start, needs, best[0])


def _needs(hits: Sequence[Span]) -> frozenset[int]:
    """The needs that hits are evidence for; few different sets, however many hits."""
    return frozenset[int]().union(*{evidence for _, _, evidence in hits})


def _marked(found: _Found) -> Snippet:
    text, begin = found.text, min(found.start - 40, len(found.text) - WIDTH)
    begin = 0 if begin < 20 else text.find(" ", begin, found.start) + 1 or found.start
    piece = _cut(text, begin, min(len(text), begin + WIDTH))
    moved = begin - (1 if piece.startswith("…") else 0)
    whole = len(piece) - (1 if piece.endswith("…") else 0)
    inside = [(start - moved, end - moved) for start, end, _ in found.spans if begin <= start and end - moved <= whole]
    return Snippet(piece, tuple(inside), found.file)


def _cut(text: str, begin: int, end: int) -> str:
    """A piece on one line, of the same length letter for letter, with … where it was cut."""
    piece = text[begin:end].replace("\n", " ")
    if end < len(text):
        piece = piece[: piece.rfind(" ")] if " " in piece[WIDTH // 2 :] else piece
        piece += "…"
    return f"…{piece}" if begin else piece
