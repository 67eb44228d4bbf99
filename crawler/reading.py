"""How one article's page is read with one set of selectors: fields, dates, and when it is none."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from archive.records import Article, Stated
from crawler.address import NOT_PAGES, host_of, target, tidy
from crawler.body import Body, read_body
from crawler.boilerplate import Trimmed, lead, trimmed
from crawler.classify import challenge
from crawler.files import unique
from crawler.page import Page, attribute, find, find_all, one_line, text_of
from crawler.selection import Selection
from crawler.verdicts import Challenged, Moved, NotAnArticle, ReadingError, Unreadable

CRUMBS = "[class*=breadcrumb], .bread"
NO_CATEGORY = re.compile(r"trang chủ|trang nhất|chi tiết.*|tin chi tiết|home", re.IGNORECASE)
REFRESH = re.compile(r"""url\s*=\s*["']?([^"'>\s]+)""", re.IGNORECASE)
STUB = 20_000


class Reader(Selection):
    """Reads articles; what it takes for one is said by the address rules of the family that it is."""

    key: ClassVar[str] = ""
    version: ClassVar[int] = 1
    dates: ClassVar[tuple[str, ...]] = ("page", "jsonld", "meta", "listing", "feed", "sitemap", "url")
    """Sources of dates in the order in which they are trusted; a source that is not named is not read."""
    articles: ClassVar[str] = r"/[^/]+$"
    """Pattern that the path and query of every article's address match."""
    prints: ClassVar[str] = r"(?!)"
    """Pattern in the address of a print view."""
    whole_body: ClassVar[bool] = False
    """Whether the body element holds the body and nothing else, so that no line of it is taken out."""

    newspaper: ClassVar[bool] = False
    """Whether texts begin with the initials of the paper, which are its mark and not the text's."""

    def __init__(self, selectors: Mapping[str, str], portal: Mapping[str, str]) -> None:
        super().__init__(selectors, portal)
        self._articles, self._prints = (re.compile(rule, re.IGNORECASE) for rule in (self.articles, self.prints))
        self.reader_version = f"{self.key}-{self.version}"

    def is_article(self, url: str) -> bool:
        """Whether an address has the shape of an article's; cheap, before anything is fetched."""
        path = target(url)
        if not path or NOT_PAGES.search(path.partition("?")[0]) or self._prints.search(path):
            return False
        return self._articles.search(path) is not None

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

    def once(self, page: Page, hints: Sequence[Stated] = ()) -> Article:
        """Read an article with these selectors and no others; raises the errors of crawler.verdicts."""
        self.used = {}
        box = self.box(page)
        title = self.title(page, box)
        body = self.body(page, box)
        if body is None and not (title and self.is_article(page.url)) and self.is_listing(page):
            raise NotAnArticle("it lists articles and is none")
        if not title or body is None:
            raise Unreadable("body" if title else "title")
        trim = Trimmed(body.lines) if self.whole_body else trimmed(body.lines, title, newspaper=self.newspaper)
        first = "" if self.whole_body else lead(trim.lines)
        summary = self.text(page, box, "summary") or first
        body.lines = trim.lines[1:] if first and first == summary else trim.lines
        files = tuple(unique([*self.files(page, box), *body.files]))
        if not body.lines and not files:
            raise Unreadable("body")
        article = Article(
            url=self.canonical(page.url, page),
            title=title,
            body=body.text,
            family=self.key,
            reader_version=self.reader_version,
            summary=summary,
            dates=self.stated(page, box, hints),
            author=self.labelled(page, box, "author") or trim.author,
            source=self.labelled(page, box, "source") or trim.source,
            category=self.category(page, box),
            attachments=files,
            captions=self.captions(page, box, body),
            rules=self.rules(),
        )
        return self.refine(article, page)

    def rules(self) -> tuple[tuple[str, str], ...]:
        """The selectors that found the fields of the page that was read last; `drop` and fields without one are not."""
        said = self.used.items()
        return tuple((name, f"{rule} (portal file)" if name in self.own else rule) for name, rule in said)

    def box(self, page: Page) -> LexborNode | None:
        """The element that holds the article, else the whole body."""
        return find(page.tree, self.select["article"]) or page.tree.body

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
        """Whether a page without a body cannot be an article by its address."""
        return not self.is_article(page.url)

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
