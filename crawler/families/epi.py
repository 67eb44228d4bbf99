"""ePi's newspapers: Hà Tĩnh, Gia Lai (PORTALS.md 1.11)."""

import re
from typing import ClassVar

from crawler.address import target
from crawler.family import Family, Mark
from crawler.imprint import Imprint


class Epi(Imprint, Family, key="epi"):
    """`-post<id>.html` names an article; what an editor writes has a class that begins with cms-."""

    selectors: ClassVar[dict[str, str]] = {
        "article": "article.article || .article || article || main",
        "title": ".article__title || h1.cms-title || .cms-title || h1",
        "summary": ".article__sapo || .cms-desc",
        "date": ".article__meta time[datetime] || time.time[datetime] || time[datetime] || .article__meta .time || "
        ".article__time || .article__date || .cms-date || time || .article__meta || [class*=time]",
        "body": ".article__body || .cms-body || .article__content || [itemprop=articleBody]",
        "drop": "[class*=related], [class*=relate], .cms-relate, [class*=share], [class*=social], [class*=comment], "
        "[class*=tags], .article__tag, [class*=banner], .article__sapo, .article__title, .article__meta, .story, "
        ".article__author, [class*=attach]",
        "author": ".article__author .name || .article__author || .cms-author || [class*=author]",
        "source": ".article__source || .cms-source || [class*=source]",
        "category": ".breadcrumb h2 a || .article__category a || .breadcrumb .main a",
        "attachment": "[class*=attach] a[href], [class*=dinh-kem] a[href]",
        "item": "article.story || .story || .article-item || li:has(> a.cms-link) || a.cms-link",
        "link": ".story__heading a.cms-link || a.cms-link[title] || h2 a.cms-link || h3 a.cms-link || a.cms-link",
        "item_date": ".story__time || time || [class*=time] || [class*=date]",
        "item_summary": ".story__summary || .story__sapo || [class*=summary] || .cms-desc",
        "pager": ".pagination || [class*=pagination] || .pager",
        "next": "a[rel=next] || link[rel=next] || a.next || a[class*=loadmore][href] || [class*=loadmore] a[href] || "
        "a[class*=load-more][href]",
    }
    dates = ("page", "jsonld", "meta", "listing", "feed", "sitemap")
    marks = (
        Mark(r'class="[^"]*\bcms-link\b', 0.6, "links of class cms-link"),
        Mark(r'class="[^"]*\b(?:article__(?:sapo|body|title|meta)|story__heading|cms-(?:desc|body|title))\b', 0.5,
             "classes article__… and story__…"),
        Mark(r"-post\d+\.html", 0.6, "addresses that end in -post<id>.html"),
    )  # fmt: skip
    newspaper = True
    articles = r"^/(?:[^/?]+/)*[^/?]*-post\d+\.html(?:\?|$)"
    prints = r"/print/|[?&]print="

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = re.search(r"-post(\d+)\.html", target(url))
        return f"epi:{found[1]}" if found and self.is_article(url) else url
