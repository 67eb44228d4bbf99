"""What the templates show, worked out from what the archive and the engine say; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice, pairwise
from typing import Any, TypeVar

from markupsafe import Markup

from archive.coverage import PortalCoverage
from archive.differences import content
from archive.filters import Filters
from archive.queries import KeptRevision
from archive.revisions import Weight, weigh
from archive.text import fold
from search.engine import WINDOW, Hit, Mode, Query, Results
from search.marks import Marks
from search.opening import abbreviations
from search.query import parse
from search.terms import Abbreviations, plan
from search.web.asked import FACETS, Asked
from search.web.text import marked, snippet
from search.web.words import Words

VALUES = 8
"""Values of a facet shown at once; the others are folded away."""
LATER = (("edited", "any"), ("edited", "substantive"), ("removed", "30"))
"""Filters on what became of articles that the page offers."""
FOLDED = 100
"""Values folded away at most: the most frequent, and those chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet as a link; `count` is empty where nobody counted."""

    label: str
    count: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with the values shown at once and those folded away."""

    label: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as it is shown."""

    id: int
    rank: int
    title: Markup
    href: str
    portal: str
    portal_name: str
    day: str
    datetime: str
    snippet: Markup
    file: str
    where: str


def facets(asked: Asked, results: Results, words: Words, names: Mapping[str, str]) -> list[Facet]:
    """The facets that would narrow the search or already do; `names` are the portals' names by slug."""
    return list(_facets(asked, results, words, names))


def _facets(asked: Asked, results: Results, words: Words, names: Mapping[str, str]) -> Iterator[Facet]:
    for facet, name in FACETS.items():
        counts = results.facets.get(facet, {})
        chosen = {value for given, value in asked.pairs if given == name}
        if len(counts) < 2 and chosen.isdisjoint(counts):
            continue
        shown = [*islice(counts.items(), VALUES + FOLDED)]
        shown += [(value, counts[value]) for value in chosen.intersection(counts).difference(dict(shown))]
        more = asked.adding(name)
        choices = tuple(
            Choice(
                label_of(words, name, value, names),
                words.number(count),
                asked.to("/", asked.without(pair=(name, value))) if value in chosen else more(value),
                value in chosen,
            )
            for value, count in shown
        )
        yield Facet(words(name), choices[:VALUES], choices[VALUES:])
    if results.total:
        yield Facet(words("later"), tuple(_later(asked, words)), ())


def _later(asked: Asked, words: Words) -> Iterator[Choice]:
    """What may have become of articles, not counted: no index knows it."""
    for name, value in LATER:
        chosen = (name, value) in asked.pairs
        said = f"{words(name)}: {label_of(words, name, value, {})}"
        href = asked.to("/", asked.without(pair=(name, value))) if chosen else asked.adding(name)(value)
        yield Choice(said, "", href, chosen)


def label_of(words: Words, name: str, value: str, names: Mapping[str, str]) -> str:
    """A filter's value as the reader's language says it."""
    if name == "removed":
        return words("removed_within", days=value)
    if name in {"level", "kind", "edited"}:
        return words.either(f"{name}_{value}", value)
    if name in {"from", "to"}:
        return words.day(value)
    return names.get(value, value) if name == "portal" else value


def chips(asked: Asked, words: Words, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The active filters: what it is, its value, the address without it."""
    found = []
    for pair in asked.filters:
        name, value = pair
        shown = "" if name == "any-topic" else label_of(words, name, value, names)
        found.append((words(name), shown, asked.to("/", asked.without(pair=pair))))
    return found


def marks_of(query: Query, results: Results) -> Marks:
    """What to mark in titles and texts."""
    smart = query.mode is Mode.SMART
    known = abbreviations() if smart else Abbreviations()
    sought = plan(parse(query.text), known, exact=query.mode is Mode.EXACT, ranked=smart)
    return replace(sought, forgiving=results.forgiving).marks


def hits(asked: Asked, results: Results, words: Words) -> list[Found]:
    """The hits of a page, marked."""
    marks = marks_of(asked.query, results) if asked.query.text else None
    return [_hit(asked, hit, rank, marks, words) for rank, hit in enumerate(results.hits, asked.query.offset + 1)]


def _hit(asked: Asked, hit: Hit, rank: int, marks: Marks | None, words: Words) -> Found:
    where = "in_file" if hit.snippet.file else "in_text" if hit.snippet.spans else "in_title"
    return Found(
        id=hit.id,
        rank=rank,
        title=marked(hit.title, marks),
        href=asked.to(f"/articles/{hit.id}", [("q", asked.query.text)] if asked.query.text else []),
        portal=hit.portal,
        portal_name=hit.portal_name or hit.portal,
        day=words.day(hit.published_at[:10]) if hit.published_at else words("no_date"),
        datetime=hit.published_at,
        snippet=snippet(hit.snippet),
        file=hit.snippet.file,
        where=words(where) if marks is not None else "",
    )


def named(covered: Sequence[PortalCoverage], typed: str, words: Words) -> list[PortalCoverage]:
    """The portals whose name, slug, level, province or state has every word that was typed, with marks or without."""
    sought = fold(typed).split()
    return [one for one in covered if all(word in _about(one, words) for word in sought)] if sought else [*covered]


def _about(one: PortalCoverage, words: Words) -> str:
    state = one.state or one.outcome or "none"
    said = (words.either(f"level_{one.level}", one.level), words.either(f"outcome_{state}", state))
    return fold(" ".join([one.name, one.portal, one.province or "", *said]))


Listed = TypeVar("Listed")


def turned(asked: Asked, path: str, rows: Sequence[Listed], size: int) -> tuple[Sequence[Listed], str, str]:
    """The rows of a page of a list, and the addresses of the pages before and after it."""
    start = asked.query.offset

    def to(offset: int) -> str:
        return asked.to(path, [*asked.without(), *([("cursor", str(offset))] if offset else [])])

    before = to(max(0, start - size)) if start else ""
    return rows[start : start + size], before, to(start + size) if start + size < len(rows) else ""


def paging(asked: Asked, total: int) -> tuple[str, str]:
    """The addresses of the page before and the page after; empty where there is none."""
    query, reach = asked.query, min(total, WINDOW)
    before = asked.page(max(0, query.offset - query.limit)) if query.offset else ""
    after = asked.page(query.offset + query.limit) if query.offset + query.limit < reach else ""
    return before, after


@dataclass(frozen=True, slots=True)
class Change:
    """A revision beside the one before it."""

    number: int
    seen_at: datetime
    weight: Weight | None


def history(revisions: Sequence[KeptRevision]) -> list[Change]:
    """What each revision changed, the first nothing."""
    weights = [None, *(weigh(content(a), content(b)) for a, b in pairwise(revisions))]
    return [Change(r.number, r.seen_at, weight) for r, weight in zip(revisions, weights, strict=True)]


def copies(row: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int | None]]:
    """The articles of a copy group by time of publication, with the days after the first; None where unknown."""
    group = sorted([row, *others], key=lambda one: (str(_day(one) or "9999"), one["id"]))
    first = _day(group[0])
    return [(one, (day - first).days if first and (day := _day(one)) else None) for one in group]


def _day(row: Mapping[str, Any]) -> date | None:
    at = row["published_at"]
    return at.date() if isinstance(at, datetime) else at


def only(portal: str) -> Filters:
    """Everything of one portal about reform."""
    return Filters(portal=(portal,))
