"""Listings of twenty pages: a pager's window, its "...", a script's counter and a form's state lead to the last."""

import pytest

from crawler.families import family as family_of
from crawler.farm import ALL_FAMILIES, Farm, SimulatedPortal
from crawler.page import Page
from crawler.paging import Ask

VARIANTS = 3
WHOLE_PAGE = {"webcenter", "jsonapi"}
"""Families that know a listing's items by their links alone, and so name what stands beside the list too."""
PORTALS = [(family, variant) for family in ALL_FAMILIES if family != "generic" for variant in range(VARIANTS)]


def fetched(portal: SimulatedPortal, ask: Ask) -> Page:
    target = "/" + ask.url.removeprefix(portal.url)
    answer = portal.site.respond(target, ask.method, {name.lower(): value for name, value in ask.headers}, ask.body)
    assert answer.status == 200, ask
    return Page(ask.url, answer.body.plain(portal.site.count), content_type=answer.type, sent=ask.body)


def followed(portal: SimulatedPortal) -> tuple[list[str], int]:
    """What the reform listing names, page after page, and how many pages that took."""
    reader, found, pages = family_of(portal.family), list[str](), 0
    ask: Ask | None = Ask(portal.site.absolute(portal.site.section_path("reform").partition("#")[0]))
    asked: set[Ask] = set()
    while ask is not None:
        assert ask not in asked, "the same page twice"
        asked.add(ask)
        page = fetched(portal, ask)
        names = [reader.identity(link.url) for link in reader.links(page)]
        pages += 1
        found += names
        first = reader.first(page) if pages == 1 else None
        ask = first or (reader.next(page) if names else None)
    return found, pages


@pytest.mark.parametrize(("family", "variant"), PORTALS)
def test_every_article_is_named(family: str, variant: int) -> None:
    portal = Farm(3, articles=260, families=[family], portals=variant + 1, copies=0, port=9000).portals[variant]
    found, pages = followed(portal)
    reader, site = family_of(family), portal.site
    true = {reader.identity(site.absolute(site.path(story))) for story in site.by_section["reform"]}
    assert pages > 5
    assert true - set(found) == set()
    if family not in WHOLE_PAGE:
        assert set(found) == true
        assert len(found) == len(set(found))
