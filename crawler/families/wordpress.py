"""WordPress: communes, districts and departments of home affairs (PORTALS.md 1.10 and 5)."""

import html
import re
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from archive.records import Stated
from crawler.family import Ask, Family, Link, Mark, NotAnArticle
from crawler.imprint import TITLED, Imprint, short
from crawler.page import Page, attribute, one_line

NOT_POSTS = (
    r"(?!.*/(?:category|chuyen-muc|danh-muc|tag|the|author|page|search|wp-[\w-]+)(?:/|\?|$))"
    r"(?!.*[?&](?:s|cat|m|paged|tag|author|feed|page_id|attachment_id)=)"
)
TAIL = re.compile(r"(?<=/)(?:amp|embed|print|comment-page-\d+)/?$")
TERM = re.compile(r"^(?P<root>.+/wp/v2/)(?P<taxonomy>categories|tags)/(?P<id>\d+)")
NOT_SINGLE = frozenset({"page", "archive", "category", "blog", "home", "search", "error404", "attachment", "tag"})


class WordPress(Imprint, Family, key="wordpress"):
    """ISO dates with offset are right, the year of an address is not; `body` names the kind of page in its classes."""

    selectors: ClassVar[dict[str, str]] = {
        "article": "article[id^=post-] || article.hentry || article.post || .hentry || [id^=post-] || #content || main",
        "title": "h1.entry-title || .entry-title || h1.post-title || h1.single-title || .wp-block-post-title || h1",
        "date": "time.published[datetime] || time.entry-date[datetime] || .posted-on time[datetime] || "
        "time[datetime]:not(.updated) || .entry-date || .posted-on || .post-date || .entry-meta .date || .date",
        "summary": ".entry-summary || .post-excerpt || .sapo",
        "body": ".entry-content || .post-content || .td-post-content || .wp-block-post-content || .single-content || "
        ".the-content",
        "drop": ".wp-block-file, .embed_download, .sharedaddy, [class*=related], [class*=share], [class*=social], "
        "[class*=ratings], [class*=views], .post-navigation, .nav-links, .page-links, [class*=tags], .comments-area, "
        ".entry-footer, .entry-meta, .author-box, .widget, .yarpp, .kk-star-ratings, .toc_container, #toc_container, "
        ".ez-toc-container, #ez-toc-container",
        "author": ".author.vcard a || .author .fn || .byline a || .entry-author || [rel=author]",
        "category": ".cat-links a || .entry-categories a || a[rel~=category] || .post-categories a",
        "attachment": ".wp-block-file > a[href]:not([class*=button]), .attachments a[href], [class*=dinh-kem] a[href], "
        ".embed_download a[href]",
        "item": "article.hentry || article.post || article[id^=post-] || .hentry || .wp-block-post || .post-item || "
        ".td_module_wrap || .td-block-span6 || .post",
        "link": ".entry-title a[href] || .post-title a[href] || .wp-block-post-title a[href] || h2 a[href] || "
        "h3 a[href] || a[href]",
        "item_date": "time.published || time.entry-date || time || .entry-date || .posted-on || .post-date || .date",
        "item_summary": ".entry-summary || .post-excerpt || .wp-block-post-excerpt || .entry-content",
        "pager": ".nav-links || .wp-pagenavi || .pagination || .page-numbers",
        "next": "a.next.page-numbers || a.nextpostslink || .wp-block-query-pagination-next[href] || "
        ".nav-previous a[href] || .pagination a.next || a[rel=next] || link[rel=next]",
    }
    dates = ("meta", "page", "feed", "listing")
    marks = (
        Mark(r"""<meta name=["']generator["'] content=["']WordPress""", 0.9, 'meta generator says "WordPress"'),
        Mark(r"/wp-content/(?:themes|plugins)/", 0.6, "themes and plugins below /wp-content/"),
        Mark(r"""rel=["']https://api\.w\.org/["']""", 0.7, "a link to its REST interface (api.w.org)"),
        Mark(r"/wp-includes/|/wp-json/", 0.4, "addresses /wp-includes/ or /wp-json/"),
        Mark(r'class="[^"]*\b(?:wp-block-|wp-image-|menu-item-object-)', 0.3, "classes of its blocks and menus"),
    )
    articles = (
        rf"^{NOT_POSTS}/(?:\?(?:.*&)?p=\d+|\d{{4}}/\d{{1,2}}/(?:\d{{1,2}}/)?[^/?]+|archives/\d+|[^?]+\.html|{TITLED})"
    )
    sections = r"^/(?:category|chuyen-muc|danh-muc)/"

    def is_listing_address(self, url: str) -> bool:
        return super().is_listing_address(url) or (self.is_article(url) and not urlsplit(url).query and short(url))

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name == "p"]
        return urlunsplit((parts.scheme, parts.netloc, TAIL.sub("", parts.path), urlencode(kept), ""))

    def identity(self, url: str) -> str:
        return self.canonical(url).rstrip("/")

    def refuse(self, page: Page) -> None:
        super().refuse(page)
        classes = set(attribute(page.first("body"), "class").split())
        if "single" not in classes and classes & NOT_SINGLE:
            raise NotAnArticle(f"WordPress calls it {min(classes & NOT_SINGLE)}")

    def first(self, page: Page) -> Ask | None:
        """Where a theme lists by script alone, the posts of the category as its REST interface gives them."""
        if page.json is not None or self.listed(page):
            return None
        for node in page.css("link[rel=alternate][type='application/json'][href]"):
            found = TERM.match(page.absolute(attribute(node, "href")))
            if found:
                return Ask(f"{found['root']}posts?{found['taxonomy']}={found['id']}&per_page=100&offset=0")
        return None

    def links(self, page: Page) -> list[Link]:
        posts = _posts(page)
        return super().links(page) if posts is None else [_link(page, post) for post in posts if post.get("link")]

    def next(self, page: Page) -> Ask | None:
        posts = _posts(page)
        return super().next(page) if posts is None else _after(page.url, len(posts))


def _posts(page: Page) -> list[dict[str, Any]] | None:
    """The posts of an answer of the REST interface; None for any other page."""
    return [post for post in page.json if isinstance(post, dict)] if isinstance(page.json, list) else None


def _link(page: Page, post: dict[str, Any]) -> Link:
    moment = f"{post['date_gmt']}Z" if post.get("date_gmt") else str(post.get("date") or "")
    title, summary = (_rendered(post.get(name)) for name in ("title", "excerpt"))
    return Link(page.absolute(str(post["link"])), title, Stated(moment, "listing") if moment else None, summary)


def _rendered(field: object) -> str:
    text = field.get("rendered") if isinstance(field, dict) else field
    return one_line(LexborHTMLParser(html.unescape(text)).text()) if isinstance(text, str) and text else ""


def _after(url: str, count: int) -> Ask | None:
    """A full page may be followed by one more: by offset where it was asked so, for a page too far is an error."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    size = int(query.get("per_page", "10"))
    if count < size:
        return None
    if "offset" in query:
        query["offset"] = str(int(query["offset"]) + size)
    else:
        query["page"] = str(int(query.get("page", "1")) + 1)
    return Ask(urlunsplit(parts._replace(query=urlencode(query))))
