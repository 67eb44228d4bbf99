"""Liferay 6 and 7: Kon Tum, Đồng Tháp, Bắc Ninh, Đà Nẵng, Hồ Chí Minh City (PORTALS.md 1.5)."""

import re
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.address import target
from crawler.family import Family, Mark

LOCALE = re.compile(r"^/(?:[a-z]{2}(?:[_-][A-Za-z]{2})?)(?=/(?:web|group|-|[^/]+))")
NOT_IDENTITY = re.compile(r"(?:plid\w*|p_p_\w+|p_l_\w+|p_r_p_\w+|redirect|inheritRedirect|_c|_\w+)", re.IGNORECASE)


class Liferay(Family, key="liferay"):
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
        r"/-/(?:asset_publisher/\w+/content/(?:id/\d+|[^/?]+)|view_content/[^/?]+|details/\d+/[^/?]+|"
        r"(?!asset_publisher|view_content|details|document_library)[^/?]+)(?:/?\?|/?$)|/chi-tiet\?(?:.*&)?id=\d+"
    )
    prints = r"[?&](?:_\w+_)?viewMode=print|p_p_state=pop_up"

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        if not self.is_article(url):
            return url
        kept = [(name, value) for name, value in parse_qsl(parts.query) if not NOT_IDENTITY.fullmatch(name)]
        return urlunsplit((parts.scheme, parts.netloc, LOCALE.sub("", parts.path).rstrip("/"), urlencode(kept), ""))

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = re.search(r"/-/(?:asset_publisher/\w+/content/)?(?:id/)?(.+)$", target(url))
        return f"liferay:{found[1]}" if found else url
