"""An article's text as blocks of a page: paragraphs, lists and tables, as they were published; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from search.marks import Marks
from search.snippets import Snippet, spans

BULLET = re.compile(r"^\s*[-–•+*]\s+(?=\S)")
CELL = " | "


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text: `p` has one line, `ul` an item each line, `table` the cells of each row."""

    kind: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(body: str) -> list[Block]:
    """The blocks of a body, whose paragraphs are lines and whose table rows are cells joined by a bar."""
    return list(_blocks([line for line in body.split("\n") if line.strip()]))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    for kind, group in groupby(lines, key=_kind):
        found = tuple(group)
        if kind == "table":
            yield Block("table", found, tuple(tuple(line.split(CELL)) for line in found))
        elif kind == "ul":
            yield Block("ul", tuple(BULLET.sub("", line) for line in found))
        else:
            yield from (Block("p", (line,)) for line in found)


def _kind(line: str) -> str:
    if CELL in line:
        return "table"
    return "ul" if BULLET.match(line) else "p"


def marked(text: str, marks: Marks | None) -> Markup:
    """A text, escaped, with `<mark>` around what was sought."""
    if marks is None:
        return escape(text)
    return _marked(text, [(start, end) for start, end, _ in spans(text, marks)])


def snippet(found: Snippet) -> Markup:
    """A snippet's text, escaped and marked."""
    return _marked(found.text, found.spans)


def _marked(text: str, where: Sequence[tuple[int, int]]) -> Markup:
    """Words that stand side by side are one mark."""
    parts: list[Markup] = []
    at = 0
    for start, end in _runs(text, where):
        parts += [escape(text[at:start]), Markup("<mark>%s</mark>") % text[start:end]]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def _runs(text: str, where: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    waiting: tuple[int, int] | None = None
    for start, end in where:
        if waiting is not None and text[waiting[1] : start].isspace():
            waiting = (waiting[0], end)
            continue
        if waiting is not None:
            yield waiting
        waiting = (start, end)
    if waiting is not None:
        yield waiting
