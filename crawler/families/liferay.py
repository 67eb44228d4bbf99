"""Liferay 6 and 7: Kon Tum, Đồng Tháp, Bắc Ninh, Đà Nẵng, Hồ Chí Minh City (PORTALS.md 1.5)."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from archive.records import Article, Stated
from crawler.address import target
from crawler.completion import Completing
from crawler.family import Ask, Era, Family, Link, Mark
from crawler.page import Page, one_line
from crawler.scripted import calls, values

LOCALE = re.compile(r"^/(?:[a-z]{2}(?:[_-][A-Za-z]{2})?)(?=/(?:web|group|-|[^/]+))")
NOT_IDENTITY = re.compile(r"(?:plid\w*|p_p_\w+|p_l_\w+|p_r_p_\w+|redirect|inheritRedirect|_c|_\w+)", re.IGNORECASE)
ALIASES = (
    re.compile(r"/-/asset_publisher/\w+/content/id/(?P<entry>\d+)"),
    re.compile(r"/-/view_content/(?P<content>\d+)-"),
    re.compile(r"/-/details/\d+/[^/?]*-(?P<details>\d+)(?:[/?]|$)"),
    re.compile(r"/chi-tiet\?(?:.*&)?id=(?P<id>\d+)"),
    re.compile(r"/-/(?:asset_publisher/\w+/content/)?(?P<slug>[^/?]+)"),
)
"""What of an address names the article: a number, else the slug; site, category, page and portlet do not."""
RESOURCE = r"p_p_resource_id=loadPage\b"
NULL = re.compile(r"^null(?:\s+|$)")


class Liferay(Completing, Family, key="liferay"):
    """One article has many addresses; the site's clock (.date-today, .current-date) is no date of any article."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".portlet-boundary_com_liferay_asset_publisher .asset-full-content || .asset-full-content || "
        ".news-detail || .journal-content-article:has(h1)",
        "title": "#contentDetailTitleId || .title-divvv || .title-news h1:not(.portlet-title) || h1.title-detail || "
        ".asset-title || h1.header-title || .header-title span || h1:not(.portlet-title)",
        "summary": "#sapoDetailId || .text-summary || .asset-summary || .sapo",
        "date": ".sp-dislaydate || .post-ago || .metadata-publish-date || .publish-date || .ngay-dang || .date-publish",
        "body": "#contentDetail || .asset-content .journal-content-article || .journal-content-article || "
        ".asset-content || .content-detail || .detail-content",
        "drop": ".portlet-title, .date-today, .current-date, h1, .title-divvv, .text-summary, #sapoDetailId, "
        ".sp-dislaydate, .asset-metadata, [class*=asset-ratings], [class*=taglib-ratings], [class*=related], "
        "[class*=comment], [class*=social], [class*=share], [class*=toolbar], [class*=attach]",
        "author": ".metadata-author || .author || .tac-gia",
        "source": ".source || .nguon-tin",
        "attachment": "[class*=attach] a[href] || [class*=dinh-kem] a[href] || .asset-links a[href*='/documents/']",
        "item": ".news-items .news-item || .asset-abstract || .news-item || .asset-entry || .list-news li",
        "link": ".asset-publisher-title a[href], a.asset-publisher-title || .asset-title a || h3 a[href] || a[href]",
        "item_date": ".text-date-sklh || .post-ago || .metadata-publish-date || [class*=date]",
        "item_summary": ".limit-tin-descc-news || .asset-summary || [class*=summary]",
        "pager": ".lfr-pagination || .pagination || .taglib-page-iterator || [class*=pagin]",
        "next": "a[rel=next] || .pagination .next a || .lfr-pagination a.next",
    }
    dates = ("page", "listing", "jsonld", "meta", "feed", "sitemap")
    marks = (
        Mark(r"Liferay\.(?:ThemeDisplay|Portlet|AUI|Browser)", 0.85, "Liferay's own scripts"),
        Mark(r"_INSTANCE_\w+", 0.5, "portlet instances _INSTANCE_…"),
        Mark(r"\b(?:journal-content-article|portlet-boundary|asset-full-content)\b", 0.5, "classes of portlets"),
        Mark(r"/-/asset_publisher/|/web/[\w-]+/-/", 0.4, "addresses of the asset publisher"),
        Mark(r"/web/[\w-]+/|/-/", 0.2, "an address below /web/ or /-/", of="url"),
        Mark(r"<title>[^<]* - Liferay", 0.6, 'a title that ends in "Liferay"'),
    )
    articles = (
        r"/-/(?:asset_publisher/\w+/content/(?:id/\d+|[^/?]+)|details/\d+/[^/?]+|"
        r"(?!asset_publisher|view_content|details|document_library)[^/?]+)(?:/?\?|/?$)|/chi-tiet\?(?:.*&)?id=\d+"
    )
    eras = (Era(date(2024, 12, 31), {}, r"/-/view_content/\d+-[^/?]+(?:/?\?|/?$)"),)
    """Hanoi's districts, on Liferay until 2024: their addresses are known, other markup of theirs was not seen."""
    prints = r"[?&](?:_\w+_)?viewMode=print|p_p_state=pop_up"

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        if not self.is_article(url):
            return url
        kept = [(name, value) for name, value in parse_qsl(parts.query) if not NOT_IDENTITY.fullmatch(name)]
        return urlunsplit((parts.scheme, parts.netloc, LOCALE.sub("", parts.path).rstrip("/"), urlencode(kept), ""))

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = next((match for rule in ALIASES if (match := rule.search(target(url)))), None)
        return f"liferay:{found.lastgroup}:{unquote(found[1]).lower()}" if found and self.is_article(url) else url

    def first(self, page: Page) -> Ask | None:
        """Where a script fills the list, the portlet's JSON resource that it asks."""
        return None if page.json is not None or self.listed(page) else _resource(page)

    def links(self, page: Page) -> list[Link]:
        if page.json is None:
            return super().links(page)
        items = page.json.get("items") if isinstance(page.json, dict) else None
        found = [_link(page, item) for item in items or () if isinstance(item, dict)]
        return [link for link in dict.fromkeys(found) if self.is_article(link.url)]

    def next(self, page: Page) -> Ask | None:
        if page.json is not None:
            return _after(page)
        following = super().next(page)
        return following or (_resource(page, after=1) if self.listed(page) else None)

    def refine(self, article: Article, page: Page) -> Article:
        """A portlet prints the word "null" where a field is empty."""
        lines = [NULL.sub("", line) for line in article.body.split("\n")]
        body = "\n".join(line for line in lines if line and line != article.title)
        summary = NULL.sub("", article.summary)
        return replace(article, title=NULL.sub("", article.title), summary=summary, body=body)


def _resource(page: Page, after: int = 0) -> Ask | None:
    """The first page of the resource that a listing's script names, or one of those after it."""
    call = next(calls(page, RESOURCE), None)
    url = page.absolute(call.url) if call else ""
    if not url:
        return None
    said = values(page)
    return _numbered(url, int(said.get("pagenum") or 1) + after, said.get("recordperpage") or "10")


def _numbered(url: str, number: int, size: str) -> Ask:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"pageNum": str(number), "recordPerPage": size}
    return Ask(urlunsplit(parts._replace(query=urlencode(query))))


def _after(page: Page) -> Ask | None:
    query = dict(parse_qsl(urlsplit(page.url).query))
    pages = page.json.get("totalPageNum") if isinstance(page.json, dict) else 0
    number = int(query.get("pageNum", "1"))
    return _numbered(page.url, number + 1, query.get("recordPerPage", "10")) if number < int(pages or 0) else None


def _link(page: Page, item: dict[str, Any]) -> Link:
    date = item.get("createdDate") or ""
    if isinstance(date, int | float):
        date = datetime.fromtimestamp(date / 1000, UTC).isoformat()
    title, summary = (NULL.sub("", one_line(html.unescape(str(item.get(name) or "")))) for name in ("title", "summary"))
    stated = Stated(one_line(str(date)), "listing") if date else None
    return Link(page.absolute(str(item.get("urlDetail") or "")), title, stated, summary)
