"""Pages of a platform in a layout era: the same articles, files and dates in other markup.

A site gives what its own pages say (title, date, summary, files, author, source, category); an
era says where and as what each stands. Sites that page by script keep their own listings.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from crawler.farm import markup
from crawler.farm.dating import FORMS
from crawler.farm.elements import element, row
from crawler.farm.eras import Era
from crawler.farm.exchange import Ask
from crawler.farm.metadata import described, published
from crawler.farm.newsroom import SECTIONS
from crawler.farm.paging import meant, pager
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.wire import MARK

if TYPE_CHECKING:
    from crawler.farm.site import Site

_HEAD = re.compile(r'(?<=initial-scale=1" />\n)(.*?)(?=\n\x00css\x00)', re.DOTALL)
_BODY = re.compile(r"<body([^>]*)>")
_COLUMNS = re.compile(r'(<div class="main-column">.*</div>)(<div class="side-column">\x00side\x00</div>)', re.DOTALL)
_SIGNED = {"author": "Tác giả", "source": "Nguồn"}


class Layout:
    """The pages of one site in one era."""

    def __init__(self, era: Era, site: "Site") -> None:
        self.era = era
        self.site = site
        self._chrome = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, era.chrome))})(?![\w-])")
        self._frame: tuple[str, str] | None = None

    def dressed(self, text: str) -> str:
        """A page or a block of chrome with this era's names, and its columns in this era's order."""
        if self.era.side_first:
            text = _COLUMNS.sub(r"\2\1", text)
        return self._chrome.sub(lambda match: self.era.chrome[match[1]], text)

    def page(self, title: str, inner: str, head: str = "") -> str:
        """A whole page; what the platform writes into every head and on the body's tag stays."""
        if self._frame is None:
            home = self.site.home()
            found, body = _HEAD.search(home), _BODY.search(home)
            self._frame = (found[1] if found else "", body[1] if body else "")
        fixed, attributes = self._frame
        return sheet("chrome")("page", title=escape(title), inner=inner, head=fixed + head, attributes=attributes)

    def article(self, story: Story) -> str:
        """An article's page."""
        site, era = self.site, self.era
        parts = {name: getattr(self, f"_{name}")(story) for name in era.order}
        inner = element(era.names["article"], "\n".join(filter(None, parts.values())))
        if "micro" in era.structured:
            inner = f'<div itemscope itemtype="http://schema.org/NewsArticle">{inner}</div>'
        inner = f'<table width="100%"><tr><td valign="top">{inner}</td></tr></table>' if era.in_table else inner
        title = era.page_title.format(title=site.display_title(story), site=site.name)
        return self.page(title, "<div>" * era.depth + inner + "</div>" * era.depth, described(site, era, story))

    @cached_property
    def scripted(self) -> bool:
        """Whether the platform's listings are paged by script: their links are its own work in every era."""
        site = self.site
        for section in SECTIONS:
            if site.slice(section, 1)[1] > 1:
                second, text = site.section_path(section, 2), site.listing(section, 1)
                return second == site.section_path(section) or (second not in text and escape(second) not in text)
        return False

    def meant(self, ask: Ask) -> tuple[str, int] | None:
        """The section and page an address means in this era."""
        return self.site.find_section(ask) if self.scripted else meant(self.site, self.era, ask)

    def listing(self, section: str, page: int) -> str:
        """A listing page."""
        if self.scripted:
            return self.site.listing(section, page)
        label = SECTIONS[section][0]
        stories, pages = self.site.slice(section, page)
        heading = f"<h2>{label}</h2>" if self.era.depth else f'<div class="title-page">{label}</div>'
        items = element(self.era.names["list"], self._items(stories))
        return self.page(
            f"{label} - {self.site.name}", heading + items + pager(self.site, self.era, section, page, pages)
        )

    def boxes(self) -> str:
        """The home page's boxes."""
        return "".join(
            f'<div class="home-box"><h3><a href="{self.site.section_path(key)}">{label}</a></h3>'
            + element(self.era.names["list"], self._items(self.site.by_section[key][:5]))
            + "</div>"
            for key, (label, _) in SECTIONS.items()
        )

    def _items(self, stories: Iterable[Story]) -> str:
        return "\n".join(element(self.era.names["item"], self._item(story)) for story in stories)

    def _item(self, story: Story) -> str:
        site, era = self.site, self.era
        url, title = escape(site.path(story)), escape(story.title)
        style = f' class="{era.names["link"]}"' if "link" in era.names else ""
        parts = [element(era.names["item_title"], f'<a href="{url}"{style} title="{title}">{title}</a>')]
        if era.listed_picture:
            parts.insert(0, f'<a href="{url}"><img src="{markup.picture(site, story)}" alt="{title}" /></a>')
        if site.day(story):
            parts.append(element(era.names["item_date"], f"{story.made:%d/%m/%Y}"))
        if era.listed_summary and site.summary(story):
            parts.append(element(era.names["item_summary"], escape(story.text.summary)))
        return "".join(parts)

    def _title(self, story: Story) -> str:
        return element(self.era.names["title"], escape(self.site.display_title(story)), micro=self._micro("headline"))

    def _date(self, story: Story) -> str:
        precision = self.site.precision_of(story)
        if precision is None:
            return ""
        form = FORMS[precision][self.era.date_forms[precision]]
        text = f"{self.era.date_label} {form(self.site.shown_time(story))}".strip()
        views = f" | Lượt xem: {MARK}views:{story.index % 90}{MARK}" if self.era.views_beside_date else ""
        moment = published(self.site, self.era, story) if self.era.names["date"].startswith("time") else ""
        return element(
            self.era.names["date"], text + views, micro=self._micro("datePublished", moment), datetime=moment
        )

    def _summary(self, story: Story) -> str:
        summary = self.site.summary(story)
        return "" if self.era.sapo_inside or not summary else element(self.era.names["summary"], markup.text(summary))

    def _body(self, story: Story) -> str:
        site, era = self.site, self.era
        lines = [markup.body(site, story, era.paragraph)]
        if era.sapo_inside and site.summary(story):
            lines.insert(0, f"<p><strong>{markup.text(site.summary(story))}</strong></p>")
        if era.author_inside and site.author(story):
            lines.append(f'<p style="text-align: right;"><strong>{escape(site.author(story))}</strong></p>')
        if era.files_inside:
            lines.append(self._linked(story))
        return element(era.names["body"], "\n".join(lines), micro=self._micro("articleBody"))

    def _files(self, story: Story) -> str:
        return "" if self.era.files_inside else self._linked(story)

    def _linked(self, story: Story) -> str:
        """The links to an article's files: a list, a table, lines of text, buttons, or a viewer in a frame."""
        site, era = self.site, self.era
        documents = [document for document in story.text.documents if document.kind != "viewer"]
        frames = "".join(markup.viewer(site, story, d) for d in documents) if era.files == "viewer" else ""
        files = [(site.file_path(story, d), escape(site.file_name(d))) for d in documents]
        if not files:
            return ""
        if era.files == "inline":
            return "".join(f'<p><em>(Xem <a href="{url}">{name}</a>)</em></p>' for url, name in files)
        linked = frames + "".join(row(era.files, url, name) for url, name in files)
        label = {"list": "Tệp đính kèm", "table": "File đính kèm", "button": "", "viewer": ""}[era.files]
        inner = {"list": f"<ul>{linked}</ul>", "table": f"<table>{linked}</table>"}.get(era.files, linked)
        return element(era.names["files"], (f"<b>{label}:</b>" if label else "") + inner)

    def _author(self, story: Story) -> str:
        return "" if self.era.author_inside else self._signed("author", self.site.author(story))

    def _source(self, story: Story) -> str:
        return self._signed("source", self.site.source(story))

    def _signed(self, part: str, name: str) -> str:
        return element(self.era.names[part], f"{_SIGNED[part]}: {escape(name)}") if name else ""

    def _crumbs(self, story: Story) -> str:
        category = self.site.category(story)
        links = [("/", "Trang chủ"), (self.site.section_path(story.section), category)] if category else []
        spec = self.era.names["crumbs"]
        wrap = "<li>{}</li>" if spec[:2] in {"ul", "ol"} else "{} » "
        return (
            element(spec, "".join(wrap.format(f'<a href="{url}">{name}</a>') for url, name in links)) if links else ""
        )

    def _related(self, story: Story) -> str:
        items = "".join(
            f'<li><a href="{escape(self.site.path(other))}">{escape(other.title)}</a> ({other.made:%d/%m/%Y})</li>'
            for other in self.site.others(story, 5)
        )
        return element(self.era.names["related"], f"<h4>{self.era.related}</h4><ul>{items}</ul>")

    def _tags(self, story: Story) -> str:
        return element(
            self.era.names["tags"], 'Từ khóa: <a href="/tag/cchc">CCHC</a>, <a href="/tag/mot-cua">một cửa</a>'
        )

    def _tools(self, story: Story) -> str:
        return element(
            self.era.names["tools"],
            '<a href="#">A+</a> <a href="#">A-</a> <a href="#">Chia sẻ</a> <a href="#">In bài viết</a>',
        )

    def _rating(self, story: Story) -> str:
        return element(
            self.era.names["rating"],
            f"Tổng số điểm của bài viết là: {MARK}views:0{MARK} trong {MARK}online{MARK} đánh giá",
        )

    def _comment(self, story: Story) -> str:
        return element(
            self.era.names["comment"], "<h4>Ý kiến bạn đọc</h4><textarea></textarea><button>Gửi bình luận</button>"
        )

    def _micro(self, name: str, content: str = "") -> str:
        wanted = "micro" in self.era.structured and (name != "datePublished" or content)
        return name if wanted else ""
