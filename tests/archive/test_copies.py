"""Copies are grouped, look-alikes are not; groups follow what is recorded, on both databases."""

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import copies_told, queries
from archive.copies import bands, likeness
from archive.filters import Filters
from archive.records import Stated
from archive.store_copies import connected
from archive.wording import SHORT, Body
from tests.archives import Archive, later

TEMPLATE = """Ngày {day}, Ủy ban nhân dân huyện {district} ban hành Kế hoạch số {number}/KH-UBND về cải cách hành chính
năm {year} trên địa bàn huyện. Theo đó, huyện {district} phấn đấu {share}% thủ tục hành chính được giải quyết đúng
hạn, {online}% hồ sơ được nộp trực tuyến, mức độ hài lòng của người dân và doanh nghiệp đạt từ {happy}% trở lên.
Kế hoạch đặt ra các nhiệm vụ về cải cách thể chế, cải cách thủ tục hành chính, cải cách tổ chức bộ máy, cải cách
chế độ công vụ, cải cách tài chính công và xây dựng chính quyền điện tử, chính quyền số. Các phòng, ban chuyên
môn và Ủy ban nhân dân các xã, thị trấn xây dựng kế hoạch của đơn vị mình trước ngày {before}; Phòng Nội vụ
huyện {district} theo dõi, đôn đốc, tổng hợp báo cáo định kỳ hằng quý và tham mưu tổ chức kiểm tra ít nhất
{checks} lượt cơ quan, đơn vị trong năm. Kinh phí thực hiện được bố trí trong dự toán ngân sách hằng năm của các
cơ quan, đơn vị theo phân cấp hiện hành; cơ quan tài chính hướng dẫn việc lập dự toán, quyết toán. Chủ tịch Ủy
ban nhân dân huyện yêu cầu người đứng đầu chịu trách nhiệm về kết quả; đưa kết quả này vào đánh giá, xếp loại
cán bộ, công chức cuối năm; biểu dương tập thể, cá nhân làm tốt và nhắc nhở nơi còn chậm trễ, gây phiền hà cho
người dân."""
QUESON = {
    "day": "15/01/2024", "district": "Quế Sơn", "number": "12", "year": "2024", "share": "98", "online": "80",
    "happy": "92", "before": "31/01/2024", "checks": "30",
}  # fmt: skip
NONGSON = {
    "day": "22/01/2024", "district": "Nông Sơn", "number": "27", "year": "2024", "share": "95", "online": "75",
    "happy": "90", "before": "15/02/2024", "checks": "25",
}  # fmt: skip
LASTYEAR = {
    **QUESON,
    "day": "10/01/2023",
    "number": "9",
    "year": "2023",
    "share": "96",
    "online": "70",
    "before": "20/01/2023",
}
TEXT = TEMPLATE.format(**QUESON)
PROSE = re.findall(r"\b[a-zà-ỹđ]{2,}\b", TEXT)
BYLINE = "Cổng thông tin điện tử. Ghi rõ nguồn khi phát hành lại thông tin từ trang này. "
LATER = (Stated("20/02/2024", "page"),)


def edited(text: str, share: float, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(PROSE) if chance.random() < share else word for word in text.split())


def without_tones(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def shares_a_band(one: str, other: str) -> bool:
    return bool(set(bands(Body(one))) & set(bands(Body(other))))


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        without_tones(TEXT),
        TEXT.upper(),
        BYLINE + TEXT + BYLINE,
        unicodedata.normalize("NFD", TEXT),
        TEXT.replace(", ", " "),
    ],
    ids=["identical", "without tones", "capitals", "boilerplate", "NFD", "punctuation"],
)
def test_copies_are_found_and_verified(copy: str) -> None:
    assert shares_a_band(TEXT, copy)
    assert likeness(Body(TEXT), Body(copy)) is not None


@pytest.mark.parametrize(
    "other", [TEMPLATE.format(**NONGSON), TEMPLATE.format(**LASTYEAR)], ids=["another district", "another year"]
)
def test_look_alikes_are_compared_and_refused(other: str) -> None:
    assert shares_a_band(TEXT, other), "if they were not compared this test would prove nothing"
    assert likeness(Body(TEXT), Body(other)) is None


def test_edited_copies() -> None:
    """One word in ten changed: most are found, and what is found is verified."""
    trials = [edited(TEXT, 0.1, seed) for seed in range(60)]
    assert sum(shares_a_band(TEXT, trial) for trial in trials) >= 54
    assert sum(likeness(Body(TEXT), Body(trial)) is not None for trial in trials) >= 54


def test_a_copy_cut_short() -> None:
    words = TEXT.split()
    assert likeness(Body(TEXT), Body(" ".join(words[: len(words) * 6 // 10]))) is not None


def test_short_bodies_are_compared_with_none() -> None:
    short = " ".join(PROSE[: SHORT - 1])
    assert bands(Body(short)) == ()
    assert likeness(Body(short), Body(short)) is None


@given(st.lists(st.sampled_from(PROSE), max_size=120), st.lists(st.sampled_from(PROSE), max_size=120))
def test_likeness_is_mutual(one: list[str], other: list[str]) -> None:
    a, b = Body(" ".join(one)), Body(" ".join(other))
    assert likeness(a, b) == likeness(b, a)


@given(*3 * [st.lists(st.sampled_from(PROSE), min_size=SHORT, max_size=99)])
def test_a_text_is_a_copy_of_what_it_stands_in(before: list[str], text: list[str], after: list[str]) -> None:
    """Word for word, however often a word pair is said."""
    assert likeness(Body(" ".join(text)), Body(" ".join([*before, *text, *after]))) is not None
    assert likeness(Body(" ".join(text)), Body(" ".join([*text, *text]))) is not None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_connected_are_the_components(pairs: list[tuple[int, int]]) -> None:
    sets = connected(range(10), pairs)
    assert sorted(member for together in sets for member in together) == list(range(10))
    where = {member: number for number, together in enumerate(sets) for member in together}
    assert all(where[one] == where[other] for one, other in pairs)
    assert len(sets) >= 10 - len(pairs)


def _groups(archive: Archive) -> list[tuple[object, object]]:
    return [(row["copy_group"], row["first_publisher"]) for row in archive.read(queries.rows, Filters(any_topic=True))]


def test_a_group_has_its_smallest_id_and_its_earliest_publisher(archive: Archive) -> None:
    archive.record("a", body=TEXT, slug="newspaper", dates=LATER)
    archive.record("b", body=TEMPLATE.format(**NONGSON), slug="nongson")
    assert _groups(archive) == [(None, None), (None, None)]
    version = archive.read(queries.version)
    archive.record("c", body=BYLINE + TEXT)
    assert _groups(archive) == [(1, "queson"), (None, None), (1, "queson")]
    told = {(change.kind, change.article) for change in archive.read(queries.changes, version)}
    assert told == {("new", 3), ("copies", 1)}
    assert archive.read(queries.show, 1).copies == (("queson", 3, "https://queson.gov.vn/c.html"),)


def test_distinct_leaves_the_first_publishers_row_or_the_earliest_selected(archive: Archive) -> None:
    archive.record("a", body=TEXT, slug="newspaper", dates=LATER)
    archive.record("b", body=TEXT)
    archive.record("c", body=TEMPLATE.format(**NONGSON), slug="nongson")
    assert [row["id"] for row in archive.read(queries.rows, Filters(), distinct=True)] == [2, 3]
    assert archive.read(queries.count, Filters(), distinct=True) == 2
    only = Filters(portal=("newspaper",))
    assert [row["id"] for row in archive.read(queries.rows, only, distinct=True)] == [1]


def test_a_revision_leaves_and_joins_groups(archive: Archive) -> None:
    archive.record("a", body=TEXT)
    archive.record("b", body=TEXT, slug="newspaper", dates=LATER)
    archive.record("b", body=TEMPLATE.format(**NONGSON), slug="newspaper", dates=LATER, at=later(days=1))
    assert _groups(archive) == [(None, None), (None, None)]
    archive.record("b", body=TEXT, slug="newspaper", dates=LATER, at=later(days=2))
    assert _groups(archive) == [(1, "queson")] * 2


def test_one_article_joins_two_groups(archive: Archive) -> None:
    half = len(TEXT) * 62 // 100
    archive.record("a", body=TEXT[:half], slug="one")
    archive.record("b", body=TEXT[-half:], slug="two", dates=LATER)
    assert _groups(archive) == [(None, None)] * 2
    archive.record("c", body=TEXT, slug="three", dates=LATER)
    assert _groups(archive) == [(1, "one")] * 3


def test_groups_do_not_depend_on_the_order(archive: Archive) -> None:
    bodies = {"one": TEXT, "two": BYLINE + TEXT, "three": TEMPLATE.format(**NONGSON), "four": without_tones(TEXT)}
    for slug in ("three", "four", "two", "one"):
        archive.record("a", body=bodies[slug], slug=slug)
    rows = archive.read(queries.rows, Filters(any_topic=True))
    assert {row["portal"] for row in rows if row["copy_group"]} == {"one", "two", "four"}


def test_who_was_first_how_much_later_and_what_each_changed(archive: Archive) -> None:
    archive.record("b", body=BYLINE + TEXT.replace("chậm trễ", "trì trệ"), dates=LATER)
    archive.record("a", body=TEXT)
    archive.record("c", body=TEMPLATE.format(**NONGSON))
    first, copy = archive.read(copies_told.told, 1)
    assert [(first.id, first.first, first.delay_days), (copy.id, copy.first, copy.delay_days)] == [
        (2, True, 0),
        (1, False, 5),
    ]
    assert {piece.kind for piece in first.pieces} == {"same"}
    assert copy.likeness is not None
    assert 0.8 < copy.likeness < 1.0
    assert [piece.text for piece in copy.pieces if piece.kind == "gone"] == ["chậm trễ,"]
    assert [piece.text for piece in copy.pieces if piece.kind == "new"] == [BYLINE.strip(), "trì trệ,"]
    assert copy.words("same") > 200
    assert archive.read(copies_told.told, 3) == []
    archive.store.withhold(2, "asked")
    assert archive.read(copies_told.told, 1) == []
