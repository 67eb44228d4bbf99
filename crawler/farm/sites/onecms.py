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
from crawler.farm.newsroom import SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import Document, slugify

_ARTICLE = re.compile(r"^/([a-z0-9-]+)-(\d{8})\.html$")
_LISTING = re.compile(r"^/([a-z-]+)$")
_YEAR = re.compile(r"^/sitemaps/news-(\d{4})\.xml$")
_SECTION_OF = {slug: key for key, (_, slug) in SECTIONS.items()}
_FIRST = 10_200_000


class OneCms(Site):
    """A provincial newspaper."""

    family = "onecms"
    precision = Precision.SECOND
    per_page = 15

    @property
    def level(self) -> str:
        return "newspaper"

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

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        return self.by_number(int(match[2])) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}" + (f"?page={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match, page = _LISTING.match(ask.path), ask.query.get("page", "1")
        key = _SECTION_OF.get(match[1]) if match else None
        return (key, int(page)) if key and page.isdigit() else None

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
            key = _SECTION_OF.get(ask.path.removeprefix("/rss/").removesuffix(".rss"))
            return self.page(markup.feed(self, self.name, (self.by_section[key] if key else self.shown)[:30]), kind=XML)
        return None

    def file_path(self, story: Story, document: Document) -> str:
        return f"/file{super().file_path(story, document)}"

    def author(self, story: Story) -> str:
        return story.text.author or "PV"

    def source(self, story: Story) -> str:
        return self.mark

    def home(self) -> str:
        return _page(self, self.name, markup.boxes(self))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        items = markup.teasers(self, stories)
        more = sheet("onecms")("more", url=self.section_path(section, page + 1)) if page < pages else ""
        return _page(self, f"{label} - {self.name}", sheet("onecms")("listing", label=label, items=items, pager=more))

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
        return _page(self, story.title, _article(self, story), head)


def _page(site: OneCms, title: str, inner: str, head: str = "") -> str:
    feeds = "".join(sheet("onecms")("feed_link", slug=slug, label=label) for label, slug in SECTIONS.values())
    return chrome.page(title, inner, head=sheet("onecms").raw("head") + feeds + head)


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
