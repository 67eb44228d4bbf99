"""A large archive, written straight into the tables: the articles of bench/corpus.py with all that belongs to them.

    python bench/bulk.py FOLDER ARTICLES        (CAICACH_DATA=FOLDER then opens it)

Portals, runs, captures, articles, revisions, acts, mentions and tags; no WARC files, and no ANALYZE: no archive is
asked to. The same for the same seed.
"""

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from archive import database
from archive import tables as t
from archive.filters import body_key, name_key, place_key
from archive.records import ArchivedArticle
from config.settings import Settings

WHEN = datetime(2026, 1, 1, 2, tzinfo=UTC)
BATCH = 2_000
Row = dict[str, Any]


def fill(settings: Settings, count: int, seed: int = 1) -> None:
    """So many articles into an archive that does not exist yet."""
    import corpus  # beside this file

    settings.data.mkdir(parents=True, exist_ok=True)
    engine = database.connect(settings.database)
    database.upgrade(engine)
    portals: dict[str, int] = {}
    acts: dict[str, int] = {}
    made = corpus.articles(count, seed)
    while batch := list(islice(made, BATCH)):
        with database.writing(engine) as connection:
            _portals(connection, batch, portals)
            _acts(connection, batch, acts)
            for table, rows in _rows(batch, portals, acts).items():
                connection.execute(insert(t.metadata.tables[table]), rows)
        if sys.stderr.isatty():
            print(f"\r{batch[-1].id:,} articles", end="", file=sys.stderr)
    with database.writing(engine) as connection:
        connection.execute(insert(t.change), list(_changes(count)))
    engine.dispose()


def _changes(count: int) -> Iterator[Row]:
    """One change an article, as the archive itself writes them."""
    for number in range(1, count + 1):
        yield {"number": number, "kind": "new", "article_id": number, "run_id": None, "at": WHEN, "detail": ""}


def _portals(connection: Connection, batch: list[ArchivedArticle], known: dict[str, int]) -> None:
    new: list[Row] = []
    for article in batch:
        row = article.row
        slug = str(row["portal"])
        if slug not in known:
            known[slug] = len(known) + 1
            place = {name: row[name] for name in ("level", "province", "district", "commune", "province_now")}
            keys = {f"{name}_key": place_key(row[name]) for name in ("province", "province_now", "district", "commune")}  # type: ignore[arg-type]
            card = {
                "slug": slug,
                "name": row["portal_name"],
                "url": f"https://{slug}.gov.vn/",
                "file": "",
                "status": "active",
            }
            new.append({"id": known[slug], **card, **place, **keys, "first_seen_at": WHEN})
    if new:
        connection.execute(insert(t.portal), new)
        summary = {"requests": 40, "new": 20, "revised": 0, "unchanged": 0, "attachments": 0, "details": {}}
        run = {"started_at": WHEN, "finished_at": WHEN, "outcome": "ok", "reason": "", "summary": summary}
        where = {"warc": "", "warc_offset": 0}
        connection.execute(insert(t.run), [{"id": one["id"], "portal_id": one["id"], **run, **where} for one in new])


def _acts(connection: Connection, batch: list[ArchivedArticle], known: dict[str, int]) -> None:
    new: list[Row] = []
    for act in (act for article in batch for act in article.announced):
        if act.number and act.number not in known:
            known[act.number] = len(known) + 1
            plain = {"type": act.type, "number": act.number, "date": None, "issuer": None}
            new.append({"id": known[act.number], "key": _digest(act.number), **plain})
    if new:
        connection.execute(insert(t.act), new)


def _rows(batch: list[ArchivedArticle], portals: dict[str, int], acts: dict[str, int]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {name: [] for name in ("capture", "article", "revision", "mention", "tag")}
    for article in batch:
        portal = portals[str(article.row["portal"])]
        for name, row in zip(("capture", "article", "revision"), _article(article, portal), strict=True):
            tables[name].append(row)
        for position, act in enumerate(article.announced):
            mention = {"article_id": article.id, "position": position, "role": act.role.value}
            tables["mention"].append(mention | {"act_id": acts[act.number or ""]})
        for kind, column in (("area", "reform_areas"), ("indicator", "indicators")):
            names: tuple[str, ...] = article.row[column]  # type: ignore[assignment]
            tables["tag"] += [{"article_id": article.id, "kind": kind, "name": n, "key": name_key(n)} for n in names]
    return {name: rows for name, rows in tables.items() if rows}


def _article(article: ArchivedArticle, portal: int) -> tuple[Row, Row, Row]:
    row, number = article.row, article.id
    url, digest, at = str(row["url"]), _digest(str(article.id)), row["published_at"]
    assert isinstance(at, datetime)
    seen = WHEN + timedelta(seconds=number)
    versions = {"family": row["family"], "reader_version": "nukeviet-1", "normaliser_version": "1"}
    capture = {"id": number, "run_id": portal, "portal_id": portal, "kind": "article", "method": "GET", "url": url}
    capture |= {"url_digest": _digest(url), "status": 200, "fetched_at": seen, "digest": f"sha256:{digest}"}
    capture |= {"bytes": 16_000, "etag": "", "last_modified": "", "warc": "warc/2026/01/01/20260101-1.warc.gz"}
    capture |= {"warc_offset": number * 16_000, "warc_length": 16_000, "original_id": None}
    act = article.announced[0]
    whole = {
        "id": number,
        "portal_id": portal,
        "url": url,
        "url_digest": _digest(url),
        "revisions": 1,
        "digest": digest,
    }
    whole |= {"body_digest": digest, "capture_id": number, **versions, "published_at": at, "published_on": at.date()}
    whole |= {
        "published_precision": "minute",
        "author": "",
        "source": "",
        "category": "",
        "is_reform": article.is_reform,
    }
    whole |= {"issuing_body": row["issuing_body"], "issuing_key": body_key(str(row["issuing_body"]))}
    whole |= {"act_type": act.type, "act_type_key": name_key(act.type), "act_number": act.number, "act_date": None}
    whole |= {"plan_year": None, "kind": row["kind"], "relevance": 0.9, "first_seen_at": seen, "last_seen_at": seen}
    facts = {
        "published": [at.isoformat(), "minute", "page"],
        "author": "",
        "source": "",
        "category": "",
        "captions": [],
    }
    facts |= {"acts": [[act.type, act.number, None, None, act.role.value, 0, 0]], "issuing_body": row["issuing_body"]}
    facts |= {"act_type": act.type, "act_number": act.number, "act_date": None, "plan_year": None, "periods": []}
    facts |= {"reform_areas": row["reform_areas"], "indicators": row["indicators"], "kind": row["kind"]}
    facts |= {"relevance": [0.9, article.is_reform, []], "attachments": []}
    revision = {"article_id": number, "number": 1, "capture_id": number, "digest": digest, "seen_at": seen, **versions}
    return capture, whole, revision | {name: row[name] for name in ("title", "summary", "body")} | {"facts": facts}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    fill(Settings(data=Path(sys.argv[1])), int(sys.argv[2]))
