"""VCCorp's IMS: lists by POST with opaque parameters, numbers of articles that tell their time, lists of one day.

PORTALS.md 1.8. PageIndex counts from 0; Catname, LanguageId, Site and PageSize are ciphertext that stands in the page.
Variant 0 prints a list's first page, variant 1 leaves it to the script and has sitemaps by month.
"""

import re
from base64 import b64encode
from datetime import datetime, timedelta
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

_API = "/api/NewsZone/NewsZone"
_DAY = re.compile(r"^/([\w-]+)/xem-theo-ngay-(\d{1,2})-(\d{1,2})-(\d{4})\.htm$")
_MONTH = re.compile(r"^/sitemaps/sitemaps-(\d{4})-(\d{1,2})\.xml$")
_ARTICLE = re.compile(r"^/[\w-]+-(\d{15,19})\.htm$")
_TABLE = re.compile(r"<table .*?</table>", re.DOTALL)


class NewsZone(Site):
    """A city, a department or a ministry on IMS."""

    family = "newszone"
    precision = Precision.SECOND

    @property
    def scripted(self) -> bool:
        """Variant 1: the script fetches the first page too."""
        return self.variant % 2 == 1

    @cached_property
    def prefix(self) -> int:
        """The first digits of every number, the portal's own."""
        return 1000 + self.start_id % 9000

    @cached_property
    def numbered(self) -> dict[str, Story]:
        """Stories by their numbers."""
        return {self.long_number(story): story for story in self.newsroom.stories}

    def forget(self) -> None:
        super().forget()
        self.__dict__.pop("numbered", None)

    def long_number(self, story: Story) -> str:
        """Prefix, then YYMMDDHHMMSSmmm."""
        return f"{self.prefix}{story.made:%y%m%d%H%M%S}{story.index * 7 % 1000:03d}"

    def cipher(self, what: str) -> str:
        """A parameter's ciphertext."""
        return b64encode(stream(f"{self.slug}/newszone/{what}").randbytes(32)).decode()

    def static_path(self, label: str) -> str:
        return f"/{slugify(label)}.htm"

    def path(self, story: Story) -> str:
        return f"/{story.slug}-{self.long_number(story)}.htm"

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        return self.numbered.get(match[1]) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}.htm" + (f"#{page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        key = SECTION_OF.get(ask.path.strip("/").removesuffix(".htm")) if ask.path.endswith(".htm") else None
        return (key, 1) if key else None

    def special(self, ask: Ask) -> Answer | None:
        if ask.path == _API:
            return self._zone(ask)
        if ask.path == "/robots.txt":
            sitemap = f"Sitemap: {self.absolute('/sitemap.xml')}\n" if self.scripted else ""
            return self.page(f"User-agent: *\nAllow: /\nDisallow: /api/internal/\n{sitemap}", kind=TEXT)
        if day := _DAY.match(ask.path):
            return self._of_day(day)
        return self._sitemap(ask) if self.scripted and ask.path.endswith(".xml") else None

    def _zone(self, ask: Ask) -> Answer:
        """One page of a list as a fragment; who is not a script, or changes a parameter, gets nothing."""
        form = ask.form
        sections = {self.cipher(f"Catname/{key}"): key for key in SECTIONS}
        key, index = sections.get(form.get("Catname", "")), form.get("PageIndex", "")
        fixed = all(form.get(name) == self.cipher(name) for name in ("LanguageId", "Site", "PageSize"))
        asked = ask.method == "POST" and ask.headers.get("x-requested-with") == "XMLHttpRequest"
        if not (asked and key and fixed and index.isdigit()):
            return self.page("", status=404)
        return self.page(_teasers(self, self.slice(key, int(index) + 1)[0]) or "<!-- no data -->\n<div></div>")

    def _of_day(self, match: re.Match[str]) -> Answer | None:
        key = SECTION_OF.get(match[1])
        if key is None:
            return None
        day = (int(match[4]), int(match[3]), int(match[2]))
        stories = [s for s in self.by_section[key] if (s.made.year, s.made.month, s.made.day) == day]
        inner = sheet("newszone")(
            "day", label=SECTIONS[key][0], day=f"{day[2]:02}/{day[1]:02}/{day[0]}", items=_teasers(self, stories)
        )
        return self.page(_page(self, SECTIONS[key][0], inner))

    def _sitemap(self, ask: Ask) -> Answer | None:
        if ask.path == "/sitemap.xml":
            months = dict.fromkeys((story.made.year, story.made.month) for story in self.shown)
            children = [(self.absolute(f"/sitemaps/sitemaps-{year}-{month}.xml"), "") for year, month in months]
            return self.page(markup.sitemap(children, index=True), kind=XML)
        match = _MONTH.match(ask.path)
        if match is None:
            return None
        wanted = (int(match[1]), int(match[2]))
        of_month = [story for story in self.shown if (story.made.year, story.made.month) == wanted]
        entries = [(self.absolute(self.path(story)), story.made.isoformat()) for story in of_month]
        return self.page(markup.sitemap(entries), kind=XML)

    def missing(self, ask: Ask) -> Answer:
        return self.page(_page(self, self.name, sheet("newszone").raw("missing")), status=404)

    def source(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return f"{story.made:%H:%M, %d/%m/%Y}"

    def home(self) -> str:
        boxes = (
            sheet("newszone")(
                "home_box", url=self.section_path(key), label=label, items=_teasers(self, self.by_section[key][:5])
            )
            for key, (label, _) in SECTIONS.items()
        )
        return _page(self, self.name, self.layout.boxes() if self.layout else "".join(boxes))

    def listing(self, section: str, page: int) -> str:
        label, slug = SECTIONS[section]
        stories, pages = self.slice(section, 1)
        newest = stories[0].made if stories else datetime.now().astimezone() - timedelta(days=1)
        inner = sheet("newszone")(
            "listing",
            url=self.section_path(section),
            label=label,
            by_day=f"/{slug}/xem-theo-ngay-{newest:%d-%m-%Y}.htm",
            items="" if self.scripted else _teasers(self, stories),
            more=_more(self, section) if pages > 1 or self.scripted else "",
        )
        return _page(self, f"{label} - {self.name}", inner)

    def article(self, story: Story) -> str:
        url = escape(self.absolute(self.path(story)))
        return _page(
            self,
            f"{story.title} - {self.name}",
            _article(self, story),
            sheet("newszone")("article_head", title=escape(story.title), url=url),
        )


def _page(site: NewsZone, title: str, inner: str, head: str = "") -> str:
    return chrome.page(title, inner, head=sheet("newszone")("head") + head)


def _more(site: NewsZone, section: str) -> str:
    return sheet("newszone")(
        "more",
        catname=site.cipher(f"Catname/{section}"),
        language=site.cipher("LanguageId"),
        site=site.cipher("Site"),
        size=site.cipher("PageSize"),
        start=0 if site.scripted else 1,
    )


def _teasers(site: NewsZone, stories: list[Story]) -> str:
    return "\n".join(
        sheet("newszone")(
            "teaser",
            id=site.long_number(story),
            url=escape(site.path(story)),
            title=escape(story.title),
            picture=markup.picture(site, story),
            day=site.day(story),
            ago=f"{story.made:%d/%m}",
            summary=escape(story.text.summary),
        )
        for story in stories
    )


def _article(site: NewsZone, story: Story) -> str:
    newszone, files = sheet("newszone"), markup.files(site, story)
    body = markup.body(site, story, "<p>{}</p>")
    return newszone(
        "article",
        section=site.section_path(story.section),
        category=site.category(story),
        title=escape(story.title),
        author=escape(story.text.author),
        date=f"{story.made:%H:%M, %d/%m/%Y}",
        summary=markup.text(story.text.summary),
        body=_TABLE.sub(lambda found: newszone("table", table=found[0]), body),
        files=newszone("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 5)),
    )
