"""Which link of a listing leads to its following page: a marked one, else the number after the current."""

import re
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborNode

from crawler.page import Page, attribute, find, find_all, text_of

FORWARD = re.compile(r"(?:trang )?(?:sau|tiếp|kế|kế tiếp|tiếp theo|next)(?: trang)?\W*|[>›»]{1,2}", re.IGNORECASE)
CURRENT = "[aria-current=page] || .active || .current || .selected || .pageactive || .page-active || .disabled strong || strong || b || span"
NUMBERED = re.compile(r"^(?:page|p|trang|pageindex|pagenumber|pageno|pageid|_?.*_cur|cur|pi)$", re.IGNORECASE)
IN_PATH = re.compile(r"(?:page|trang)[-/](\d+)|-(\d+)\.html?$", re.IGNORECASE)


def following(page: Page, marked: str, pager: str) -> str:
    """The address of the next listing page; empty on the last one or without a pager."""
    for node in find_all(page.tree, marked) if marked else []:
        url = _usable(page, node)
        if url:
            return url
    area = find(page.tree, pager) if pager else None
    if area is None:
        return ""
    anchors = [(text_of(node), _usable(page, node)) for node in area.css("a")]
    wanted = str(current(page, area) + 1)
    return next((url for text, url in anchors if url and text == wanted), "") or next(
        (url for text, url in anchors if url and FORWARD.fullmatch(text)), ""
    )


def current(page: Page, area: LexborNode) -> int:
    """The number of the page shown: what its address says, else what the pager marks, else 1."""
    parts = urlsplit(page.url)
    for name, value in parse_qsl(parts.query):
        if NUMBERED.match(name) and value.isdecimal():
            return int(value)
    for selector in CURRENT.split(" || "):
        for node in area.css(selector):
            text = text_of(node)
            if text.isdecimal():
                return int(text)
    found = IN_PATH.search(parts.path)
    return int(found[1] or found[2]) if found else 1


def _usable(page: Page, node: LexborNode) -> str:
    if "disabled" in attribute(node, "class") or "disabled" in attribute(node.parent, "class"):
        return ""
    url = page.absolute(attribute(node, "href"))
    return "" if url.split("#")[0] == page.url.split("#")[0] else url
