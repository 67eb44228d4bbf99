"""The articles of a listing in a layout that nobody has described: found by the shape of their addresses.

A list is an element whose children each name one article; boxes of other news say so in their headings.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from archive.records import Stated
from crawler.headline import key_of, named
from crawler.links import Link
from crawler.main_text import CHROME, CHROME_NAMES, ancestors
from crawler.page import Page, attribute, one_line, text_of
from crawler.printed import DAY

OTHERS = re.compile(
    r"\b(?:mới nhất|mới cập nhật|tin mới|đọc nhiều|xem nhiều|nổi bật|tiêu điểm|liên quan|tin khác|bài khác|các tin|"
    r"cùng chuyên mục|quan tâm|mới đăng|đã đưa|bài viết mới|xem thêm|thông báo mới)\b",
    re.IGNORECASE,
)
HEADED, LABEL = 45, 120
HEADING = "h1, h2, h3, h4, h5, h6, div, p, span, strong, b, td, legend"
HOUR = re.compile(r"\d{1,2}[:h]\d{2}(?::\d{2})?")
RICH = 300
LINKS_BOXES = 3
"""How far out the heading of a list may stand from a bare link."""


@dataclass(slots=True)
class Item:
    """One article of a list: its element, its address, the links to it."""

    node: LexborNode
    url: str
    anchors: list[LexborNode] = field(default_factory=list)


def shaped(page: Page, article: Callable[[str], str]) -> list[Link]:
    """The links of the fullest list of a page; `article` gives what identifies an address's article, or nothing.

    Lists below the heading that the document's title repeats are looked at first, whatever their classes say.
    """
    named_here = _named(page, article)
    around: dict[int, set[str]] = {}
    for key, anchors in named_here.items():
        for node, _ in anchors:
            for parent in ancestors(node):
                around.setdefault(parent.mem_id, set()).add(key)
    outer = _outer(page)
    lists: dict[int, list[Item]] = {}
    for anchors in named_here.values():
        for node, url in anchors:
            _place(lists, around, outer, node, url)
    told = [items for items in lists.values() if not elsewhere(items[0].node)]
    found = _below(page, told) or [items for items in told if not _framed(items, len(named_here))]
    best = max(found, key=_fullness, default=[])
    near = best[0].node.parent.parent if best and best[0].node.parent is not None else None
    within = {node.mem_id for node in near.traverse()} if near is not None else set()
    chosen = [items for items in found if items is best or items[0].node.mem_id in within]
    return [link for items in chosen for item in items if (link := _link(item)) is not None]


def _named(page: Page, article: Callable[[str], str]) -> dict[str, list[tuple[LexborNode, str]]]:
    """The links to each article with their addresses."""
    found: dict[str, list[tuple[LexborNode, str]]] = {}
    for node in page.tree.css("a[href]"):
        url = page.absolute(attribute(node, "href"))
        key = article(url) if url else ""
        if key:
            found.setdefault(key, []).append((node, url))
    return found


def _headed(page: Page) -> list[LexborNode]:
    """The headings that say what the document's title says, outside of menus, the most prominent first."""
    if _headed not in page.kept:
        page.kept[_headed] = list(_headings_of(page))
    found: list[LexborNode] = page.kept[_headed]
    return found


def _headings_of(page: Page) -> Iterator[LexborNode]:
    wanted = {key_of(text) for text in named(page)} - {""}
    for tag in ("h1", "h2", "h3, h4, h5", "div, p, span, td, strong, b, legend, a"):
        for node in page.tree.css(tag):
            text = node.text(strip=True)
            if text and len(text) <= LABEL and key_of(text_of(node)) in wanted and not _in_menu(node):
                yield node


def _in_menu(node: LexborNode) -> bool:
    return any(one.tag in {"li", "option", *CHROME} for one in (node, *ancestors(node)))


def _outer(page: Page) -> frozenset[int]:
    """The elements around a heading of the page, or of a box of other news: no item reaches so far."""
    heads = [*_headed(page), *(node for node in page.tree.css(HEADING) if _others(node))]
    return frozenset(parent.mem_id for node in heads for parent in ancestors(node))


def _below(page: Page, told: list[list[Item]]) -> list[list[Item]]:
    """The lists that stand with the page's heading in the smallest element that holds any."""
    places = [(items, {parent.mem_id for parent in ancestors(items[0].node)}) for items in told]
    for heading in _headed(page):
        for parent in ancestors(heading):
            held = [items for items, outer in places if parent.mem_id in outer]
            if held:
                return held
    return []


def _place(
    lists: dict[int, list[Item]], around: dict[int, set[str]], outer: frozenset[int], node: LexborNode, url: str
) -> None:
    """Put a link into the item that names no other article, and the item into its list."""
    item = node
    while item.parent is not None and len(around.get(item.parent.mem_id, "")) == 1 and item.parent.mem_id not in outer:
        item = item.parent
    if item.parent is None:
        return
    items = lists.setdefault(item.parent.mem_id, [])
    known = next((one for one in items if one.node.mem_id == item.mem_id), None)
    if known is None:
        known = Item(item, url)
        items.append(known)
    known.anchors.append(node)


def elsewhere(item: LexborNode) -> bool:
    """Whether an item's list is of the frame by its tags, or its heading says that it shows other news."""
    box = item.parent
    if box is None or any(one.tag in CHROME for one in (item, box, *ancestors(box))):
        return True
    boxes = [box, *ancestors(box)][: LINKS_BOXES if item.tag == "a" else 1]
    return any(OTHERS.search(text) for one in boxes for text in _headings(one))


def _framed(items: list[Item], articles: int) -> bool:
    """Whether a list is of the frame by its classes; one of most articles of the page is not, whatever they say."""
    box = items[0].node.parent
    if box is None or 2 * len(items) > articles:
        return False
    names = " ".join(
        f"{attribute(one, 'class')} {attribute(one, 'id')}" for one in (box, box.parent) if one is not None
    )
    return CHROME_NAMES.search(names) is not None


def _others(node: LexborNode) -> bool:
    text = node.text(strip=True)
    return bool(text) and len(text) <= HEADED and OTHERS.search(one_line(text)) is not None


def _headings(box: LexborNode) -> list[str]:
    """Short texts at the head of a list, within it or before it."""
    heads = (box.child, box.prev, box.parent.child if box.parent is not None else None)
    texts = (text_of(_element(node)) for node in heads)
    return [text for text in texts if len(text) <= HEADED]


def _element(node: LexborNode | None) -> LexborNode | None:
    """The node, or the first element after it."""
    while node is not None and node.is_text_node:
        node = node.next
    return node


def _fullness(items: list[Item]) -> int:
    return sum(min(RICH, len(one_line(item.node.text()))) for item in items)


def _link(item: Item) -> Link | None:
    title = max((text_of(node) or one_line(attribute(node, "title")) for node in item.anchors), key=len)
    if not title:
        return None
    beside = one_line(item.node.text().replace(title, " "))
    day = DAY.search(beside)
    if day is None:
        return Link(item.url, title)
    near = beside[max(0, day.start() - 12) : day.end() + 14]
    hour = HOUR.search(near.replace(day[0], " "))
    return Link(item.url, title, Stated(f"{hour[0]} {day[0]}" if hour else day[0], "listing"))
