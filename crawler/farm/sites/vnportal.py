"""VNPT's vnPortal: articles at `/<category>/<slug>-<number>`, later pages by POST LoadArticle or by `?page=N`.

PORTALS.md 1.7. Variant 0 (Ninh Bình): a fragment of the list is posted for, by numbers that stand in the page's
script. Variant 1 (Cần Thơ): links. Captions are italic lines padded with hard blanks.
"""

import json
import re
import zlib
from html import escape

from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, Answer, Ask
from crawler.farm.newsroom import SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import Block

_LOAD = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
_FIGURE = re.compile(r"<figure class=\"image\">.*?</figure>", re.DOTALL)
_KEYS = tuple(SECTIONS)


def _slug(section: str) -> str:
    return f"tin-tuc-{SECTIONS[section][1]}" if section == "reform" else SECTIONS[section][1]


_SECTION_OF = {_slug(key): key for key in SECTIONS}


class VnPortal(Site):
    """A province or a department on vnPortal."""

    family = "vnportal"

    @property
    def posted(self) -> bool:
        """Variant 0: later pages are posted for."""
        return self.variant % 2 == 0

    @property
    def site_id(self) -> int:
        """The portal's number at its vendor."""
        return zlib.crc32(self.slug.encode()) % 900 + 100

    def category_id(self, section: str) -> int:
        """The section's number on this portal."""
        return self.site_id * 10 + _KEYS.index(section)

    def path(self, story: Story) -> str:
        return f"/{_slug(story.section)}/{story.slug}-{self.number(story) + 100_000}"

    def find(self, ask: Ask) -> Story | None:
        match = re.match(r"^/([\w-]+)/[\w-]*-(\d{5,6})$", ask.path)
        return self.by_number(int(match[2]) - 100_000) if match and match[1] in _SECTION_OF else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{_slug(section)}" + ("" if page == 1 else f"#{page}" if self.posted else f"?page={page}")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        key = _SECTION_OF.get(ask.path.strip("/"))
        page = "1" if self.posted else ask.query.get("page", "1")
        return (key, int(page)) if key and page.isdigit() else None

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page("User-agent: *\nAllow: /\n", kind=TEXT)
        if ask.path == _LOAD and self.posted:
            return self._load(ask) if ask.method == "POST" else self.page("Method Not Allowed", status=405)
        return None

    def _load(self, ask: Ask) -> Answer:
        """The fragment of a list; a form or JSON may be posted."""
        given = ask.form or _json(ask.body)
        numbers = {self.category_id(key): key for key in SECTIONS}
        section = (
            numbers.get(int(given["article_category_id"])) if given.get("article_category_id", "").isdigit() else None
        )
        page = given.get("page", "")
        if section is None or given.get("site_id") != str(self.site_id) or not page.isdigit():
            return self.page("There was an error processing the request.", status=500)
        return self.page(markup.teasers(self, self.slice(section, int(page))[0]) or '<div class="no-item"></div>')

    def source(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return f"{story.made:%d/%m/%Y}"

    def home(self) -> str:
        return chrome.page(self.name, markup.boxes(self), head=sheet("vnportal")("head"))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        script = sheet("vnportal")("script", category=self.category_id(section), site=self.site_id, size=self.per_page)
        inner = sheet("vnportal")(
            "listing", label=label, items=markup.teasers(self, stories), pager=_pager(self, section, page, pages)
        )
        return chrome.page(
            f"{label} - {self.name}", inner + (script if self.posted else ""), head=sheet("vnportal")("head")
        )

    def article(self, story: Story) -> str:
        extra = sheet("vnportal")("article_head", title=escape(story.title), summary=escape(story.text.summary))
        return chrome.page(
            f"{story.title} - {self.name}", _article(self, story), head=sheet("vnportal")("head") + extra
        )


def _json(body: bytes) -> dict[str, str]:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return {}
    return {name: str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _pager(site: VnPortal, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    items = []
    for number in range(1, pages + 1):
        href = f"javascript:LoadArticle({number})" if site.posted else site.section_path(section, number)
        style = ' class="active"' if number == page else ""
        items.append(f'<a{style} href="{href}">{number}</a>')
    return sheet("vnportal")("pager", items=" ".join(items))


def _captioned(site: VnPortal, story: Story, block: Block) -> str:
    return sheet("vnportal")(
        "caption", picture=markup.picture(site, story), caption=escape(block.text), blanks="&nbsp;" * 24
    )


def _article(site: VnPortal, story: Story) -> str:
    vnportal, text = sheet("vnportal"), story.text
    figures = iter([_captioned(site, story, block) for block in text.blocks if block.kind == "figure"])
    files = markup.files(site, story)
    return vnportal(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        date=f"{story.made:%d/%m/%Y %H:%M}",
        summary=markup.text(text.summary),
        body=_FIGURE.sub(lambda _: next(figures), markup.body(site, story)),
        signed=vnportal("signed", name=escape(text.author)) if text.author else "",
        files=vnportal("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 5)),
    )
