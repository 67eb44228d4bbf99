"""The five documents this project began with: crawled from their platforms' markup, exported, found."""

import csv
import html
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

PAGES = Path(__file__).resolve().parents[1] / "portals"
CARDS = Path(__file__).resolve().parents[2] / "config" / "portals"
SEEDS = {
    "que-son": "webcenter/que-son",
    "tam-quan": "vhv/tam-quan",
    "huong-son": "tandan/huong-son",
    "bao-dong-thap": "aspnews/dong-thap",
    "kon-tum": "liferay/kon-tum",
}
IN_THE_ADDRESS = {"huong-son": "2021-12-03"}
"""The gold was read from texts without addresses; TANDAN's addresses carry the day of publication."""
LISTING = "/cai-cach-hanh-chinh"


@contextmanager
def served(case: Path) -> Iterator[str]:
    """A portal of a reform listing, its home page too, and the seed's article under the article's own path."""
    told = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    parts = urlsplit(told["article"]["url"])
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    link = f'<li class="tin"><a href="{html.escape(path)}">{html.escape(told["article"]["title"])}</a></li>'
    page = f"<title>Cải cách hành chính</title><h1>Cải cách hành chính</h1><ul>{link}</ul><p>{'…' * 200}"
    pages = {"/": page.encode(), LISTING: page.encode(), path: (case / "page.html").read_bytes()}

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = f"http://127.0.0.1:{self.server.server_port}".encode()  # type: ignore[attr-defined]
            body = pages.get(self.path, b"")
            for host in (f"{parts.scheme}://{parts.hostname}:443", f"{parts.scheme}://{parts.hostname}"):
                body = body.replace(host.encode(), here)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def card(slug: str, url: str) -> str:
    """The shipped portal file with the address it is served at; the listing is plain, so its items are told."""
    text = next(CARDS.rglob(f"{slug}.toml")).read_text(encoding="utf-8")
    kept = [
        line
        for line in text.splitlines()
        if line.split(" ")[0] not in {"url", "family", "status", "reason", "successor"}
    ]
    own = [f'url = "{url}"', f'family = "{SEEDS[slug].split("/")[0]}"', f'listings = ["{LISTING}"]']
    return "\n".join([*kept, *own, "[pace]", "delay = 0", "[selectors]", 'item = "li.tin"', 'link = "a"'])


@pytest.fixture(scope="module")
def desk(make_desk: Any) -> Iterator[Any]:
    desk = make_desk("seeds")
    with ExitStack() as stack:
        for slug, case in SEEDS.items():
            url = stack.enter_context(served(PAGES / case))
            (desk.portals / f"{slug}.toml").write_text(card(slug, url), encoding="utf-8")
        runs = desk.crawl("--all")
        assert {slug: (run["outcome"], run["new"]) for slug, run in runs.items()} == dict.fromkeys(SEEDS, ("ok", 1))
        yield desk


@pytest.fixture(scope="module")
def rows(desk: Any) -> dict[str, dict[str, str]]:
    output = desk.folder / "seeds.csv"
    desk.run("export", "--output", str(output))
    with output.open(encoding="utf-8", newline="") as file:
        return {row["portal"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def gold(shared: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((shared / "seeds" / "gold.json").read_text(encoding="utf-8"))
    return dict(zip(SEEDS, told, strict=True))


@pytest.mark.parametrize("slug", SEEDS)
def test_the_exported_row_is_the_gold(slug: str, rows: dict[str, Any], gold: dict[str, Any]) -> None:
    row, true = rows[slug], gold[slug]
    for name in ("level", "province", "district", "commune", "province_now", "author"):
        assert row[name] == (true[name] or ""), name
    assert row["published_at"] == (true["published_at"] or IN_THE_ADDRESS.get(slug, ""))
    assert row["title"] == (true["title"] or row["title"])
    assert row["body"].startswith(true["body_starts"])
    assert row["body"].endswith(true["body_ends"])
    assert not [words for words in true["not_in_body"] if words in row["body"]]
    assert "caption" not in true or true["caption"] not in row["body"]


@pytest.mark.parametrize("slug", SEEDS)
def test_the_facts_are_the_gold(slug: str, rows: dict[str, Any], gold: dict[str, Any]) -> None:
    row, true = rows[slug], gold[slug]
    act = true["announced"]
    told = {
        "act_type": act["type"],
        "act_number": act["number"],
        "act_date": act["date"],
        "issuing_body": act["issuer"],
    }
    assert {name: row[name] for name in told} == {name: value or "" for name, value in told.items()}
    assert row["cited_acts"] == "; ".join(act["number"] for act in true["cited"])
    assert row["plan_year"] == str(true["plan_year"] or "")
    periods = zip(row["period_start"].split("; "), row["period_end"].split("; "), strict=True)
    assert [f"{first}-{last}" for first, last in periods if first] == [f"{a}-{b}" for a, b in true["periods"]]
    assert row["indicators"] == "; ".join(true["indices"])


def test_seed_004_names_all_seven_task_groups(rows: dict[str, Any]) -> None:
    assert len(rows["kon-tum"]["reform_areas"].split("; ")) == 7


@pytest.mark.parametrize(
    "words",
    [
        "ke hoach cai cach hanh chinh",
        "kế hoạch CCHC",
        "82/QĐ-UBND",
        "82 qd ubnd",
        "ke hoahc cai cach hanh chinh",
        "kế hoạch cải cách hành chínhh",
    ],
)
def test_the_que_son_seed_is_among_the_first_three(desk: Any, words: str) -> None:
    hits = json.loads(desk.run("search", words, "--json"))["hits"]
    assert "que-son" in [hit["portal"] for hit in hits[:3]]
