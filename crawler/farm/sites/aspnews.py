"""A provincial newspaper on old ASP.NET: lead inside the content, author as its last line.

PORTALS.md 1.11 (the old baodongthap.vn): dateline "ĐTO - ", "Cập nhật ngày:", addresses in
`-<id>.aspx`, pager links. The dateline is the source's mark, not the body's.
"""

import re
from functools import cached_property
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sectioned import Newspaper
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story


class AspNews(Newspaper):
    """A newspaper of a province."""

    family = "aspnews"
    precision = Precision.SECOND
    per_page = 12
    article_shape = re.compile(r"^/([a-z-]+)/[a-z0-9-]+-(\d+)\.aspx$")
    listing_shape = re.compile(r"^/([a-z-]+)/?$")

    @cached_property
    def name(self) -> str:
        return f"Báo {self.seat.province} Online"

    @cached_property
    def mark(self) -> str:
        """The dateline's letters: ĐTO for Đồng Tháp Online."""
        return "".join(word[0] for word in self.seat.province.split()) + "O"

    def path(self, story: Story) -> str:
        return f"/{SECTIONS[story.section][1]}/{story.slug}-{self.number(story)}.aspx"

    def find(self, ask: Ask) -> Story | None:
        return super().find(ask) if ask.path.split("/")[1] in SECTION_OF else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}/" + (f"?page={page}" if page > 1 else "")

    def special(self, ask: Ask) -> Answer | None:
        return self.page("User-agent: *\nDisallow: /admin/\n", kind=TEXT) if ask.path == "/robots.txt" else None

    def missing(self, ask: Ask) -> Answer:
        return self.redirect("/", 302)

    def gone(self, ask: Ask, story: Story) -> Answer:
        return self.page(chrome.not_found(self, ask.path), status=404)

    def summary(self, story: Story) -> str:
        return ""

    def author(self, story: Story) -> str:
        return story.text.author or "Ban Biên tập"

    def source(self, story: Story) -> str:
        return self.mark

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return chrome.page(title, inner, head=sheet("aspnews")("head") + head)

    def pager(self, section: str, page: int, pages: int) -> str:
        links = markup.numbers(self, section, range(1, pages + 1), (page, '<span class="current">{n}</span>'))
        if page < pages:
            links.append(f'<a class="next" href="{self.section_path(section, page + 1)}">Trang sau &raquo;</a>')
        return sheet("aspnews")("pager", items=" ".join(links)) if pages > 1 else ""

    def article(self, story: Story) -> str:
        head = sheet("aspnews")("article_head", lead=escape(story.text.summary), title=escape(story.title))
        return self.framed(f"{story.title} - {self.name}", _article(self, story), head)


def _article(site: AspNews, story: Story) -> str:
    opening = markup.PLAIN.split("{}")[0]
    return sheet("aspnews")(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        date=f"{story.made:%d/%m/%Y %H:%M:%S}",
        body=markup.body(site, story).replace(opening, f"{opening}{site.mark} - ", 1),
        author=escape(site.author(story)),
        files=markup.files(site, story),
        related=markup.related(site, site.others(story, 6)),
    )
