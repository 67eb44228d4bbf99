"""SharePoint and WebForms beside TANDAN: a pager by postback, one in the path, one in the query.

PORTALS.md 1.4. Variant 0 (Khánh Hòa): `__doPostBack`, and the form's state must come back as it was sent, else the
server refuses. Variant 1 (the old Ministry of Information): `/Pages/ChuyenMuc/PhanTrang/<number>/<page>/…`.
Variant 2 (ministries of transport, science, construction): `/vn/chuyen-muc/<number>/….aspx?page=`, RSS by category.
"""

import re
import zlib
from base64 import b64encode
from functools import cached_property
from html import escape

from crawler.farm import chrome, markup
from crawler.farm.chance import stream
from crawler.farm.exchange import TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import slugify

_NUMBER_OF = {key: 1177 + place for place, key in enumerate(SECTIONS)}
_KEY_OF = {number: key for key, number in _NUMBER_OF.items()}
_PARTS = ("article", "phantrang_article", "ministry_article")
_EVENT = "ctl00$PlaceHolderMain$g_8d1f$ctl00$grvTinBai"
_WINDOW = 10


class SharePoint(Site):
    """A province, a ministry's department or a former ministry on SharePoint."""

    family = "sharepoint"
    per_page = 12

    @property
    def kind(self) -> int:
        """0 postback, 1 PhanTrang, 2 query."""
        return self.variant % 3

    @cached_property
    def guid(self) -> str:
        """The list's identifier, which nobody needs."""
        return f"{zlib.crc32(self.slug.encode()):08x}-2f6b-4c0e-9d41-{self.start_id:012d}"

    def static_path(self, label: str) -> str:
        return f"/Pages/{slugify(label)}.aspx"

    def path(self, story: Story) -> str:
        number, section = self.number(story), SECTIONS[story.section][1]
        if self.kind == 1:
            return f"/Pages/TinTuc/{number}/{story.slug}.html"
        if self.kind == 2:
            return f"/vn/tin-tuc/{_NUMBER_OF[story.section]}/{number}/{story.slug}.aspx"
        return f"/vi/{section}/{self.slug_of[story.index]}"

    def find(self, ask: Ask) -> Story | None:
        if self.kind == 0:
            match = re.match(r"^/vi/([\w-]+)/([\w-]+)$", ask.path)
            return self.slugs.get(match[2]) if match and match[1] in SECTION_OF else None
        shape = r"^/Pages/TinTuc/(\d+)/[\w-]+\.html$" if self.kind == 1 else r"^/vn/tin-tuc/\d+/(\d+)/[\w-]+\.aspx$"
        match = re.match(shape, ask.path)
        return self.by_number(int(match[1])) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        slug, number = SECTIONS[section][1], _NUMBER_OF[section]
        if self.kind == 1:
            between = f"PhanTrang/{number}/{page}" if page > 1 else f"{number}"
            return f"/Pages/ChuyenMuc/{between}/{slug}.html"
        if self.kind == 2:
            return f"/vn/chuyen-muc/{number}/{slug}.aspx" + (f"?page={page}" if page > 1 else "")
        return f"/vi/{slug}" + (f"#trang-{page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        if self.kind == 0:
            key = SECTION_OF.get(ask.path.removeprefix("/vi/")) if ask.path.startswith("/vi/") else None
            return (key, 1) if key else None
        if self.kind == 1:
            match = re.match(r"^/Pages/ChuyenMuc/(?:PhanTrang/)?(\d+)(?:/(\d+))?/[\w-]+\.html$", ask.path)
            page = (match[2] or "1") if match else ""
        else:
            match, page = re.match(r"^/vn/chuyen-muc/(\d+)/[\w-]+\.aspx$", ask.path), ask.query.get("page", "1")
        key = _KEY_OF.get(int(match[1])) if match else None
        return (key, int(page)) if key and page.isdigit() else None

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page("User-agent: *\nDisallow: /_layouts/\nDisallow: /_vti_bin/\n", kind=TEXT)
        if ask.method == "POST" and self.kind == 0 and (where := self.find_section(ask)) is not None:
            return self._posted(ask, where[0])
        feed = re.match(r"^/rss/(\d+)/[\w-]+\.rss$", ask.path) if self.kind == 2 else None
        if feed and int(feed[1]) in _KEY_OF:
            key = _KEY_OF[int(feed[1])]
            return self.page(markup.feed(self, SECTIONS[key][0], self.by_section[key][:20]), kind=XML)
        return None

    def token(self, name: str, place: str) -> str:
        """What WebForms carries of a page and wants back unchanged."""
        size = 1400 if name == "__VIEWSTATE" else 260
        return b64encode(stream(f"{self.slug}/{self.newsroom.plan.seed}/{name}/{place}").randbytes(size)).decode()

    def hidden(self, place: str) -> dict[str, str]:
        """The fields of a page's form."""
        return {name: self.token(name, place) for name in ("__VIEWSTATE", "__EVENTVALIDATION")} | {
            "__VIEWSTATEGENERATOR": f"{zlib.crc32(b'grvTinBai'):08X}"
        }

    def _posted(self, ask: Ask, section: str) -> Answer:
        """The page asked for by a postback; every hidden field must be of one page whose pager had that number."""
        _, pages = self.slice(section, 1)
        wanted = ask.form.get("__EVENTARGUMENT", "").removeprefix("Page$")
        for page in range(1, pages + 1):
            sent = self.hidden(f"{section}/{page}")
            if all(ask.form.get(name) == value for name, value in sent.items()):
                fits = (
                    ask.form.get("__EVENTTARGET") == _EVENT and wanted.isdigit() and int(wanted) in _reach(page, pages)
                )
                return self.page(self.listing(section, int(wanted))) if fits else self.page(_refused(), status=500)
        return self.page(_refused(), status=500)

    def source(self, story: Story) -> str:
        return ""

    def category(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        if self.kind == 0:
            return "1/1/0001" if story.index % 9 == 4 else f"({story.made:%d/%m/%Y})"
        return f"{story.made:%d/%m/%Y}"

    def home(self) -> str:
        return _page(self, self.name, _form(self, markup.boxes(self), "home", "/default.aspx"))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        inner = sheet("sharepoint")(
            "listing", label=label, items=markup.teasers(self, stories), pager=_pager(self, section, page, pages)
        )
        action = f"./{SECTIONS[section][1]}" if self.kind == 0 else self.section_path(section)
        head = ""
        if self.kind == 2:
            feed = f"/rss/{_NUMBER_OF[section]}/{SECTIONS[section][1]}.rss"
            head = f'<link rel="alternate" type="application/rss+xml" title="{label}" href="{feed}" />'
        return _page(self, f"{label} - {self.name}", _form(self, inner, f"{section}/{page}", action), head)

    def article(self, story: Story) -> str:
        head = sheet("sharepoint")("article_head", summary=escape(story.text.summary), title=escape(story.title))
        return _page(self, f"{story.title} - {self.name}", _form(self, _article(self, story), f"a{story.index}"), head)


def _refused() -> str:
    return sheet("sharepoint").raw("refused")


def _page(site: SharePoint, title: str, form: str, head: str = "") -> str:
    return chrome.page(title, form, head=sheet("sharepoint")("head", guid=site.guid) + head)


def _form(site: SharePoint, inner: str, place: str, action: str = "./") -> str:
    """What WebForms puts around every page's content."""
    sharepoint, hidden = sheet("sharepoint"), site.hidden(place)
    opened = sharepoint(
        "form_open",
        action=escape(action),
        state=hidden["__VIEWSTATE"],
        generator=hidden["__VIEWSTATEGENERATOR"],
        validation=hidden["__EVENTVALIDATION"],
    )
    return opened + inner + sharepoint("form_close", name=escape(site.seat.name))


def _reach(page: int, pages: int) -> range:
    """The numbers a pager shows: those of its block of ten, and one beyond at either side for "..."."""
    first = (page - 1) // _WINDOW * _WINDOW + 1
    return range(max(1, first - 1), min(pages, first + _WINDOW) + 1)


def _pager(site: SharePoint, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    first = (page - 1) // _WINDOW * _WINDOW + 1
    items = []
    for number in _reach(page, pages) if site.kind == 0 else range(1, pages + 1):
        text = str(number) if site.kind or first <= number < first + _WINDOW else "..."
        href = f"javascript:__doPostBack('{_EVENT}','Page${number}')"
        if site.kind:
            href = site.section_path(section, number)
        items.append(f"<span>{number}</span>" if number == page else f'<a href="{escape(href)}">{text}</a>')
    return sheet("sharepoint")("pager", items=" ".join(items))


def _date(site: SharePoint, story: Story) -> str:
    made = story.made
    return (
        f"Ngày đăng: {made:%d/%m/%Y %H:%M}",
        f"Thứ {made.isoweekday() + 1 if made.isoweekday() < 7 else 'CN'}, {made:%d/%m/%Y | %H:%M}",
        f"{made:%H:%M} {made:%d/%m/%Y}",
    )[site.kind]


def _article(site: SharePoint, story: Story) -> str:
    sharepoint, files = sheet("sharepoint"), markup.files(site, story)
    return sharepoint(
        _PARTS[site.kind],
        title=escape(story.title),
        date=_date(site, story),
        summary=markup.text(story.text.summary),
        body=markup.body(site, story),
        signed=sharepoint("signed", name=escape(story.text.author)) if story.text.author else "",
        files=sharepoint("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 5)),
    )
