"""What is done with one article: its page is asked for, kept, read and recorded, then its files."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from archive.attachments import NoReader
from archive.dates import ImpossibleDate, choose
from archive.records import Article, CaptureKind, PendingAttachment, Recorded, Stated, Verdict
from archive.store_captures import Held
from crawler.address import tidy
from crawler.family import Challenged, Moved, NotAnArticle, ReadingError, Unreadable
from crawler.fetch import Unanswered
from crawler.impostors import Impostors
from crawler.looks import Looks
from crawler.night import Got, Night, Unusable
from crawler.page import Page
from crawler.plan import Candidate
from crawler.refusals import Refused
from crawler.survey import Survey, page_of
from crawler.thin import Neighbours, hollow, unproven


class Articles:
    """Takes what a survey found, one at a time; every way in which a page can fail has its place here."""

    def __init__(self, night: Night, survey: Survey) -> None:
        self.night, self.survey = night, survey
        self.ledger, self.store, self.evidence = night.ledger, night.store, night.evidence
        self.impostors = Impostors(night, survey)
        self._unproven: list[tuple[Candidate, Got, Article, str]] = []
        self.looks = Looks(self)

    async def take(self, candidate: Candidate) -> None:
        """Fetch an article that is wanted, and its files; raises Ended when the night is over."""
        got = await self._page(candidate)
        if got is None:
            return
        try:
            recorded = await self._read(candidate, got)
        except (ReadingError, ImpossibleDate) as error:
            candidate.dead = isinstance(error, ReadingError)
            self.unread(candidate.url, error, got.capture)
            return
        if recorded is not None:
            await self._kept(recorded)
        if self._unproven and self._near.any_body:
            await self._believe()

    async def _kept(self, recorded: Recorded) -> None:
        """Count an article, and fetch its files."""
        self.ledger.verdict(recorded.verdict)
        for file in recorded.pending:
            await self.file(file)

    async def _believe(self) -> None:
        """Record the pages that were held back, now that another has a body."""
        while self._unproven:
            candidate, got, article, declared = self._unproven.pop(0)
            if hollow(article, self._near, again=False):
                self.unread(candidate.url, Unreadable("body"), got.capture)
            else:
                await self._kept(self._record(candidate, got, article, declared))

    def put_aside(self) -> None:
        """Of a portal of which no page has a body, those that say next to nothing wait for another night."""
        while self._unproven:
            candidate, got, *_ = self._unproven.pop(0)
            self.unread(candidate.url, Unreadable("body"), got.capture)

    async def _page(self, candidate: Candidate) -> Got | None:
        """The page of an article, or None when there is none; why not is kept."""
        url = candidate.url
        try:
            got = await self.night.get(url, CaptureKind.ARTICLE)
        except Refused as error:
            self._dismiss(candidate, str(error), None)
        except Unanswered as error:
            self.reject(url, str(error), None)
        except Unusable as error:
            if error.dead:
                self._dismiss(candidate, str(error), error.capture)
            else:
                candidate.dead = True
                self.reject(url, str(error), error.capture)
        else:
            self.ledger.counts["fetched"] += 1
            if got.answer.url == url or self.survey.family.is_article(got.answer.url):
                return got
            if tidy(got.answer.url) == tidy(self.night.portal.url):
                candidate.dead = True
                self.reject(url, "redirects to the home page", got.capture)
                return None
            self._dismiss(candidate, f"redirects to {got.answer.url}, which is no article", got.capture)
        return None

    async def _read(self, candidate: Candidate, got: Got) -> Recorded | None:
        """Read and record a page; a page that says where its article stands is followed once."""
        family, page = self.survey.family, page_of(got)
        try:
            article = await self.genuine(page, candidate.hints, [candidate.title])
        except Moved as moved:
            if moved.url in {candidate.url, got.answer.url}:
                raise Challenged("it leads to itself") from None
            again = await self._page(replace(candidate, url=moved.url))
            if again is None:
                return None
            got, page = again, page_of(again)
            article = await self.genuine(page, candidate.hints, [candidate.title])
        if family.identity(article.url) != family.identity(candidate.url):
            named = self.survey.gathered.named(article.url)
            article = family.read(page, named.hints if named else ())
        article = replace(article, listed=candidate.listed)
        if self._outside(article):
            self.ledger.counts["outside"] += 1
            return None
        retried = candidate.url in self.survey.past.retries
        if hollow(article, self._near, again=retried):
            raise Unreadable("body")
        if self.night.limit is None and unproven(article, self._near, again=retried):
            self._unproven.append((candidate, got, article, page.declared))
            return None
        return self._record(candidate, got, article, page.declared)

    def _record(self, candidate: Candidate, got: Got, article: Article, declared: str) -> Recorded:
        self.evidence.article(article, declared, datetime.now(UTC))
        recorded = self.store.record(self.night.run, got.capture, article)
        self.evidence.signs.twice += (
            recorded.verdict is not Verdict.NEW and candidate.url not in self.survey.past.retries
        )
        if candidate.url != article.url:
            self.store.dismiss(self.night.run, url=candidate.url, reason=f"another address of {article.url}")
        return recorded

    async def genuine(self, page: Page, hints: Sequence[Stated], named: Sequence[str]) -> Article:
        """Read a page that is an article, and not what the portal serves in its place; `named` are its titles."""
        try:
            article = self.survey.family.read(page, hints)
        except (NotAnArticle, Unreadable) as error:
            raise await self.impostors.named(page, error) from None
        await self.impostors.check(page, article, [title for title in named if title])
        return article

    @property
    def _near(self) -> Neighbours:
        """What the pages around one are like."""
        return Neighbours(self.evidence.lengths, [look.chars for look in self.survey.past.spares])

    def _outside(self, article: Article) -> bool:
        """Whether an article that was read turns out to be outside the date window."""
        if not self.night.window:
            return False
        published = choose(article.dates, datetime.now(UTC))
        return published is not None and self.night.window.excludes(published.at.date())

    async def file(self, file: PendingAttachment) -> None:
        """Fetch an attached file and keep its text."""
        run = self.night.run
        try:
            got = await self.night.get(file.url, CaptureKind.ATTACHMENT)
        except (Refused, Unanswered, Unusable) as error:
            self.ledger.counts["files_failed"] += 1
            self.store.attachment_failed(run, file.id, str(error))
            return
        try:
            found = await self.night.reader.read(got.answer.body, file.name, got.answer.content_type)
        except NoReader as error:
            self.ledger.counts["files_put_off"] += 1
            self.store.attachment_failed(run, file.id, str(error), tries=0)
            return
        self.store.attach(run, file.id, got.capture, found)
        self.ledger.attachments += 1

    def unread(self, url: str, error: Exception, capture: Held) -> None:
        if isinstance(error, Challenged):
            self.reject(url, str(error), capture)
            self.ledger.barred(f"{url}: {error}", listing=False)
            return
        self.reject(url, str(error), capture)

    def _told(self, url: str, reason: str) -> None:
        """A rejection is a sign of tonight, unless the page was in quarantine before."""
        if url not in self.survey.past.retries:
            self.evidence.rejected(reason)

    def reject(self, url: str, reason: str, capture: Held | None) -> None:
        """Put a page that could not be read aside."""
        self.ledger.rejected += 1
        self.ledger.counts["quarantined"] += 1
        if url not in self.survey.past.retries:  # what failed on an earlier night says nothing of this one
            self.ledger.unreadable.append(f"{url}: {reason}")
        self._told(url, reason)
        self.store.quarantine(self.night.run, url=url, reason=reason, capture=capture)

    def _dismiss(self, candidate: Candidate, reason: str, capture: Held | None) -> None:
        candidate.dead = True
        self._told(candidate.url, reason)
        self.evidence.signs.dead += 1
        self.ledger.rejected += 1
        self.ledger.counts["dead"] += 1
        self.store.dismiss(self.night.run, url=candidate.url, reason=reason, capture=capture)
