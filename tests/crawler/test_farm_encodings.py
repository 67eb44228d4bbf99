"""Pages in every encoding portals have: as bytes what they should be, and read right."""

import gzip
import unicodedata

import pytest

from crawler import families
from crawler.family import Family
from crawler.farm import Farm, SimulatedPortal
from crawler.farm.encodings import ENCODINGS
from crawler.farm.server import render
from crawler.page import Page

FAMILIES = ("nukeviet", "aspnews", "generic")
SMALL = ("tcvn3", "tcvn3-in-utf-8")  # letters with marks have no case there: another font made them capitals


@pytest.fixture(params=ENCODINGS)
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=FAMILIES)
def portal(request: pytest.FixtureRequest, encoding: str) -> SimulatedPortal:
    return Farm(9, articles=12, families=[request.param], encodings=encoding).portals[0]


def page(portal: SimulatedPortal, url: str) -> Page:
    answer = portal.site.respond("/" + url.removeprefix(portal.url))
    return Page(url, answer.body.plain(portal.site.count), content_type=answer.type)


def reader(portal: SimulatedPortal) -> Family:
    assert families.keys()
    return Family.known[portal.family]()


def plain(text: str, encoding: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text.casefold() if encoding in SMALL else text


def test_articles_are_read_right(portal: SimulatedPortal, encoding: str) -> None:
    family = reader(portal)
    for truth in portal.truth:
        article = family.read(page(portal, truth.url))
        assert plain(article.title, encoding) == plain(truth.title, encoding)
        read = plain(article.body, encoding)
        lost = [line for line in truth.body.split("\n") if plain(line, encoding) not in read and " | " not in line]
        assert lost == []
        assert len(read.split()) < 1.2 * len(truth.body.split()) + 30


def test_listings_name_the_articles(portal: SimulatedPortal, encoding: str) -> None:
    where = portal.site.absolute(portal.site.section_path("reform"))
    titles = {plain(link.title, encoding) for link in reader(portal).links(page(portal, where))}
    assert titles >= {plain(a.title, encoding) for a in portal.truth if a.listed}


def test_bytes_are_what_the_name_says(portal: SimulatedPortal, encoding: str) -> None:
    got = page(portal, portal.truth[0].url)
    is_utf8 = encoding in {"utf-8", "undeclared", "nfd", "tcvn3-in-utf-8"}
    if is_utf8:
        text = got.body.decode()
        assert unicodedata.is_normalized("NFC", text) == (encoding != "nfd" and portal.truth[0].oddity != "nfd")
    elif encoding == "utf-16":
        assert got.body.startswith(b"\xff\xfe")
        assert "<html" in got.body.decode("utf-16")
    else:
        with pytest.raises(UnicodeDecodeError):
            got.body.decode()
    assert ("charset" in got.content_type) == (encoding in {"utf-8", "nfd", "tcvn3-in-utf-8"})
    assert (b"utf-8" in got.body[:400]) == (encoding in {"utf-8", "nfd", "tcvn3-in-utf-8"})


def test_gzip_holds_the_same_bytes_and_counters_are_encoded_too(portal: SimulatedPortal) -> None:
    answer = portal.site.respond("/" if portal.family == "generic" else portal.site.section_path("reform"))
    _, packed = render(portal.site, answer, "GET", {"accept-encoding": "gzip"})
    _, straight = render(portal.site, answer, "GET", {})
    assert gzip.decompress(packed) == straight
    portal.site.requests += 1
    assert render(portal.site, answer, "GET", {})[1] != straight


def test_feeds_and_sitemaps_stay_unicode() -> None:
    portal = Farm(9, articles=8, families=["nukeviet"], encodings={"nukeviet": "tcvn3"}).portals[0]
    answer = portal.site.respond("/vi/news/rss/")
    assert portal.truth[0].title in answer.body.plain(portal.site.count).decode()


@pytest.mark.parametrize(
    "letter", "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
)
def test_every_letter_survives_windows_1258(letter: str) -> None:
    for one in (letter, letter.upper()):
        encoded = ENCODINGS["windows-1258"].encode(one)
        assert b"&#" not in encoded
        assert unicodedata.normalize("NFC", encoded.decode("cp1258")) == one
