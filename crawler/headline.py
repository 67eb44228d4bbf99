"""Which element of a page of unknown make is its heading: the one that head or address repeat."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from archive.text import fold
from crawler.address import target
from crawler.main_text import ancestors, enclosing, in_chrome
from crawler.page import Page, one_line

HEADINGS = ":is(h1, h2, h3, h4, h5, div, p, span, strong, b, td):not(:has(p, div, li, a, td))"
SHORTEST, LONGEST, INDENTED = 12, 400, 4000
SITE = re.compile(r"\s+(?:[-–—|»:])\s+")
PORTAL = re.compile(
    r"(?:cổng|trang) (?:tt|thông tin)|website|trang chủ|báo \w+(?: \w+)*(?: online| điện tử)$|"
    r"(?:ubnd|ủy ban nhân dân|sở|bộ|phòng|ban)(?: \w+){1,6}$",
    re.IGNORECASE,
)
"""How the part of a title looks that names the portal."""
RANKS = ("h1", "h2", "h3", "h4", "strong", "b", "div", "p", "span", "td", "h5")
_WORD = re.compile(r"[a-z0-9]+")
NEAR = 4
FEW = 4
ALIKE = 0.75


def heading(page: Page, body: LexborNode | None = None) -> LexborNode | None:
    """The first element outside the frame whose text the document's title holds, else the likest to the address.

    Where neither says anything, the most prominent one above the body.
    """
    key = heading, body.mem_id if body is not None else 0
    if key not in page.kept:
        page.kept[key] = _heading(page, body)
    found: LexborNode | None = page.kept[key]
    return found


def _heading(page: Page, body: LexborNode | None) -> LexborNode | None:
    called = {key_of(text) for text in named(page)}
    spoken = words(page.url)
    best: tuple[float, LexborNode] | None = None
    candidates: list[LexborNode] = []
    framed = _Framed(page, body)
    for node, text in _candidates(page):
        candidates.append(node)
        said = _said(text)
        like = likeness(said, spoken)
        same = " ".join(said) in called and (not spoken or like >= ALIKE / 2)
        liker = like >= ALIKE and (best is None or like > best[0])
        # Asked last, because it is slow and few come so far.
        if not (same or liker) or framed(node):
            continue
        if same:
            return node
        best = (like, node)
    return best[1] if best else (None if spoken else _above(candidates, body, framed))


def _above(
    candidates: Sequence[LexborNode], body: LexborNode | None, framed: Callable[[LexborNode], bool]
) -> LexborNode | None:
    """The most prominent line above a body, among what stands near it."""
    outer = list(islice(ancestors(body), NEAR)) if body is not None else []
    for box in outer:
        before = list(takewhile(lambda node: node.mem_id != body.mem_id, box.traverse())) if body is not None else []
        places = {node.mem_id for node in before}
        found = [node for node in candidates if node.mem_id in places and node.tag in RANKS and not framed(node)]
        if found:
            return min(found, key=lambda node: RANKS.index(node.tag or "span"))
    return None


def confirmed(page: Page, text: str) -> bool:
    """Whether head or address say the same as a heading."""
    spoken = words(page.url)
    said = _said(text)
    return bool(text) and (" ".join(said) in {key_of(name) for name in named(page)} or likeness(said, spoken) >= ALIKE)


def words(url: str) -> list[str]:
    """The words of the longest part of an address; none when it is not made of words, or is what a number stands below.

    Joomla's addresses have lost the letters with marks: "t-ng-c-ng-ch-o" is made of none (PORTALS.md 1.10).
    """
    parts = re.split(r"[/?&=]", fold(unquote(target(url))))
    longest = max(parts, key=len)
    letters = [word for word in re.split(r"[^a-z0-9]+", longest) if word]
    found = [word for word in letters if len(word) > 1]
    if len(found) < 0.75 * len(letters) or any(part.isdigit() for part in parts[parts.index(longest) + 1 :]):
        return []
    while found and (found[-1].isdigit() or found[-1] in {"html", "htm", "aspx"}):
        found.pop()
    return found if len(found) >= FEW else []


def likeness(said: Sequence[str], spoken: Sequence[str]) -> float:
    """How much of an address's words a text's folded words are, and these nothing beyond them; 0 to 1."""
    if not said or not spoken:
        return 0.0
    wanted = set(spoken)
    both = len(wanted.intersection(said))
    longer = max(0, len(said) - len(spoken) - FEW) if len(spoken) > 2 * FEW else max(0, len(said) - 2 * len(spoken))
    return both / len(wanted) * (1 - min(1.0, longer / len(said)))


def named(page: Page) -> Iterator[str]:
    """What the head calls the page: its title for other sites, its title, and that without the site's name."""
    title = page.text_of("title")
    yield from (text for text in (page.meta("og:title"), title) if not PORTAL.match(text))
    for found in SITE.finditer(title):
        yield from (part for part in (title[: found.start()], title[found.end() :]) if not PORTAL.match(part))


def _candidates(page: Page) -> Iterator[tuple[LexborNode, str]]:
    """The elements that hold one line as long as a heading and are no item or link, with their text."""
    for node in page.tree.css(HEADINGS):
        if node.parent is not None and node.parent.tag in {"a", "li"}:
            continue
        source = node.text()
        text = one_line(source) if SHORTEST <= len(source) <= INDENTED else ""
        if SHORTEST <= len(text) <= LONGEST:
            yield node, text


class _Framed:
    """Whether a line stands in the frame around a body."""

    def __init__(self, page: Page, body: LexborNode | None) -> None:
        self.text_in = enclosing(body)
        self.judged: dict[int, bool] = page.kept.setdefault(in_chrome, {})

    def __call__(self, node: LexborNode) -> bool:
        return in_chrome(node, self.text_in, self.judged)


def _said(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def key_of(text: str) -> str:
    """A text by its letters and digits alone, so that two settings of one heading are equal."""
    return " ".join(_said(text))
