"""What content managers off the shelf have in common: times for machines, accounts for authors, titles for addresses.

WordPress, Drupal and Joomla print a moment twice, for people and in an attribute with its offset; the
attribute is right (PORTALS.md 5). Their addresses are made of titles, so that only length tells an
article's from a section's.
"""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.completion import Completing
from crawler.page import Page, attribute, find, one_line

TITLED = r"(?:[^/?]+/)*[^/?-]+(?:-+[^/?-]+){4,}/?(?:\?|$)"
"""Path of an address that ends in a title of five words or more."""
ACCOUNT = re.compile(r"(?:super ?user|admin\w*|administrator|quản trị(?: viên)?|webmaster|root|user\d*)", re.IGNORECASE)
DATED = re.compile(r"/\d{4}/\d{1,2}/|/\d+[-:]")
SUFFIX = re.compile(r"\.html?$", re.IGNORECASE)
FEW_WORDS = 6


class Imprint(Completing):
    """Reads the attribute of a date before its text, and never takes an account for an author."""

    def text(self, page: Page, box: LexborNode | None, name: str) -> str:
        """As every field is read, but of a date what is written for machines comes first."""
        if name == "date":
            node = find(page.tree if name in self.own else box, self.select[name])
            stamp = one_line(attribute(node, "datetime") or attribute(node, "content"))
            if stamp:
                return stamp
        return super().text(page, box, name)

    def labelled(self, page: Page, box: LexborNode | None, name: str) -> str:
        """As every labelled field is read, but "admin" wrote nothing."""
        found = super().labelled(page, box, name)
        return "" if ACCOUNT.fullmatch(found) else found


def short(url: str) -> bool:
    """Whether the address ends in so few words that it may be a section's as well as an article's."""
    path = SUFFIX.sub("", urlsplit(url).path.rstrip("/"))
    return not DATED.search(path) and len(path.rpartition("/")[2].split("-")) <= FEW_WORDS
