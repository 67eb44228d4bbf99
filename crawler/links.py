"""What a listing, a feed or a sitemap says of an article: its address and what is printed beside it."""

from dataclasses import dataclass, replace

from archive.records import Stated


@dataclass(frozen=True, slots=True)
class Link:
    """An article a listing, feed or sitemap names; `stated` is the date printed there."""

    url: str
    title: str = ""
    stated: Stated | None = None
    summary: str = ""


def joined(one: Link, other: Link) -> Link:
    """Two links to one article made one: a picture's has no title, a heading's no summary."""
    title = max(one.title, other.title, key=len)
    return replace(one, title=title, stated=one.stated or other.stated, summary=one.summary or other.summary)
