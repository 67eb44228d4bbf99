"""Floors for what the copy groups find and refuse, measured on the farm's texts and the shared gold.

The changes are those of bench/copies_changes.py, the measures those of bench/copies.py, where
the table is printed; here they are pinned.
"""

import itertools
import json
import random
from pathlib import Path

import pytest

from archive.alignment import align, anchors, once
from archive.copies import bands, likeness
from archive.wording import Body, Kind
from bench import copies as bench
from bench import copies_changes as changes
from crawler.farm import Farm

FARM = [
    (article.copy_of or article.url, article.body) for portal in Farm(5, copies=15).portals for article in portal.truth
]
TEXTS = bench.distinct(FARM)[::2]
FLOORS = {
    "identical": 1.0,
    "boilerplate added": 1.0,
    "without tone marks": 1.0,
    "capitals": 1.0,
    "own place inserted": 1.0,
    "5 % of words changed": 0.96,
    "10 %": 0.95,
    "15 %": 0.85,
    "cut to 60 %": 0.97,
    "no tones, 10 % changed": 0.95,
}
CEILINGS = {**dict.fromkeys(changes.LOOK_ALIKES, 0.01), "place, numbers, 5 % of words": 0.04}


@pytest.fixture(autouse=True)
def vocabulary() -> None:
    changes.VOCABULARY[:] = [word for _, text in FARM for word in text.split()]


@pytest.mark.parametrize(("change", "floor"), FLOORS.items(), ids=FLOORS)
def test_copies_are_found(change: str, floor: float) -> None:
    row = bench.by_change(TEXTS, {change: changes.COPIES[change]}, 1)[change]
    assert row["pairs"] > 100
    assert row["grouped"] >= floor


def test_look_alikes_are_refused() -> None:
    """Another place, other numbers or both in the same text: plain MinHash groups nearly all of them."""
    for change, row in bench.by_change(TEXTS, changes.LOOK_ALIKES, 1).items():
        assert row["pairs"] > 50, change
        assert row["grouped"] <= CEILINGS[change], change
        assert row["plain"] > 0.3, change


def test_an_archive_of_templates_groups_what_was_copied() -> None:
    """Everybody fills in the same stories; a pair besides the copies differs in nothing that can be seen."""
    found = bench.whole(FARM)
    assert found["recall"] == 1.0
    assert found["precision"] >= 0.97
    assert found["compared"] > len(FARM)


def test_texts_of_set_sentences_are_no_copies(shared: Path) -> None:
    rows = map(json.loads, (shared / "portals/nukeviet/gold.jsonl").read_text(encoding="utf-8").splitlines())
    bodies = [Body(row["body_text"]) for row in rows]
    keys = [set(bands(body)) for body in bodies]
    pairs = [(a, b) for a, b in itertools.combinations(range(len(bodies)), 2) if keys[a] & keys[b]]
    assert len(pairs) > 300, "if they were not compared this test would prove nothing"
    assert [pair for pair in pairs if likeness(bodies[pair[0]], bodies[pair[1]]) is not None] == []


OPENING = "Ngày 15/01/2024, UBND huyện Quế Sơn ban hành Báo cáo số 120/BC-UBND về cải cách hành chính quý I năm 2024. "
REST = """Công tác chỉ đạo, điều hành được thực hiện quyết liệt; các phòng, ban chuyên môn rà soát, đơn giản hóa thủ
tục, công khai kết quả giải quyết trên cổng thông tin điện tử. Phòng Nội vụ tham mưu kiểm tra, đôn đốc các xã,
thị trấn thực hiện nhiệm vụ được giao, kịp thời nhắc nhở nơi còn chậm trễ, gây phiền hà cho người dân."""


@pytest.mark.parametrize(
    ("opening", "copied"),
    [
        (OPENING.replace("15/01/2024", "15 tháng 1 năm 2024"), True),
        (OPENING.replace("15/01/2024", "15/1"), True),
        (OPENING.replace("15/01/2024", "15-01-2024"), True),
        (OPENING.replace("UBND huyện", "Ủy ban nhân dân huyện"), True),
        (OPENING.replace("huyện Quế Sơn", "huyện"), True),
        ("(Cổng TTĐT) " + OPENING, True),
        ("Tin, ảnh: Ban biên tập\n" + OPENING, True),
        ("", True),
        (OPENING.replace("Ngày", "(Báo Quảng Nam) Ngày"), True),
        (OPENING.replace("quý I ", "quý II "), False),
        (OPENING.replace("15/01/2024", "16/01/2024"), False),
        (OPENING.replace("15/01/2024", "15/01/2023"), False),
        (OPENING.replace("120/BC", "121/BC"), False),
        (OPENING.replace("Quế Sơn", "Nông Sơn"), False),
        (OPENING.replace("Quế Sơn", "Nông Sơn").upper(), False),
        (OPENING.replace("huyện Quế Sơn", "xã Quế Sơn"), False),
    ],
)
def test_what_one_difference_says(opening: str, copied: bool) -> None:
    rest = REST.upper() if opening.isupper() else REST
    a, b = Body(OPENING + REST), Body(opening + rest)
    assert (likeness(a, b) is not None) is copied
    assert likeness(a, b) == likeness(b, a)


def test_authors_below_a_text_do_not_count() -> None:
    text = OPENING + REST
    assert likeness(Body(text + "\nThu Hà"), Body(text + "\nVăn Nam Trung")) is not None
    assert likeness(Body("Quảng Nam Online - " + text), Body("Báo Đà Nẵng - " + text)) is not None


def test_what_words_are() -> None:
    body = Body("Huyện Quế Sơn có 12 xã. Kon Tum họp quý II, theo Kế hoạch của thị xã Kinh Môn.")
    kinds = dict(zip(body.words, body.kinds, strict=True))
    assert [word for word, kind in kinds.items() if kind is Kind.PLACE] == ["que", "son", "kinh", "mon"]
    assert [word for word, kind in kinds.items() if kind is Kind.NUMBER] == ["12", "ii"]
    assert [word for word, kind in kinds.items() if kind is Kind.LEVEL] == ["huyen", "xa"]
    assert body.runs[body.words.index("kon")] == "kon tum"


def test_a_unit_in_capitals_leads_to_its_name() -> None:
    body = Body("UBND THỊ TRẤN PHỐ CHÂU TỔ CHỨC LỄ HỘI")
    assert body.kinds[body.words.index("chau")] is Kind.PLACE
    other = Body("UBND thị trấn Phố Châu và xã Trần Phú tổ chức lễ hội")
    kinds = zip(other.words, other.kinds, strict=True)
    assert [word for word, kind in kinds if kind is Kind.PLACE] == ["pho", "chau", "tran", "phu"]


def test_alignment_says_what_stands_instead_of_what() -> None:
    chance = random.Random(1)
    words = [f"w{number}" for number in range(100)]
    other = words.copy()
    for place in chance.sample(range(5, 95), 12):
        other[place] = f"x{place}"
    del other[50:53]
    one, two = (once(f"{a} {b}" for a, b in itertools.pairwise(text)) for text in (words, other))
    laid = align(words, other, anchors(one, two))
    assert all(words[i] == other[j] for i, j in laid.same)
    replaced = {words[i] for start, end, _, _ in laid.gaps for i in range(start, end)}
    assert replaced >= {f"w{word[1:]}" for word in other if word[0] == "x"}
    assert len(laid.same) == sum(word[0] == "w" for word in other)
