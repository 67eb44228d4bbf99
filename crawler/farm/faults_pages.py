"""Faults of pages: layouts, missing parts, false parts; the server itself is well."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from unicodedata import normalize
from zlib import crc32

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.farm import chrome
from crawler.farm.exchange import Answer
from crawler.farm.fault import EVERYTHING, PAGES, Fault, Visit, edited, made
from crawler.farm.newsroom import HANOI
from crawler.farm.stories import Story

_NAMED = re.compile(r'\b(class|id|itemprop|itemtype|data-role)="([^"]*)"')
_CANONICAL = re.compile(r'<link rel="canonical"[^>]*>')
_HEAD_END = re.compile(r"</head>", re.IGNORECASE)
_BODY_START = re.compile(r"<body[^>]*>", re.IGNORECASE)


class Layout(
    Fault,
    name="layout",
    about="another design overnight: the layout of `era`, else every class, id and item property has a new name",
):
    def begin(self) -> None:
        self.before = self.site.era
        self.site.era = self.how.get("era", self.before)

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        if "era" in self.how:
            return healthy()
        return edited(self.site, healthy(), lambda text: _NAMED.sub(_renamed, text))

    def end(self) -> None:
        self.site.era = self.before


def _renamed(match: re.Match[str]) -> str:
    names = " ".join(f"x{crc32(name.encode()):08x}" for name in match[2].split())
    return f'{match[1] if match[1] in {"class", "id"} else "data-x"}="{names}"'


class SelectorLoss(
    Fault, name="selector_loss", about="the markup of one field (title, body, date) is gone from articles"
):
    strikes_at = frozenset({"article"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        story = self.site.find(visit.ask)
        lines = self._lines(story) if story else set()
        return edited(self.site, healthy(), lambda text: _without(text, lines))

    def _lines(self, story: Story) -> set[str]:
        field = self.how.get("field", "body")
        if field == "title":
            return {_plain(self.site.display_title(story))}
        if field == "date":
            return {_plain(self.site.day(story))}
        lines = [line for line in story.text.body.splitlines() if line.strip()]
        return {_plain(part) for line in lines for part in (line, *line.split(" | "))}


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", unescape(text)).split())


def _without(text: str, lines: set[str]) -> str:
    """A page without the elements that print these lines and nothing else."""
    tree = LexborHTMLParser(text)
    nodes: list[LexborNode] = tree.css("body p, body h1, body h2, body h3, body span, body div, body td, body li")
    for node in nodes:
        if node.parent is not None and _plain(node.text()) in lines:
            node.decompose()
    return tree.html or text


class EmptyPage(Fault, name="empty_page", about="status 200 and not one byte"):
    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return made(b"", healthy(), status=200)


class EmptyTemplate(Fault, name="empty_template", about="banner, menu and footer with nothing between them"):
    strikes_at = frozenset({"listing", "article"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.page(chrome.page(self.site.name, "<div></div>"))


class SoftNotFound(Fault, name="soft_404", about='status 200 and a page that says "không tìm thấy" at every article'):
    strikes_at = frozenset({"article", "other"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.page(chrome.not_found(self.site, visit.ask.path))


class HomeEverywhere(Fault, name="home_everywhere", about="the home page, with status 200, at every article's address"):
    strikes_at = frozenset({"article", "other"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.respond("/")


class OneForAll(Fault, name="one_for_all", about="one and the same article at every article's address"):
    strikes_at = frozenset({"article", "other"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.respond(self.site.path(self.site.shown[-1]))


class CanonicalHome(Fault, name="canonical_home", about="every page names the home page as its canonical address"):
    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        link = f'<link rel="canonical" href="{self.site.url}">'
        return edited(self.site, healthy(), lambda text: _HEAD_END.sub(f"{link}</head>", _CANONICAL.sub("", text), 1))


class Nested(Fault, name="nested", about="50,000 tags one inside the other around a page's content"):
    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        depth = self.how.get("depth", 50_000)
        return edited(self.site, healthy(), lambda text: _BODY_START.sub(lambda m: m[0] + "<div>" * depth, text, 1))


class WrongCharset(Fault, name="wrong_charset", about="UTF-8 pages whose header and meta declare windows-1252"):
    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        answer = edited(
            self.site, healthy(), lambda text: re.sub(r"charset=[\"']?utf-8", 'charset="windows-1252', text)
        )
        return replace(answer, type="text/html; charset=windows-1252")


class Binary(Fault, name="binary", about="a picture's bytes, declared as text/html, at every article"):
    strikes_at = frozenset({"article"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return made(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40, healthy())


class ForeignLinks(
    Fault, name="foreign_links", about="listings, articles and files that lead to other and to private hosts"
):
    """`stranger` is the address of a host that must not be asked."""

    strikes_at = PAGES

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return edited(self.site, healthy(), lambda text: _BODY_START.sub(lambda m: m[0] + self._links(), text, 1))

    def _links(self) -> str:
        paths = [self.site.path(story) for story in self.site.shown[:3]]
        hosts = (self.how["stranger"].rstrip("/"), "http://127.0.0.53:80", "http://[::1]:80")
        label = "Kế hoạch cải cách hành chính nhà nước năm 2024 của tỉnh"
        items = "".join(f'<li><a href="{host}{escape(path)}">{label}</a></li>' for host in hosts for path in paths)
        frames = f'<img src="{hosts[0]}/p.png"><iframe src="{hosts[0]}/f.html"></iframe>'
        return f'<ul class="list-news">{items}<li><a href="{hosts[0]}/kh.pdf">Kế hoạch.pdf</a></li></ul>{frames}'


class Duplicate(Fault, name="duplicate", about="`articles` (2) are published a second time, under a new id"):
    def begin(self) -> None:
        room = self.site.newsroom
        for first in [story for story in room.shown if story.original is None][: self.how.get("articles", 2)]:
            index = len(room.stories)
            later = first.made + timedelta(hours=1)
            again = Story(f"{first.key}/again", index, first.seat, later, first.is_reform, first.kind, first.section,
                          first.near_miss, original=first)  # fmt: skip
            room.stories.append(again)
        self.site.refresh()


class DatesShifted(Fault, name="dates_shifted", about="every date printed is `hours` (7) too late"):
    strikes_at = EVERYTHING - {"file"}

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return edited(self.site, healthy(), lambda text: self._dated(text, visit))

    def _dated(self, text: str, visit: Visit) -> str:
        for story in self._stories(visit):
            false = self.false(story.made)
            for form in ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%H:%M | %d/%m/%Y", "%d/%m/%Y",
                         "%d-%m-%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):  # fmt: skip
                text = text.replace(f"{story.made:{form}}", f"{false:{form}}")
        return text

    def _stories(self, visit: Visit) -> list[Story]:
        story = self.site.find(visit.ask)
        return [story] if story else []

    def false(self, made_at: datetime) -> datetime:
        """The moment that is printed in place of the true one."""
        return made_at + timedelta(hours=self.how.get("hours", 7))


class DatesToday(DatesShifted, name="dates_today", about="every article prints today as its date"):
    def false(self, made_at: datetime) -> datetime:
        return datetime.now(UTC).astimezone(HANOI)
