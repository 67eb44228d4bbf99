"""Verdicts and identity: what is new, revised, unchanged, one article or two."""

from archive import queries
from archive.filters import Filters
from archive.records import Stated, Verdict
from tests.archives import Archive, files, later

ANY = Filters(any_topic=True)


def test_a_first_look_is_new_and_a_second_unchanged(archive: Archive) -> None:
    first, second = archive.record("a"), archive.record("a", at=later(days=1))
    assert (first.verdict, second.verdict) == (Verdict.NEW, Verdict.UNCHANGED)
    assert first.article == second.article == 1
    assert archive.read(queries.count, ANY) == 1


def test_a_changed_body_is_a_revision(archive: Archive) -> None:
    archive.record("a")
    revised = archive.record("a", body="Kế hoạch đã được sửa về cải cách.", at=later(days=1))
    assert revised.verdict is Verdict.REVISED
    (row,) = archive.read(queries.rows, ANY)
    assert (row["revisions"], row["body"]) == (2, "Kế hoạch đã được sửa về cải cách.")
    shown = archive.read(queries.show, 1)
    assert [kept.number for kept in shown.revisions] == [1, 2]
    assert shown.revisions[0].body != shown.revisions[1].body
    assert row["capture_digest"] == shown.revisions[1].capture.located.digest


def test_a_changed_list_of_files_is_a_revision(archive: Archive) -> None:
    archive.record("a", attachments=files("one"))
    assert archive.record("a", attachments=files("one", "two")).verdict is Verdict.REVISED
    (row,) = archive.read(queries.rows, ANY)
    assert row["attachments"] == tuple(file.url for file in files("one", "two"))


def test_one_title_on_two_bodies_is_two_articles(archive: Archive) -> None:
    ids = {archive.record("a").article, archive.record("b", body="Một bài khác cùng tiêu đề.").article}
    assert ids == {1, 2}


def test_the_same_text_of_the_same_day_is_a_second_address(archive: Archive) -> None:
    archive.record("a")
    alias = archive.record("b")
    assert (alias.verdict, alias.article) == (Verdict.UNCHANGED, 1)
    assert archive.read(queries.show, 1).addresses == ("https://queson.gov.vn/a.html", "https://queson.gov.vn/b.html")
    assert len(archive.read(queries.known, "queson")) == 2


def test_the_same_text_of_another_day_is_another_article(archive: Archive) -> None:
    archive.record("a")
    assert archive.record("b", dates=(Stated("16/02/2024", "page"),)).verdict is Verdict.NEW


def test_the_same_text_without_any_date_is_another_article(archive: Archive) -> None:
    archive.record("a", dates=())
    assert archive.record("b", dates=()).verdict is Verdict.NEW


def test_the_same_text_with_other_files_is_another_article(archive: Archive) -> None:
    archive.record("a", attachments=files("one"))
    assert archive.record("b", attachments=files("two")).verdict is Verdict.NEW


def test_the_same_text_on_another_portal_is_another_article(archive: Archive) -> None:
    archive.record("a")
    assert archive.record("a", slug="tamquan").verdict is Verdict.NEW
