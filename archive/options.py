"""The filters as command-line options, once, for search, export and coverage (DESIGN.md section 3).

@app.command()
@filtered
def search(words: …, filters: "Filters") -> None: …
"""

import inspect
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.errors import UsageError

if TYPE_CHECKING:
    from archive.filters import Filters

PANEL = "Filters (repeat one to mean any of)"
LEVELS = ("ministry", "province", "district", "commune", "newspaper")
EDITS = ("cosmetic", "textual", "substantive", "any")
MOST_DAYS = 99_999
FIRST_YEAR, LAST_YEAR = 1945, 2100


def _option(name: str, shown: str, text: str, *, many: bool = True) -> tuple[str, Any]:
    option = typer.Option(f"--{name}", metavar=shown, help=text, rich_help_panel=PANEL, show_default=False)
    kind: Any = Annotated[list[str], option] if many else Annotated[str, option]
    return name.replace("-", "_"), kind


OPTIONS: dict[str, Any] = dict(
    (
        _option("portal", "SLUG", "The portal that published it."),
        _option("province", "NAME", "Province as it was then, with or without tones."),
        _option("province-now", "NAME", "Province of today (34 since July 2025)."),
        _option("district", "NAME", "District as it was then."),
        _option("commune", "NAME", "Commune, ward or town."),
        _option("level", "LEVEL", f"{', '.join(LEVELS)}."),
        _option("from", "DATE", "Published on this day (2026-01-31) or later.", many=False),
        _option("to", "DATE", "Published on this day or before.", many=False),
        _option("year", "N", "Published in this year."),
        _option("area", "NAME", "Reform area, such as 'Cải cách thể chế'."),
        _option("kind", "NAME", "Kind of announcement, such as plan or report."),
        _option("type", "NAME", "Type of the announced act, such as 'Quyết định'."),
        _option("number", "NO", "Number of the announced act: 82/QĐ-UBND, or 82 qd ubnd."),
        _option("body", "NAME", "Issuing body, such as 'UBND huyện Quế Sơn'."),
        _option("indicator", "NAME", "Indicator: PAR INDEX, PAPI, SIPAS, PCI …"),
        _option("family", "NAME", "Kind of CMS the portal runs on."),
        _option("edited", "HOW", f"Edited after publication: {', '.join(EDITS)}."),
        _option("removed", "DAYS", "Gone from its portal within so many days of publication, such as 30.", many=False),
    )
)
ANY_TOPIC = Annotated[
    bool, typer.Option("--any-topic", help="Not only reform articles.", rich_help_panel=PANEL, show_default=False)
]
SINGLE = frozenset({"from", "to", "removed"})


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all filter options in place of its parameter `filters`, which gets the Filters."""
    own = inspect.signature(command)
    named = {"from": "from_"} | {name: name for name in OPTIONS if name != "from"}

    def run(**given: Any) -> None:
        words = {name: given.pop(parameter) for name, parameter in named.items()}
        filters = build(any_topic=given.pop("any_topic"), **words)
        command(**given, filters=filters)

    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in own.parameters.values() if p.name != "filters"]
    keyword = partial(inspect.Parameter, kind=inspect.Parameter.KEYWORD_ONLY)
    for name, kind in OPTIONS.items():
        parameters.append(keyword(named[name], annotation=kind, default="" if name in SINGLE else ()))
    parameters.append(keyword("any_topic", annotation=ANY_TOPIC, default=False))
    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def build(*, any_topic: bool = False, **words: Any) -> "Filters":
    """Filters from what was typed, by option name; raises UsageError for a bad date, year or level."""
    from archive.filters import Filters  # noqa: PLC0415 # SQLAlchemy waits until a command really runs

    since, until = day("--from", words.pop("from", "")), day("--to", words.pop("to", ""))
    if since and until and since > until:
        raise UsageError(f"--from {since} is after --to {until}: exchange them")
    years = tuple(year("--year", text) for text in words.pop("year", ()))
    levels = tuple(level("--level", text) for text in words.pop("level", ()))
    edits = tuple(_one_of("--edited", text, EDITS) for text in words.pop("edited", ()))
    gone = _days("--removed", words.pop("removed", ""))
    names: dict[str, Any] = {name: tuple(text for text in given if text.strip()) for name, given in words.items()}
    when: dict[str, Any] = {"since": since, "until": until, "year": years, "edited": edits, "removed": gone}
    return Filters(level=levels, any_topic=any_topic, **when, **names)


def day(option: str, text: str) -> date | None:
    """An ISO date, or None for no text; raises UsageError."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: no such date; write it as 2026-01-31") from None


def year(option: str, text: str) -> int:
    """A year; raises UsageError."""
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise UsageError(f"{option} {text}: no such year; write one from {FIRST_YEAR} to {LAST_YEAR}, such as 2026")
    return int(text)


def level(option: str, text: str) -> str:
    """A level of portals; raises UsageError."""
    return _one_of(option, text, LEVELS)


def _one_of(option: str, text: str, known: tuple[str, ...]) -> str:
    if text.casefold() not in known:
        raise UsageError(f"{option} {text}: no such {option.lstrip('-')}; write one of {', '.join(known)}")
    return text.casefold()


def _days(option: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_DAYS):
        raise UsageError(f"{option} {text}: no such number of days; write one such as 30")
    return int(text)
