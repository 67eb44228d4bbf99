"""What speaks for a page being of one kind of CMS: marks with weights, and why in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from crawler.page import Page

LOOKED_AT = 300_000
"""Characters of a page among which its marks stand; a larger one repeats what it has."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A trait of a family's pages: a pattern in the address or the source, its weight, what it is in words."""

    pattern: str
    weight: float
    why: str
    of: str = "html"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure it is that a page is of a family (0 to 1), and why."""

    family: str
    score: float
    reasons: tuple[str, ...]


@cache
def _pattern(mark: str) -> re.Pattern[str]:
    return re.compile(mark, re.IGNORECASE)


def weighed(family: str, marks: Sequence[Mark], page: Page) -> Evidence:
    """The marks a page bears: each makes the doubt smaller by its weight."""
    where = {"url": page.url, "html": page.text[:LOOKED_AT]}
    found = [mark for mark in marks if _pattern(mark.pattern).search(where[mark.of])]
    doubt = 1.0
    for mark in found:
        doubt *= 1 - mark.weight
    return Evidence(family, round(1 - doubt, 3), tuple(mark.why for mark in found))
