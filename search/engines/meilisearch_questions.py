"""Plans and filters in a search server's terms: queries whose union is the answer, with filters built, never typed.

Meilisearch finds documents that have every piece of a query, so what may stand for a word becomes a query of its own.
A query of a higher tier weighs so much that its hits come first (DESIGN.md section 7).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.filters import Filters, place_keys
from search.engines.meilisearch_documents import Forms, coded, form
from search.engines.meilisearch_words import token
from search.engines.schema import ANY, KEY, REFORM, number_beginning, whole_number
from search.labels import PLACES, wanted_keys
from search.query import Clause, Field, Word
from search.terms import Need, Plan, Way, may_forgive

TIERS = (1e6, 1.0, 1e-6)
"""Weights of the queries of a tier: exact, folded, all others; the server's own scores lie between 0 and 1."""
EXACT_TIER, FOLDED_TIER, OTHER_TIER = range(len(TIERS))
SIDE_BY_SIDE, THERE = 10.0, 100.0
"""How much more a hit counts that has the typed words side by side in its title, that is of the place named."""
FEW = 4
"""Queries of a tier up to which each is asked again for what is better still."""
MOST_PIECES = 10
"""The server ignores what follows."""
MOST_SHORT = 6
"""Short forms in a query up to which each is also sought as a word; they double the queries each time."""
MOST_MEANT = 3
"""Short forms in a query up to which each counts as much as what it means."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One query of the union: pieces that must all be found, filters that must all hold."""

    pieces: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    weight: float = 1.0
    tier: int = 0

    @property
    def text(self) -> str:
        """The query as the server reads it; what must not be found stands first, where it is always read."""
        return " ".join([*(f"-{piece}" for piece in self.without), *dict.fromkeys(self.pieces)])


@dataclass(frozen=True, slots=True)
class Sought:
    """Words in a row to be looked up by themselves, among what filters leave; `near`: with a typo forgiven."""

    words: Way
    field: Field
    exact: bool
    filters: tuple[str, ...]
    near: bool = False

    @property
    def text(self) -> str:
        """The query whose hits are looked through."""
        return _token(self.words[0]) if self.near else " ".join(pieces(self.words, self.field, exact=self.exact))

    @property
    def certain(self) -> bool:
        """Whether the server alone can tell: in all texts it knows which two folded words stand side by side, and in
        titles any two.
        """
        told = self.field is Field.TITLE or (self.field is Field.ANY and not self.exact)
        pair = len(self.words) == 2 and told
        return len(self.words) == 1 or pair


Lookup = Callable[[Sought], list[int]]
"""The ids of the articles that truly have a row of words, or (`impostors`) seem to and do not."""


@dataclass(frozen=True)
class Questions:
    """Builds the queries of a plan; `having` and `impostors` look up what the server alone cannot tell."""

    forms: Forms
    having: Lookup
    impostors: Lookup

    def asks(self, plan: Plan, filters: Filters) -> list[Ask]:
        """Queries whose union is exactly what the plan and the filters allow."""
        scope = tuple(filter_of(filters))
        without, absent = self._absent(plan, scope)
        base = Ask((), (*scope, *absent), without)
        if not plan.needs:
            return [base]
        base = replace(base, filters=(*base.filters, *self._doubts(plan, base.filters)))
        found: list[Ask] = []
        if plan.ranked and plan.marked and not plan.forgiving:
            found += self._tier(plan, replace(base, tier=EXACT_TIER), exact=True)
        if not plan.forgiving:
            found += self._tier(plan, replace(base, tier=FOLDED_TIER), exact=plan.exact)
        if plan.widened or plan.forgiving:
            known = {(ask.pieces, ask.filters) for ask in found}
            others = self._others(plan, replace(base, tier=OTHER_TIER))
            found += [ask for ask in others if (ask.pieces, ask.filters) not in known]
        return found

    def _doubts(self, plan: Plan, scope: tuple[str, ...]) -> Iterator[str]:
        """Filters that leave out what only seems to have a quoted phrase."""
        for clause in (need.clause for need in plan.needs):
            sought = Sought(clause.words, clause.field, plan.exact, scope)
            if clause.field in {Field.ANY, Field.TITLE} and not clause.number and not sought.certain:
                yield from _unlisted(self.impostors(sought))

    def _tier(self, plan: Plan, base: Ask, *, exact: bool) -> list[Ask]:
        """All clauses by their own words, or by what an abbreviation among them means.

        Asked again for articles of a place that is named, and with words side by side in the title: they come first.
        """
        wholes = _product(base, [self._said(need, plan, base, exact=exact) for need in plan.needs])
        better = [*_there(plan, exact=exact), *_beside(plan, exact=exact)] if len(wholes) <= FEW else []
        raised = [_joined(whole, [one], one.weight) for whole in wholes for one in better]
        return [*(ask for ask in raised if len(ask.pieces) <= MOST_PIECES), *wholes]

    def _said(self, need: Need, plan: Plan, base: Ask, *, exact: bool) -> list[Ask]:
        typed = self._clause(need.clause, base, exact=exact)
        few = sum(bool(one.meant) for one in plan.needs) <= MOST_MEANT
        return [typed, *(_form(way, exact=exact) for way in need.meant)] if plan.in_full and few else [typed]

    def _others(self, plan: Plan, base: Ask) -> list[Ask]:
        """Each choice between a clause and what may stand for it."""
        short = [need for need in plan.needs if self._is_form(need)]
        labelled = short if len(short) > MOST_SHORT else []
        return _product(
            base, [_label(need) if need in labelled else self._ways(need, plan, base) for need in plan.needs]
        )

    def _ways(self, need: Need, plan: Plan, base: Ask) -> list[Ask]:
        """A clause, and the forms of the vocabulary that may stand for it; those are labels of an article."""
        forgiven = plan.forgiving and may_forgive(need.clause)
        own = self._near(need.clause, base) if forgiven else self._clause(need.clause, base, exact=plan.exact)
        return [own, *(_form(way, exact=False) for way in need.ways)]

    def _is_form(self, need: Need) -> bool:
        return bool(need.ways) and tuple(word.folded for word in need.clause.words) in self.forms

    def _near(self, clause: Clause, base: Ask) -> Ask:
        """A word in which the server may forgive a typo: it does so only outside quotes."""
        if clause.field is Field.BODY:
            return _listed(self.having(Sought(clause.words, clause.field, False, base.filters, near=True)))
        return Ask((_token(clause.words[0], title=clause.field is Field.TITLE),))

    def _clause(self, clause: Clause, base: Ask, *, exact: bool) -> Ask:
        if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
            return Ask((), (one_of("numbers", [_number(clause)]),))
        if clause.field is Field.BODY:
            return _listed(self.having(Sought(clause.words, clause.field, exact, base.filters)))
        return Ask(pieces(clause.words, clause.field, exact=exact))

    def _absent(self, plan: Plan, scope: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Pieces and filters that leave out what must not be found; typed with marks, only where it has them."""
        left: list[str] = []
        filters: list[str] = []
        for clause in plan.without:
            exact = plan.exact or any(word.marked for word in clause.words)
            sought = Sought(clause.words, clause.field, exact, scope)
            if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
                filters.append(f"NOT {one_of('numbers', [_number(clause)])}")
            elif clause.field is Field.BODY or not sought.certain:
                filters += _unlisted(self.having(sought))
            else:
                left += pieces(clause.words, clause.field, exact=exact)
        return tuple(left), tuple(filters)


def pieces(words: Sequence[Word], field: Field = Field.ANY, *, exact: bool) -> tuple[str, ...]:
    """Words in a row as the server gets them: outside titles it does not know which exact words are side by side."""
    if field is Field.TITLE or not exact or len(words) == 1:
        return (row(words, exact=exact, title=field is Field.TITLE),)
    return row(words, exact=False), *(row([word], exact=True) for word in words)


def row(words: Sequence[Word], *, exact: bool, title: bool = False) -> str:
    """Words side by side; in quotes the server takes even one word as it is."""
    return f'"{" ".join(token(word, exact=exact, title=title) for word in words)}"'


def _beside(plan: Plan, *, exact: bool) -> Iterator[Ask]:
    """Words typed side by side that so stand in the title."""
    for run in plan.runs:
        yield Ask((row(run, exact=exact, title=True),), weight=SIDE_BY_SIDE)


def _there(plan: Plan, *, exact: bool) -> Iterator[Ask]:
    """A named place as the article's own, and in its title."""
    for place in plan.places:
        keys = sorted(place_keys(" ".join(word.exact for word in place)))
        yield Ask((), (" OR ".join(one_of(name + KEY, map(coded, keys)) for name in PLACES),), weight=THERE)
        yield Ask((row(place, exact=exact, title=True),), weight=THERE)


def _form(way: Way, *, exact: bool) -> Ask:
    return Ask(pieces(way, exact=exact), (one_of("forms", [form([word.folded for word in way])]),))


def _label(need: Need) -> list[Ask]:
    """A short form or what it stands for, by label alone: the same articles, less well ranked."""
    ways = (need.clause.words, *need.ways)
    return [Ask((), (one_of("forms", [form([word.folded for word in way]) for way in ways]),))]


def _listed(ids: Sequence[int]) -> Ask:
    return Ask((), (one_of("id", ids or [-1]),))


def _unlisted(ids: Sequence[int]) -> list[str]:
    return [f"NOT {one_of('id', ids)}"] if ids else []


def filter_of(filters: Filters) -> Iterator[str]:
    """The filters as expressions that must all hold."""
    yield one_of("scope", [ANY if filters.any_topic else REFORM])
    for name, keys in wanted_keys(filters).items():
        if keys:
            yield one_of(name + KEY, [coded(key) for key in sorted(keys)])
    if filters.among is not None:
        yield one_of("id", sorted(filters.among) or [-1])
    if filters.since:
        yield f"day >= {filters.since.toordinal()}"
    if filters.until:
        yield f"day <= {filters.until.toordinal()}"


def one_of(name: str, values: Iterable[str | int]) -> str:
    """An expression that holds for any of these values; `name` is a field of ours, never typed by anyone."""
    return f"{name} IN [{', '.join(map(_quoted, values))}]"


def _quoted(value: str | int) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _number(clause: Clause) -> str:
    """Exactly a number, or its beginning when not all of it was typed."""
    if clause.number and clause.field is Field.ANY and clause.whole:
        return coded(whole_number(clause.number))
    return coded(number_beginning(clause.words))


def _token(word: Word, *, title: bool = False) -> str:
    return token(word, exact=False, title=title)


def _product(base: Ask, choices: Sequence[list[Ask]]) -> list[Ask]:
    """Each choice of one from every list, without those that ask for all that another one asks for, and more."""
    branches: list[dict[str, Ask]] = [{}]
    for ways in choices:
        branches = _least([branch | {way.text + "".join(way.filters): way} for branch in branches for way in ways])
    return [_joined(replace(base, weight=TIERS[base.tier]), list(branch.values())) for branch in branches]


def _joined(base: Ask, parts: Sequence[Ask], more: float = 1.0) -> Ask:
    told = tuple(piece for part in parts for piece in part.pieces)
    filters = (*base.filters, *(one for part in parts for one in part.filters))
    weight = base.weight * more
    return Ask((*base.pieces, *dict.fromkeys(told)), tuple(dict.fromkeys(filters)), base.without, weight, base.tier)


def _least(branches: list[dict[str, Ask]]) -> list[dict[str, Ask]]:
    """Without branches that ask for all that another one asks for, and more."""
    ordered = sorted(branches, key=len)
    kept: list[dict[str, Ask]] = []
    for branch in ordered:
        if not any(other.keys() <= branch.keys() for other in kept):
            kept.append(branch)
    return kept
