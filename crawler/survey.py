"""What a portal names tonight: sitemaps, feeds and listings, walked page by page; it knows no markup."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin
from zlib import crc32

from archive.records import CaptureKind
from archive.runs import Discovered, Outcome, Validators
from crawler import discovery
from crawler.classify import Look
from crawler.exploring import deeper, explore
from crawler.families import family
from crawler.family import Ask, Family, Link
from crawler.feeds import NotAFeed, read_feed, read_sitemap
from crawler.fetch import Unanswered
from crawler.hosts import authority
from crawler.ledger import Ended
from crawler.night import Got, Night, Past, Unusable
from crawler.page import Page
from crawler.plan import ROUND, Candidate, Gathered, Patience, brief_round, inside
from crawler.refusals import Disallowed, Refused

REDISCOVER = timedelta(days=30)
MOST_SITEMAPS = 50
MISSED = (Refused, Unanswered, Unusable)


def page_of(got: Got) -> Page:
    """The document of a response."""
    one = got.answer
    return Page(one.url, one.body, content_type=one.content_type, status=one.status, sent=one.capture.sent)


def _without_home(error: Exception) -> Outcome:
    """How a night ends that does not even get the home page."""
    if isinstance(error, Disallowed):
        return Outcome.REFUSED
    down = isinstance(error, Unusable) and error.answer.status >= 500
    return Outcome.UNREACHABLE if down or isinstance(error, Unanswered) else Outcome.BROKEN


@dataclass(slots=True)
class Survey:
    """Finds what may be fetched; `batches` gives it page by page, reform listings first."""

    night: Night
    past: Past
    sitemaps: Sequence[str] = ()
    found: Discovered = field(default_factory=lambda: Discovered(family="generic"))
    gathered: Gathered = field(init=False)
    home: Look | None = None
    """What the home page shows, when it was asked for tonight."""
    cut: bool = False
    """Whether a listing could not be walked to where it was to be left."""
    _mapped: int = 0
    """How many articles sitemaps name."""
    _dead: set[str] = field(default_factory=set)
    """Sitemaps and feeds that are not there."""
    _queue: list[tuple[str, bool, bool]] = field(default_factory=list)
    """Listings that wait to be walked: address, is a reform listing, named in the portal's file."""

    @property
    def told(self) -> bool:
        """Whether what is listed was gone through: listings that name nothing tell nothing, "not modified" does."""
        kept, own = self.night.ledger.counts["not_modified"], self.night.portal.feeds
        return not self.cut and bool(self._mapped or own or kept or not self.night.evidence.silent)

    @property
    def _any(self) -> bool:
        """Whether anything was named tonight, or is said to be as it was."""
        return any(self.night.ledger.counts[word] for word in ("links", "not_modified"))

    @property
    def brief(self) -> bool:
        """Whether only news is sought: the night before missed nothing, and the week's full round is not due."""
        day = datetime.now(UTC).toordinal() + crc32(self.night.portal.slug.encode())
        return self._settled and day % ROUND != 0

    @property
    def _settled(self) -> bool:
        """Whether listings that are not of reform are left at what is known, on a full round too."""
        return self.past.settled and not (self.night.narrowed or self.night.deep)

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
            self.night.sought = {*self.found.sitemaps, *self.found.feeds} - {*(old.sitemaps + old.feeds if old else ())}
        self.gathered = Gathered(family(portal.family or self.found.family, portal.selectors), self.past.known)
        if self.found is not old:
            self.night.store.remember(portal.slug, self.found)

    async def _from_home(self, old: Discovered | None) -> Discovered:
        portal, today = self.night.portal, datetime.now(UTC).date().isoformat()
        try:
            page = page_of(await self.night.get(portal.url, CaptureKind.HOME))
        except MISSED as error:
            if old or (portal.family and (portal.listings or portal.feeds)):
                self.night.ledger.gaps.append(f"the home page: {error}")
                return old or Discovered(family=portal.family or "generic", on=today)
            raise Ended(_without_home(error), f"the home page: {error}") from None
        self.home = Look.of(page)
        explored = await explore(page, self._page, own=portal.listings, known=portal.family or "")
        named = ("the portal's file names its family",) if portal.family else ()
        return Discovered(
            family=portal.family or explored.family,
            listings=tuple((one.url, one.reform) for one in explored.listings),
            feeds=explored.few_feeds,
            sitemaps=tuple(self.sitemaps) or (urljoin(portal.url, "/sitemap.xml"),),
            why=(*named, *explored.why),
            on=today,
        )

    async def _page(self, url: Ask | str, kind: CaptureKind) -> Page | None:
        """A page that may help to find listings; None when it does not come."""
        try:
            return page_of(await self.night.get(url, kind))
        except MISSED:
            return None

    async def batches(self) -> AsyncIterator[list[Candidate]]:
        """What is wanted, a batch a page; the caller fetches a batch before it asks for the next."""
        named = self._mapped = await self._sitemaps()
        named += await self._feeds(general=not named or not self.past.whole)
        self._forget_dead()
        every = self._listings(general=not named or not self.past.whole)
        self._queue = brief_round(every) if self.brief else [*every]
        left = [row for row in every if row not in self._queue]
        while self._queue:
            url, reform, own = self._queue.pop(0)
            async for batch in self._walk(url, reform=reform, own=own):
                yield batch
            if not self._queue and not self._any:  # the few of an ordinary night tell nothing: are there others?
                self._queue, left = left, []
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
        named = dict.fromkeys([*self.sitemaps, *self.found.sitemaps])
        waiting = [url for url in named if url not in self.found.dead]
        asked, articles = set[str](), 0
        while waiting and len(asked) < MOST_SITEMAPS:
            url = waiting.pop(0)
            asked.add(url)
            if (got := await self._optional(url, CaptureKind.SITEMAP)) is None:
                continue
            try:
                sitemap = read_sitemap(got.answer.body, got.answer.url)
            except NotAFeed:
                self._dead |= {url} if self._new else set()
                continue
            told = {*asked, *waiting, *self.found.dead}
            waiting += [child for child in sitemap.children if child not in told]
            articles += len(self._gather(sitemap.links))
        return articles

    async def _feeds(self, *, general: bool) -> int:
        """Gather what the feeds name; how many articles. Where a sitemap tells all, only reform feeds are asked."""
        own = [urljoin(self.night.portal.url, path) for path in self.night.portal.feeds]
        found = [url for url in self.found.feeds if general or discovery.is_reform_listing(url)]
        named = 0
        for url in dict.fromkeys([*own, *found]):
            if (got := await self._optional(url, CaptureKind.FEED)) is None:
                continue
            try:
                links = read_feed(got.answer.body, got.answer.url)
            except NotAFeed as error:
                if url in own:
                    self.night.ledger.gaps.append(str(error))
                self._dead |= {url} if self._new else set()
                continue
            named += len(self._gather(links, listed=discovery.is_reform_listing(url)))
        return named

    def _forget_dead(self) -> None:
        """Do not ask every night for sitemaps and feeds that are not there, named in a sitemap or found before."""
        if not self._dead - {*self.found.dead}:
            return
        sitemaps, feeds = (
            tuple(url for url in urls if url not in self._dead) for urls in (self.found.sitemaps, self.found.feeds)
        )
        dead = tuple(sorted(self._dead | {*self.found.dead}))
        self.found = replace(self.found, sitemaps=sitemaps, feeds=feeds, dead=dead)
        self.night.store.remember(self.night.portal.slug, self.found)

    async def _optional(self, url: str, kind: CaptureKind) -> Got | None:
        """What may be missing: a sitemap or feed that does not answer is no fault unless the file names it."""
        try:
            got = await self.night.get(url, kind, self._validators(Ask(url)))
        except MISSED as error:
            if url in {urljoin(self.night.portal.url, path) for path in self.night.portal.feeds}:
                self.night.ledger.gaps.append(f"{url}: {error}")
            if isinstance(error, Refused) or (isinstance(error, Unusable) and (error.dead or self._no_list(error))):
                self._dead.add(url)
            return None
        return None if self._unmodified(got) else got

    def _no_list(self, error: Unusable) -> bool:
        """Whether a page stands where a list was only guessed; one that was a list before may be one again."""
        return self._new and str(error).startswith("not a ")

    @property
    def _new(self) -> bool:
        """Whether the portal was looked over tonight."""
        return self.found.on == datetime.now(UTC).date().isoformat()

    def _validators(self, what: Ask) -> Validators | None:
        """What makes a request conditional; not before everything was once read, nor for a narrowed crawl."""
        conditional = what.method == "GET" and self.past.whole and not self.night.narrowed
        return self.past.validators.get(what.url) if conditional else None

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
                got = await self.night.get(following, CaptureKind.LISTING, self._validators(following))
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
            named = {self.family.identity(link.url) for link in links}
            self.night.evidence.listed(start, named)
            first = bool(named - names) and not self.past.whole
            names |= named
            yield batch
            patience.page(news=bool(batch) or (first and inside(candidates, self.night.window, datetime.now(UTC))))
            patience.asked(batch)
            fetched = self.family.first(page) if patience.pages == 1 else None
            reached = self._settled and not (reform or own) and not batch and self.gathered.any_known(candidates)
            if (reached or (self.brief and candidates and candidates[-1] not in batch)) and not fetched:
                return
            following = fetched or self.family.next(page)
            if reform and patience.pages == 1 and following is None:
                self._lead_on(page, empty=not links)

    def _lead_on(self, page: Page, *, empty: bool) -> None:
        """Walk and remember the listings behind one that is the head of several."""
        told = {one for one, _ in self.found.listings} | {url for url, *_ in self._queue} | {page.url}
        behind = [one.url for one in deeper(page, empty=empty) if one.url not in told]
        if behind:
            self._queue += [(url, True, False) for url in behind]
            self.found = replace(self.found, listings=(*self.found.listings, *((url, True) for url in behind)))
            self.night.store.remember(self.night.portal.slug, self.found)

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
