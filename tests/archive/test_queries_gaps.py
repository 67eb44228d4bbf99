"""Acts as rows: one for one act however it is cited, and lists of those known from one side only."""

import json

import pytest
import typer
from typer.testing import CliRunner

from archive import commands_acts, queries_acts, queries_gaps
from archive.filters import Filters
from archive.identity import act_key
from archive.records import FileLink
from config.errors import UsageError
from tests.archives import Archive

ALL = Filters(any_topic=True)
OPENING = "Kế hoạch đặt ra các nhiệm vụ về thể chế, thủ tục và tổ chức bộ máy, công vụ trong năm. "


def numbers(found: list[queries_gaps.NamedAct]) -> list[tuple[str, int]]:
    return [(act.number, act.articles) for act in found]


def test_one_act_seen_in_many_articles_is_one_row(archive: Archive) -> None:
    archive.record("a", body=OPENING + "Xã làm theo Nghị định 61/2018/NĐ-CP.")
    archive.record("b", body=OPENING + "Huyện làm theo Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ.")
    archive.record("c", body=OPENING + "UBND huyện ban hành Kế hoạch số 05/KH-UBND ngày 15/01/2024.")
    archive.record("d", body=OPENING + "Xã theo Kế hoạch số 5/KH-UBND ngày 16/01/2024 của UBND huyện.")
    (decree,) = archive.read(queries_acts.acts, "61/2018/nđ-cp")
    assert (str(decree.date), decree.issuer, len(decree.cited)) == ("2018-04-23", "Chính phủ", 2)
    (plan,) = archive.read(queries_acts.acts, "5/KH-UBND")
    assert (plan.number, len(plan.announced), len(plan.cited)) == ("05/KH-UBND", 1, 1)


@pytest.mark.parametrize(
    ("number", "day", "issuer", "same"),
    [
        ("61/2018/NĐ-CP", None, None, True),
        ("61/2018/NĐ-CP", "2018-04-24", "Chính phủ", True),
        ("61/2019/NĐ-CP", "2018-04-23", "Chính phủ", False),
    ],
)
def test_a_number_with_year_and_central_body_says_all(number: str, day: str, issuer: str, same: bool) -> None:
    key = act_key("Nghị định", "61/2018/NĐ-CP", "2018-04-23", "Chính phủ")
    assert (act_key("Nghị định", number, day, issuer) == key) is same


def test_numbers_begin_anew_each_year_with_each_body() -> None:
    keys = {
        act_key("Quyết định", "12/QĐ-UBND", day, issuer)
        for day in ("2023-01-05", "2024-01-05", None)
        for issuer in ("UBND huyện Quế Sơn", "UBND huyện Nông Sơn", None)
    }
    assert len(keys) == 9
    assert act_key("Quyết định", "468/QĐ-TTg", "2021-03-27", None) == act_key(
        "Quyết định", "468/QĐ-TTg", "2021-03-28", "x"
    )
    assert act_key("Quyết định", "468/QĐ-TTg", "2022-03-27", None) != act_key(
        "Quyết định", "468/QĐ-TTg", "2021-03-27", None
    )


def test_what_is_known_from_one_side_only(archive: Archive) -> None:
    archive.record("a", body=OPENING + "UBND huyện ban hành Kế hoạch số 7/KH-UBND ngày 15/01/2024.")
    plan = (FileLink(url="https://queson.gov.vn/ke-hoach.pdf", name="Kế hoạch"),)
    archive.record("b", body=OPENING + "UBND huyện ban hành Quyết định số 8/QĐ-UBND ngày 16/01/2024.", attachments=plan)
    archive.record("c", body=OPENING + "Xã theo Kế hoạch số 7/KH-UBND và Nghị quyết số 76/NQ-CP của Chính phủ.")
    archive.record("d", body=OPENING + "Phường theo Nghị quyết số 76/NQ-CP của Chính phủ; Chỉ thị số 05/CT-TTg.")
    assert numbers(archive.read(queries_gaps.announced_only, ALL, 10)) == [("7/KH-UBND", 1)]
    assert numbers(archive.read(queries_gaps.cited_only, ALL, 10)) == [("76/NQ-CP", 2), ("05/CT-TTg", 1)]
    assert archive.read(queries_gaps.cited_only, Filters(province=("Kon Tum",), any_topic=True), 10) == []
    archive.store.withhold(3, "asked")
    archive.store.withhold(4, "asked")
    assert archive.read(queries_gaps.cited_only, ALL, 10) == []


def test_the_command(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer(add_completion=False)
    commands_acts.register(app)
    app.command("other")(lambda: None)
    monkeypatch.setenv("CAICACH_DATA", str(archive.settings.data))
    monkeypatch.setenv("CAICACH_DATABASE_URL", archive.settings.database)
    archive.record("a", body=OPENING + "Xã theo Nghị quyết số 76/NQ-CP của Chính phủ.")

    def run(*words: str) -> str:
        return CliRunner().invoke(app, ["acts", *words], catch_exceptions=False).output

    found = json.loads(run("--cited-only", "--any-topic", "--json"))
    assert [act["number"] for act in found["acts"]] == ["76/NQ-CP"]
    assert "76/NQ-CP" in run("--cited-only", "--any-topic")
    assert "76/NQ-CP" in run("--number", "76 nq cp")
    with pytest.raises(UsageError, match="--announced-only"):
        run()
