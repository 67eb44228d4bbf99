"""Where a known article stands in a page of a new layout: nodes of title, date and body, and their selectors."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from selectolax.lexbor import LexborNode

from archive.dates import VIETNAM, parse_stated
from crawler.page import Page, attribute, text_of

WORD = re.compile(r"\w+")
NAME = re.compile(r"[A-Za-z_][\w-]*")
HOLDERS = "div, section, article, main, td, form, ul, ol, span, table"
"""Elements that may hold a body."""
SHORT = 200
"""A date stands in no longer text, in characters."""
ANCESTORS = 3
NEAR = 0.03
"""Wrappers of a body whose words fit as well, or by so much worse, are candidates too."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive has of an article: published is a moment, a day, or None."""

    url: str
    title: str
    body: str
    summary: str = ""
    published: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A known article beside the page that has it now."""

    page: Page
    known: Known


def words(text: str) -> Counter[str]:
    """The words of a text with how often each stands there."""
    return Counter(WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def f1(found: Counter[str], wanted: Counter[str]) -> float:
    """The harmonic mean of precision and recall over words."""
    return 2 * (found & wanted).total() / ((found.total() + wanted.total()) or 1)


def alike(body: str, known: Known) -> float:
    """How well a text is the known body, with its summary or without."""
    found = words(body)
    return max(f1(found, words(known.body)), f1(found, words(f"{known.summary} {known.body}")))


def same_line(one: str, other: str) -> bool:
    """Whether two lines are the same letter for letter, in composed form and single blanks."""
    return unicodedata.normalize("NFC", one).split() == unicodedata.normalize("NFC", other).split()


def day_of(at: datetime | date) -> date:
    """The day in Vietnam."""
    return at.astimezone(VIETNAM).date() if isinstance(at, datetime) else at


def body_quality(node: LexborNode, sample: Sample) -> float:
    """How well the text below a node is the known body; kept, as many selectors lead to one node."""
    key = "repair", node.mem_id
    if key not in sample.page.kept:
        sample.page.kept[key] = alike(node.text(separator=" "), sample.known)
    quality: float = sample.page.kept[key]
    return quality


def title_quality(node: LexborNode, sample: Sample) -> float:
    """1 for the known title, letter for letter."""
    return float(same_line(text_of(node), sample.known.title))


def date_quality(node: LexborNode, sample: Sample, now: datetime) -> float:
    """1 for the known moment, less for its day alone, 0 for another day or none."""
    wanted, text = sample.known.published, text_of(node)
    shown = attribute(node, "datetime") or text
    if wanted is None or not shown or len(text) > SHORT:
        return 0.0
    read = parse_stated(shown, now)
    if read is None or day_of(read[0]) != day_of(wanted):
        return 0.0
    return 1.0 if isinstance(read[0], datetime) else 0.8


def bodies(sample: Sample) -> list[LexborNode]:
    """The nodes whose words are the body's, the best and its wrappers that fit nearly as well."""
    wanted = words(sample.known.body).total()
    rated = [
        (body_quality(node, sample), node)
        for node in sample.page.tree.css(HOLDERS)
        if len(node.text()) > wanted  # a word has more than a letter
    ]
    best = max((quality for quality, _ in rated), default=0.0)
    return [node for quality, node in rated if quality >= best - NEAR] if best > 0.5 else []


def titles(sample: Sample) -> list[LexborNode]:
    """The nodes whose text is the title."""
    body = sample.page.tree.body
    return [node for node in body.css("*") if title_quality(node, sample)] if body is not None else []


def dates(sample: Sample, now: datetime) -> list[LexborNode]:
    """The smallest nodes that print the day of publication."""
    body = sample.page.tree.body
    if sample.known.published is None or body is None:
        return []
    year = str(day_of(sample.known.published).year)
    found = [
        node
        for node in body.css("*")
        if year in (attribute(node, "datetime") or text_of(node)) and date_quality(node, sample, now)
    ]
    inner = {node.parent.mem_id for node in found if node.parent is not None}
    return [node for node in found if node.mem_id not in inner]


def selectors(node: LexborNode) -> Iterator[str]:
    """Selectors that find a node, the simplest first: by itself, then below what holds it."""
    own = list(_own(node))
    yield from own
    tag, holder = node.tag or "*", node.parent
    for _ in range(ANCESTORS):
        if holder is None or holder.tag in {"body", "html"}:
            return
        for above in _own(holder):
            yield f"{above} > {tag}" if holder.mem_id == _parent(node) else f"{above} {tag}"
            yield from (f"{above} {one}" for one in own[:2])
        holder = holder.parent


def _parent(node: LexborNode) -> int:
    return node.parent.mem_id if node.parent is not None else 0


def _own(node: LexborNode) -> Iterator[str]:
    tag = node.tag or "*"
    name = attribute(node, "id")
    if NAME.fullmatch(name):
        yield f"#{name}"
    if NAME.fullmatch(attribute(node, "itemprop")):
        yield f"{tag}[itemprop={attribute(node, 'itemprop')}]"
    classes = [one for one in attribute(node, "class").split() if NAME.fullmatch(one)]
    yield from (f"{tag}.{one}" for one in classes)
    if len(classes) > 1:
        yield f"{tag}.{'.'.join(classes)}"
    if tag in {"h1", "h2", "article", "main", "time"}:
        yield tag
