"""Pieces of markup that several platforms share: bodies, pictures, lists, feeds."""

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from crawler.farm.stories import Block, Story

Stamp = Callable[[datetime], str]

if TYPE_CHECKING:
    from crawler.farm.site import Site


def body(site: "Site", story: Story, *, paragraph: str = '<p style="text-align: justify;">{}</p>') -> str:
    """A body's markup: paragraphs in the platform's manner, pictures with captions, tables."""
    return "\n".join(_block(site, story, block, paragraph) for block in story.text.blocks)


def _block(site: "Site", story: Story, block: Block, paragraph: str) -> str:
    if block.kind == "figure":
        return figure(site, story, block.text)
    if block.kind == "table":
        rows = "".join(
            "<tr>" + "".join(f"<td><p>{escape(cell)}</p></td>" for cell in row) + "</tr>" for row in block.rows
        )
        return f'<table border="1" cellpadding="0" cellspacing="0" style="width:100%"><tbody>{rows}</tbody></table>'
    return paragraph.format(text(block.text))


def text(line: str) -> str:
    """A line escaped; hard blanks are written as editors write them."""
    return escape(line, quote=False).replace("\u00a0", "&nbsp;")


def figure(site: "Site", story: Story, caption: str) -> str:
    """A picture with its caption."""
    return (
        f'<figure class="image"><img alt="{escape(caption)}" src="{picture(site, story)}" width="640" height="360" />'
        f"<figcaption><em>{escape(caption)}</em></figcaption></figure>"
    )


def picture(site: "Site", story: Story) -> str:
    """The address of an article's picture."""
    return f"/uploads/images/{story.made:%Y/%m}/anh-{site.number(story)}.jpg"


def feed(site: "Site", title: str, stories: Iterable[Story], stamp: Stamp | None = None) -> str:
    """An RSS 2.0 feed; `stamp` writes pubDate, right unless the platform gets it wrong."""
    write = stamp or rfc822
    items = "".join(
        f"<item><title>{escape(site.display_title(s))}</title><link>{escape(site.absolute(site.path(s)))}</link>"
        f'<guid isPermaLink="false"><![CDATA[news_{site.number(s)}]]></guid><pubDate>{write(s.made)}</pubDate>'
        f"<description><![CDATA[{escape(s.text.summary)}]]></description></item>\n"
        for s in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{escape(title)}</title><link>{site.url}</link><description><![CDATA[{site.name}]]></description>"
        f"<language>vi</language>\n{items}</channel></rss>"
    )


def rfc822(moment: datetime) -> str:
    """A moment as RSS wants it."""
    return format_datetime(moment)


def sitemap(entries: Iterable[tuple[str, str]], *, index: bool = False) -> str:
    """A sitemap of (address, lastmod) entries, or an index of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(
        f"<{inner}><loc>{escape(url)}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</{inner}>"
        for url, lastmod in entries
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{outer}>'
