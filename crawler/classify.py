"""What a response is before anyone reads it: a page, or a challenge, a block, an error served as a page.

Source: PORTALS.md 1.6 (WebCenter's stub), 1.12 (firewalls), 5 (NukeViet's flood blocker).
"""

import re

from archive.records import CaptureKind
from crawler.page import Page, attribute, decode

CHALLENGES = (
    (re.compile(r"<title>\s*Hãy đợi", re.IGNORECASE), "challenge: flood blocker asks to wait (Hãy đợi...)"),
    (re.compile(r"_Incapsula_Resource|Incapsula incident ID", re.IGNORECASE), "challenge: Incapsula"),
    (re.compile(r"document\.cookie[^;]{0,200}D1N=|\bD1N=[0-9a-f]{16,}", re.IGNORECASE), "challenge: D1N cookie script"),
    (
        re.compile(r"cdn-cgi/challenge-platform|cf-browser-verification|Just a moment\.\.\.", re.IGNORECASE),
        "challenge: Cloudflare",
    ),
    (re.compile(r"Thông báo từ chối truy cập", re.IGNORECASE), "blocked: Thông báo từ chối truy cập"),
    (
        re.compile(r"Hệ thống đang gặp vấn đề khi xử lý yêu cầu của bạn", re.IGNORECASE),
        "blocked: Hệ thống đang gặp vấn đề",
    ),
    (
        re.compile(r"The requested URL was rejected|Request Rejected|Access Denied</title>", re.IGNORECASE),
        "blocked: request rejected",
    ),
    (
        re.compile(r"<title>[^<]{0,80}captcha|g-recaptcha\"[^>]*>\s*</div>\s*</form>\s*</body>", re.IGNORECASE),
        "challenge: captcha",
    ),
    (
        re.compile(r"_afrLoop|AdfLoopbackUtils|_afrRedirect", re.IGNORECASE),
        "challenge: script-only redirect (_afrLoop)",
    ),
)
UNSEEN = re.compile(
    r"<(script|style|noscript|head|template)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL
)


def challenge(text: str) -> str | None:
    """Why a page is a challenge, a block or a stub instead of content; None for a page that may be read.

    Meant for short pages: long ones may speak of such things.
    """
    for pattern, reason in CHALLENGES:
        if pattern.search(text):
            return reason
    seen = UNSEEN.sub(" ", text).strip()
    if not seen:
        return "challenge: script-only page" if "<script" in text.lower() else "empty"
    return None


HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|title)\b", re.IGNORECASE | re.DOTALL)
XML = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|feed|urlset|sitemapindex|rdf)\b", re.IGNORECASE)
LARGEST = {CaptureKind.ATTACHMENT: 200_000_000, CaptureKind.SITEMAP: 60_000_000}
LARGEST_PAGE = 15_000_000
SHORT = 20_000
READ_AS_PAGE = frozenset({CaptureKind.HOME, CaptureKind.LISTING, CaptureKind.ARTICLE})


def classify(status: int, content_type: str, body: bytes, *, wanted: CaptureKind) -> str | None:
    """Why a response is not what was asked for, on one line; None when it may be read. `body` is content-decoded."""
    if status in {401, 403, 429, 503}:
        return f"blocked: status {status}"
    if not 200 <= status < 300:
        return f"status {status}"
    if not body.strip():
        return "empty"
    if len(body) > LARGEST.get(wanted, LARGEST_PAGE):
        return f"too large: {len(body)} bytes"
    html = HTML.match(body) is not None
    if html and len(body) < SHORT:
        reason = challenge(decode(body, content_type))
        if reason:
            return reason
    return _unlike(wanted, content_type.partition(";")[0].strip().lower(), body, html)


def _unlike(wanted: CaptureKind, kind: str, body: bytes, html: bool) -> str | None:
    """Why a body is of another kind than the one wanted; magic bytes weigh more than the declared type."""
    if wanted in READ_AS_PAGE:
        binary = _magic(body)
        if binary or (b"\0" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))):
            return f"not html: {binary or 'binary data'}"
        if not html and (
            XML.match(body) or kind in {"application/json", "text/css", "text/javascript", "application/pdf"}
        ):
            return f"not html: {kind or 'xml'}"
        return None
    if html and wanted in {CaptureKind.SITEMAP, CaptureKind.FEED, CaptureKind.ROBOTS, CaptureKind.ATTACHMENT}:
        return f"not a {wanted.value}: html"
    return None


def _magic(body: bytes) -> str:
    return next((name for mark, name in MAGIC if body.startswith(mark)), "")


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


def near_home(page: Page, home: Page) -> bool:
    """Whether a page is the home page over again, served in place of what was asked (PORTALS.md 5: soft 404s).

    Counters and dates change between two answers, so nine tenths of the links and the title decide.
    """
    if page.text_of("title") != home.text_of("title"):
        return False
    one, other = ({attribute(a, "href") for a in p.tree.css("a[href]")} for p in (page, home))
    return bool(one or other) and len(one & other) >= 0.9 * len(one | other)
