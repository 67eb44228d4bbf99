"""What feeds and sitemaps name: links with the dates they print, read by lxml with everything risky off."""

import gzip
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from archive.records import Stated
from crawler.family import Link
from crawler.page import decode, one_line

LARGEST = 60_000_000
MARKUP = re.compile(r"<[a-zA-Z!/]")
ENTITY = re.compile(r"&(?:#\w+|[a-zA-Z]\w*);")
NOISE = re.compile(r"\A[\s\ufeff]*(?:[^<]{0,200}(?=<\?xml|<rss|<feed|<urlset|<sitemapindex))?")
DATES = ("published", "pubDate", "date", "issued", "updated", "modified")


class NotAFeed(ValueError):  # noqa: N818  (a verdict, as its siblings in crawler.family)
    """The body is no sitemap or feed: HTML in its place, or nothing that XML can be."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's two possible contents: further sitemaps, and pages."""

    children: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap or a sitemap index, gzipped or not; raises NotAFeed for anything else."""
    root = _root(body, url)
    if _name(root) not in {"urlset", "sitemapindex"}:
        raise NotAFeed(f"{url}: a sitemap was expected, <{_name(root)}> came")
    children, links = [], []
    for entry in root:
        address = _address(_text(entry, "loc"), url)
        if not address:
            continue
        if _name(entry) == "sitemap":
            children.append(address)
        elif _name(entry) == "url":
            links.append(_sitemap_link(entry, address))
    return Sitemap(children, _thawed(links))


def _sitemap_link(entry: etree._Element, address: str) -> Link:
    """A page of a sitemap; a news sitemap's publication date is better than the date of the last change."""
    date = _deep(entry, "publication_date") or _text(entry, "lastmod")
    return Link(address, _plain(_deep(entry, "title")), Stated(date, "sitemap") if date else None)


def _thawed(links: list[Link]) -> list[Link]:
    """Links without their dates when all are equal: such a lastmod is frozen and says nothing (PORTALS.md 1.9)."""
    dates = {link.stated for link in links}
    if len(links) > 3 and len(dates) == 1:
        return [Link(link.url, link.title) for link in links]
    return links


def read_feed(body: bytes, url: str) -> list[Link]:
    """Read RSS 2.0, RSS 1.0 or Atom in the feed's order; raises NotAFeed for anything else."""
    root = _root(body, url)
    if _name(root) not in {"rss", "feed", "RDF"}:
        raise NotAFeed(f"{url}: a feed was expected, <{_name(root)}> came")
    items = (node for node in root.iter(tag=etree.Element) if _name(node) in {"item", "entry"})
    links = (_feed_link(item, url) for item in items)
    return list({link.url: link for link in links if link is not None}.values())


def _feed_link(item: etree._Element, url: str) -> Link | None:
    address = _address(_feed_address(item), url)
    if not address:
        return None
    date = next((found for found in (_text(item, name) for name in DATES) if found), "")
    summary = _text(item, "description") or _text(item, "summary")
    return Link(address, _plain(_text(item, "title")), Stated(date, "feed") if date else None, _plain(summary))


def _feed_address(item: etree._Element) -> str:
    for node in item:
        if _name(node) == "link" and node.get("rel", "alternate") == "alternate":
            found = (node.get("href") or node.text or "").strip()
            if found:
                return found
    guid = _text(item, "guid") or _text(item, "id")
    return guid if guid.startswith(("http://", "https://")) else ""


def _root(body: bytes, url: str) -> etree._Element:
    """The root element: no entities, no network, no DTD; a broken tail is forgiven, HTML is not."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=True
    )
    text = NOISE.sub("", decode(_unzipped(body, url), "text/xml"), count=1)
    text = re.sub(r"\A<\?xml[^>]*\?>", "", text)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise NotAFeed(f"{url}: not XML")
    if _name(root).lower() in {"", "html", "head", "body", "title", "script", "p", "div"}:
        raise NotAFeed(f"{url}: an HTML page stands where a feed was expected")
    return root


def _unzipped(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            plain = stream.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        raise NotAFeed(f"{url}: broken gzip ({error})") from None
    if len(plain) > LARGEST:
        raise NotAFeed(f"{url}: more than {LARGEST} bytes when unpacked")
    return plain


def _name(node: etree._Element) -> str:
    tag: object = node.tag  # a comment's is a function, whatever the stubs say
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def _text(node: etree._Element, name: str) -> str:
    """The text of the first child of that local name, whatever its namespace."""
    return next((_whole(child) for child in node if _name(child) == name), "")


def _whole(node: etree._Element) -> str:
    return one_line("".join(str(part) for part in node.itertext()))


def _deep(node: etree._Element, name: str) -> str:
    return next((_whole(one) for one in _within(node) if _name(one) == name), "")


def _within(node: etree._Element) -> Iterator[etree._Element]:
    """Grandchildren: the news extension's fields; an image's title is not the page's."""
    for child in node:
        if _name(child) == "news":
            yield from child


def _plain(text: str) -> str:
    """Text of an element that holds HTML, escaped once more than it should be (PORTALS.md 5)."""
    if ENTITY.search(text):
        text = html.unescape(text)
    if MARKUP.search(text):
        text = LexborHTMLParser(text).text()
    return one_line(text)


def _address(href: str, url: str) -> str:
    try:
        address = urljoin(url, href.strip()) if href.strip() else ""
        return address if urlsplit(address).scheme in {"http", "https"} and urlsplit(address).hostname else ""
    except ValueError:
        return ""
