"""Hostile text, crawled from a portal as any other, stays text in pages, feeds, exports and JSON."""

import json
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from config.settings import Settings
from search.web.app import application

SCRIPT = "<script>alert('cchc')</script>"
HANDLER = "<img src=x onerror=alert('cchc')>"
BREAK = "\"'><svg/onload=alert('cchc')>"
PAYLOADS = (SCRIPT, HANDLER, BREAK, "</title></style></textarea>", "{{ 7 * 7 }}", "javascript:alert('cchc')", "]]>")
TEXT = "UBND xã ban hành Quyết định số 82/QĐ-UBND ngày 14/02/2024 về kế hoạch cải cách hành chính năm 2024. " * 4


def story(number: int) -> str:
    """An article's page: every field says something hostile, escaped as an honest CMS escapes it."""
    payload = PAYLOADS[number]
    said = escape(payload)
    data = {
        "@type": "NewsArticle",
        "headline": f"Cải cách hành chính {payload}",
        "datePublished": "2024-02-15T08:30+07:00",
    }
    told = json.dumps({"@context": "https://schema.org", **data, "author": {"name": payload}}).replace("</", "<\\/")
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>Cải cách hành chính {said}</title>"
        f'<script type="application/ld+json">{told}</script></head><body><header><a href="/">Trang chủ</a></header>'
        f"<article><h1>Cải cách hành chính {said}</h1><p>{TEXT}</p><p>{said}</p>"
        f'<table><tr><td>{said}</td><td>1</td></tr></table><p>Tệp: <a href="/tep-{number}.pdf">{said}.pdf</a> '
        '<a href="javascript:alert(1)">xem</a></p></article>'
        "</body></html>"
    )


class Hostile(BaseHTTPRequestHandler):
    """One listing and its articles."""

    def do_GET(self) -> None:
        names = [
            f"/cai-cach-hanh-chinh/ke-hoach-cai-cach-hanh-chinh-{4100 + number}.html" for number in range(len(PAYLOADS))
        ]
        links = "".join(
            f'<li><a href="{name}">Kế hoạch cải cách hành chính {n}</a></li>' for n, name in enumerate(names)
        )
        menu = '<nav><a href="/cai-cach-hanh-chinh">Cải cách hành chính</a></nav>'
        pages = {"/": f"<html><body>{menu}<ul>{links}</ul></body></html>"}
        pages["/cai-cach-hanh-chinh"] = f"<html><body><h1>Cải cách hành chính</h1><ul>{links}</ul></body></html>"
        pages |= {name: story(number) for number, name in enumerate(names)}
        found = pages.get(self.path)
        body = (found or "không có").encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@pytest.fixture
def hostile() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_what_a_hostile_portal_says_runs_nowhere(desk: Any, hostile: str) -> None:
    lines = ['name = "Cổng </title><script>alert(1)</script>"', f'url = "{hostile}"', 'level = "province"']
    lines += [
        'province = "Quảng Nam"',
        'family = "generic"',
        'listings = ["/cai-cach-hanh-chinh"]',
        "[pace]",
        "delay = 0",
    ]
    (desk.portals / "thu-doc.toml").write_text("\n".join(lines), encoding="utf-8")
    run = desk.crawl("thu-doc")["thu-doc"]
    assert run["new"] == len(PAYLOADS)
    settings = Settings(data=desk.data)
    with TestClient(application(settings)) as client:
        found = client.get("/api/articles?limit=50").json()
        assert found["total"] == len(PAYLOADS)
        paths = ["/", "/?q=cai+cach", "/portals", "/portals/thu-doc", "/coverage", "/acts/82/QĐ-UBND"]
        paths += [f"/articles/{hit['id']}" for hit in found["hits"]]
        paths += [f"/articles/{hit['id']}/revisions" for hit in found["hits"]]
        for path in paths:
            tree = etree.HTML(client.get(path).text)
            assert [one.get("src", "").split("/")[1] for one in tree.iter("script")] == ["static"], path
            assert not [one for one in tree.iter("img", "svg") if one.get("onerror") or one.get("onload")], path
            handlers = [name for one in tree.iter() for name in one.attrib if name.startswith("on")]
            assert handlers == [], path
            assert not [one for one in tree.iter("a") if one.get("href", "").startswith("javascript")], path
            assert "49" not in "".join(tree.xpath("//h1//text()")), path
        feed = etree.fromstring(client.get("/feed.atom").content)
        assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) >= 1
        for hit in found["hits"]:
            assert "<" not in hit["snippet"].replace("<mark>", "").replace("</mark>", "")
