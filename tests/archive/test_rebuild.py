"""The archive from WARC alone: dropped and built anew, its export has the same bytes, on both databases."""

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from archive import database
from archive import tables as t
from archive.days import PortalDay
from archive.export import export
from archive.filters import Filters
from archive.rebuild import Rebuild, Rebuilt
from archive.rebuild_database import beside
from archive.records import Article, Capture, CaptureKind, FileText, Stated
from archive.reread import Given, Unread
from archive.runs import Discovered, RunSummary
from config.settings import Settings
from tests.archives import MORNING, Archive, article, later, portal
from tests.archives import capture as captured
from tests.archives import files as linked

ANY = Filters(any_topic=True)


def read(capture: Capture, given: Given) -> Article | Unread:
    """A page of these tests is its article as JSON."""
    try:
        said = json.loads(capture.body)
    except ValueError:
        return Unread("it is no JSON")
    hints = tuple(Stated(words, source) for words, source in given.hints)
    made = article(
        given.url, said["title"], said["body"], attachments=linked(*said["files"]), listed=given.listed, hints=hints
    )
    return replace(made, dates=(*hints, *made.dates), page=given.page)


class Portal:
    """A portal whose pages are JSON, crawled into an archive."""

    def __init__(self, archive: Archive, slug: str = "queson") -> None:
        self.store, self.slug = archive.store, slug
        self.run = 0

    def night(self, **changes: str) -> None:
        self.run = self.store.start(portal(self.slug, **changes))

    def page(self, name: str, body: str, *, at: datetime = MORNING, files: tuple[str, ...] = (), hint: str = "") -> int:
        url = f"https://{self.slug}.gov.vn/{name}.html"
        content = json.dumps({"title": f"Kế hoạch cải cách hành chính {name}", "body": body, "files": files})
        held = self.store.receive(self.run, captured(url, content.encode(), at=at))
        hints = (Stated(hint, "listing"),) if hint else ()
        given = Given(portal(self.slug), "nukeviet", "", tuple((h.text, h.source) for h in hints), True, at, url)
        made = read(captured(url, content.encode()), given)
        assert isinstance(made, Article)
        recorded = self.store.record(self.run, held, made)
        for one in recorded.pending:
            file = self.store.receive(
                self.run, captured(one.url, b"<p>Danh s\xc3\xa1ch</p>", at=at, kind=CaptureKind.ATTACHMENT)
            )
            self.store.attach(self.run, one.id, file, FileText("", "unknown", reason="gave up after 60 seconds"))
        return recorded.article

    def end(self, day: date | None = None) -> None:
        made = PortalDay(self.slug, day, "ok") if day else None
        self.store.finish(self.run, RunSummary(self.slug), made)


def nights(archive: Archive) -> None:
    """Everything that can happen to an archive."""
    one, other = Portal(archive), Portal(archive, "tamquan")
    one.night()
    other.night()
    text_ = "Ủy ban nhân dân huyện triển khai Kế hoạch số 15/KH-UBND ngày 01/02/2024 về cải cách hành chính. " * 8
    first = one.page("a", text_, files=("x",), hint="10/02/2024")
    copy = other.page("b", text_ + "Tin của huyện bạn.")
    lost = one.page("c", "Thông báo về bộ phận một cửa.", files=("x", "y"))
    one.store.quarantine(one.run, url="https://queson.gov.vn/d.html", reason="challenge", capture=None)
    one.store.quarantine(one.run, url="https://queson.gov.vn/e.html", reason="challenge", capture=None)
    one.store.dismiss(one.run, url="https://queson.gov.vn/f.html", reason="404")
    one.store.remember("queson", Discovered("nukeviet", (("https://queson.gov.vn/tin/", True),), on="2024-03-01"))
    one.end(date(2024, 3, 1))
    other.end(date(2024, 3, 1))
    one.night(name="Cổng thông tin Quế Sơn")
    one.store.seen(one.run, ["https://queson.gov.vn/a.html"])
    one.page("a", text_ + "Đã sửa.", at=later(days=4), files=("y",))
    one.page("d", "Đọc được rồi: cải cách.", at=later(days=4))
    again = one.store.receive(one.run, captured("https://queson.gov.vn/c.html", b"", at=later(days=4), status=404))
    one.store.missed(one.run, lost, "404", again)
    one.store.gone(one.run, lost, "404", None)
    one.store.put_off(one.run, first)
    one.store.retry()
    one.store.withhold(copy, "asked for")
    one.end(date(2024, 3, 5))
    other.night()
    unchanged = other.store.receive(
        other.run, captured("https://tamquan.gov.vn/b.html", b"", at=later(days=5), status=304)
    )
    other.store.looked(other.run, copy, unchanged)
    other.page("b", text_ + "Tin của huyện bạn.", at=later(days=6))
    other.store.lift(copy, "no longer")
    other.end(date(2024, 3, 6))


def exported(settings: Settings, name: str) -> str:
    """The digest of an export of everything."""
    output = settings.data.parent / name
    with database.reading(settings) as session:
        export(session, output, filters=ANY)
    return hashlib.sha256(output.read_bytes()).hexdigest()


def rebuilt(settings: Settings, reader: object = read) -> Rebuilt:
    with beside(settings) as engine:
        return Rebuild(engine, settings.data, reader, lambda *_: None).whole()  # type: ignore[arg-type]


DERIVED = {"id", "capture_id", "blob_id", "attachment_id", "act_id", "original_id", "article_id", "portal_id", "run_id"}


def tables(settings: Settings) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table; ids that only a database gives are left out on PostgreSQL, which skips some."""
    engine = database.connect(settings.database)
    found = {}
    with engine.connect() as connection:
        for name, table in t.metadata.tables.items():
            columns = [c for c in table.c if c.name not in DERIVED]
            rows = connection.execute(select(*columns)).all() if columns else []
            found[name] = sorted(tuple(map(repr, row)) for row in rows)
    engine.dispose()
    return found


def test_an_export_of_the_rebuilt_archive_has_the_same_bytes(archive: Archive, settings: Settings) -> None:
    nights(archive)
    archive.store.close()
    before, rows = exported(settings, "before.csv"), tables(settings)
    done = rebuilt(settings)
    assert (done.lost, done.otherwise, done.void, done.untold) == ([], 0, 0, 0)
    assert exported(settings, "after.csv") == before
    after = tables(settings)
    assert {name: after[name] for name in after} == rows
    assert sum(map(len, rows.values())) > 60
