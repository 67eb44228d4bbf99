"""Articles looked at again: when their time has come, when a list says so, and one on a night that read none."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from archive.database import session_of
from archive.dates import ImpossibleDate, parse_stated
from archive.queries_looks import spoken_of
from archive.records import CaptureKind, Verdict
from archive.runs import DueLook
from archive.store_captures import Held
from archive.text import fold
from crawler.family import Challenged, NotAnArticle, ReadingError
from crawler.fetch import Unanswered
from crawler.impostors import ALIKE_ANYWHERE, HOME, NOTHING_SAID
from crawler.night import Got, Unusable
from crawler.plan import Candidate
from crawler.refusals import Refused
from crawler.survey import page_of
from crawler.thin import BODY

if TYPE_CHECKING:
    from crawler.articles import Articles

SPARES = 2
"""Known articles that are tried on a night that has read none again: one alone may itself be at fault."""
MOST_SPOKEN_OF = 20
"""Looks a night that only a list's date asks for: a sitemap that stamps every page anew must not cost a crawl."""
HOLLOW = 0.2
"""A known body is lost when less than this share of it is left: no edit, but a broken layout."""
ABSENT = (HOME, ALIKE_ANYWHERE, NOTHING_SAID)
"""How reasons begin by which an answer with status 200 says that the article is not there; others may be our fault."""
LISTED_CHANGES = frozenset({"sitemap", "feed"})
"""Lists whose dates may be those of a change; a listing page prints the day of publication."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An article that a look did not find: why, and the response that says so."""

    look: DueLook
    reason: str
    capture: Held


class Looks:
    """Looks at known articles; what cannot be found is only missing when most others can."""

    def __init__(self, articles: "Articles") -> None:
        self.articles = articles
        self.night, self.survey = articles.night, articles.survey
        self.ledger, self.store, self.evidence = articles.ledger, articles.store, articles.evidence
        self._missing: list[Missing] = []
        self._done: set[int] = set()

    def wanted(self) -> list[DueLook]:
        """What is to be looked at tonight, each once."""
        due = [*self.survey.past.due, *self._spoken_of()]
        return list({look.article: look for look in due}.values())

    def _spoken_of(self) -> list[DueLook]:
        """Known articles that tonight's lists date later than our last look, and gone ones that they name."""
        named, now = dict[str, datetime | date | None](), datetime.now(UTC)
        for candidate in self.survey.gathered.candidates.values():
            changed = _changed(candidate, now)
            for key in candidate.digests & (self.survey.past.known if changed else self.survey.past.gone):
                named[key] = changed
        if not named:
            return []
        with session_of(self.store.engine) as session:
            return spoken_of(session, self.night.portal.slug, named)[:MOST_SPOKEN_OF]

    async def spare(self, look: DueLook) -> None:
        """On a night that has read no known article again, read one: it proves that the portal can still be read."""
        if not self.evidence.signs.again:
            await self.look(look, counted="spare")

    async def look(self, look: DueLook, counted: str = "looks") -> None:
        """Look at an article again: it may have changed, or be gone."""
        if look.article in self._done:
            return
        self._done.add(look.article)
        self.ledger.counts[counted] += 1
        try:
            got = await self.night.get(look.url, CaptureKind.ARTICLE, self.survey.past.validators.get(look.url))
        except Unusable as error:
            if error.dead:
                self._miss(look, str(error), error.capture)
            else:
                self._put_off(look, str(error))
        except (Refused, Unanswered) as error:
            self._put_off(look, str(error))
        else:
            await self._answered(look, got)

    async def _answered(self, look: DueLook, got: Got) -> None:
        url = got.answer.url
        if got.answer.status == 304:
            self.store.looked(self.night.run, look.article, got.capture)
            self.evidence.signs.again += 1
            self.ledger.verdict(Verdict.UNCHANGED)
        elif url != look.url and not self.survey.family.is_article(url):
            self._miss(look, f"redirects to {url}", got.capture)
        else:
            await self._again(look, got)

    async def _again(self, look: DueLook, got: Got) -> None:
        """Read a page that was looked at again, with the dates that tonight's lists state.

        The generic rules find other lines than the family's: what they read is no edit of what that read.
        """
        named, page = self.survey.gathered.named(look.url), page_of(got)
        try:
            titles = (named.title if named else "", look.title)
            article = await self.articles.genuine(page, named.hints if named else (), titles)
            if "+" in article.reader_version and look.reader and "+" not in look.reader:
                raise NotAnArticle("another layout: only the last resort could read it")
            if all(unlike(article.title, title) for title in titles if title):
                raise NotAnArticle("soft 404: nothing of the article's title is left")
            article = replace(article, listed=named is not None and named.listed)
            self.evidence.article(article, page.declared, datetime.now(UTC), look)
            if look.chars >= BODY and len(article.body) < HOLLOW * look.chars:
                self.ledger.counts["withheld"] += 1
                self.store.put_off(self.night.run, look.article)
                return
            recorded = self.store.record(self.night.run, got.capture, article)
        except (ReadingError, ImpossibleDate) as error:
            if str(error).startswith(ABSENT):
                self._miss(look, str(error), got.capture)
                return
            self._put_off(look, str(error))
            if isinstance(error, Challenged):
                self.ledger.barred(f"{look.url}: {error}", listing=False)
            return
        self.ledger.verdict(recorded.verdict)
        if recorded.article != look.article:
            self.store.gone(self.night.run, look.article, f"moved to {article.url}", got.capture)
        for file in recorded.pending:
            await self.articles.file(file)

    def _put_off(self, look: DueLook, reason: str) -> None:
        self.evidence.unlooked(reason)
        self.store.put_off(self.night.run, look.article)

    def _miss(self, look: DueLook, reason: str, capture: Held) -> None:
        self.evidence.unlooked(reason)
        self._missing.append(Missing(look, reason, capture))

    def settle(self) -> None:
        """Note what was missing, unless so much is, or nothing else was read, that the portal must be at fault."""
        found = self.evidence.signs.again
        if len(self._missing) > max(2, found) or not (found or self.evidence.signs.read):
            return
        for missing in self._missing:
            self.store.missed(self.night.run, missing.look.article, missing.reason, missing.capture)


def unlike(title: str, known: str) -> bool:
    """Whether a title cannot be the corrected one of another: hardly a word of that is left."""
    one, other = set(fold(title).split()), set(fold(known).split())
    return len(other) > 3 and 3 * len(one & other) < len(other)


def _changed(candidate: Candidate, now: datetime) -> datetime | date | None:
    """When lists say that an article was last changed."""
    dates = (parse_stated(hint.text, now) for hint in candidate.hints if hint.source in LISTED_CHANGES)
    read = [date[0] for date in dates if date]
    return max(read, key=lambda one: one.isoformat()) if read else None
