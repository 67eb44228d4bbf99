"""What an era's pages tell machines: JSON-LD, Open Graph, a published time, a canonical address."""

import json
from html import escape
from typing import TYPE_CHECKING

from crawler.farm.dating import iso
from crawler.farm.eras import Era
from crawler.farm.stories import Story
from crawler.farm.truth import cut_time

if TYPE_CHECKING:
    from crawler.farm.site import Site


def published(site: "Site", era: Era, story: Story) -> str:
    """The publication time for machines, as exact as the platform states it; empty where it states none or a day."""
    precision = site.precision_of(story)
    moment = cut_time(site.shown_time(story), precision)
    return iso(moment, universal=era.universal) if moment and precision and precision.name != "DAY" else ""


def described(site: "Site", era: Era, story: Story) -> str:
    """The head's lines about an article, by what the era has."""
    title, url, moment = escape(site.display_title(story)), site.absolute(site.path(story)), published(site, era, story)
    lines = []
    if "canonical" in era.structured:
        lines.append(f'<link rel="canonical" href="{escape(url)}" />')
    if "og" in era.structured:
        lines += [f'<meta property="og:title" content="{title}" />', '<meta property="og:type" content="article" />']
    if "published" in era.structured and moment:
        lines.append(f'<meta property="article:published_time" content="{moment}" />')
    if "jsonld" in era.structured:
        lines.append(_structured(site, story, moment))
    return "\n" + "\n".join(lines) if lines else ""


def _structured(site: "Site", story: Story, moment: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": site.display_title(story),
        "datePublished": moment,
        "publisher": {"@type": "Organization", "name": site.name},
    }
    text = json.dumps({name: value for name, value in data.items() if value}, ensure_ascii=False)
    return '<script type="application/ld+json">' + text.replace("<", "\\u003c") + "</script>"
