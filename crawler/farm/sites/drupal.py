"""Drupal 7 and 9: nodes by number, some with a spoken address beside it, pages counted from 0.

PORTALS.md 1.10: `/node/734`, `?page=6`. With addresses made of words both answer, and the page
names the spoken one as its own; `link rel=shortlink` always names the node.
"""

import re
from datetime import UTC
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTIONS, WEEKDAYS
from crawler.farm.sectioned import Sectioned
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import Document

_NODE = re.compile(r"^/node/(\d+)$")
_TERM = re.compile(r"^/taxonomy/term/(\d+)(/feed)?$")
_TERMS = {key: number for number, key in enumerate(SECTIONS, 11)}
_SECTION_OF = {number: key for key, number in _TERMS.items()}
_SHORT = dict(zip(WEEKDAYS, ("T2", "T3", "T4", "T5", "T6", "T7", "CN"), strict=True))


class Drupal(Sectioned):
    """A department's Drupal: 7 with numbers as addresses, or 9 with spoken ones and a date for machines."""

    family = "drupal"
    joint = " | "

    @property
    def spoken(self) -> bool:
        """Whether addresses are made of words."""
        return self.variant % 2 == 1

    def precision_of(self, story: Story) -> Precision:
        return Precision.SECOND if self.spoken else Precision.MINUTE

    def path(self, story: Story) -> str:
        return f"/{SECTIONS[story.section][1]}/{self.slug_of[story.index]}" if self.spoken else self.node(story)

    def node(self, story: Story) -> str:
        """The address by number, which always answers."""
        return f"/node/{self.number(story)}"

    def find(self, ask: Ask) -> Story | None:
        if match := _NODE.match(ask.path):
            return self.by_number(int(match[1]))
        story = self.slugs.get(ask.path.rpartition("/")[2]) if self.spoken else None
        return story if story and self.path(story) == ask.path else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/taxonomy/term/{_TERMS[section]}" + (f"?page={page - 1}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match, page = _TERM.match(ask.path), ask.query.get("page", "0")
        key = _SECTION_OF.get(int(match[1])) if match and not match[2] else None
        return (key, int(page) + 1) if key and page.isdigit() else None

    def file_path(self, story: Story, document: Document) -> str:
        return f"/sites/default/files{super().file_path(story, document).removeprefix('/uploads')}"

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(sheet("drupal").raw("robots"), kind=TEXT)
        if ask.path == "/rss.xml":
            return self.page(markup.feed(self, self.name, self.shown[:10]), kind=XML)
        match = _TERM.match(ask.path)
        if match and match[2] and int(match[1]) in _SECTION_OF:
            stories = self.by_section[_SECTION_OF[int(match[1])]]
            return self.page(markup.feed(self, self.name, stories[:10]), kind=XML)
        return None

    def author(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return f"{story.made:%d/%m/%Y}"

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return _page(self, title, inner, head)

    def pager(self, section: str, page: int, pages: int) -> str:
        return _pager(self, section, page, pages)

    def listing_slots(self, section: str) -> dict[str, str]:
        return {"feed": f"{self.section_path(section)}/feed"}

    def article(self, story: Story) -> str:
        head = sheet("drupal")(
            "article_head", url=self.absolute(self.path(story)), node=self.node(story), title=escape(story.title)
        )
        return _page(self, f"{story.title} | {self.name}", _article(self, story), head)


def _page(site: Drupal, title: str, inner: str, head: str = "") -> str:
    fixed = sheet("drupal")("head9" if site.spoken else "head7")
    return chrome.page(title, inner, head=fixed + head, attributes=' class="html not-front not-logged-in"')


def _pager(site: Drupal, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    shown = range(max(1, page - 4), min(pages, page + 4) + 1)
    items = [
        f'<li class="pager-current">{n}</li>'
        if n == page
        else f'<li class="pager-item"><a title="Đến trang {n}" href="{site.section_path(section, n)}">{n}</a></li>'
        for n in shown
    ]
    if page < pages:
        items.append(f'<li class="pager-next"><a href="{site.section_path(section, page + 1)}">sau ›</a></li>')
        items.append(f'<li class="pager-last"><a href="{site.section_path(section, pages)}">cuối »</a></li>')
    return sheet("drupal")("pager", items="\n".join(items))


def _article(site: Drupal, story: Story) -> str:
    made = story.made
    files = markup.files(site, story)
    parts = sheet("drupal")
    return parts(
        "article9" if site.spoken else "article7",
        number=site.number(story),
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        universal=f"{made.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}",
        date=f"{_SHORT[WEEKDAYS[made.weekday()]]}, {made:%d/%m/%Y} - {made:%H:%M}",
        summary=markup.text(story.text.summary),
        body=markup.body(site, story),
        files=parts("files", items=files) if files else "",
        source=parts("source", name=escape(story.text.source)) if story.text.source else "",
        related=markup.related(site, site.others(story, 5)),
    )
