"""The date that a page of unknown make prints beside its article: not the clock's, not another article's."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.boilerplate import COUNTED, LABEL_OF_DATE, WHEN
from crawler.main_text import enclosing, holding, in_chrome
from crawler.page import Page, text_of

DAY = re.compile(
    r"(?<!\d)\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?\d{4}(?!\d)|\d{1,2} tháng \d{1,2},? (?:năm )?\d{4}|\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)
YEAR = re.compile(r"\d{4}")
LABEL = rf"{LABEL_OF_DATE}|được đăng|đăng|thời gian|xuất bản|ngày xuất bản|ngày tạo|cập nhật lúc"
STAMP = re.compile(
    rf"\W*(?:(?:{LABEL})\s*:?\s*)?(?:{WHEN}|tháng|sa\b|ch\b)++"
    rf"(?:(?:{COUNTED}|lượt xem|lượt đọc|xem)\s*:?\s*[\d.,]*\W*)*",
    re.IGNORECASE,
)
PRINTED = frozenset(
    ("span", "div", "p", "time", "em", "i", "small", "b", "strong", "td", "h4", "h5", "h6", "label", "dd", "li")
)
LONGEST = 90
TITLE = 25
BEFORE, AFTER = 2, 40
"""Links that may stand between a date and the title below it; elements among which one below the body is sought."""


def printed(page: Page, title: LexborNode | None, body: LexborNode | None) -> str:
    """The date between title and body, else just above the title, else just below the body; empty for none."""
    if title is None or page.tree.body is None:
        return ""
    before: list[str] = []
    after: list[str] = []
    links = seen = 0
    passed = done = False
    inside, around, judged = _below(body), enclosing(body), page.kept.setdefault(in_chrome, {})
    linking = holding(page, "a")
    for node in page.tree.body.traverse():
        if node.mem_id == title.mem_id:
            passed = True
        elif node.mem_id in inside:
            done = True
        elif node.tag == "a" and not passed:
            links += 1
            before = before if links <= BEFORE else []
        elif node.tag in PRINTED and node.mem_id not in linking and (stamp := _stamp(node, around, judged)):
            if not passed:
                before, links = [stamp], 0
            elif not done:
                return stamp
            else:
                after.append(stamp)
        seen += done
        if seen > AFTER + len(inside):
            break
    return next(iter([*before, *after]), "")


def stamp_in(text: str) -> str:
    """A text that is a date and nothing else but label, weekday, hour and counters; else empty."""
    return text if len(text) <= LONGEST and DAY.search(text) and STAMP.fullmatch(text) else ""


def _stamp(node: LexborNode, around: frozenset[int], judged: dict[int, bool]) -> str:
    text = node.text()
    # Every form of a day has four digits in a row, and most texts have none.
    if len(text) > 3 * LONGEST or not YEAR.search(text) or not DAY.search(text):
        return ""
    stamp = stamp_in(text_of(node))
    return stamp if stamp and not in_chrome(node, around, judged) and not _beside_link(node) else ""


def _beside_link(node: LexborNode) -> bool:
    """Whether a date stands by a link as long as a title: it is that article's."""
    beside = node.parent.iter() if node.parent is not None else iter(())
    linked = (one if one.tag == "a" else one.css_first("a") for one in beside if one.tag in {"a", "h3", "h4", "h5"})
    return any(len(text_of(link)) >= TITLE for link in linked)


def _below(body: LexborNode | None) -> frozenset[int]:
    nodes: Iterator[LexborNode] = body.traverse() if body is not None else iter(())
    return frozenset(node.mem_id for node in nodes)
