"""What a probe asks of a portal: its sitemaps, feeds and listings, and a few of the articles they name."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urljoin

from archive.dates import ImpossibleDate, choose
from archive.records import Article, CaptureKind
from crawler import discovery
from crawler.address import tidy
from crawler.discovery import Listing
from crawler.exploring import Explored
from crawler.family import Ask, Family, Link, Moved, ReadingError
from crawler.feeds import NotAFeed, read_feed, read_sitemap
from crawler.page import Page
from crawler.probe_visit import Missed, Visit, page_of

ARTICLES = 3
MOST_TRIED = 6
LISTINGS_TRIED = 4
FEEDS_TRIED = 3
SITEMAPS_TRIED = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A sitemap, feed or listing that answered: how many articles it names, how many with a date, and why it is one."""

    kind: str
    url: str
    articles: int
    dated: int
    reform: bool
    why: str
    links: tuple[Link, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Read:
    """An article as it was read; `date` is ISO, `dated_by` where it stands, `reason` why it could not be read."""

    url: str
    title: str = ""
    date: str = ""
    dated_by: str = ""
    body_chars: int = 0
    attachments: int = 0
    reason: str = ""


async def sitemaps(one: Visit, reader: Family, named: tuple[str, ...]) -> list[Source]:
    """The sitemaps that answer, those of news before others."""
    waiting = list(named) or [urljoin(one.portal.url, "/sitemap.xml")]
    found: list[Source] = []
    for _ in range(SITEMAPS_TRIED):
        if not waiting:
            break
        url = waiting.pop(0)
        try:
            answer = await one.answer(url, CaptureKind.SITEMAP)
            sitemap = read_sitemap(answer.body, answer.url)
        except (Missed, NotAFeed) as error:
            one.log.append(f"{url}: no sitemap ({error})")
            continue
        waiting = [child for child in sitemap.children if "news" in child] + waiting
        waiting += [child for child in sitemap.children if child not in waiting]
        if sitemap.links:
            found.append(
                _source("sitemap", url, reader, sitemap.links, "robots.txt names it" if named else "it answers")
            )
    return found


async def feeds(one: Visit, reader: Family, found: Explored) -> list[Source]:
    """The feeds that answer; a page that lists feeds stands in for those it names."""
    sources: list[Source] = []
    waiting, tried = list(found.feeds), 0
    while waiting and tried < FEEDS_TRIED:
        url, tried = waiting.pop(0), tried + 1
        try:
            answer = await one.answer(url, CaptureKind.FEED)
            links = read_feed(answer.body, answer.url)
        except Missed as error:
            if error.answer is not None and error.answer.status == 200:
                waiting = [feed for feed in discovery.feeds(page_of(error.answer)) if feed not in found.feeds] + waiting
            continue
        except NotAFeed:
            continue
        sources.append(_source("feed", url, reader, links, "the portal names it"))
    return sources


async def listings(one: Visit, reader: Family, found: Explored) -> tuple[list[Source], list[Page]]:
    """The first listings, reform ones before others, as far as they answer; what their first page names."""
    sources: list[Source] = []
    pages: list[Page] = []
    reform = [listing for listing in found.listings if listing.reform]
    for listing in [*reform, *(other for other in found.listings if not other.reform)][:LISTINGS_TRIED]:
        named = {reader.identity(link.url) for source in sources for link in source.links}
        if not listing.reform and len(named) >= ARTICLES:
            break
        page = await one.maybe(listing.url, CaptureKind.LISTING)
        if page is not None:
            pages.append(page)
            sources.append(await _listing(one, reader, listing, page))
    return sources, pages


async def _listing(one: Visit, reader: Family, listing: Listing, page: Page) -> Source:
    first = reader.first(page)
    links, why = reader.links(page), listing.why
    if first is not None:
        fragment = await _fragment(one, first)
        links = [*(reader.links(fragment) if fragment else ()), *links]
        why = f"{why}; its items come from {first.method} {first.url}"
    reform = listing.reform or discovery.is_reform_listing(page.url, "", page.text_of("h1 || title"))
    source = _source("listing", listing.url, reader, links, why)
    return replace(source, reform=reform)


async def _fragment(one: Visit, what: Ask) -> Page | None:
    try:
        return await one.page(what, CaptureKind.LISTING)
    except Missed:
        return None


def _source(kind: str, url: str, reader: Family, links: list[Link], why: str) -> Source:
    own = {reader.identity(link.url): link for link in links if reader.is_article(link.url)}
    dated = sum(link.stated is not None for link in own.values())
    return Source(kind, url, len(own), dated, discovery.is_reform_listing(url), why, tuple(own.values()))


async def articles(one: Visit, reader: Family, sources: list[Source]) -> tuple[list[Read], list[Page]]:
    """Read three articles, from reform listings first; a page that could not be read is told with its reason."""
    order = sorted(sources, key=lambda source: (not source.reform, source.kind == "sitemap"))
    wanted = {reader.identity(link.url): link for source in order for link in source.links}
    found: list[Read] = []
    pages: list[Page] = []
    for link in list(wanted.values())[:MOST_TRIED]:
        if sum(not read.reason for read in found) >= ARTICLES:
            break
        read, page = await _article(one, reader, link)
        found.append(read)
        pages += [page] if page is not None else []
    return found, pages


async def _article(one: Visit, reader: Family, link: Link) -> tuple[Read, Page | None]:
    hints = (link.stated,) if link.stated else ()
    page: Page | None = None
    try:
        page = await one.page(tidy(link.url), CaptureKind.ARTICLE)
        try:
            article = reader.read(page, hints)
        except Moved as moved:
            page = await one.page(moved.url, CaptureKind.ARTICLE)
            article = reader.read(page, hints)
        return _told(article), page
    except (Missed, ReadingError, ImpossibleDate) as error:
        return Read(link.url, link.title, reason=str(error) or type(error).__name__), page


def _told(article: Article) -> Read:
    published = choose(article.dates, datetime.now(UTC))
    return Read(
        url=article.url,
        title=article.title,
        date=published.at.isoformat() if published else "",
        dated_by=published.source if published else "",
        body_chars=len(article.body),
        attachments=len(article.attachments),
    )
