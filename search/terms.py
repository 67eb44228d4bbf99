"""What satisfies each clause of a query: its own words, and in smart mode abbreviations both ways.

Pure and the same for every engine; an engine turns a `Plan` into its own queries.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from config import units
from search.engine import Mode, Query
from search.marks import APART, JOINED, Marks, marks_of
from search.query import Clause, Field, Word, parse, words_of

LONG = 5
"""Letters from which a typo is forgiven (DESIGN.md section 7: never in four letters and fewer)."""

Way = tuple[Word, ...]
"""Words in a row that satisfy a clause."""


class Abbreviations:
    """Short and long forms, found both ways: `CCHC` for `cải cách hành chính` and the reverse.

    Built from pairs of a short form and what it stands for; ambiguous short forms are never expanded,
    also where they are typed like another without its marks (`TU` is not `TƯ`).
    """

    def __init__(self, pairs: Collection[tuple[str, str]] = (), ambiguous: Iterable[str] = ()) -> None:
        self._ways: dict[tuple[str, ...], set[tuple[Way, Way]]] = {}
        self._never = {tuple(word.exact for word in words_of(short)) for short in ambiguous}
        for short, long in pairs:
            self._add(words_of(short), words_of(long))
        self._longest = max(map(len, self._ways), default=0)
        self._meant = {_folded(words_of(long)) for _, long in pairs}

    def _add(self, short: Way, long: Way) -> None:
        if short and long and _folded(short) != _folded(long):
            self._ways.setdefault(_folded(short), set()).add((short, long))
            self._ways.setdefault(_folded(long), set()).add((long, short))

    def ways(self, run: Sequence[Word]) -> list[tuple[Way, ...]]:
        """For each word of a run, what may stand in its place: the other form of what it is part of."""
        found: list[set[Way]] = [set() for _ in run]
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + self._longest) + 1):
                others = self._others(run[start:end])
                for at in range(start, end):
                    found[at] |= others
        return [tuple(sorted(ways, key=_folded)) for ways in found]

    def meant(self, ways: Iterable[Way]) -> tuple[Way, ...]:
        """The long forms among the other forms: what was typed short means exactly them."""
        return tuple(way for way in ways if _folded(way) in self._meant)

    def _others(self, typed: Sequence[Word]) -> set[Way]:
        """The other forms of exactly these words; marks that were typed must be right."""
        pairs = self._ways.get(_folded(typed), ())
        if not pairs or tuple(word.exact for word in typed) in self._never:
            return set()
        return {other for form, other in pairs if all(map(_may_be, typed, form))}


@cache
def _places() -> frozenset[tuple[str, ...]]:
    """The folded names of districts and provinces, old and new, that have several words."""
    names = (words_of(unit.stem) for unit in units.units())
    return frozenset(_folded(words) for words in names if len(words) > 1)


def _may_be(typed: Word, word: Word) -> bool:
    return not typed.marked or typed.exact == word.exact


def _folded(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.folded for word in words)


@dataclass(frozen=True, slots=True)
class Need:
    """A clause that must be found, and the other ways to satisfy it; `meant` are those that say the same in full."""

    clause: Clause
    ways: tuple[Way, ...] = ()
    meant: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What to look for: every need, none of `without`; `exact` says that tone marks decide.

    `ranked`: exact hits before folded ones before abbreviations; `forgiving`: a typo in a long word counts.
    """

    needs: tuple[Need, ...]
    without: tuple[Clause, ...] = ()
    exact: bool = False
    ranked: bool = False
    forgiving: bool = False

    @property
    def marked(self) -> bool:
        """Whether any word was typed with marks: only then exact hits are told from folded ones."""
        return any(word.marked for need in self.needs for word in need.clause.words)

    @property
    def runs(self) -> list[Way]:
        """Plain words that were typed side by side: where they also stand so, the title is meant."""
        rows = _runs([need.clause for need in self.needs])
        return [tuple(clause.words[0] for clause in row) for row in rows if len(row) > 1]

    @property
    def places(self) -> list[Way]:
        """Names of places of several words among plain words typed side by side."""
        found = [row[at : at + size] for row in self.runs for size in (2, 3) for at in range(len(row) - size + 1)]
        return [words for words in found if _folded(words) in _places()]

    @property
    def in_full(self) -> bool:
        """Whether abbreviations count as the words they mean: typed alone, an abbreviation is sought as it is."""
        return any(need.meant for need in self.needs) and not all(need.meant for need in self.needs)

    @property
    def widened(self) -> bool:
        """Whether anything may stand for a clause but its own words."""
        return any(need.ways for need in self.needs)

    @property
    def forgivable(self) -> bool:
        """Whether any word is long enough for a typo in it to be forgiven."""
        return any(may_forgive(need.clause) for need in self.needs)

    @cached_property
    def marks(self) -> Marks:
        """What to mark in a text that was found."""
        ways = [(need.clause.words, *need.ways) for need in self.needs]
        typos = [need.clause.words[0] if self.forgiving and may_forgive(need.clause) else None for need in self.needs]
        joints = [JOINED if need.clause.number else APART for need in self.needs]
        return marks_of(ways, typos, joints, exact=self.exact)


def may_forgive(clause: Clause) -> bool:
    """A long word without a digit, alone: no number, no quoted phrase, none of four letters and fewer."""
    alone = len(clause.words) == 1 and not clause.quoted
    return alone and clause.number is None and clause.field is not Field.NUMBER and _long(clause)


def _long(clause: Clause) -> bool:
    word = clause.words[0].folded
    return len(word) >= LONG and not any(letter.isdigit() for letter in word)


def plan(clauses: Sequence[Clause], abbreviations: Abbreviations, *, exact: bool, ranked: bool) -> Plan:
    """The plan for clauses; pass empty abbreviations where every word counts as typed."""
    needs: list[Need] = []
    for run in _runs([clause for clause in clauses if not clause.negated]):
        if run[0].plain:
            ways = abbreviations.ways([clause.words[0] for clause in run])
            needs += [Need(clause, found, abbreviations.meant(found)) for clause, found in zip(run, ways, strict=True)]
        else:
            needs += map(Need, run)
    return Plan(tuple(needs), tuple(clause for clause in clauses if clause.negated), exact, ranked)


def plans(asked: Query, abbreviations: Abbreviations) -> Iterator[Plan]:
    """What to look for; in smart mode, for want of a hit, the same with a typo in long words forgiven."""
    smart = asked.mode is Mode.SMART
    words = abbreviations if smart else Abbreviations()
    wanted = plan(parse(asked.text), words, exact=asked.mode is Mode.EXACT, ranked=smart)
    yield wanted
    if smart and wanted.forgivable:
        yield replace(wanted, forgiving=True)


def _runs(clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """Plain words in a row together, everything else alone."""
    run: list[Clause] = []
    for clause in clauses:
        if run and not (clause.plain and run[-1].plain):
            yield run
            run = []
        run.append(clause)
    if run:
        yield run
