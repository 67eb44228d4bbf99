"""DotNetNuke: article numbers deep in the path, lists turned by a form sent back, or by /page/.

PORTALS.md 1.10: `/…/ctl/Detail/ttId/48022/mid/426` and `/tabid/255/post/3011/<slug>.aspx`. A form
that is sent back without the state it came with is refused, as ASP.NET refuses it.
"""

import base64
import re
from dataclasses import replace
from html import escape
from zlib import crc32

from archive.records import Precision
from crawler.farm import chrome, files, markup
from crawler.farm.exchange import TEXT, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import Document, slugify

_DETAIL = re.compile(r"^(?:/[\w-]+)*/ctl/detail/ttid/(\d+)/mid/\d+/?$", re.IGNORECASE)
_POST = re.compile(r"^(?:/[\w-]+)*/tabid/\d+/post/(\d+)/[\w-]+\.aspx$", re.IGNORECASE)
_TAB = re.compile(r"^/([a-z-]+)(?:\.aspx)?$", re.IGNORECASE)
_TABBED = re.compile(r"^/[a-z-]+/tabid/(\d+)(?:/page/(\d+))?/default\.aspx$", re.IGNORECASE)
_TABS = {key: number for number, key in enumerate(SECTIONS, 255)}
_PAGER = "dnn$ctr426$ViewNews$pager"
_TICKET = "fileticket"


class Dnn(Site):
    """A DotNetNuke of 2012: lists sent back by form, or every second one with tab numbers in its addresses."""

    family = "dnn"

    @property
    def tabbed(self) -> bool:
        """Whether addresses carry tab numbers and lists have addresses of their own."""
        return self.variant % 2 == 1

    def precision_of(self, story: Story) -> Precision:
        return Precision.SECOND if self.tabbed else Precision.MINUTE

    def path(self, story: Story) -> str:
        tab = SECTIONS[story.section][1]
        if self.tabbed:
            return f"/{tab}/tabid/{_TABS[story.section]}/post/{self.number(story)}/{story.slug}.aspx"
        return f"/{tab}/ctl/Detail/ttId/{self.number(story)}/mid/426"

    def find(self, ask: Ask) -> Story | None:
        match = (_POST if self.tabbed else _DETAIL).match(ask.path)
        return self.by_number(int(match[1])) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        tab = SECTIONS[section][1]
        if not self.tabbed:
            return f"/{tab}"
        return f"/{tab}/tabid/{_TABS[section]}" + (f"/page/{page}" if page > 1 else "") + "/Default.aspx"

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        if self.tabbed:
            match = _TABBED.match(ask.path)
            tab = next((key for key, number in _TABS.items() if match and number == int(match[1])), "")
            return (tab, int(match[2] or 1)) if match and tab else None
        match = _TAB.match(ask.path)
        key = SECTION_OF.get(match[1].lower()) if match else None
        return (key, self._turned(key, ask)) if key else None

    def _turned(self, section: str, ask: Ask) -> int:
        """The page that a form sent back asks for; its state must be the one of a page of this list."""
        argument = ask.form.get("__EVENTARGUMENT", "")
        turned = ask.form.get("__EVENTTARGET") == _PAGER and argument.isdigit()
        return int(argument) if turned and ask.form.get("__VIEWSTATE", "").startswith(_state(section)) else 1

    def static_path(self, label: str) -> str:
        return f"/{slugify(label)}.aspx"

    def file_path(self, story: Story, document: Document) -> str:
        if not self.tabbed:
            return f"/Portals/0{super().file_path(story, document).removeprefix('/uploads')}"
        place = f"{self.number(story)}-{story.text.documents.index(document)}/{document.file}"
        ticket = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
        return f"/LinkClick.aspx?{_TICKET}={ticket}&tabid={_TABS[story.section]}"

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page(sheet("dnn").raw("robots"), kind=TEXT)
        if ask.path.lower() == "/linkclick.aspx":
            ticket = ask.query.get(_TICKET, "")
            place = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4)).decode("utf-8", "replace")
            return files.answer(self, replace(ask, path=f"/{place}"))
        if ask.form.get("__EVENTTARGET") and not ask.form.get("__EVENTVALIDATION"):
            return self.page("Validation of viewstate MAC failed", status=500)
        return None

    def author(self, story: Story) -> str:
        return story.text.author

    def source(self, story: Story) -> str:
        return ""

    def home(self) -> str:
        return _page(self, self.name, markup.boxes(self))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        pager = _pager(self, section, page, pages)
        inner = sheet("dnn")("listing", label=label, items=markup.teasers(self, stories), pager=pager)
        return _page(self, f"{label} > {self.name}", inner, _state(section, page))

    def article(self, story: Story) -> str:
        return _page(self, f"{story.title} > {self.name}", _article(self, story))


def _state(section: str, page: int = 0) -> str:
    """A view state: the list's, and which page of it."""
    begun = base64.b64encode(f"\xff\x01{section:<12}".encode("latin-1")).decode().rstrip("=")
    return f"/wE{begun}" + (f"{crc32(f'{section}{page}'.encode()):08x}" if page else "")


def _page(site: Dnn, title: str, inner: str, state: str = "/wEPDwUKMTkwNjc4NTIwMQ9kFgI") -> str:
    form = sheet("dnn")("form", inner=inner, state=state, check=f"/wEW{crc32(state.encode()):08x}")
    return chrome.page(title, form, head=sheet("dnn").raw("head"), attributes=' id="Body"')


def _pager(site: Dnn, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = [
        f'<span class="NormalDisabled">[{n}]</span>' if n == page else _link(site, section, n, str(n))
        for n in range(max(1, page - 4), min(pages, page + 5) + 1)
    ]
    if page < pages:
        links += [_link(site, section, page + 1, "Tiếp"), _link(site, section, pages, "Cuối")]
    return sheet("dnn")("pager", items="&nbsp;&nbsp;".join(links), page=page, pages=pages)


def _link(site: Dnn, section: str, page: int, label: str) -> str:
    if site.tabbed:
        return f'<a class="CommandButton" href="{site.section_path(section, page)}">{label}</a>'
    return f"<a class=\"CommandButton\" href=\"javascript:__doPostBack('{_PAGER}','{page}')\">{label}</a>"


def _article(site: Dnn, story: Story) -> str:
    made, linked = story.made, markup.files(site, story)
    half = "SA" if made.hour < 12 else "CH"
    precise = f"{made:%d/%m/%Y} {(made.hour - 1) % 12 + 1}:{made:%M:%S} {half}"
    return sheet("dnn")(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        date=precise if site.tabbed else f"{made:%d/%m/%Y %H:%M}",
        summary=markup.text(story.text.summary),
        body=markup.body(site, story),
        author=sheet("dnn")("author", name=escape(story.text.author)) if story.text.author else "",
        files=sheet("dnn")("files", items=linked) if linked else "",
        related=markup.related(site, site.others(story, 6)),
    )
