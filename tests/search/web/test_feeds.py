"""Atom: valid, one entry for each copy group, unchanged until the substance changes."""

from datetime import UTC, datetime

import feedparser
import pytest
from fastapi.testclient import TestClient
from lxml import etree

from tests.archives import later

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client: TestClient, path: str) -> list[etree._Element]:
    return etree.fromstring(client.get(path).content).findall(f"{ATOM}entry")


@pytest.mark.parametrize(
    "path", ["/feed.atom", "/feed.atom?q=cai+cach", "/feed.atom?portal=queson", "/feed.atom?number=83"]
)
def test_a_feed_is_well_formed_and_complete(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo
    root = etree.fromstring(answer.content)
    assert all(root.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    for entry in root.findall(f"{ATOM}entry"):
        assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        assert entry.find(f"{ATOM}author/{ATOM}name") is not None
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo


def test_copies_are_one_entry(client: TestClient) -> None:
    found = entries(client, "/feed.atom?q=title:%22ke+hoach+cai+cach%22")
    assert len(found) == 1


def test_updated_is_the_last_change_of_substance(client: TestClient) -> None:
    entry = entries(client, "/feed.atom?q=title:%22ke+hoach+cai+cach%22&portal=queson")[0]
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").astimezone(UTC) == later(days=2)


def test_a_reader_that_has_it_gets_304(client: TestClient) -> None:
    first = client.get("/feed.atom")
    again = client.get("/feed.atom", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
