"""How an era leads from one listing page to the next, and which page an address of it means."""

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from crawler.farm.elements import element
from crawler.farm.eras import Era
from crawler.farm.exchange import Ask

if TYPE_CHECKING:
    from crawler.farm.site import Site

_PATH = re.compile(r"^(.*?)/page-(\d+)/?$")


def address(site: "Site", era: Era, section: str, page: int) -> str:
    """A listing page's address: the platform's own, a query parameter's, or /page-N behind the first page's path."""
    first = site.section_path(section)
    if page == 1 or era.address == "own":
        return site.section_path(section, page)
    if era.address == "path":
        return f"{first.rstrip('/')}/page-{page}"
    return f"{first}{'&' if '?' in first else '?'}{era.address}={page}"


def meant(site: "Site", era: Era, ask: Ask) -> tuple[str, int] | None:
    """The section and page an address means in this era; the platform's own addresses always work."""
    if (match := _PATH.match(ask.path)) and era.address == "path":
        found = next((f for p in (match[1], match[1] + "/") if (f := site.find_section(replace(ask, path=p)))), None)
        return (found[0], int(match[2])) if found else None
    number = ask.query.get(era.address, "")
    found = site.find_section(replace(ask, query={})) if number.isdigit() else site.find_section(ask)
    return (found[0], int(number)) if found and number.isdigit() else found


def pager(site: "Site", era: Era, section: str, page: int, pages: int) -> str:
    """The pager: every number, some numbers around this one, or only a word for the next."""
    if pages < 2:
        return ""
    wrap = "<li>{}</li>" if era.names["pager"].startswith("ul") else "{} "
    numbers = {"links": range(1, pages + 1), "next": range(0)}.get(
        era.pager, range(max(1, page - 2), min(pages, page + 2) + 1)
    )
    links = [_number(site, era, section, number, here=number == page) for number in numbers]
    if page < pages:
        rel = ' rel="next"' if era.next_rel else ""
        links.append(f'<a{rel} href="{escape(address(site, era, section, page + 1))}">{era.next_word}</a>')
    return element(era.names["pager"], "".join(wrap.format(link) for link in links))


def _number(site: "Site", era: Era, section: str, number: int, *, here: bool) -> str:
    if here:
        return f'<span class="active">{number}</span>'
    return f'<a href="{escape(address(site, era, section, number))}">{number}</a>'
