"""NukeViet 4 and its government edition: most provincial portals (PORTALS.md 1.1 and 5)."""

import re
from urllib.parse import urlsplit, urlunsplit

from crawler.family import Family, Mark


class NukeViet(Family, key="nukeviet"):
    """The id at the end of the address is the identity; the page's own date metadata is wrong, so it is not read."""

    selectors = {
        "article": "[itemtype$=NewsArticle] || .news_column",
        "title": "h1[itemprop=headline] || h1.title",
        "date": "span.h5",
        "summary": ".hometext",
        "body": "#news-bodyhtml",
        "author": "p.h5:lexbor-contains('Tác giả:')",
        "source": "p.h5:lexbor-contains('Nguồn tin:')",
        "attachment": ".news-download-file a[href][download] || .news-download-file .list-group-item > a[href]",
        "caption": "figure.article figcaption",
        "list": ".news_column",
        "item": ".panel-body",
        "link": "h2 a[href] || h3 a[href] || a[href]",
        "item_date": "em.fa-clock-o",
        "next": "ul.pagination a[rel=next]",
    }
    dates = ("sitemap", "page", "listing", "feed")
    marks = (
        Mark(r'name="generator" content="NukeViet', 0.9, 'meta generator says "NukeViet"'),
        Mark(r'id="news-bodyhtml"', 0.6, "the body element #news-bodyhtml"),
        Mark(r"nv_base_siteurl|nv_lang_data", 0.6, "NukeViet's script variables nv_…"),
        Mark(r"/themes/[\w-]+/css/news\.css", 0.4, "the news module's style sheet"),
        Mark(r"^[^?]*/[a-z]{2}/news/", 0.3, "an address of the news module", of="url"),
    )
    articles = (
        r"^/(?:[a-z]{2}/)?(?![a-z]{2}/|about/|page/|siteterms/|contact/)[^/?]+/(?:[^/?]+/)?[^/?]+-\d+\.html(?:\?|$)"
    )
    prints = r"/(?:print|savefile|sendmail)/|[?&](?:download|pdf)="
    whole_body = True

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        path = re.sub(r"/(?:print|savefile)/", "/", parts.path)
        return urlunsplit((parts.scheme, parts.netloc, path, "", "")) if self.is_article(url) else url

    def identity(self, url: str) -> str:
        found = re.search(r"-(\d+)\.html", urlsplit(url).path)
        return f"nukeviet:{found[1]}" if found else self.canonical(url)
