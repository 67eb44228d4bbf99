"""Oracle WebCenter Portal: districts and departments of old Quảng Nam (PORTALS.md 1.6)."""

import re
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.family import Family, Mark

CONTENT = "[class*=noidung], [class*=noi-dung], [class*=content-detail], [class*=detail-content], [class*=news-content]"


class WebCenter(Family, key="webcenter"):
    """`dDocName` alone is the identity; the first answer may be a script stub, which is never an article."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".bnc-detail || .news-detail || .chi-tiet-tin || .content-detail || [class*=chitiet]",
        "title": ".bnc-title || .title-detail || .detail-title || .news-title || .tieu-de || .tieude || h1 || h2",
        "summary": ".bnc-summary || .sapo || .trich-yeu || .tom-tat",
        "date": "span.time || .date-time || .ngay-dang || .news-date",
        "body": f".bnc-content || {CONTENT}",
        "drop": "[class*=related], [class*=lien-quan], [class*=lienquan], [class*=share], [class*=comment], "
        "[class*=toolbar]",
        "author": ".author || .tac-gia",
        "attachment": "[class*=attach] a[href] || [class*=dinh-kem] a[href]",
        "item": "a[href*='dDocName=']",
        "pager": ".pagination || .paging || .phan-trang || [class*=pagin]",
        "next": "a[rel=next] || a.next",
    }
    dates = ("page", "listing", "feed", "meta", "sitemap")
    marks = (
        Mark(r"/webcenter/portal/", 0.7, "an address below /webcenter/portal/", of="url"),
        Mark(r"/webcenter/portal/[\w-]+/pages_", 0.7, "links to /webcenter/portal/…/pages_…"),
        Mark(r"dDocName=PORTAL\d+", 0.7, "links with dDocName=PORTAL…"),
        Mark(r"AdfPage|/afr/partition/|oracle\.adf|_adf\.ctrl-state", 0.6, "scripts of Oracle ADF"),
    )
    articles = r"/webcenter/portal/[^?]*\?(?:[^#]*&)?dDocName=\w+"
    sections = r"/webcenter/portal/[^/]+/(?:pages_)?[\w-]*(?:tin|su-kien|thong-bao|cai-cach)[\w-]*$"

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        pairs = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() == "ddocname"]
        return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), "")) if pairs else url

    def identity(self, url: str) -> str:
        found = re.search(r"[?&]dDocName=(\w+)", url, re.IGNORECASE)
        return f"webcenter:{found[1].upper()}" if found else self.canonical(url)
