"""What speaks for a page being of one kind of CMS: marks with weights, and why in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.page import Page


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


def weighed(family: str, marks: Sequence[Mark], page: Page) -> Evidence:
    """The marks a page bears: each makes the doubt smaller by its weight."""
    found = [
        mark for mark in marks if re.search(mark.pattern, page.url if mark.of == "url" else page.text, re.IGNORECASE)
    ]
    doubt = 1.0
    for mark in found:
        doubt *= 1 - mark.weight
    return Evidence(family, round(1 - doubt, 3), tuple(mark.why for mark in found))
