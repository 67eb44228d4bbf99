"""From an article as printed to what it means."""

import unicodedata
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.dates import VIETNAM, ImpossibleDate
from archive.normalise import announced, cited, normalise
from archive.records import Article, Place, Stated
from config.portal import Portal

NOW = datetime(2026, 11, 22, tzinfo=VIETNAM)
QUE_SON = Place("district", "Quảng Nam", "Quế Sơn")
ARTICLE = Article(
    url="https://example.vn/1.html",
    title="UBND huyện ban hành  Kế hoạch CCHC năm 2023 ",
    body="UBND huyện ban hành Kế hoạch CCHC năm 2023\n\nNgày 28/12, UBND huyện ban hành Kế hoạch số 9/KH-UBND.\n"
    "Lãnh đạo huyện dự hội nghị\nThực hiện Nghị quyết số 76/NQ-CP.\nTác giả: Lan Anh",
    family="test",
    reader_version="1",
    dates=(Stated("2021-06-24+0715:51:00", "meta"), Stated("Thứ ba - 03/01/2023 15:51", "page")),
    author="Lan Anh",
    captions=("Lãnh đạo huyện dự  hội nghị",),
)


def test_everything_put_together() -> None:
    read = normalise(ARTICLE, QUE_SON, NOW)
    assert read.title == "UBND huyện ban hành Kế hoạch CCHC năm 2023"
    assert read.body == "Ngày 28/12, UBND huyện ban hành Kế hoạch số 9/KH-UBND.\nThực hiện Nghị quyết số 76/NQ-CP."
    assert read.published is not None
    assert (read.published.at.isoformat(), read.published.source) == ("2023-01-03T15:51:00+07:00", "page")
    assert [act.number for act in announced(read.acts)] == ["9/KH-UBND"]
    assert [act.number for act in cited(read.acts)] == ["76/NQ-CP"]
    assert (read.act_date and read.act_date.isoformat(), read.issuing_body) == ("2022-12-28", "UBND huyện Quế Sơn")
    assert (read.plan_year, read.kind, read.captions) == (2023, "plan", ("Lãnh đạo huyện dự hội nghị",))


def test_offsets_of_acts_are_in_title_summary_and_body_together() -> None:
    read = normalise(replace(ARTICLE, summary="Kế hoạch có 5 phần."), QUE_SON, NOW)
    whole = "\n".join((read.title, read.summary, read.body))
    assert [whole[act.start : act.end] for act in read.acts] == ["Kế hoạch số 9/KH-UBND", "Nghị quyết số 76/NQ-CP"]


def test_a_portal_file_serves_as_well_as_a_place() -> None:
    portal = Portal.model_validate(
        {
            "slug": "que-son",
            "name": "Quế Sơn",
            "url": "https://queson.quangnam.gov.vn/",
            "level": "district",
            "province": "Quảng Nam",
            "district": "Quế Sơn",
        }
    )
    assert normalise(ARTICLE, portal, NOW) == normalise(ARTICLE, QUE_SON, NOW)


def test_only_impossible_dates_are_refused() -> None:
    with pytest.raises(ImpossibleDate):
        normalise(replace(ARTICLE, dates=(Stated("1/1/0001", "page"),)), QUE_SON, NOW)
    assert normalise(replace(ARTICLE, dates=()), QUE_SON, NOW).published is None


def test_equal_digests_are_one_revision() -> None:
    once = normalise(ARTICLE, QUE_SON, NOW)
    spaced = replace(ARTICLE, body=unicodedata.normalize("NFD", ARTICLE.body).replace(" ", "\u00a0 "))
    assert normalise(spaced, QUE_SON, NOW).digest == once.digest
    assert normalise(replace(ARTICLE, category="Tin tức", listed=True), QUE_SON, NOW).digest == once.digest
    assert normalise(replace(ARTICLE, body=ARTICLE.body + "\nThêm một đoạn."), QUE_SON, NOW).digest != once.digest
    assert once.digest.startswith("sha256:")
    assert len(once.digest) == 71


@pytest.mark.parametrize(
    ("printed", "source", "body"),
    [
        ("ĐTO - UBND tỉnh họp.", "ĐTO", "UBND tỉnh họp."),
        ("(HG) - Sáng 5/5, tỉnh họp.", "HG", "Sáng 5/5, tỉnh họp."),
        ("(HBĐT) – Chiều 5/5, tỉnh họp.", "HBĐT", "Chiều 5/5, tỉnh họp."),
        ("(GLO)- UBND tỉnh họp.", "GLO", "UBND tỉnh họp."),
        ("(Baonghean) - Sáng nay.", "Baonghean", "Sáng nay."),
        ("YBĐT - UBND tỉnh họp.", "YBĐT", "UBND tỉnh họp."),
        ("(Baonghean.vn) - Sáng nay.", "Baonghean.vn", "Sáng nay."),
        ("UBND - HĐND huyện họp.", "", "UBND - HĐND huyện họp."),
        ("KT-XH huyện phát triển.", "", "KT-XH huyện phát triển."),
        ("Sáng 5/5 - tỉnh họp.", "", "Sáng 5/5 - tỉnh họp."),
    ],
)
def test_a_dateline_is_the_source_and_not_the_body(printed: str, source: str, body: str) -> None:
    read = normalise(replace(ARTICLE, body=printed, captions=()), QUE_SON, NOW)
    assert (read.source, read.body) == (source, body)
    assert normalise(replace(ARTICLE, body=printed, source="Báo A"), QUE_SON, NOW).source == "Báo A"


def test_a_body_that_is_only_its_title_stays() -> None:
    assert normalise(replace(ARTICLE, body=ARTICLE.title), QUE_SON, NOW).body == ARTICLE.title.strip().replace(
        "  ", " "
    )


@given(st.text(max_size=80), st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_can_be_normalised(title: str, body: str) -> None:
    read = normalise(replace(ARTICLE, title=title, body=body), QUE_SON, NOW)
    again = normalise(replace(ARTICLE, title=read.title, body=body), QUE_SON, NOW)
    assert again.digest == read.digest
