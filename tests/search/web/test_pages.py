"""Every page answers, says what it must, and nothing that crawled text wanted to say in markup."""

import re
import tomllib
import unicodedata
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

import search.web
from archive import queries
from archive.database import reading
from archive.days import Explained, State
from archive.filters import Filters
from archive.runs import Outcome
from config import vocabulary
from config.portal import Level
from config.settings import Settings
from search.web import pages

PAGES = (
    "/", "/?q=cai+cach", "/?q=khong-co-tu-nay", "/articles/1", "/articles/3", "/articles/4", "/articles/1/revisions",
    "/acts/83/Q%C4%90-UBND", "/acts/83 qd ubnd", "/portals", "/portals/queson", "/coverage", "/about", "/api/docs",
)  # fmt: skip
LIMIT = 100_000


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_in_both_languages(client: TestClient, path: str, lang: str) -> None:
    client.cookies.clear()
    answer = client.get(path, params={**dict(parse_qsl(urlsplit(path).query)), "lang": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert len(answer.content) < LIMIT
    assert "<script>" not in answer.text
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", answer.text)


def test_the_language_is_remembered_and_said_in_links(client: TestClient) -> None:
    client.cookies.clear()
    english = client.get("/", params={"lang": "en"})
    assert "Search" in english.text
    assert 'href="/portals?lang=en"' in english.text
    assert '<html lang="en">' in client.get("/about").text
    assert '<html lang="vi">' in client.get("/about", params={"lang": "vi"}).text
    client.cookies.clear()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/99999", 404),
        ("/articles/0", 404),
        ("/articles/abc", 404),
        ("/articles/5", 410),
        ("/articles/5/revisions", 410),
        ("/acts/id/99999", 404),
        ("/acts/999 qd ubnd", 404),
        ("/portals/nobody", 404),
        ("/nowhere", 404),
        ("/?year=abc", 400),
        ("/?mode=best", 400),
        ("/?from=2024-13-01", 400),
        ("/?cursor=-1", 400),
        ("/export.xls", 404),
        ("/static/../desk.py", 404),
        ("/static/000000000000/desk.css", 404),
        ("/static/000000000000/..%2Fdesk.py", 404),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert "<h1>" in answer.text


def test_the_withheld_article_is_nowhere(client: TestClient) -> None:
    for path in ("/?q=%22bị+gỡ%22", "/feed.atom", "/export.csv", "/api/articles?limit=100"):
        assert "hành chính bị gỡ" not in client.get(path).text
    assert client.get("/api/articles/5").status_code == 410


def test_facets_narrow_and_chips_widen(client: TestClient, shown: Settings) -> None:
    page = client.get("/?q=cai+cach").text
    narrowed = re.search(r'href="(/\?q=cai\+cach&amp;portal=tamky)"', page)
    assert narrowed
    inside = client.get(narrowed[1].replace("&amp;", "&")).text
    assert ">1 bài<" in inside
    assert 'href="/?q=cai+cach"' in inside
    with reading(shown) as session:
        all_of_them = queries.count(session, Filters())
    assert f"{all_of_them} bài" in client.get("/").text


@pytest.mark.parametrize(
    ("lang", "offered", "chip"),
    [
        ("vi", "Sửa sau khi đăng: nội dung", "Sửa sau khi đăng: <b>nội dung</b>"),
        ("en", "Edited after publication: substantive", "Edited after publication: <b>substantive</b>"),
    ],
)
def test_what_became_of_articles_is_offered_and_said(client: TestClient, lang: str, offered: str, chip: str) -> None:
    page = client.get(f"/?lang={lang}").text
    assert offered in page
    edited = client.get(f"/?edited=substantive&lang={lang}").text
    client.cookies.clear()
    assert 'href="/articles/1' in edited
    assert 'href="/articles/3' not in edited
    assert chip in " ".join(edited.split())


def test_what_was_sought_is_marked_and_its_place_named(client: TestClient) -> None:
    page = client.get("/?q=phu+luc+xep+hang").text
    assert "<mark>Phụ lục xếp hạng</mark>" in page
    assert "Kế hoạch &lt;b&gt;đính kèm&lt;/b&gt;.pdf" in page
    assert "trong tệp" in page
    assert "<mark>" in client.get("/articles/3?q=xep+hang").text


def test_an_article_is_shown_as_published(client: TestClient) -> None:
    page = client.get("/articles/3").text
    assert "<li>nhất: Quế Sơn</li>" in page
    assert "<td>Quế Sơn</td><td>92,5</td>" in page
    assert "Phụ lục xếp hạng các phòng ban" in page
    assert 'rel="noopener noreferrer nofollow external"' in page


def test_an_article_names_the_rule_that_read_each_field(client: TestClient) -> None:
    page = client.get("/articles/4").text
    assert "Quy tắc đọc từng trường" in page
    assert "<li>title: <code>h1.title</code></li>" in page
    assert "Quy tắc đọc từng trường" not in client.get("/articles/3").text


def test_revisions_show_words_that_changed(client: TestClient) -> None:
    history = client.get("/articles/1/revisions").text
    assert "<del>82/QĐ-UBND</del>" in history
    assert "<ins>83/QĐ-UBND</ins>" in history
    assert "khác nội dung" in history
    first = client.get("/articles/1/revisions?a=1&b=2").text
    assert "<del>trên</del>" in first
    assert "<ins>tại</ins>" in first


def test_copies_name_the_first_publisher(client: TestClient) -> None:
    page = client.get("/articles/2").text
    assert "Bài giống nhau" in page
    assert 'href="/articles/1"' in page
    assert "đăng đầu tiên" in page


def test_an_act_leads_to_the_articles_that_name_it(client: TestClient) -> None:
    page = client.get("/acts/83/QĐ-UBND").text
    assert "Được công bố trong" in page
    assert 'href="/articles/1"' in page
    number = re.search(r"/acts/id/(\d+)", page)
    assert number
    assert client.get(number[0]).status_code == 200


def test_pages_follow_one_another(client: TestClient) -> None:
    seen: list[str] = []
    path = "/?q=hoi+nghi&amp;sort=newest"
    while path:
        page = client.get(path.replace("&amp;", "&")).text
        seen += re.findall(r'<h3 lang="vi"><a href="/articles/(\d+)', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1] if following else ""
    assert len(seen) == len(set(seen)) == 30


def test_an_export_has_its_count_beside_it(client: TestClient) -> None:
    page = client.get("/?q=hoi+nghi").text
    assert "(30 dòng)" in page
    assert 'href="/export.csv?q=hoi+nghi"' in page


def test_every_word_of_the_pages_is_written_in_both_languages() -> None:
    """And every word that a template or the code asks for is there."""
    folder = Path(search.web.__file__).parent
    table = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    assert all(len(both) == 2 and all(both) for both in table.values())
    assert all(unicodedata.is_normalized("NFC", text) for both in table.values() for text in both)
    sources = [path.read_text("utf-8") for path in (*folder.glob("*.py"), *folder.glob("templates/*"))]
    asked = {name for text in sources for name in re.findall(r"""\bw\(['"](\w+)['"][,)]""", text)}
    assert asked <= set(table)
    for states, prefix in ((State, "outcome"), (Outcome, "outcome"), (Explained, "explained"), (Level, "level")):
        assert {f"{prefix}_{one.value}" for one in states} <= set(table)
    assert {f"kind_{name}" for name in vocabulary.kinds()} <= set(table)


def test_portals_are_found_by_name_place_and_state_and_turned_by_the_page(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/portals").text
    slugs = re.findall(r'<th scope="row"[^>]*><a href="/portals/([^"?]+)"', whole)
    assert len(slugs) > 1
    monkeypatch.setattr(pages, "PORTALS", 1)
    first = client.get("/portals").text
    assert slugs[0] in first
    assert f"/portals/{slugs[1]}" not in first
    assert 'rel="next"' in first
    assert f"/portals/{slugs[1]}" in client.get("/portals?cursor=1").text
    assert "/portals/queson" in client.get("/portals?q=QUE+son").text
    assert "/portals/queson" not in client.get("/portals?q=que+son+nobody").text
