"""Portals whose listings, and sometimes articles, are JSON that a script fetches (PORTALS.md 1.9)."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from archive.records import Article, Stated
from crawler import listed_json
from crawler.families.generic import Generic
from crawler.family import Ask, Evidence, Link, Mark, NotAnArticle
from crawler.fingerprint import weighed
from crawler.page import Page
from crawler.paging import posted
from crawler.scripted import Call, calls
from crawler.structured import described

ENDPOINT = (
    r"(?i)^.(?:https?://[^\"'`]*|/|\.\./|[\w-]+/)[^\"'`\s]*\b(?:api|ajax|service|services|rest|json|graphql|loadPage)\b"
)
NEWS = re.compile(r"article|news|post|tin|bai-?viet|content|reads|list|loadpage", re.IGNORECASE)
NO_NEWS = re.compile(
    r"comment|weather|thoi-?tiet|counter|visit|statistic|vote|poll|survey|search|login|auth|menu|banner|config|online|"
    r"translation|captcha|feedback|detail|related",
    re.IGNORECASE,
)


FEW = 80


class JsonApi(Generic, key="jsonapi"):
    """The page's own script says where its listing comes from; a page of HTML is read by the generic rules."""

    version = 1
    selectors: ClassVar[dict[str, str]] = {
        **Generic.selectors,
        "title": "#contentDetailTitleId || .detail-title || .article-title || [itemprop=headline] || article h1 || h1",
        "summary": "#sapoDetailId || .detail-content-lead || .sapo || [class*=sapo] || [class*=lead]",
        "date": "time[datetime] || .detail-time || .time || [class*=publish] || [class*=date]",
        "body": "#contentDetail || .detail-content || [itemprop=articleBody] || .article-content || .entry-content",
        "item": "article.card-large",
        "link": "h2 a[href] || h3 a[href] || h4 a[href] || a[href]",
        "item_date": "time || [class*=date] || [class*=time]",
        "item_summary": "[class*=desc] || [class*=sapo] || p",
        "drop": Generic.selectors["drop"] + ", .detail-content-lead, .detail-title, [class*=attach]",
    }
    dates = ("jsonld", "page", "meta", "listing", "feed", "url", "sitemap")
    marks = (
        Mark(r"""["'`][^"'`\s]*/api/[\w/.-]*(?:article|news|post|tin|bai-?viet|content)""", 0.6, "news at /api/…"),
        Mark(r"\b(?:totalPageNum|recordPerPage|pageNum|offset=)\b", 0.3, "a listing fetched in parts"),
        Mark(r"""<div id=["'](?:app|root|__next|__nuxt)["']""", 0.2, "a page that its script fills"),
        Mark(
            r"""href=["'](?:https?://[^/"']+)?/(?:vi/)?bai-viet/[^"'?/]*-\d{9,13}["'?]""",
            0.5,
            "articles at /bai-viet/…-<unix>",
        ),
        Mark(r"""href=["'](?:https?://[^/"']+)?/(?:vi/)?chuyen-muc/""", 0.2, "sections at /chuyen-muc/"),
    )

    def recognise(self, page: Page) -> Evidence:
        return weighed(self.key, self.marks, page)

    def links(self, page: Page) -> list[Link]:
        """The items of an answer; of a page, its cards, or none where its script fetches them all."""
        if page.json is None:
            return super().links(page)
        found: dict[str, Link] = {}
        for link in listed_json.links(page):
            found.setdefault(self.identity(link.url), link)
        return list(found.values())

    def first(self, page: Page) -> Ask | None:
        """The first part of the listing that the page's script fetches, where the page shows none of it."""
        call = None if self.listed(page) else self._call(page)
        return _ask(page, call, 0) if call else None

    def next(self, page: Page) -> Ask | None:
        """The part after an answer, or after what the page itself shows; else what a pager says."""
        if page.json is not None:
            return listed_json.following(page)
        shown, call = len(self.listed(page)), self._call(page)
        return _ask(page, call, shown) if shown and call else super().next(page)

    def _call(self, page: Page) -> Call | None:
        """The request for news among those that a page's scripts make."""
        if page.json is not None:
            return None
        found = [call for call in calls(page, ENDPOINT) if not NO_NEWS.search(urlsplit(call.url).path)]
        best = max(found, key=lambda call: len(NEWS.findall(call.url)), default=None)
        return best if best and NEWS.search(best.url) else None

    def once(self, page: Page, hints: Sequence[Stated] = ()) -> Article:
        """An article that is JSON is read as the page it would be shown in."""
        shown = page if page.json is None else listed_json.shown(page)
        if shown.json is not None:
            raise NotAnArticle("it is JSON without an article")
        return super().once(shown, hints)

    def is_listing(self, page: Page) -> bool:
        """A page whose script fetches a listing is one, unless it says that it is an article."""
        claims = described(page) or page.meta("og:type") == "article"
        return super().is_listing(page) or not (claims or self.first(page) is None)

    def refine(self, article: Article, page: Page) -> Article:
        if len(article.body) < FEW and not article.attachments:
            raise NotAnArticle("its text is left to a script")
        return super().refine(article, page)


def _ask(page: Page, call: Call, shown: int) -> Ask:
    """The request for the part after as many articles as are shown; what a script counts up is begun there."""
    parts = urlsplit(page.absolute(call.url))
    query = _begun(dict(parse_qsl(parts.query, keep_blank_values=True)), shown)
    if not call.posted:
        query |= _begun(call.fields, shown)
    url = parts._replace(query=urlencode(query)).geturl()
    return posted(url, _begun(call.fields, shown), as_json=call.as_json) if call.posted else Ask(url)


def _begun(fields: Mapping[str, str], shown: int) -> dict[str, str]:
    found = {name: _start(name, value, shown) for name, value in fields.items()}
    return {name: value for name, value in found.items() if value}


def _start(name: str, value: str, shown: int) -> str:
    if listed_json.OFFSET.fullmatch(name):
        return str(shown or value or 0)
    if listed_json.LIMIT.fullmatch(name):
        return value or "20"
    if listed_json.PAGE.fullmatch(name) and (not value or value.isdecimal()):
        return str(int(value or 1) + (1 if shown else 0))
    return value
