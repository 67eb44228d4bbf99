"""The recorded NukeViet portal, crawled from a file that says only where it is: what the archive must then hold.

Runs when shared/ stands beside the checkout. `pytest -s` prints the table of figures.
"""

import csv
import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

RECORDED = "http://127.0.0.1:8101"
CARD = """name = "Cổng TTĐT tỉnh Bình Trung"
url = "{url}"
level = "province"
province = "Quảng Nam"

[pace]
delay = 0.05
"""
CHROME = (
    "Tổng số điểm của bài viết",
    "Click để đánh giá",
    "Những tin mới hơn",
    "Những tin cũ hơn",
    "Lượt xem",
    "Theo dòng sự kiện",
)

csv.field_size_limit(10_000_000)


@dataclass
class Crawled:
    """Two nights over the portal: what they said, what was asked in the second, and the exports."""

    first: dict[str, Any]
    second: dict[str, Any]
    first_requests: list[tuple[str, str, int]]
    second_requests: list[tuple[str, str, int]]
    rows: list[dict[str, str]]
    default: list[dict[str, str]]


def export(desk: Any, name: str, *words: str) -> list[dict[str, str]]:
    desk.run("export", "--output", str(desk.folder / name), *words)
    with (desk.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_card(desk: Any, replay: Any) -> None:
    (desk.portals / "binh-trung.toml").write_text(CARD.format(url=replay.url), encoding="utf-8")


@pytest.fixture(scope="module")
def crawled(replayed: Any, make_desk: Callable[[str], Any]) -> Crawled:
    desk = make_desk("nukeviet")
    with replayed("nukeviet", desk.folder / "requests.log") as replay:
        write_card(desk, replay)
        first = desk.crawl("binh-trung")["binh-trung"]
        asked = replay.requests
        second = desk.crawl("binh-trung")["binh-trung"]
        again = replay.requests[len(asked) :]
    rows = export(desk, "all.csv", "--any-topic")
    return Crawled(first, second, asked, again, rows, export(desk, "default.csv"))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def gold(shared: Path) -> dict[str, dict[str, Any]]:
    """Path -> what was put into the portal."""
    return {path_of(one["url"]): one for one in read_jsonl(shared / "portals" / "nukeviet" / "gold.jsonl")}


@pytest.fixture(scope="module")
def reform(gold: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    chosen = {path: one for path, one in gold.items() if one["is_reform"]}
    assert len(chosen) == 40
    return chosen


def path_of(url: str) -> str:
    return urlsplit(url).path


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> Counter[str]:
    return Counter(nfc(text).split())


def f1(found: str, wanted: str) -> float:
    one, other = tokens(found), tokens(wanted)
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


def test_every_reform_article_is_archived_once(crawled: Crawled, reform: dict[str, Any]) -> None:
    archived = Counter(path_of(row["url"]) for row in crawled.rows)
    assert {path: archived[path] for path in reform} == dict.fromkeys(reform, 1)
    assert archived.total() == len(archived)
    assert crawled.first["outcome"] == "ok", crawled.first["reason"]
    assert crawled.first["new"] == len(crawled.rows)


def test_the_default_export_is_relevant(crawled: Crawled, reform: dict[str, Any]) -> None:
    exported = {path_of(row["url"]) for row in crawled.default}
    right = len(exported & reform.keys())
    assert right / len(exported) >= 0.95
    assert right / len(reform) >= 0.95


def test_titles_are_exact(crawled: Crawled, reform: dict[str, Any]) -> None:
    titles = {path_of(row["url"]): row["title"] for row in crawled.rows}
    assert {path: titles[path] for path in reform} == {path: nfc(one["title"]) for path, one in reform.items()}


def test_publication_is_the_sitemaps(crawled: Crawled, reform: dict[str, Any]) -> None:
    printed = {path_of(row["url"]): row["published_at"] for row in crawled.rows}
    assert {path: printed[path] for path in reform} == {path: one["published_at"] for path, one in reform.items()}


def test_bodies_are_whole_and_nothing_else(crawled: Crawled, reform: dict[str, Any]) -> None:
    bodies = {path_of(row["url"]): row["body"] for row in crawled.rows}
    scores = {path: f1(bodies[path], one["body_text"]) for path, one in reform.items()}
    assert sum(scores.values()) / len(scores) >= 0.99
    for path, one in reform.items():
        for words in CHROME:
            assert (words in bodies[path]) <= (words in nfc(one["body_text"])), f"{words!r} in {path}"


def test_no_body_holds_the_title_of_another_article(crawled: Crawled, gold: dict[str, Any]) -> None:
    titles = {nfc(one["title"]) for one in gold.values()}
    for row in crawled.rows:
        own = nfc(gold[path_of(row["url"])]["body_text"])
        lines = {line for line in row["body"].splitlines() if line in titles and line != row["title"]}
        assert {line for line in lines if line not in own} == set()


def test_attachments_are_found_with_their_text(crawled: Crawled, reform: dict[str, Any]) -> None:
    rows = {path_of(row["url"]): row for row in crawled.rows}
    for path, one in reform.items():
        found = {
            urlsplit(url)._replace(scheme="", netloc="").geturl()
            for url in rows[path]["attachments"].split("; ")
            if url
        }
        wanted = {file["url"].removeprefix(RECORDED) for file in one["attachments"]}
        assert found == wanted
        assert (int(rows[path]["attachment_text_chars"]) > 100 * len(wanted)) == bool(wanted)
    assert crawled.first["attachments"] == sum(len(one["attachments"]) for one in reform.values())


def test_traps_are_not_stored(crawled: Crawled, shared: Path) -> None:
    traps = {path_of(one["url"]) for one in read_jsonl(shared / "portals" / "nukeviet" / "traps.jsonl")}
    assert len(traps) == 4
    assert traps.isdisjoint(path_of(row["url"]) for row in crawled.rows)


def test_the_second_night_asks_for_lists_only(crawled: Crawled) -> None:
    assert crawled.second["outcome"] == "ok"
    assert (crawled.second["new"], crawled.second["revised"], crawled.second["attachments"]) == (0, 0, 0)
    paths = [path for _, path, _ in crawled.second_requests]
    assert "/robots.txt" in paths
    assert len(paths) == crawled.second["requests"]
    lists = ("/robots.txt", "/sitemap", "/vi/news/rss/", "/vi/news/cai-cach-hanh-chinh/")
    assert [path for path in paths if not path.startswith(lists) or path.endswith(".html")] == []


def test_a_flood_blocker_is_waited_out(replayed: Any, make_desk: Callable[[str], Any], reform: dict[str, Any]) -> None:
    desk = make_desk("flood")
    with replayed("nukeviet", desk.folder / "requests.log", "--flood", "40/5") as replay:
        write_card(desk, replay)
        run = desk.crawl("binh-trung")["binh-trung"]
        refused = [path for _, path, status in replay.requests if status == 429]
    assert refused, "the blocker never spoke, so this proves nothing"
    assert run["outcome"] == "ok", run["reason"]
    rows = export(desk, "all.csv", "--any-topic")
    assert {path_of(row["url"]) for row in rows} >= reform.keys()
    assert run["attachments"] == sum(len(one["attachments"]) for one in reform.values())


def test_print_the_figures(crawled: Crawled, reform: dict[str, Any], gold: dict[str, Any]) -> None:
    rows = {path_of(row["url"]): row for row in crawled.rows}
    exported = {path_of(row["url"]) for row in crawled.default}
    right = len(exported & reform.keys())
    scores = [f1(rows[path]["body"], one["body_text"]) for path, one in reform.items()]
    table = {
        "articles of the portal / about reform": f"{len(gold)} / {len(reform)}",
        "archived / in the default export": f"{len(rows)} / {len(exported)}",
        "relevance precision, recall": f"{right / len(exported):.3f}, {right / len(reform):.3f}",
        "titles exact": sum(rows[path]["title"] == nfc(one["title"]) for path, one in reform.items()),
        "publication exact": sum(rows[path]["published_at"] == one["published_at"] for path, one in reform.items()),
        "body token-F1 mean, least": f"{sum(scores) / len(scores):.4f}, {min(scores):.4f}",
        "attachments": crawled.first["attachments"],
        "requests first, second night": f"{crawled.first['requests']}, {crawled.second['requests']}",
        "seconds first, second night": f"{crawled.first['seconds']}, {crawled.second['seconds']}",
    }
    print("\n" + "\n".join(f"{name:<40}{value}" for name, value in table.items()))
    assert min(scores) > 0.9
