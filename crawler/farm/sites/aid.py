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
from crawler.farm.sectioned import Newspaper
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story


class Aid(Newspaper):
    """A provincial newspaper of this kind; every second one prints no seconds."""

    family = "aid"
    per_page = 12
    article_shape = re.compile(r"^/([a-z0-9-]+)-a(\d+)\.html$")
    listing_shape = re.compile(r"^/([a-z-]+)/?$")
    turned = "p"

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

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}/" + (f"?p={page}" if page > 1 else "")

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

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return chrome.page(title, inner, head=sheet("aid").raw("head") + head)

    def pager(self, section: str, page: int, pages: int) -> str:
        shown = range(max(1, page - 3), min(pages, page + 3) + 1)
        links = markup.numbers(self, section, shown, (page, '<span class="current">{n}</span>'))
        if page < pages:
            links.append(f'<a href="{self.section_path(section, page + 1)}">&gt;</a>')
        return sheet("aid")("pager", items=" ".join(links)) if pages > 1 else ""

    def article(self, story: Story) -> str:
        head = sheet("aid")("article_head", title=escape(story.title), picture=markup.picture(self, story))
        return self.framed(f"{story.title} - {self.name}", _article(self, story), head)


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
