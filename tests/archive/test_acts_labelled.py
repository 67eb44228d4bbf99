"""Acts in two labelled sets: one the rules were tuned on, one held out and seen as totals only.

Both have every form of PORTALS.md 3.1 and 3.2. What the first 312 passages gave before any rule was
read by the one who labelled them: numbers .991 and .980, with roles .912 and .864.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path

import pytest

from archive.acts import find_acts
from archive.records import ActMention, Place
from archive.text import clean

FOLDER = Path(__file__).parent
SETS = {
    name: tomllib.loads((FOLDER / f"acts_{name}.toml").read_text(encoding="utf-8"))["passage"]
    for name in ("tuned", "held")
}
LEAST = {"number": 0.99, "role": 0.975, "type": 0.98, "date": 0.98, "issuer": 0.97}

Facts = dict[str, str | None]


def found(passage: dict[str, object]) -> list[Facts]:
    place = Place(*(part or None for part in passage.get("place", ["district", "Quảng Nam", "Quế Sơn"])))  # type: ignore[attr-defined,arg-type]
    published = date.fromisoformat(str(passage.get("published", "2023-06-01")))
    return [facts(act) for act in find_acts(clean(str(passage["text"])), published=published, place=place)]


def facts(act: ActMention) -> Facts:
    signed = act.date.isoformat() if act.date else None
    return {"role": act.role[0], "type": act.type, "number": act.number, "date": signed, "issuer": act.issuer}


def stated(passage: dict[str, object]) -> list[Facts]:
    names = ("role", "type", "number", "date", "issuer")
    return [dict(zip(names, (part or None for part in act), strict=True)) for act in passage["acts"]]  # type: ignore[attr-defined]


def f1(passages: list[dict[str, object]], key: Callable[[Facts], Hashable | None]) -> float:
    """2 right / (found + stated), over all passages; `key` is what is compared of an act, None to leave it out."""
    right = both = 0
    for passage in passages:
        have = Counter(one for act in found(passage) if (one := key(act)) is not None)
        want = Counter(one for act in stated(passage) if (one := key(act)) is not None)
        right += (have & want).total()
        both += have.total() + want.total()
    return 2 * right / both


def test_the_sets_are_large_and_share_no_passage() -> None:
    texts = [str(passage["text"]) for passages in SETS.values() for passage in passages]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)
    assert sum(not passage["acts"] for passages in SETS.values() for passage in passages) >= 30


@pytest.mark.parametrize("name", list(SETS))
def test_numbers(name: str) -> None:
    assert f1(SETS[name], lambda act: act["number"]) >= LEAST["number"]


@pytest.mark.parametrize("name", list(SETS))
def test_numbers_with_roles_and_types(name: str) -> None:
    for field in ("role", "type"):
        assert f1(SETS[name], lambda act, field=field: (act[field], act["number"] or act["type"])) >= LEAST[field]  # type: ignore[misc]


@pytest.mark.parametrize("name", list(SETS))
@pytest.mark.parametrize("field", ["date", "issuer"])
def test_dates_and_issuers(name: str, field: str) -> None:
    """Where people agree: a passage marked `loose` does not count here."""
    clear = [passage for passage in SETS[name] if not passage.get("loose")]
    assert f1(clear, lambda act: (act[field], act["number"] or act["type"])) >= LEAST[field]
