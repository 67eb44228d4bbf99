"""Each match of an article's text is told with the words that made it."""

from datetime import date

from archive.explain import explain
from archive.records import Place

QUE_SON = Place("district", "Quảng Nam", "Quế Sơn")
TITLE = "Kế hoạch cải cách hành chính huyện Quế Sơn năm 2023"
BODY = (
    "UBND huyện nâng chỉ số Par Index, PAPI; đẩy mạnh dịch vụ công trực tuyến, cơ chế một cửa. "
    "Xử phạt vi phạm hành chính không thuộc kế hoạch này. Huyện Châu Thành (Long An) đến học tập."
)


def test_the_words_behind_every_match() -> None:
    found = explain(TITLE, "", BODY, place=QUE_SON, on=date(2023, 1, 5))
    assert found.points["cải cách hành chính"] > 0 > found.points["xử phạt vi phạm hành chính"]
    assert found.reform_areas["Cải cách thủ tục hành chính"] == ("cơ chế một cửa",)
    assert "dịch vụ công trực tuyến" in found.reform_areas["Xây dựng và phát triển Chính quyền điện tử, Chính quyền số"]
    assert found.indicators == {"PAPI": ("PAPI",), "PAR INDEX": ("Par Index",)}
    assert (found.kind, found.kind_words) == ("plan", ("kế hoạch",))
    assert [place.unit for place in found.places] == ["d:509", "d:808", "p63:80"]


def test_an_article_without_any_word() -> None:
    found = explain("Khai trương nhà văn hóa", "", "Chiều nay.", place=QUE_SON, on=None)
    assert (found.points, found.reform_areas, found.indicators) == ({}, {}, {})
    assert (found.kind, found.kind_words, found.places) == ("other", (), ())
