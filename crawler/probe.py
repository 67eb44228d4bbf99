"""What a probe does with a home page: family, listings, three articles read, a portal file drafted.

It asks at most some twenty pages, at a crawl's pace, and needs no archive.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.records import CaptureKind
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings
from crawler import probe_sources
from crawler.exploring import Explored, explore
from crawler.families import family, keys, recognise
from crawler.page import Page
from crawler.probe_draft import Draft, Said, draft
from crawler.probe_sources import Read, Source
from crawler.probe_visit import Missed, Visit, pace_for, visit

IN_FILE = 3
"""How many listings, and how many feeds, a draft names at most."""


@dataclass(slots=True)
class Findings:
    """All that a probe found out; `tried` has a line for every page asked."""

    url: str
    family: str
    score: float
    evidence: tuple[str, ...]
    others: tuple[str, ...]
    sources: list[Source]
    articles: list[Read]
    draft: Draft
    requests: int = 0
    tried: list[str] = field(default_factory=list)


def probe(url: str, settings: Settings, said: Said, say: Callable[[str], None] = lambda _: None) -> Findings:
    """Look at the portal behind an address; raises UserError when nothing can be seen of it."""
    portal = _unknown(url)
    result = visit([portal], settings, lambda one: look(one, said), say)[portal.slug]
    if isinstance(result, Missed):
        raise UserError(f"{portal.url}: {result}")
    if isinstance(result, Exception):
        raise result
    return result


def _unknown(url: str) -> Portal:
    """A portal of which only the address is known; the host with and without www. is one."""
    whole = url if "://" in url else f"https://{url}"
    host = urlsplit(whole).netloc.lower()
    twin = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    try:
        return Portal.model_validate(
            {
                "slug": "probed",
                "name": host,
                "url": whole,
                "level": "ministry",
                "pace": pace_for(whole),
                "hosts": [twin] if host[:1].isalpha() or host.startswith("www.") else [],
            }
        )
    except ValueError:
        raise UserError(
            f"{url!r} is no address of a portal: write one such as https://queson.quangnam.gov.vn/"
        ) from None


async def look(one: Visit, said: Said) -> Findings:
    """Everything a probe does, in order; raises Missed when the home page cannot be had."""
    rules = await one.rules()
    if rules.later:
        raise Missed(f"{rules.later}; nothing more is asked, try another day")
    home = await one.page(one.portal.url, CaptureKind.HOME)
    found = await explore(home, one.maybe)
    sources, articles = await _seen(one, found, rules.sitemaps)
    made = draft(home, found.family, *_chosen(home, found, sources), said)
    weights = ((key, family(key).recognise(home).score) for key in keys() if key != found.family)
    return Findings(
        url=home.url,
        family=found.family,
        score=found.best.score if found.best else 0.0,
        evidence=found.best.reasons if found.best else (),
        others=tuple(f"{key} {score:.2f}" for key, score in sorted(weights, key=lambda pair: -pair[1])),
        sources=sources,
        articles=articles,
        draft=made,
        requests=one.requests,
        tried=one.log,
    )


async def _seen(one: Visit, found: Explored, sitemaps: tuple[str, ...]) -> tuple[list[Source], list[Read]]:
    """What names articles, and some of them read; once more when they show that the family is another."""
    sources: list[Source] = []
    articles: list[Read] = []
    for _ in range(2):
        reader = family(found.family)
        sources = [*await probe_sources.sitemaps(one, reader, sitemaps), *await probe_sources.feeds(one, reader, found)]
        listings, pages = await probe_sources.listings(one, reader, found)
        sources += listings
        articles, read = await probe_sources.articles(one, reader, sources)
        found.evidence += [evidence for page in (*pages, *read) for evidence in recognise(page)[:1]]
        if found.family == reader.key:
            break
    return sources, articles


def _chosen(home: Page, found: Explored, sources: list[Source]) -> tuple[list[str], list[str]]:
    """The reform listings and reform feeds for the file, relative to the portal's address."""
    root = f"{urlsplit(home.url).scheme}://{urlsplit(home.url).netloc}"
    named = [source for source in sources if source.articles and source.reform]
    listings, feeds = (
        [source.url.removeprefix(root) for source in named if source.kind == kind][:IN_FILE]
        for kind in ("listing", "feed")
    )
    unseen = [listing.url.removeprefix(root) for listing in found.listings if listing.reform]
    return listings or unseen[:IN_FILE], feeds
