"""Verdicts and identity: what is new, revised, unchanged, one article or two."""

import itertools
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import queries
from archive.captures import load
from archive.dates import VIETNAM, ImpossibleDate
from archive.days import Health, PortalDay, State
from archive.filters import Filters
from archive.identity import url_digest
from archive.normalise import NORMALISER
from archive.records import FileText, Stated, Verdict
from archive.runs import Outcome, RunSummary
from archive.store import Store
from archive.version import SOFTWARE
from config.errors import UserError
from config.settings import Settings
from tests.archives import MORNING, Archive, article, capture, files, later

ANY = Filters(any_topic=True)
COLUMNS = re.findall(
    r"\w+",
    """id, url, portal, portal_name, level, province, district, commune, province_now, title, summary, body,
    published_at, published_precision, author, source, category, issuing_body, act_type, act_number, act_date,
    plan_year, period_start, period_end, reform_areas, indicators, kind, relevance, cited_acts, attachments,
    attachment_text_chars, first_seen_at, last_seen_at, gone_at, revisions, copy_group, first_publisher,
    capture_digest, warc, family, reader_version, archive_version""",
)


def test_a_run_says_in_warc_by_what_rules_it_reads(archive: Archive) -> None:
    archive.record("a")
    said: list[dict[str, Any]] = []
    for file in sorted((archive.settings.data / "warc").rglob("*.warc.gz")):
        with file.open("rb") as stream:
            starts = (
                one for one in ArchiveIterator(stream) if str(one.rec_headers["WARC-Target-URI"]).endswith(":start")
            )
            said += [json.loads(one.content_stream().read()) for one in starts]
    assert [one["rules"] for one in said] == [{"software": SOFTWARE, "normaliser": NORMALISER}]


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


def test_an_article_first_seen_with_the_day_of_the_crawl_takes_its_own_date_later(archive: Archive) -> None:
    """Its portal stamped every page with today on its first night; another night that does so changes nothing."""
    stamped, own = (Stated(f"{MORNING:%d/%m/%Y}", "page"),), (Stated("15/02/2024", "page"),)
    archive.record("a", dates=stamped)
    assert archive.record("a", dates=own, at=later(days=4)).verdict is Verdict.REVISED
    again = (Stated(f"{later(days=5):%d/%m/%Y}", "page"),)
    assert archive.record("a", dates=again, at=later(days=5)).verdict is Verdict.UNCHANGED
    assert archive.record("a", dates=stamped, at=later(days=6)).verdict is Verdict.UNCHANGED
    (row,) = archive.read(queries.rows, ANY)
    assert (row["published_at"], row["revisions"]) == (date(2024, 2, 15), 2)


def test_what_was_read_in_a_night_of_wrong_dates_is_dated_anew(archive: Archive) -> None:
    """Seven hours too late, as the server's clock was; a good night's date is not touched by such a night."""
    wrong, right = (Stated("15/02/2024 15:30", "page"),), (Stated("15/02/2024 08:30", "page"),)
    archive.record("a", dates=wrong)
    archive.record("b", "Kế hoạch khác", dates=right)
    assert archive.record("a", dates=right, at=later(days=1)).verdict is Verdict.UNCHANGED, "who is right is not known"
    day = PortalDay("queson", MORNING.date(), "ok", health=Health(State.SUSPECT, "dates", "another hour"))
    archive.store.finish(archive.runs.pop("queson"), RunSummary("queson", Outcome.OK), day, None)
    assert archive.record("a", dates=right, at=later(days=2)).verdict is Verdict.REVISED
    assert archive.record("a", dates=wrong, at=later(days=3)).verdict is Verdict.UNCHANGED
    first = next(iter(archive.read(queries.rows, ANY)))
    assert first["published_at"] == datetime(2024, 2, 15, 8, 30, tzinfo=VIETNAM)


def test_an_article_of_the_day_it_was_first_seen_keeps_its_date(archive: Archive) -> None:
    archive.record("a", dates=(Stated(f"{MORNING:%d/%m/%Y}", "page"),))
    before = (Stated(f"{later(days=-1):%d/%m/%Y}", "page"),)
    assert archive.record("a", dates=before, at=later(days=4)).verdict is Verdict.UNCHANGED


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


def test_what_was_read_stands_in_every_exported_column(archive: Archive) -> None:
    page = (
        "Ngày 20/01/2020, UBND huyện Quế Sơn ban hành Quyết định số 82/QĐ-UBND về Kế hoạch CCHC năm 2020, "
        "thực hiện Quyết định số 4353/QĐ-UBND ngày 31/12/2019 của UBND tỉnh Quảng Nam, giai đoạn 2016 - 2020."
    )
    archive.record("a", "Kế hoạch CCHC năm 2020", page, summary="Tóm tắt", author="Nhật Anh", attachments=files("one"))
    archive.finish()
    (row,) = archive.read(queries.rows, ANY)
    assert list(row) == COLUMNS
    expected = {
        "id": 1,
        "url": "https://queson.gov.vn/a.html",
        "portal": "queson",
        "level": "district",
        "province": "Quảng Nam",
        "district": "Quế Sơn",
        "commune": None,
        "province_now": "Đà Nẵng",
        "title": "Kế hoạch CCHC năm 2020",
        "summary": "Tóm tắt",
        "body": page,
        "published_at": datetime(2024, 2, 15, 8, 30, tzinfo=VIETNAM),
        "published_precision": "minute",
        "author": "Nhật Anh",
        "act_type": "Quyết định",
        "act_number": "82/QĐ-UBND",
        "act_date": date(2020, 1, 20),
        "period_start": ("2016",),
        "period_end": ("2020",),
        "cited_acts": ("4353/QĐ-UBND",),
        "attachments": ("https://queson.gov.vn/files/one.pdf",),
        "attachment_text_chars": 0,
        "first_seen_at": MORNING,
        "revisions": 1,
        "copy_group": None,
        "family": "nukeviet",
        "archive_version": 2,
    }
    assert {name: row[name] for name in expected} == expected
    assert row["first_seen_at"].utcoffset() == timedelta(hours=7)
    path, _, offset = row["warc"].rpartition(":")
    kept = archive.read(queries.show, 1).revisions[0].capture.located
    assert (kept.warc, kept.offset, kept.digest) == (path, int(offset), row["capture_digest"])
    assert load(archive.settings.data, kept).url == row["url"]


def test_a_day_without_time_is_exported_as_a_day(archive: Archive) -> None:
    archive.record("a", dates=(Stated("15/02/2024", "page"),))
    (row,) = archive.read(queries.rows, ANY)
    assert (row["published_at"], row["published_precision"]) == (date(2024, 2, 15), "day")


def test_an_impossible_date_writes_nothing(archive: Archive) -> None:
    with pytest.raises(ImpossibleDate):
        archive.record("a", dates=(Stated("15/02/2093", "page"),))
    assert archive.read(queries.stats)["articles"] == 0
    assert archive.read(queries.version) == 0


def test_a_write_that_fails_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("between the revision and the change")

    monkeypatch.setattr("archive.store_articles.log", fail)
    with pytest.raises(RuntimeError):
        archive.record("a")
    monkeypatch.undo()
    counted = archive.read(queries.stats)
    assert (counted["articles"], counted["revisions"], counted["acts"], counted["captures"]) == (0, 0, 0, 1)
    assert archive.record("a").verdict is Verdict.NEW


def test_one_act_of_two_articles_is_one_row(archive: Archive) -> None:
    text = (
        "UBND tỉnh ban hành Quyết định số 82/QĐ-UBND ngày 20/01/2020 của UBND tỉnh Quảng Nam về cải cách hành chính. {}"
    )
    archive.record("a", body=text.format("Một."))
    archive.record("b", body=text.format("Hai."))
    assert archive.read(queries.stats)["acts"] == 1


def test_gone_and_back_again(archive: Archive) -> None:
    archive.record("a")
    archive.store.gone(archive.run(), 1, "404", None)
    archive.store.gone(archive.run(), 1, "404", None)
    (row,) = archive.read(queries.rows, ANY)
    assert row["gone_at"] is not None
    assert archive.read(queries.show, 1).gone_reason == "404"
    assert archive.record("a", at=later(days=1)).verdict is Verdict.UNCHANGED
    (row,) = archive.read(queries.rows, ANY)
    assert row["gone_at"] is None
    assert [change.kind for change in archive.read(queries.changes, 0)] == ["new", "gone", "restored"]


def test_withheld_is_hidden_and_kept(archive: Archive) -> None:
    archive.record("a")
    archive.store.withhold(1, "a person asked")
    assert archive.read(queries.rows, ANY) == []
    assert archive.read(queries.count, ANY) == 0
    assert archive.read(queries.show, 1).withheld_reason == "a person asked"
    archive.store.lift(1)
    assert archive.read(queries.count, ANY) == 1
    assert [change.kind for change in archive.read(queries.changes, 1)] == ["withheld", "lifted"]
    with pytest.raises(UserError, match="no article has the id 7"):
        archive.store.withhold(7, "x")


def test_a_file_is_fetched_once_and_its_text_shared(archive: Archive) -> None:
    one = archive.record("a", attachments=files("plan"))
    two = archive.record("b", body="Bài khác về cải cách.", attachments=files("plan"))
    assert len(one.pending) == len(two.pending) == 1
    assert len(archive.read(queries.pending_attachments, "queson")) == 1
    kept = archive.store.keep(archive.run(), capture(one.pending[0].url, b"%PDF"))
    archive.store.attach(archive.run(), one.pending[0].id, kept, FileText("Nội dung\0 kế hoạch", "pdf", 2))
    assert archive.read(queries.pending_attachments, "queson") == []
    assert [row["attachment_text_chars"] for row in archive.read(queries.rows, ANY)] == [17, 17]
    assert [found.files[0].text for found in archive.read(queries.documents, [1, 2])] == ["Nội dung kế hoạch"] * 2
    three = archive.record("c", body="Bài thứ ba về cải cách.", attachments=files("plan"))
    assert three.pending == ()
    assert archive.read(queries.stats)["attachments_with_text"] == 3


def test_a_file_that_fails_is_asked_for_three_times(archive: Archive) -> None:
    (pending,) = archive.record("a", attachments=files("plan")).pending
    for tries in range(3):
        assert len(archive.read(queries.pending_attachments, "queson")) == 1, tries
        archive.store.attachment_failed(archive.run(), pending.id, "404")
    assert archive.read(queries.pending_attachments, "queson") == []
    assert archive.read(queries.documents, [1])[0].files[0].reason == "404"


def test_a_file_no_longer_linked_is_kept_but_not_counted(archive: Archive) -> None:
    (pending,) = archive.record("a", attachments=files("old")).pending
    kept = archive.store.keep(archive.run(), capture(pending.url, b"%PDF"))
    archive.store.attach(archive.run(), pending.id, kept, FileText("Nội dung", "pdf", 1))
    archive.record("a", attachments=files("new"))
    (row,) = archive.read(queries.rows, ANY)
    assert (row["attachments"], row["attachment_text_chars"]) == ((files("new")[0].url,), 0)
    assert archive.record("a", attachments=files("old")).pending == ()
    (row,) = archive.read(queries.rows, ANY)
    assert row["attachment_text_chars"] == 8


def test_the_same_bytes_are_a_revisit(archive: Archive) -> None:
    url = "https://queson.gov.vn/"
    first, second = (archive.store.keep(archive.run(), capture(url, at=later(days=day))) for day in (0, 1))
    other = archive.store.keep(archive.run("tamquan"), capture(url))
    kept = {found.id: found for found in archive.read(queries.captures)}
    assert kept[second].original == kept[first].located
    assert kept[first].original is None
    assert kept[other].original is None, "another portal's bytes are its own evidence"
    assert load(archive.settings.data, kept[second].located, kept[second].original).body == b"<html>"


def test_quarantine_counts_tries_and_closes_when_read(archive: Archive) -> None:
    run, url = archive.run(), "https://queson.gov.vn/a.html"
    for day in (0, 1):
        kept = archive.store.keep(run, capture(url, at=later(days=day)))
        archive.store.quarantine(run, url=url, reason="challenge: D1N", capture=kept)
    (entry,) = archive.read(queries.quarantined)
    assert (entry.tries, entry.reason, entry.capture.id) == (2, "challenge: D1N", kept)
    assert entry.retry_at - entry.last_at > timedelta(days=1)
    assert url_digest(url) in archive.read(queries.known, "queson", later(days=2))
    assert url_digest(url) not in archive.read(queries.known, "queson", later(days=5))
    archive.record("a", at=later(days=5))
    assert archive.read(queries.quarantined) == []


def test_retry_lets_quarantined_pages_be_asked_for_at_once(archive: Archive) -> None:
    url = "https://queson.gov.vn/a.html"
    archive.store.quarantine(archive.run(), url=url, reason="unreadable: title", capture=None)
    assert url_digest(url) in archive.read(queries.known, "queson")
    assert archive.store.retry() == 1
    assert archive.read(queries.known, "queson") == set()


def test_dismissed_addresses_are_left_alone_longer_each_time(archive: Archive) -> None:
    run, url, key = archive.run(), "https://queson.gov.vn/dead.html", url_digest("https://queson.gov.vn/dead.html")
    for tries, wait in ((1, 7), (2, 30), (3, 10_000)):
        kept = archive.store.keep(run, capture(url, b"", at=MORNING, status=404))
        archive.store.dismiss(run, url=url, reason="404", capture=kept)
        assert key in archive.read(queries.known, "queson", later(days=wait - 1)), tries
        assert (key in archive.read(queries.known, "queson", later(days=wait + 1))) is (tries == 3)


def test_a_dismissed_address_can_become_an_article(archive: Archive) -> None:
    archive.store.dismiss(archive.run(), url="https://queson.gov.vn/a.html", reason="a draft")
    assert archive.record("a").verdict is Verdict.NEW
    archive.store.dismiss(archive.run(), url="https://queson.gov.vn/a.html", reason="404")
    assert archive.read(queries.show, 1).addresses == ("https://queson.gov.vn/a.html",)


def test_looks_become_rare_with_age(archive: Archive) -> None:
    archive.record("a")
    looks = []
    for day in range(120):
        if archive.read(queries.due, "queson", later(days=day)):
            looks.append(day)
            archive.record("a", at=later(days=day))
    assert looks == [4, 14, 35, 75]


def test_a_look_taken_before_morning_is_the_one_that_was_due(archive: Archive) -> None:
    """Nights do not begin at the same second: what is due in some hours is looked at tonight, not tomorrow too."""
    archive.record("a")
    archive.record("a", at=later(days=4, hours=-3))
    assert archive.read(queries.due, "queson", later(days=13)) == []
    assert archive.read(queries.due, "queson", later(days=14))


def test_an_old_article_is_looked_at_twice(archive: Archive) -> None:
    archive.record("a", dates=(Stated("15/02/2020", "page"),))
    assert [bool(archive.read(queries.due, "queson", later(days=day))) for day in (4, 34, 35)] == [False, False, True]


def test_last_seen_moves_with_the_finished_run_only(archive: Archive) -> None:
    archive.record("a")
    archive.finish()
    before, version = archive.read(queries.rows, ANY), archive.read(queries.version)
    archive.store.seen(archive.run(), ["https://queson.gov.vn/a.html", "https://queson.gov.vn/unknown.html"])
    assert archive.read(queries.rows, ANY) == before, "one version of the archive, one answer"
    archive.finish()
    (row,) = archive.read(queries.rows, ANY)
    assert row["last_seen_at"] > before[0]["last_seen_at"]
    assert archive.read(queries.version) == row["archive_version"] == version + 1


def test_a_portal_file_that_names_another_place_changes_its_rows(archive: Archive) -> None:
    archive.record("a")
    archive.finish()
    version = archive.read(queries.version)
    archive.run("queson", district="Nông Sơn")
    (row,) = archive.read(queries.rows, ANY)
    assert row["district"] == "Nông Sơn"
    assert [(change.kind, change.article) for change in archive.read(queries.changes, version)] == [("portal", 1)]


def test_one_process_has_a_portal_to_itself(archive: Archive, settings: Settings) -> None:
    other = Store.open(settings)
    with archive.store.lock("queson") as mine, other.lock("queson") as theirs, other.lock("tamquan") as else_where:
        assert (mine, theirs, else_where) == (True, False, True)
    with other.lock("queson") as theirs:
        assert theirs
    other.close()


def test_text_that_no_database_keeps_is_kept_without_it(archive: Archive) -> None:
    made = article(
        "https://queson.gov.vn/a.html", "Kế\0 hoạch \ud800", "Cải cách\0 hành chính", author="\0An", source="\udfff"
    )
    kept = archive.store.keep(archive.run(), capture(made.url))
    archive.store.record(archive.run(), kept, made)
    (row,) = archive.read(queries.rows, ANY)
    assert "\0" not in row["title"] + row["body"] + row["author"]


TEXTS = st.sampled_from(["Một kế hoạch cải cách.", "Hai.", "Ba quyết định 12/QĐ-UBND."])
STEPS = st.lists(st.tuples(st.sampled_from("abc"), TEXTS), min_size=1, max_size=6)


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_each_change_is_told_once_and_recording_again_tells_nothing(
    archive: Archive, steps: list[tuple[str, str]]
) -> None:
    after = archive.read(queries.version)
    verdicts = [archive.record(name, body=body, dates=()).verdict for name, body in steps]
    told = archive.read(queries.changes, after)
    assert len(told) == sum(verdict is not Verdict.UNCHANGED for verdict in verdicts)
    assert [change.number for change in told] == list(range(after + 1, after + 1 + len(told)))
    last = dict(steps)
    assert all(archive.record(name, body=body, dates=()).verdict is Verdict.UNCHANGED for name, body in last.items())
    assert archive.read(queries.version) == after + len(told)


def test_order_of_recording_does_not_matter_for_content(settings: Settings, tmp_path: Path) -> None:
    contents = []
    for turn, names in enumerate(itertools.permutations("abc")):
        one = Archive(Settings(data=tmp_path / str(turn)))
        for name in names:
            one.record(name, body=f"Kế hoạch cải cách {name} theo Quyết định 12/QĐ-UBND.")
        left_out = {"id", "warc", "archive_version"}
        rows = one.read(queries.rows, ANY)
        contents.append(sorted(tuple((k, v) for k, v in row.items() if k not in left_out) for row in rows))
        one.store.close()
    assert all(content == contents[0] for content in contents)
