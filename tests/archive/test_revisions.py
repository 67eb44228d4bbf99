"""What changed between two contents, and how much it matters."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.revisions import Content, Piece, Weight, compare, weigh

TEXTS = st.text("abc đê 12,.\n", max_size=80)
PLAN = "UBND huyện Quế Sơn ban hành Kế hoạch số 82/KH-UBND về cải cách hành chính năm 2022 trên địa bàn huyện"


@given(TEXTS, TEXTS)
def test_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = compare(before, after)
    old = " ".join(piece.text for piece in pieces if piece.kind != "new")
    new = " ".join(piece.text for piece in pieces if piece.kind != "gone")
    assert old.split() == before.split()
    assert new.split() == after.split()
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


def test_a_word_exchanged() -> None:
    assert compare("ban hành kế hoạch", "ban hành quyết định mới") == [
        Piece("same", "ban hành"),
        Piece("gone", "kế hoạch"),
        Piece("new", "quyết định mới"),
    ]


def test_long_texts_are_compared_by_paragraphs() -> None:
    paragraphs = [f"đoạn {number} " + "chữ " * 100 for number in range(300)]
    changed = [*paragraphs[:150], "một đoạn mới", *paragraphs[150:]]
    pieces = compare("\n".join(paragraphs), "\n".join(changed))
    assert [piece.text.strip() for piece in pieces if piece.kind != "same"] == ["một đoạn mới"]


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        (PLAN, PLAN.replace("về", "về:").upper(), Weight.COSMETIC),
        ("hoà bình, uỷ ban", "hòa bình ủy ban", Weight.COSMETIC),
        (PLAN, PLAN.replace("trên địa bàn", "tại địa bàn"), Weight.TEXTUAL),
        (PLAN, PLAN.replace("82", "83"), Weight.SUBSTANTIVE),
        (PLAN, PLAN.replace("2022", "2023"), Weight.SUBSTANTIVE),
        (PLAN, PLAN + " giao Phòng Nội vụ theo dõi và đôn đốc các xã", Weight.SUBSTANTIVE),
        ("thẩm định", "tham định", Weight.SUBSTANTIVE),
    ],
)
def test_how_much_a_change_matters(before: str, after: str, weight: Weight) -> None:
    assert weigh(Content("Tiêu đề", "", before), Content("Tiêu đề", "", after)) is weight


def test_another_title_or_file_is_substantive() -> None:
    plain = Content("Tiêu đề", "", PLAN, ("https://a/1.pdf",))
    assert weigh(plain, Content("Tiêu đề khác", "", PLAN, ("https://a/1.pdf",))) is Weight.SUBSTANTIVE
    assert weigh(plain, Content("Tiêu đề", "", PLAN)) is Weight.SUBSTANTIVE
