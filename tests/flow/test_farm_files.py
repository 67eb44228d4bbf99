"""Files of every kind, crawled: each is kept, its text found, or the reason counted why there is none."""

import sqlite3
from typing import Any

from archive import ocr
from crawler.farm import Farm
from crawler.farm.papers import KINDS

NO_TEXT = {} if ocr.means() else {"scan": "no text layer: scanned pages"}
NOT_KEPT = ("error", "empty")


def test_no_file_is_lost_in_silence(desk: Any) -> None:
    with Farm(2, articles=75, families=["vhv"], files=tuple(KINDS)) as farm:
        farm.write_portals(desk.portals)
        desk.crawl("--all")
        truth = {file.url: file for portal in farm.portals for article in portal.truth for file in article.attachments}
    with sqlite3.connect(desk.data / "caicach.sqlite") as database:
        rows = database.execute(
            "select a.url, a.name, a.capture_id, a.reason, b.text, b.reason from attachment a "
            "left join blob b on b.id = a.blob_id"
        ).fetchall()
    assert {url for url, *_ in rows} == set(truth)
    assert {file.kind for file in truth.values()} == set(KINDS)
    for url, name, capture, tried, text, reason in rows:
        file = truth[url]
        if file.kind in NOT_KEPT:
            assert capture is None, url
            assert tried
            continue
        assert capture is not None, (url, file.kind, tried)
        assert (reason or "") == NO_TEXT.get(file.kind, ""), url
        assert bool(text) == (file.kind not in NO_TEXT)
        assert name == file.name or file.kind in {"viewer", "twins", "named"}
