"""A family's page in a layout that nobody has described: read by the generic rules, and marked as such.

Nothing but an article's address comes here. The reader's version then says so ("nukeviet-3+generic-2"),
which is how the night's ledger knows that a portal changed its layout (issue 4).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from selectolax.lexbor import LexborNode

from archive.records import Article, Stated
from archive.text import fold
from crawler.boilerplate import is_around
from crawler.headline import PORTAL, words
from crawler.page import Page
from crawler.reading import Reader
from crawler.verdicts import ReadingError

NOTHING_THERE = re.compile(
    r"không (?:tìm thấy|tồn tại)|đã bị (?:xóa|xoá|gỡ)|\b404\b|not found|lỗi hệ thống|thông báo lỗi|^error\b",
    re.IGNORECASE,
)
ENOUGH = 200
ALIKE = 0.5
"""Share of the words in an address that the title must have, where the address is made of words."""


class Floor(Protocol):
    """The reader that knows no layout."""

    reader_version: str

    def once(self, page: Page, hints: Sequence[Stated] = ()) -> Article:
        """Read by the generic rules."""
        ...


def rescued(family: Reader, floor: Floor, page: Page, hints: Sequence[Stated]) -> Article | None:
    """The article of a page as the floor reads it and the family names it; None when it may not be one."""
    try:
        article = floor.once(page, hints)
    except ReadingError:
        return None
    if not plausible(article, page):
        return None
    box: LexborNode | None = page.tree.body
    return replace(
        article,
        url=family.canonical(page.url, page),
        family=family.key,
        reader_version=f"{family.reader_version}+{floor.reader_version}",
        dates=family.stated(page, box, [*hints, *article.dates]),
    )


def _says_enough(article: Article) -> bool:
    """Whether so much text of its own stands in a body; the first lines nearly always tell."""
    letters = 0
    for line in article.body.split("\n"):
        letters += 0 if is_around(line, article.title) else len(line)
        if letters >= ENOUGH:
            return True
    return False


def plausible(article: Article, page: Page) -> bool:
    """Whether what the floor read is an article and not a notice, a listing or another page in its place."""
    if page.status >= 400 or NOTHING_THERE.search(article.title):
        return False
    if not _says_enough(article) and (not article.attachments or NOTHING_THERE.search(article.body)):
        return False
    spoken = words(page.url)
    if not spoken:
        return not PORTAL.match(article.title)
    said = set(re.findall(r"[a-z0-9]+", fold(article.title)))
    return sum(word in said for word in spoken) >= ALIKE * len(spoken)
