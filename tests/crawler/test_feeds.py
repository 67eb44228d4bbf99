"""Sitemaps and feeds, with the faults they have on real portals."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Stated
from crawler.feeds import NotAFeed, read_feed, read_sitemap

URL = "https://a.gov.vn/sitemap.xml"
SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
)


def sitemap(*rows: str) -> bytes:
    return SITEMAP.format("".join(rows)).encode()


def row(path: str, more: str = "") -> str:
    return f"<url><loc> https://a.gov.vn{path}\n</loc>{more}</url>"


def rss(item: str) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{item}</channel></rss>'.encode()


def test_a_sitemap_with_dates() -> None:
    found = read_sitemap(sitemap(row("/1", "<lastmod>2024-11-30T08:11:00+07:00</lastmod>"), row("/2")), URL)
    assert [link.url for link in found.links] == ["https://a.gov.vn/1", "https://a.gov.vn/2"]
    assert found.links[0].stated == Stated("2024-11-30T08:11:00+07:00", "sitemap")
    assert found.links[1].stated is None
    assert found.children == []


def test_an_index_and_gzip() -> None:
    index = b'<sitemapindex xmlns="x"><sitemap><loc>/sitemap-vi.news.xml</loc></sitemap></sitemapindex>'
    assert read_sitemap(gzip.compress(index), URL).children == ["https://a.gov.vn/sitemap-vi.news.xml"]


def test_a_news_sitemap_says_title_and_publication() -> None:
    date = "<news:publication_date>2024-01-02</news:publication_date>"
    news = f"<news:news>{date}<news:title>Tin &amp; bài</news:title></news:news>"
    head = SITEMAP.replace("<urlset", '<urlset xmlns:news="n" xmlns:image="i"')
    image = "<image:image><image:title>Ảnh</image:title></image:image>"
    found = read_sitemap(head.format(row("/1", image + "<lastmod>2025-05-05</lastmod>" + news)).encode(), URL)
    assert found.links[0].title == "Tin & bài"
    assert found.links[0].stated == Stated("2024-01-02", "sitemap")


def test_frozen_dates_say_nothing() -> None:
    rows = [row(f"/{n}", "<lastmod>2026-01-01</lastmod>") for n in range(4)]
    assert {link.stated for link in read_sitemap(sitemap(*rows), URL).links} == {None}
    assert read_sitemap(sitemap(*rows[:3]), URL).links[0].stated is not None


def test_a_cut_sitemap_gives_what_it_has() -> None:
    whole = sitemap(row("/1"), row("/2"))
    assert [link.url for link in read_sitemap(whole[: whole.index(b"/2")], URL).links][:1] == ["https://a.gov.vn/1"]


def test_blank_lines_before_the_declaration() -> None:
    assert len(read_sitemap(b"\n \r\n" + sitemap(row("/1")), URL).links) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"plain words",
        b"<!DOCTYPE html><html><head><title>H\xc3\xa3y \xc4\x91\xe1\xbb\xa3i...</title></head><body>x</body></html>",
        b"<html><body><urlset></urlset></body></html>",
        b"<title>404</title><p>x",
        b"\x1f\x8b\x08\x00broken",
        b"<rss/>",
    ],
)
def test_anything_else_is_no_sitemap(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        read_sitemap(body, URL)


def test_rss_with_double_escaped_text() -> None:
    item = (
        "<item><title><![CDATA[Kế hoạch &#40;CCHC&#41; &amp; tin]]></title><link> /tin-1.html </link>"
        "<pubDate>Fri, 22 Nov 2024 07:11:54 GMT</pubDate>"
        '<description><![CDATA[&lt;img src="a.jpg"&gt;Ngày 21&#x002F;06, UBND &quot;huyện&quot;]]></description></item>'
    )
    (link,) = read_feed(rss(item), URL)
    assert link.url == "https://a.gov.vn/tin-1.html"
    assert link.title == "Kế hoạch (CCHC) & tin"
    assert link.summary == 'Ngày 21/06, UBND "huyện"'
    assert link.stated == Stated("Fri, 22 Nov 2024 07:11:54 GMT", "feed")


def test_a_malformed_date_is_left_as_printed() -> None:
    (link,) = read_feed(rss("<item><link>/a</link><pubDate>2024-04-30+0715:31:00</pubDate></item>"), URL)
    assert link.stated == Stated("2024-04-30+0715:31:00", "feed")


def test_a_guid_may_be_the_address_and_a_number_may_not() -> None:
    (link,) = read_feed(rss("<item><guid>https://a.gov.vn/b</guid></item><item><guid>news_1</guid></item>"), URL)
    assert link.url == "https://a.gov.vn/b"


def test_atom() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">A &amp;amp; B</title>'
        '<link rel="self" href="/self"/><link href="/x"/><updated>2024-02-02T00:00:00Z</updated>'
        "<published>2024-01-01T00:00:00Z</published><summary>S</summary></entry></feed>"
    )
    (link,) = read_feed(atom.encode(), URL)
    assert (link.url, link.title, link.summary) == ("https://a.gov.vn/x", "A & B", "S")
    assert link.stated == Stated("2024-01-01T00:00:00Z", "feed")


def test_rss_1_and_a_repeated_item() -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="r" xmlns="p" xmlns:dc="d"><item><link>/a</link><dc:date>2024-01-01</dc:date></item>'
        "<item><link>/a</link></item></rdf:RDF>"
    )
    assert [link.url for link in read_feed(rdf.encode(), URL)] == ["https://a.gov.vn/a"]


def test_html_in_place_of_a_feed() -> None:
    with pytest.raises(NotAFeed, match="feed was expected"):
        read_feed(b"<html><body><rss><channel><item><link>/a</link></item></channel></rss></body></html>", URL)


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "{}"><!ENTITY f SYSTEM "file:///etc/passwd">]>'.format("x" * 100)
    item = "<item><title>&a;&f;</title><link>/a</link></item>"
    body = b'<?xml version="1.0"?>' + bomb.encode() + rss(item).removeprefix(b'<?xml version="1.0"?>')
    (link,) = read_feed(body, URL)
    assert "x" * 10 not in link.title
    assert "root" not in link.title


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=100)
def test_rubbish_is_read_or_refused(noise: bytes, within: bool) -> None:
    body = rss("<item><link>/a</link></item>")[:60] + noise if within else noise
    for read in (read_feed, read_sitemap):
        with suppress(NotAFeed):
            read(body, URL)
