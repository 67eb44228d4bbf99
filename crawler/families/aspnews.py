"""The ASP.NET newspaper site that Báo Đồng Tháp ran until its redesign (PORTALS.md 1.11)."""

from typing import ClassVar

from crawler.family import Family, Mark


class AspNews(Family, key="aspnews"):
    """Three ids hold an article; the author is the last right-aligned line, the dateline names the paper."""

    selectors: ClassVar[dict[str, str]] = {
        "title": "h1#title || #title",
        "date": "#current-date",
        "body": "#content",
        "drop": "[class*=related], [class*=comment], [id*=comment], [class*=share], [class*=tool], [class*=tags]",
        "attachment": "a[class*=attach][href], [class*=attach] a[href], .files a[href]",
        "category": "a.parent_cate:last-child",
        "item": ".news-item || .list-news li || .item-news || .item || #list-news li",
        "link": "h2 a[href] || h3 a[href] || h4 a[href] || a.title[href] || a[href]",
        "item_date": ".date || .time || [class*=date]",
        "item_summary": ".sapo || .summary || .desc || [class*=sapo]",
        "pager": ".pager || .paging || .pagination || #pager || [class*=pag]",
        "next": "a[rel=next] || a.next",
    }
    dates = ("page", "listing", "feed", "meta", "sitemap")
    marks = (
        Mark(r'id="current-date"', 0.5, "the date element #current-date"),
        Mark(r'<h1[^>]*id="title"', 0.4, "the heading h1#title"),
        Mark(r'class="parent_cate"', 0.6, "the category links .parent_cate"),
        Mark(
            r"href=\"(?:https?://[^/\"]+)?/[a-z-]+/[\w-]+-\d{3,}\.aspx", 0.5, "addresses /<category>/<slug>-<id>.aspx"
        ),
        Mark(r'name="__VIEWSTATE"', 0.1, "an ASP.NET form"),
    )
    newspaper = True
    articles = r"^/(?:[^/?]+/)+[^/?]+-\d+\.aspx(?:\?|$)"
