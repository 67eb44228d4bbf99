"""Articles of a simulated portal: planned cheaply, written only when somebody asks.

A story's head (kind, date, title) and its text come from two random streams of its own, so
one article can be written without the others and is the same whoever asks first.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from crawler.farm.chance import stream
from crawler.farm.drafting import draft
from crawler.farm.places import Seat
from crawler.farm.texts import Block, Text, copied, frames, replaced, slugify
from crawler.farm.truth import TruthAct
from crawler.farm.writing import Writer, new_act


@dataclass(eq=False)
class Story:
    """One article: its head at once, its `text` when first asked for."""

    key: str
    index: int
    seat: Seat
    made: datetime
    is_reform: bool
    kind: str
    section: str
    near_miss: bool = False
    original: "Story | None" = None
    kinds: tuple[str, ...] = ()
    title: str = field(init=False)
    revision: int = 0
    removed: bool = False

    def __post_init__(self) -> None:
        if self.original:
            self.title = self.original.title
            return
        self._act = self._choose_act()
        self._writer = Writer(stream(f"{self.key}/head"), self.seat, self.made, self._act)
        self.title = self._title()

    def _choose_act(self) -> TruthAct | None:
        rng = stream(f"{self.key}/act")
        symbol = rng.choice(self.frames.get("acts", []) or [""]) if self.is_reform else ""
        return new_act(symbol, self.seat, self.made, rng) if symbol else None

    def _title(self) -> str:
        titles = [t for t in self.frames["titles"] if self._act or not self.is_reform or "an hành" not in t]
        title = self._writer.write(self._writer.rng.choice(titles))
        return title.replace("Kế hoạch", "Kê hoạch") if self._writer.rng.random() < 0.03 else title

    @cached_property
    def slug(self) -> str:
        """The title as an address."""
        return slugify(self.title)

    @property
    def frames(self) -> dict[str, Any]:
        """The frames of this kind of story."""
        return frames("reform")["kinds"][self.kind] if self.is_reform else frames("other")["story"][int(self.kind)]  # type: ignore[no-any-return]

    @cached_property
    def text(self) -> Text:
        """The article written out; a copy has its original's text and names it as source."""
        if self.original:
            return copied(self.original.text, f"Cổng TTĐT {self.original.seat.place}")
        return draft(self, self._writer)

    def edit(self) -> None:
        """The office corrects the article: another revision with a changed body."""
        self.revision += 1
        text = self.text
        note = f"Văn bản này được đính chính lần {self.revision}; các nội dung khác không thay đổi."
        blocks = (*(b for b in text.blocks if "được đính chính lần" not in b.text), Block("p", note))
        self.__dict__["text"] = replaced(text, blocks=blocks)
