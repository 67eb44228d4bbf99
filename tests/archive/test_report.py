"""The morning report and the alarms: what is in them, in which words, each event told once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner

from archive import commands_report, report_print
from archive import tables as t
from archive.alarms import ASIDE, Trouble, decide
from archive.days import Explained, Health, PortalDay, State
from archive.report import KILLED, Report, gather
from archive.report_morning import as_object, morning, watch
from archive.report_words import Words
from archive.runs import Outcome, RunSummary
from archive.store_locks import portal_lock
from archive.store_runs import know
from config.settings import Settings
from tests.archives import Archive, capture, portal

DAY = date(2026, 11, 20)
LAYOUT = Health(State.BROKEN, "layout", "no title on 5 of 5 pages", DAY)
Night = Callable[..., int]


@pytest.fixture
def night(archive: Archive) -> Night:
    """A night over a portal: `health`, and how many requests it took; the listing is its proof."""

    def ran(slug: str, health: Health, *, day: date = DAY, requests: int = 4, **more: Any) -> int:
        run = archive.run(slug)
        listing = archive.store.receive(run, capture(f"https://{slug}.gov.vn/cchc", f"<html>{day}{slug}".encode()))
        outcome = more.pop("outcome", Outcome.OK)
        told = PortalDay(slug, day, outcome, health=health, **more)
        summary = RunSummary(slug, outcome, requests=requests, new=more.get("new", 0), seconds=1.5)
        archive.store.finish(archive.runs.pop(slug), summary, told, listing)
        return run

    return ran


def told(archive: Archive, hours: int = 1) -> Report:
    now = datetime.now(UTC) + timedelta(seconds=1)
    report: Report = archive.read(gather, now - timedelta(hours=hours), now)
    return report


class TestReport:
    def test_it_counts_what_the_night_brought(self, archive: Archive, night: Night) -> None:
        archive.record("a")
        archive.record("b", "Lịch cắt điện", "Lịch cắt điện tuần tới tại các xã.\n" * 3)
        night("queson", Health(), new=2, requests=6)
        found = told(archive)
        assert (found.new, found.reform, found.outcomes) == (2, 1, {"ok": 1})
        assert [one.title for one in found.fresh] == ["Kế hoạch cải cách hành chính"]
        assert found.by_portal == [("queson", "Cổng TTĐT huyện queson", 2)]
        assert (found.footprint.requests, found.footprint.responses, found.footprint.per_new) == (6, 3, 2.5)
        assert (found.changed, found.standing) == ([], [])

    def test_what_a_killed_crawl_had_kept_is_told_with_the_one_that_took_it_up(
        self, archive: Archive, night: Night
    ) -> None:
        archive.record("a")
        archive.runs.pop("queson")  # nobody ends it
        assert told(archive).outcomes == {}
        archive.record("b", "Kế hoạch khác")
        night("queson", Health(), new=1)
        found = told(archive)
        assert (found.new, dict(found.outcomes)) == (2, {"ok": 1, "killed": 1})
        assert found.by_portal == [("queson", "Cổng TTĐT huyện queson", 2)]
        assert "1 died midway and taken up again" in report_print.text(found, "en")
        noon = datetime.now(UTC)
        night("queson", Health())
        later = archive.read(gather, noon, noon + timedelta(hours=1))
        assert (later.new, dict(later.outcomes)) == (0, {"ok": 1})

    def test_a_portal_that_changed_is_told_with_its_listing(self, archive: Archive, night: Night) -> None:
        night("queson", Health(), day=DAY - timedelta(days=1))
        night("queson", LAYOUT)
        night("hoian", Health())
        (one,) = told(archive).changed
        assert (one.portal, one.before, one.state, one.cause) == ("queson", "ok", "broken", "layout")
        assert one.evidence is not None
        assert (one.evidence.url, one.evidence.status) == ("https://queson.gov.vn/cchc", 200)
        assert one.evidence.place.startswith("warc/")

    def test_one_that_still_needs_a_hand_is_told_apart(self, archive: Archive, night: Night) -> None:
        night("queson", LAYOUT, day=DAY - timedelta(days=1))
        night("queson", LAYOUT)
        found = told(archive)
        assert (found.changed, [one.portal for one in found.standing]) == ([], ["queson"])

    def test_one_that_recovered_was_repaired(self, archive: Archive, night: Night) -> None:
        night("queson", LAYOUT, day=DAY - timedelta(days=1))
        night("queson", Health())
        found = told(archive)
        assert [one.portal for one in found.recovered] == ["queson"]
        assert "1 cổng hồi phục: queson" in report_print.text(found, "vi")

    def test_only_runs_of_the_time_asked_for_are_in_it(self, archive: Archive, night: Night) -> None:
        night("queson", LAYOUT)
        now = datetime.now(UTC)
        later = archive.read(gather, now + timedelta(seconds=1), now + timedelta(hours=1))
        assert (later.outcomes, list(later.changed)) == ({}, [])
        assert [one.portal for one in later.standing] == ["queson"]

    def test_an_unexplained_night_is_named(self, archive: Archive, night: Night) -> None:
        night("queson", Health(), explained=Explained.UNEXPLAINED, reason="nobody knows")
        assert told(archive).unexplained == [("queson", "nobody knows")]


class TestWords:
    def report(self, archive: Archive, night: Night) -> Report:
        archive.record("a", 'Kế hoạch <script>alert("1")</script> cải cách hành chính')
        night("queson", LAYOUT, new=1)
        return told(archive)

    @pytest.mark.parametrize(
        ("language", "has", "has_not"),
        [
            ("vi", ["Báo cáo buổi sáng", "giao diện đã đổi"], ["Morning report"]),
            ("en", ["Morning report", "new articles", "layout"], ["Báo cáo"]),
            ("both", ["Báo cáo buổi sáng", "Morning report", "giao diện đã đổi"], []),
        ],
    )
    def test_in_the_language_set(
        self, archive: Archive, night: Night, language: str, has: list[str], has_not: list[str]
    ) -> None:
        report = self.report(archive, night)
        for said in (report_print.text(report, language), report_print.html(report, language)):
            for word in has:
                assert word in said
            for word in has_not:
                assert word not in said

    def test_the_page_is_safe_whole_and_asks_nothing_elsewhere(self, archive: Archive, night: Night) -> None:
        page = report_print.html(self.report(archive, night), "both")
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert "https://queson.gov.vn/cchc" in page
        assert "caicach portals repair queson" in page
        assert not [word for word in ("src=", "@import", "url(") if word in page]

    def test_every_word_has_both_languages(self) -> None:
        from archive.report_words import _pairs

        for table in _pairs().values():
            assert all(len(pair) == 2 and all(pair) for pair in table.values())
        assert {state.value for state in State} == set(_pairs()["states"])
        assert {*(outcome.value for outcome in Outcome), KILLED} == set(_pairs()["outcomes"])
        assert Words("both")("new_cause_of_tomorrow", "causes") == "new_cause_of_tomorrow"

    def test_as_json_it_is_plain(self, archive: Archive, night: Night) -> None:
        said = as_object(self.report(archive, night))
        assert json.loads(json.dumps(said)) == said
        assert said["until"].endswith("+07:00")
        assert said["changed"][0]["evidence"]["url"] == "https://queson.gov.vn/cchc"


class TestAlarms:
    def test_decisions(self) -> None:
        broken, blocked, ok = Trouble("broken"), Trouble("blocked"), Trouble("ok")
        cases: list[tuple[dict[str, str], dict[str, Trouble], set[str], dict[str, str]]] = [
            ({}, {"a": broken, "b": ok, "c": Trouble("suspect")}, {"a"}, {}),
            ({"a": "broken"}, {"a": broken}, set(), {}),
            ({"a": "broken"}, {"a": Trouble("suspect")}, set(), {}),
            ({"a": "broken"}, {"a": ok}, set(), {"a": "ok"}),
            ({"a": "broken"}, {"a": blocked}, {"a"}, {"a": "blocked"}),
            ({"a": "broken"}, {}, set(), {"a": ASIDE}),
        ]
        for standing, now, opened, closed in cases:
            found = decide(standing, now)
            assert (set(found.opened), found.closed) == (opened, closed)

    def notices(self, archive: Archive) -> list[dict[str, Any]]:
        with archive.store.engine.connect() as connection:
            rows = connection.execute(select(t.notice).order_by(t.notice.c.id)).all()
        return [row.content["object"] for row in rows if row.key.startswith("alarms")]

    def test_each_event_is_told_once_and_its_end_once(self, archive: Archive, night: Night) -> None:
        settings = _hooked(archive)
        for number, health in enumerate([Health(), LAYOUT, LAYOUT, Health(State.SUSPECT, "down", "slow"), Health()]):
            night("queson", health, day=DAY + timedelta(days=number))
            watch(settings)
            watch(settings)
        first, second = self.notices(archive)
        assert [(one["subject"], one["cause"]) for one in first["opened"]] == [("portal:queson", "layout")]
        assert [(one["subject"], one["became"]) for one in second["closed"]] == [("portal:queson", "ok")]

    def test_a_portal_set_aside_ends_its_alarm(self, archive: Archive, night: Night) -> None:
        night("queson", LAYOUT)
        watch(_hooked(archive))
        with archive.store.engine.begin() as connection:
            know(connection, portal("queson", status="paused", reason="closed"), datetime.now(UTC))
        watch(_hooked(archive))
        assert self.notices(archive)[-1]["closed"][0]["became"] == ASIDE

    def test_a_portal_that_is_known_to_stand_still_is_no_alarm(self, archive: Archive, night: Night) -> None:
        archive.run("queson", status="frozen", reason="abolished in July 2025")
        night("queson", Health(State.FROZEN, "silence", "400 days", DAY))
        watch(_hooked(archive))
        assert self.notices(archive) == []
        assert told(archive).standing == []

    def test_nights_that_do_not_come_are_one_alarm(self, archive: Archive, night: Night) -> None:
        night("queson", Health())
        later = datetime.now(UTC) + timedelta(hours=60)
        for _ in range(2):
            watch(_hooked(archive), later)
        assert [one["subject"] for notice in self.notices(archive) for one in notice["opened"]] == ["nights"]

    def test_two_processes_tell_it_once(self, archive: Archive, night: Night) -> None:
        from threading import Thread

        night("queson", LAYOUT)
        settings = _hooked(archive)
        both = [Thread(target=watch, args=(settings,)) for _ in range(4)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert len(self.notices(archive)) == 1


def _hooked(archive: Archive) -> Settings:
    """The archive's settings with a webhook that nobody listens at: what is told waits in the archive."""
    return archive.settings.model_copy(update={"webhook_url": "http://127.0.0.1:1/"})


class TestMorning:
    def test_a_report_is_written_once_a_day_and_the_next_goes_on_from_it(self, archive: Archive, night: Night) -> None:
        settings = _hooked(archive)
        night("queson", Health(), new=0)
        today = datetime.now(UTC)
        assert morning(settings, today).report.outcomes == {"ok": 1}
        assert morning(settings, today + timedelta(microseconds=1)).report.outcomes == {"ok": 1}
        night("hoian", Health(), requests=9)
        found = morning(settings, today + timedelta(days=1)).report
        assert (found.since, found.footprint.requests) == (today, 9)
        with archive.store.engine.connect() as connection:
            keys = [key for key in connection.execute(select(t.notice.c.key)).scalars() if key.startswith("report")]
        assert len(keys) == 2

    def test_the_command_prints_writes_and_says_what_was_not_sent(
        self, archive: Archive, night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = typer.Typer()
        app.callback()(lambda: None)
        commands_report.register(app)
        monkeypatch.setattr(commands_report, "PATIENCE", 0.0)
        monkeypatch.setenv("CAICACH_DATA", str(archive.settings.data))
        monkeypatch.setenv("CAICACH_DATABASE_URL", archive.settings.database)
        night("queson", LAYOUT)
        run = CliRunner().invoke
        assert "queson" in run(app, ["report"]).stdout
        page = tmp_path / "report.html"
        printed = run(app, ["report", "--json", "--html", str(page)])
        assert json.loads(printed.stdout)["outcomes"] == {"ok": 1}
        assert "queson" in page.read_text(encoding="utf-8")
        assert "nobody is set" in str(run(app, ["report", "--send"]).exception)
        monkeypatch.setenv("CAICACH_WEBHOOK_URL", "http://127.0.0.1:1/")
        sent = run(app, ["report", "--send"])
        assert sent.exit_code == 3
        assert sent.stderr.count("Connection refused") == 2


def test_a_long_list_is_cut_and_says_so() -> None:
    one = Report(datetime.now(UTC), datetime.now(UTC), outcomes={"ok": 1})
    many = replace(one, by_portal=[(f"p{n}", f"Cổng {n}", 1) for n in range(100)])
    assert "… và 80 nữa" in report_print.text(many, "vi")
    assert "và 80 nữa" in report_print.html(many, "vi")


def test_locks_are_no_part_of_it(archive: Archive) -> None:
    """A report can be made while a portal is being crawled."""
    with portal_lock(archive.store.engine, archive.settings.data, "queson") as mine:
        assert mine
        assert morning(_hooked(archive)).report.outcomes == {}
