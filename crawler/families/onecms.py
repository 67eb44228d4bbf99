"""OneCMS: Nghệ An, Đà Nẵng and Hải Phòng newspapers, Hànộimới (PORTALS.md 1.11)."""

import re
from typing import ClassVar

from crawler.address import target
from crawler.family import Family, Mark
from crawler.imprint import Imprint


class OneCms(Imprint, Family, key="onecms"):
    """The number before `.html` is the identity; classes come twice, by place (`sc-…`) and by part (`block-sc-…`)."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".l-content article || article.sc-longform || .sc-longform || .c-detail || [class*=detail] || "
        "article || main",
        "title": ".sc-longform-header-title || .block-sc-title || h1.c-detail-head__title || h1",
        "summary": ".sc-longform-header-sapo || .block-sc-sapo || .c-detail-head__sapo || [class*=sapo]",
        "date": ".sc-longform-header-date || .block-sc-publish-time || .c-detail-head__time || time[datetime] || "
        "[class*=publish] || [class*=header-date] || [class*=time]",
        "body": ".b-maincontent || .entry || .c-news-detail || .c-entry || .sc-longform-body || "
        "[class*=longform-content] || [class*=longform-body] || [class*=maincontent] || [class*=detail-content] || "
        "[class*=detail__content] || [class*=detail-body] || [itemprop=articleBody]",
        "drop": "[class*=related], [class*=share], [class*=social], [class*=comment], [class*=tags], [class*=rating], "
        "[class*=sapo], [class*=header-title], [class*=header-date], [class*=header-author], [class*=b-grid], "
        "[class*=banner], [class*=attach]",
        "author": ".sc-longform-header-author || .block-sc-author || [class*=author]",
        "source": "[class*=source]",
        "category": ".sc-longform-header-cate a || .block-sc-cate-name || .sc-longform-header-cate",
        "attachment": "[class*=attach] a[href], [class*=dinh-kem] a[href]",
        "item": ".b-grid || .b-grid__row || .b-grid__content || h3.b-grid__title",
        "link": ".b-grid__title a[href] || a[href]",
        "item_date": ".b-grid__time || [class*=time] || [class*=date]",
        "item_summary": ".b-grid__desc || .b-grid__sapo || [class*=desc]",
        "pager": ".c-pagination || .pagination || [class*=pagination] || .pager",
        "next": "a[rel=next] || link[rel=next] || a.next || [class*=load-more] a[href], a[class*=load-more][href] || "
        "[class*=loadmore] a[href], a[class*=loadmore][href]",
    }
    dates = ("page", "jsonld", "meta", "listing", "feed", "sitemap")
    marks = (
        Mark(r'class="[^"]*\bb-grid__(?:title|img|content|row|desc)\b', 0.7, "classes that begin with b-grid__"),
        Mark(
            r'class="[^"]*\b(?:block-)?sc-(?:longform-header-)?\w+', 0.6, "classes that begin with sc-longform-header"
        ),
        Mark(r"onecms", 0.5, 'the word "onecms" in addresses or scripts'),
    )
    newspaper = True
    articles = r"^/(?:[^/?]+/)*[^/?]+-\d{4,}\.html(?:\?|$)"
    prints = r"/print/|[?&]print="

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = re.search(r"-(\d+)\.html", target(url))
        return f"onecms:{found[1]}" if found and self.is_article(url) else url
