"""A night asks the archive by its indexes: no question that every page or run puts reads a table that grows."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from archive import tables as t
from archive.store import Store
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.run import crawl

ASKED = re.compile(r"SELECT|UPDATE|DELETE|INSERT|WITH")
SCANNED = re.compile(r"SCAN (\w+)(?! USING (?:COVERING )?INDEX \w+ \()")


@pytest.mark.sqlite("its planner says which index it takes; a server's takes none for tables as small as a test's")
def test_no_table_that_grows_is_read_whole(settings: Settings, tmp_path: Path) -> None:
    asked: dict[str, str] = {}
    sqlite = settings.model_copy(update={"database_url": ""})
    with Farm(5, articles=20, portals=1, families=("nukeviet",)) as farm, Store.open(sqlite) as store:
        (tmp_path / "portals").mkdir()
        (tmp_path / "portals" / "mot.toml").write_text(farm.portals[0].toml, encoding="utf-8")
        cards = list(load(tmp_path / "portals").values())

        @event.listens_for(store.engine, "checkout")
        def traced(connection: Any, *_: object) -> None:
            connection.set_trace_callback(lambda said: asked.setdefault(re.sub(r"'[^']*'|\d+", "?", said), said))

        nights = [Fleet(cards, sqlite) for _ in range(2)]
        for fleet in nights:
            crawl(fleet, store)
    assert nights[0].count("new") > 5
    assert nights[0].count("attachments") > 0
    assert scanned(sqlite, asked.values()) == set()


def scanned(settings: Settings, asked: Any) -> set[str]:
    """The tables of ours that questions read whole."""
    found = set[str]()
    with closing(sqlite3.connect(settings.data / "caicach.sqlite")) as connection:
        for one in filter(ASKED.match, asked):
            plan = "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {one}"))
            found |= set(SCANNED.findall(plan)) & (set(t.metadata.tables) - SMALL)
    return found


SMALL = {"portal", "alembic_version", "lease", "alarm", "notice", "duty", "rest", "band_mask", "sketch"}
"""Tables with a row a portal or fewer, and sketches, which are filed away before they are many."""
