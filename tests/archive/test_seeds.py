"""The five seed articles come out of normalise exactly as their gold says."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.dates import VIETNAM
from archive.normalise import normalise
from archive.places import province_now
from archive.records import Article, FileLink, Normalised, Place, Precision, Role, Stated
from archive.text import clean
from config import vocabulary

NOW = datetime(2026, 11, 22, tzinfo=VIETNAM)
SEEDS = range(5)


@pytest.fixture(scope="module")
def gold(shared: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / "seeds" / "gold.json").read_text(encoding="utf-8"))
    return found


def read(shared: Path, seed: dict[str, Any]) -> Normalised:
    """A seed as a family would give it: title and body within the gold's boundaries, nothing else of the page."""
    whole = clean((shared / "seeds" / seed["seed"]).read_text(encoding="utf-8"))
    start = whole.index(seed["body_starts"])
    end = whole.index(seed["body_ends"], start) + len(seed["body_ends"])
    dated = (Stated("Cập nhật ngày: 27/12/2019 13:07:13", "page"),) if seed["published_at"] else ()
    article = Article(
        url="https://example.vn/a-1.html",
        title=seed["title"] or "",
        body=whole[start:end],
        family="test",
        reader_version="1",
        dates=dated,
        author=seed["author"] or "",
        captions=(seed["caption"],) if "caption" in seed else (),
        attachments=(FileLink("https://example.vn/a.pdf", "tại đây"),),
    )
    place = Place(seed["level"], seed["province"], seed["district"], seed["commune"])
    return normalise(article, place, NOW)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("number", SEEDS)
def test_the_act_announced(shared: Path, gold: list[dict[str, Any]], number: int) -> None:
    read_as, seed = read(shared, gold[number]), gold[number]["announced"]
    announced = [act for act in read_as.acts if act.role is Role.ANNOUNCED]
    assert [(act.type, act.number, act.date, act.issuer) for act in announced] == [
        (seed["type"], seed["number"], day(seed["date"]), seed["issuer"])
    ]
    assert (read_as.act_type, read_as.act_number, read_as.act_date) == (seed["type"], seed["number"], day(seed["date"]))
    assert read_as.issuing_body == seed["issuer"]


@pytest.mark.parametrize("number", SEEDS)
def test_the_acts_cited(shared: Path, gold: list[dict[str, Any]], number: int) -> None:
    cited = [act for act in read(shared, gold[number]).acts if act.role is Role.CITED]
    expected = [(act["type"], act["number"], day(act["date"])) for act in gold[number]["cited"]]
    assert [(act.type, act.number, act.date) for act in cited] == expected


@pytest.mark.parametrize("number", SEEDS)
def test_plan_year_periods_and_indices(shared: Path, gold: list[dict[str, Any]], number: int) -> None:
    read_as, seed = read(shared, gold[number]), gold[number]
    assert read_as.plan_year == seed["plan_year"]
    assert [list(period) for period in read_as.periods] == seed["periods"]
    assert list(read_as.indicators) == seed["indices"]


@pytest.mark.parametrize("number", SEEDS)
def test_title_and_body_within_their_boundaries(shared: Path, gold: list[dict[str, Any]], number: int) -> None:
    read_as, seed = read(shared, gold[number]), gold[number]
    assert read_as.title == (seed["title"] or "")
    assert read_as.body.startswith(seed["body_starts"])
    assert read_as.body.endswith(seed["body_ends"])
    assert not any(words in read_as.body for words in [*seed["not_in_body"], seed.get("caption", "Tin liên quan")])
    assert read_as.relevance.is_reform


@pytest.mark.parametrize("number", SEEDS)
def test_publication_and_place(shared: Path, gold: list[dict[str, Any]], number: int) -> None:
    read_as, seed = read(shared, gold[number]), gold[number]
    assert (read_as.published.at.isoformat() if read_as.published else None) == seed["published_at"]
    assert read_as.published is None or read_as.published.precision is Precision.SECOND
    assert province_now(seed["province"]) == seed["province_now"]
    assert read_as.author == (seed["author"] or "")


def test_seed_004_names_all_seven_task_groups(shared: Path, gold: list[dict[str, Any]]) -> None:
    assert read(shared, gold[4]).reform_areas == tuple(vocabulary.reform_areas())
    assert read(shared, gold[4]).body.count("  ") == 0


def test_seed_003_as_the_newspaper_prints_it(shared: Path, gold: list[dict[str, Any]]) -> None:
    seed = gold[3]
    whole = clean((shared / "seeds" / seed["seed"]).read_text(encoding="utf-8"))
    printed = whole[whole.index("ĐTO - ") : whole.index("Gửi bình luận")]
    read_as = normalise(
        Article("https://example.vn/", seed["title"], printed, "test", "1", author="Nhật Anh"),
        Place("newspaper", "Đồng Tháp"),
        NOW,
    )
    assert read_as.body.startswith(seed["body_starts"])
    assert read_as.body.endswith(seed["body_ends"])
    assert read_as.source == "ĐTO"
    assert read_as.issuing_body == "UBND tỉnh Đồng Tháp"
