"""What a web address asks for, in the words of the command line (DESIGN.md section 3); pure."""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote_plus, urlencode

from archive.options import OPTIONS, SINGLE, build
from config.errors import UsageError
from search.engine import WINDOW, Mode, Query, Sort

FILTERS = tuple(name.replace("_", "-") for name in OPTIONS)
"""The filters' names in an address, in the order of the command line."""
FACETS = {
    "province": "province", "province_now": "province-now", "level": "level", "portal": "portal", "year": "year",
    "act_type": "type", "area": "area", "indicator": "indicator", "body": "body", "kind": "kind",
}  # fmt: skip
"""Facet -> the filter that narrows to one of its values; months are `from` and `to`."""
PAGE = 20
MOST = 100
"""Hits of one page at most."""
LONGEST = 400
"""Characters of one parameter's value that are looked at."""
MANY = 20
"""Values of one filter, more are refused."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an address: the query it means, and the pairs that say so, in one order, without what is usual."""

    query: Query
    pairs: Pairs
    lang: str = "vi"

    @property
    def filters(self) -> Pairs:
        """The filters given, one pair each value."""
        return tuple(pair for pair in self.pairs if pair[0] in FILTERS or pair[0] == "any-topic")

    @property
    def selection(self) -> Pairs:
        """What selects articles, without paging and order: an export, a feed."""
        return tuple(pair for pair in self.pairs if pair[0] not in {"sort", "limit", "cursor"})

    def to(self, path: str, pairs: Iterable[tuple[str, str]] | None = None, **more: str) -> str:
        """An address with these pairs (all by default) and further ones, in the reader's language."""
        kept = [*(self.pairs if pairs is None else pairs), *more.items()]
        return address(path, kept, self.lang)

    def without(self, *names: str, pair: tuple[str, str] | None = None) -> Pairs:
        """The pairs without some names, or without one pair; always back on the first page."""
        left = (one for one in self.pairs if one[0] not in names and one != pair)
        return tuple(one for one in left if one[0] != "cursor")

    def adding(self, name: str) -> Callable[[str], str]:
        """The search with one more value of a filter, or another value where only one can be, by that value."""
        single = {name} if name in SINGLE | {"q", "sort", "mode"} else set()
        start, end = address("/", self.without(*single)), "" if self.lang == "vi" else f"&lang={self.lang}"
        start += "&" if "?" in start else "?"
        return lambda value: f"{start}{name}={quote_plus(value)}{end}"

    def within(self, period: str, path: str = "/") -> str:
        """The search within a month (`2024-03`) or a year."""
        kept = self.without("from", "to", "year")
        return self.to(path, [*kept, *days_of(period)])

    def page(self, offset: int) -> str:
        """The search's page that begins with this hit."""
        return self.to("/", [*self.without(), *([("cursor", str(offset))] if offset else [])])


def address(path: str, pairs: Iterable[tuple[str, str]], lang: str = "vi") -> str:
    """A path with a query string; the language is said where it is not Vietnamese."""
    said = [*pairs, *([("lang", lang)] if lang != "vi" else [])]
    return f"{path}?{urlencode(said)}" if said else path


def days_of(period: str) -> Pairs:
    """The filters that mean a month, or a year."""
    if len(period) == 4:
        return (("year", period),)
    last = monthrange(int(period[:4]), int(period[5:]))[1]
    return ("from", f"{period}-01"), ("to", f"{period}-{last:02}")


def read(given: Iterable[tuple[str, str]], lang: str = "vi", *, most: int = MOST, window: int = WINDOW) -> Asked:
    """The question of an address; unknown names are passed over. Raises UsageError for a value that cannot be."""
    pairs = [(name, value.strip()[:LONGEST]) for name, value in given if value.strip()]
    values: dict[str, list[str]] = {}
    for name, value in dict.fromkeys(pairs):
        values.setdefault(name, []).append(value)
    crowded = next((name for name in FILTERS if len(values.get(name, ())) > MANY), None)
    if crowded:
        raise UsageError(f"{crowded}: more than {MANY} values; leave some out")
    last = {name: found[-1] for name, found in values.items()}
    query = Query(
        text=last.get("q", ""),
        mode=_one(Mode, "mode", last.get("mode", "smart")),
        sort=_one(Sort, "sort", last.get("sort", "relevance")),
        offset=_number("cursor", last.get("cursor", "0"), 0, max(0, window - 1)),
        limit=_number("limit", last.get("limit", str(PAGE)), 1, most),
        window=window,
    )
    words = {
        name: (last.get(flag(name), "") if name in SINGLE else tuple(values.get(flag(name), ()))) for name in OPTIONS
    }
    anything = last.get("any-topic", "") not in {"", "0", "false", "no"}
    query = replace(query, filters=build(any_topic=anything, **words))
    return Asked(query, tuple(_kept(values, last, query)), lang)


def flag(name: str) -> str:
    """A filter's name in an address."""
    return name.replace("_", "-")


def _kept(values: dict[str, list[str]], last: dict[str, str], query: Query) -> Iterable[tuple[str, str]]:
    """The pairs of an address that mean the same, without those that say what is usual."""
    if query.text:
        yield "q", query.text
    if query.mode is not Mode.SMART:
        yield "mode", query.mode.value
    if query.sort is not Sort.RELEVANCE:
        yield "sort", query.sort.value
    for name in FILTERS:
        for value in values.get(name, ())[-1 if name in SINGLE else 0 :]:
            yield name, value
    if query.filters.any_topic:
        yield "any-topic", "1"
    if query.limit != PAGE:
        yield "limit", str(query.limit)
    if query.offset:
        yield "cursor", last["cursor"]


Kind = TypeVar("Kind", Mode, Sort)


def _one(kinds: type[Kind], name: str, typed: str) -> Kind:
    try:
        return kinds(typed.casefold())
    except ValueError:
        raise UsageError(f"{name} {typed}: write one of {', '.join(kinds)}") from None


def _number(name: str, typed: str, least: int, most: int) -> int:
    if typed.isascii() and typed.isdigit() and len(typed) < 10 and least <= int(typed) <= most:
        return int(typed)
    raise UsageError(f"{name} {typed}: write a whole number from {least} to {most:,}")
