"""The vocabulary files are whole, and a mistake in one is answered with file, key and fix."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config import vocabulary
from config.vocabulary import VocabularyError


def test_abbreviations() -> None:
    short = vocabulary.abbreviations()
    assert len(short) >= 100
    assert short["CCHC"] == ("cải cách hành chính",)
    assert vocabulary.expansions()["TTHC"] == "thủ tục hành chính"
    for ambiguous in ("CT", "TT", "TU", "BTC", "QC", "CC", "CP", "HD", "DN", "TP", "KH", "CĐ", "ĐA"):
        assert len(short[ambiguous]) > 1
        assert ambiguous not in vocabulary.expansions()


def test_act_types() -> None:
    known = vocabulary.act_types()
    assert {symbol: known.by_symbol[symbol] for symbol in ("QĐ", "KH", "CTr", "CTHĐ", "CTrHĐ", "TTLT")} == {
        "QĐ": "Quyết định",
        "KH": "Kế hoạch",
        "CTr": "Chương trình",
        "CTHĐ": "Chương trình hành động",
        "CTrHĐ": "Chương trình hành động",
        "TTLT": "Thông tư liên tịch",
    }
    assert {"UBND", "TTg", "HU"} <= known.bodies
    assert known.party <= known.bodies
    assert not known.bodies & known.by_symbol.keys()


def test_areas_indices_kinds_and_relevance() -> None:
    assert len(vocabulary.reform_areas()) == 7
    assert {"PAR INDEX", "PAPI", "SIPAS", "PCI", "DDCI", "ICT Index", "DTI", "PGI"} == vocabulary.indicators().keys()
    assert set(vocabulary.kinds()) == {
        "plan",
        "programme",
        "decision",
        "report",
        "ranking",
        "conference",
        "inspection",
        "training",
        "other",
    }
    points = vocabulary.relevance().points
    assert points["cải cách hành chính"] > 0 > points["cải cách tiền lương"]


@pytest.mark.parametrize(
    ("name", "text", "reader", "message"),
    [
        ("abbreviations", "CCHC", vocabulary.abbreviations, "not TOML"),
        ("abbreviations", "[a]\nCCHC = 5", vocabulary.abbreviations, r"a\.CCHC: write a list of words"),
        ("abbreviations", '[a]\nX = "x"\n[b]\nX = "y"', vocabulary.abbreviations, r"b\.X: stands twice"),
        ("abbreviations", 'CCHC = "x"', vocabulary.abbreviations, "CCHC: write a table"),
        ("kinds", 'plan = ["kế hoạch"]', vocabulary.kinds, r"other: is missing"),
        ("kinds", "plan = [1]\nother = []", vocabulary.kinds, "plan: write a list of words"),
        ("indicators", 'PAPI = "PAPI"', vocabulary.indicators, "PAPI: write a list of words"),
        ("reform_areas", '["A"]\nword = []', vocabulary.reform_areas, r"A\.words: write a list"),
        ("relevance", "threshold = 0", vocabulary.relevance, "sounds: write a table"),
        ("relevance", "[sounds]\n[for]\nx = -1", vocabulary.relevance, r"for\.x: write a number above 0"),
        ("act_types", "[types]\nx = 1", vocabulary.act_types, r"types\.x: write a table"),
        ("bodies", "central = []", vocabulary.bodies, "fields: write a list"),
    ],
)
def test_mistakes_name_the_key_and_the_fix(
    tmp_path: Path, name: str, text: str, reader: Callable[[Path], object], message: str
) -> None:
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=message):
        reader(tmp_path)


def test_a_missing_or_garbled_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="cannot be read"):
        vocabulary.kinds(tmp_path)
    (tmp_path / "kinds.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(VocabularyError, match="cannot be read"):
        vocabulary.kinds(tmp_path)
    assert VocabularyError.code == 2
