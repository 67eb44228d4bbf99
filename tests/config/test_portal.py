"""Portal files: the shipped ones load; each mistake names file, key and fix."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.errors import PortalError
from config.portal import Level, Portal, Status, _fix, load, pick, read
from config.settings import SHIPPED_PORTALS

WHOLE = """
name     = "Cổng TTĐT huyện Quế Sơn"
url      = "https://queson.quangnam.gov.vn"
level    = "district"
province = "Quảng Nam"
district = "Quế Sơn"
family   = "nukeviet"
listings = ["/vi/news/cai-cach-hanh-chinh/"]
feeds    = ["/vi/news/rss/"]
hosts    = ["Storage.example.vn"]
tls      = "seclevel1"
status   = "frozen"
successor = "thang-binh"
reason   = "cấp huyện kết thúc"
verified = 2026-11-22

[pace]
delay = 2.5
concurrency = 1

[selectors]
body = "#news-bodyhtml"
"""


def save(folder: Path, text: str, name: str = "que-son") -> Path:
    path = folder / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    portal = read(save(tmp_path, WHOLE))
    assert (portal.slug, portal.level, portal.status) == ("que-son", Level.DISTRICT, Status.FROZEN)
    assert portal.url == "https://queson.quangnam.gov.vn/"
    assert portal.hosts == ("storage.example.vn",)
    assert portal.verified == date(2026, 11, 22)
    assert portal.selectors == {"body": "#news-bodyhtml"}
    assert portal.text == WHOLE
    assert not portal.skipped


MISTAKES = {
    'colour = "red"': "colour: unknown key; remove it or write one of: commune,",
    'slug = "x"': "slug: unknown key; the file's name is the slug",
    'level = "city"': "level: 'city' is not known; write one of 'ministry', 'province',",
    'url = "queson"': "url: write the home page's whole address, such as \"https://",
    'status = "dead"': "status: 'dead' is not known; write one of 'active', 'paused', 'frozen' or 'gone'",
    'tls = "off"': "tls:",
    "verified = 2026": "verified:",
    'status = "active"': "successor and reason go with a status",
    "listings = 3": "listings:",
}


@pytest.mark.parametrize(("line", "says"), MISTAKES.items())
def test_a_mistake_names_file_key_and_fix(tmp_path: Path, line: str, says: str) -> None:
    key = line.split(" ", maxsplit=1)[0]
    lines = [other for other in WHOLE.splitlines() if other.split(" ")[0] != key]
    path = save(tmp_path, "\n".join([line, *lines]))
    with pytest.raises(PortalError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("key", ["name", "url", "level", "province", "district"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    path = save(tmp_path, "\n".join(line for line in WHOLE.splitlines() if line.split(" ")[0] != key))
    with pytest.raises(PortalError, match=key):
        read(path)


@pytest.mark.parametrize(("address", "fine"), [("https://queson.gov.vn/", False), ("http://127.0.0.1:8101/", True)])
def test_only_a_private_address_may_be_asked_without_pause(tmp_path: Path, address: str, fine: bool) -> None:
    path = save(tmp_path, f'name="x"\nurl="{address}"\nlevel="ministry"\n[pace]\ndelay = 0\n')
    if fine:
        assert read(path).pace.delay == 0
    else:
        with pytest.raises(PortalError, match="too fast for a public host"):
            read(path)


def test_only_a_ministry_has_no_province(tmp_path: Path) -> None:
    assert read(save(tmp_path, 'name="Bộ Nội vụ"\nurl="https://moha.gov.vn/"\nlevel="ministry"\n')).province is None


def test_not_toml_not_text_and_a_bad_name(tmp_path: Path) -> None:
    with pytest.raises(PortalError, match="not TOML"):
        read(save(tmp_path, "name = "))
    path = save(tmp_path, WHOLE, "Quế Sơn")
    with pytest.raises(PortalError, match="small letters, digits and single hyphens"):
        read(path)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(PortalError, match="UTF-8"):
        read(tmp_path / "latin.toml")


def test_a_slug_is_unique_over_all_folders_and_every_wrong_file_is_named(tmp_path: Path) -> None:
    save(tmp_path / "a", WHOLE)
    save(tmp_path / "b", WHOLE)
    save(tmp_path / "c", "name = 3", "other")
    with pytest.raises(PortalError) as caught:
        load(tmp_path)
    assert "taken by" in str(caught.value)
    assert "other.toml" in str(caught.value)
    with pytest.raises(PortalError, match="CAICACH_PORTALS"):
        load(tmp_path / "nowhere")


def test_the_shipped_portals_are_the_five_seeds_and_none_is_verified() -> None:
    portals = load(SHIPPED_PORTALS)
    assert {"que-son", "tam-quan", "huong-son", "bao-dong-thap", "kon-tum"} <= portals.keys()
    assert all(portal.verified is None for portal in portals.values())
    assert [p.slug for p in pick(portals, ["kon-tum", "que-son"])] == ["kon-tum", "que-son"]
    with pytest.raises(PortalError, match="unknown portal moon"):
        pick(portals, ["moon"])


@given(st.dictionaries(st.sampled_from(sorted(Portal.model_fields)), st.integers() | st.text() | st.booleans()))
def test_no_table_of_values_is_a_traceback(table: dict[str, object]) -> None:
    lines = []
    try:
        Portal.model_validate(table)
    except ValidationError as error:
        lines = [_fix(finding) for finding in error.errors()]
    assert all(lines)
