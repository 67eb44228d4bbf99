"""Articles of a simulated portal: planned cheaply, written only when somebody asks.

A story's head (kind, date, title) and its text come from two random streams of its own, so
one article can be written without the others and is the same whoever asks first.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from crawler.farm.chance import stream
from crawler.farm.places import HERE, Seat, lower_units, words
from crawler.farm.truth import TruthAct
from crawler.farm.writing import Writer, new_act

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a body: kind p, figure (text is the caption) or table (rows of cells)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


class Document:
    """A file to be made: the name its link shows, its file name, its lines once they are asked for."""

    def __init__(self, name: str, file: str, write: Callable[[], tuple[str, ...]]) -> None:
        self.name = name
        self.file = file
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


@cache
def _frames(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def slugify(text: str, *, drop_d: bool = False) -> str:
    """A title as an address: no tones, words joined by dashes; Liferay drops the letter đ."""
    text = text.lower().replace("đ", "" if drop_d else "d")
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", plain).strip("-")


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
        return _frames("reform")["kinds"][self.kind] if self.is_reform else _frames("other")["story"][int(self.kind)]  # type: ignore[no-any-return]

    @cached_property
    def text(self) -> Text:
        """The article written out; a copy has its original's text and names it as source."""
        if self.original:
            return copied(self.original.text, f"Cổng TTĐT {self.original.seat.place}")
        return _write(self, self._writer)

    def edit(self) -> None:
        """The office corrects the article: another revision with a changed body."""
        self.revision += 1
        text = self.text
        note = f"Văn bản này được đính chính lần {self.revision}; các nội dung khác không thay đổi."
        blocks = (*(b for b in text.blocks if "được đính chính lần" not in b.text), Block("p", note))
        self.__dict__["text"] = replaced(text, blocks=blocks)


def replaced(text: Text, **changes: object) -> Text:
    """The same text with some fields changed."""
    return Text(**{name: getattr(text, name) for name in Text.__slots__} | changes)


def copied(text: Text, source: str) -> Text:
    """The text as another portal republishes it, with the source named and without files."""
    return replaced(text, source=source, documents=())


def _write(story: Story, writer: Writer) -> Text:
    rng = writer.rng = stream(f"{story.key}/text")
    paragraphs = _reform(story, writer) if story.is_reform else _other(story, writer)
    summary = writer.write(rng.choice(story.frames["summaries"]) if story.is_reform else story.frames["summary"])
    blocks = [Block("p", text) for text in paragraphs]
    if story.frames.get("table"):
        blocks.insert(1, _table(writer))
    if rng.random() < 0.45:
        blocks.insert(rng.randint(0, 1), Block("figure", _caption(story, writer)))
    oddity = rng.choice(("nfd", "nbsp", "spaces")) if rng.random() < 0.1 else ""
    return Text(
        summary=summary,
        blocks=tuple(_odd(block, oddity) for block in blocks),
        author=rng.choice((words(story.seat)["van_phong"], words(story.seat)["noi_vu"], "Ban Biên tập", "")),
        source=rng.choice(("", "", f"Cổng TTĐT tỉnh {story.seat.province}")),
        documents=_documents(story, writer),
        announced=writer.act if writer.act_used else None,
        cited=tuple(writer.cited.values()),
        plan_year=writer.plan_year if story.kind == "plan" else None,
        oddity=oddity,
    )


def _reform(story: Story, writer: Writer) -> list[str]:
    rng, common, tone = writer.rng, _frames("reform"), story.frames["tone"]
    with_act = story.frames.get("openings_act") if writer.act else None
    lines = [rng.choice(with_act or story.frames["openings"])]
    lines += rng.sample(common["goals"], rng.randint(1, 2)) if tone == "plan" else []
    areas = sorted(rng.sample(range(7), rng.randint(3, 6)))
    groups = [list(common["areas"].values())[number] for number in areas]
    chosen = [rng.choice(group[tone]) for group in groups]
    form = rng.random()
    if form < 0.25:
        chosen = [f"{number}. {line}" for number, line in enumerate(chosen, 1)]
    elif form < 0.45:
        chosen = [f"- {line}" for line in chosen]
    if tone == "plan" and rng.random() < 0.5:
        lines.append("Theo đó, {doc} tập trung vào [các nhiệm vụ trọng tâm|những nội dung chủ yếu] sau:")
    lines += chosen + rng.sample(common["closings"], rng.randint(1, 2))
    return [writer.write(line) for line in lines]


def _other(story: Story, writer: Writer) -> list[str]:
    return [writer.write(line) for line in story.frames["body"]]


def _caption(story: Story, writer: Writer) -> str:
    if not story.is_reform:
        return f"Quang cảnh hoạt động tại {writer.lower}"
    captions = (
        "Người dân đến giao dịch tại {mot_cua}",
        "Quang cảnh buổi làm việc",
        "Công chức {mot_cua} hướng dẫn người dân",
    )
    return writer.write(writer.rng.choice(captions))


def _table(writer: Writer) -> Block:
    units = writer.rng.sample(lower_units(writer.seat), min(5, len(lower_units(writer.seat))))
    scores = sorted((writer.rng.randint(7000, 9500) / 100 for _ in units), reverse=True)
    rows = [
        (str(n), unit, f"{score:.2f}".replace(".", ","))
        for n, (unit, score) in enumerate(zip(units, scores, strict=True), 1)
    ]
    return Block("table", rows=(("TT", "Đơn vị", "Điểm"), *rows))


def _odd(block: Block, oddity: str) -> Block:
    if block.kind != "p" or not oddity:
        return block
    if oddity == "nfd":
        return Block("p", unicodedata.normalize("NFD", block.text))
    blank = "\u00a0" if oddity == "nbsp" else "  "
    return Block("p", block.text.replace(" của ", f"{blank}của{blank}"))


def _documents(story: Story, writer: Writer) -> tuple[Document, ...]:
    rng = writer.rng
    if not story.is_reform:
        return () if rng.random() < 0.93 else (_paper(story, writer, "Chi tiết thông báo", "docx"),)
    if not writer.act_used or rng.random() < 0.2:
        return ()
    name = f"{writer.act.type} số {writer.act.number}" if writer.act else story.title
    kinds = rng.choice((("pdf",), ("pdf",), ("docx",), ("pdf", "docx")))
    return tuple(
        _paper(story, writer, name if n == 0 else f"Phụ lục kèm theo {name}", kind) for n, kind in enumerate(kinds)
    )


def _paper(story: Story, head: Writer, name: str, kind: str) -> Document:
    lower, act = head.lower, head.act
    return Document(name, f"{slugify(name)}-{story.index}.{kind}", lambda: _lines(story, lower, act, name))


def _lines(story: Story, lower: str, act: TruthAct | None, name: str) -> tuple[str, ...]:
    writer = Writer(stream(f"{story.key}/{name}"), story.seat, story.made, act)
    writer.lower, place = lower, words(story.seat)
    day = (act.date if act else None) or story.made.date()
    lines = ["ỦY BAN NHÂN DÂN", place["CAP"], f"{place['name']}, ngày {day:%d} tháng {day:%m} năm {day.year}", name]
    lines += _annex(writer) if story.is_reform else story.frames["body"]
    return tuple(writer.write(line) for line in [*lines, "Nơi nhận:", "- Như trên;", "- Lưu: VT."])


def _annex(writer: Writer) -> list[str]:
    rng, common = writer.rng, _frames("reform")
    tone = rng.choice(("plan", "result"))
    lines = ["I. MỤC TIÊU, YÊU CẦU", *rng.sample(common["goals"], 2), "II. NỘI DUNG THỰC HIỆN"]
    for area in common["areas"].values():
        lines += [area["name"], rng.choice(area[tone])]
    return [*lines, "III. TỔ CHỨC THỰC HIỆN", *rng.sample(common["closings"], 2)]
