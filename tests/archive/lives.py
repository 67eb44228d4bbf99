"""An archive with a life behind it, whose pages are JSON, and how such a page is read again."""

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime

from archive import database
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
        page = self.capture(name, body, at=at, files=files)
        hints = ((hint, "listing"),) if hint else ()
        made = read(page, Given(portal(self.slug), "nukeviet", "", hints, True, at, page.url))
        assert isinstance(made, Article)
        recorded = self.store.record(self.run, self.store.receive(self.run, page), made)
        for one in recorded.pending:
            file = self.store.receive(
                self.run, captured(one.url, b"<p>Danh s\xc3\xa1ch</p>", at=at, kind=CaptureKind.ATTACHMENT)
            )
            self.store.attach(self.run, one.id, file, FileText("", "unknown", reason="gave up after 60 seconds"))
        return recorded.article

    def capture(self, name: str, body: str, *, at: datetime = MORNING, files: tuple[str, ...] = ()) -> Capture:
        """The page of an article."""
        content = json.dumps({"title": f"Kế hoạch cải cách hành chính {name}", "body": body, "files": files})
        return captured(f"https://{self.slug}.gov.vn/{name}.html", content.encode(), at=at)

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
