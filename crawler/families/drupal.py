"""Drupal 7 to 10: communes and departments of home affairs (PORTALS.md 1.10)."""

import re
from datetime import date
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from crawler.family import Family, Mark, NotAnArticle
from crawler.imprint import TITLED, Imprint, short
from crawler.page import Page, attribute, text_of

LANGUAGE = re.compile(r"^/(?:vi|en)(?=/)")
NODE = re.compile(r"^(?:/(?:vi|en))?(?:/(?:print|printpdf|printmail))?(?:/node)?/(\d+)(?:/printable/print)?/?$")
SUBMITTED = re.compile(r"\b(?P<weekday>\w{2,3}), (?P<one>\d\d)/(?P<two>\d\d)/(?P<year>\d{4}) - (?P<time>\d\d?:\d\d)")
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VIETNAMESE = ("t2", "t3", "t4", "t5", "t6", "t7", "cn")
NOT_NODES = frozenset({"path-taxonomy", "path-frontpage", "page-taxonomy", "page-taxonomy-term", "front", "path-user"})
FILES = ".field--type-file, .field-type-file, #attachments, [class*=attach], [class*=dinh-kem]"
MOMENTS = (
    "[property~='dc:created'][content] || [property~='schema:dateCreated'][content] || .submitted time[datetime] || "
    ".node__meta time[datetime] || .field--name-created time[datetime] || time[datetime] || "
    ".date-display-single[content] || .field--name-created || .submitted || .date-display-single || "
    ".node__submitted || .node__meta || .post-date || .date"
)


class Drupal(Imprint, Family, key="drupal"):
    """A node has a number and often an alias; what it is printed with for people may have the month first."""

    selectors: ClassVar[dict[str, str]] = {
        "article": "article.node || .node--view-mode-full || .node-full || div.node || [id^=node-] || article",
        "title": "h1.page-title || h1.page-header || h1#page-title || h1.title || .field--name-title || h1",
        "date": MOMENTS,
        "summary": ".field--name-field-summary || .field-name-field-summary || .field--name-field-tom-tat || "
        ".field-name-field-tom-tat || .sapo",
        "body": ".field--name-body || .field-name-body || .node__content || .node-content || .content",
        "drop": f"{FILES}, ul.links, .field--name-field-tags, .field-name-field-tags, [class*=comment], .submitted, "
        "[class*=related], [class*=share], [class*=social], [class*=rating], [class*=counter], .field--name-title, "
        ".fivestar-widget, .book-navigation, nav, .rdf-meta",
        "author": ".field--name-field-author || .field-name-field-tac-gia || .submitted [rel=author] || .username",
        "category": ".field--name-field-category a || .field-name-field-chuyen-muc a || .breadcrumb li:last-child a",
        "attachment": ", ".join(f"{box} a[href]" for box in (*FILES.split(", "), "span.file")),
        "list": "#block-system-main || .region-content || main || #content",
        "item": ".view-content .views-row || .node--view-mode-teaser || .node-teaser || .view-content tr || "
        ".view-content li || article.node || .node",
        "link": ".views-field-title a[href] || .node__title a[href] || h2 a[href] || h3 a[href] || a[href]",
        "item_date": ".views-field-created .field-content || .views-field-created || time || .submitted || .date",
        "item_summary": ".views-field-body || .field--name-body || .field-name-body || [class*=summary]",
        "pager": "ul.pager || nav.pager || .pager || .pagination",
        "next": "li.pager-next a[href] || .pager__item--next a[href] || li.next a[href] || a[rel=next]",
    }
    dates = ("page", "meta", "feed", "listing")
    marks = (
        Mark(r"""<meta name=["']generator["'] content=["']Drupal""", 0.9, 'meta generator says "Drupal"'),
        Mark(r"drupalSettings|Drupal\.settings|data-drupal-", 0.7, "Drupal's settings in a script or attribute"),
        Mark(r"/sites/(?:default|all)/(?:files|themes|modules)/", 0.6, "files below /sites/default/ or /sites/all/"),
        Mark(
            r'class="[^"]*\b(?:field-name-body|field--name-body|views-row|node-teaser)\b', 0.4, "classes of its fields"
        ),
        Mark(r"/node/\d+", 0.3, "addresses /node/<number>"),
    )
    articles = (
        r"^(?!.*[?&]page=)(?!/(?:vi/|en/)?(?:taxonomy|user|search|admin|sites|core|comment|filter|rss|node/add)(?:/|\?|$))"
        rf"(?:/(?:vi|en))?/(?:node/\d+/?(?:\?|$)|content/[^/?]+|[^?]+\.html|{TITLED})"
    )
    sections = r"^/(?:vi/|en/)?taxonomy/term/\d+"
    prints = r"^/(?:vi/|en/)?(?:print|printpdf|printmail)/\d+|/node/\d+/printable/"

    def is_listing_address(self, url: str) -> bool:
        titled = self.is_article(url) and not NODE.match(urlsplit(url).path) and short(url)
        return super().is_listing_address(url) or titled

    def plain(self, url: str) -> str:
        """Without language, query and, for a print view, what makes it one."""
        parts = urlsplit(url)
        node = NODE.match(parts.path)
        path = f"/node/{node[1]}" if node else LANGUAGE.sub("", parts.path)
        return urlunsplit((parts.scheme, parts.netloc, path, "" if self.is_article(url) or node else parts.query, ""))

    def identity(self, url: str) -> str:
        return self.canonical(url).rstrip("/")

    def refuse(self, page: Page) -> None:
        super().refuse(page)
        kinds = NOT_NODES & set(attribute(page.first("body"), "class").split())
        if kinds:
            raise NotAnArticle(f"Drupal calls it {min(kinds)}")

    def title(self, page: Page, box: LexborNode | None) -> str:
        """The page's own heading stands outside the node, in which an editor may have made others."""
        return text_of(page.first(self.select["title"]))

    def text(self, page: Page, box: LexborNode | None, name: str) -> str:
        found = super().text(page, box, name)
        return _day_first(found) if name == "date" else found


def _day_first(text: str) -> str:
    """Drupal prints the month first until somebody sets it right ("T5, 05/30/2019 - 14:12"); the weekday decides.

    Where it fits both readings, English was never set right, and Vietnamese probably was.
    """
    found = SUBMITTED.search(text)
    name = found["weekday"].lower() if found else ""
    if found is None or name not in ENGLISH + VIETNAMESE:
        return text
    numbers = (int(found["one"]), int(found["two"]))
    for day, month in (numbers[::-1], numbers) if name in ENGLISH else (numbers, numbers[::-1]):
        try:
            printed = date(int(found["year"]), month, day)
        except ValueError:
            continue
        if name in {ENGLISH[printed.weekday()], VIETNAMESE[printed.weekday()]}:
            return f"{printed.isoformat()} {found['time']}"
    return text
