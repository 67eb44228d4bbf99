"""A family reads the pages of one kind of CMS: selectors, and rules for what is truly odd.

No network, no database: a stored capture is read again by the same code. What a page may answer
instead of an article, each meaning one action:

ReadingError
├── NotAnArticle     a listing, the home page, an answer of the frame alone: skip and count
├── Challenged       a challenge, block or stub page: quarantine it, perhaps stop the portal
├── Unreadable       the field it names could not be read: keep the capture, report the field
└── Moved            the article stands at another address: follow once
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from archive.records import Article, Stated
from crawler.address import NOT_PAGES, host_of, target, tidy
from crawler.body import Body, read_body
from crawler.boilerplate import Trimmed, trimmed
from crawler.classify import challenge
from crawler.files import unique
from crawler.fingerprint import Evidence, Mark, weighed
from crawler.links import Link, joined
from crawler.page import Page, attribute, find, find_all, one_line, text_of
from crawler.paging import Ask, following
from crawler.selection import Selection

__all__ = [
    "Ask",
    "Challenged",
    "Evidence",
    "Family",
    "Link",
    "Mark",
    "Moved",
    "NotAnArticle",
    "ReadingError",
    "Unreadable",
]

CRUMBS = "[class*=breadcrumb], .bread"
NO_CATEGORY = re.compile(r"trang chủ|trang nhất|chi tiết.*|tin chi tiết|home", re.IGNORECASE)
REFRESH = re.compile(r"""url\s*=\s*["']?([^"'>\s]+)""", re.IGNORECASE)
STUB = 20_000


class ReadingError(Exception):
    """A page was not read as an article; the subclass says what to do."""


class NotAnArticle(ReadingError):  # noqa: N818  (these four are verdicts, not faults)
    """The page is a listing, a home page or empty of an article; the message says which."""


class Challenged(ReadingError):  # noqa: N818
    """The page is a challenge, a block or a stub served in place of the article."""


class Unreadable(ReadingError):  # noqa: N818
    """A field without which there is no article could not be read."""

    def __init__(self, field: str) -> None:
        super().__init__(f"no {field}")
        self.field = field


class Moved(ReadingError):  # noqa: N818
    """The article is to be read at another address."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Family(Selection):
    """The base of every family; a subclass gives selectors, marks and, where the CMS is odd, a method."""

    key: ClassVar[str] = ""
    version: ClassVar[int] = 1
    selectors: ClassVar[Mapping[str, str]] = MappingProxyType({})
    dates: ClassVar[tuple[str, ...]] = ("page", "jsonld", "meta", "listing", "feed", "sitemap", "url")
    marks: ClassVar[tuple[Mark, ...]] = ()
    articles: ClassVar[str] = r"/[^/]+$"
    """Pattern that the path and query of every article's address match."""
    sections: ClassVar[str] = ""
    """Pattern in the path of a listing's address; empty when the family has no shape for it."""
    prints: ClassVar[str] = r"(?!)"
    """Pattern in the address of a print view."""
    whole_body: ClassVar[bool] = False
    """Whether the body element holds the body and nothing else, so that no line of it is taken out."""
    known: ClassVar[dict[str, type["Family"]]] = {}

    def __init_subclass__(cls, key: str) -> None:
        cls.key = key
        cls.known[key] = cls

    def __init__(self, selectors: Mapping[str, str] = MappingProxyType({})) -> None:
        """`selectors` are a portal file's, instead of the family's; raises PortalError for a wrong one."""
        super().__init__(self.selectors, selectors)
        self._articles, self._prints = (re.compile(rule, re.IGNORECASE) for rule in (self.articles, self.prints))
        self.reader_version = f"{self.key}-{self.version}"

    def recognise(self, page: Page) -> Evidence:
        """How much speaks for this family: each mark found makes the doubt smaller by its weight."""
        return weighed(self.key, self.marks, page)

    def is_article(self, url: str) -> bool:
        """Whether an address has the shape of an article's; cheap, before anything is fetched."""
        path = target(url)
        if not path or NOT_PAGES.search(path.partition("?")[0]) or self._prints.search(path):
            return False
        return self._articles.search(path) is not None

    def is_listing_address(self, url: str) -> bool:
        """Whether an address cannot be an article's, so that it may list some."""
        path = target(url)
        return bool(path) and not self.is_article(url) and not NOT_PAGES.search(path.partition("?")[0])

    def canonical(self, url: str, page: Page | None = None) -> str:
        """The article's one address, tidied; what the page declares as its own wins."""
        declared = page.declared if page is not None else ""
        if declared and host_of(declared) == host_of(url) and self.is_article(declared):
            url = declared
        url = tidy(url)
        return self.plain(url) if target(url) else url

    def plain(self, url: str) -> str:
        """The family's own rule for one address out of many; the base has none."""
        return url

    def identity(self, url: str) -> str:
        """What tells articles of one portal apart before they are fetched: aliases of an article share it."""
        return self.canonical(url)

    def links(self, page: Page) -> list[Link]:
        """The articles a listing page names, in order, each once."""
        found: dict[str, Link] = {}
        area = find(page.tree, self.select["list"]) or page.tree
        for item in find_all(area, self.select["item"]):
            link = self.link(page, item)
            if link is not None:
                key = self.identity(link.url)
                found[key] = joined(found[key], link) if key in found else link
        return list(found.values())

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
        """Read an article; `hints` are dates of sitemap, feed and listing. Raises the errors of this module."""
        self.refuse(page)
        box = find(page.tree, self.select["article"]) or page.tree.body
        title = self.title(page, box)
        body = self.body(page, box)
        if body is None and not (title and self.is_article(page.url)) and self.is_listing(page):
            raise NotAnArticle("it lists articles and is none")
        if not title or body is None:
            raise Unreadable("body" if title else "title")
        trim = Trimmed(body.lines) if self.whole_body else trimmed(body.lines, title)
        body.lines = trim.lines
        files = tuple(unique([*self.files(page, box), *body.files]))
        if not body.lines and not files:
            raise Unreadable("body")
        article = Article(
            url=self.canonical(page.url, page),
            title=title,
            body=body.text,
            family=self.key,
            reader_version=self.reader_version,
            summary=self.text(page, box, "summary"),
            dates=self.stated(page, box, hints),
            author=self.labelled(page, box, "author") or trim.author,
            source=self.labelled(page, box, "source") or trim.source,
            category=self.category(page, box),
            attachments=files,
            captions=self.captions(page, box, body),
        )
        return self.refine(article, page)

    def refine(self, article: Article, page: Page) -> Article:
        """The one late hook: what a CMS or a portal has that no selector can say."""
        return article

    def refuse(self, page: Page) -> None:
        """Raise for a page that is no article by its address or its first bytes."""
        if len(page.body) < STUB:
            reason = challenge(page.text)
            if reason:
                raise Challenged(reason)
            refresh = page.first("meta[http-equiv=refresh i]")
            found = REFRESH.search(attribute(refresh, "content"))
            if found and page.absolute(found[1]) not in {"", page.url}:
                raise Moved(page.absolute(found[1]))
        if self._prints.search(target(page.url)):
            raise self.moved(page)
        if urlsplit(page.url).path in {"", "/"} and not urlsplit(page.url).query:
            raise NotAnArticle("it is the home page")

    def moved(self, page: Page) -> ReadingError:
        """Where the article of a print view stands: by the address, as declared, or the first link of that shape."""
        linked = (page.absolute(attribute(a, "href")) for a in page.tree.css("a[href]"))
        for url in (self.plain(page.url), page.declared, *linked):
            if url and self.is_article(url) and host_of(url) == host_of(page.url):
                return Moved(self.canonical(url))
        return NotAnArticle("it is a print view that does not name its article")

    def is_listing(self, page: Page) -> bool:
        """Whether a page without a body names articles instead, or cannot be one by its address."""
        return not self.is_article(page.url) or len(self.links(page)) > 2

    def body(self, page: Page, box: LexborNode | None) -> Body | None:
        """The article's body, or None when the page has no element for it."""
        node = self.node(page, box, "body")
        if node is None:
            return None
        return read_body(page, node, self.select["drop"], captions_stay=self.whole_body)

    def title(self, page: Page, box: LexborNode | None) -> str:
        """The title as printed; empty when there is none."""
        return text_of(self.node(page, box, "title"))

    def category(self, page: Page, box: LexborNode | None) -> str:
        """The category: the selector's, else what the metadata calls the section, else the last breadcrumb link."""
        found = page.text_of(self.select["category"]) or page.meta("article:section")
        if found:
            return found
        crumbs = [text_of(node) for node in find_all(page.first(CRUMBS), "a")]
        return crumbs[-1] if len(crumbs) > 1 and not NO_CATEGORY.fullmatch(crumbs[-1]) else ""

    def captions(self, page: Page, box: LexborNode | None, body: Body) -> tuple[str, ...]:
        """Captions of the article's pictures, each once."""
        outside = (text_of(node) for node in self.nodes(page, box, "caption"))
        return tuple(dict.fromkeys(caption for caption in [*outside, *body.captions] if caption))

    def stated(self, page: Page, box: LexborNode | None, hints: Sequence[Stated]) -> tuple[Stated, ...]:
        """Every date stated, in the family's order of trust; sources it does not trust are left out."""
        candidates = [*hints, *self.own_dates(page, box)]
        ranked = sorted(
            (date for date in candidates if date.text and date.source in self.dates),
            key=lambda date: self.dates.index(date.source),
        )
        return tuple(dict.fromkeys(ranked))

    def own_dates(self, page: Page, box: LexborNode | None) -> Iterator[Stated]:
        """The dates that page, metadata and address state."""
        yield Stated(self.text(page, box, "date"), "page")
        if "meta" in self.dates:
            marked = attribute(find(box, "meta[itemprop=datePublished]"), "content")
            yield Stated(page.meta("article:published_time") or one_line(marked), "meta")
        if "url" in self.dates:
            yield Stated(self.url_date(page.url), "url")

    def url_date(self, url: str) -> str:
        """The publication date in an address, as written there; empty when the family has none."""
        return ""
