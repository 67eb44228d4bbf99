"""How a stored page is read again by today's families: the reader that the archive's replay is given."""

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from archive.plain import Packed, plain
from archive.records import Article, Capture, Stated
from archive.reread import Given, Unread
from config.errors import PortalError
from config.portal import Portal
from crawler.address import host_of
from crawler.families import family
from crawler.family import Family, ReadingError
from crawler.page import Page


def read(capture: Capture, given: Given) -> Article | Unread:
    """Read a capture as it was read then, by the rules of today."""
    try:
        reader = _family(given.family, tuple(sorted(given.portal.selectors.items())))
        page = Page(
            given.page or capture.url,
            plain(capture),
            content_type=capture.header("Content-Type"),
            status=capture.status,
            sent=capture.sent,
        )
        article = reader.read(page, tuple(Stated(text, source) for text, source in given.hints))
    except (ReadingError, PortalError, Packed) as error:
        return Unread(f"{type(error).__name__}: {error}")
    return article


@lru_cache(maxsize=256)
def _family(key: str, selectors: tuple[tuple[str, str], ...]) -> Family:
    return family(key, dict(selectors))


def aligned(url: str, portal: Portal) -> str:
    """An address with the portal's own scheme and host, whichever of its variants a capture was of."""
    parts, own = urlsplit(url), urlsplit(portal.url)
    if host_of(url) != host_of(portal.url):
        return url
    return urlunsplit((own.scheme, own.netloc, parts.path or "/", parts.query, ""))
