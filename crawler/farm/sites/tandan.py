"""TANDAN on SharePoint: the day is in the path, on some portals nowhere else.

PORTALS.md 1.3. Dialect 0: zero-padded path, "-<digits>.aspx", lower-case pages, no printed date.
Dialect 1: unpadded path with random letters glued to the cut slug, `Pages`, "Đăng ngày 17 - 05 - 2024".
"""

import re
from base64 import b64encode
from functools import cached_property
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.chance import stream
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import slugify

_LISTING = re.compile(r"^/portal/pages/(?:chuyen-muc-)?([a-z-]+)\.aspx$", re.IGNORECASE)


class Tandan(Site):
    """A provincial TANDAN portal or one of its districts."""

    family = "tandan"
    precision = Precision.DAY
    per_page = 15

    def portal_lines(self) -> list[str]:
        return ['family = "tandan"']

    @property
    def glued(self) -> bool:
        """Dialect 1: random letters glued to the slug, printed date."""
        return self.variant % 2 == 1

    @cached_property
    def view_state(self) -> str:
        """What WebForms carries in every page."""
        return b64encode(stream(f"{self.slug}/viewstate").randbytes(2400)).decode()

    def static_path(self, label: str) -> str:
        return f"/portal/pages/{slugify(label)}.aspx"

    def path(self, story: Story) -> str:
        made, number = story.made, self.number(story)
        if not self.glued:
            return f"/portal/pages/{made:%Y-%m-%d}/{story.slug[:50].title()}-{number}.aspx"
        letters = "".join(stream(f"{story.key}/letters").choices("abcdefghijkmnpqrstuvwxyz0123456789", k=3))
        slug = story.slug.capitalize()[:50]
        return f"/portal/Pages/{made.year}-{made.month}-{made.day}/{slug}{letters}{number}.aspx"

    def find(self, ask: Ask) -> Story | None:
        match = re.search(r"(\d{4,7})\.aspx$", ask.path, re.IGNORECASE)
        for start in range(len(match[1]) - 3) if match else ():
            story = self.by_number(int(match[1][start:])) if match else None
            if story and self.path(story).lower() == ask.path.lower():
                return story
        return None

    def section_path(self, section: str, page: int = 1) -> str:
        slug = SECTIONS[section][1]
        path = f"/portal/Pages/Chuyen-muc-{slug.capitalize()}.aspx" if self.glued else f"/portal/pages/{slug}.aspx"
        return path + (f"?PageIndex={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = _LISTING.match(ask.path)
        return self.at_page(SECTION_OF.get(match[1].lower()) if match else None, ask, "PageIndex")

    def special(self, ask: Ask) -> Answer | None:
        path = ask.path.lower()
        if path in {"/portal", "/portal/", "/portal/pages/default.aspx"}:
            return self.page(self.home())
        if path == "/robots.txt":
            return self.page("User-agent: *\nDisallow: /_layouts/\nDisallow: /_vti_bin/\n", kind=TEXT)
        if path == "/portal/pages/rss.aspx" and self.glued:
            return self.page(markup.feed(self, self.name, self.shown[:20]), kind=XML)
        if path == "/portal/pages/print.aspx":
            story = self.by_number(int(ask.query.get("p", "0")))
            return self.page(_print_page(self, story)) if story and not story.removed else None
        return None

    def missing(self, ask: Ask) -> Answer:
        return self.page(_page(self, self.name, sheet("tandan").raw("missing")))

    def category(self, story: Story) -> str:
        return ""

    def source(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return sheet("tandan")("day", day=f"{story.made:%d/%m/%Y}") if self.glued else ""

    def home(self) -> str:
        return _page(self, f"Trang chủ - {self.name.upper()}", markup.boxes(self))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        pager = _pager(self, section, page, pages)
        inner = sheet("tandan")("listing", label=label, items=markup.teasers(self, stories), pager=pager)
        return _page(self, f"{label} - {self.name.upper()}", inner)

    def article(self, story: Story) -> str:
        return _page(self, f"{story.title} - {self.name.upper()}", _article(self, story))


def _page(site: Tandan, title: str, inner: str) -> str:
    tandan = sheet("tandan")
    opened = tandan("form_open", action="/portal/pages/default.aspx", state=site.view_state, crumb=escape(title))
    return chrome.page(title, opened + inner + tandan.raw("form_close"), head=tandan("head"))


def _posted(site: Tandan, story: Story) -> str:
    return sheet("tandan")("posted", day=f"{story.made:%d - %m - %Y}") if site.glued else ""


def _pager(site: Tandan, section: str, page: int, pages: int) -> str:
    links = markup.numbers(site, section, range(1, pages + 1), (page, "<span>{n}</span>"))
    return sheet("tandan")("pager", items=" ".join(links)) if pages > 1 else ""


def _article(site: Tandan, story: Story) -> str:
    tandan, text = sheet("tandan"), story.text
    return tandan(
        "article",
        print=f"/portal/pages/print.aspx?p={site.number(story)}",
        title=escape(story.title),
        date=_posted(site, story),
        summary=markup.text(text.summary),
        body=markup.body(site, story),
        signed=tandan("signed", name=escape(text.author)) if text.author else "",
        files=markup.files(site, story),
        related=markup.related(site, site.others(story, 5)),
    )


def _print_page(site: Tandan, story: Story) -> str:
    summary, body = escape(story.text.summary), markup.body(site, story)
    return sheet("tandan")("print", title=escape(story.title), date=_posted(site, story), summary=summary, body=body)
