"""Finds a portal's listings from its home page alone, and from a few pages that it leads to; knows no network."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from archive.records import CaptureKind
from crawler import discovery
from crawler.discovery import Listing
from crawler.families import family, keys, recognise
from crawler.family import Ask, Evidence
from crawler.page import Page

SURE = 0.5
"""How sure a page must leave us of its family, so that no further page is asked for that alone."""
MOST_DEEPER = 5
MOST_FEEDS = 3
"""How many feeds that are not about reform are remembered."""

Asker = Callable[[Ask | str, CaptureKind], Awaitable[Page | None]]
"""Asks for an address; None when what came cannot be read, whatever the reason."""


@dataclass(slots=True)
class Explored:
    """What a home page leads to; `why` has a sentence for everything that was found."""

    evidence: list[Evidence] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    @property
    def family(self) -> str:
        """The likeliest family; `generic` when nothing speaks for another."""
        return self.best.family if self.best else "generic"

    @property
    def best(self) -> Evidence | None:
        """What speaks most clearly."""
        return max(self.evidence, key=lambda one: one.score, default=None)

    @property
    def few_feeds(self) -> tuple[str, ...]:
        """The reform feeds, and a few of the others: a feed a section is more than a night should ask for."""
        others = [url for url in self.feeds if not discovery.is_reform_listing(url)]
        return (*(url for url in self.feeds if url not in others), *others[:MOST_FEEDS])

    def add(self, listings: Sequence[Listing], feeds: Sequence[str]) -> None:
        """Take in what a further page names; what is known stays as it is, reform listings come first."""
        known = {one.url for one in self.listings}
        self.listings += [one for one in listings if one.url not in known]
        self.listings.sort(key=lambda one: not one.reform)
        self.feeds += [url for url in feeds if url not in self.feeds]
        self.feeds.sort(key=lambda url: not discovery.is_reform_listing(url))


async def explore(home: Page, ask: Asker, *, own: Sequence[str] = (), known: str = "") -> Explored:
    """Learn family, listings and feeds; `own` are listings and `known` is the family that a portal's file names."""
    found = Explored(recognise(home)[:1])
    found.add(discovery.listings(home), discovery.feeds(home))
    if not any(discovery.is_reform_listing(url) for url in own) and not any(one.reform for one in found.listings):
        await _behind(home, ask, found)
    if not known and not (found.best and found.best.score >= SURE):
        for url in [*(home.absolute(url) for url in own), *(one.url for one in found.listings)][:1]:
            page = await ask(url, CaptureKind.LISTING)
            if page is not None:
                found.evidence += [*recognise(page)[:1], *await _by_script(page, ask)]
    found.why += found.best.reasons if found.best else ("no family was recognised",)
    found.why += [f"{one.url}: {one.why}" for one in found.listings]
    return found


async def _by_script(page: Page, ask: Asker) -> list[Evidence]:
    """The family by whose rules a script fetches a listing's items, when no trait of its pages tells it."""
    if recognise(page)[0].score >= SURE:
        return []
    for reader in map(family, keys()):
        first = reader.first(page)
        items = await ask(first, CaptureKind.LISTING) if first else None
        if first and items is not None and (links := reader.links(items)):
            return [Evidence(reader.key, SURE, (f"{len(links)} articles of its listing come from {first.url}",))]
    return []


async def _behind(home: Page, ask: Asker, found: Explored) -> None:
    """Look for a reform listing on the pages that may lead to one; ends with the first page that names some."""
    for hub in discovery.hubs(home):
        page = await ask(hub.url, CaptureKind.LISTING)
        if page is None:
            continue
        found.evidence += recognise(page)[:1]
        named = [replace(one, why=f"{one.why}, on {hub.url} ({hub.why})") for one in discovery.listings(page)]
        found.add([one for one in named if one.url != hub.url], discovery.feeds(page))
        if any(one.reform for one in found.listings):
            return


def deeper(page: Page, *, empty: bool) -> list[Listing]:
    """The reform listings that a reform listing leads to: all when it is `empty` of articles, else those below it."""
    below = page.url.partition("?")[0].rstrip("/") + "/"
    listings = [one for one in discovery.listings(page) if one.reform and (empty or one.url.startswith(below))]
    return listings[:MOST_DEEPER]
