"""A page is a parsed document: its address, its text in the right charset, its tree.

Selectors are CSS as lexbor knows it; `a || b` means: what a finds, else what b finds.
"""

import json
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.legacy import modern

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
BOM_STARTS = tuple(mark for mark, _ in BOMS)
DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
OLD_FONT, OLD_WORD = re.compile(rb"\.Vn"), "vµ ".encode()
"""In UTF-8, what pages typed in TCVN3 have: the font's name (.VnTime), and the commonest word."""
BLANKS = re.compile(r"[ \t\r\n\f]+")
EDGES = " \t\r\n\f\v\xa0\u200b\u200c\u200d\ufeff\xad\u2003\u3000"
UNFOLLOWED = ("#", "javascript:", "mailto:", "tel:", "data:", "about:", "ymsgr:", "skype:", "zalo:")

PLAIN = re.compile(
    r"(?:https?://[a-z0-9.-]+(?::\d{1,5})?)?/(?![/.])(?:[^\s#?;./\\]|[./](?![./]))*(?:\?[^\s#]+)?", re.ASCII
)
"""An address that joining leaves as it is, or only sets below a host: nearly every link, and joining is slow."""


def one_line(text: str) -> str:
    """Text as a browser prints it on one line: runs of blanks are one, edges are bare; NBSP inside stays."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        text = BLANKS.sub(" ", text)
    return text.strip(EDGES)


@lru_cache(maxsize=2048)
def alternatives(selectors: str) -> tuple[str, ...]:
    """The fallbacks of `a || b`, in order."""
    return tuple(part for part in (part.strip() for part in selectors.split("||")) if part)


def find(node: LexborNode | LexborHTMLParser | None, selectors: str) -> LexborNode | None:
    """The first node that the first fruitful fallback finds below `node`."""
    if node is None:
        return None
    for selector in alternatives(selectors):
        found = node.css_first(selector)
        if found is not None:
            return found
    return None


def find_all(node: LexborNode | LexborHTMLParser | None, selectors: str) -> list[LexborNode]:
    """All nodes that the first fruitful fallback finds below `node`, in page order."""
    if node is None:
        return []
    for selector in alternatives(selectors):
        found = list(node.css(selector))
        if found:
            return found
    return []


def text_of(node: LexborNode | None) -> str:
    """The text of a node on one line; empty for no node."""
    return one_line(node.text()) if node is not None else ""


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body: BOM, then UTF-8 if it is that, then what header or meta say, then a guess.

    Old servers declare a charset their pages do not have, so valid UTF-8 wins over every declaration.
    """
    for mark, charset in BOMS:
        if body.startswith(mark):
            return body.decode(charset, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_other(body, content_type)


def _decode_other(body: bytes, content_type: str) -> str:
    stated = list(_stated_charsets(body, content_type))
    for charset in stated:
        try:
            return body.decode(charset, errors="replace" if charset in {"utf-8", "utf8"} else "strict")
        except (LookupError, UnicodeDecodeError):
            continue
    return _guess(body)


def _stated_charsets(body: bytes, content_type: str) -> Iterator[str]:
    header = HEADER_CHARSET.search(content_type)
    if header:
        yield header[1].lower()
    meta = DECLARED.search(body[:4096])
    if meta:
        yield meta[1].decode("ascii", "replace").lower()


def _guess(body: bytes) -> str:
    from bs4.dammit import UnicodeDammit  # noqa: PLC0415  (rare, and slow to import)

    guessed = UnicodeDammit(body, known_definite_encodings=[], user_encodings=[], is_html=True).unicode_markup
    return guessed if guessed is not None else body.decode("utf-8", errors="replace")


class Page:
    """A response read as a document; `body` is content-decoded, the charset is found here.

    `sent` is the body of the request that it answers: a posted listing says there which page it is.
    """

    def __init__(self, url: str, body: bytes, *, content_type: str = "", status: int = 200, sent: bytes = b"") -> None:
        self.url = url
        self.body = body
        self.content_type = content_type
        self.status = status
        self.sent = sent
        self._absolute: dict[str, str] = {}
        self.kept: dict[object, Any] = {}
        """What was found out about the page and is asked for again, by what asks."""

    @cached_property
    def text(self) -> str:
        """The whole source in Unicode; NUL characters, which no page means, are blanks.

        What was typed for the fonts of before Unicode is converted (archive/legacy.py).
        """
        plain = None if self.body.startswith(BOM_STARTS) else self._utf8
        text = (decode(self.body, self.content_type) if plain is None else plain).replace("\0", " ")
        return text if self._utf8 is not None and not self._in_old_fonts else modern(text)

    @cached_property
    def _in_old_fonts(self) -> bool:
        # One letter is found far faster than three, and this one stands in few pages.
        return OLD_FONT.search(self.body) is not None or ("µ" in (self._utf8 or "") and OLD_WORD in self.body)

    @cached_property
    def _utf8(self) -> str | None:
        """The body as UTF-8, its mark included; None when it is not that."""
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError:
            return None

    @cached_property
    def json(self) -> Any:
        """What the body says as JSON; None when it is none (an object, a list or a string)."""
        if not self.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b'"')):
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def unwrapped(self) -> "Page":
        """The document inside an answer that holds it as JSON text ({"d": "<div>…"}); else the page itself."""
        fields = self.json.values() if isinstance(self.json, dict) else [self.json]
        markup = max((text for text in fields if isinstance(text, str) and "<" in text), key=len, default="")
        return Page(self.url, markup.encode(), status=self.status, sent=self.sent) if markup else self

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed document; UTF-8 goes to the parser as it came, which is faster."""
        body = self.body
        odd = body.startswith(BOM_STARTS) or b"\0" in body or self._in_old_fonts
        return LexborHTMLParser(body if not odd and self._utf8 is not None else self.text)

    @cached_property
    def declared(self) -> str:
        """The absolute address in `link rel=canonical`, or nothing."""
        return self.absolute(attribute(find(self.tree.head, "link[rel=canonical]"), "href"))

    def meta(self, name: str) -> str:
        """The content of the head's first `<meta>` of that property or name, in any case; empty when there is none."""
        return one_line(self._metas.get(name.lower(), ""))

    @cached_property
    def _metas(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in self.tree.head.css("meta") if self.tree.head is not None else ():
            for named in ("property", "name"):
                found.setdefault(attribute(node, named).lower(), attribute(node, "content"))
        return found

    def css(self, selectors: str) -> list[LexborNode]:
        """All nodes of the first fruitful fallback."""
        return find_all(self.tree, selectors)

    def first(self, selectors: str) -> LexborNode | None:
        """The first node of the first fruitful fallback."""
        return find(self.tree, selectors)

    def text_of(self, selectors: str) -> str:
        """The text of the first node found, on one line."""
        return text_of(self.first(selectors))

    def absolute(self, href: str | None) -> str:
        """An address made absolute against the page's; empty for what cannot be fetched (script, mail, fragment)."""
        href = (href or "").strip(EDGES)
        if href not in self._absolute:
            self._absolute[href] = self._joined(href)
        return self._absolute[href]

    def _joined(self, href: str) -> str:
        if PLAIN.fullmatch(href) and self._origin:
            return self._origin + href if href[0] == "/" else href
        if not href or href.lower().startswith(UNFOLLOWED):
            return ""
        try:
            url = urljoin(self.url, href)
            parts = urlsplit(url)
            return url if parts.scheme in {"http", "https"} and parts.hostname else ""
        except ValueError:
            return ""

    @cached_property
    def _origin(self) -> str:
        """Scheme and host of a page's address, which begin what its links from the root stand for."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.hostname else ""


def attribute(node: LexborNode | None, name: str) -> str:
    """An attribute's value; empty when node, attribute or value is missing."""
    return (node.attributes.get(name) or "") if node is not None else ""
