"""What a portal names tonight: sitemaps, feeds and listings, walked page by page; it knows no markup."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin

from archive.records import CaptureKind
from archive.runs import Discovered, Outcome, Validators
from crawler import discovery
from crawler.families import family, recognise
from crawler.family import Ask, Family, Link
from crawler.feeds import NotAFeed, read_feed, read_sitemap
from crawler.fetch import Unanswered
from crawler.hosts import authority
from crawler.ledger import Ended
from crawler.night import Got, Night, Past, Unusable
from crawler.page import Page
from crawler.plan import Candidate, Gathered, Patience
from crawler.refusals import Refused

REDISCOVER = timedelta(days=30)
SURE = 0.5
MOST_SITEMAPS = 50
MISSED = (Refused, Unanswered, Unusable)


def page_of(got: Got) -> Page:
    """The document of a response."""
    answer = got.answer
    return Page(
        answer.url,
        answer.body,
        content_type=answer.content_type,
        status=answer.status,
        sent=answer.capture.sent,
    )


@dataclass(slots=True)
class Survey:
    """Finds what may be fetched; `batches` gives it page by page, reform listings first."""

    night: Night
    past: Past
    sitemaps: Sequence[str] = ()
    found: Discovered = field(default_factory=lambda: Discovered(family="generic"))
    gathered: Gathered = field(init=False)
    home: Page | None = None
    """The home page, when it was asked for tonight."""
    cut: bool = False
    """Whether a listing could not be walked to where it was to be left."""
    _dead: set[str] = field(default_factory=set)
    """Sitemaps and feeds that are not there."""

    @property
    def family(self) -> Family:
        """The portal's family, with the selectors of its file."""
        return self.gathered.family

    async def discover(self) -> None:
        """Learn family, listings, feeds and sitemaps: from earlier nights, or from the home page again."""
        portal, old = self.night.portal, self.past.discovered
        if old and old.on and date.fromisoformat(old.on) + REDISCOVER > datetime.now(UTC).date():
            self.found = old
        else:
            self.found = await self._from_home(old)
        self.gathered = Gathered(family(portal.family or self.found.family, portal.selectors), self.past.known)
        if self.found is not old:
            self.night.store.remember(portal.slug, self.found)

    async def _from_home(self, old: Discovered | None) -> Discovered:
        portal = self.night.portal
        today = datetime.now(UTC).date().isoformat()
        try:
            page = page_of(await self.night.get(portal.url, CaptureKind.HOME))
        except MISSED as error:
            if old or (portal.family and (portal.listings or portal.feeds)):
                self.night.ledger.gaps.append(f"the home page: {error}")
                return old or Discovered(family=portal.family or "generic", on=today)
            outcome = Outcome.UNREACHABLE if isinstance(error, Unanswered) else Outcome.BROKEN
            raise Ended(outcome, f"the home page: {error}") from None
        self.home = page
        key, why = await self._recognise(page)
        listings = discovery.listings(page)
        return Discovered(
            family=key,
            listings=tuple((one.url, one.reform) for one in listings),
            feeds=tuple(discovery.feeds(page)),
            sitemaps=tuple(self.sitemaps) or (urljoin(portal.url, "/sitemap.xml"),),
            why=(*why, *(f"{one.url}: {one.why}" for one in listings)),
            on=today,
        )

    async def _recognise(self, home: Page) -> tuple[str, tuple[str, ...]]:
        """The family of the home page; a listing is asked too when the home page leaves doubt."""
        if self.night.portal.family:
            return self.night.portal.family, ("the portal's file names its family",)
        evidence = recognise(home)[:1]
        if not (evidence and evidence[0].score >= SURE):
            for url in [*self.night.portal.listings, *(one.url for one in discovery.listings(home))][:1]:
                try:
                    evidence += recognise(page_of(await self.night.get(home.absolute(url), CaptureKind.LISTING)))[:1]
                except MISSED:
                    break
        best = max(evidence, key=lambda one: one.score, default=None)
        return (best.family, best.reasons) if best else ("generic", ("no family was recognised",))

    async def batches(self) -> AsyncIterator[list[Candidate]]:
        """What is wanted, a batch a page; the caller fetches a batch before it asks for the next."""
        named = await self._sitemaps()
        named += await self._feeds(general=not named or not self.past.whole)
        self._forget_dead()
        for url, reform, own in self._listings(general=not named or not self.past.whole):
            async for batch in self._walk(url, reform=reform, own=own):
                yield batch
        for url in self.past.retries:
            self.gathered.add(Link(url), listed=True)
        yield self._wanted(list(self.gathered.candidates.values()))

    def _listings(self, *, general: bool) -> list[tuple[str, bool, bool]]:
        """(address, is a reform listing, named in the portal's file); general ones where nothing else tells all."""
        portal = self.night.portal
        own = [urljoin(portal.url, path) for path in portal.listings]
        rows = [(url, discovery.is_reform_listing(url), True) for url in own]
        rows += [(url, reform, False) for url, reform in self.found.listings if url not in own and (reform or general)]
        return sorted(rows, key=lambda row: not row[1])

    async def _sitemaps(self) -> int:
        """Gather what the sitemaps name; how many articles."""
        waiting = list(dict.fromkeys([*self.sitemaps, *self.found.sitemaps]))
        asked: set[str] = set()
        named = 0
        while waiting and len(asked) < MOST_SITEMAPS:
            url = waiting.pop(0)
            asked.add(url)
            got = await self._optional(url, CaptureKind.SITEMAP)
            if got is None:
                continue
            try:
                sitemap = read_sitemap(got.answer.body, got.answer.url)
            except NotAFeed:
                self._dead.add(url)
                continue
            waiting += [child for child in sitemap.children if child not in asked and child not in waiting]
            named += len(self._gather(sitemap.links))
        return named

    async def _feeds(self, *, general: bool) -> int:
        """Gather what the feeds name; how many articles. Where a sitemap tells all, only reform feeds are asked."""
        own = [urljoin(self.night.portal.url, path) for path in self.night.portal.feeds]
        found = [url for url in self.found.feeds if general or discovery.is_reform_listing(url)]
        named = 0
        for url in dict.fromkeys([*own, *found]):
            got = await self._optional(url, CaptureKind.FEED)
            if got is None:
                continue
            try:
                links = read_feed(got.answer.body, got.answer.url)
            except NotAFeed as error:
                if url in own:
                    self.night.ledger.gaps.append(str(error))
                self._dead.add(url)
                continue
            named += len(self._gather(links, listed=discovery.is_reform_listing(url)))
        return named

    def _forget_dead(self) -> None:
        """Do not ask every night for sitemaps and feeds that are not there."""
        if self._dead & {*self.found.sitemaps, *self.found.feeds}:
            sitemaps, feeds = (
                tuple(url for url in urls if url not in self._dead) for urls in (self.found.sitemaps, self.found.feeds)
            )
            self.found = replace(self.found, sitemaps=sitemaps, feeds=feeds)
            self.night.store.remember(self.night.portal.slug, self.found)

    async def _optional(self, url: str, kind: CaptureKind) -> Got | None:
        """What may be missing: a sitemap or feed that does not answer is no fault unless the file names it."""
        try:
            got = await self.night.get(url, kind, self._validators(url))
        except MISSED as error:
            if url in {urljoin(self.night.portal.url, path) for path in self.night.portal.feeds}:
                self.night.ledger.gaps.append(f"{url}: {error}")
            if isinstance(error, Refused) or (isinstance(error, Unusable) and error.answer.status < 500):
                self._dead.add(url)
            return None
        return None if self._unmodified(got) else got

    def _validators(self, url: str) -> Validators | None:
        """What makes a request conditional; not before everything was once read, nor for a narrowed crawl."""
        return self.past.validators.get(url) if self.past.whole and not self.night.narrowed else None

    def _unmodified(self, got: Got) -> bool:
        if got.answer.status != 304:
            return False
        self.night.ledger.counts["not_modified"] += 1
        return True

    async def _walk(self, start: str, *, reform: bool, own: bool) -> AsyncIterator[list[Candidate]]:
        """A listing page by page, until it is to be left."""
        patience, asked = Patience(), set[Ask]()
        names: set[str] = set()
        following: Ask | None = Ask(start)
        while following is not None and following not in asked and not patience.out:
            asked.add(following)
            try:
                got = await self.night.get(following, CaptureKind.LISTING, self._validators(following.url))
            except MISSED as error:
                self._missed(following, error, own=own, first=patience.pages == 0)
                return
            if self._unmodified(got):
                return
            self.night.ledger.counts["listings"] += 1
            page = page_of(got)
            reform = reform or discovery.is_reform_listing(page.url, "", page.text_of("h1 || title"))
            links = self.family.links(page)
            candidates = self._gather(links, listed=reform)
            batch = self._wanted(candidates)
            fresh = {self.family.identity(link.url) for link in links} - names
            names |= fresh
            yield batch
            patience.page(news=bool(batch) or (bool(fresh) and not self.past.whole and self._inside(candidates)))
            patience.asked(batch)
            following = self.family.next(page)

    def _inside(self, candidates: list[Candidate]) -> bool:
        """Whether the date window may still hold something of a page."""
        now, window = datetime.now(UTC), self.night.window
        days = [candidate.day(now) for candidate in candidates] if window else []
        return not days or any(day is None or window.since is None or day >= window.since for day in days)

    def _missed(self, what: Ask, error: Exception, *, own: bool, first: bool) -> None:
        """A listing page that did not come: a gap, unless it was only guessed from a menu and is not there."""
        dead = isinstance(error, Refused) or (isinstance(error, Unusable) and error.answer.status < 500)
        if own or not first or not dead:
            self.night.ledger.gaps.append(f"{what.url}: {error}")
        self.cut |= not first

    def _gather(self, links: Sequence[Link], *, listed: bool = False) -> list[Candidate]:
        """The candidates of links on the portal's own host; seen in the archive too."""
        home = authority(self.night.portal.url)
        own = [link for link in links if authority(link.url) == home and self.family.is_article(link.url)]
        self.night.ledger.counts["links"] += len(own)
        candidates = [self.gathered.add(link, listed=listed) for link in own]
        self.night.store.seen(self.night.run, [candidate.url for candidate in candidates])
        return candidates

    def _wanted(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        now = datetime.now(UTC)
        return [one for one in candidates if self.gathered.wanted(one, self.night.window, now)]
