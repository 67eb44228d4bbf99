"""What a portal serves in an article's place with status 200: its home page, a notice, another article.

Most pages are not suspected and cost nothing. One whose title is not what lists or address say, that says that
nothing is there, or whose text another address gave tonight, is held against the home page and against the answer
to an address that nobody ever gave out; each is asked for at most once a night.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from archive.identity import digest
from archive.records import Article, CaptureKind
from archive.text import fold
from crawler.address import target
from crawler.classify import Look, near_home
from crawler.fetch import Unanswered
from crawler.night import Night, Unusable
from crawler.page import Page
from crawler.refusals import Refused
from crawler.survey import Survey, page_of
from crawler.verdicts import NotAnArticle, ReadingError

if TYPE_CHECKING:
    from collections.abc import Sequence

NOWHERE = "khong-co-trang-nay"
HOME = "the home page is served in its place"
ANOTHER = "another article is served in its place"
ALIKE_ANYWHERE = "soft 404: an address that nobody gave out is answered alike"
NOTHING_SAID = "soft 404: the page says"
NOTHING_THERE = re.compile(
    r"^\W*(?:404\b|lỗi 404|(?:trang|bài viết|nội dung|tin)?[^.]{0,30}"
    r"(?:không (?:được )?tìm thấy|không tồn tại|đã bị (?:xóa|xoá|gỡ))|(?:page )?not found\b)",
    re.IGNORECASE,
)
HOME_TITLE = re.compile(r"trang chủ\b|(?:cổng|trang) (?:thông tin|tt) ?điện tử|cổng ttđt|home\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]{2,}")
SHORT = 400
LEAST_WORDS = 4
ALIKE = 0.5


@dataclass(slots=True)
class Impostors:
    """One night's check; `bodies` are the texts read so far, by digest."""

    night: Night
    survey: Survey
    bodies: dict[str, str] = field(default_factory=dict)
    _home: Look | None = None
    _nowhere: Page | None = None
    _asked: set[str] = field(default_factory=set)

    async def check(self, page: Page, article: Article, named: "Sequence[str]") -> None:
        """Raise NotAnArticle when a page that was read is not the article that `named` are the titles of."""
        if self.survey.home is not None and near_home(page, self.survey.home):
            raise NotAnArticle(HOME)
        body = digest(article.body)
        first = self.bodies.setdefault(body, article.url)
        again = bool(article.body) and first != article.url
        said = says_nothing_is_there(article)
        other = is_another(article, page.url, named) or HOME_TITLE.match(article.title) is not None
        if not (said or other):
            return
        await self._compare(page, article)
        said = said or (article.title[:80] if NOTHING_THERE.search(article.title) else "")
        if said:
            raise NotAnArticle(f"{NOTHING_SAID} {said!r}")
        if again:
            raise NotAnArticle(f"{ANOTHER}: {first} has the same text")

    async def named(self, page: Page, error: ReadingError) -> ReadingError:
        """A page that could not be read, with the reason that tells most."""
        home = await self._home_page()
        if home is not None and near_home(page, home):
            return NotAnArticle(HOME)
        title = page.text_of("h1 || title")
        if NOTHING_THERE.search(title):
            return NotAnArticle(f"{NOTHING_SAID} {title[:80]!r}")
        nowhere = await self._nowhere_page(page.url)
        return NotAnArticle(ALIKE_ANYWHERE) if nowhere is not None and near_home(page, Look.of(nowhere)) else error

    async def _compare(self, page: Page, article: Article) -> None:
        home = await self._home_page()
        if home is not None and near_home(page, home):
            raise NotAnArticle(HOME)
        nowhere = await self._nowhere_page(page.url)
        if nowhere is None:
            return
        try:
            read = self.survey.family.read(nowhere)
        except ReadingError:
            return
        if fold(read.title) == fold(article.title):
            raise NotAnArticle(ALIKE_ANYWHERE)

    async def _home_page(self) -> Look | None:
        """What the home page shows; asked for when tonight has not seen it."""
        self._home = self._home or self.survey.home
        if self._home is None:
            page = await self._once(self.night.portal.url)
            self._home = Look.of(page) if page is not None else None
        return self._home

    async def _nowhere_page(self, url: str) -> Page | None:
        """What the portal answers at an address in the shape of an article's, under which nothing is."""
        if self._nowhere is None and NOWHERE not in self._asked:
            self._asked.add(NOWHERE)
            self._nowhere = await self._once(nowhere(url))
        return self._nowhere

    async def _once(self, url: str) -> Page | None:
        if url in self._asked:
            return None
        self._asked.add(url)
        self.night.ledger.counts["suspicions"] += 1
        try:
            return page_of(await self.night.get(url, CaptureKind.PROBE))
        except (Refused, Unanswered, Unusable):
            return None


def nowhere(url: str) -> str:
    """An address under which nothing can be, in the shape of an article's: another number, other words."""
    asked, parts = target(url), urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    before, numbers, after = re.fullmatch(r"(.*?)(\d*)(\D*)", asked, re.DOTALL).groups()  # type: ignore[union-attr]
    if len(numbers) >= 3:
        return f"{host}{before}9{numbers}9{after}"
    cut = max(asked.rfind("."), asked.rfind("/"))
    if "." in asked[asked.rfind("/") :]:
        return f"{host}{asked[:cut]}-{NOWHERE}{asked[cut:]}"
    return f"{host}{asked.rstrip('/')}-{NOWHERE}" if asked.strip("/") else f"{host}/{NOWHERE}"


def says_nothing_is_there(article: Article) -> str:
    """The words by which a page says that nothing is there; empty for a page that says something."""
    if len(article.body) >= SHORT:
        return ""
    return next((text[:80] for text in (article.title, article.body) if NOTHING_THERE.search(text)), "")


def is_another(article: Article, url: str, named: "Sequence[str]") -> bool:
    """Whether an article's title has little of the titles that lists give it, and little of its own address."""
    title = set(WORD.findall(fold(article.title)))
    known = [words for text in named if len(words := set(WORD.findall(fold(text)))) >= LEAST_WORDS]
    address = set(WORD.findall(fold(unquote(target(url)).rpartition("/")[2]).replace("-", " ")))
    told = known or ([address] if len(address) > LEAST_WORDS else [])
    return bool(told) and all(len(words & title) < ALIKE * min(len(words), len(title) or 1) for words in told)
