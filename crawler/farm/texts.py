"""What a story consists of: paragraphs, pictures, tables, files; and the frames it is written from."""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from crawler.farm.places import HERE
from crawler.farm.truth import TruthAct

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a body: kind p, figure (text is the caption) or table (rows of cells)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


class Document:
    """A file to be made: the name its link shows, its file name, its lines once they are asked for.

    `kind` is one of papers.py; `twin` has the same bytes under another name.
    """

    def __init__(
        self,
        name: str,
        file: str,
        write: Callable[[], tuple[str, ...]],
        *,
        kind: str,
        twin: "Document | None" = None,
    ) -> None:
        self.name = name
        self.file = file
        self.kind = kind
        self.twin = twin
        self._write = write

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The paragraphs of the file."""
        return self._write()


@dataclass(frozen=True, slots=True)
class Text:
    """The written article, with the facts it states."""

    summary: str
    blocks: tuple[Block, ...]
    author: str
    source: str
    documents: tuple[Document, ...]
    announced: TruthAct | None
    cited: tuple[TruthAct, ...]
    plan_year: int | None
    oddity: str

    @property
    def body(self) -> str:
        """The body as lines: paragraphs, and table rows with cells joined by " | "; no captions."""
        lines: list[str] = []
        for block in self.blocks:
            if block.kind == "p":
                lines.append(block.text)
            lines.extend(" | ".join(row) for row in block.rows)
        return "\n".join(lines)

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions of the pictures."""
        return tuple(block.text for block in self.blocks if block.kind == "figure")


def replaced(text: Text, **changes: object) -> Text:
    """The same text with some fields changed."""
    return Text(**{name: getattr(text, name) for name in Text.__slots__} | changes)


def copied(text: Text, source: str) -> Text:
    """The text as another portal republishes it, with the source named and without files."""
    return replaced(text, source=source, documents=())


@cache
def frames(name: str) -> dict[str, Any]:
    """The frames of a file: reform or other."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def slugify(text: str, *, drop_d: bool = False) -> str:
    """A title as an address: no tones, words joined by dashes; Liferay drops the letter đ."""
    text = text.lower().replace("đ", "" if drop_d else "d")
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", plain).strip("-")
