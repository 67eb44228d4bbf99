"""An article whose layout fits in part: what its own selectors miss is taken from the generic reading.

A redesign may keep the names of heading and body and change the rest. Title and body are then right, date
and files silently gone; the reader's version says so where the generic rules found any.
"""

from collections.abc import Sequence
from dataclasses import replace

from archive.records import Article, Stated
from crawler.family import FLOOR, Family
from crawler.page import Page
from crawler.reading import Reader
from crawler.verdicts import ReadingError

PRINTED = frozenset({"page", "meta", "jsonld"})


class Completing(Reader):
    """For families whose pages always print a date: without one, the layout is not wholly known."""

    def once(self, page: Page, hints: Sequence[Stated] = ()) -> Article:
        """As every article is read; without a date of its own it is read by the generic rules too."""
        article = super().once(page, hints)
        if any(date.source in PRINTED for date in article.dates):
            return article
        floor = Family.known[FLOOR]()
        try:
            other = floor.once(page)
        except ReadingError:
            return article
        found = [date for date in other.dates if date.source in PRINTED]
        files = article.attachments or other.attachments
        if not found and files == article.attachments:
            return article
        return replace(
            article,
            dates=self.stated(page, page.tree.body, [*hints, *found]),
            attachments=files,
            reader_version=f"{article.reader_version}+{floor.reader_version}",
        )
