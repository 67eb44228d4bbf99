"""Newspapers whose addresses end in -a<id>.html: Bình Dương, Cần Thơ, Tây Ninh, Đồng Tháp since 2025.

PORTALS.md 1.11: `a.news-title`, `h4.sapo`, "Cập nhật: 31-08-2017 | 08:38:43".
"""

import re
from functools import cached_property
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story

_ARTICLE = re.compile(r"^/([a-z0-9-]+)-a(\d+)\.html$")
_LISTING = re.compile(r"^/([a-z-]+)/?$")
_SECTION_OF = {slug: key for key, (_, slug) in SECTIONS.items()}


class Aid(Site):
    """A provincial newspaper of this kind; every second one prints no seconds."""

    family = "aid"
    per_page = 12

    @property
    def level(self) -> str:
        return "newspaper"

    @cached_property
    def name(self) -> str:
        return f"Báo {self.seat.province} Online"

    @property
    def precise(self) -> bool:
        """Whether the visible date has seconds."""
        return self.variant % 2 == 0

    def precision_of(self, story: Story) -> Precision:
        return Precision.SECOND if self.precise else Precision.MINUTE

    def path(self, story: Story) -> str:
        return f"/{story.slug}-a{self.number(story)}.html"

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        return self.by_number(int(match[2])) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}/" + (f"?p={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match, page = _LISTING.match(ask.path), ask.query.get("p", "1")
        key = _SECTION_OF.get(match[1]) if match else None
        return (key, int(page)) if key and page.isdigit() else None

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page("User-agent: *\nDisallow: /cms/\n", kind=TEXT)
        if ask.path == "/rss/home.rss":
            return self.page(markup.feed(self, self.name, self.shown[:20]), kind=XML)
        return None

    def source(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return f"{story.made:%d-%m-%Y}"

    def home(self) -> str:
        return _page(self, self.name, markup.boxes(self))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        pager = _pager(self, section, page, pages)
        inner = sheet("aid")("listing", label=label, items=markup.teasers(self, stories), pager=pager)
        return _page(self, f"{label} - {self.name}", inner)

    def article(self, story: Story) -> str:
        head = sheet("aid")("article_head", title=escape(story.title), picture=markup.picture(self, story))
        return _page(self, f"{story.title} - {self.name}", _article(self, story), head)


def _page(site: Aid, title: str, inner: str, head: str = "") -> str:
    return chrome.page(title, inner, head=sheet("aid").raw("head") + head)


def _pager(site: Aid, section: str, page: int, pages: int) -> str:
    links = [
        f'<span class="current">{n}</span>' if n == page else f'<a href="{site.section_path(section, n)}">{n}</a>'
        for n in range(max(1, page - 3), min(pages, page + 3) + 1)
    ]
    if page < pages:
        links.append(f'<a href="{site.section_path(section, page + 1)}">&gt;</a>')
    return sheet("aid")("pager", items=" ".join(links)) if pages > 1 else ""


def _article(site: Aid, story: Story) -> str:
    made, text, files = story.made, story.text, markup.files(site, story)
    clock = f"{made:%H:%M:%S}" if site.precise else f"{made:%H:%M}"
    return sheet("aid")(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        date=f"{made:%d-%m-%Y} | {clock}",
        summary=markup.text(text.summary),
        body=markup.body(site, story),
        author=sheet("aid")("author", name=escape(text.author)) if text.author else "",
        files=sheet("aid")("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 6)),
    )
