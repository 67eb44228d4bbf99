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
        "drop": Generic.selectors["drop"] + ", .detail-content-lead, .detail-title, [class*=attach]",
    }
    marks = (
        Mark(r"""["'`][^"'`\s]*/api/[\w/.-]*(?:article|news|post|tin|bai-?viet|content)""", 0.6, "news at /api/…"),
        Mark(r"\b(?:totalPageNum|recordPerPage|pageNum|offset=)\b", 0.3, "a listing fetched in parts"),
        Mark(r"""<div id=["'](?:app|root|__next|__nuxt)["']""", 0.2, "a page that its script fills"),
    )

    def recognise(self, page: Page) -> Evidence:
        return weighed(self.key, self.marks, page)

    def links(self, page: Page) -> list[Link]:
        if page.json is None:
            return super().links(page)
        found: dict[str, Link] = {}
        for link in listed_json.links(page):
            found.setdefault(self.identity(link.url), link)
        return list(found.values())

    def first(self, page: Page) -> Ask | None:
        """The first part of the listing that the page's script fetches."""
        if page.json is not None:
            return None
        found = [call for call in calls(page, ENDPOINT) if not NO_NEWS.search(urlsplit(call.url).path)]
        best = max(found, key=lambda call: len(NEWS.findall(call.url)), default=None)
        return _ask(page, best) if best and NEWS.search(best.url) else None

    def next(self, page: Page) -> Ask | None:
        return super().next(page) if page.json is None else listed_json.following(page)

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
        return article


def _ask(page: Page, call: Call) -> Ask:
    """The request for the first part; what a script would count up begins at its beginning."""
    parts = urlsplit(page.absolute(call.url))
    query = _begun(dict(parse_qsl(parts.query, keep_blank_values=True)))
    if not call.posted:
        query |= _begun(call.fields)
    url = parts._replace(query=urlencode(query)).geturl()
    return posted(url, _begun(call.fields), as_json=call.as_json) if call.posted else Ask(url)


def _begun(fields: Mapping[str, str]) -> dict[str, str]:
    starts = ((listed_json.OFFSET, "0"), (listed_json.LIMIT, "20"), (listed_json.PAGE, "1"))
    found = {
        name: value or next((start for rule, start in starts if rule.fullmatch(name)), "")
        for name, value in fields.items()
    }
    return {name: value for name, value in found.items() if value}
