"""What imported listings, feeds and sitemaps say of articles: their dates, and which are listed as reform."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from archive.dates import ImpossibleDate, parse_stated
from archive.records import CaptureKind, Stated
from crawler import discovery
from crawler.address import NOT_PAGES, target
from crawler.families import recognise
from crawler.family import Family, Link
from crawler.feeds import NotAFeed, read_feed, read_sitemap
from crawler.page import Page

FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z)$", re.IGNORECASE)
LISTS = re.compile(r"\.xml(?:\.gz)?$|\.rss$|\.atom$", re.IGNORECASE)


def likeliest(pages: Iterable[Page]) -> str:
    """The family that speaks most clearly from all the pages together."""
    scores: defaultdict[str, float] = defaultdict(float)
    for page in pages:
        for evidence in recognise(page)[:1]:
            scores[evidence.family] += evidence.score
    return max(scores, key=lambda key: scores[key], default="generic")


def kind_of(url: str, home: str, reader: Family) -> CaptureKind | None:
    """What a capture is of, by its address; None for what is never kept: pictures, styles, scripts."""
    path = urlsplit(url).path
    if path in {"", "/", urlsplit(home).path} and not urlsplit(url).query:
        return CaptureKind.HOME
    if FILES.search(path) or LISTS.search(path):
        return CaptureKind.ATTACHMENT if FILES.search(path) else CaptureKind.SITEMAP
    if NOT_PAGES.search(path) or path == "/robots.txt":
        return None
    if reader.is_listing_address(url) or discovery.FEED_ADDRESS.search(target(url)):
        return CaptureKind.LISTING
    return CaptureKind.ARTICLE if reader.is_article(url) else CaptureKind.LISTING


class Lists:
    """Everything that lists said, by the identity of the article."""

    def __init__(self, reader: Family) -> None:
        self.reader = reader
        self._hints: defaultdict[str, list[Stated]] = defaultdict(list)
        self._reform: set[str] = set()

    def read(self, page: Page) -> CaptureKind | None:
        """Take in what a page names; what kind of list it is, or None when it names no article."""
        for kind, read in ((CaptureKind.SITEMAP, _of_sitemap), (CaptureKind.FEED, read_feed)):
            try:
                return kind if self._take(read(page.body, page.url), page.url) else None
            except NotAFeed:
                continue
        home = urlsplit(page.url).path in {"", "/"}
        label = "" if home else page.text_of("h1 || title")
        links = self.reader.links(page)
        if not self._take(links, page.url, label):
            return None
        return CaptureKind.HOME if home else CaptureKind.LISTING

    def _take(self, links: list[Link], url: str, label: str = "") -> bool:
        reform = discovery.is_reform_listing(url, "", label)
        own = [link for link in links if self.reader.is_article(link.url)]
        for link in own:
            key = self.reader.identity(link.url)
            if link.stated and link.stated not in self._hints[key]:
                self._hints[key].append(link.stated)
            if reform:
                self._reform.add(key)
        return bool(own)

    def hints(self, url: str, at: datetime) -> list[Stated]:
        """The dates that lists stated for an article, without those after the capture: they are of a later edition."""
        return [hint for hint in self._hints.get(self.reader.identity(url), []) if _possible(hint, at)]

    def listed(self, url: str) -> bool:
        """Whether a reform listing named it."""
        return self.reader.identity(url) in self._reform


def _of_sitemap(body: bytes, url: str) -> list[Link]:
    return read_sitemap(body, url).links


def _possible(hint: Stated, at: datetime) -> bool:
    try:
        return parse_stated(hint.text, at) is not None
    except ImpossibleDate:
        return False
