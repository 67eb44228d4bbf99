"""NukeViet 4 and its government edition: most provincial portals (PORTALS.md 1.1 and 5)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from archive.records import Stated
from crawler.family import Family, Link, Mark
from crawler.page import Page, attribute, find, one_line, text_of


class NukeViet(Family, key="nukeviet"):
    """The id at the end of the address is the identity; the page's date metadata is wrong, so it is not read."""

    selectors: ClassVar[dict[str, str]] = {
        "article": "[itemtype$=NewsArticle] || .news_column",
        "title": "h1[itemprop=headline] || h1.title",
        "date": "span.h5",
        "summary": ".hometext",
        "body": "#news-bodyhtml",
        "author": "p.h5",
        "source": "p.h5",
        "attachment": ".news-download-file a[download] || .news-download-file .list-group-item > a[href]:first-of-type",
        "caption": "figure.article figcaption",
        "item": ".news_column h2 a[href], .news_column h3 a[href], .news_column h4 a[href], .news_column li > a[href], "
        ".list-group > a.show[href]",
        "item_date": "em.fa-clock-o",
        "item_summary": ".text-justify",
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
    sections = r"^/(?:[a-z]{2}/)?news/[\w-]+/?$"
    prints = r"/(?:print|savefile|sendmail)/|[?&](?:download|pdf)="
    whole_body = True

    def plain(self, url: str) -> str:
        parts = urlsplit(url)
        path = re.sub(r"/(?:print|savefile)/", "/", parts.path)
        whole = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        return whole if self.is_article(whole) else url

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = re.search(r"-(\d+)\.html$", url)
        return f"nukeviet:{found[1]}" if found and self.is_article(url) else url

    def link(self, page: Page, item: LexborNode) -> Link | None:
        """Date and summary stand beside the heading, the summary as bare text or in the link's tooltip."""
        link = super().link(page, item)
        block = item.parent.parent if link and item.parent and item.parent.tag in {"h2", "h3", "h4"} else None
        if link is None:
            return None
        clock = find(block, self.select["item_date"])
        date = text_of(clock.parent) if clock is not None else ""
        bare = one_line(block.text(deep=False)) if block is not None else ""
        summary = text_of(find(block, self.select["item_summary"])) or bare or one_line(attribute(item, "data-content"))
        title = one_line(attribute(item, "title")) or link.title
        return replace(link, title=title, stated=Stated(date, "listing") if date else None, summary=summary)

    def stated(self, page: Page, box: LexborNode | None, hints: Sequence[Stated]) -> tuple[Stated, ...]:
        """RSS prints the month where the minutes belong, so a feed's date is good to the hour."""
        return super().stated(page, box, [_to_the_hour(hint) if hint.source == "feed" else hint for hint in hints])


def _to_the_hour(date: Stated) -> Stated:
    try:
        return Stated(f"{parsedate_to_datetime(date.text):%Y-%m-%dT%H%z}", date.source)
    except ValueError:
        return date
