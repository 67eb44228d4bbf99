"""The readers that bench/reading.py compares ours with, each as the page's address and bytes are given to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from crawler.family import Family
from crawler.page import Page


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader says of a page."""

    title: str = ""
    body: str = ""
    moment: datetime | date | None = None


Reader = Callable[[Page, Family], Read]


def parsed_by_lxml() -> Reader:
    """What no reader that begins with lxml can be faster than."""
    from lxml import html

    def read(page: Page, family: Family) -> Read:
        html.fromstring(page.body)
        return Read()

    return read


def trafilatura() -> Reader:
    """Trafilatura with its defaults and tables; its dates are days."""
    from trafilatura import bare_extraction

    def read(page: Page, family: Family) -> Read:
        found = bare_extraction(page.body, url=page.url, include_tables=True, with_metadata=True)
        if found is None:
            return Read()
        return Read(found.title or "", found.text or "", date.fromisoformat(found.date) if found.date else None)

    return read


def readability() -> Reader:
    """readability-lxml, whose article is markup and who looks for no date."""
    from lxml import html
    from readability import Document

    def read(page: Page, family: Family) -> Read:
        found = Document(page.text, url=page.url)
        text = "\n".join(html.fromstring(found.summary()).itertext())
        return Read(found.short_title() or "", text)

    return read


def newspaper() -> Reader:
    """newspaper4k in Vietnamese, with the page given to it."""
    from newspaper import Article

    def read(page: Page, family: Family) -> Read:
        found = Article(page.url, language="vi", fetch_images=False)
        found.download(input_html=page.text)
        found.parse()
        return Read(found.title or "", found.text or "", found.publish_date)

    return read


PEERS: dict[str, Callable[[], Reader]] = {
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "lxml, parse alone": parsed_by_lxml,
}
