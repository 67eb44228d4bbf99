"""Where the main text of a page of unknown make stands: the element that holds most prose outside the frame."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.body import BLOCKS, SKIPPED, Body, Line
from crawler.page import Page, attribute, one_line

CHROME = frozenset({"nav", "footer", "aside"})
CHROME_NAMES = re.compile(
    r"\b(?:\w*menu\w*|nav|navbar|breadcrumbs?|footer|header|sidebar|related|tags?|widget|banner|pagination|pager)\b",
    re.IGNORECASE,
)
ENOUGH = 140
CELLS = frozenset({"td", "th", "tr", "tbody", "thead", "table", "caption"})
ONE_LINE = CELLS | {"p"}
LISTS = frozenset({"li", "ul", "ol", "dd", "dt", "dl", "blockquote"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LINE = 30
LAYOUT_CELL = 300
LINKED = 0.4
"""Share of linked text above which a block is a list of links and no prose."""
MOSTLY = 0.45
"""Share of linked text above which an element named as one of the frame is of it."""
SPLIT = 1.6
"""How much more prose an element must hold than its fullest part for the text to be in several parts."""


@dataclass(slots=True)
class Block:
    """A block with text of its own: how much, and how much of it is linked."""

    node: LexborNode
    size: int = 0
    linked: int = 0


def fullest(box: LexborNode | None) -> LexborNode | None:
    """The element whose own paragraphs hold most of the prose; None when no element holds enough."""
    if box is None:
        return None
    held: dict[int, Block] = {}
    for block in _blocks(box).values():
        said = block.node.tag == "p" or (block.size >= LINE and block.node.tag not in HEADINGS)
        if said and block.linked <= LINKED * block.size:
            holder = _holder(block.node)
            held.setdefault(holder.mem_id, Block(holder)).size += block.size
    ranked = sorted(held.values(), key=lambda one: -one.size)
    best = next((one for one in ranked if not _framed(one.node)), None)
    return _whole(best, held) if best is not None and best.size >= ENOUGH else None


def _framed(node: LexborNode) -> bool:
    """Whether an element with prose is of the frame; far out, names say little: a main column may be called nav."""
    near = (node, *islice(ancestors(node), 2))
    return any(one.tag in CHROME for one in (node, *ancestors(node))) or any(_named(n) and _leads_on(n) for n in near)


def _blocks(box: LexborNode) -> dict[int, Block]:
    """The blocks below an element that have text of their own."""
    found: dict[int, Block] = {}
    for node in box.traverse(include_text=True):
        size = len((node.text_content or "").strip()) if node.is_text_node else 0
        if not size:
            continue
        linked, parent = False, node.parent
        while parent is not None and (tag := parent.tag) not in BLOCKS and tag not in SKIPPED:
            linked |= tag == "a"
            parent = parent.parent
        if parent is None or tag in SKIPPED:
            continue
        block = found.setdefault(parent.mem_id, Block(parent))
        block.size += size
        block.linked += size if linked else 0
    return found


def _holder(node: LexborNode) -> LexborNode:
    """The element of whose text a block is a paragraph: its parent, or itself when lines end within it."""
    holder = node if node.tag not in ONE_LINE and _broken(node) else (node.parent or node)
    while holder.tag in LISTS or (holder.tag in CELLS and not _lays_out(holder)):
        if holder.parent is None:
            break
        holder = holder.parent
    return holder


def _broken(node: LexborNode) -> bool:
    """Whether lines end within an element."""
    return any(inner.mem_id != node.mem_id for inner in node.css("br, p, div, table"))


def _lays_out(node: LexborNode) -> bool:
    """Whether a table's cell holds a text and not a value."""
    return node.tag == "td" and len(node.css("p, br, div")) > 2 and len(node.text()) >= LAYOUT_CELL


def _whole(best: Block, held: dict[int, Block]) -> LexborNode:
    """The element of the whole text, where that is split into parts that stand side by side."""
    parent = best.node.parent
    if parent is None or parent.tag in {"body", "html"}:
        return best.node
    parts = sum(held[node.mem_id].size for node in parent.iter() if node.mem_id in held and not in_chrome(node))
    return parent if parts >= SPLIT * best.size else best.node


def around(one: LexborNode | None, other: LexborNode | None) -> LexborNode | None:
    """The smallest element that holds both; None without either, and where only the page's body does."""
    if one is None or other is None:
        return None
    outer = {node.mem_id for node in ancestors(one)}
    return next((node for node in (other, *ancestors(other)) if node.mem_id in outer), None)


def extracted(page: Page) -> Body | None:
    """What a general extractor takes for the main text, as lines; None when it finds none."""
    from trafilatura import extract  # noqa: PLC0415  (slow to import, and only the floor needs it)

    text = extract(page.text, url=page.url, include_comments=False, include_tables=True, favor_recall=True)
    lines = [Line(one_line(line)) for line in (text or "").splitlines() if one_line(line)]
    return Body(lines) if lines else None


def in_chrome(node: LexborNode, text: frozenset[int] = frozenset(), judged: dict[int, bool] | None = None) -> bool:
    """Whether a node stands in the frame of a page: by the tags around it, or by a name where most is links.

    What holds the main text, if that is known (`enclosing`), is no frame, whatever it is called; `judged`
    keeps what was found of each element, for the length of one page.
    """
    judged = {} if judged is None else judged
    for parent in ancestors(node):
        if parent.mem_id not in judged:
            judged[parent.mem_id] = parent.tag in CHROME or (_named(parent) and _leads_on(parent))
        if judged[parent.mem_id] and parent.mem_id not in text:
            return True
    return False


def enclosing(node: LexborNode | None) -> frozenset[int]:
    """The elements around the main text."""
    return frozenset(parent.mem_id for parent in ancestors(node)) if node is not None else frozenset()


def holding(page: Page, selector: str) -> frozenset[int]:
    """The elements in which others stand that a selector finds; found out once for a page."""
    key = holding, selector
    if key not in page.kept:
        outer: set[int] = set()
        for node in page.tree.css(selector):
            parent = node.parent
            while parent is not None and parent.mem_id not in outer:
                outer.add(parent.mem_id)
                parent = parent.parent
        page.kept[key] = frozenset(outer)
    found: frozenset[int] = page.kept[key]
    return found


def _named(node: LexborNode) -> bool:
    return (
        node.tag == "header" or CHROME_NAMES.search(f"{attribute(node, 'class')} {attribute(node, 'id')}") is not None
    )


def _leads_on(node: LexborNode) -> bool:
    """Whether most of an element's text is links: a menu and a box of related articles are, an article is not."""
    size = len(node.text(strip=True))
    return sum(len(link.text(strip=True)) for link in node.css("a")) >= MOSTLY * size


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around a node, from the inside out, without body and html."""
    parent = node.parent
    while parent is not None and parent.tag not in {"body", "html"}:
        yield parent
        parent = parent.parent
