"""The newspapers whose addresses end in `-a<id>.html`: Bình Dương, Tây Ninh, Cần Thơ, Đồng Khởi (PORTALS.md 1.11).

Báo Đồng Tháp moved to it in 2025; what it was before is `aspnews`.
"""

import re
from datetime import date
from typing import ClassVar

from crawler.address import target
from crawler.families.aspnews import AspNews
from crawler.family import Era, Family, Mark
from crawler.imprint import Imprint


class Aid(Imprint, Family, key="aid"):
    """The number after `-a` is the identity; "Cập nhật: 31-08-2017 | 08:38:43" is the date."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".news-detail || .article-detail || .detail-news || .detail || [class*=detail] || article || main",
        "title": "h1.title || h1.news-title || h1.detail-title || h1",
        "summary": "h4.sapo || .sapo || h2.sapo || [class*=sapo] || .lead",
        "date": ".date || .time || .update-time || .news-date || .post-date || time || [class*=date]:not(li *) || "
        "[class*=time]:not(li *)",
        "body": ".content-detail || .detail-content || .news-content || .article-content || #content || "
        "#newscontents || .content || [class*=content] || [itemprop=articleBody]",
        "drop": ".sapo, [class*=related], [class*=other], [class*=share], [class*=social], [class*=comment], "
        "[class*=tags], [class*=tool], [class*=rating], [class*=banner], [class*=attach], h1, .date, .time",
        "author": ".author || .news-author || [class*=author]",
        "source": ".source || [class*=source]",
        "category": ".breadcrumb a:last-child || .cate a || .category a",
        "attachment": "[class*=attach] a[href], [class*=dinh-kem] a[href]",
        "item": ".news-item || .item-news || article || .list-news li || .item || li:has(a.news-title) || a.news-title",
        "link": "a.news-title || h2 a[href] || h3 a[href] || h4 a[href] || .title a[href] || a[href]",
        "item_date": ".date || .time || [class*=date] || [class*=time]",
        "item_summary": ".sapo || .summary || .desc || [class*=sapo] || [class*=desc]",
        "pager": ".pagination || .pager || .paging || [class*=pagin] || [class*=paging]",
        "next": "a[rel=next] || link[rel=next] || a.next || li.next a[href] || a[class*=load-more][href]",
    }
    eras = (Era(date(2025, 12, 31), AspNews.selectors, AspNews.articles),)
    """What Báo Đồng Tháp was: its new addresses were seen in 2025, the day of the move is not known."""
    dates = ("page", "jsonld", "meta", "listing", "feed", "sitemap")
    marks = (
        Mark(r"""href=["'][^"']*-a\d+\.html""", 0.6, "addresses that end in -a<id>.html"),
        Mark(r'class="[^"]*\bnews-title\b', 0.2, "links of class news-title"),
        Mark(r'<h4[^>]*class="[^"]*\bsapo\b', 0.4, "the sapo in h4.sapo"),
        Mark(r"Cập nhật:\s*\d\d-\d\d-\d{4} \| \d\d:\d\d", 0.3, 'a date "Cập nhật: 31-08-2017 | 08:38:43"'),
        Mark(r"-a\d+\.html", 0.3, "an address that ends in -a<id>.html", of="url"),
    )
    newspaper = True
    articles = r"^/(?:[^/?]+/)*[^/?]*-a\d+\.html(?:\?|$)"
    prints = r"/print/|[?&]print="

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = re.search(r"-a(\d+)\.html", target(url))
        return f"aid:{found[1]}" if found and self.is_article(url) else url
