"""The catalogue of real portals: whole, without doubles, honest about what is only guessed, and made by its table."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from config import catalogue, units
from config.errors import PortalError
from config.portal import Level, Portal, Status, load
from config.settings import SHIPPED_PORTALS


@pytest.fixture(scope="module")
def portals() -> dict[str, Portal]:
    return load(SHIPPED_PORTALS)


@pytest.fixture(scope="module")
def rows() -> dict[str, catalogue.Row]:
    return {row.slug: row for row in catalogue.rows()}


def test_the_files_are_what_the_table_says(rows: dict[str, catalogue.Row]) -> None:
    there = {path.relative_to(SHIPPED_PORTALS).as_posix(): path for path in SHIPPED_PORTALS.rglob("*.toml")}
    ours = {name for name, path in there.items() if path.read_text(encoding="utf-8").startswith(catalogue.MARK)}
    wanted = {row.path: row.text for row in rows.values()}
    assert ours == wanted.keys(), "run `python -m config.catalogue`"
    for name, text in wanted.items():
        assert there[name].read_text(encoding="utf-8") == text, "run `python -m config.catalogue`"


def test_every_province_of_before_and_of_today_has_its_portal(portals: dict[str, Portal]) -> None:
    named = {one.province for one in portals.values() if one.level is Level.PROVINCE and one.name.startswith("Cổng")}
    before = {one.stem for one in units.units() if one.system == "p63" and not one.other}
    now = {one.stem for one in units.units() if one.system == "p34" and not one.other}
    assert (len(before), len(now)) == (63, 34)
    assert before | now <= named


def test_there_are_many_at_every_level(portals: dict[str, Portal]) -> None:
    levels = Counter(one.level for one in portals.values())
    assert len(portals) >= 400
    assert levels[Level.PROVINCE] >= 130
    assert levels[Level.DISTRICT] >= 180
    assert levels[Level.NEWSPAPER] >= 63
    assert levels[Level.MINISTRY] >= 30
    assert levels[Level.COMMUNE] >= 10
    assert sum("so-noi-vu" in slug for slug in portals) >= 63


def test_none_is_verified_and_what_is_guessed_is_not_crawled(
    portals: dict[str, Portal], rows: dict[str, catalogue.Row]
) -> None:
    for slug, row in rows.items():
        assert portals[slug].verified is None
        assert portals[slug].skipped == (row.sure == "pattern"), slug
        assert row.source, slug
    probed = [row for row in rows.values() if row.sure != "pattern"]
    assert len(probed) >= 250


def test_successors_exist_and_lead_to_a_portal_that_lives(portals: dict[str, Portal]) -> None:
    for slug, portal in portals.items():
        if portal.successor is None:
            continue
        assert portal.successor in portals, slug
        assert portals[portal.successor].status in {Status.ACTIVE, Status.PAUSED}, slug
        assert portal.reason, slug
        if portal.province:
            after = portals[portal.successor].province
            assert after == units.province_now(portal.province), slug


def test_no_two_portals_have_one_host(portals: dict[str, Portal]) -> None:
    hosts = Counter(portal.host.removeprefix("www.") for portal in portals.values())
    assert [host for host, times in hosts.items() if times > 1] == []


def test_places_are_in_the_tables(portals: dict[str, Portal]) -> None:
    for slug, portal in portals.items():
        if portal.province:
            assert units.province_now(portal.province), slug
        if portal.district:
            assert any(
                unit.stem == portal.district
                and unit.parent in {p.identity for p in units.named(portal.province, "p63")}
                for unit in units.units()
                if unit.system == "d"
            ), slug
        if portal.level is Level.DISTRICT:
            assert portal.status in {Status.FROZEN, Status.PAUSED}, slug
            assert "cấp huyện kết thúc ngày 1/7/2025" in (portal.reason or ""), slug


def test_merged_provinces_name_the_one_they_merged_into(portals: dict[str, Portal]) -> None:
    for portal in portals.values():
        merged = portal.province and units.province_now(portal.province) != portal.province
        if merged and portal.level is Level.PROVINCE:
            assert portal.status is not Status.ACTIVE
            assert "nhập vào" in (portal.reason or "")


def test_writing_touches_nothing_that_is_kept_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "portals"
    shutil.copytree(SHIPPED_PORTALS, folder)
    assert catalogue.write(folder) == (0, 0)
    own = folder / "ha-tinh" / "cua-toi.toml"
    own.write_text("# mine", encoding="utf-8")
    changed = folder / "ha-noi" / "ha-noi.toml"
    changed.write_text(changed.read_text(encoding="utf-8") + "# x\n", encoding="utf-8")
    left = folder / "ha-noi" / "cu.toml"
    left.write_text(f"{catalogue.MARK}seen: gone from the table", encoding="utf-8")
    assert catalogue.write(folder) == (1, 1)
    assert own.exists()
    assert not left.exists()
    changed.write_text("# by hand", encoding="utf-8")
    with pytest.raises(PortalError, match=r"ha-noi\.toml: kept by hand"):
        catalogue.write(folder)


def test_a_row_must_say_how_sure_it_is(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    text = catalogue.TABLE.read_text(encoding="utf-8")
    head, first, *_ = text.splitlines()
    table.write_text(f"{head}\n{first.replace(',seen,', ',maybe,').replace(',known,', ',maybe,')}\n", encoding="utf-8")
    with pytest.raises(PortalError, match="sure must be one of seen, known, pattern"):
        list(catalogue.rows(table))
    table.write_text("slug\nx\n", encoding="utf-8")
    with pytest.raises(PortalError, match="the columns must be"):
        list(catalogue.rows(table))
