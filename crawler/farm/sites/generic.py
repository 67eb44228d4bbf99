"""An unknown bespoke CMS: clean elements, JSON-LD with UTC times, a feed, a frozen sitemap.

PORTALS.md 1.9: no known fingerprint; the sitemap's lastmod is one and the same for all.
"""

import json
import re
from datetime import UTC
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import FIRST_DAY, SECTIONS
from crawler.farm.sectioned import Sectioned
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import slugify

_ARTICLE = re.compile(r"^/bai-viet/[a-z0-9-]+-p(\d+)$")


class Generic(Sectioned):
    """A portal made by nobody in particular."""

    family = "generic"
    precision = Precision.SECOND
    listing_shape = re.compile(r"^/chuyen-muc/([a-z-]+)$")
    turned = "trang"
    joint = " | "

    def static_path(self, label: str) -> str:
        return f"/trang/{slugify(label)}"

    def path(self, story: Story) -> str:
        return f"/bai-viet/{story.slug}-p{self.number(story)}"

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        story = self.by_number(int(match[1])) if match else None
        return story if story and self.path(story) == ask.path else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/chuyen-muc/{SECTIONS[section][1]}" + (f"?trang={page}" if page > 1 else "")

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(f"User-agent: *\nAllow: /\nSitemap: {self.absolute('/sitemap.xml')}\n", kind=TEXT)
        if ask.path == "/sitemap.xml":
            frozen = f"{FIRST_DAY:%Y-%m-%d}"
            return self.page(markup.sitemap([(self.absolute(self.path(s)), frozen) for s in self.shown]), kind=XML)
        if ask.path == "/rss.xml":
            return self.page(markup.feed(self, self.name, self.shown[:25]), kind="application/rss+xml; charset=utf-8")
        return None

    def source(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return f"{story.made:%d/%m/%Y %H:%M:%S} (GMT+7)"

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return chrome.page(title, inner, head=sheet("generic")("head", name=escape(self.name)) + head)

    def pager(self, section: str, page: int, pages: int) -> str:
        links = markup.numbers(self, section, range(1, pages + 1), (page, '<span aria-current="page">{n}</span>'))
        if page < pages:
            links.append(f'<a rel="next" href="{self.section_path(section, page + 1)}">Sau</a>')
        return sheet("generic")("pager", items=" ".join(links)) if pages > 1 else ""

    def article(self, story: Story) -> str:
        head = sheet("generic")(
            "article_head",
            title=escape(story.title),
            url=self.absolute(self.path(story)),
            summary=escape(story.text.summary),
            data=_structured(self, story),
        )
        return self.framed(f"{story.title} | {self.name}", _article(self, story), head)


def _structured(site: Generic, story: Story) -> str:
    made = story.made.astimezone(UTC)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "description": story.text.summary,
        "articleSection": site.category(story),
        "author": {"@type": "Organization", "name": story.text.author or site.name},
        "publisher": {"@type": "Organization", "name": site.name},
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _article(site: Generic, story: Story) -> str:
    generic, text = sheet("generic"), story.text
    files = markup.files(site, story)
    return generic(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        iso=story.made.isoformat(),
        day=site.day(story),
        summary=markup.text(text.summary),
        body=markup.body(site, story, "<p>{}</p>"),
        files=generic("files", items=files) if files else "",
        signed=generic("signed", name=escape(text.author)) if text.author else "",
        related=markup.related(site, site.others(story, 5)),
    )
