"""What is true of a simulated article: what a reader must find on its page, and in its files."""

from dataclasses import dataclass
from datetime import date, datetime

from archive.records import Precision


@dataclass(frozen=True, slots=True)
class TruthAct:
    """A legal document the text names; `issuer` is None for cited ones."""

    type: str
    number: str
    date: date | None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class TruthFile:
    """A linked file: the name its link shows, its absolute address, its text by lines."""

    name: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """One article of a simulated portal.

    `title`, `summary` and `body` are as printed (paragraphs are lines, table cells joined by " | ");
    they are NFC and singly spaced unless `oddity` says "nfd", "nbsp" or "spaces". `published` is in
    Vietnamese time, cut to `precision`; both are None where the portal states no date. `announced`
    is the act made public, `cited` the others. `copy_of` is the address of the first publication.
    `listed` says whether it stands in the reform listing.
    """

    url: str
    title: str
    summary: str
    body: str
    published: datetime | None
    precision: Precision | None
    author: str
    source: str
    category: str
    attachments: tuple[TruthFile, ...]
    captions: tuple[str, ...]
    is_reform: bool
    listed: bool
    announced: TruthAct | None
    cited: tuple[TruthAct, ...]
    plan_year: int | None
    periods: tuple[tuple[int, int], ...]
    indicators: tuple[str, ...]
    oddity: str = ""
    copy_of: str = ""
    near_miss: bool = False
