"""The commands that look into the archive: what they print, in a pipe and as JSON, and how they fail."""

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from sqlalchemy import insert, select
from typer.testing import CliRunner

from archive import commands, database, queries, tables
from archive.codebook import columns
from archive.filters import Filters
from archive.records import Stated
from archive.runs import Outcome
from archive.verify import CHUNK, verify
from config.errors import UsageError, UserError
from tests.archives import Archive, capture, files, later

app = typer.Typer(add_completion=False)
commands.register(app)

LEAVES = [
    *(["show", "1"], ["stats"], ["runs"], ["coverage"], ["codebook"], ["withhold", "1"]),
    *(["quarantine", "list"], ["quarantine", "show", "1"], ["quarantine", "retry"], ["db", "upgrade"]),
]


@pytest.fixture
def filled(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An article that was revised once, one of another month, a quarantined page; two runs."""
    monkeypatch.setenv("CAICACH_DATA", str(archive.settings.data))
    monkeypatch.setenv("CAICACH_DATABASE_URL", archive.settings.database)
    archive.record("a", attachments=files("one"))
    archive.record("b", "Báo cáo cải cách", "Báo cáo cải cách hành chính khác.", dates=(Stated("05/11/2023", "page"),))
    run = archive.run()
    kept = archive.store.keep(run, capture("https://queson.gov.vn/c.html", b"<html>captcha", status=403))
    archive.store.quarantine(run, url="https://queson.gov.vn/c.html", reason="challenge: captcha", capture=kept)
    archive.finish(requests=5, new=2, outcome=Outcome.PARTIAL, reason="one page asked for a captcha")
    archive.record("a", "Kế hoạch CCHC (đã sửa)", at=later(days=1))
    archive.finish(requests=3, revised=1)
    archive.store.captures.sync()
    return archive


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def said(*arguments: str) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def table(*arguments: str) -> list[dict[str, str]]:
    head, *lines = said(*arguments).splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_show(filled: Archive) -> None:
    text = said("show", "1")
    assert text.startswith("Kế hoạch CCHC (đã sửa)\n\n")
    assert "https://queson.gov.vn/a.html\n" in text
    assert "2024-02-15T08:30+07:00\n" in text
    assert "about reform: " in text
    assert "Ủy ban nhân dân huyện Quế Sơn ban hành" in text
    assert "gone" not in text


def test_show_revisions(filled: Archive) -> None:
    text = said("show", "1", "--revisions")
    assert "Revision 1, seen 2024-03-01 09:00, warc/" in text
    assert "Revision 2 (substantive), seen 2024-03-02 09:00, warc/" in text
    assert "-Kế hoạch cải cách hành chính\n+Kế hoạch CCHC (đã sửa)\n" in text


def test_show_json(filled: Archive) -> None:
    found = json.loads(said("show", "1", "--revisions", "--json"))
    assert [name for name in found if name in {c.name for c in columns()}] == [c.name for c in columns()]
    assert found["published_at"] == "2024-02-15T08:30+07:00"
    assert [(r["number"], r["title"]) for r in found["history"]] == [
        (1, "Kế hoạch cải cách hành chính"),
        (2, "Kế hoạch CCHC (đã sửa)"),
    ]
    assert "history" not in json.loads(said("show", "1", "--json"))


def test_show_unknown(filled: Archive) -> None:
    with pytest.raises(UserError, match="no article has the id 99"):
        run("show", "99")


def test_stats(filled: Archive) -> None:
    counted = json.loads(said("stats", "--json"))
    assert (counted["articles"], counted["revisions"], counted["captures"], counted["quarantined"]) == (2, 3, 4, 1)
    assert {row["what"]: int(row["how many"]) for row in table("stats")} == counted


def test_runs(filled: Archive) -> None:
    second, first = table("runs", "--portal", "queson")
    assert (first["outcome"], first["reason"]) == ("partial", "one page asked for a captcha")
    assert (second["outcome"], second["requests"], second["revised"]) == ("ok", "3", "1")
    assert [r["summary"]["new"] for r in json.loads(said("runs", "--json"))["runs"]] == [0, 2]
    assert len(table("runs", "--limit", "1")) == 1


def test_coverage(filled: Archive) -> None:
    rows = table("coverage", "--months", "--portal", "queson", "--any-topic")
    assert [(row["month"], row["articles"]) for row in rows] == [
        ("2023-11", "1"),
        ("2023-12", "0"),
        ("2024-01", "0"),
        ("2024-02", "1"),
    ]
    assert {(row["outcome"], row["requests/new"]) for row in rows} == {("ok", "2.0")}
    (portal,) = json.loads(said("coverage", "--year", "2023", "--any-topic", "--json"))["portals"]
    assert (portal["months"], portal["runs"], portal["articles"]) == ({"2023-11": 1}, 2, 1)
    assert portal["last_ok_at"] == portal["last_run_at"] > portal["first_run_at"]
    (row,) = table("coverage", "--months", "--year", "1999")
    assert (row["portal"], row["month"], row["articles"]) == ("queson", "", "0")
    (row,) = table("coverage", "--any-topic")
    assert (row["portal"], row["articles"], row["months without"]) == ("queson", "2", "2")


def test_coverage_says_what_an_operator_asks_first(filled: Archive) -> None:
    """How many portals are how, since when nothing came, who goes on for a portal that moved, who was never crawled."""
    moved = {"state": "gone", "cause": "moved", "reason": "moved to queson.gov.vn", "since": "2024-03-01"}
    with database.writing(filled.store.engine) as connection:
        row = dict(connection.execute(select(tables.portal)).one()._mapping)
        old = {"id": row["id"] + 1, "slug": "old", "url": "https://old.gov.vn/", "health": moved}
        connection.execute(insert(tables.portal), row | old)
    (old, queson) = table("coverage", "--any-topic")
    assert (old["portal"], old["state"]) == ("old", "gone")
    assert old["why"].endswith("goes on as queson")
    assert queson["last new"] <= queson["last run"]
    found = json.loads(said("coverage", "--any-topic", "--json"))
    assert found["states"] == {"gone": 1, "unknown": 1}
    assert [one["successor"] for one in found["portals"]] == ["queson", ""]
    assert found["never_crawled"], "the catalogue's portals were never crawled"
    assert json.loads(said("coverage", "--portal", "queson", "--json"))["never_crawled"] == []


def test_codebook() -> None:
    assert [row["column"] for row in table("codebook")] == [column.name for column in columns()]
    found = json.loads(said("codebook", "--json"))["columns"]
    assert found[0]["vi"].startswith("Số định danh")


def test_verify_uses_all_cores_for_many(filled: Archive) -> None:
    places = [kept.located for kept in filled.read(queries.captures)]
    many = places * CHUNK
    checked = list(verify(filled.settings.data, many, total=len(many) * 8))
    assert sum(count for count, _ in checked) == len(many) == 4 * CHUNK
    assert [problem for _, problems in checked for problem in problems] == []


def test_quarantine(filled: Archive) -> None:
    (row,) = table("quarantine", "list")
    assert (row["portal"], row["reason"], row["tries"]) == ("queson", "challenge: captcha", "1")
    assert json.loads(said("quarantine", "list", "--portal", "queson", "--json"))["quarantine"][0]["id"] == 1
    text = said("quarantine", "show", "1")
    assert "status        403" in text
    assert "Content-Type  text/html" in text
    assert json.loads(said("quarantine", "show", "1", "--json"))["url"] == "https://queson.gov.vn/c.html"
    assert "asked for in the next crawl: caicach crawl queson" in text, "what happens next is said"
    with pytest.raises(UserError, match="nothing in quarantine has the id 9"):
        run("quarantine", "show", "9")


def test_the_quarantine_is_searched_and_counted(filled: Archive) -> None:
    assert len(table("quarantine", "list", "--reason", "CAPTCHA")) == 1
    assert table("quarantine", "list", "--reason", "soft 404") == []
    assert table("quarantine", "list", "--portal", "nowhere") == []
    assert table("quarantine", "list", "--counts") == [
        {"pages": "1", "portal": "queson", "reason": "challenge: captcha"}
    ]
    assert json.loads(said("quarantine", "list", "--counts", "--json"))["counts"][0]["pages"] == 1


def test_what_waits_may_be_tried_sooner(filled: Archive) -> None:
    with pytest.raises(UserError, match="nothing in quarantine has the id 9"):
        run("quarantine", "retry", "1", "9")
    with pytest.raises(UsageError, match="not both"):
        run("quarantine", "retry", "1", "--portal", "queson")
    assert "nothing waits there" in said("quarantine", "retry", "--reason", "soft 404")
    assert said("quarantine", "retry", "--portal", "queson").startswith("1 page of queson will be asked for again")
    assert "in the next crawl" in said("quarantine", "show", "1")
    assert json.loads(said("quarantine", "retry", "1", "--json")) == {"retried": 1, "portals": ["queson"]}


def test_withhold_hides_and_lift_shows_again(filled: Archive) -> None:
    everything = Filters(any_topic=True)
    assert said("withhold", "1", "--reason", "theo yêu cầu của cổng") == "article 1 is withheld\n"
    assert filled.read(queries.count, everything) == 1
    assert "theo yêu cầu của cổng" in said("show", "1")
    assert said("withhold", "1", "--lift") == "article 1 is shown again\n"
    assert filled.read(queries.count, everything) == 2
    for wrong in (["1"], ["1", "--lift", "--reason", "x"], ["1", "--reason", "  "]):
        with pytest.raises(UsageError, match="either --reason"):
            run("withhold", *wrong)


def test_db_upgrade(filled: Archive) -> None:
    assert said("db", "upgrade").startswith("the schema is ")


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_has_help_with_an_example(words: list[str]) -> None:
    text = run(*words[: 2 if words[0] in {"quarantine", "db"} else 1], "--help").output
    assert "Example: caicach " in text
    assert len(text.splitlines()[3].strip()) > 20


def test_no_archive_yet_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAICACH_DATA", str(tmp_path / "none"))
    monkeypatch.delenv("CAICACH_DATABASE_URL", raising=False)
    for words in (["stats"], ["runs"], ["coverage"], ["show", "1"], ["quarantine", "list"]):
        with pytest.raises(UserError, match="no archive in") as caught:
            run(*words)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "none").exists()


def test_show_tells_what_copies_changed(filled: Archive) -> None:
    text = (
        "Ủy ban nhân dân huyện đề nghị các xã rà soát thủ tục, niêm yết công khai tại nơi tiếp nhận và trên trang "
        "thông tin, giải quyết hồ sơ đúng hạn; Phòng Nội vụ theo dõi, đôn đốc và tổng hợp báo cáo hằng quý, kịp thời "
        "nhắc nhở nơi còn chậm trễ, gây phiền hà cho người dân và doanh nghiệp đến giao dịch."
    )
    filled.record("d", body=text, dates=(Stated("01/02/2024", "page"),))
    filled.record("e", body=text + "\nGhi rõ nguồn khi phát hành lại.", dates=(Stated("03/02/2024", "page"),))
    printed = run("show", "4", "--copies").output
    assert "2 days later" in printed
    assert "+ Ghi rõ nguồn khi phát hành lại." in printed
    first, copy = json.loads(run("show", "3", "--copies", "--json").output)["copies"]
    assert (first["first"], copy["first"], copy["delay_days"]) == (True, False, 2)
    assert [piece["text"].strip() for piece in copy["changed"]] == ["Ghi rõ nguồn khi phát hành lại."]
    assert run("show", "1", "--copies").output == ""


def test_show_tells_which_words_made_an_article_what_it_is(filled: Archive) -> None:
    printed = run("show", "2").output
    assert "Why:" in printed
    assert "cải cách hành chính +3" in printed
    why = json.loads(run("show", "2", "--json").output)["why"]
    assert (why["kind"], why["kind_words"]) == ("report", ["báo cáo"])
    assert why["points"]["cải cách hành chính"] == 3.0


def test_show_tells_by_which_rule_each_field_was_read(filled: Archive) -> None:
    kept = filled.record("ruled", "Kế hoạch", "Nội dung", rules=(("title", "h1.title"), ("body", "#content"))).article
    printed = run("show", str(kept), "--revisions").output
    assert "\nRead by 1, normaliser " in printed
    assert "; title by h1.title; body by #content" in printed


def test_show_tells_places_by_name(filled: Archive) -> None:
    kept = filled.record("place", "Kế hoạch", "Nhân dân huyện Quế Sơn, tỉnh Quảng Nam và huyện Châu Thành").article
    printed = run("show", str(kept)).output
    assert "huyện Quế Sơn: Huyện Quế Sơn, Tỉnh Quảng Nam (d:509)" in printed
    assert "huyện Châu Thành: Huyện Châu Thành, Tỉnh" in printed


def test_any_two_revisions_are_compared_word_by_word(filled: Archive) -> None:
    kept = 0
    for day, words in ((1, "một hai ba 4"), (2, "một hai hai ba 5")):
        text = f"Đoạn {words} cuối cùng của bài"
        kept = filled.record("diff", "Kế hoạch", text, at=later(days=day)).article
    told = json.loads(said("show", str(kept), "--diff", "1:2", "--json"))
    assert (told["before"], told["after"], told["weight"]) == (1, 2, "substantive")
    assert [(piece["kind"], piece["text"]) for piece in told["difference"]["body"]] == [
        ("same", "Đoạn một hai"),
        ("new", "hai"),
        ("same", "ba"),
        ("gone", "4"),
        ("new", "5"),
        ("same", "cuối cùng của bài"),
    ]
    printed = said("show", str(kept), "--diff", "2:1")
    assert printed.startswith("Revision 2 to 1: substantive\n")
    assert "một hai [-hai-] ba [-5-] {+4+} cuối" in printed
    assert "Revision 2 (substantive), seen" in said("show", str(kept), "--revisions")
    assert json.loads(said("show", str(kept), "--revisions", "--json"))["history"][1]["weight"] == "substantive"
    for wrong in ("1:3", "1", "a:b"):
        with pytest.raises(UsageError, match="write two of its revisions, 1 to 2, such as 1:2"):
            run("show", str(kept), "--diff", wrong)
