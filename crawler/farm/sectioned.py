"""Simulated sites whose sections are numbered pages in one frame, as newspapers' and many others' are."""

import re
from abc import abstractmethod
from typing import ClassVar

from crawler.farm import markup
from crawler.farm.exchange import Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story


class Sectioned(Site):
    """A section's address matches `listing_shape`, whose group is its slug; `turned` is the query's page number."""

    listing_shape: ClassVar[re.Pattern[str]]
    turned: ClassVar[str] = "page"
    joint: ClassVar[str] = " - "
    """What stands between a section's label and the site's name in a title; empty where the name is left out."""

    @abstractmethod
    def framed(self, title: str, inner: str, head: str = "") -> str:
        """A page of the site: its frame around `inner`, `head` in its head."""

    @abstractmethod
    def pager(self, section: str, page: int, pages: int) -> str:
        """The links to a section's other pages; empty for none."""

    def listing_head(self, section: str) -> str:
        """What a section has in its head beside what every page has."""
        return ""

    def listing_slots(self, section: str) -> dict[str, str]:
        """Further slots of the platform's `listing` part."""
        return {}

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = self.listing_shape.match(ask.path)
        return self.at_page(SECTION_OF.get(match[1]) if match else None, ask, self.turned)

    def home(self) -> str:
        return self.framed(self.name, markup.boxes(self))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        inner = sheet(self.family)(
            "listing",
            url=self.section_path(section),
            label=label,
            items=markup.teasers(self, stories),
            pager=self.pager(section, page, pages),
            **self.listing_slots(section),
        )
        title = f"{label}{self.joint}{self.name}" if self.joint else label
        return self.framed(title, inner, self.listing_head(section))


class Newspaper(Sectioned):
    """A provincial newspaper; an article's address matches `article_shape`, whose last group is its number."""

    article_shape: ClassVar[re.Pattern[str]]

    @property
    def level(self) -> str:
        return "newspaper"

    def find(self, ask: Ask) -> Story | None:
        match = self.article_shape.match(ask.path)
        return self.by_number(int(match[match.re.groups])) if match else None
