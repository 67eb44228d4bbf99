"""A probe is as polite as a crawl: robots.txt, own host, no address twice, and it says what it met."""

from typing import Any

import pytest

from config.errors import UserError
from config.settings import Settings
from crawler.probe import probe
from crawler.probe_draft import Said
from tests.crawler.conftest import plain

ALLOWED = Settings(allow_private=True)
HOME = "<html><head><title>{}</title></head><body>{}</body></html>"


def html(body: str, title: str = "Cổng thông tin điện tử huyện Quế Sơn") -> Any:
    return plain(HOME.format(title, body).encode())


def test_a_home_page_that_leads_elsewhere_is_told(faulty: Any, other: Any) -> None:
    faulty.paths["/"] = plain(b"", "301 Moved Permanently", Location=other.url)
    with pytest.raises(UserError, match=r"leads to another host, 127\.0\.0\.2:\d+: probe that one"):
        probe(faulty.url, ALLOWED, Said())
    assert other.asked == []


def test_a_robots_txt_is_obeyed(faulty: Any) -> None:
    faulty.paths["/robots.txt"] = plain(b"User-agent: *\nDisallow: /", Content_Type="text/plain")
    with pytest.raises(UserError, match=r"robots\.txt disallows /"):
        probe(faulty.url, ALLOWED, Said())
    assert faulty.asked == ["/robots.txt"]


def test_a_robots_txt_that_cannot_be_read_means_later(faulty: Any) -> None:
    faulty.paths["/robots.txt"] = plain(b"", "503 Service Unavailable", Retry_After="600")
    with pytest.raises(UserError, match=r"robots\.txt answers 503; nothing more is asked"):
        probe(faulty.url, ALLOWED, Said())
    assert "/" not in faulty.asked


def test_a_challenge_is_told_and_nothing_is_guessed_from_it(faulty: Any) -> None:
    faulty.paths["/"] = plain(
        b"<html><head><title>Just a moment...</title></head><body><script>1</script></body></html>"
    )
    with pytest.raises(UserError, match="challenge"):
        probe(faulty.url, ALLOWED, Said())


def test_a_portal_with_nothing_to_read_still_gets_a_draft(faulty: Any) -> None:
    faulty.paths["/"] = html("<p>Xin chào</p>")
    found = probe(faulty.url, ALLOWED, Said())
    assert (found.family, found.sources, found.articles) == ("generic", [], [])
    assert any("/sitemap.xml: status 404" in line for line in found.tried)
    assert 'district = "Quế Sơn"' in found.draft.text


def test_a_person_knows_better(faulty: Any) -> None:
    faulty.paths["/"] = html("<p>Xin chào</p>", "Trang chủ")
    assert probe(faulty.url, ALLOWED, Said()).draft.unsure == ("level",)
    said = Said(slug="moi", name="Cổng mới", level="commune", province="Hà Tĩnh", commune="Sơn Lĩnh")
    draft = probe(faulty.url, ALLOWED, said).draft
    assert (draft.slug, draft.folder, draft.unsure) == ("moi", "ha-tinh", ())
    assert 'name     = "Cổng mới"' in draft.text
    assert 'commune  = "Sơn Lĩnh"' in draft.text


def test_no_address_is_asked_twice(faulty: Any) -> None:
    faulty.paths["/"] = html(
        '<a href="/cchc">CCHC</a><a href="/cchc">Cải cách hành chính</a><a href="/so-do">Sơ đồ cổng</a>'
    )
    faulty.paths["/cchc"] = html("<h1>CCHC</h1>")
    probe(faulty.url, ALLOWED, Said())
    assert len(faulty.asked) == len(set(faulty.asked))
