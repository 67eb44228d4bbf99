"""A newspaper on OneCMS: long-form heads, a lead before a dateline, JSON-LD and sitemaps by year.

PORTALS.md 1.11: `h3.b-grid__title a`, `.sc-longform-header-sapo`; ledes begin "(Baonghean) - ".
"""

import json
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
from crawler.farm.texts import Document, slugify

_YEAR = re.compile(r"^/sitemaps/news-(\d{4})\.xml$")
_FIRST = 10_200_000


class OneCms(Newspaper):
    """A provincial newspaper."""

    family = "onecms"
    precision = Precision.SECOND
    per_page = 15
    article_shape = re.compile(r"^/([a-z0-9-]+)-(\d{8})\.html$")
    listing_shape = re.compile(r"^/([a-z-]+)$")

    @cached_property
    def name(self) -> str:
        return f"Báo và Phát thanh, Truyền hình {self.seat.province}"

    @cached_property
    def mark(self) -> str:
        """The dateline: Baonghean for Nghệ An."""
        return "Bao" + slugify(self.seat.province).replace("-", "")

    def number(self, story: Story) -> int:
        return _FIRST + super().number(story)

    def by_number(self, number: int) -> Story | None:
        return super().by_number(number - _FIRST)

    def path(self, story: Story) -> str:
        return f"/{story.slug}-{self.number(story)}.html"

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}" + (f"?page={page}" if page > 1 else "")

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(f"User-agent: *\nAllow: /\nSitemap: {self.absolute('/sitemap.xml')}\n", kind=TEXT)
        if ask.path == "/sitemap.xml":
            years = dict.fromkeys(s.made.year for s in self.shown)
            named = [(self.absolute(f"/sitemaps/news-{year}.xml"), "") for year in years]
            return self.page(markup.sitemap(named, index=True), kind=XML)
        if year := _YEAR.match(ask.path):
            chosen = [s for s in self.shown if s.made.year == int(year[1])]
            return self.page(
                markup.sitemap([(self.absolute(self.path(s)), s.made.isoformat()) for s in chosen]), kind=XML
            )
        if ask.path.startswith("/rss/"):
            key = SECTION_OF.get(ask.path.removeprefix("/rss/").removesuffix(".rss"))
            return self.page(markup.feed(self, self.name, (self.by_section[key] if key else self.shown)[:30]), kind=XML)
        return None

    def file_path(self, story: Story, document: Document) -> str:
        return f"/file{super().file_path(story, document)}"

    def author(self, story: Story) -> str:
        return story.text.author or "PV"

    def source(self, story: Story) -> str:
        return self.mark

    def framed(self, title: str, inner: str, head: str = "") -> str:
        feeds = "".join(sheet("onecms")("feed_link", slug=slug, label=label) for label, slug in SECTIONS.values())
        return chrome.page(title, inner, head=sheet("onecms").raw("head") + feeds + head)

    def pager(self, section: str, page: int, pages: int) -> str:
        return sheet("onecms")("more", url=self.section_path(section, page + 1)) if page < pages else ""

    def article(self, story: Story) -> str:
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": story.made.isoformat(),
            "dateModified": story.made.isoformat(),
            "author": {"@type": "Person", "name": self.author(story)},
        }
        head = sheet("onecms")(
            "article_head",
            title=escape(story.title),
            url=self.absolute(self.path(story)),
            published=story.made.isoformat(),
            data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        )
        return self.framed(story.title, _article(self, story), head)


def _article(site: OneCms, story: Story) -> str:
    files = markup.files(site, story)
    return sheet("onecms")(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        date=f"{story.made:%d/%m/%Y %H:%M}",
        summary=markup.text(story.text.summary),
        body=markup.body(site, story, "<p>{}</p>").replace("<p>", f"<p>({site.mark}) - ", 1),
        author=escape(site.author(story)),
        files=sheet("onecms")("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 4)),
    )
