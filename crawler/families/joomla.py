"""Joomla 1.5 to 5, with K2: districts and departments (PORTALS.md 1.10)."""

import re
from typing import ClassVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from crawler.family import Family, Mark
from crawler.imprint import TITLED, Imprint, short

KEPT = frozenset({"option", "view", "id"})


class Joomla(Imprint, Family, key="joomla"):
    """The last part of an address, `<id>-<alias>`, is the identity: every menu that leads to an article is a path."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".item-page || .itemView || .com-content-article || .article-page || .contentpaneopen || "
        "[itemtype$=Article] || article",
        "title": "[itemprop=headline] || .page-header h2 || h2.itemTitle || h1.itemTitle || .contentheading || "
        ".article-title || h1 || h2",
        "date": "time[itemprop=datePublished][datetime] || .published time[datetime] || "
        "time[itemprop=dateCreated][datetime] || .create time[datetime] || .itemDateCreated time || .published || "
        ".create || .itemDateCreated || .createdate || time[datetime]",
        "summary": ".sapo || .article-intro",
        "body": "[itemprop=articleBody] || .com-content-article__body || .itemBody || .article-content || "
        ".item-content || .contentpaneopen td[valign=top]",
        "drop": ".icons, [class*=pagenav], ul.pager, .pagination, .article-info, [class*=tags], [class*=rating], "
        "[class*=vote], [class*=attach], [class*=Attach], [class*=share], [class*=social], [class*=related], "
        ".itemToolbar, .jcomments-links, #jc, [class*=hits], [class*=Hits], .btn-group, [itemprop=headline], "
        ".itemImageCaption",
        "caption": ".itemImageCaption",
        "author": ".createdby [itemprop=name] || .createdby || .itemAuthor a || .createby",
        "category": ".category-name a || .itemCategory a",
        "attachment": ".attachmentsList a.at_url || .itemAttachments a[href] || [class*=attach] a[href] || "
        "[class*=dinh-kem] a[href]",
        "item": "[itemprop=blogPost] || .blog-item || .items-leading > div, .items-row .item || .catItemView || "
        ".category-list tbody tr, table.category tbody tr || .itemContainer || .item || .blog article",
        "link": ".page-header a[href] || .item-title a[href] || .catItemTitle a[href] || .list-title a[href] || "
        "h2 a[href] || h3 a[href] || a[href]",
        "item_date": "time[datetime] || .published || .create || .catItemDateCreated || .list-date || [class*=date]",
        "item_summary": ".catItemIntroText || .intro || [itemprop=articleBody] || .item-content p",
        "pager": ".pagination || .com-content-category-blog__pagination || .k2Pagination || .pagenav",
        "next": "li.pagination-next a[href] || a[rel=next] || .pagination a[aria-label*='tiếp theo'] || "
        ".pagination a[title='Tiếp theo'], .pagination a[title='Trang sau'], .pagination a[title=Next]",
    }
    dates = ("page", "meta", "feed", "listing")
    marks = (
        Mark(r"""<meta name=["']generator["'] content=["']Joomla""", 0.9, 'meta generator says "Joomla!"'),
        Mark(r"joomla-script-options|Joomla\.(?:JText|Text|submitform)", 0.7, "Joomla's own scripts"),
        Mark(
            r"/media/(?:jui|system|vendor/joomla\S*)/(?:js|css)/|/components/com_\w+/", 0.6, "files below /media/jui/"
        ),
        Mark(r"option=com_(?:content|k2)\b", 0.5, "addresses option=com_content"),
        Mark(r'class="[^"]*\b(?:item-page|blog-featured|items-leading|itemView|com-content-\w+)', 0.4, "its classes"),
        Mark(r"/index\.php/[\w-]+", 0.3, "an address below /index.php/", of="url"),
    )
    articles = (
        r"^(?!.*[?&](?:start|limitstart|format|task|tmpl|print)=)(?!.*/(?:category|itemlist|tag|user)/)"
        r"(?:(?=.*[?&]view=(?:article|item))(?=.*[?&]id=\d)|(?!.*[?&]option=)/(?:[^/?]+/)*\d+[-:][^/?]+(?:\?|$)|"
        rf"(?!.*[?&]option=)/[^?]+\.html|(?!.*[?&]option=)/{TITLED})"
    )
    sections = r"^(?:/index\.php)?/component/(?:content|k2)/(?:category|itemlist)/"
    prints = r"[?&](?:print=1|tmpl=component|format=pdf)"

    def is_listing_address(self, url: str) -> bool:
        numbered = re.sub(r"/\d+[-:]", "/", url)
        return super().is_listing_address(url) or (self.is_article(url) and not urlsplit(url).query and short(numbered))

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name in KEPT]
        named = "view" in dict(kept)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept, safe=":") if named else "", ""))

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        if not self.is_article(url):
            return url
        parts = urlsplit(url)
        last = parse_qs(parts.query).get("id", [""])[0] or unquote(parts.path.rstrip("/").rpartition("/")[2])
        return f"joomla:{last.replace(':', '-').removesuffix('.html').lower()}"
