"""Plans and filters in a search server's terms: queries whose union is the answer, with filters built, never typed.

Meilisearch finds documents that have every piece of a query, so what may stand for a word becomes a query of its own.
A query of a higher tier weighs so much that its hits come first (DESIGN.md section 7).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.filters import Filters
from search.engines.meilisearch_documents import Forms, coded, form
from search.engines.meilisearch_words import token
from search.engines.schema import ANY, KEY, REFORM, number_beginning, whole_number
from search.labels import wanted_keys
from search.query import Clause, Field, Word
from search.terms import Need, Plan, may_forgive

EXACT_TIER, FOLDED_TIER, OTHER_TIER = 1e6, 1.0, 1e-6
"""Weights of the queries of a tier; the server's own scores lie between 0 and 1."""
SIDE_BY_SIDE = 10.0
"""How much more a hit counts that has the typed words side by side in its title."""
MOST_PIECES = 10
"""The server ignores what follows."""
MOST_SHORT = 6
"""Short forms in a query up to which each is also sought as a word; they double the queries each time."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One query of the union: pieces that must all be found, filters that must all hold."""

    pieces: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def text(self) -> str:
        """The query as the server reads it; what must not be found stands first, where it is always read."""
        return " ".join([*(f"-{piece}" for piece in self.without), *dict.fromkeys(self.pieces)])


@dataclass(frozen=True, slots=True)
class Sought:
    """A row of words to be looked up by itself: in the body alone, or longer than the server compares."""

    row: str
    body: bool = False


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
        without, absent = self._absent(plan)
        base = Ask((), (*scope, *absent), without)
        if not plan.needs:
            return [base]
        found: list[Ask] = []
        if plan.ranked and plan.marked and not plan.forgiving:
            found += self._tier(plan, base, EXACT_TIER, exact=True)
        if not plan.forgiving:
            found += self._tier(plan, base, FOLDED_TIER, exact=plan.exact)
        if plan.widened or plan.forgiving:
            found += self._others(plan, base)
        return found

    def _tier(self, plan: Plan, base: Ask, weight: float, *, exact: bool) -> Iterator[Ask]:
        """All clauses by their own words; once more for those with words side by side in the title."""
        clauses = [self._clause(need.clause, exact=exact) for need in plan.needs]
        whole = _joined(base, clauses, weight)
        runs = tuple(row(run, exact=exact, title=True) for run in plan.runs)
        if runs and len(whole.pieces) + len(runs) <= MOST_PIECES:
            yield Ask((*runs, *whole.pieces), whole.filters, whole.without, weight * SIDE_BY_SIDE)
        yield whole

    def _others(self, plan: Plan, base: Ask) -> Iterator[Ask]:
        """Each choice between a clause and what may stand for it, without those that another one includes."""
        short = [need for need in plan.needs if self._is_form(need)]
        labelled = short if len(short) > MOST_SHORT else []
        choices = [self._label(need) if need in labelled else self._ways(need, plan) for need in plan.needs]
        branches: list[dict[str, Ask]] = [{}]
        for ways in choices:
            branches = _least([branch | {way.text + "".join(way.filters): way} for branch in branches for way in ways])
        for branch in branches:
            yield _joined(base, list(branch.values()), OTHER_TIER)

    def _ways(self, need: Need, plan: Plan) -> list[Ask]:
        """A clause, and the forms of the vocabulary that may stand for it; those are labels of an article."""
        forgiven = plan.forgiving and may_forgive(need.clause)
        own = self._near(need.clause) if forgiven else self._clause(need.clause, exact=plan.exact)
        others = [tuple(word.folded for word in way) for way in need.ways]
        return [own, *(self._form(other) for other in others)]

    def _is_form(self, need: Need) -> bool:
        return bool(need.ways) and tuple(word.folded for word in need.clause.words) in self.forms

    def _label(self, need: Need) -> list[Ask]:
        """A short form or what it stands for, by label alone: the same articles, less well ranked."""
        ways = (need.clause.words, *need.ways)
        return [Ask((), (one_of("forms", [form([word.folded for word in way]) for way in ways]),))]

    def _form(self, words: Sequence[str]) -> Ask:
        piece = row([Word(word, word) for word in words], exact=False)
        return Ask((piece,), (one_of("forms", [form(words)]),))

    def _near(self, clause: Clause) -> Ask:
        """A word in which the server may forgive a typo: it does so only outside quotes."""
        if clause.field is Field.BODY:
            return self._listed(self.having(Sought(_token(clause.words[0]), body=True)))
        return Ask((_token(clause.words[0], title=clause.field is Field.TITLE),))

    def _clause(self, clause: Clause, *, exact: bool) -> Ask:
        if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
            return Ask((), (one_of("numbers", [_number(clause)]),))
        if clause.field is Field.BODY:
            return self._listed(self.having(Sought(row(clause.words, exact=exact), body=True)))
        piece = row(clause.words, exact=exact, title=clause.field is Field.TITLE)
        false = self.impostors(Sought(piece)) if len(clause.words) > 2 else []
        return Ask((piece,), (f"NOT {one_of('id', false)}",) if false else ())

    def _absent(self, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Pieces and filters that leave out what must not be found; typed with marks, only where it has them."""
        pieces: list[str] = []
        filters: list[str] = []
        for clause in plan.without:
            exact = plan.exact or any(word.marked for word in clause.words)
            if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
                filters.append(f"NOT {one_of('numbers', [_number(clause)])}")
            elif clause.field is Field.BODY or len(clause.words) > 2:
                piece = row(clause.words, exact=exact, title=clause.field is Field.TITLE)
                filters += self._unlisted(self.having(Sought(piece, body=clause.field is Field.BODY)))
            else:
                pieces.append(row(clause.words, exact=exact, title=clause.field is Field.TITLE))
        return tuple(pieces), tuple(filters)

    def _listed(self, ids: Sequence[int]) -> Ask:
        return Ask((), (one_of("id", ids or [-1]),))

    def _unlisted(self, ids: Sequence[int]) -> list[str]:
        return [f"NOT {one_of('id', ids)}"] if ids else []


def row(words: Sequence[Word], *, exact: bool, title: bool = False) -> str:
    """Words side by side; in quotes the server takes even one word as it is."""
    return f'"{" ".join(token(word, exact=exact, title=title) for word in words)}"'


def filter_of(filters: Filters) -> Iterator[str]:
    """The filters as expressions that must all hold."""
    yield one_of("scope", [ANY if filters.any_topic else REFORM])
    for name, keys in wanted_keys(filters).items():
        if keys:
            yield one_of(name + KEY, [coded(key) for key in sorted(keys)])
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


def _joined(base: Ask, parts: Sequence[Ask], weight: float) -> Ask:
    pieces = tuple(piece for part in parts for piece in part.pieces)
    filters = (*base.filters, *(one for part in parts for one in part.filters))
    return Ask(tuple(dict.fromkeys(pieces)), tuple(dict.fromkeys(filters)), base.without, weight)


def _least(branches: list[dict[str, Ask]]) -> list[dict[str, Ask]]:
    """Without branches that ask for all that another one asks for, and more."""
    ordered = sorted(branches, key=len)
    kept: list[dict[str, Ask]] = []
    for branch in ordered:
        if not any(other.keys() <= branch.keys() for other in kept):
            kept.append(branch)
    return kept
