"""VHV CMS: slugs as identity, the title and date repeated in the body, no feed, no sitemap.

PORTALS.md 1.2. Unknown addresses answer 200 with a notice (a soft 404).
"""

from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.exchange import TEXT, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS, WEEKDAYS
from crawler.farm.sectioned import Sectioned
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story


class Vhv(Sectioned):
    """VHV CMS as the portals of one province have it; every second portal prints seconds."""

    family = "vhv"
    joint = " | "
    per_page = 12
    validates = True

    @property
    def precise(self) -> bool:
        """Whether the visible date has seconds: "13:07:13 | 27/12/2019"."""
        return self.variant % 2 == 0

    def precision_of(self, story: Story) -> Precision:
        return Precision.SECOND if self.precise else Precision.MINUTE

    def path(self, story: Story) -> str:
        return f"/{SECTIONS[story.section][1]}/{self.slug_of[story.index]}.html"

    def find(self, ask: Ask) -> Story | None:
        section, _, name = ask.path.strip("/").partition("/")
        story = self.slugs.get(name.removesuffix(".html")) if name.endswith(".html") else None
        return story if story and SECTIONS[story.section][1] == section else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}" + (f"?page={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        return self.at_page(SECTION_OF.get(ask.path.strip("/")), ask)

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page("User-agent: *\nAllow: /\n", kind=TEXT)
        if ask.query.get("page") == "Article.Print.detail":
            story = self.by_number(int(ask.query.get("id", "0")[-8:], 16))
            return self.page(_print_page(self, story)) if story and not story.removed else None
        return self.page("Not Found", status=404) if ask.path.endswith((".xml", "/rss")) else None

    def missing(self, ask: Ask) -> Answer:
        return self.page(_page(self, self.name, sheet("vhv").raw("missing")))

    def author(self, story: Story) -> str:
        return ""

    def framed(self, title: str, inner: str, head: str = "") -> str:
        return _page(self, title, inner, head)

    def pager(self, section: str, page: int, pages: int) -> str:
        return _pager(self, section, page, pages)

    def article(self, story: Story) -> str:
        head = sheet("vhv")(
            "article_head",
            title=escape(story.title),
            url=self.absolute(self.path(story)),
            summary=escape(story.text.summary),
        )
        return _page(self, f"{story.title} | {self.name}", _article(self, story), head)


def _number(site: Vhv) -> int:
    return 2005000 + site.start_id % 900


def _page(site: Vhv, title: str, inner: str, head: str = "") -> str:
    return chrome.page(title, inner, head=sheet("vhv")("head", site=_number(site)) + head)


def _date(site: Vhv, story: Story) -> str:
    made = story.made
    if site.precise:
        return f"{made:%H:%M:%S} | {made:%d/%m/%Y}"
    return f"{WEEKDAYS[made.weekday()]}, {made:%d/%m/%Y} | {made:%H:%M}"


def _pager(site: Vhv, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    shown = range(max(1, page - 3), min(pages, page + 3) + 1)
    styles = {page: "page-active"}
    items = [f'<a class="{styles.get(n, "page-item")}" href="{site.section_path(section, n)}">{n}</a>' for n in shown]
    if page < pages:
        items.append(sheet("vhv")("next", url=site.section_path(section, page + 1)))
    return sheet("vhv")("pager", items="".join(items))


def _article(site: Vhv, story: Story) -> str:
    vhv, text, number = sheet("vhv"), story.text, site.number(story)
    return vhv(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        number=number,
        published=story.made.isoformat(),
        title=escape(story.title),
        date=_date(site, story),
        summary=markup.text(text.summary),
        body=markup.body(site, story),
        source=vhv("source", name=escape(text.source)) if text.source else "",
        files=markup.files(site, story),
        print=f"{number:024x}",
        related=markup.related(site, site.others(story, 6)),
    )


def _print_page(site: Vhv, story: Story) -> str:
    return sheet("vhv")("print", title=escape(story.title), date=_date(site, story), body=markup.body(site, story))
