"""The text of an article's body: paragraphs as lines, tables as rows, captions and file links apart.

Nothing is judged here but layout; which lines are boilerplate, `crawler.boilerplate` knows.
"""

import re
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborNode

from archive.records import FileLink
from crawler.files import file_link
from crawler.page import EDGES, Page, one_line

BLOCKS = frozenset(
    (
        *(
            "p",
            "div",
            "li",
            "ul",
            "ol",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "table",
            "tbody",
            "thead",
            "tfoot",
            "tr",
            "td",
        ),
        *(
            "th",
            "caption",
            "blockquote",
            "section",
            "article",
            "header",
            "footer",
            "figure",
            "figcaption",
            "dl",
            "dt",
            "dd",
        ),
        *("pre", "hr", "center", "aside", "main", "fieldset", "address", "details", "summary", "body", "form"),
    )
)
SKIPPED = frozenset(
    (
        *("script", "style", "noscript", "template", "input", "select", "textarea", "button", "object", "svg", "video"),
        *("audio", "canvas", "head", "title", "link", "meta", "nav", "-comment", "!--"),
    )
)
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
HIDDEN_CLASSES = frozenset({"hidden", "hide", "d-none", "sr-only", "visually-hidden", "ms-hidden"})
RIGHT = re.compile(r"text-align\s*:\s*(?:right|end)", re.IGNORECASE)
CENTRE = re.compile(r"text-align\s*:\s*(?:-\w+-)?center", re.IGNORECASE)
LEFT = re.compile(r"text-align\s*:\s*(?:left|justify|start)", re.IGNORECASE)
CAPTION = re.compile(r"caption|chu-?_?thich|image-?desc|photo-?desc|img-?desc", re.IGNORECASE)
CAPTION_LENGTH = 200
DEPTH = 120


@dataclass(slots=True)
class Line:
    """A paragraph of the body with what its layout says about it."""

    text: str
    right: bool = False
    emphasised: bool = False
    linked: bool = False
    files: bool = False


@dataclass(slots=True)
class Body:
    """What stands in a body element: its lines, captions of pictures, linked files."""

    lines: list[Line] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    files: list[FileLink] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text at a place is set; inherited by what stands inside."""

    right: bool = False
    centre: bool = False
    emphasised: bool = False
    italic: bool = False
    caption: bool = False
    linked: bool = False


def read_body(page: Page, node: LexborNode, drop: str = "", *, captions_stay: bool = False) -> Body:
    """The body below `node` without what `drop` selects; captions stay in the text only when told."""
    dropped = frozenset(found.mem_id for found in node.css(drop)) if drop else frozenset()
    walker = _Walker(page, dropped, captions_stay)
    walker.inside(node, Layout(), 0)
    walker.flush(Layout())
    return walker.body


class _Walker:
    """Walks a body element once; text gathers in `parts` until a block ends."""

    def __init__(self, page: Page, dropped: frozenset[int], captions_stay: bool) -> None:
        self.page = page
        self.dropped = dropped
        self.captions_stay = captions_stay
        self.body = Body()
        self.parts: list[str] = []
        self.plain = False
        self.upright = False
        self.unlinked = False
        self.has_file = False
        self.after_image = False

    def inside(self, node: LexborNode, layout: Layout, depth: int) -> None:
        """Walk the children of a node; too deep a nesting is read as flat text."""
        if depth > DEPTH:
            self.parts.append(node.text())
            return
        for child in node.iter(include_text=True):
            if child.is_text_node:
                self.say(child.text_content or "", layout)
            else:
                self.element(child, layout, depth)

    def say(self, text: str, layout: Layout) -> None:
        """Take up a text node."""
        self.parts.append(text)
        if not (layout.italic and layout.linked) and text.strip(EDGES):
            self.plain |= not layout.emphasised
            self.upright |= not layout.italic
            self.unlinked |= not layout.linked

    def element(self, node: LexborNode, layout: Layout, depth: int) -> None:
        """Take up an element: a block is paragraphs of its own, the rest flows on."""
        tag = node.tag or ""
        if tag in SKIPPED or (self.dropped and node.mem_id in self.dropped):
            return
        if tag == "br":
            self.flush(layout)
        elif tag == "img":
            self.flush(layout)
            self.after_image = True
        elif tag in {"a", "iframe", "embed"}:
            self.link(node, tag, layout, depth)
        elif tag in BLOCKS:
            self.block(node, tag, layout, depth)
        elif tag in {"b", "strong"}:
            self.inside(node, replace(layout, emphasised=True), depth + 1)
        elif tag in {"em", "i"}:
            self.inside(node, replace(layout, emphasised=True, italic=True), depth + 1)
        elif not _hidden(node):
            self.inside(node, layout, depth + 1)

    def block(self, node: LexborNode, tag: str, layout: Layout, depth: int) -> None:
        """A block: ends the paragraph before it and its own; a row of several cells is one line."""
        attributes = node.attributes
        if attributes:
            if _hidden(node):
                return
            inner = _layout(tag, attributes, layout)
        else:
            inner = _layout(tag, {}, layout) if tag in {"figcaption", "center"} else layout
        self.flush(layout)
        if tag == "tr" and self.row(node, inner):
            return
        self.inside(node, inner, depth + 1)
        self.flush(inner)

    def row(self, node: LexborNode, layout: Layout) -> bool:
        """Write a table row of two cells or more as one line; a layout row is left to be walked."""
        cells = [cell for cell in node.iter() if cell.tag in {"td", "th"}]
        if len(cells) < 2 or node.css_first("table, img") is not None:
            return False
        texts, files = [], len(self.body.files)
        for cell in cells:
            inner = _Walker(self.page, self.dropped, captions_stay=True)
            inner.inside(cell, Layout(), 1)
            inner.flush(Layout())
            texts.append(" ".join(line.text for line in inner.body.lines))
            self.body.files.extend(inner.body.files)
        filled = [text for text in texts if text]
        if len(filled) == 1:
            self.parts.append(filled[0])
            self.flush(layout)
        elif filled:
            self.body.lines.append(Line(" | ".join(texts).strip(" |"), files=len(self.body.files) > files))
        return True

    def link(self, node: LexborNode, tag: str, layout: Layout, depth: int) -> None:
        """A link flows on with its text; one to a file is kept beside."""
        link = file_link(self.page, node)
        if link is not None:
            self.body.files.append(link)
            self.has_file = True
        if tag == "a":
            self.inside(node, replace(layout, linked=True), depth + 1)

    def flush(self, layout: Layout) -> None:
        """End the paragraph: it becomes a line or a caption, or nothing when it is blank."""
        if not self.parts:
            self.has_file = False
            return
        text = one_line("".join(self.parts))
        self.parts.clear()
        emphasised, self.plain = not self.plain, False
        italic, self.upright = not self.upright, False
        linked, self.unlinked = not self.unlinked, False
        has_file, self.has_file = self.has_file, False
        if not text:
            return
        beside = self.after_image and (layout.centre or italic) and not has_file and len(text) <= CAPTION_LENGTH
        self.after_image = False
        if layout.caption or beside:
            self.body.captions.append(text)
            if layout.caption or not self.captions_stay:
                return
        self.body.lines.append(Line(text, layout.right, emphasised, linked, has_file))


def _layout(tag: str, attributes: dict[str, str | None], outer: Layout) -> Layout:
    style = f"{attributes.get('style') or ''};text-align:{attributes.get('align') or 'inherit'}"
    classes = attributes.get("class") or ""
    left = bool(LEFT.search(style))
    right = bool(RIGHT.search(style)) or "text-right" in classes
    centre = bool(CENTRE.search(style)) or "text-center" in classes or tag == "center"
    return Layout(
        right=right or (outer.right and not (left or centre)),
        centre=centre or (outer.centre and not (left or right)),
        emphasised=outer.emphasised,
        italic=outer.italic,
        caption=outer.caption or tag == "figcaption" or bool(classes and CAPTION.search(classes)),
        linked=outer.linked,
    )


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or HIDING.search(attributes.get("style") or ""):
        return True
    return not HIDDEN_CLASSES.isdisjoint((attributes.get("class") or "").split())
