"""What the crawler and the search ask of the archive, and how an export reads it."""

import tracemalloc

import pytest
from sqlalchemy import event, insert, select

from archive import database, queries
from archive import tables as t
from archive.filters import Filters
from archive.identity import url_digest
from archive.records import CaptureKind, Stated
from archive.runs import Discovered, Outcome
from archive.store import Store
from config.errors import UserError
from config.settings import Settings
from tests.archives import Archive, capture, files, later

ANY = Filters(any_topic=True)
LISTING = "https://queson.gov.vn/vi/news/"


def _listed(archive: Archive, etag: str = '"1"', **changes: object) -> None:
    headers = (("etag", etag), ("Last-Modified", "Thu, 15 Feb 2024 01:30:00 GMT"))
    archive.store.keep(archive.run(), capture(LISTING, headers=headers, kind=CaptureKind.LISTING, **changes))


def test_an_empty_archive_answers(archive: Archive) -> None:
    assert archive.read(queries.known, "queson") == set()
    assert archive.read(queries.discovered, "queson") is None
    assert archive.read(queries.validators, "queson") == {}
    assert archive.read(queries.due, "queson", later()) == []
    assert archive.read(queries.pending_attachments, "queson") == []
    assert archive.read(queries.version) == 0
    assert archive.read(queries.changes, 0) == []
    assert archive.read(queries.documents, []) == []
    assert archive.read(queries.rows, ANY) == archive.read(queries.runs) == archive.read(queries.coverage, ANY) == []
    assert set(archive.read(queries.stats).values()) == {0}


def test_known_are_the_portals_own_addresses(archive: Archive) -> None:
    archive.record("a")
    archive.record("b", slug="tamquan")
    assert archive.read(queries.known, "queson") == {url_digest("https://queson.gov.vn/a.html#x")}


def test_what_was_discovered_is_remembered(archive: Archive) -> None:
    found = Discovered(
        "nukeviet", ((LISTING, True),), ("https://a/rss",), ("https://a/sitemap.xml",), ("h1",), on="2024-03-01"
    )
    archive.run()
    archive.store.remember("queson", found)
    assert archive.read(queries.discovered, "queson") == found


def test_validators_are_of_runs_that_ended_well_and_whole(archive: Archive) -> None:
    _listed(archive)
    assert archive.read(queries.validators, "queson") == {}, "the run may yet be killed before it reads its articles"
    archive.finish(outcome=Outcome.PARTIAL, reason="x")
    assert archive.read(queries.validators, "queson") == {}
    _listed(archive, etag='"2"')
    archive.finish(details={"narrowed": 1})
    assert archive.read(queries.validators, "queson") == {}
    _listed(archive, etag='"3"')
    archive.finish()
    assert archive.read(queries.validators, "queson")[LISTING].etag == '"3"'
    _listed(archive, etag="", status=304)
    archive.finish()
    assert archive.read(queries.validators, "queson")[LISTING].last_modified == "Thu, 15 Feb 2024 01:30:00 GMT"


def test_changes_come_in_pieces(archive: Archive) -> None:
    for name in "abcde":
        archive.record(name, body=f"Bài {name}")
    first = archive.read(queries.changes, 0, limit=2)
    rest = archive.read(queries.changes, first[-1].number)
    assert [(change.number, change.kind, change.article) for change in first + rest] == [
        (number, "new", number) for number in range(1, 6)
    ]
    archive.finish()
    assert archive.read(queries.changes, 5)[0].kind == "run"
    assert archive.read(queries.version) == 6


def test_a_run_is_told_with_its_outcome(archive: Archive) -> None:
    archive.record("a")
    running = archive.read(queries.runs)[0]
    assert (running.outcome, running.finished_at) == (None, None)
    archive.finish(outcome=Outcome.PARTIAL, reason="a listing answered 500", new=1)
    (run,) = archive.read(queries.runs, "queson")
    assert (run.outcome, run.reason, run.summary["new"]) == (Outcome.PARTIAL, "a listing answered 500", 1)
    assert archive.read(queries.runs, "tamquan") == []


def test_documents_have_what_search_indexes(archive: Archive) -> None:
    text = (
        "UBND huyện ban hành Quyết định số 82/QĐ-UBND ngày 20/01/2020, thực hiện Quyết định số 4353/QĐ-UBND của tỉnh."
    )
    archive.record("a", body=text, attachments=files("plan"), captions=("Ảnh: quang cảnh hội nghị",))
    archive.store.withhold(1, "asked")
    (found,) = archive.read(queries.documents, [1, 99])
    assert [act.number for act in found.announced] == ["82/QĐ-UBND"]
    assert [act.number for act in found.cited] == ["4353/QĐ-UBND"]
    assert found.captions == ("Ảnh: quang cảnh hội nghị",)
    assert [(file.name, file.text) for file in found.files] == [("plan.pdf", "")]
    assert (found.is_reform, found.withheld, found.row["id"]) == (True, True, 1)
    assert found.relevance_words


def test_coverage_counts_by_portal_and_month(archive: Archive) -> None:
    archive.record("a", dates=(Stated("31/01/2024 23:59", "page"),))
    archive.record("b", body="Bài b", dates=(Stated("01/02/2024", "page"),))
    archive.record("c", body="Bài c", dates=(Stated("29/02/2024", "page"),))
    archive.record("d", body="Bài d", slug="tamquan", dates=())
    found = [(cell.portal, cell.month, cell.articles) for cell in archive.read(queries.coverage, ANY)]
    assert found == [("queson", "2024-01", 1), ("queson", "2024-02", 2), ("tamquan", "", 1)]


def test_an_unknown_article_is_one_line(archive: Archive) -> None:
    with pytest.raises(UserError, match="no article has the id 5"):
        archive.read(queries.show, 5)


def test_one_session_sees_one_moment(archive: Archive) -> None:
    archive.record("a")
    with archive.session() as session:
        assert queries.version(session) == 1
        archive.record("b", body="Bài b")
        assert queries.version(session) == 1
        assert len(list(queries.rows(session, ANY))) == 1
    assert archive.read(queries.version) == 2


def test_rows_ask_once_however_many_there_are(archive: Archive) -> None:
    for number in range(30):
        archive.record(str(number), body=f"Bài {number} theo Quyết định 12/QĐ-UBND", attachments=files(f"f{number}"))
    with archive.session() as session:
        asked: list[str] = []
        engine = session.connection().engine
        event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert len(list(queries.rows(session, ANY))) == 30
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def _many(settings: Settings, copies: int) -> None:
    """Multiply the first article without the cost of recording."""
    engine = database.connect(settings.database)
    with database.writing(engine) as connection:
        first = dict(connection.execute(select(t.article).where(t.article.c.id == 1)).one()._mapping)
        text = dict(connection.execute(select(t.revision).where(t.revision.c.article_id == 1)).one()._mapping)
        ids = range(2, copies + 2)
        connection.execute(insert(t.article), [{**first, "id": number, "url_digest": str(number)} for number in ids])
        del text["id"]
        connection.execute(insert(t.revision), [{**text, "article_id": number} for number in ids])
    engine.dispose()


def test_rows_stream_in_constant_memory(archive: Archive, settings: Settings) -> None:
    archive.record("a", body="Nội dung cải cách hành chính. " * 400)
    _many(settings, 3000)
    with archive.session() as session:
        tracemalloc.start()
        assert sum(1 for _ in queries.rows(session, ANY)) == 3001
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    bodies = 3001 * len("Nội dung cải cách hành chính. " * 400)
    assert peak < bodies * 0.7, "the whole answer was held at once"


def test_a_store_reads_what_another_wrote(archive: Archive, settings: Settings) -> None:
    archive.record("a")
    archive.finish()
    archive.store.close()
    archive.store = Store.open(settings)
    assert archive.record("a", at=later(days=1)).article == 1
    assert archive.record("b", body="Bài b").article == 2


def test_a_withheld_copy_is_not_named_beside_the_others(archive: Archive) -> None:
    for slug in ("queson", "tamky", "nuithanh"):
        archive.record("a", slug=slug)
    assert [number for _, number, _ in archive.read(queries.show, 1).copies] == [2, 3]
    archive.store.withhold(2, "asked")
    assert [number for _, number, _ in archive.read(queries.show, 1).copies] == [3]
    assert archive.read(queries.show, 2).withheld_reason == "asked"
