"""An archive for tests, and ready-made portals, captures and articles to put into it.

The fixture `archive` runs a test on SQLite and on PostgreSQL (`database_url` in tests/servers.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.database import reading
from archive.records import Article, Capture, CaptureKind, FileLink, Recorded, Stated
from archive.runs import RunSummary
from archive.store import Store
from config.portal import Level, Portal
from config.settings import Settings

MORNING = datetime(2024, 3, 1, 2, tzinfo=UTC)
BODY = (
    "Ủy ban nhân dân huyện Quế Sơn ban hành Kế hoạch cải cách hành chính năm 2024 trên địa bàn huyện.\n"
    "Kế hoạch đặt ra các nhiệm vụ về thể chế, thủ tục, tổ chức bộ máy, công vụ, tài chính công và chính quyền số."
)


def portal(slug: str = "queson", **changes: Any) -> Portal:
    card = {
        "slug": slug,
        "name": f"Cổng TTĐT huyện {slug}",
        "url": f"https://{slug}.gov.vn/",
        "level": Level.DISTRICT,
        "province": "Quảng Nam",
        "district": "Quế Sơn",
        "text": f'name = "{slug}"\n',
    }
    return Portal(**{**card, **changes})


def capture(url: str, body: bytes = b"<html>", *, at: datetime = MORNING, **changes: Any) -> Capture:
    fields = {"status": 200, "headers": (("Content-Type", "text/html"),), "kind": CaptureKind.ARTICLE, **changes}
    return Capture(url=url, body=body, fetched_at=at, **fields)


def article(url: str, title: str = "Kế hoạch cải cách hành chính", body: str = BODY, **changes: Any) -> Article:
    dates = (Stated("15/02/2024 08:30", "page"),)
    return Article(
        **{
            "url": url,
            "title": title,
            "body": body,
            "family": "nukeviet",
            "reader_version": "1",
            "dates": dates,
            **changes,
        }
    )


class Archive:
    """A store with one portal's run, and a way to read what it wrote."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store.open(settings)
        self.runs: dict[str, int] = {}

    def run(self, slug: str = "queson", **changes: Any) -> int:
        if slug not in self.runs:
            self.runs[slug] = self.store.start(portal(slug, **changes))
        return self.runs[slug]

    def record(self, name: str, *args: Any, slug: str = "queson", at: datetime = MORNING, **changes: Any) -> Recorded:
        """Keep a page and record what it says; the name is the last part of its address."""
        url = f"https://{slug}.gov.vn/{name}.html"
        made = article(url, *args, **changes)
        page = f"<html>{made.title} {made.summary} {made.body}".encode()
        kept = self.store.keep(self.run(slug), capture(url, page, at=at))
        return self.store.record(self.run(slug), kept, made)

    def finish(self, slug: str = "queson", **changes: Any) -> None:
        self.store.finish(self.runs.pop(slug), RunSummary(slug, **changes))

    def read(self, query: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What a query answers, an iterator as a list."""
        with reading(self.settings) as session:
            answer = query(session, *args, **options)
            return list(answer) if isinstance(answer, Iterator) else answer

    def session(self) -> Any:
        return reading(self.settings)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database_url=database_url)


@contextmanager
def kept_in(settings: Settings) -> Iterator[Archive]:
    """An archive there, its store closed at the end."""
    made = Archive(settings)
    try:
        yield made
    finally:
        made.store.close()


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with kept_in(settings) as made:
        yield made


def later(**time: float) -> datetime:
    return MORNING + timedelta(**time)


def files(*names: str) -> tuple[FileLink, ...]:
    return tuple(FileLink(f"https://queson.gov.vn/files/{name}.pdf", f"{name}.pdf") for name in names)
