"""The floor under every family: structured data, then a main-text extractor; links by shape and label."""

import re
from collections.abc import Iterator
from typing import ClassVar

from selectolax.lexbor import LexborNode

from archive.records import Article, FileLink, Stated
from crawler.address import host_of, target
from crawler.body import Body, read_body
from crawler.family import Evidence, Family, Link, NotAnArticle
from crawler.files import file_link
from crawler.headline import confirmed, heading
from crawler.main_text import around, extracted, fullest
from crawler.page import Page, attribute, one_line, text_of
from crawler.printed import printed
from crawler.shaped import shaped
from crawler.structured import described

SITE_SUFFIX = re.compile(
    r"\s+[-–|»]\s+(?:cổng|trang|báo|website|ubnd|sở|bộ|huyện|tỉnh|thành phố)\b[^|»]*$", re.IGNORECASE
)
DETAIL = re.compile(
    r"(?:[-/_.]|=)\d{2,}(?:\.\w+)?/?$|/\d{4}/\d{1,2}/|(?:^|[/=])[^/?=]*(?:[-_][^/?_-]+){6,}|[?&](?:\w*id)=\w",
    re.IGNORECASE,
)
SECTION = re.compile(r"^/(?:vi/)?(?:chuyen-muc|danh-muc|chu-de|category|categories)/[^/?]+/?$", re.IGNORECASE)
LISTED = re.compile(r"^[-•*|\s]+|\s*\(?\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\)?$")
"""What stands around a title in a list."""
TEASER = 600
"""Letters that a listing prints of an article, at most."""
LINKS_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z)\b", re.IGNORECASE)
MENU = "li li a[href]"
"""A list within a list is how menus are written, whatever their classes; what they name are standing pages."""


class Generic(Family, key="generic"):
    """Reads what has no family; slower, and less sure of what is an article."""

    version = 2
    selectors: ClassVar[dict[str, str]] = {
        "article": "[itemtype$=Article] || article",
        "title": "[itemprop=headline] || article h1 || main h1 || h1",
        "summary": "[itemprop=description]:not(meta) || .sapo || [class*=sapo] || [class*=lead] || .entry-summary",
        "date": "time[itemprop=datePublished] || time[datetime] || time || .entry-date || .posted-on",
        "body": "[itemprop=articleBody] || .entry-content",
        "drop": "[class*=related], [class*=share], [class*=comment], [class*=rating], nav, aside",
        "author": "[itemprop=author] [itemprop=name] || [rel=author] || [class*=author]",
        "category": "[rel~=category]",
        "attachment": "[class*=attach] a[href], [class*=dinh-kem] a[href], [class*=dinhkem] a[href], a[download]",
        "pager": ".pagination || .pager || .paging || .wp-pagenavi || .nav-links || [class*=pagin], [class*=phantrang]",
        "next": "link[rel=next] || a[rel=next] || a.next",
    }
    dates = ("page", "jsonld", "meta", "listing", "feed", "url", "sitemap")
    articles = r"^/[^/?]|^/\?."

    def recognise(self, page: Page) -> Evidence:
        """Always possible, and likelier than a family of which only a weak trait is seen."""
        return Evidence(self.key, 0.45, ("no family's traits are needed",))

    def is_article(self, url: str) -> bool:
        return super().is_article(url) and not self._is_section(url)

    def _is_section(self, url: str) -> bool:
        """Whether an address names a section, as many portals write it, and nothing like an article in it."""
        path = target(url)
        return SECTION.search(path) is not None and not DETAIL.search(path)

    def is_listing_address(self, url: str) -> bool:
        return self._is_section(url) or (super().is_article(url) and not DETAIL.search(target(url)))

    def unlisted(self, page: Page) -> list[Link]:
        """The fullest list of addresses like articles' whose labels are as long as titles."""
        standing = {page.absolute(attribute(node, "href")) for node in page.tree.css(MENU)}
        linked = (page.absolute(attribute(node, "href")) for node in page.tree.css("a[href]") if _titled(node))
        titled = {url for url in linked if host_of(url) == host_of(page.url) and self.is_article(url)}
        return shaped(page, lambda url: self.canonical(url) if url in titled and url not in standing else "")

    def box(self, page: Page) -> LexborNode | None:
        """Of the elements that say they are articles, the fullest: the others are teasers."""
        found = page.css(self.select["article"])
        return max(found, key=lambda node: len(node.text()), default=None) or page.tree.body

    def title(self, page: Page, box: LexborNode | None) -> str:
        stated = described(page).get("headline")
        headline = one_line(stated) if isinstance(stated, str) else ""
        selected = super().title(page, box)
        if headline or self.own or confirmed(page, selected):
            return headline or selected
        found = text_of(heading(page, self.main(page, box)))
        return found or selected or SITE_SUFFIX.sub("", page.meta("og:title") or page.text_of("title"))

    def body(self, page: Page, box: LexborNode | None) -> Body | None:
        """The marked body, else the element with most paragraphs, else what the extractor takes for the main text."""
        marked = super().body(page, box)
        if marked is None and self.is_listing(page):
            raise NotAnArticle("it lists articles")
        if marked is None:
            main = self.main(page, box)
            marked = read_body(page, main, self.select["drop"]) if main is not None else extracted(page)
        return marked

    def main(self, page: Page, box: LexborNode | None) -> LexborNode | None:
        """The element of the body: the marked one, else the one with most prose."""
        key = self, box.mem_id if box is not None else 0
        if key not in page.kept:
            page.kept[key] = self.node(page, box, "body") or fullest(box) or fullest(page.tree.body)
        found: LexborNode | None = page.kept[key]
        return found

    def files(self, page: Page, box: LexborNode | None) -> Iterator[FileLink]:
        """Files of a box that is named as one, else those linked in the element that holds heading and body."""
        boxed = list(super().files(page, box))
        main = self.main(page, box) if not boxed and LINKS_FILE.search(page.text) else None
        area = around(heading(page, main), main) if main is not None else None
        linked = (file_link(page, node) for node in (area.css("a[href], iframe[src]") if area is not None else ()))
        yield from boxed or (link for link in linked if link is not None)

    def is_listing(self, page: Page) -> bool:
        """A page that claims to be an article is one; a pager, or an address like a section's, makes a listing."""
        if described(page) or page.meta("og:type") == "article":
            return False
        paged = not DETAIL.search(target(page.url)) or self.next(page) is not None
        return paged and len(self.named(page)) >= 5

    def named(self, page: Page) -> list[Link]:
        """The articles that a page names, found out once."""
        key = self, "links"
        if key not in page.kept:
            page.kept[key] = self.links(page)
        found: list[Link] = page.kept[key]
        return found

    def text(self, page: Page, box: LexborNode | None, name: str) -> str:
        found = super().text(page, box, name)
        return found or (one_line(str(described(page).get("description") or "")) if name == "summary" else "")

    def category(self, page: Page, box: LexborNode | None) -> str:
        section = described(page).get("articleSection")
        return one_line(section) if isinstance(section, str) else super().category(page, box)

    def own_dates(self, page: Page, box: LexborNode | None) -> Iterator[Stated]:
        node = self.node(page, box, "date")
        shown = attribute(node, "datetime") or text_of(node)
        yield Stated(shown or self.printed(page, box), "page")
        yield Stated(str(described(page).get("datePublished") or ""), "jsonld")
        yield from (date for date in super().own_dates(page, box) if date.source != "page")

    def printed(self, page: Page, box: LexborNode | None) -> str:
        """The date beside heading or body, where no element is named as one."""
        main = self.main(page, box)
        return printed(page, heading(page, main), main)

    def refine(self, article: Article, page: Page) -> Article:
        if len(article.body) < 80 and not article.attachments and self.named(page):
            raise NotAnArticle("no text of an article stands in it")
        lines = [LISTED.sub("", line) for line in article.body.split("\n")]
        labels = {text_of(node) for node in page.tree.css("li a[href]")}
        if article.body and sum(line in labels for line in lines) > len(lines) / 2:
            raise NotAnArticle("what it says is its menu")
        if not DETAIL.search(target(page.url)) and self._lists(page, lines):
            raise NotAnArticle("what it says are teasers of articles")
        return article

    def _lists(self, page: Page, lines: list[str]) -> bool:
        """Whether a text is the titles of all articles that the page lists, and not more than teasers beside."""
        labels = (text_of(node) or one_line(attribute(node, "title")) for node in page.tree.css("a[href]"))
        if set(lines).isdisjoint(labels):  # found out sooner than what a page lists
            return False
        titles = [link.title for link in self.named(page)]
        return bool(titles) and set(titles) <= set(lines) and sum(map(len, lines)) <= TEASER * len(titles)


def _titled(node: LexborNode) -> bool:
    """Whether a link is labelled as articles are, and stands in a heading or leads to an address like theirs."""
    title = text_of(node) or one_line(attribute(node, "title"))
    headed = node.parent is not None and (node.parent.tag or "") in {"h1", "h2", "h3", "h4", "h5"}
    long = len(title) >= 25 and len(title.split()) >= 5
    return long and (headed or DETAIL.search(attribute(node, "href")) is not None)
