"""What is true of a simulated article: what a reader must find on its page, and in its files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from unicodedata import normalize

from archive.records import Precision
from crawler.farm.papers import KINDS

if TYPE_CHECKING:
    from crawler.farm.site import Site
    from crawler.farm.stories import Story
    from crawler.farm.texts import Document

INDICATORS = ("PAR INDEX", "SIPAS", "PAPI", "PCI", "ICT Index", "DDCI", "DTI")
_PERIOD = re.compile(r"giai đoạn\s+(\d{4})\s*[-–]\s*(\d{4})")


@dataclass(frozen=True, slots=True)
class TruthAct:
    """A legal document the text names; `issuer` is None for cited ones."""

    type: str
    number: str
    date: date | None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class TruthFile:
    """A linked file: the name its link shows, its absolute address, its text by lines, its kind (papers.py).

    The text is empty for a kind that has none to give: a scan, an error page, nothing at all.
    """

    name: str
    url: str
    text: str
    kind: str = "pdf"


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """One article of a simulated portal.

    `url` is the address its portal links; a family may make it canonical (case, locale, query).
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


def truth_of(site: "Site", story: "Story") -> TruthArticle:
    """What a reader must find about an article on a portal."""
    text, precision = story.text, site.precision_of(story)
    printed = normalize("NFC", "\n".join((site.display_title(story), site.summary(story), text.body)))
    return TruthArticle(
        url=site.absolute(site.path(story)),
        title=site.display_title(story),
        summary=site.summary(story),
        body=text.body,
        published=cut_time(site.shown_time(story), precision),
        precision=precision,
        author=site.author(story),
        source=site.source(story),
        category=site.category(story),
        attachments=tuple(
            TruthFile(site.file_name(d), site.absolute(site.file_path(story, d)), _said(d), d.kind)
            for d in text.documents
        ),
        captions=text.captions,
        is_reform=story.is_reform,
        listed=story.section == "reform",
        announced=text.announced,
        cited=text.cited,
        plan_year=text.plan_year,
        periods=tuple(sorted({(int(m[1]), int(m[2])) for m in _PERIOD.finditer(printed)})),
        indicators=tuple(sorted(name for name in INDICATORS if name in printed)),
        oddity=text.oddity,
        copy_of=_first_publication(site, story),
        near_miss=story.near_miss,
    )


def _said(document: "Document") -> str:
    return "\n".join(document.lines) if KINDS[document.kind].has_text else ""


def _first_publication(site: "Site", story: "Story") -> str:
    first = story.original
    other = site.neighbours.get(first.key.split("/")[1]) if first else None
    return other.absolute(other.path(first)) if other and first else ""


_FLOOR: dict[Precision, Callable[[datetime], datetime]] = {
    Precision.SECOND: lambda m: m,
    Precision.MINUTE: lambda m: m.replace(second=0),
    Precision.HOUR: lambda m: m.replace(minute=0, second=0),
    Precision.DAY: lambda m: m.replace(hour=0, minute=0, second=0),
}


def cut_time(moment: datetime, precision: Precision | None) -> datetime | None:
    """A moment cut to its precision; None where nothing is stated."""
    return _FLOOR[precision](moment) if precision else None
