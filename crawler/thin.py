"""Which pages say so little that they may have lost their body; pure.

Some articles consist of their files. What tells those from a broken page is what the portal's other pages are like:
the ones read tonight, and the newest of the archive.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.records import Article

NOTHING = 100
"""A body of fewer characters says nothing: such an article consists of its files, or the page has lost it."""
BODY = 200
"""A text of so many characters is a body."""
NEIGHBOURS = 2
"""Articles without which nobody knows what pages of a portal are like."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The lengths of bodies: of the articles read tonight, and of the newest ones that the archive knows."""

    tonight: Sequence[int]
    known: Sequence[int]

    @property
    def any_body(self) -> bool:
        """Whether any of them has a body."""
        return any(chars >= BODY for chars in (*self.tonight, *self.known))


def hollow(article: Article, near: Neighbours, *, again: bool) -> bool:
    """Whether a page has lost its body: it says nothing, and all its neighbours say much.

    One that was put aside for it (`again`) is believed on a later night whose other pages have bodies, or where
    none ever had and it has files to say it.
    """
    if len(article.body) >= NOTHING:
        return False
    if again and not near.any_body:
        return not article.attachments
    if again:
        return all(chars < BODY for chars in near.tonight)
    every = (*near.tonight, *near.known)
    return len(every) >= NEIGHBOURS and min(every) >= BODY


def unproven(article: Article, near: Neighbours, *, again: bool) -> bool:
    """Whether a page says so little that another must show first that pages of this portal have bodies.

    Else a first night on which all have lost theirs would keep what was left of them.
    """
    little = len(article.body) < NOTHING or (len(article.body) < BODY and "\n" not in article.body)
    return little and not again and not near.any_body
