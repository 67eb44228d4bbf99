"""Liferay 6/7: `_cur=N` paging, locale prefixes, portlet titles, a site clock, slugs without đ.

PORTALS.md 1.5. Variant 0: `/web/<site>/-/<slug>`; variant 1: `/-/asset_publisher/…/content/id/<id>`
with "null <title>"; variant 2 (Bắc Ninh): `/news/-/details/<group>/<slug>-<id>`, lists as JSON that a script
asks for. The same article answers under every locale prefix.
"""

import json
import re
import zlib
from functools import cached_property
from html import escape

from crawler.farm import chrome, markup
from crawler.farm.exchange import JSON, TEXT, XML, Answer, Ask
from crawler.farm.newsroom import SECTION_OF, SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.site import Site
from crawler.farm.stories import Story
from crawler.farm.texts import Document, slugify

_LOCALE = re.compile(r"^/(?:vi|en|de|uk|fr|vi_VN|en_US)(?=/(?:web|news)/)")
_PORTLET = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_"


class Liferay(Site):
    """A province's or district's Liferay."""

    family = "liferay"
    validates = True

    @property
    def old(self) -> bool:
        """Variant 1: addresses by id, "null <title>"."""
        return self.variant % 3 == 1

    @property
    def scripted(self) -> bool:
        """Variant 2: lists are JSON."""
        return self.variant % 3 == 2

    @cached_property
    def web(self) -> str:
        """The site's part of every address."""
        return f"/web/{slugify(self.seat.name).replace('-', '')}"

    @cached_property
    def instance(self) -> str:
        """The asset publisher's instance id."""
        return f"{zlib.crc32(self.slug.encode()):08x}kQzR"

    def static_path(self, label: str) -> str:
        return f"{self.web}/{slugify(label)}"

    def title_slug(self, story: Story) -> str:
        return slugify(story.title, drop_d=True)

    @property
    def _publisher(self) -> str:
        return f"{self.web}/chi-tiet-bai-viet/-/asset_publisher/{self.instance}"

    def path(self, story: Story) -> str:
        number = self.number(story)
        if self.scripted:
            return f"/news/-/details/{self.start_id}/{self.title_slug(story)}-{number}"
        if self.old:
            return f"{self._publisher}/content/id/{number}?plidlayout={number % 7}"
        return f"{self.web}/-/{self.slug_of[story.index]}"

    def find(self, ask: Ask) -> Story | None:
        path = _LOCALE.sub("", ask.path)
        if self.old or self.scripted:
            shape = (
                rf"{self._publisher}/content/id/(\d+)" if self.old else rf"/news/-/details/{self.start_id}/[^/]*-(\d+)"
            )
            match = re.fullmatch(shape, path)
            return self.by_number(int(match[1])) if match else None
        return self.slugs.get(path.removeprefix(f"{self.web}/-/")) if path.startswith(f"{self.web}/-/") else None

    def section_path(self, section: str, page: int = 1) -> str:
        path, name = f"{self.web}/{SECTIONS[section][1]}", f"{_PORTLET}{self.instance}"
        if self.scripted:
            return path + (f"#{page}" if page > 1 else "")
        query = f"?p_p_id={name}&p_p_lifecycle=0&p_p_state=normal&_{name}_delta={self.per_page}&_{name}_cur={page}"
        return path + query if page > 1 else path

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        key = self._section(ask)
        page = ask.query.get(f"_{_PORTLET}{self.instance}_cur", "1")
        return (key, int(page)) if key and page.isdigit() else None

    def _section(self, ask: Ask) -> str | None:
        return SECTION_OF.get(_LOCALE.sub("", ask.path).removeprefix(f"{self.web}/"))

    def special(self, ask: Ask) -> Answer | None:
        if ask.query.get("p_p_resource_id") == "loadPage" and self.scripted and (key := self._section(ask)):
            return self.page(json.dumps(self._loaded(ask, key), ensure_ascii=False), kind=JSON)
        if ask.path.rstrip("/") in {self.web, f"{self.web}/trang-chu", f"/vi{self.web}"}:
            return self.page(self.home())
        if ask.path == "/robots.txt":
            return self.page(f"User-Agent: *\nDisallow:\nSitemap: {self.absolute('/sitemap.xml')}\n", kind=TEXT)
        if ask.path == "/sitemap.xml":
            pages = [(self.absolute(self.section_path(key)), "") for key in SECTIONS]
            return self.page(markup.sitemap(pages), kind=XML)
        return None

    def _loaded(self, ask: Ask, section: str) -> dict[str, object]:
        """One page of a list: `summary` is the word null where there is none."""
        given = ask.query | ask.form
        size, number = (int(given.get(name, "0")) for name in ("recordPerPage", "pageNum"))
        size = min(size, 50) or self.per_page
        stories = self.by_section[section]
        items = [
            {
                "id": self.number(story),
                "title": story.title,
                "summary": story.text.summary if story.index % 4 else "null",
                "content": "",
                "urlDetail": self.path(story),
                "createdDate": f"{story.made:%d/%m/%Y %H:%M}",
            }
            for story in stories[max(0, number - 1) * size : max(1, number) * size]
        ]
        return {"items": items, "totalPageNum": -(-len(stories) // size), "totalRecord": len(stories)}

    def file_path(self, story: Story, document: Document) -> str:
        place = f"{self.number(story)}-{story.text.documents.index(document)}"
        uuid = f"{zlib.crc32(document.file.encode()):08x}-4c1d-4e0a-9f11-{self.start_id:012d}"
        return f"/documents/{self.start_id}/{place}/{document.file}/{uuid}?t={int(story.made.timestamp() * 1000)}"

    def category(self, story: Story) -> str:
        return ""

    def source(self, story: Story) -> str:
        return ""

    def day(self, story: Story) -> str:
        return f"{story.made:%d/%m/%Y, %H:%M}"

    def home(self) -> str:
        return _page(self, "Trang chủ", markup.boxes(self))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        pager = _script(self, section) if self.scripted else _pager(self, section, page, pages)
        stories = [] if self.scripted else stories
        inner = sheet("liferay")("listing", label=label, items=markup.teasers(self, stories), pager=pager)
        return _page(self, label, inner)

    def article(self, story: Story) -> str:
        path = self.path(story)
        head = sheet("liferay")(
            "article_head", title=escape(story.title), url=self.absolute(path), english=self.absolute(f"/en{path}")
        )
        return _page(self, story.title, _article(self, story), head)


def _page(site: Liferay, title: str, inner: str, head: str = "") -> str:
    liferay = sheet("liferay")
    wrapped = liferay("wrap", instance=f"{_PORTLET}{site.instance}", portlet="Xuất bản nội dung", inner=inner)
    head = liferay("head", group=site.start_id) + head
    return chrome.page(
        f"{title} - {site.name} - Liferay", wrapped, head=head, attributes=' class="yui3-skin-sam controls-visible"'
    )


def _script(site: Liferay, section: str) -> str:
    """The script that asks for the list; the resource's address is escaped as Liferay escapes it."""
    query = f"p_p_id={_PORTLET}{site.instance}&p_p_lifecycle=2&p_p_state=normal&p_p_resource_id=loadPage"
    url = site.absolute(f"{site.section_path(section)}?{query}").replace("&", "\\x26")
    return sheet("liferay")("script", url=url, size=site.per_page)


def _pager(site: Liferay, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    items = []
    for number in range(1, pages + 1):
        style = "page-item active" if number == page else "page-item"
        items.append(f'<li class="{style}"><a href="{escape(site.section_path(section, number))}">{number}</a></li>')
    if page < pages:
        items.append(
            f'<li class="page-item"><a href="{escape(site.section_path(section, page + 1))}">Tiếp theo</a></li>'
        )
    return sheet("liferay")("pager", items="".join(items))


def _article(site: Liferay, story: Story) -> str:
    liferay, text = sheet("liferay"), story.text
    files = markup.files(site, story)
    return liferay(
        "details" if site.scripted else "old_article" if site.old else "article",
        number=site.number(story),
        title=escape(story.title),
        date=_date(site, story),
        summary=markup.text(text.summary),
        body=markup.body(site, story),
        signed=liferay("signed", name=escape(text.author)) if text.author else "",
        files=liferay("files", items=files) if files else "",
        related=markup.related(site, site.others(story, 5)),
    )


def _date(site: Liferay, story: Story) -> str:
    if site.scripted:
        return f"{story.made:%d/%m/%Y | %H:%M}"
    return f"{story.made:%H:%M} {story.made:%d/%m/%Y}" if site.old else f"{story.made:%H:%M} | {story.made:%d/%m/%Y}"
