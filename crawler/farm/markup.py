"""Pieces of markup that several platforms share: bodies, pictures, lists, feeds."""

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from crawler.farm.newsroom import SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import Block, Document

if TYPE_CHECKING:
    from crawler.farm.site import Site

PLAIN = '<p style="text-align: justify;">{}</p>'
LINK = '<a href="{url}">{n}</a>'
Stamp = Callable[[datetime], str]


def body(site: "Site", story: Story, paragraph: str = PLAIN) -> str:
    """A body's markup: paragraphs in the platform's manner, pictures with captions, tables, files in a viewer."""
    blocks = [_block(site, story, block, paragraph) for block in story.text.blocks]
    return "\n".join([*blocks, *(viewer(site, story, d) for d in story.text.documents if d.kind == "viewer")])


def _block(site: "Site", story: Story, block: Block, paragraph: str) -> str:
    if block.kind == "figure":
        return sheet("markup")("figure", caption=escape(block.text), picture=picture(site, story))
    if block.kind == "table":
        rows = (f"<tr>{''.join(f'<td><p>{escape(cell)}</p></td>' for cell in row)}</tr>" for row in block.rows)
        return sheet("markup")("table", rows="".join(rows))
    return paragraph.format(text(block.text))


def text(line: str) -> str:
    """A line escaped; hard blanks are written as editors write them."""
    return escape(line, quote=False).replace("\u00a0", "&nbsp;")


def picture(site: "Site", story: Story) -> str:
    """The address of an article's picture."""
    return f"/uploads/images/{story.made:%Y/%m}/anh-{site.number(story)}.jpg"


def teasers(site: "Site", stories: Iterable[Story], part: str = "teaser") -> str:
    """Articles as a listing names them, in the platform's `teaser` part."""
    return "".join(_named(site, story, part, site.day(story)) for story in stories)


def related(site: "Site", stories: Iterable[Story]) -> str:
    """Other articles below an article, in the platform's `related_item` part."""
    return "".join(_named(site, story, "related_item", f"{story.made:%d/%m/%Y}") for story in stories)


def _named(site: "Site", story: Story, part: str, day: str) -> str:
    return sheet(site.family)(
        part,
        url=escape(site.path(story)),
        title=escape(story.title),
        picture=picture(site, story),
        iso=story.made.isoformat(),
        day=day,
        summary=escape(story.text.summary),
    )


def files(site: "Site", story: Story) -> str:
    """The links to an article's files, in the platform's `file` part; those in a viewer have none."""
    return "".join(
        sheet(site.family)(
            "file",
            url=site.file_path(story, document),
            name=escape(site.file_name(document)),
            article=site.path(story),
            number=number,
        )
        for number, document in enumerate(story.text.documents)
        if document.kind != "viewer"
    )


def viewer(site: "Site", story: Story, document: Document) -> str:
    """A file as another company's viewer shows it in a frame."""
    url = quote(site.absolute(site.file_path(story, document)), safe="")
    return (
        f'<iframe src="https://docs.google.com/gview?url={url}&amp;embedded=true" width="100%" height="600"></iframe>'
    )


def boxes(site: "Site", part: str = "teaser") -> str:
    """The home page's boxes: every section with its newest articles."""
    if site.layout:
        return site.layout.boxes()
    return "".join(
        sheet(site.family)(
            "home_box", url=site.section_path(key), label=label, items=teasers(site, site.by_section[key][:5], part)
        )
        for key, (label, _) in SECTIONS.items()
    )


def numbers(site: "Site", section: str, shown: Iterable[int], here: tuple[int, str], link: str = LINK) -> list[str]:
    """The numbers of a pager: the page shown and its markup are `here`, the others are links; {n} and {url} in each."""
    page, marked = here
    return [(marked if n == page else link).format(n=n, url=site.section_path(section, n)) for n in shown]


def feed(site: "Site", title: str, stories: Iterable[Story], stamp: Stamp = format_datetime) -> str:
    """An RSS 2.0 feed; `stamp` writes pubDate, right unless the platform gets it wrong."""
    items = "\n".join(
        sheet("markup")(
            "item",
            title=escape(site.display_title(story)),
            url=escape(site.absolute(site.path(story))),
            number=site.number(story),
            stamp=stamp(story.made),
            summary=escape(story.text.summary),
        )
        for story in stories
    )
    return sheet("markup")("feed", title=escape(title), url=site.url, name=site.name, items=items)


def sitemap(entries: Iterable[tuple[str, str]], *, index: bool = False) -> str:
    """A sitemap of (address, lastmod) entries, or an index of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(
        f"<{inner}><loc>{escape(url)}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</{inner}>"
        for url, lastmod in entries
    )
    return sheet("markup")("sitemap", outer=outer, rows=rows)
