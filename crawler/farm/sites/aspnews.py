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
from crawler.farm.newsroom import SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story

_ARTICLE = re.compile(r"^/([a-z-]+)/[a-z0-9-]+-(\d+)\.aspx$")
_LISTING = re.compile(r"^/([a-z-]+)/?$")
_SECTION_OF = {slug: key for key, (_, slug) in SECTIONS.items()}


class AspNews(Site):
    """A newspaper of a province."""

    family = "aspnews"
    precision = Precision.SECOND
    per_page = 12

    @property
    def level(self) -> str:
        return "newspaper"

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
        match = _ARTICLE.match(ask.path)
        return self.by_number(int(match[2])) if match and match[1] in _SECTION_OF else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}/" + (f"?page={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match, page = _LISTING.match(ask.path), ask.query.get("page", "1")
        key = _SECTION_OF.get(match[1]) if match else None
        return (key, int(page)) if key and page.isdigit() else None

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

    def home(self) -> str:
        return chrome.page(self.name, markup.boxes(self), head=sheet("aspnews")("head"))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        inner = sheet("aspnews")(
            "listing",
            url=self.section_path(section),
            label=label,
            items=markup.teasers(self, stories),
            pager=_pager(self, section, page, pages),
        )
        return chrome.page(f"{label} - {self.name}", inner, head=sheet("aspnews")("head"))

    def article(self, story: Story) -> str:
        extra = sheet("aspnews")("article_head", lead=escape(story.text.summary), title=escape(story.title))
        head = sheet("aspnews")("head") + extra
        return chrome.page(f"{story.title} - {self.name}", _article(self, story), head=head)


def _pager(site: AspNews, section: str, page: int, pages: int) -> str:
    links = [
        f'<span class="current">{number}</span>'
        if number == page
        else f'<a href="{site.section_path(section, number)}">{number}</a>'
        for number in range(1, pages + 1)
    ]
    if page < pages:
        links.append(f'<a class="next" href="{site.section_path(section, page + 1)}">Trang sau &raquo;</a>')
    return sheet("aspnews")("pager", items=" ".join(links)) if pages > 1 else ""


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
