"""The shapes that cross borders: what the crawler gives, what the archive answers.

`Article` is what the page said, word for word; `Normalised` is what it means.
Table classes never leave the archive; these records do.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class CaptureKind(StrEnum):
    """What a response was asked for."""

    HOME = "home"
    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    PROBE = "probe"
    """An address that nobody gave out, to hear what the portal answers where nothing is."""


class Verdict(StrEnum):
    """What the archive says of an article that was recorded."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"


class Precision(StrEnum):
    """How exactly a publication time is known."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class Role(StrEnum):
    """How an article relates to an act."""

    ANNOUNCED = "announced"
    CITED = "cited"


@dataclass(frozen=True, slots=True)
class Capture:
    """One response as it came: the body with the server's own compression, headers in order."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    kind: CaptureKind
    method: str = "GET"
    sent: bytes = b""

    @property
    def digest(self) -> str:
        """The digest of the body as received: `sha256:` and 64 hex digits."""
        return f"sha256:{hashlib.sha256(self.body).hexdigest()}"

    def header(self, name: str) -> str:
        """The first header of that name, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a capture lies: path below the data folder, byte offset and length of its record."""

    warc: str
    offset: int
    length: int
    digest: str = ""
    url: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A publication date as printed, and where: sitemap, page, listing, feed, meta, jsonld or url."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Published:
    """A publication time read from what was stated; aware, in Vietnamese time."""

    at: datetime
    precision: Precision
    source: str


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file an article links: absolute address and the name shown for it."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Article:
    """One announcement as its page prints it; paragraphs of the body are lines.

    `dates` stand in the family's order of trust; `url` is the canonical address.
    `listed` says whether a reform listing named it: evidence, not the verdict. `page` is the address it was read
    under and `hints` the dates that lists stated, both as the reader was given them: with them it reads it again.
    `rules` are what found its fields on the page: (field, selector).
    """

    url: str
    title: str
    body: str
    family: str
    reader_version: str
    summary: str = ""
    dates: tuple[Stated, ...] = ()
    author: str = ""
    source: str = ""
    category: str = ""
    attachments: tuple[FileLink, ...] = ()
    captions: tuple[str, ...] = ()
    listed: bool = False
    page: str = ""
    hints: tuple[Stated, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """The place a portal speaks for, as its file names it."""

    level: str
    province: str | None = None
    district: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class ActMention:
    """A legal document an article names; number, date and issuer are None when not stated."""

    type: str
    number: str | None
    date: date | None
    issuer: str | None
    role: Role
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Relevance:
    """Is it about administrative reform: a score from 0 to 1, the verdict, the words that decided."""

    score: float
    is_reform: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Normalised:
    """What an article means after reading: canonical text and facts.

    `digest` is of the normalised title, summary and body; equal digests are one revision.
    `periods` are (first year, last year); areas are the official Vietnamese names.
    """

    title: str
    summary: str
    body: str
    digest: str
    published: Published | None
    author: str
    source: str
    category: str
    captions: tuple[str, ...]
    acts: tuple[ActMention, ...]
    issuing_body: str | None
    act_type: str | None
    act_number: str | None
    act_date: date | None
    plan_year: int | None
    periods: tuple[tuple[int, int], ...]
    reform_areas: tuple[str, ...]
    indicators: tuple[str, ...]
    kind: str
    relevance: Relevance
    normaliser_version: str


TOO_LARGE = "too large: reading it takes too much memory"
"""The reason of a file whose reading took more memory than it may."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file: what kind it is, how many pages, why there is no text, what read it.

    `scanned` pages are pictures that nothing has read yet; `confidence` has page (from 1) and how sure
    the recognition was of it (0 to 100), for the pages that were read so.
    """

    text: str
    kind: str
    pages: int = 0
    reason: str = ""
    scanned: int = 0
    confidence: tuple[tuple[int, float], ...] = ()
    reader: str = ""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page; `scanned` when it is a picture that was not read, and why, `confidence` when it was."""

    text: str
    scanned: bool = False
    confidence: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PendingAttachment:
    """A linked file whose bytes the archive still lacks."""

    id: int
    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The archive's answer to an article."""

    verdict: Verdict
    article: int
    pending: tuple[PendingAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the archive: its number, what it was, the article it concerns."""

    number: int
    kind: str
    article: int | None


@dataclass(frozen=True, slots=True)
class ArchivedAttachment:
    """A file of an archived article with its text as far as it could be read."""

    url: str
    name: str
    text: str
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedArticle:
    """An article as the archive has it now: everything the export prints and search indexes.

    `row` maps every exported column (DESIGN.md section 5) to its value: str, int, float,
    date, datetime, None, or a tuple of str; formatting is the export's work.
    """

    id: int
    row: dict[str, object]
    is_reform: bool
    announced: tuple[ActMention, ...]
    cited: tuple[ActMention, ...]
    files: tuple[ArchivedAttachment, ...]
    withheld: bool = False
    captions: tuple[str, ...] = ()
    relevance_words: tuple[str, ...] = ()
