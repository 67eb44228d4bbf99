"""What is recorded counts once a person has reviewed it, and what is called verified has such pages."""

import json
from datetime import date
from pathlib import Path

import pytest

from config.portal import Portal, load
from config.settings import SHIPPED_PORTALS
from crawler.families import keys
from crawler.recording import reviewed, unproven

PORTALS = Path(__file__).parent.parent / "portals"
CASES = sorted(path.parent for path in PORTALS.glob("*/*/expected.json"))


def case(folder: Path, meta: str | None) -> Path:
    folder.mkdir(parents=True)
    if meta is not None:
        (folder / "meta.toml").write_text(meta, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("meta", "counts"),
    [("reviewed = true", True), ("reviewed = false", False), ('reviewed = "yes"', False), ("", False), (None, True)],
)
def test_a_draft_does_not_count(tmp_path: Path, meta: str | None, counts: bool) -> None:
    assert reviewed(case(tmp_path / "case", meta)) is counts


@pytest.mark.parametrize("key", keys())
def test_every_family_has_reviewed_pages(key: str) -> None:
    mine = [json.loads((one / "expected.json").read_text(encoding="utf-8")) for one in CASES if reviewed(one)]
    mine = [one for one in mine if one["family"] == key]
    assert any("article" in one for one in mine), f"{key}: record an article, review it"
    assert any("links" in one for one in mine) or key == "nukeviet", f"{key}: record a listing, review it"


def test_what_a_portal_recorded_says_whether_it_was_reviewed() -> None:
    recorded = [one for one in CASES if one.parent.name not in keys()]
    assert [one for one in recorded if not (one / "meta.toml").is_file()] == []


def test_every_verified_portal_has_reviewed_pages(tmp_path: Path) -> None:
    assert unproven(load(SHIPPED_PORTALS).values(), PORTALS) == []
    base = {"name": "x", "url": "https://a.gov.vn/", "level": "ministry", "verified": date(2026, 11, 22)}
    portals = [Portal.model_validate({**base, "slug": slug}) for slug in ("none", "draft", "good")]
    case(tmp_path / "draft" / "listing", "reviewed = false")
    case(tmp_path / "good" / "listing", "reviewed = true")
    assert unproven(portals, tmp_path) == ["none", "draft"]
    assert unproven([portals[0].model_copy(update={"verified": None})], tmp_path) == []
