"""The selectors in force for a portal's pages, and what they find: a family's, or the portal file's instead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from archive.records import FileLink
from config.errors import PortalError
from crawler.files import file_link
from crawler.page import Page, alternatives, text_of

FIELDS: Mapping[str, str] = {
    "article": "the element that holds the whole article; fields are looked for in it first",
    "title": "the heading",
    "summary": "the sapo",
    "body": "the text",
    "drop": "what stands in the body element and is not the text",
    "date": "the printed date of publication",
    "author": "the author, with or without the label Tác giả:",
    "source": "the source, with or without the label Nguồn tin:",
    "category": "the section the article stands in",
    "attachment": "the links of the attachment box",
    "caption": "captions of pictures outside the body element",
    "list": "the element of a listing that holds the items",
    "item": "one article of a listing",
    "link": "the link in an item",
    "item_title": "the title in an item, when it is not the link's text",
    "item_date": "the date in an item",
    "item_summary": "the summary in an item",
    "pager": "the element with the numbers of a listing's pages",
    "next": "the link to the following page of a listing",
}
LABELS = {
    "author": re.compile(r"(?:tác giả|người viết|người đăng|bài viết)\s*:\s*", re.IGNORECASE),
    "source": re.compile(r"(?:nguồn(?: tin)?|theo)\s*:\s*", re.IGNORECASE),
}
LABELLED = re.compile(r"[^\W\d][\w ]{1,20}:")


@dataclass(frozen=True, slots=True)
class Era:
    """A layout of a family beside its present one: selectors by field, only what differs.

    `until` is the day it died, after which only old captures have it; None for one still in use. `addresses` is the
    pattern of its articles' addresses where they were others than today's; a page at one is read by this layout first.
    """

    until: date | None
    selectors: Mapping[str, str]
    addresses: str = ""


class Selection:
    """Selectors by field; `own` are the fields that a portal file says, which look in the whole page.

    `used` are the selectors that found something on the page that was read last, by field.
    """

    def __init__(self, selectors: Mapping[str, str], portal: Mapping[str, str]) -> None:
        """Raises PortalError for a selector of the portal file that is no field or no CSS."""
        _check(portal)
        self.own = frozenset(portal)
        self.select = {**dict.fromkeys(FIELDS, ""), **selectors, **portal}
        self.used: dict[str, str] = {}

    def node(self, page: Page, box: LexborNode | None, name: str) -> LexborNode | None:
        """The node of a field: within the article's element, else anywhere."""
        found = self._first(page, box, name) if name not in self.own else None
        return found if found is not None else self._first(page, page.tree, name)

    def nodes(self, page: Page, box: LexborNode | None, name: str) -> list[LexborNode]:
        """All nodes of an optional field; only a portal file's selector looks outside the article's element."""
        where = page.tree if name in self.own else box
        if where is None:
            return []
        for selector in self._present(page, where, name):
            if found := list(where.css(selector)):
                self.used[name] = selector
                return found
        return []

    def text(self, page: Page, box: LexborNode | None, name: str) -> str:
        """The text of an optional field; empty when it is not there."""
        return text_of(self._first(page, page.tree if name in self.own else box, name))

    def _present(self, page: Page, where: LexborNode | LexborHTMLParser, name: str) -> Iterator[str]:
        """The selectors of a field without those that are known to find nothing on the whole page.

        What no layout of a family finds is asked for once: in the whole page, or in its body if that is the box.
        """
        absent: set[str] = page.kept.setdefault(Selection, set())
        whole = isinstance(where, LexborHTMLParser) or where.tag == "body"
        for selector in alternatives(self.select[name]):
            if selector not in absent and whole and page.tree.css_first(selector) is None:
                absent.add(selector)
            if selector not in absent:
                yield selector

    def _first(self, page: Page, where: LexborNode | LexborHTMLParser | None, name: str) -> LexborNode | None:
        """The first node that a field's first fruitful selector finds, which is noted."""
        if where is None:
            return None
        for selector in self._present(page, where, name):
            found = where.css_first(selector)
            if found is not None:
                self.used[name] = selector
                return found
        return None

    def labelled(self, page: Page, box: LexborNode | None, name: str) -> str:
        """A field that may share its selector with others: the node with its own label, else one without any."""
        texts = [text_of(node) for node in self.nodes(page, box, name)]
        for text in texts:
            label = LABELS[name].match(text)
            if label:
                return text[label.end() :]
        return next((text for text in texts if not LABELLED.match(text)), "")

    def files(self, page: Page, box: LexborNode | None) -> Iterator[FileLink]:
        """The files of the attachment box."""
        for node in self.nodes(page, box, "attachment"):
            link = file_link(page, node, boxed=True)
            if link is not None:
                yield link


def _check(selectors: Mapping[str, str]) -> None:
    if not selectors:
        return
    empty = LexborHTMLParser("<p></p>")
    for name, selector in selectors.items():
        if name not in FIELDS:
            raise PortalError(f"selectors.{name}: unknown key; write one of: {', '.join(sorted(FIELDS))}")
        if not alternatives(selector):
            raise PortalError(f"selectors.{name}: empty; write a CSS selector or remove the line")
        try:
            for part in alternatives(selector):
                empty.css(part)
        except SelectolaxError:
            raise PortalError(f"selectors.{name}: {selector!r} is not a CSS selector: correct it") from None
