"""The habits of WordPress, Drupal, Joomla, DNN and newspapers' systems, as PORTALS.md 1.10 and 1.11 tell of them."""

import json
import re
from urllib.parse import urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.farm import Farm, SimulatedPortal

FAMILIES = ("wordpress", "drupal", "joomla", "dnn", "onecms", "epi", "aid")
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def farm() -> Farm:
    return Farm(5, articles=60, families=FAMILIES, portals=14)


def ask(portal: SimulatedPortal, target: str, form: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
    if form is None:
        answer = portal.site.respond(target)
    else:
        answer = portal.site.respond(target, "POST", FORM, urlencode(form).encode())
    return answer.status, answer.body.plain(portal.site.count).decode(), dict(answer.headers)


def both(farm: Farm, family: str) -> list[SimulatedPortal]:
    return [portal for portal in farm.portals if portal.family == family]


def path(portal: SimulatedPortal, number: int = 0) -> str:
    return "/" + portal.truth[number].url.removeprefix(portal.url)


def main(html: str) -> str:
    """A page without its side column."""
    return html.split('<div class="side-column"', maxsplit=1)[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_article_and_every_file_is_there_and_nothing_else(farm: Farm, family: str) -> None:
    for portal in both(farm, family):
        for article in portal.truth[::6]:
            status, html, _ = ask(portal, "/" + article.url.removeprefix(portal.url))
            assert status == 200
            assert article.body.split("\n")[-1][:40] in LexborHTMLParser(html).body.text()
            for file in article.attachments[:1]:
                answer = portal.site.respond("/" + file.url.removeprefix(portal.url))
                assert answer.body.plain(portal.site.count)[:4] in {b"%PDF", b"PK\x03\x04"}
        assert ask(portal, "/khong-co-bai-nay")[0] == 404


@pytest.mark.parametrize("family", FAMILIES)
def test_lists_hold_every_article_of_their_section_once(farm: Farm, family: str) -> None:
    """DNN's first kind is turned by form: the test below."""
    for portal in both(farm, family)[family == "dnn" :]:
        site = portal.site
        pages = site.slice("reform", 1)[1]
        assert pages > 1
        shown = [ask(portal, site.section_path("reform", number))[1] for number in range(1, pages + 1)]
        for story in site.by_section["reform"]:
            holding = [html for html in shown if f'href="{site.path(story)}"' in main(html)]
            assert len(holding) == 1, story.title


def test_dnn_turns_its_pages_only_for_a_form_it_knows(farm: Farm) -> None:
    portal = next(one for one in both(farm, "dnn") if one.site.variant == 0)
    address = portal.site.section_path("reform")
    _, html, _ = ask(portal, address)
    tree = LexborHTMLParser(html)
    hidden = {n.attributes["name"] or "": n.attributes.get("value") or "" for n in tree.css("#Form input[type=hidden]")}
    (event,) = set(re.findall(r"__doPostBack\('([^']+)'", html))
    turn = {**hidden, "__EVENTTARGET": event, "__EVENTARGUMENT": "2"}
    second = ask(portal, address, turn)[1]
    wanted = portal.site.slice("reform", 2)[0]
    assert all(portal.site.path(story) in second for story in wanted)
    assert "[2]" in second
    assert ask(portal, address, {**turn, "__VIEWSTATE": "/wEsomethingelse"})[1].count("[1]") == 1
    assert ask(portal, address, {"__EVENTTARGET": event, "__EVENTARGUMENT": "2"})[0] == 500
    assert ask(portal, path(portal).lower())[0] == 200


def test_wordpress_answers_rest_and_guesses(farm: Farm) -> None:
    for portal in both(farm, "wordpress"):
        newest = portal.truth[0]
        status, text, headers = ask(portal, "/wp-json/wp/v2/posts?per_page=25&page=1")
        posts = json.loads(text)
        assert (status, headers["X-WP-Total"], headers["X-WP-TotalPages"]) == (200, "60", "3")
        assert posts[0]["link"] == newest.url
        assert newest.published
        assert posts[0]["date"] == newest.published.replace(tzinfo=None).isoformat()
        assert ask(portal, "/wp-json/wp/v2/posts?per_page=25&page=4")[0] == 400
        assert "<content:encoded>" in ask(portal, "/feed/")[1]
        guessed = re.sub(r"(/\d{4}/\d\d/)([a-z0-9-]{12,})(-[a-z0-9]+)(\.html|/)$", r"\1\2\4", path(portal))
        assert ask(portal, guessed)[2]["Location"] == newest.url
    by_hand, dated = both(farm, "wordpress")
    assert "Đăng ngày: " in ask(by_hand, path(by_hand))[1]
    assert 'class="entry-date published" datetime="' in ask(dated, path(dated))[1]


def test_drupal_answers_under_number_and_name(farm: Farm) -> None:
    numbered, spoken = both(farm, "drupal")
    assert re.fullmatch(r"/node/\d+", path(numbered))
    _, html, _ = ask(spoken, path(spoken))
    node = re.search(r'rel="shortlink" href="(/node/\d+)"', html)
    assert node
    assert f'rel="canonical" href="{spoken.truth[0].url}"' in ask(spoken, node[1])[1]
    assert "?page=1" in ask(numbered, numbered.site.section_path("reform"))[1]


def test_joomla_drops_letters_and_takes_any_slug(farm: Farm) -> None:
    portal = both(farm, "joomla")[0]
    assert portal.site.section_path("reform", 3) == "/index.php/c-i-cach-hanh-chinh?start=20"
    wrong = re.sub(r"(/\d+-).*$", r"\1khac", path(portal))
    assert portal.truth[0].title in ask(portal, wrong)[1]
    assert "<rss" in ask(portal, portal.site.section_path("reform") + "?format=feed&type=rss")[1]
    assert 'class="site com_content"' not in ask(portal, path(portal) + "?tmpl=component&print=1")[1]


def test_newspapers_name_themselves_and_the_moment(farm: Farm) -> None:
    for family in ("onecms", "epi", "aid"):
        portal = both(farm, family)[0]
        assert 'level = "newspaper"' in portal.toml
    onecms = both(farm, "onecms")[0]
    assert f"<p>({onecms.site.mark}) - {onecms.truth[0].body[:20]}" in ask(onecms, path(onecms))[1]
    precise, plain = both(farm, "aid")
    assert re.search(r"Cập nhật: \d\d-\d\d-\d{4} \| \d\d:\d\d:\d\d<", ask(precise, path(precise))[1])
    assert re.search(r"Cập nhật: \d\d-\d\d-\d{4} \| \d\d:\d\d<", ask(plain, path(plain))[1])
