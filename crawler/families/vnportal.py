"""VNPT's vnPortal: Ninh Bình, Cần Thơ, Sơn La, Hải Phòng (PORTALS.md 1.7)."""

import re
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from crawler.address import target
from crawler.family import Ask, Family, Link, Mark
from crawler.page import Page
from crawler.paging import posted, sent_fields
from crawler.scripted import Call, calls, values

PAGER = "ArticleInMenuPagination.aspx/LoadArticle"
LOADED = r"/LoadArticle\b"
PAGE = re.compile(r"page_?(?:index|number|num|no)?|current_?page", re.IGNORECASE)
KEPT = ("article_category_id", "site_id", "page_size")


class VnPortal(Family, key="vnportal"):
    """The id at the end of the address is the identity; further pages of a listing are posted for."""

    selectors: ClassVar[dict[str, str]] = {
        "article": ".UIArticleDetail || .ArticleDetailControl || .article-detail || [class*=ArticleDetail]",
        "title": ".ArticleHeader || h1.title || h1",
        "summary": ".ArticleSummary",
        "date": ".PostDate",
        "body": ".ArticleContent",
        "drop": ".ArticleHeader, .PostDate, .ArticleSummary, [class*=related], [class*=Related], [class*=rating], "
        "[class*=Rating], [class*=comment], [class*=Comment], [class*=share], [class*=Share], [class*=toolbar], "
        "[class*=Toolbar], [class*=Attach], [class*=attach], .ArticleAuthor, .ArticleSource",
        "author": ".ArticleAuthor || .Author || .author",
        "source": ".ArticleSource || .Source || .source",
        "attachment": "[class*=Attach] a[href] || [class*=attach] a[href] || [class*=dinh-kem] a[href]",
        "item": ".UIListNews_Default .item || .list-news .item || .item",
        "link": "h2 a[href] || h3 a[href] || h4 a[href] || a.title[href] || a[href]",
        "item_date": ".PostDate || [class*=date] || [class*=time]",
        "item_summary": ".ArticleSummary || .Summary || [class*=summary] || [class*=sapo] || [class*=desc]",
        "pager": ".pagination || [class*=pagin] || [class*=pager]",
        "next": "a[rel=next] || .pagination .next a",
    }
    dates = ("page", "listing", "feed", "jsonld", "meta", "sitemap")
    marks = (
        Mark(r"storage-vnportal\.vnpt\.vn", 0.85, "files at storage-vnportal.vnpt.vn"),
        Mark(r"/DesktopModules?/UI\w+/", 0.8, "addresses of vnPortal's modules /DesktopModule/UI…"),
        Mark(r"""class="[^"]*\bUI(?:ListNews|Article|Menu)\w*""", 0.7, "classes UIListNews…, UIArticle…"),
        Mark(r"""class="[^"]*\bArticle(?:Header|Content|Summary)\b""", 0.6, "classes ArticleHeader, ArticleContent"),
        Mark(r"""class="[^"]*\bPostDate\b""", 0.3, "the class PostDate"),
    )
    articles = r"^/(?:[^/?]+/)*[^/?]*-\d{4,7}/?(?:\?|$)"
    prints = r"[?&](?:print|in)=|/print/"

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        whole = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
        return whole if self.is_article(whole) else url

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = re.search(r"-(\d{4,7})(?:\?|$)", target(url))
        return f"vnportal:{found[1]}" if found else url

    def links(self, page: Page) -> list[Link]:
        return super().links(page.unwrapped)

    def first(self, page: Page) -> Ask | None:
        """A listing that comes without its items fetches them as page 1."""
        return None if self.listed(page.unwrapped) else self._posted(page, 1)

    def next(self, page: Page) -> Ask | None:
        """A numbered link where there is one, else what the page's script would post for the following page."""
        if not self.links(page):
            return None
        sent = sent_fields(page)
        number = next((int(value) for name, value in sent.items() if PAGE.fullmatch(name) and value.isdecimal()), 1)
        if sent:
            renumbered = {name: str(number + 1) if PAGE.fullmatch(name) else value for name, value in sent.items()}
            return posted(page.url, renumbered, as_json=page.sent.startswith(b"{"))
        return super().next(page) or self._posted(page, 2)

    def _posted(self, page: Page, number: int) -> Ask | None:
        """What the script of a listing's page posts for a page of it; None where there is no such script."""
        call = next(calls(page, LOADED), None)
        if call is None and PAGER not in page.text:
            return None
        call = call or Call(f"/DesktopModule/UIArticleInMenu/{PAGER}")
        known = values(page)
        fields = {name: known.get(name.replace("_", ""), "") for name in KEPT} | {
            name: value for name, value in call.fields.items() if value
        }
        if not fields["article_category_id"]:
            return None
        name = next((name for name in call.fields if PAGE.fullmatch(name)), "page")
        fields = {**fields, "page_size": fields["page_size"] or "10", name: str(number)}
        return posted(page.absolute(call.url), fields, as_json=call.as_json)
