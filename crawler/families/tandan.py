"""TANDAN's news portal on SharePoint: Hà Tĩnh, Điện Biên, Nam Định, Ninh Thuận (PORTALS.md 1.3)."""

import re
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from crawler.family import Family, Mark
from crawler.page import Page

SITE_NAME = re.compile(r"\s+[-–|]\s+(?:Cổng|Trang|Hệ thống)[^-–|]*$", re.IGNORECASE)


class Tandan(Family, key="tandan"):
    """The path carries the publication date, which the page may lack; SharePoint reads paths in any case."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".tandan-p-article || .tandan-article-detail || .tandan-div-article",
        "title": ".tandan-p-article-news-title || .tandan-title-view",
        "summary": ".tandan-p-article-news-summary",
        "date": ".tandan-span-date-publish || .tandan-date-view",
        "body": ".tandan-p-article-main || .tandan-p-article-news-content || #art-content || .ms-rtestate-field",
        "drop": "[class*=tandan-div-article-other], .td-tags, [class*=rating], [class*=comment], [class*=attach], "
        ".tandan-p-article-news-title, .tandan-title-view, .tandan-p-article-news-summary, .tandan-span-date-publish",
        "author": ".tandan-p-article-author || .tandan-span-author",
        "source": ".tandan-p-article-source || .tandan-span-source",
        "attachment": "[class*=attach] a[href] || [class*=dinh-kem] a[href]",
        "item": ".channel-news-item || li.channel-news-folder || .channel-news-title",
        "link": ".channel-news-title a[href] || a[href]",
        "item_date": "label.pub-time || .pub-time || [class*=date]",
        "item_summary": ".channel-news-summary || [class*=summary]",
        "pager": ".tandan-paging || .pagination || [class*=paging] || [class*=phantrang]",
    }
    dates = ("page", "url", "listing", "feed", "sitemap")
    marks = (
        Mark(r'class="[^"]*\btandan-', 0.85, "classes that begin with tandan-"),
        Mark(r'class="[^"]*\b(?:channel-news-title|TD-channel-main-td)\b', 0.6, "classes of TANDAN's channels"),
        Mark(r"/pages/\d{4}-\d{1,2}-\d{1,2}/[^/\"']+\.aspx", 0.5, "addresses /pages/<date>/….aspx"),
        Mark(r"_spPageContextInfo|/_layouts/|MSOWebPartPage|Microsoft SharePoint", 0.3, "SharePoint's own scripts"),
    )
    articles = r"/pages/\d{4}-\d{1,2}-\d{1,2}/[^/?]+\.aspx(?:\?|$)"
    sections = r"^/portal/pages/(?:[\w-]*(?:tin|su-kien|thong-bao|chuyen-muc)[\w-]*)\.aspx$"
    prints = r"/print\.aspx\?"

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        path = re.sub(r"^/(?:portal/)?pages/", lambda prefix: prefix[0].lower(), parts.path, flags=re.IGNORECASE)
        return urlunsplit((parts.scheme, parts.netloc, path, "" if self.is_article(url) else parts.query, ""))

    def identity(self, url: str) -> str:
        return self.canonical(url).lower()

    def title(self, page: Page, box: LexborNode | None) -> str:
        """Some sites print no heading; the document's title is then the article's, without the site's name."""
        return super().title(page, box) or SITE_NAME.sub("", page.text_of("title"))

    def url_date(self, url: str) -> str:
        found = re.search(r"/pages/(\d{4})-(\d{1,2})-(\d{1,2})/", url, re.IGNORECASE)
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""
