"""A story's text is put together: opening, goals, areas, closing; pictures, tables and files."""

import unicodedata
from typing import TYPE_CHECKING

from crawler.farm.chance import stream
from crawler.farm.papers import KINDS
from crawler.farm.places import lower_units, words
from crawler.farm.texts import Block, Document, Text, frames, slugify
from crawler.farm.truth import TruthAct
from crawler.farm.writing import Writer

if TYPE_CHECKING:
    from crawler.farm.stories import Story


def draft(story: "Story", writer: Writer) -> Text:
    """The whole text of a story; `writer` has written its title."""
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
        documents=_every_kind(story, writer) if story.kinds else _documents(story, writer),
        announced=writer.act if writer.act_used else None,
        cited=tuple(writer.cited.values()),
        plan_year=_plan_year(story, writer, paragraphs[0]),
        oddity=oddity,
    )


def _plan_year(story: "Story", writer: Writer, opening: str) -> int | None:
    """The year a plan is for: of the yearly plan, or of a plan to inspect or to ask in a named year."""
    if story.kind == "plan":
        return writer.plan_year
    year = story.made.year
    planned = any("Kế hoạch" in text and f"năm {year}" in text for text in (story.title, opening))
    return year if writer.act_used and story.kind in {"inspection", "survey"} and planned else None


def _reform(story: "Story", writer: Writer) -> list[str]:
    rng, common, tone = writer.rng, frames("reform"), story.frames["tone"]
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


def _other(story: "Story", writer: Writer) -> list[str]:
    return [writer.write(line) for line in story.frames["body"]]


def _caption(story: "Story", writer: Writer) -> str:
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


def _documents(story: "Story", writer: Writer) -> tuple[Document, ...]:
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


def _every_kind(story: "Story", writer: Writer) -> tuple[Document, ...]:
    """One file for each story about reform, its kind in turn."""
    if not story.is_reform:
        return ()
    kind = story.kinds[story.index % len(story.kinds)]
    name = f"{writer.act.type} số {writer.act.number}" if writer.act else story.title
    paper = _paper(story, writer, name, kind)
    if kind != "twins":
        return (paper,)
    return paper, _paper(story, writer, f"Phụ lục kèm theo {name}", kind, twin=paper)


def _paper(story: "Story", head: Writer, name: str, kind: str, *, twin: Document | None = None) -> Document:
    lower, act, suffix = head.lower, head.act, KINDS[kind].suffix
    lines = (lambda: twin.lines) if twin else (lambda: _lines(story, lower, act, name))
    return Document(name, f"{slugify(name)}-{story.index}.{suffix}", lines, kind=kind, twin=twin)


def _lines(story: "Story", lower: str, act: TruthAct | None, name: str) -> tuple[str, ...]:
    writer = Writer(stream(f"{story.key}/{name}"), story.seat, story.made, act)
    writer.lower, place = lower, words(story.seat)
    day = (act.date if act else None) or story.made.date()
    lines = ["ỦY BAN NHÂN DÂN", place["CAP"], f"{place['name']}, ngày {day:%d} tháng {day:%m} năm {day.year}", name]
    lines += _annex(writer) if story.is_reform else story.frames["body"]
    return tuple(writer.write(line) for line in [*lines, "Nơi nhận:", "- Như trên;", "- Lưu: VT."])


def _annex(writer: Writer) -> list[str]:
    rng, common = writer.rng, frames("reform")
    tone = rng.choice(("plan", "result"))
    lines = ["I. MỤC TIÊU, YÊU CẦU", *rng.sample(common["goals"], 2), "II. NỘI DUNG THỰC HIỆN"]
    for area in common["areas"].values():
        lines += [area["name"], rng.choice(area[tone])]
    return [*lines, "III. TỔ CHỨC THỰC HIỆN", *rng.sample(common["closings"], 2)]
