"""The filters mean the same on every command, and a wrong one is one line."""

from datetime import date
from typing import Annotated

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from archive.filters import Filters
from archive.options import LEVELS, OPTIONS, build, filtered
from config.errors import UsageError
from config.portal import Level

app = typer.Typer(add_completion=False)
seen: list[tuple[list[str], Filters, int]] = []


@app.command()
@filtered
def find(words: Annotated[list[str], typer.Argument()], filters: Filters, limit: int = 20) -> None:
    """Find words."""
    seen.append((words, filters, limit))


def typed(*arguments: str) -> Filters:
    seen.clear()
    done = CliRunner().invoke(app, ["ke", "hoach", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    ((words, filters, _),) = seen
    assert words == ["ke", "hoach"]
    return filters


def test_no_option_is_no_filter() -> None:
    assert typed() == Filters()


def test_every_filter_has_its_option_and_repeats_mean_any() -> None:
    filters = typed(
        *("--portal", "a", "--portal", "b", "--province", "Quảng Nam", "--province-now", "Đà Nẵng"),
        *("--district", "Quế Sơn", "--commune", "Quế Phú", "--level", "district", "--level", "Commune"),
        *("--from", "2025-01-01", "--to", "2025-12-31", "--year", "2024", "--year", "2025"),
        *("--area", "Cải cách thể chế", "--kind", "plan", "--type", "Quyết định", "--number", "82/QĐ-UBND"),
        *("--body", "UBND huyện Quế Sơn", "--indicator", "PAPI", "--family", "nukeviet", "--any-topic", "--limit", "5"),
    )
    assert seen[0][2] == 5
    assert filters == Filters(
        portal=("a", "b"),
        province=("Quảng Nam",),
        province_now=("Đà Nẵng",),
        district=("Quế Sơn",),
        commune=("Quế Phú",),
        level=("district", "commune"),
        since=date(2025, 1, 1),
        until=date(2025, 12, 31),
        year=(2024, 2025),
        area=("Cải cách thể chế",),
        kind=("plan",),
        type=("Quyết định",),
        number=("82/QĐ-UBND",),
        body=("UBND huyện Quế Sơn",),
        indicator=("PAPI",),
        family=("nukeviet",),
        any_topic=True,
    )


def test_options_are_the_contract() -> None:
    contract = (
        "--portal --province --province-now --district --commune --level --from --to --year --area --kind --type "
        "--number --body --indicator --family --edited --removed --any-topic"
    )
    assert [f"--{name.replace('_', '-')}" for name in OPTIONS] + ["--any-topic"] == contract.split()
    assert list(Level) == list(LEVELS)
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    for option in contract.split():
        assert f"{option} " in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "31/01/2026"], "--from 31/01/2026: no such date; write it as 2026-01-31"),
        (["--to", "2026-02-30"], "--to 2026-02-30: no such date"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "--from 2026-02-01 is after --to 2026-01-01"),
        (["--year", "26"], "--year 26: no such year"),
        (["--year", "２０２６"], "no such year"),
        (["--level", "huyện"], "--level huyện: no such level; write one of ministry, province"),
    ],
)
def test_a_wrong_word_is_one_line_and_code_2(arguments: list[str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(app, ["x", *arguments], catch_exceptions=False)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.code == 2


def test_blank_names_are_no_filter() -> None:
    assert build(portal=["", " "], province=["Huế"]) == Filters(province=("Huế",))


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_one_line(text: str) -> None:
    try:
        filters = build(**{"from": text})
    except UsageError:
        return
    assert (filters.since is None) == (text == "")
