"""Oracle WebCenter: `dDocName` is the only key, no date anywhere, files are links in the text.

PORTALS.md 1.6 and 2 (seed 000). One page, the portal's introduction, first answers with the
`_afrLoop` script stub; a request with that parameter gets the page.
"""

import re
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sectioned import Sectioned
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import Document, slugify

_LISTING = re.compile(r"/pages_([a-z-]+)$")


class WebCenter(Sectioned):
    """A district of Quảng Nam before July 2025."""

    family = "webcenter"
    joint = ""

    @property
    def web(self) -> str:
        """The portal's part of every address."""
        return f"/webcenter/portal/{slugify(self.seat.name).replace('-', '')}"

    @property
    def stub(self) -> str:
        """The page that first answers with a script."""
        return self.static_path("Giới thiệu")

    def portal_lines(self) -> list[str]:
        listings = ", ".join(f'"{self.section_path(key)}"' for key in ("reform", "news"))
        return ['family = "webcenter"', f"listings = [{listings}]"]

    def precision_of(self, story: Story) -> Precision | None:
        return None

    def static_path(self, label: str) -> str:
        return f"{self.web}/pages_{slugify(label)}"

    def path(self, story: Story) -> str:
        return f"{self.web}/pages_tin-tuc/chi-tiet?dDocName=PORTAL{self.number(story)}"

    def find(self, ask: Ask) -> Story | None:
        key = re.fullmatch(r"PORTAL(\d+)", ask.query.get("dDocName", ""))
        wanted = key and re.fullmatch(rf"{self.web}/pages_[a-z-]+/chi-tiet(-tin)?", ask.path)
        return self.by_number(int(key[1])) if key and wanted else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"{self.web}/pages_{SECTIONS[section][1]}" + (f"?page={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = _LISTING.search(ask.path)
        return self.at_page(SECTION_OF.get(match[1]) if match else None, ask)

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/":
            return self.redirect(self.web, 302)
        if ask.path.rstrip("/") in {self.web, f"{self.web}/trang-chu"}:
            return self.page(self.home())
        if ask.path == "/robots.txt":
            return self.page("User-agent: *\nDisallow: /webcenter/portal/admin\n", kind=TEXT)
        if ask.path == self.stub:
            loop = 10**15 + self.start_id
            stub = sheet("webcenter")("stub", loop=loop, state=f"{self.start_id:x}_4")
            return self.page(chrome.static_page(self, "Giới thiệu") if "_afrLoop" in ask.query else stub)
        return None

    def file_name(self, document: Document) -> str:
        return f"Xem {document.name} tại đây !"

    def file_path(self, story: Story, document: Document) -> str:
        place = f"{self.number(story)}-{story.text.documents.index(document)}"
        return f"/webcenter/ShowProperty/PORTAL/{place}/{document.file}"

    def summary(self, story: Story) -> str:
        return ""

    def author(self, story: Story) -> str:
        return ""

    def source(self, story: Story) -> str:
        return ""

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return _page(self, title, inner)

    def pager(self, section: str, page: int, pages: int) -> str:
        return _pager(self, section, page, pages)

    def article(self, story: Story) -> str:
        return _page(self, "Chi tiết tin", _article(self, story))


def _page(site: WebCenter, title: str, inner: str) -> str:
    webcenter = sheet("webcenter")
    wrapped = webcenter("wrap", action=f"{site.web}/pages_tin-tuc", portlet="Tin tức", inner=inner)
    return chrome.page(title, wrapped, head=webcenter("head", site=site.web.rsplit("/", 1)[-1]))


def _pager(site: WebCenter, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    items = []
    for number in range(1, pages + 1):
        style = ' class="active"' if number == page else ""
        items.append(f'<li{style}><a href="{site.section_path(section, number)}">{number}</a></li>')
    if page < pages:
        items.append(
            f'<li class="next"><a href="{site.section_path(section, page + 1)}" title="Trang sau">&raquo;</a></li>'
        )
    return sheet("webcenter")("pager", items="".join(items))


def _article(site: WebCenter, story: Story) -> str:
    return sheet("webcenter")(
        "article",
        home=site.web,
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        body=markup.body(site, story),
        files=markup.files(site, story),
        related=markup.related(site, site.others(story, 6)),
    )
