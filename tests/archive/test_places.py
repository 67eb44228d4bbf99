"""Bodies named after places, in one spelling, with the portal's place where theirs is left out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.bodies import find_bodies, last_body, opening_body, spoken_of
from archive.places import complete, kind_of_commune, known_name, own, place_of, province_now
from archive.records import Place
from config.vocabulary import bodies

QUE_SON = Place("district", "Quảng Nam", "Quế Sơn")
TAM_QUAN = Place("commune", "Bình Định", "Hoài Nhơn", "Tam Quan")
KON_TUM = Place("province", "Kon Tum")
DA_NANG = Place("province", "Đà Nẵng")
INVENTED = Place("district", "Bình Trung", "Sơn Bình")


@pytest.mark.parametrize(
    ("place", "text", "names"),
    [
        (QUE_SON, "UBND huyện ban hành", ["UBND huyện Quế Sơn"]),
        (QUE_SON, "Chủ tịch Uỷ ban nhân dân tỉnh Kon Tum ban hành", ["UBND tỉnh Kon Tum"]),
        (QUE_SON, "Ủy Ban nhân dân huyện", ["UBND huyện Quế Sơn"]),
        (QUE_SON, "UBND tỉnh giao", ["UBND tỉnh Quảng Nam"]),
        (QUE_SON, "UBND", ["UBND huyện Quế Sơn"]),
        (QUE_SON, "UBND các huyện, thị xã, thành phố", []),
        (QUE_SON, "HĐND tỉnh", ["HĐND tỉnh Quảng Nam"]),
        (QUE_SON, "Huyện ủy và Tỉnh uỷ", ["Huyện ủy Quế Sơn", "Tỉnh ủy Quảng Nam"]),
        (QUE_SON, "BTV Huyện ủy", ["Ban Thường vụ Huyện ủy Quế Sơn"]),
        (QUE_SON, "UBND xã Quế Xuân 1 đã", ["UBND xã Quế Xuân 1"]),
        (QUE_SON, "UBND Quận 1", ["UBND quận 1"]),
        (QUE_SON, "UBND tỉnh Bà Rịa - Vũng Tàu", ["UBND tỉnh Bà Rịa - Vũng Tàu"]),
        (QUE_SON, "UBND tỉnh Quảng Nam Quyết định", ["UBND tỉnh Quảng Nam"]),
        (
            QUE_SON,
            "Sở Nội vụ; Giám đốc Sở Tài chính tỉnh Gia Lai",
            ["Sở Nội vụ tỉnh Quảng Nam", "Sở Tài chính tỉnh Gia Lai"],
        ),
        (QUE_SON, "Phòng Nội vụ", ["Phòng Nội vụ huyện Quế Sơn"]),
        (QUE_SON, "Thủ tướng Chính phủ, Bộ trưởng Bộ Nội vụ", ["Thủ tướng Chính phủ", "Bộ Nội vụ"]),
        (QUE_SON, "Ban Tổ chức Trung ương", ["Ban Tổ chức Trung ương"]),
        (QUE_SON, "Văn phòng HĐND và UBND huyện", ["Văn phòng HĐND và UBND huyện Quế Sơn"]),
        (INVENTED, "Chủ tịch UBND huyện Lê Quốc Việt ký", ["UBND huyện Sơn Bình"]),
        (INVENTED, "Chủ tịch UBND huyện Sơn Bình ký", ["UBND huyện Sơn Bình"]),
        (INVENTED, "Ban Chỉ đạo CCHC huyện Sơn Bình", ["Ban Chỉ đạo CCHC huyện Sơn Bình"]),
        (TAM_QUAN, "UBND phường, UBND thị xã", ["UBND phường Tam Quan", "UBND thị xã Hoài Nhơn"]),
        (TAM_QUAN, "Ủy ban nhân dân", ["UBND phường Tam Quan"]),
        (TAM_QUAN, "Đảng uỷ", ["Đảng ủy phường Tam Quan"]),
        (DA_NANG, "UBND thành phố; UBND TP. Đà Nẵng; Thành ủy", ["UBND thành phố Đà Nẵng"] * 2 + ["Thành ủy Đà Nẵng"]),
        (KON_TUM, "UBND thành phố", ["UBND thành phố"]),
        (KON_TUM, "UBND huyện", ["UBND huyện"]),
        (KON_TUM, "Huyện ủy, Phòng Nội vụ", ["Huyện ủy", "Phòng Nội vụ"]),
        (Place("newspaper", "Đồng Tháp"), "UBND tỉnh", ["UBND tỉnh Đồng Tháp"]),
        (Place("ministry"), "UBND tỉnh, Bộ Nội vụ", ["UBND tỉnh", "Bộ Nội vụ"]),
    ],
)
def test_bodies(place: Place, text: str, names: list[str]) -> None:
    assert [body.name for body in find_bodies(text, place)] == names


def test_every_body_of_the_vocabulary_is_found_where_it_stands() -> None:
    known = bodies()
    forms = [*known["central"], *known["others"], *(f"Bộ {field}" for field in known["fields"])]
    forms += [f"{office} {field}" for office in ("Sở", "sở", "Phòng", "phòng") for field in known["fields"]]
    forms += [f"Ban Chỉ đạo {task}" for task in known["steering"]]
    forms += ["ủy ban nhân dân", "Ủy ban Nhân dân", "ubnd", "hđnd", "Hội đồng nhân dân", "hội đồng nhân dân tỉnh"]
    forms += [f"{one} ủy" for one in ("Tỉnh", "Huyện", "Thị", "Thành", "Quận", "Đảng", "BTV Huyện", "Văn phòng Tỉnh")]
    forms += ["Huyện đoàn", "Trường THPT Quế Sơn", "Phó Chủ tịch UBND", "Lãnh đạo UBND", "Thường trực HĐND"]
    forms += ["Giám đốc Sở Nội vụ", "Trưởng phòng Nội vụ", "Bộ trưởng Bộ Nội vụ", "Chủ tịch UBND"]
    starts = {form: next((body.start for body in find_bodies(f"do {form} giao", QUE_SON)), None) for form in forms}
    assert {form: start for form, start in starts.items() if start != 3} == {}


def test_the_first_and_the_last_body() -> None:
    text = "UBND huyện, Sở Nội vụ và UBND tỉnh"
    assert [body.name for body in find_bodies(text, QUE_SON)][1] == "Sở Nội vụ tỉnh Quảng Nam"
    last, office = last_body(text, QUE_SON, bool), last_body(text, QUE_SON, lambda name: name.startswith("Sở"))
    assert last is not None
    assert (last.name, text[last.start : last.end]) == ("UBND tỉnh Quảng Nam", "UBND tỉnh")
    assert office is not None
    assert office.name == "Sở Nội vụ tỉnh Quảng Nam"
    assert last_body(text, QUE_SON, lambda name: name.startswith("HĐND")) is None
    first = opening_body(text, QUE_SON)
    assert first is not None
    assert first.name == "UBND huyện Quế Sơn"
    assert opening_body(f"các {text}", QUE_SON) is None


def test_where_a_body_stands() -> None:
    text = "Ngày 5/5, Chủ tịch Uỷ ban nhân dân tỉnh Kon Tum ký"
    body = next(find_bodies(text, KON_TUM))
    assert text[body.start : body.end] == "Chủ tịch Uỷ ban nhân dân tỉnh Kon Tum"


def test_an_article_republished_by_a_neighbour_speaks_of_its_own_place() -> None:
    assert spoken_of("UBND huyện Quế Sơn ban hành Kế hoạch", INVENTED).district == "Quế Sơn"
    assert spoken_of("Lãnh đạo thăm huyện Quế Sơn", INVENTED) == INVENTED
    assert spoken_of("Kế hoạch CCHC trên địa bàn phường Tam Quan", INVENTED).commune == "Tam Quan"
    assert spoken_of("Kế hoạch CCHC tại phường Bồng Sơn", TAM_QUAN) == TAM_QUAN


def test_the_portals_own_place_of_a_level() -> None:
    assert complete("huyện", QUE_SON) == "huyện Quế Sơn"
    assert complete("thị xã", QUE_SON) is None
    assert complete("huyện", TAM_QUAN) == "huyện Hoài Nhơn"
    assert complete("thành phố", QUE_SON) is None
    assert complete("phường", QUE_SON) is None
    assert own(TAM_QUAN) == "phường Tam Quan"
    assert own(Place("district", "Bình Định", "Hoài Nhơn")) == "thị xã Hoài Nhơn"
    assert own(Place("newspaper", "Đồng Tháp")) is None
    assert own(INVENTED) is None
    assert (own(KON_TUM), own(DA_NANG)) == ("tỉnh Kon Tum", "thành phố Đà Nẵng")


def test_kinds_of_communes_come_from_the_tables() -> None:
    assert kind_of_commune("Tam Quan", "Hoài Nhơn", "Bình Định") == "phường"
    assert kind_of_commune("Tam Quan", None, "Gia Lai") == "phường"
    assert kind_of_commune("Nơi Nào", "Hoài Nhơn", "Bình Định") is None


def test_the_name_ends_where_the_next_word_begins() -> None:
    assert known_name("tỉnh", "Kon Tum Nguyễn Văn A", KON_TUM) == "Kon Tum"
    assert known_name("tỉnh", "Bà Rịa - Vũng Tàu", KON_TUM) == "Bà Rịa - Vũng Tàu"
    assert known_name("huyện", "Nguyễn Văn A", KON_TUM) is None


def test_today_and_the_card() -> None:
    assert (province_now("Quảng Nam"), province_now("Nơi Nào"), province_now(None)) == ("Đà Nẵng", None, None)
    assert place_of(QUE_SON) == QUE_SON


@given(st.text(alphabet="UBND huyệntỉnhQuế Sơnủy,.-1 Sở Nội vụ", max_size=60))
@settings(max_examples=100)
def test_no_text_breaks_the_search_for_bodies(text: str) -> None:
    for body in find_bodies(text, QUE_SON):
        assert 0 <= body.start < body.end <= len(text)
