"""Bespoke portals whose lists are JSON: by page, by offset, by POST; the articles are pages.

PORTALS.md 1.9. Variant 0 prints the first page and loads more by number; variant 1 posts `offset` and `limit` with the
category in JSON (Ministry of Finance); variant 2 asks by offset from the start. Small cards are the whole site's.
"""

import json
import re
from datetime import UTC
from html import escape
from typing import Any

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import JSON, TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story

_KEYS = tuple(SECTIONS)
_ENDPOINTS = ("/api/v1/articles", "/api/article/reads", "/api/public/posts")
_SCRIPTS = ("script_pages", "script_reads", "script_offset")
_LARGEST = 100
_FROZEN = "2024-12-31T17:00:00.000Z"


class JsonApi(Site):
    """A ministry or a newly merged province with a site of its own make."""

    family = "jsonapi"
    per_page = 12

    @property
    def kind(self) -> int:
        """0 pages, 1 POST with offset, 2 offset."""
        return self.variant % 3

    def precision_of(self, story: Story) -> Precision:
        return Precision.MINUTE if self.kind == 0 else Precision.SECOND

    def path(self, story: Story) -> str:
        return f"/bai-viet/{story.slug}-{int(story.made.timestamp())}{story.index % 10}"

    def find(self, ask: Ask) -> Story | None:
        asked = ask.path.startswith("/bai-viet/")
        return next((s for s in self.newsroom.stories if self.path(s) == ask.path), None) if asked else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/chuyen-muc/{SECTIONS[section][1]}" + (f"#{page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        key = SECTION_OF.get(ask.path.removeprefix("/chuyen-muc/")) if ask.path.startswith("/chuyen-muc/") else None
        return (key, 1) if key else None

    def category_id(self, section: str) -> str:
        """The section's number in the interface; the ministry's is a string."""
        number = self.start_id + _KEYS.index(section)
        return f"{number:08x}-7c1e" if self.kind == 1 else str(number)

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == _ENDPOINTS[self.kind]:
            return self._answered(ask)
        if ask.path == "/robots.txt":
            return self.page(
                f"User-agent: *\nDisallow: /quan-tri/\nSitemap: {self.absolute('/sitemap.xml')}\n", kind=TEXT
            )
        if ask.path == "/sitemap.xml" and self.kind == 2:
            return self.page(
                markup.sitemap([(self.absolute(self.section_path(key)), _FROZEN) for key in _KEYS]), kind=XML
            )
        return None

    def _answered(self, ask: Ask) -> Answer:
        given = {**ask.query, **_json(ask.body)}
        named = {self.category_id(key): key for key in _KEYS} if self.kind < 2 else SECTION_OF
        section = named.get(given.get("category" if self.kind == 2 else "categoryId", ""))
        if section is None or ask.method != ("POST" if self.kind == 1 else "GET"):
            return self.page(json.dumps({"message": "Bad Request", "statusCode": 400}), status=400, kind=JSON)
        size = min(_LARGEST, _number(given.get("pageSize" if self.kind == 0 else "limit"), self.per_page) or 1)
        start = (_number(given.get("page"), 1) - 1) * size if self.kind == 0 else _number(given.get("offset"), 0)
        stories, total = self.by_section[section][start : start + size], len(self.by_section[section])
        return self.page(json.dumps(self._found(stories, total), ensure_ascii=False), kind=JSON)

    def _found(self, stories: list[Story], total: int) -> dict[str, Any]:
        if self.kind == 0:
            items = [self._item(story, "url", "publishedAt", "summary") for story in stories]
            return {"success": True, "data": {"items": items, "total": total, "pageSize": self.per_page}}
        if self.kind == 1:
            return {
                "items": [self._item(story, "link", "publishDate", "description") for story in stories],
                "total": total,
            }
        return {"count": total, "rows": [self._item(story, "path", "published_at", "sapo") for story in stories]}

    def _item(self, story: Story, address: str, moment: str, summary: str) -> dict[str, Any]:
        stamp = story.made.astimezone(UTC)
        printed = f"{story.made:%d/%m/%Y %H:%M}" if self.kind == 0 else f"{stamp:%Y-%m-%dT%H:%M:%S}.000Z"
        return {
            "id": self.number(story),
            "title": story.title,
            address: self.path(story),
            summary: story.text.summary,
            moment: int(story.made.timestamp() * 1000) if self.kind == 2 else printed,
            "thumbnail": {"url": markup.picture(self, story)},
        }

    def source(self, story: Story) -> str:
        return ""

    def home(self) -> str:
        return chrome.page(self.name, markup.boxes(self), head=sheet("jsonapi")("head"))

    def listing(self, section: str, page: int) -> str:
        label, slug = SECTIONS[section]
        stories, pages = self.slice(section, 1)
        script = sheet("jsonapi")(
            _SCRIPTS[self.kind], category=self.category_id(section), size=self.per_page, slug=slug
        )
        inner = sheet("jsonapi")(
            "listing",
            label=label,
            items=markup.teasers(self, stories) if self.kind == 0 else "",
            more=sheet("jsonapi").raw("more") if self.kind == 0 and pages > 1 else "",
            small=markup.teasers(self, self.shown[:6], "small"),
            script=script,
        )
        return chrome.page(f"{label} - {self.name}", inner, head=sheet("jsonapi")("head"))

    def article(self, story: Story) -> str:
        extra = sheet("jsonapi")("article_head", title=escape(story.title))
        if self.kind:
            extra += sheet("jsonapi")("json_ld", data=_described(self, story))
        return chrome.page(f"{story.title} - {self.name}", _article(self, story), head=sheet("jsonapi")("head") + extra)


def _json(body: bytes) -> dict[str, str]:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return {}
    return {name: str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\d+", text) else otherwise


def _described(site: JsonApi, story: Story) -> str:
    stamp = story.made.astimezone(UTC)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": f"{stamp:%Y-%m-%dT%H:%M:%S}.000Z",
        "dateModified": _FROZEN,
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _article(site: JsonApi, story: Story) -> str:
    jsonapi, text = sheet("jsonapi"), story.text
    files = markup.files(site, story)
    return jsonapi(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        date=f"{story.made:%d/%m/%Y %H:%M}",
        summary=markup.text(text.summary),
        body=markup.body(site, story),
        files=jsonapi("files", items=files) if files else "",
        signed=jsonapi("signed", name=escape(text.author)) if text.author else "",
        related=markup.related(site, site.others(story, 5)),
    )
