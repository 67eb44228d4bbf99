"""Where a portal lists its news: menus, banners and headings of a page, the feeds it names, pages that lead on.

A listing counts as a reform listing only when its address, label or heading says so (DESIGN.md section 4).
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from archive.text import fold
from crawler.address import host_of, target, tidy
from crawler.families import family, recognise
from crawler.family import Family
from crawler.page import Page, attribute, one_line, text_of

REFORM_WORDS = re.compile(r"\b(?:cai cach (?:thu tuc )?hanh chinh|cai cach tthc|cchc|cctthc)\b")
REFORM_ADDRESS = re.compile(r"cai-?cach-?(?:thu-?tuc-?)?hanh-?chinh|caicachhanhchinh|(?<![a-z])cchc(?![a-z])")
NEWS_WORDS = re.compile(
    r"\b(?:tin tuc|tin moi|tin noi bat|tin trong (?:tinh|huyen|nuoc)|tin dia phuong|"
    r"tin (?:hoat dong|so nganh|phuong|xa)|su kien|thoi su|thong bao|chi dao,? dieu hanh|"
    r"hoat dong (?:cua|chi dao)|chinh quyen|chinh tri|kinh te|xa hoi|van hoa|giao duc|y te|an ninh|quoc phong|"
    r"phap luat|doi song|moi truong|nong thon moi|xay dung dang|khoa hoc|chuyen doi so|ban tin|bai viet)\b"
)
NEWS_ADDRESS = re.compile(
    r"/(?:tin-tuc|tintuc|news|tin-bai|su-kien|thong-bao|chuyen-muc|chuyenmuc|category)(?:[/._-]|$)"
)
NO_LISTING = re.compile(
    r"\b(?:dang nhap|dang ky|lien he|gioi thieu|so do|tim kiem|thu dien tu|hop thu|rss|english|trang chu|hoi dap|"
    r"van ban|thu vien|video|audio|album|dich vu cong|thu tuc hanh chinh cap|gop y|ban do|lich)\b"
)
HUB_WORDS = (
    (re.compile(r"\b(?:so do|ban do) (?:cong|trang|web|site|website)|\bsite ?map\b"), "it is the map of the site"),
    (re.compile(r"\brss\b"), "it lists feeds"),
    (re.compile(r"\b(?:chuyen (?:muc|trang|de)|danh muc tin)\b"), "it lists sections"),
    (re.compile(r"\b(?:tin tuc|su kien|tin bai)\b"), "it is the head of the news"),
    (re.compile(r"\b(?:chi dao,? dieu hanh|thong tin (?:chi dao|can biet))\b"), "sections may stand below it"),
)
"""Labels of pages that may lead to a listing that the home page does not name, the likeliest first."""
MOST_HUBS = 4
FEED_ADDRESS = re.compile(
    r"(?:^|[/._-])(?:rss|feeds?|atom)(?:[/._-][^?]*)?(?:\?|$)|\.(?:rss|atom)(?:\?|$)|[?&](?:format|type)=(?:rss|feed|atom)",
    re.IGNORECASE,
)
LED = "a[href], area[href], option[value*='/'], [data-href], [onclick*='location']"
"""What leads to another page: links, entries of a menu that is a list to choose from, and what a script opens."""
OPENED = re.compile(r"""location(?:\.href)?\s*(?:=|\.assign\()\s*['"]([^'"]+)['"]""")
LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that lists articles: address, label, whether it lists reform news, and why it is thought so."""

    url: str
    label: str
    reform: bool
    why: str


def is_reform_listing(url: str, label: str = "", heading: str = "") -> bool:
    """Whether address, label or heading of a listing say "cải cách hành chính" or CCHC."""
    return bool(_reform(url, label) or REFORM_WORDS.search(fold(heading)))


def listings(page: Page) -> list[Listing]:
    """The listings a page links, reform ones first, each in page order; every one says why."""
    reader = _reader(page)
    nodes = page.tree.css(LED)
    folders = _folders(page, nodes, reader)
    found: dict[str, Listing] = {}
    for node in nodes:
        listing = _listing(page, node, reader, folders)
        if listing is not None:
            known = found.get(listing.url)
            if known is None or (listing.reform and not known.reform):
                found[listing.url] = listing
    return sorted(found.values(), key=lambda listing: not listing.reform)


def feeds(page: Page) -> list[str]:
    """The feeds a page names, in its head or by links whose address is a feed's; reform ones first."""
    nodes = page.css("link[rel=alternate][type*=rss] , link[rel=alternate][type*=atom]")
    named = [(page.absolute(attribute(node, "href")), attribute(node, "title")) for node in nodes]
    linked = ((_led_to(page, node), label_of(node)) for node in page.tree.css("a[href]"))
    named += [(url, label) for url, label in linked if FEED_ADDRESS.search(target(url))]
    own: dict[str, str] = {}
    for url, title in named:
        if url and host_of(url) == host_of(page.url) and tidy(url) != tidy(page.url):
            own[tidy(url)] = max(own.get(tidy(url), ""), title, key=len)
    return sorted(own, key=lambda url: not is_reform_listing(url, own[url]))


def hubs(page: Page) -> list[Listing]:
    """Pages of the own host that may lead to listings which this page does not name, the likeliest first."""
    found: dict[str, tuple[int, Listing]] = {}
    for node in page.tree.css(LED):
        url, label = _led_to(page, node), label_of(node)
        if not url or host_of(url) != host_of(page.url) or tidy(url) == tidy(page.url) or len(label) > LONGEST_LABEL:
            continue
        rank = next((n for n, (words, _) in enumerate(HUB_WORDS) if words.search(fold(label))), None)
        if rank is not None and urlsplit(url).path not in {"", "/"}:
            found.setdefault(tidy(url), (rank, Listing(tidy(url), label, False, HUB_WORDS[rank][1])))
    return [one for _, one in sorted(found.values(), key=lambda pair: pair[0])][:MOST_HUBS]


def label_of(node: LexborNode) -> str:
    """What a link says to a reader: its text, its title, or what its picture stands for."""
    return text_of(node) or one_line(attribute(node, "title") or attribute(node.css_first("img[alt]"), "alt"))


def _led_to(page: Page, node: LexborNode) -> str:
    """The address that a node leads to, absolute; empty for none."""
    href = attribute(node, "href") or attribute(node, "data-href") or attribute(node, "value")
    if not page.absolute(href):
        opened = OPENED.search(attribute(node, "onclick"))
        href = opened[1] if opened else ""
    return page.absolute(href)


def _reader(page: Page) -> Family:
    evidence = recognise(page)
    return family(evidence[0].family if evidence else "generic")


def _folders(page: Page, nodes: list[LexborNode], reader: Family) -> frozenset[str]:
    """The paths below which the articles that a page names stand; generic shapes are too loose for that."""
    if reader.key == "generic":
        return frozenset()
    urls = {_led_to(page, node) for node in nodes}
    paths = (urlsplit(url).path for url in urls if url and reader.is_article(url))
    return frozenset(path.rstrip("/").rpartition("/")[0] for path in paths)


def _listing(page: Page, node: LexborNode, reader: Family, folders: frozenset[str]) -> Listing | None:
    url = _led_to(page, node)
    if not url or host_of(url) != host_of(page.url):
        return None
    url = tidy(url)
    label = label_of(node)
    if url in {page.url, tidy(page.url)} or not _may_list(url, label, reader):
        return None
    reform = _reform(url, label)
    news = "" if reform else _news(url, label, reader, folders)
    if news and REFORM_ADDRESS.match(host_of(url)):
        reform = f"it is a news section of {host_of(url)}"
    return Listing(url, label, bool(reform), reform or news) if reform or news else None


def _may_list(url: str, label: str, reader: Family) -> bool:
    """Whether a link can lead to a listing: a short label, no file, and not the shape of an article's address."""
    parts = urlsplit(url)
    if not label or len(label) > LONGEST_LABEL or (parts.path in {"", "/"} and not parts.query):
        return False
    if FEED_ADDRESS.search(target(url)):
        return False
    return reader.is_listing_address(url)


def _reform(url: str, label: str) -> str:
    if REFORM_WORDS.search(fold(label)):
        return f"its label says {label!r}"
    found = REFORM_ADDRESS.search(unquote(target(url)).lower())
    return f"its address says {found[0]!r}" if found and not NO_LISTING.search(fold(label)) else ""


def _news(url: str, label: str, reader: Family, folders: frozenset[str]) -> str:
    folded, path = fold(label), urlsplit(url).path
    if NO_LISTING.search(folded):
        return ""
    if reader.sections and re.search(reader.sections, path, re.IGNORECASE):
        return f"its address is one of {reader.key}'s listings"
    if path.rstrip("/") in folders:
        return "articles of this page stand below its address"
    if NEWS_WORDS.search(folded):
        return f"its label {label!r} is a news section's"
    return f"its address {path!r} is a news section's" if NEWS_ADDRESS.search(path.lower()) else ""
