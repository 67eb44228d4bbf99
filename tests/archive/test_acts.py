"""Acts in running text, measured against labelled passages; and the numbers they bear."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.acts import canonical_number, find_acts
from archive.records import ActMention, Place, Role
from archive.text import clean

PASSAGES = tomllib.loads((Path(__file__).parent / "acts.toml").read_text(encoding="utf-8"))["passage"]
QUE_SON = Place("district", "Quảng Nam", "Quế Sơn")
LEAST_F1 = 0.99
LEAST_EXACT = 0.98

Facts = tuple[str, str, str | None, str | None, str | None]


def read(passage: dict[str, object]) -> list[Facts]:
    place = Place(*passage["place"]) if "place" in passage else QUE_SON  # type: ignore[misc]
    published = date.fromisoformat(str(passage.get("published", "2023-06-01")))
    return [facts(act) for act in find_acts(clean(str(passage["text"])), published=published, place=place)]


def facts(act: ActMention) -> Facts:
    return act.role[0], act.type, act.number, act.date.isoformat() if act.date else None, act.issuer


def wanted(passage: dict[str, object]) -> list[Facts]:
    return [tuple(value or None for value in act) for act in passage["acts"]]  # type: ignore[attr-defined,misc]


def test_numbers_and_roles_of_the_labelled_passages() -> None:
    assert len(PASSAGES) >= 100
    right = found = expected = 0
    for passage in PASSAGES:
        have, want = [(a[0], a[2]) for a in read(passage)], [(a[0], a[2]) for a in wanted(passage)]
        right += sum(one in want for one in have)
        found, expected = found + len(have), expected + len(want)
    precision, recall = right / found, right / expected
    assert 2 * precision * recall / (precision + recall) >= LEAST_F1, (precision, recall)


def test_every_fact_of_the_labelled_passages() -> None:
    """Type, date and issuer too; `loose` passages are those where even people differ about the issuer or role."""
    strict = [passage for passage in PASSAGES if not passage.get("loose")]
    wrong = [(passage["text"], read(passage)) for passage in strict if read(passage) != wanted(passage)]
    assert 1 - len(wrong) / len(strict) >= LEAST_EXACT, wrong
