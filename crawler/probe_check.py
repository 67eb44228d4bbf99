"""Asks a portal a few pages to see whether it still is what its file says; at most six requests, nothing is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from archive.dates import ImpossibleDate
from archive.records import CaptureKind
from config.portal import Portal
from config.settings import Settings
from crawler import discovery
from crawler.families import family, recognise
from crawler.family import Family, Link, ReadingError
from crawler.page import Page
from crawler.probe_visit import Missed, Visit, visit

MOST_REQUESTS = 6
"""Requests a portal, robots.txt, redirects and tries included, after which nothing more is asked."""
SURE = 0.5


@dataclass(slots=True)
class Checked:
    """What a check saw; `problems` are empty for a portal that is well."""

    portal: str
    url: str
    reachable: bool = False
    tls: str = ""
    robots: str = ""
    family: str = ""
    listings: int = 0
    articles: int = 0
    title: str = ""
    requests: int = 0
    problems: list[str] = field(default_factory=list)


def check(portals: Sequence[Portal], settings: Settings, say: Callable[[str], None]) -> list[Checked]:
    """Ask each portal, in the order given."""
    results = visit(portals, settings, _look, say)
    checked = []
    for portal in portals:
        result = results[portal.slug]
        if isinstance(result, Exception):
            result = Checked(portal.slug, portal.url, problems=[str(result) or type(result).__name__])
        checked.append(result)
    return checked


async def _look(one: Visit) -> Checked:
    seen = Checked(one.portal.slug, one.portal.url)
    try:
        await _steps(one, seen)
    except Missed as error:
        seen.problems.append(str(error))
    seen.requests = one.requests
    return seen


async def _steps(one: Visit, seen: Checked) -> None:
    portal = one.portal
    rules = await one.rules()
    seen.reachable = True
    seen.tls = _tls(portal)
    seen.robots = rules.later or "read"
    if rules.later:
        raise Missed(rules.later)
    home = await one.page(portal.url, CaptureKind.HOME)
    best = next(iter(recognise(home)), None)
    listing = await _listing(one, home, seen)
    evidence = [found for page in (home, listing) if page is not None for found in recognise(page)[:1]]
    best = max(evidence, key=lambda found: found.score, default=best)
    seen.family = best.family if best else "generic"
    configured = portal.family or seen.family
    if best and configured != seen.family and best.score >= SURE:
        seen.problems.append(f"the file says family {configured}, the pages are of {seen.family}")
    if listing is not None:
        await _article(one, family(configured, portal.selectors), listing, seen)


def _tls(portal: Portal) -> str:
    if portal.url.startswith("http://"):
        return "none"
    return f"valid with {portal.tls}" if portal.tls else "valid"


async def _listing(one: Visit, home: Page, seen: Checked) -> Page | None:
    """The first listing that the file names, else the first that the home page does."""
    found = discovery.listings(home)
    named = [urljoin(one.portal.url, path) for path in one.portal.listings]
    seen.listings = len(named) or len(found)
    if not seen.listings:
        seen.problems.append("no listing was found on the home page: name one in the file")
        return None
    url = [*named, *(listing.url for listing in found)][0]
    try:
        return await one.page(url, CaptureKind.LISTING)
    except Missed as error:
        seen.problems.append(f"{url}: {error}")
        return None


async def _article(one: Visit, reader: Family, listing: Page, seen: Checked) -> None:
    first = reader.first(listing)
    links: list[Link] = reader.links(listing)
    if first is not None and one.requests < MOST_REQUESTS - 1:
        try:
            links = [*reader.links(await one.page(first, CaptureKind.LISTING)), *links]
        except Missed as error:
            seen.problems.append(f"{first.url}: {error}")
    seen.articles = len({reader.identity(link.url) for link in links})
    if not links:
        seen.problems.append(f"{listing.url}: no article is named there")
        return
    for link in links[: max(0, min(2, MOST_REQUESTS - one.requests))]:
        try:
            page = await one.page(link.url, CaptureKind.ARTICLE)
            seen.title = reader.read(page, (link.stated,) if link.stated else ()).title
            return
        except (Missed, ReadingError, ImpossibleDate) as error:
            said = f"{link.url}: not read, {error}"
    seen.problems.append(said)
