"""NukeViet 4: ids at the end of addresses, five printed dates of which three are wrong.

PORTALS.md 1.1 and 5. Only the sitemap's lastmod and the visible date are right.
"""

import re
from datetime import datetime, timedelta
from functools import cached_property
from html import escape

from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS, WEEKDAYS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import slugify

_ARTICLE = re.compile(r"^/vi/news/(?:(print|savefile)/)?([a-z0-9-]+)/([a-z0-9-]+)-(\d+)\.html$")
_LISTING = re.compile(r"^/vi/news/([a-z0-9-]+)/(?:page-(\d+)/?)?$")
_PARAGRAPH = '<div style="text-align: justify;">{}</div><div>&nbsp;</div>'


class NukeViet(Site):
    """NukeViet 4.5 with its default theme."""

    family = "nukeviet"
    per_page = 20

    def static_path(self, label: str) -> str:
        return f"/vi/about/{slugify(label)}.html"

    def path(self, story: Story) -> str:
        return f"/vi/news/{SECTIONS[story.section][1]}/{story.slug}-{self.number(story)}.html"

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        return self.by_number(int(match[4])) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/vi/news/{SECTIONS[section][1]}/" + (f"page-{page}/" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = _LISTING.match(ask.path)
        return (SECTION_OF[match[1]], int(match[2] or 1)) if match and match[1] in SECTION_OF else None

    def shown_time(self, story: Story) -> datetime:
        return story.made.replace(second=0)

    @cached_property
    def shown(self) -> list[Story]:
        """Expired articles stay in listings, feeds and sitemap, and answer 404 (PORTALS.md 5)."""
        return sorted(self.newsroom.stories, key=lambda s: (s.made, s.index), reverse=True)

    def day(self, story: Story) -> str:
        return f"{story.made:%d/%m/%Y %H:%M}:00"

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (*super().headers(), ("Set-Cookie", "nv4_u_lang=vi; path=/; HttpOnly"))

    def special(self, ask: Ask) -> Answer | None:
        if ask.path in {"/vi", "/vi/", "/vi/news", "/vi/news/"}:
            return self.page(self.home())
        if ask.path == "/robots.txt":
            return self.page(sheet("nukeviet")("robots", sitemap=self.absolute("/sitemap.xml")), kind=TEXT)
        if ask.path.startswith("/sitemap"):
            return self._sitemap(ask.path)
        if ask.path.startswith("/vi/news/rss"):
            return self._feed(ask.path.removeprefix("/vi/news/rss").strip("/"))
        return self._article_extra(ask) or self._listing_extra(ask)

    def _sitemap(self, path: str) -> Answer | None:
        if path == "/sitemap.xml":
            names = ("sitemap-vi.about.xml", "sitemap-vi.news.xml")
            return self.page(markup.sitemap([(self.absolute(f"/{n}"), "") for n in names], index=True), kind=XML)
        if path == "/sitemap-vi.about.xml":
            pages = [(self.absolute(self.static_path(label)), "") for label in chrome.MENU]
            return self.page(markup.sitemap(pages), kind=XML)
        entries = [(self.absolute(self.path(s)), self.shown_time(s).isoformat()) for s in self.shown[:1000]]
        return self.page(markup.sitemap(entries), kind=XML) if path == "/sitemap-vi.news.xml" else None

    def _feed(self, slug: str) -> Answer | None:
        if slug and slug not in SECTION_OF:
            return None
        stories = [s for s in self.shown if not slug or SECTIONS[s.section][1] == slug]
        return self.page(markup.feed(self, self.name, stories[:30], _pub_date), kind=XML)

    def _article_extra(self, ask: Ask) -> Answer | None:
        match, story = _ARTICLE.match(ask.path), self.find(ask)
        if match is None or story is None or story.removed:
            return None
        if ask.query.get("download") == "1":
            return self._download(story, int(ask.query.get("id", "0")))
        if match[1]:
            return self.page(_print_page(self, story, ask.path))
        return None if ask.path == self.path(story) else self.redirect(self.path(story))

    def _download(self, story: Story, position: int) -> Answer | None:
        documents = story.text.documents
        return self.redirect(self.file_path(story, documents[position]), 302) if position < len(documents) else None

    def _listing_extra(self, ask: Ask) -> Answer | None:
        match = _LISTING.match(ask.path)
        if match is None:
            return None
        if match[1] not in SECTION_OF:
            return self.redirect("/vi/news/", 302)
        section = SECTION_OF[match[1]]
        return (
            self.redirect(self.section_path(section), 302) if int(match[2] or 1) > self.slice(section, 1)[1] else None
        )

    def home(self) -> str:
        return _page(self, self.name, markup.boxes(self, "plain_teaser"))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        part = "plain_teaser" if section == "news" else "dated_teaser"
        items = markup.teasers(self, stories, part)
        pager = _pager(self, section, page, pages)
        return _page(
            self, f"{label} - {self.name}", sheet("nukeviet")("listing", label=label, items=items, pager=pager)
        )

    def article(self, story: Story) -> str:
        made = self.shown_time(story)
        head = sheet("nukeviet")(
            "article_head",
            title=escape(story.title),
            url=self.absolute(self.path(story)),
            published=f"{made:%Y-%m-%d}+07{made:%H:%M:%S}",
            category=self.category(story),
        )
        return _page(self, f"{story.title} - {self.name}", _article(self, story), head)


def _page(site: NukeViet, title: str, inner: str, head: str = "") -> str:
    return chrome.page(title, inner, head=sheet("nukeviet")("head", name=site.name) + head)


def _pager(site: NukeViet, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    items = []
    for number in range(1, pages + 1):
        rel = {page + 1: ' rel="next"', page - 1: ' rel="prev"'}.get(number, "")
        here = f'<li class="active"><a href="javascript:void(0)">{number}</a></li>'
        link = f'<li><a{rel} href="{site.section_path(section, number)}">{number}</a></li>'
        items.append(here if number == page else link)
    if page < pages:
        items.append(f'<li><a rel="next" href="{site.section_path(section, page + 1)}">&raquo;</a></li>')
    return sheet("nukeviet")("pager", items="".join(items))


def _article(site: NukeViet, story: Story) -> str:
    made, text, path = site.shown_time(story), story.text, site.path(story)
    edited = made + timedelta(days=site.number(story) % 9, minutes=37)
    return sheet("nukeviet")(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        name=escape(site.name),
        edited=edited.isoformat(),
        date=f"{WEEKDAYS[made.weekday()]} - {made:%d/%m/%Y %H:%M}",
        print=path.replace("/vi/news/", "/vi/news/print/"),
        save=path.replace("/vi/news/", "/vi/news/savefile/"),
        summary=markup.text(text.summary),
        body=markup.body(site, story, _PARAGRAPH),
        files=_files(site, story),
        signed=_signed("Tác giả", text.author) + _signed("Nguồn tin", text.source),
        related=_related(site, story),
    )


def _files(site: NukeViet, story: Story) -> str:
    items = markup.files(site, story)
    return sheet("nukeviet")("files", items=items) if items else ""


def _signed(label: str, name: str) -> str:
    return sheet("nukeviet")("signed", label=label, name=escape(name)) if name else ""


def _related(site: NukeViet, story: Story) -> str:
    same = site.by_section[story.section]
    place = same.index(story)
    newer, older = same[max(0, place - 4) : place], same[place + 1 : place + 5]
    return _related_list(site, "Những tin mới hơn", newer) + _related_list(site, "Những tin cũ hơn", older)


def _related_list(site: NukeViet, heading: str, stories: list[Story]) -> str:
    items = markup.related(site, stories)
    return sheet("nukeviet")("related", heading=heading, items=items) if items else ""


def _print_page(site: NukeViet, story: Story, path: str) -> str:
    return sheet("nukeviet")(
        "print",
        title=escape(story.title),
        self=site.absolute(path),
        site=site.url,
        day=f"{story.made:%d/%m/%Y %H:%M}",
        summary=escape(story.text.summary),
        body=markup.body(site, story),
    )


def _pub_date(moment: datetime) -> str:
    utc = moment - timedelta(hours=7)
    return f"{utc:%a, %d %b %Y %H}:{utc:%m}:00 GMT"
