"""The farm's layouts: each well formed, each with the whole truth, none like another, the same for a seed."""

import re
from html import unescape

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.records import Precision
from crawler.farm import ALL_FAMILIES, Farm, SimulatedPortal
from crawler.farm.dating import FORMS
from crawler.farm.elements import element
from crawler.farm.eras import draw
from crawler.farm.newsroom import SECTIONS

ERAS = (0, 1, 2, 3, 11)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@pytest.fixture(params=ALL_FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def portal_of(family: str, era: int, seed: int = 7, articles: int = 26) -> SimulatedPortal:
    return Farm(seed, articles=articles, families=[family], eras=era, port=9000).portals[0]


def page(portal: SimulatedPortal, target: str) -> str:
    answer = portal.site.respond(target)
    assert answer.status == 200, target
    return answer.body.plain(portal.site.count).decode()


def target(portal: SimulatedPortal, url: str) -> str:
    return "/" + url.removeprefix(portal.url)


def unbalanced(text: str) -> list[str]:
    """The tags that close nothing, or are never closed, scripts and styles left out."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->|<!DOCTYPE[^>]*>", "", text, flags=re.DOTALL)
    open_tags: list[str] = []
    for closing, tag, rest in re.findall(r"<(/?)([a-zA-Z]\w*)((?:\"[^\"]*\"|[^>\"])*)>", text):
        if tag in VOID or rest.endswith("/"):
            continue
        if not closing:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            return [*open_tags, f"/{tag}"]
    return open_tags


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def text_of(tree: LexborHTMLParser) -> str:
    for node in tree.css("script, style"):
        node.decompose()
    return squeezed(tree.body.text(separator=" ")) if tree.body else ""


@pytest.mark.parametrize("era", ERAS)
def test_pages_are_well_formed_and_hold_the_truth(family: str, era: int) -> None:
    portal = portal_of(family, era)
    for article in portal.truth[:12]:
        source = page(portal, target(portal, article.url))
        assert unbalanced(source) == []
        shown = text_of(LexborHTMLParser(source))
        for line in (article.title, article.summary, *article.captions, article.author, article.source):
            assert squeezed(line) in shown
        for line in article.body.split("\n"):
            assert all(squeezed(cell) in shown for cell in line.split(" | "))
        for file in article.attachments:
            assert target(portal, unescape(file.url)) in unescape(source)
    for section in SECTIONS:
        assert unbalanced(page(portal, portal.site.section_path(section))) == []


@pytest.mark.parametrize("era", ERAS[1:])
def test_the_date_is_printed_as_exactly_as_it_was(family: str, era: int) -> None:
    portal = portal_of(family, era)
    own = draw(7, family, era)
    for article in portal.truth[:6]:
        shown = text_of(LexborHTMLParser(page(portal, target(portal, article.url))))
        if article.published and article.precision:
            assert FORMS[article.precision][own.date_forms[article.precision]](article.published) in shown
        else:
            assert not re.search(rf"{own.date_label or 'Đăng ngày'} \(?\d\d?[:/.-]\d\d", shown)


def test_layouts_differ_in_names_and_truth_stays(family: str) -> None:
    pages: dict[int, str] = {}
    classes: dict[int, frozenset[str]] = {}
    truths = []
    for era in ERAS:
        portal = portal_of(family, era)
        truths.append(portal.truth)
        pages[era] = page(portal, target(portal, portal.truth[3].url))
        names = re.findall(r'(?:class|id)="([^"]+)"', pages[era])
        classes[era] = frozenset(name for value in names for name in value.split())
    assert all(truth == truths[0] for truth in truths)
    assert len(set(pages.values())) == len(ERAS)
    for one in ERAS:
        for other in ERAS:
            shared = len(classes[one] & classes[other]) / len(classes[one] | classes[other])
            assert one == other or shared < 0.5, (one, other, classes[one] & classes[other])


def test_the_same_numbers_give_the_same_bytes(family: str) -> None:
    for era in (1, 5):
        one, two = portal_of(family, era), portal_of(family, era)
        where = target(one, one.truth[0].url)
        assert page(one, where) == page(two, where)
        assert draw(1, family, era) == draw(1, family, era)
    assert draw(1, family, 2) == draw(2, family, 2)
    assert draw(1, family, 3) != draw(2, family, 3)


def followed(portal: SimulatedPortal, section: str) -> set[str]:
    """The articles that the era's own pager leads to, by its words or its numbers."""
    layout = portal.site.layout
    assert layout is not None
    where, seen = portal.site.section_path(section), set[str]()
    for number in range(2, 12):
        tree = LexborHTMLParser(page(portal, where))
        seen |= {link.attributes["href"] or "" for link in tree.css(f"{spec(layout.era.names['item'])} a")}
        links = tree.css(f"{spec(layout.era.names['pager'])} a")
        after = [link for link in links if link.text() in {layout.era.next_word, str(number)}]
        if not after:
            return seen
        where = after[-1].attributes["href"] or ""
    raise AssertionError("the pager does not end")


def spec(name: str) -> str:
    return name.partition(" > ")[0]


@pytest.mark.parametrize("era", range(1, 6))
def test_pagers_lead_to_every_article(family: str, era: int) -> None:
    portal = portal_of(family, era, articles=70)
    layout = portal.site.layout
    assert layout is not None
    if layout.scripted:
        own = portal_of(family, 0, articles=70)
        assert len(page(portal, portal.site.section_path("reform"))) == pytest.approx(
            len(page(own, own.site.section_path("reform"))), rel=0.2
        )
        return
    for section in ("reform", "culture"):
        wanted = {portal.site.path(story) for story in portal.site.by_section[section]}
        assert {unescape(url) for url in followed(portal, section)} == wanted


def test_the_drawn_styles_all_occur() -> None:
    drawn = [draw(1, "vhv", number) for number in range(3, 160)]
    assert {era.pager for era in drawn} == {"links", "window", "next"}
    assert {era.address for era in drawn} == {"own", "page", "trang", "p", "path"}
    assert {era.files for era in drawn} == {"list", "table", "inline", "button", "viewer"}
    assert {era.names["title"].split(".")[0].split("#")[0] for era in drawn} >= {"h1", "h2", "div"}
    for choice in ("sapo_inside", "files_inside", "author_inside", "in_table", "side_first", "next_rel"):
        assert {getattr(era, choice) for era in drawn} == {True, False}
    positions = {era.order.index("date") < era.order.index("title") for era in drawn}
    below = {era.order.index("date") > era.order.index("body") for era in drawn}
    related = {era.order.index("related") > era.order.index("body") for era in drawn}
    assert positions == below == related == {True, False}
    assert set().union(*(era.structured for era in drawn)) == {"jsonld", "og", "published", "micro", "canonical"}
    for precision in (Precision.SECOND, Precision.MINUTE, Precision.DAY):
        assert len({era.date_forms[precision] for era in drawn}) == len(FORMS[precision])


def test_era_0_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="documented"):
        draw(1, "vhv", 0)


def test_one_portal_of_many_gets_another_layout_on_a_later_night() -> None:
    farm = Farm(1, articles=12, eras={"vhv": 2}, port=9000)
    assert [portal.site.era for portal in farm.portals if portal.site.era] == [2]
    portal = farm["nukeviet"]
    where, truth = target(portal, portal.truth[0].url), portal.truth
    before = page(portal, where)
    farm.relayout("nukeviet", 4)
    assert (portal.site.era, portal.truth) == (4, truth)
    assert page(portal, where) != before
    farm.relayout("nukeviet", 0)
    assert squeezed(re.sub(r"[\d.:]+", "", page(portal, where))) == squeezed(re.sub(r"[\d.:]+", "", before))


def test_what_is_not_well_formed_is_seen() -> None:
    assert unbalanced("<div><p>a<br></p></div>") == []
    assert unbalanced("<div><p>a</div>") == ["div", "/div"]
    assert unbalanced("<ul><li>a") == ["ul", "li"]


def test_elements() -> None:
    assert (
        element("div.a > h1#t", "x", micro="headline") == '<div class="a"><h1 id="t" itemprop="headline">x</h1></div>'
    )
    assert element("time.d", "x", datetime="") == '<time class="d">x</time>'
    with pytest.raises(ValueError, match=r"tag\.class#id"):
        element("no such thing", "x")
