"""WordPress, as small offices set it up: dated addresses, REST, feeds with whole bodies, right dates.

PORTALS.md 1.9, 1.10 and 5. A prefix of a slug redirects (it guesses); dashes in titles are rewritten;
files are linked in the body alone; sitemaps say when an article was last saved.
"""

import json
import re
from datetime import UTC, timedelta
from email.utils import format_datetime
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import JSON, TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sectioned import Sectioned
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import Document

_ARTICLE = re.compile(r"^/(\d{4})/(\d\d)/([a-z0-9-]+)(?:\.html|/)?$")
_LISTING = re.compile(r"^/category/([a-z-]+)(?:/page/(\d+))?/?$")
_FEED = re.compile(r"^/(?:category/([a-z-]+)/)?feed/?$")
_TERMS = {key: number for number, key in enumerate(SECTIONS, 3)}


class WordPress(Sectioned):
    """One office's WordPress; every second one has addresses in .html and prints its dates by hand."""

    family = "wordpress"
    joint = " – "
    precision = Precision.SECOND

    @property
    def by_hand(self) -> bool:
        """Whether the theme prints "Đăng ngày: 01/09/2017 13:53:57" and no element for machines."""
        return self.variant % 2 == 0

    def display_title(self, story: Story) -> str:
        return story.title.replace(" - ", " – ")

    def path(self, story: Story) -> str:
        return f"/{story.made:%Y/%m}/{self.slug_of[story.index]}" + (".html" if self.by_hand else "/")

    def find(self, ask: Ask) -> Story | None:
        story = self._guessed(ask)
        return story if story and self.path(story) == ask.path else None

    def _guessed(self, ask: Ask) -> Story | None:
        """The article of a slug, or the first whose slug begins like it."""
        match = _ARTICLE.match(ask.path)
        if match is None:
            return None
        return self.slugs.get(match[3]) or next(
            (s for slug, s in self.slugs.items() if slug.startswith(match[3])), None
        )

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/category/{SECTIONS[section][1]}/" + (f"page/{page}/" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = _LISTING.match(ask.path)
        return (SECTION_OF[match[1]], int(match[2] or 1)) if match and match[1] in SECTION_OF else None

    def file_path(self, story: Story, document: Document) -> str:
        return f"/wp-content{super().file_path(story, document)}"

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(sheet("wordpress")("robots", map=self.absolute("/wp-sitemap.xml")), kind=TEXT)
        if ask.path.startswith("/wp-json/"):
            return self._rest(ask)
        if ask.path.startswith("/wp-sitemap"):
            return self._sitemap(ask.path)
        if feed := _FEED.match(ask.path):
            return self._feed(SECTION_OF.get(feed[1] or "", ""))
        if (where := self.find_section(ask)) and where[1] > self.slice(*where)[1]:
            return self.missing(ask)
        story = self._guessed(ask)
        return self.redirect(self.path(story)) if story and ask.path != self.path(story) and not story.removed else None

    def _sitemap(self, path: str) -> Answer | None:
        if path == "/wp-sitemap.xml":
            return self.page(
                markup.sitemap([(self.absolute("/wp-sitemap-posts-post-1.xml"), "")], index=True), kind=XML
            )
        saved = [(self.absolute(self.path(s)), (s.made + timedelta(days=s.index % 5)).isoformat()) for s in self.shown]
        return self.page(markup.sitemap(saved), kind=XML) if path == "/wp-sitemap-posts-post-1.xml" else None

    def _feed(self, section: str) -> Answer:
        stories = (self.by_section[section] if section else self.shown)[:10]
        items = "\n".join(self._item(story) for story in stories)
        text = sheet("wordpress")("feed", title=escape(self.name), url=self.url, items=items)
        answer = self.page(text, kind="application/rss+xml; charset=UTF-8")
        return Answer(answer.body, type=answer.type, validates=True)

    def _item(self, story: Story) -> str:
        return sheet("wordpress")(
            "item",
            title=escape(self.display_title(story)),
            url=self.absolute(self.path(story)),
            number=self.number(story),
            stamp=format_datetime(story.made.astimezone(UTC)),
            category=self.category(story),
            summary=escape(story.text.summary),
            body=self._content(story),
        )

    def _rest(self, ask: Ask) -> Answer:
        if ask.path.rstrip("/") == "/wp-json/wp/v2/categories":
            terms = [{"id": _TERMS[k], "name": label, "slug": slug} for k, (label, slug) in SECTIONS.items()]
            return self.page(json.dumps(terms), kind=JSON)
        if ask.path.rstrip("/") != "/wp-json/wp/v2/posts":
            return self.page('{"code":"rest_no_route","data":{"status":404}}', status=404, kind=JSON)
        term = next((key for key, number in _TERMS.items() if str(number) == ask.query.get("categories")), "")
        stories = self.by_section[term] if term else self.shown
        size, page = (int(ask.query.get(name, "") or usual) for name, usual in (("per_page", "10"), ("page", "1")))
        pages = max(1, -(-len(stories) // size))
        if page > pages:
            return self.page('{"code":"rest_post_invalid_page_number"}', status=400, kind=JSON)
        posts = [self._post(story) for story in stories[(page - 1) * size : page * size]]
        totals = (("X-WP-Total", str(len(stories))), ("X-WP-TotalPages", str(pages)))
        return self.page(json.dumps(posts, ensure_ascii=False), kind=JSON, headers=totals)

    def _post(self, story: Story) -> dict[str, object]:
        made = story.made.replace(tzinfo=None)
        return {
            "id": self.number(story),
            "date": made.isoformat(),
            "date_gmt": (made - timedelta(hours=7)).isoformat(),
            "modified": (made + timedelta(days=story.index % 5)).isoformat(),
            "slug": self.slug_of[story.index],
            "status": "publish",
            "type": "post",
            "link": self.absolute(self.path(story)),
            "title": {"rendered": escape(self.display_title(story), quote=False).replace("–", "&#8211;")},
            "content": {"rendered": self._content(story), "protected": False},
            "excerpt": {"rendered": f"<p>{escape(story.text.summary)}</p>\n", "protected": False},
            "categories": [_TERMS[story.section]],
        }

    def _content(self, story: Story) -> str:
        """The body with its files, as the editor left them."""
        files = markup.files(self, story)
        return f"{markup.body(self, story, '<p>{}</p>')}\n{files}"

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return _page(self, title, inner, head)

    def pager(self, section: str, page: int, pages: int) -> str:
        return _pager(self, section, page, pages)

    def article(self, story: Story) -> str:
        title = escape(self.display_title(story))
        head = sheet("wordpress")(
            "article_head",
            title=title,
            url=self.absolute(self.path(story)),
            published=story.made.isoformat(),
            saved=(story.made + timedelta(days=story.index % 5)).isoformat(),
            number=self.number(story),
        )
        return _page(self, f"{self.display_title(story)} – {self.name}", _article(self, story, title), head)

    def source(self, story: Story) -> str:
        return ""


def _page(site: WordPress, title: str, inner: str, head: str = "") -> str:
    fixed = sheet("wordpress")("head", name=escape(site.name))
    return chrome.page(title, inner, head=fixed + head, attributes=' class="wp-theme-portal"')


def _pager(site: WordPress, section: str, page: int, pages: int) -> str:
    shown = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    links = [
        f'<span aria-current="page" class="page-numbers current">{n}</span>'
        if n == page
        else f'<a class="page-numbers" href="{site.absolute(site.section_path(section, n))}">{n}</a>'
        for n in shown
    ]
    if page < pages:
        url = site.absolute(site.section_path(section, page + 1))
        links.append(f'<a class="next page-numbers" href="{url}">Trang sau</a>')
    return sheet("wordpress")("pager", items="\n".join(links)) if pages > 1 else ""


def _article(site: WordPress, story: Story, title: str) -> str:
    parts = sheet("wordpress")
    made = story.made
    dated = "by_hand" if site.by_hand else "dated"
    return parts(
        "article",
        number=site.number(story),
        section=site.section_path(story.section),
        category=site.category(story),
        title=title,
        date=parts(dated, iso=made.isoformat(), shown=f"{made:%d/%m/%Y %H:%M:%S}", day=f"{made:%d/%m/%Y}"),
        author=parts("author", name=escape(story.text.author)) if story.text.author else "",
        summary=markup.text(story.text.summary),
        body=site._content(story),
        related=markup.related(site, site.others(story, 5)),
    )
