"""The order of what is found: tiers that come one after another, and what counts inside a tier.

Smart ranks in tiers: everything found exactly as typed, then without tone marks, then through abbreviations;
a forgiven typo only when nothing else was found. Inside a tier title, text and rest weigh as in `schema.TEXTS`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tantivy import Occur, Query

from archive.filters import Filters
from search.engines.questions import Questions, any_of, every, fields_of, silent, tokens_of
from search.engines.schema import EXACT, TEXTS
from search.query import Clause, Field, Word
from search.terms import Need, Plan

PLACE = 12.0
"""Added to the score of an article of a place that was named, or with its name in the title."""

BROAD = 10_000
"""Articles found from which those with all that was sought in the title come before the others, by the title alone."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Articles that come before those of the next tier, by their score.

    `closer`, asked about the best of them alone, scores those with the typed words side by side in title or text: to
    ask that of all would cost more than everything else.
    """

    query: Query
    closer: Callable[[Collection[int]], Query] | None = None


class Ranking(Questions):
    """Builds the queries that tell what comes first."""

    def tiers(self, plan: Plan, filters: Filters, many: int) -> Iterator[Tier]:
        """The articles found, in sets without overlap that come one after another, scored among themselves.

        Where very many are found, those with all in the title come first, and mostly no other is scored.
        """
        titles, before = self._titles(plan), list[Query]()
        for exact in [*self._exact_then_folded(plan), None]:
            needs = [*self.needs(plan)] if exact is None else self._all_said(plan, exact=exact)
            alone = self.alone(plan, filters, exact=plan.exact if exact is None else exact)
            found, counted = alone or self.among(plan, filters, needs), titles if exact and alone is None else []
            if many > BROAD and titles:
                titled = self.among(plan, filters, self._entitled(plan, exact=exact))
                yield self._tier(self._but(titled, before), plan)
                before.append(titled)
            yield self._tier(self._counting(self._but(found, before), counted), plan)
            before.append(found)

    def _titles(self, plan: Plan) -> list[Query]:
        """For each need that may stand in a title, a query for it there; with other marks too ("Kê hoạch")."""
        return [self.words(need.clause.words, ("title",), exact=False) for need in plan.needs if _may_entitle(need)]

    def _entitled(self, plan: Plan, *, exact: bool | None) -> list[Query]:
        """All that was sought, where it may stand in a title sought there alone: short lists, and no union of texts."""
        needs = [_in_title(need) if _may_entitle(need) else need for need in plan.needs]
        if exact is None:
            return [self._own(need, plan) for need in needs]
        return self._all_said(replace(plan, needs=tuple(needs)), exact=exact)

    def _counting(self, query: Query, others: Sequence[Query]) -> Query:
        """With others counted where they are found too."""
        parts = [(Occur.Must, query), *((Occur.Should, other) for other in others)]
        return Query.boolean_query(parts) if others else query

    def _tier(self, query: Query, plan: Plan) -> Tier:
        rows = [self.words(run, (name,), exact=plan.exact) for run in plan.runs for name in ("title", "text")]
        return Tier(self._raised(query, plan), partial(self._side_by_side, rows) if rows else None)

    def _side_by_side(self, rows: Sequence[Query], ids: Collection[int]) -> Query:
        these = any_of(Query.term_query(self.schema, "id", one, "basic") for one in ids)
        return any_of(every([silent(these), row]) for row in rows)

    def _all_said(self, plan: Plan, *, exact: bool) -> list[Query]:
        return [self._said(need, in_full=plan.in_full, exact=exact) for need in plan.needs]

    def _exact_then_folded(self, plan: Plan) -> Iterator[bool]:
        # A typo is forgiven only where nothing was found otherwise.
        if plan.needs and plan.ranked and plan.marked and not plan.forgiving:
            yield True
        if plan.needs and plan.ranked and plan.widened and not plan.forgiving:
            yield False

    def _but(self, query: Query, before: Sequence[Query]) -> Query:
        parts = [(Occur.Must, query), *((Occur.MustNot, one) for one in before)]
        return Query.boolean_query(parts) if before else query

    def _raised(self, query: Query, plan: Plan) -> Query:
        """With a place that was named counted, which only ranks."""
        for words in plan.places:
            # One beside the other would be evaluated over the whole index; one in the other only where it must be.
            place = self._place(words, exact=plan.exact)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Should, place)])
        return query

    def _place(self, words: Sequence[Word], *, exact: bool) -> Query:
        """Articles of a place, or with its name in the title."""
        return Query.const_score_query(self.words(words, ("title", "rest"), exact=exact), PLACE)

    def _said(self, need: Need, *, in_full: bool, exact: bool) -> Query:
        """What was typed; or, where that counts as much, what its abbreviation means."""
        typed = self._exactly(need.clause) if exact else self.clause(need.clause, exact=False)
        if not (in_full and need.meant):
            return typed
        texts = fields_of(need.clause)
        return any_of([typed, *(self.way(way, texts, exact=exact) for way in need.meant)])

    def _exactly(self, clause: Clause) -> Query:
        """What was typed with its marks; how much a title counts is said by `tiers`."""
        if clause.number or clause.field is not Field.ANY:
            return self.clause(clause, exact=True)
        weights = TEXTS | {"title": 0.0}
        tokens = tokens_of(clause.words, exact=True)
        # Weighed nothing, and not made silent: a union of nothing but terms takes tantivy half the time.
        return any_of(Query.boost_query(self.row(name + EXACT, tokens), weight) for name, weight in weights.items())


def _may_entitle(need: Need) -> bool:
    return not need.clause.number and need.clause.field is Field.ANY


def _in_title(need: Need) -> Need:
    return replace(need, clause=replace(need.clause, field=Field.TITLE))
