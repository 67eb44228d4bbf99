"""Joomla 3: numbers before slugs, letters with two marks dropped from addresses, pages by offset.

PORTALS.md 1.10: `/index.php/tin-t-c/d-t-dai`, `?start=60`. Any slug behind the right number answers.
"""

import re
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, Answer, Ask
from crawler.farm.newsroom import SECTIONS
from crawler.farm.sectioned import Sectioned
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import Document

_ARTICLE = re.compile(r"^/index\.php/([a-z0-9-]+)/(\d+)-[a-z0-9-]*$")
_LISTING = re.compile(r"^/index\.php/([a-z0-9-]+)$")
_PLAIN = str.maketrans("áàâãèéêìíòóôõùúýđ", "aaaaeeeiioooouuyd")
_MONTHS = [f"Tháng {month}" for month in range(1, 13)]


def _dropped(title: str) -> str:
    """A title as Joomla without the Vietnamese language pack writes it: only Latin-1's letters lose their marks."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower().translate(_PLAIN)).strip("-")


_SLUG_OF = {key: _dropped(label) for key, (label, _) in SECTIONS.items()}
_SECTION_OF = {slug: key for key, slug in _SLUG_OF.items()}


class Joomla(Sectioned):
    """A district department's Joomla; every second one prints hours."""

    family = "joomla"
    joint = ""
    static_prefix = "/index.php"

    @property
    def timed(self) -> bool:
        """Whether the visible date has hours and minutes."""
        return self.variant % 2 == 1

    def precision_of(self, story: Story) -> Precision:
        return Precision.SECOND

    def path(self, story: Story) -> str:
        return f"/index.php/{_SLUG_OF[story.section]}/{self.number(story)}-{_dropped(story.title)}"

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        return self.by_number(int(match[2])) if match and match[1] in _SECTION_OF else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/index.php/{_SLUG_OF[section]}" + (f"?start={(page - 1) * self.per_page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match, start = _LISTING.match(ask.path), ask.query.get("start", "0")
        key = _SECTION_OF.get(match[1]) if match else None
        return (key, int(start) // self.per_page + 1) if key and start.isdigit() else None

    def file_path(self, story: Story, document: Document) -> str:
        return f"/images{super().file_path(story, document).removeprefix('/uploads')}"

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(sheet("joomla").raw("robots"), kind=TEXT)
        if ask.query.get("format") == "feed":
            where = self.find_section(ask)
            stories = self.by_section[where[0]] if where else self.shown
            return self.page(markup.feed(self, self.name, stories[:10]), kind="application/rss+xml; charset=utf-8")
        story = self.find(ask) if ask.query.get("tmpl") == "component" else None
        return self.page(_print_page(self, story)) if story and not story.removed else None

    def day(self, story: Story) -> str:
        return f"{story.made:%d/%m/%Y}"

    def summary(self, story: Story) -> str:
        return ""

    def source(self, story: Story) -> str:
        return ""

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return _page(self, title, inner, head)

    def pager(self, section: str, page: int, pages: int) -> str:
        return _pager(self, section, page, pages)

    def listing_head(self, section: str) -> str:
        return sheet("joomla")("feed_link", url=f"{self.section_path(section)}?format=feed&amp;type=rss")

    def article(self, story: Story) -> str:
        return _page(self, story.title, _article(self, story))


def _page(site: Joomla, title: str, inner: str, head: str = "") -> str:
    return chrome.page(title, inner, head=sheet("joomla").raw("head") + head, attributes=' class="site com_content"')


def _pager(site: Joomla, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    items = [
        f'<li class="active hidden-phone"><span class="pagenav">{n}</span></li>'
        if n == page
        else _item(site.section_path(section, n), str(n), "hidden-phone")
        for n in range(max(1, page - 4), min(pages, page + 5) + 1)
    ]
    if page < pages:
        items.append(_item(site.section_path(section, page + 1), "Tiếp theo", "pagination-next"))
        items.append(_item(site.section_path(section, pages), "Cuối", "pagination-end"))
    return sheet("joomla")("pager", items="\n".join(items), page=page, pages=pages)


def _item(url: str, label: str, style: str) -> str:
    return f'<li class="{style}"><a title="{label}" href="{url}" class="pagenav">{label}</a></li>'


def _article(site: Joomla, story: Story) -> str:
    made, parts = story.made, sheet("joomla")
    day = f"{made.day:02} {_MONTHS[made.month - 1]} {made.year}" + (f" {made:%H:%M}" if site.timed else "")
    files = markup.files(site, story)
    return parts(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        print=f"{site.path(story)}?tmpl=component&amp;print=1&amp;layout=default",
        iso=made.isoformat(),
        date=day,
        author=parts("author", name=escape(story.text.author)) if story.text.author else "",
        body=markup.body(site, story),
        files=parts("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 4)),
    )


def _print_page(site: Joomla, story: Story) -> str:
    return sheet("joomla")("print", title=escape(story.title), url=site.path(story), body=markup.body(site, story))
