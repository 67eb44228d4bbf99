"""A family reads the pages of one kind of CMS: selectors, and rules for what is truly odd.

No network, no database: a stored capture is read again by the same code. What a page may answer
instead of an article stands in crawler.verdicts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar, Self

from selectolax.lexbor import LexborNode

from archive.records import Article, Stated
from crawler.address import NOT_PAGES, host_of, target
from crawler.fingerprint import Evidence, Mark, weighed
from crawler.links import Link, joined
from crawler.page import Page, attribute, find, find_all, one_line, text_of
from crawler.paging import Ask, following
from crawler.reading import Reader
from crawler.rescue import rescued
from crawler.selection import Era
from crawler.shaped import elsewhere, shaped
from crawler.verdicts import Challenged, Moved, NotAnArticle, ReadingError, Unreadable

__all__ = [
    "Ask",
    "Challenged",
    "Era",
    "Evidence",
    "Family",
    "Link",
    "Mark",
    "Moved",
    "NotAnArticle",
    "ReadingError",
    "Unreadable",
]

FLOOR = "generic"
"""The family whose rules read what no described layout fits."""


class Family(Reader):
    """The base of every family; a subclass gives selectors, marks and, where the CMS is odd, a method."""

    selectors: ClassVar[Mapping[str, str]] = MappingProxyType({})
    eras: ClassVar[tuple[Era, ...]] = ()
    """Further layouts, which are tried when the present one does not fit, or first at addresses of their own."""
    marks: ClassVar[tuple[Mark, ...]] = ()
    sections: ClassVar[str] = ""
    """Pattern in the path of a listing's address; empty when the family has no shape for it."""
    known: ClassVar[dict[str, type["Family"]]] = {}

    def __init_subclass__(cls, key: str) -> None:
        cls.key = key
        cls.known[key] = cls

    def __init__(self, selectors: Mapping[str, str] = MappingProxyType({}), era: Era | None = None) -> None:
        """`selectors` are a portal file's, before the family's; raises PortalError for a wrong one."""
        super().__init__({**self.selectors, **(era.selectors if era else {})}, selectors)
        self.era = era
        shapes = [self.articles, *(one.addresses for one in self.eras if one.addresses)]
        self._articles = re.compile("|".join(shapes), re.IGNORECASE)

    @cached_property
    def elders(self) -> tuple[Self, ...]:
        """The same family in its other layouts: without the portal's selectors, then the latest to die first."""
        layouts = sorted(self.eras, key=lambda era: -(era.until or date.max).toordinal())
        plain = (type(self)(),) if self.own else ()
        return (*plain, *(type(self)(era=era) for era in layouts))

    @cached_property
    def floor(self) -> "Family":
        """The reader by the generic rules."""
        return self.known[FLOOR]()

    @cached_property
    def gone(self) -> tuple[tuple[re.Pattern[str], Self], ...]:
        """The layouts that had addresses of their own, with the pattern of these."""
        named = ((elder.era.addresses, elder) for elder in self.elders if elder.era and elder.era.addresses)
        return tuple((re.compile(shape, re.IGNORECASE), elder) for shape, elder in named)

    def recognise(self, page: Page) -> Evidence:
        """How much speaks for this family: each mark found makes the doubt smaller by its weight."""
        return weighed(self.key, self.marks, page)

    def is_listing_address(self, url: str) -> bool:
        """Whether an address cannot be an article's, so that it may list some."""
        path = target(url)
        return bool(path) and not self.is_article(url) and not NOT_PAGES.search(path.partition("?")[0])

    def identity(self, url: str) -> str:
        """What tells articles of one portal apart before they are fetched: aliases of an article share it."""
        return self.canonical(url)

    def first(self, page: Page) -> Ask | None:
        """The request for a listing's first items, where the page itself fetches them by script; else None."""
        return None

    def links(self, page: Page) -> list[Link]:
        """The articles a listing page names, in order, each once; none where a script would fetch them."""
        listed = self.listed(page)
        if listed or self.first(page) is not None:
            return listed
        return self.unlisted(page) or self.listed(page, everywhere=True)

    def listed(self, page: Page, *, everywhere: bool = False) -> list[Link]:
        """The articles in the items of a layout that is described; in boxes of other news only when told."""
        found: dict[str, Link] = {}
        area = find(page.tree, self.select["list"]) or page.tree
        for item in find_all(area, self.select["item"]):
            link = self.link(page, item) if everywhere or not elsewhere(item) else None
            if link is not None:
                key = self.identity(link.url)
                found[key] = joined(found[key], link) if key in found else link
        return list(found.values())

    def unlisted(self, page: Page) -> list[Link]:
        """The articles of a listing in no layout that is described: by the shape of their addresses.

        A list within a list is a menu, and what a menu names is a standing page; no listing is an article of its own.
        """
        here = self.identity(page.url)
        standing = {page.absolute(attribute(node, "href")) for node in page.tree.css("li li a[href]")}

        def article(url: str) -> str:
            own = host_of(url) == host_of(page.url) and url not in standing and self.is_article(url)
            key = self.identity(url) if own else ""
            return key if key != here else ""

        return shaped(page, article)

    def link(self, page: Page, item: LexborNode) -> Link | None:
        """The article that one item of a listing names, or None."""
        anchors = [item] if item.tag == "a" else find_all(item, self.select["link"] or "a[href]")
        for anchor in anchors:
            url = page.absolute(attribute(anchor, "href"))
            if url and self.is_article(url) and host_of(url) == host_of(page.url):
                date = text_of(find(item, self.select["item_date"]))
                named = text_of(find(item, self.select["item_title"])) or text_of(anchor)
                summary = text_of(find(item, self.select["item_summary"]))
                stated = Stated(date, "listing") if date else None
                return Link(url, named or one_line(attribute(anchor, "title")), stated, summary)
        return None

    def next(self, page: Page) -> Ask | None:
        """The listing page after this one, or None on the last."""
        return following(page, self.select["next"], self.select["pager"])

    def read(self, page: Page, hints: Sequence[Stated] = ()) -> Article:
        """Read an article; `hints` are dates of sitemap, feed and listing. Raises the errors of crawler.verdicts.

        The layout of the address is tried first, then the present one, the others, the generic rules; the reader's
        version tells of the last, and of a portal file's selectors that did not fit.
        """
        return replace(self._read(page, hints), page=page.url, hints=tuple(hints))

    def _read(self, page: Page, hints: Sequence[Stated]) -> Article:
        self.refuse(page)
        for layout in (*(elder for shape, elder in self.gone if shape.search(target(page.url))), self):
            try:
                return layout.once(page, hints)
            except (Unreadable, NotAnArticle) as error:
                missed = error
        article = self._otherwise(page, hints)
        if article is None:
            raise missed
        return article

    def _otherwise(self, page: Page, hints: Sequence[Stated]) -> Article | None:
        for elder in self.elders:
            try:
                article = elder.once(page, hints)
            except ReadingError:
                continue
            failed = f"{self.reader_version}+" if self.own else ""
            until = (("layout", f"until {elder.era.until or 'today'}"),) if elder.era else ()
            return replace(article, reader_version=failed + elder.reader_version, rules=(*until, *article.rules))
        if self.key == FLOOR or not self.is_article(page.url):
            return None
        return rescued(self, self.floor, page, hints)

    def is_listing(self, page: Page) -> bool:
        """Whether a page without a body names articles instead, or cannot be one by its address."""
        return super().is_listing(page) or len(self.listed(page)) > 2
