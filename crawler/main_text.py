"""Where the main text of a page of unknown make stands: most paragraphs outside the frame, else an extractor's word."""

import re

from selectolax.lexbor import LexborNode

from crawler.body import Body, Line
from crawler.page import Page, attribute, one_line, text_of

CHROME = frozenset({"nav", "header", "footer", "aside"})
CHROME_NAMES = re.compile(
    r"\b(?:\w*menu\w*|nav|navbar|breadcrumbs?|footer|header|sidebar|related|tags?|widget|banner|pagination|pager)\b",
    re.IGNORECASE,
)
ENOUGH = 200


def fullest(box: LexborNode | None) -> LexborNode | None:
    """The element whose own paragraphs hold most of the text; None when no element holds most of it."""
    if box is None:
        return None
    held: dict[int, int] = {}
    parents: dict[int, LexborNode] = {}
    for node in box.css("p"):
        parent = node.parent
        if parent is not None and not in_chrome(node):
            parents[parent.mem_id] = parent
            held[parent.mem_id] = held.get(parent.mem_id, 0) + len(text_of(node))
    best = max(held, key=held.__getitem__, default=None)
    if best is None or held[best] < ENOUGH or held[best] < sum(held.values()) / 2:
        return None
    return parents[best]


def extracted(page: Page) -> Body | None:
    from trafilatura import extract  # noqa: PLC0415  (slow to import, and only the floor needs it)

    text = extract(page.text, url=page.url, include_comments=False, include_tables=True, favor_recall=True)
    lines = [Line(one_line(line)) for line in (text or "").splitlines() if one_line(line)]
    return Body(lines) if lines else None


def in_chrome(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.tag not in {"body", "html"}:
        if parent.tag in CHROME or CHROME_NAMES.search(f"{attribute(parent, 'class')} {attribute(parent, 'id')}"):
            return True
        parent = parent.parent
    return False
