"""A changed layout is repaired: selectors learnt from half of the known articles read the other half."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from archive.dates import VIETNAM
from caicach import app
from config.portal import load
from config.settings import Settings
from crawler.families import family
from crawler.farm import Farm
from crawler.page import Page
from crawler.repair import ENOUGH, judge, propose
from crawler.repair_nodes import Known, Sample, alike, selectors
from crawler.run import Fleet, crawl

NOW = datetime(2026, 11, 22, tzinfo=VIETNAM)
SOME = ("vhv", "drupal", "tandan", "aspnews")


def samples(key: str, era: int, count: int = 12) -> list[Sample]:
    """Known articles of a farm's portal beside their pages in another layout."""
    farm = Farm(11, families=(key,), articles=count, port=9000)
    portal = farm.portals[0]
    farm.relayout(portal.slug, era)
    pairs = []
    for truth in portal.truth[:count]:
        answer = portal.site.respond("/" + truth.url.removeprefix(portal.url))
        page = Page(truth.url, answer.body.plain(portal.site.count), content_type=answer.type)
        pairs.append(Sample(page, Known(truth.url, truth.title, truth.body, truth.summary, truth.published)))
    return pairs


@pytest.mark.parametrize("key", SOME)
def test_new_selectors_read_pages_they_were_not_learnt_from(key: str) -> None:
    pairs = samples(key, 7)
    found = propose(pairs, lambda own: family(key, own), NOW)
    assert found.passes, (found.selectors, found.proof)
    assert not any(one.right for one in found.before)
    assert {"title", "body"} <= set(found.selectors)
    assert (found.learnt, len(found.proof)) == (6, 6)
    assert not {one.url for one in found.proof} & {one.known.url for one in pairs[::2]}


def test_a_page_of_something_else_proves_nothing() -> None:
    """The pages show other articles than the archive knows: nothing is proposed that passes."""
    pairs = samples("vhv", 7)
    others = [Sample(one.page, two.known) for one, two in zip(pairs, pairs[1:] + pairs[:1], strict=True)]
    found = propose(others, lambda own: family("vhv", own), NOW)
    assert not found.passes
    assert found.missing == ["title", "date", "body"]


def test_a_proposal_that_reads_four_in_five_does_not_pass() -> None:
    pairs = samples("vhv", 7, 20)
    odd = [
        Sample(one.page, Known(one.known.url, "Tiêu đề khác", one.known.body)) if number in {1, 3} else one
        for number, one in enumerate(pairs)
    ]
    found = propose(odd, lambda own: family("vhv", own), NOW)
    right = sum(one.right for one in found.proof) / len(found.proof)
    assert 0.7 < right < ENOUGH
    assert not found.passes


def test_what_the_portal_says_of_other_fields_is_kept() -> None:
    pairs = samples("vhv", 7)
    found = propose(pairs, lambda own: family("vhv", own), NOW, {"item": ".tin", "title": ".gone"})
    assert found.selectors["item"] == ".tin"
    assert found.selectors["title"] != ".gone"


def test_selectors_go_from_the_node_to_what_holds_it() -> None:
    page = Page("http://x/", b'<div id=post-1234 class="entry 9"><p itemprop=name id=tieu-de class="t u">x</p></div>')
    (node,) = page.css("p")
    found = list(selectors(node))
    assert found[:5] == ["#tieu-de", "p[itemprop=name]", "p.t", "p.u", "p.t.u"]
    assert "div.entry > p" in found
    assert not [one for one in found if ".9" in one]


def test_names_made_for_one_article_are_no_selectors() -> None:
    def page(number: int) -> Sample:
        text = f"Nội dung của bài số {number} nói về việc cải cách. " * 9
        title = f"Bài số {number} về cải cách"
        html = f"<body><h1 id=t{number}>{title}</h1><div class=x><div id=post-{number}>{text}</div></div>"
        known = Known(f"http://127.0.0.1/tin/bai-{number}.html", title, text)
        return Sample(Page(known.url, html.encode()), known)

    found = propose([page(number) for number in range(100, 108)], lambda own: family("generic", own), NOW)
    assert found.passes
    assert (found.selectors["title"], "post" in found.selectors["body"]) == ("h1", False)


def test_an_office_may_correct_a_word_and_not_the_text() -> None:
    known = Known("u", "t", "một hai ba bốn năm " * 10, "tóm tắt")
    assert alike("một hai ba bốn năm " * 10, known) == 1
    assert alike("tóm tắt " + "một hai ba bốn năm " * 10, known) == 1
    assert alike("một hai " * 10, known) < 0.7


def test_a_date_is_judged_by_its_day() -> None:
    (one,) = samples("vhv", 0, 1)
    wrong = Sample(one.page, Known(one.known.url, one.known.title, one.known.body, published=date(2001, 1, 1)))
    reader = family("vhv")
    assert judge(one, reader, NOW).date
    assert not judge(wrong, reader, NOW).date


@dataclass
class Changed:
    """A portal that was crawled, and then got another layout."""

    settings: Settings
    farm: Farm
    slug: str


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changed]:
    folder = tmp_path_factory.mktemp("repair")
    settings = Settings(data=folder / "data", portals=folder / "p", allow_private=True, contact="tests@localhost")
    with Farm(13, articles=12, copies=0, families=("tandan",)) as farm:
        farm.write_portals(settings.portals)
        crawl(Fleet(list(load(settings.portals).values()), settings))
        slug = farm.portals[0].slug
        farm.relayout(slug, 9)
        yield Changed(settings, farm, slug)


def run(changed: Changed, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    for name in ("data", "portals", "contact"):
        monkeypatch.setenv(f"CAICACH_{name.upper()}", str(getattr(changed.settings, name)))
    monkeypatch.setenv("CAICACH_ALLOW_PRIVATE", "1")
    return CliRunner().invoke(app, ["portals", "repair", changed.slug, *words])


def test_the_command_prints_a_table_that_the_portals_file_takes(
    changed: Changed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = run(changed, monkeypatch, "--record", str(tmp_path / "cases"))
    assert done.exit_code == 0, done.output
    table = tomllib.loads(done.stdout.partition("\n\n")[0])["selectors"]
    family("tandan", table)
    assert "It passes" in done.stderr
    assert f"Era(None, {json.dumps(table, ensure_ascii=False)})," in done.stdout
    for case in ("article-1-repaired", "article-2-repaired"):
        expected = json.loads((tmp_path / "cases" / case / "expected.json").read_text(encoding="utf-8"))
        titles = {truth.title for truth in changed.farm[changed.slug].truth}
        assert expected["article"]["title"] in titles
        assert (tmp_path / "cases" / case / "page.html").stat().st_size > 500


def test_as_json_it_says_how_it_was_proven(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    said = json.loads(run(changed, monkeypatch, "--json").stdout)
    assert said["passes"]
    assert said["right"] == said["held_out"] > 3
    assert said["before"] == 0
    assert said["archived"] == said["captures"] == said["held_out"] + said["learnt"]


def test_a_portal_without_an_archive_is_one_line(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Changed(
        changed.settings.model_copy(update={"data": changed.settings.data / "none"}), changed.farm, changed.slug
    )
    done = run(other, monkeypatch)
    assert "no archive in" in str(done.exception)
