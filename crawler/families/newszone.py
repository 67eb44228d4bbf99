"""VCCorp's IMS with its NewsZone listings: Hà Nội, ministries, the government's portals (PORTALS.md 1.8)."""

import re
from datetime import date, timedelta
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from crawler.address import target
from crawler.family import Ask, Family, Link, Mark
from crawler.page import Page
from crawler.paging import posted, sent_fields
from crawler.scripted import Call, calls, values

ZONE = "/api/NewsZone/NewsZone"
NUMBER = re.compile(r"-(\d{0,4}(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\d{3})\.(?:htm|html|chn)(?:\?|$)")
DAY = re.compile(r"/xem-theo-ngay-(\d{1,2})-(\d{1,2})-(\d{4})\.htm")
ENCIPHERED = ("PageSize", "Catname", "LanguageId", "Site")
"""Fields whose values are ciphertext that only the page knows; without the category nothing can be asked."""


class NewsZone(Family, key="newszone"):
    """The number at the end of the address holds the moment of publication; listings are posted for."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".detail || .detail-main || [class*=detail-wrap] || main",
        "title": "[data-role=title] || h1.detail-title || h1",
        "summary": "[data-role=sapo] || .detail-sapo",
        "date": "[data-role=publishdate] || .detail-time",
        "body": ".detail-content.afcbc-body || [data-role=content] || .detail-content",
        "drop": "[data-role=title], [data-role=sapo], .detail-sapo, .detail-time, [data-role=publishdate], "
        "[type=RelatedNews], [type=RelatedOneNews], [type=RelatedNewsBox], [class*=relate], [class*=comment], "
        "[class*=share], [class*=tag], [class*=attach]",
        "author": "[data-role=author] || .detail-author || .author",
        "source": "[data-role=source] || .detail-source",
        "category": "[data-role=cate-name] || .detail-cate",
        "attachment": "[class*=attach] a[href] || [class*=dinh-kem] a[href] || [type=attach] a[href]",
        "caption": ".PhotoCMS_Caption || figcaption",
        "item": ".news-item || [data-id]:has(h3) || .box-category-item",
        "link": ".news-title a[href] || h3 a[href] || h2 a[href] || a[title][href] || a[href]",
        "item_title": ".news-title || h3",
        "item_date": ".news-time",
        "item_summary": ".news-sapo || [class*=sapo]",
        "pager": ".pagination || [class*=pagin]",
    }
    dates = ("url", "page", "listing", "feed", "jsonld", "meta", "sitemap")
    marks = (
        Mark(r"/api/NewsZone/NewsZone", 0.8, "listings fetched from /api/NewsZone/NewsZone"),
        Mark(r"\bafcbc-body\b|\bVCSortableInPreviewMode\b", 0.7, "classes of IMS's editor (afcbc-body, VCSortable…)"),
        Mark(r"\bmediacdn\.vn\b", 0.5, "pictures at mediacdn.vn"),
        Mark(r"""href=["'][^"']*-\d{15,19}\.htm["']""", 0.6, "addresses …-<15 to 19 digits>.htm"),
        Mark(r"/xem-theo-ngay-\d", 0.4, "lists by day …/xem-theo-ngay-…"),
        Mark(r"""data-role=["'](?:sapo|publishdate|content)["']""", 0.5, "parts of articles named by data-role"),
    )
    articles = r"^/(?:[^/?]+/)*[^/?]*-\d{15,19}\.(?:htm|html|chn)(?:\?|$)"
    sections = r"/xem-theo-ngay-[\d-]+\.htm$"
    prints = r"/print/|[?&]print="

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        whole = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        return whole if self.is_article(whole) else url

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = NUMBER.search(target(url))
        return f"newszone:{found[1]}" if found else url

    def url_date(self, url: str) -> str:
        found = NUMBER.search(target(url))
        if found is None:
            return ""
        _, year, month, day, hour, minute, second = found.groups()
        return f"20{year}-{month}-{day}T{hour}:{minute}:{second}+07:00"

    def links(self, page: Page) -> list[Link]:
        return super().links(page.unwrapped)

    def first(self, page: Page) -> Ask | None:
        return None if self.listed(page.unwrapped) else self._posted(page, 0)

    def next(self, page: Page) -> Ask | None:
        """The following part of a zone, the day before of a list by day, else what the pager says."""
        day = DAY.search(target(page.url))
        if day:
            return Ask(_day_before(page.url, day))
        sent = sent_fields(page)
        if not self.links(page) or not sent:
            return self._posted(page, 1) or super().next(page) if self.links(page) else None
        return posted(page.url, {**sent, "PageIndex": int(sent.get("PageIndex") or 0) + 1})

    def _posted(self, page: Page, number: int) -> Ask | None:
        """The request for a part of the zone that a page shows, counted from 0; None where it names no zone."""
        call = next(calls(page, ZONE), Call(ZONE))
        known = values(page)
        given = {name.lower(): value for name, value in call.fields.items()}
        fields = {name: given.get(name.lower()) or known.get(name.lower(), "") for name in ENCIPHERED}
        if not fields["Catname"]:
            return None
        return posted(page.absolute(call.url), {"PageIndex": number, **fields})


def _day_before(url: str, found: re.Match[str]) -> str:
    day, month, year = (int(part) for part in found.groups())
    try:
        before = date(year, month, day) - timedelta(days=1)
    except (ValueError, OverflowError):
        return url
    return DAY.sub(f"/xem-theo-ngay-{before:%d-%m-%Y}.htm", url)
