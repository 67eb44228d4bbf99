"""A newspaper on ePi's system: addresses end in -post<id>.html, times for machines, a sitemap of days.

PORTALS.md 1.11: `a.cms-link`, `.article__sapo.cms-desc`.
"""

import re
from functools import cached_property
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sectioned import Newspaper
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story


class Epi(Newspaper):
    """A provincial newspaper."""

    family = "epi"
    precision = Precision.SECOND
    per_page = 14
    article_shape = re.compile(r"^/([a-z0-9-]+)-post(\d+)\.html$")
    listing_shape = re.compile(r"^/([a-z-]+)/(?:trang(\d+)\.html)?$")
    joint = " | "

    @cached_property
    def name(self) -> str:
        return f"Báo {self.seat.province} điện tử"

    def path(self, story: Story) -> str:
        return f"/{story.slug}-post{self.number(story)}.html"

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}/" + (f"trang{page}.html" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = self.listing_shape.match(ask.path)
        return (SECTION_OF[match[1]], int(match[2] or 1)) if match and match[1] in SECTION_OF else None

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(f"User-agent: *\nDisallow: /api/\nSitemap: {self.absolute('/sitemap.xml')}\n", kind=TEXT)
        if ask.path == "/sitemap.xml":
            entries = [(self.absolute(self.path(s)), f"{s.made:%Y-%m-%d}") for s in self.shown]
            return self.page(markup.sitemap(entries), kind=XML)
        if ask.path.startswith("/rss/"):
            key = SECTION_OF.get(ask.path.removeprefix("/rss/").removesuffix(".rss"))
            return self.page(markup.feed(self, self.name, (self.by_section[key] if key else self.shown)[:25]), kind=XML)
        story = self.find(ask)
        wrong = story is not None and not story.removed and ask.path != self.path(story)
        return self.redirect(self.path(story)) if story and wrong else None

    def author(self, story: Story) -> str:
        return story.text.author

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return chrome.page(title, inner, head=sheet("epi").raw("head") + head)

    def listing_head(self, section: str) -> str:
        return sheet("epi")("feed_link", slug=SECTIONS[section][1])

    def pager(self, section: str, page: int, pages: int) -> str:
        shown = range(max(1, page - 2), min(pages, page + 2) + 1)
        links = markup.numbers(self, section, shown, (page, '<span class="active">{n}</span>'))
        if page < pages:
            links.append(f'<a class="next" href="{self.section_path(section, page + 1)}">Tiếp</a>')
        return sheet("epi")("pager", items="".join(links)) if pages > 1 else ""

    def article(self, story: Story) -> str:
        head = sheet("epi")(
            "article_head",
            title=escape(story.title),
            url=self.absolute(self.path(story)),
            published=story.made.isoformat(),
            summary=escape(story.text.summary),
        )
        return self.framed(f"{story.title} | {self.name}", _article(self, story), head)


def _article(site: Epi, story: Story) -> str:
    text, files, parts = story.text, markup.files(site, story), sheet("epi")
    return parts(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        number=site.number(story),
        title=escape(story.title),
        iso=story.made.isoformat(),
        date=f"{story.made:%d/%m/%Y %H:%M}",
        summary=markup.text(text.summary),
        body=markup.body(site, story, "<p>{}</p>"),
        author=parts("author", name=escape(text.author)) if text.author else "",
        source=parts("source", name=escape(text.source)) if text.source else "",
        files=parts("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 5)),
    )
