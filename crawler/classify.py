"""What a response is before anyone reads it: a page, or a challenge, a block, an error served as a page.

Source: PORTALS.md 1.6 (WebCenter's stub), 1.12 (firewalls), 5 (NukeViet's flood blocker).
"""

import re
from dataclasses import dataclass
from typing import Self

from archive.records import CaptureKind
from crawler.page import Page, attribute, decode

SCRIPTS = (
    (r"_Incapsula_Resource|Incapsula incident ID", "challenge: Incapsula"),
    (r"document\.cookie[^;]{0,200}D1N=|\bD1N=[0-9a-f]{16,}", "challenge: D1N cookie script"),
    (r"cdn-cgi/challenge-platform|cf-browser-verification|Just a moment\.\.\.", "challenge: Cloudflare"),
    (r"_afrLoop|AdfLoopbackUtils|_afrRedirect", "challenge: script-only redirect (_afrLoop)"),
    (r"captcha", "challenge: captcha"),
)
WORDS = (
    (r"<title>\s*Hãy đợi", "challenge: flood blocker asks to wait (Hãy đợi...)"),
    (r"Thông báo từ chối truy cập", "blocked: Thông báo từ chối truy cập"),
    (r"Hệ thống đang gặp vấn đề khi xử lý yêu cầu của bạn", "blocked: Hệ thống đang gặp vấn đề khi xử lý yêu cầu"),
    (r"The requested URL was rejected|Request Rejected|<title>\s*Access Denied", "blocked: request rejected"),
)
UNSEEN = re.compile(
    r"<(script|style|noscript|head|template)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL
)
SHORT = 20_000
FEW_WORDS = 2000
HARDLY_A_WORD = 500

NUMBERS = re.compile(r"\d+")
START = 10_000
"""Bytes of a body, after its leading blanks, that tell what it is."""
HTML = re.compile(
    rb"(?:<!--(?:(?!-->).){0,2000}+-->\s*+)*+<(?:!doctype html|html|head|body|title)\b", re.IGNORECASE | re.DOTALL
)
"""Possessive, as all patterns here that run over what a portal sends: none may try a page in many ways."""
XML = re.compile(rb"<(?:\?xml|rss|feed|urlset|sitemapindex|rdf)\b", re.IGNORECASE)
JSON = re.compile(rb"[\[{\"]")
NOT_PAGES = frozenset({"application/json", "text/css", "text/javascript", "application/javascript", "application/pdf"})
MAGIC = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip or office file"),
    (b"\xd0\xcf\x11\xe0", "office file"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
)
LARGEST = {CaptureKind.ATTACHMENT: 200_000_000, CaptureKind.SITEMAP: 60_000_000}
LARGEST_PAGE = 15_000_000
MOST_LINKS = 20_000
MOST_TAGS = 300_000
FEW_TAGS = 4000
"""With fewer, however nested, a page is parsed in a tenth of a second."""
DEEPEST = 500
TAG = re.compile(rb"<(/?)([a-zA-Z][\w:-]*+)([^<>]*+)>")
UNENDED = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option".split()
)
READ_AS_PAGE = frozenset({CaptureKind.HOME, CaptureKind.LISTING, CaptureKind.ARTICLE, CaptureKind.PROBE})
BLOCKED = frozenset({401, 403, 429, 503})


def classify(status: int, content_type: str, body: bytes, *, wanted: CaptureKind) -> str | None:
    """Why a response is not what was asked for, on one line; None when it may be read.

    `body` is content-decoded. Reasons begin with "challenge:" or "blocked:" when the portal refuses.
    """
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:START]
    html = HTML.match(start) is not None
    reason = challenge(decode(body, content_type)) if html and len(body) < SHORT else None
    if reason and reason != "empty":
        return reason
    if status in BLOCKED:
        return f"blocked: status {status}"
    if not 200 <= status < 300:
        return f"status {status}"
    if reason or not start:
        return "empty"
    if len(body) > LARGEST.get(wanted, LARGEST_PAGE):
        return f"too large: {len(body)} bytes"
    kind = content_type.partition(";")[0].strip().lower()
    return _unlike(wanted, kind, start, html) or (overgrown(body) if wanted in READ_AS_PAGE else None)


def challenge(text: str) -> str | None:
    """Why a short page is a challenge, a block, a stub or empty; None for one that may be read.

    A page that says more than a challenge would is none, whatever scripts its firewall put into it.
    """
    if len(text) > SHORT:
        return None
    seen = " ".join(UNSEEN.sub(" ", text).split())
    suspects: tuple[tuple[str, str], ...] = (
        *(WORDS if len(seen) < FEW_WORDS else ()),
        *(SCRIPTS if len(seen) < HARDLY_A_WORD else ()),
    )
    found = next((reason for pattern, reason in suspects if re.search(pattern, text, re.IGNORECASE)), None)
    if found or seen:
        return found
    return "challenge: script-only page" if "<script" in text.lower() else "empty"


def _unlike(wanted: CaptureKind, kind: str, start: bytes, html: bool) -> str | None:
    """Why a body is of another kind than the one wanted; magic bytes weigh more than the declared type."""
    if wanted not in READ_AS_PAGE:
        return f"not a {wanted.value}: html" if html else None
    binary = next((name for mark, name in MAGIC if start.startswith(mark)), "")
    if binary or (b"\0" in start[:1024] and not start.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return f"not html: {binary or 'binary data'}"
    if kind == "application/json" and wanted is not CaptureKind.HOME and JSON.match(start):
        return None
    if not html and (XML.match(start) or kind in NOT_PAGES):
        return f"not html: {kind or 'xml'}"
    return None


def overgrown(body: bytes) -> str | None:
    """Why a page would cost more than a page may: too many links, or tags too deep in one another."""
    tags = body.count(b"<")
    if tags < FEW_TAGS:
        return None
    links = body.count(b"<a ") + body.count(b"<A ")
    if links > MOST_LINKS:
        return f"too many links: {links}"
    if tags > MOST_TAGS:
        return f"too many tags: {tags // 2}"
    depth = deepest(body)
    return f"nested too deep: {depth} tags in one another" if depth > DEEPEST else None


def deepest(body: bytes) -> int:
    """How many tags stand in one another, as a parser counts them: those that need no end are not counted."""
    depth = most = 0
    for ending, name, rest in TAG.findall(body):
        if rest.endswith(b"/") or name.lower() in UNENDED:
            continue
        depth = max(depth - 1, 0) if ending else depth + 1
        most = max(most, depth)
    return most


@dataclass(frozen=True, slots=True)
class Look:
    """What a page shows by which it is known again; a fiftieth of the page, so that a night may keep it."""

    title: str
    links: frozenset[str]
    lines: frozenset[str]

    @classmethod
    def of(cls, page: Page) -> Self:
        """The look of a page."""
        return cls(page.text_of("title"), _links(page), _lines(page))


def near_home(page: Page, home: Look) -> bool:
    """Whether a page is the home page over again, served in place of what was asked (PORTALS.md 5: soft 404s).

    Counters and dates change between two answers, so title, nine tenths of the links and of the lines decide.
    """
    if page.text_of("title") != home.title:
        return False
    links = _links(page)
    if not (links or home.links) or len(links & home.links) < 0.9 * len(links | home.links):
        return False
    return len(_lines(page) & home.lines) >= 0.9 * len(home.lines)


def _links(page: Page) -> frozenset[str]:
    return frozenset(attribute(a, "href") for a in page.tree.css("a[href]"))


def _lines(page: Page) -> frozenset[str]:
    """The lines a page shows, without their numbers."""
    text = page.tree.body.text(separator="\n") if page.tree.body is not None else ""
    lines = (" ".join(NUMBERS.sub(" ", line).split()) for line in text.splitlines())
    return frozenset(line for line in lines if line)
