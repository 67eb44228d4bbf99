"""Plans and filters in tantivy's own queries; built, never concatenated from text.

Smart ranks in tiers: everything found exactly as typed, then without tone marks, then through abbreviations;
a forgiven typo only when nothing else was found. Inside a tier title, text and rest weigh as in `schema.TEXTS`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import log

import tantivy
from tantivy import Occur, Query

from archive.filters import Filters
from search.engines.rows import key_of
from search.engines.schema import (
    ANY,
    EXACT,
    KEYS,
    MORE,
    NUMBER,
    REFORM,
    SCOPE,
    TEXTS,
    TOGETHER,
    number_beginning,
    term,
    together,
    topical,
    whole_number,
)
from search.engines.spelling import code
from search.labels import wanted_keys
from search.query import Clause, Field, Word
from search.terms import Need, Plan, Way, may_forgive

OTHER_WAY = 0.2
"""What an abbreviation counts beside the words themselves; it counts once for each word it stands for."""

IN_FULL = 0.5
"""What the words of an abbreviation that was typed count beside it."""
PLACE = 12.0
"""Added to the score of an article of a place that was named, or with its name in the title."""

BROAD = 20_000
"""Articles found from which those with all that was sought in the title come before the others."""

_FIELDS = {Field.ANY: tuple(TEXTS), Field.TITLE: ("title",), Field.BODY: ("text",), Field.NUMBER: ()}


@dataclass(frozen=True, slots=True)
class Tier:
    """Articles that come before those of the next tier, by their score.

    `closer`, asked about the best of them alone, scores those with the typed words side by side in title or text: to
    ask that of all would cost more than everything else.
    """

    query: Query
    closer: Callable[[Collection[int]], Query] | None = None


class Questions:
    """Builds queries against one index."""

    def __init__(self, index: tantivy.Index) -> None:
        self.index = index
        self._schema = index.schema

    def tiers(self, plan: Plan, filters: Filters, many: int) -> Iterator[Tier]:
        """The articles found, in sets without overlap that come one after another, scored among themselves.

        Where very many are found, those with all in the title come first, and mostly no other is scored.
        """
        titles = self._titles(plan)
        before: list[Query] = []
        for exact in [*self._exact_then_folded(plan), None]:
            needs = [*self._needs(plan)] if exact is None else self._all_said(plan, exact=exact)
            marked = plan.exact if exact is None else exact
            found = self._alone(plan, filters, exact=marked) or self._among(plan, filters, needs)
            if many > BROAD and titles and len(needs) > 1:
                titled = self._among(plan, filters, [*needs, *(titles if exact else map(_silent, titles))])
                yield self._tier(self._but(titled, before), plan)
                before.append(titled)
            yield self._tier(self._counting(self._but(found, before), titles if exact else []), plan)
            before.append(found)

    def _alone(self, plan: Plan, filters: Filters, *, exact: bool) -> Query | None:
        """For a quoted phrase and nothing else: each text of its own, so that the filters spare most looks for rows."""
        clause = plan.needs[0].clause if len(plan.needs) == 1 else None
        if clause is None or clause.number or clause.field is not Field.ANY or len(clause.words) < 2:
            return None
        rows = [self._words(clause.words, (name,), exact=exact) for name in TEXTS]
        return _any(self._among(plan, filters, [row]) for row in rows)

    def _titles(self, plan: Plan) -> list[Query]:
        """For each need that may stand in a title, a query for it there; with other marks too ("Kê hoạch")."""
        clauses = [need.clause for need in plan.needs if not need.clause.number and need.clause.field is Field.ANY]
        return [self._words(clause.words, ("title",), exact=False) for clause in clauses]

    def _counting(self, query: Query, others: Sequence[Query]) -> Query:
        """With others counted where they are found too."""
        parts = [(Occur.Must, query), *((Occur.Should, other) for other in others)]
        return Query.boolean_query(parts) if others else query

    def _tier(self, query: Query, plan: Plan) -> Tier:
        rows = [self._words(run, (name,), exact=plan.exact) for run in plan.runs for name in ("title", "text")]
        return Tier(self._raised(query, plan), partial(self._side_by_side, rows) if rows else None)

    def _side_by_side(self, rows: Sequence[Query], ids: Collection[int]) -> Query:
        these = _any(Query.term_query(self._schema, "id", one, "basic") for one in ids)
        return _any(_every([_silent(these), row]) for row in rows)

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

    def found(self, plan: Plan, filters: Filters) -> Query:
        """All articles the filters allow that satisfy the plan; their scores mean nothing."""
        if alone := self._alone(plan, filters, exact=plan.exact):
            return alone
        groups = _groups(plan)
        widened = [ways for ways in groups if ways]
        if len(widened) != 1:
            return self._among(plan, filters, self._needs(plan))
        # Words or what stands for them: each side leaps under the filters; one union of both would be read whole.
        others = [self._own(need, plan) for need in groups.get((), [])]
        own = [self._own(need, plan) for need in groups[widened[0]]]
        ways = [_any(self._way(way, exact=False) for way in widened[0])]
        return _any(self._among(plan, filters, [*others, *side]) for side in (own, ways))

    def _among(self, plan: Plan, filters: Filters, needs: Iterable[Query]) -> Query:
        parts = [(Occur.Must, _silent(part)) for part in self._filters(filters)]
        parts += [(Occur.Must, need) for need in needs]
        parts += [(Occur.MustNot, self._absent(clause, plan)) for clause in plan.without]
        return Query.boolean_query(parts)

    def scope(self, name: str) -> Query:
        """All documents of a scope: any article, reform articles, the cursor."""
        return self._key(SCOPE, name)

    def articles(self, ids: Collection[int]) -> Query:
        """The documents of these ids."""
        return Query.term_set_query(self._schema, "id", list(ids))

    def among(self, question: Query, filters: Filters, *, but: int) -> Query:
        """A question's articles that the filters allow, but one."""
        parts = [(Occur.Must, _silent(part)) for part in self._filters(filters)]
        return Query.boolean_query([*parts, (Occur.Must, question), (Occur.MustNot, self.articles([but]))])

    def _place(self, words: Sequence[Word], *, exact: bool) -> Query:
        """Articles of a place, or with its name in the title."""
        return Query.const_score_query(self._words(words, ("title", "rest"), exact=exact), PLACE)

    def _said(self, need: Need, *, in_full: bool, exact: bool) -> Query:
        """What was typed; or, where that counts as much, what its abbreviation means."""
        typed = self._exactly(need.clause) if exact else self._clause(need.clause, exact=False)
        if not (in_full and need.meant):
            return typed
        return _any([typed, *(self._way(way, exact=exact) for way in need.meant)])

    def _exactly(self, clause: Clause) -> Query:
        """What was typed with its marks; how much a title counts is said by `tiers`."""
        if clause.number or clause.field is not Field.ANY:
            return self._clause(clause, exact=True)
        weights = TEXTS | {"title": 0.0}
        tokens = _tokens(clause.words, exact=True)
        # Weighed nothing, and not made silent: a union of nothing but terms takes tantivy half the time.
        return _any(Query.boost_query(self._row(name + EXACT, tokens), weight) for name, weight in weights.items())

    def _needs(self, plan: Plan) -> Iterator[Query]:
        """All that must be found; words that the same others may stand for are found together or by one of those."""
        for ways, needs in _groups(plan).items():
            own = [self._own(need, plan) for need in needs]
            if not ways:
                yield from own
                continue
            counting = [IN_FULL if way in needs[0].meant else OTHER_WAY * len(needs) for way in ways]
            others = [self._way(way, exact=False) for way in ways]
            yield _any([_every(own), *map(Query.boost_query, others, counting)])

    def _own(self, need: Need, plan: Plan) -> Query:
        typed = self._clause(need.clause, exact=plan.exact)
        near = self._near(need.clause) if plan.forgiving and may_forgive(need.clause) else []
        return _any([typed, *near]) if near else typed

    def _absent(self, clause: Clause, plan: Plan) -> Query:
        """What was typed with marks is left out only where it stands with them."""
        return self._clause(clause, exact=plan.exact or any(word.marked for word in clause.words))

    def _clause(self, clause: Clause, *, exact: bool) -> Query:
        if clause.number and clause.field is Field.ANY and clause.whole:
            return self._key(NUMBER, whole_number(clause.number))
        if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
            return self._key(NUMBER, number_beginning(clause.words))
        return self._words(clause.words, _FIELDS[clause.field], exact=exact)

    def _words(self, words: Sequence[Word], fields: Sequence[str], *, exact: bool) -> Query:
        tokens = _tokens(words, exact=exact)
        found = [Query.boost_query(self._row(_form(name, exact=exact), tokens), TEXTS[name]) for name in fields]
        return found[0] if len(found) == 1 else _any(found)

    def _row(self, field: str, tokens: list[str]) -> Query:
        if len(tokens) == 1:
            return self._term(field, tokens[0], "position")
        return Query.phrase_query(self._schema, field, [*tokens]) if tokens else Query.empty_query()

    def _way(self, way: Way, *, exact: bool) -> Query:
        """What stands for an abbreviation, or the abbreviation."""
        tokens = _tokens(way, exact=exact)
        return _any(self._known(name, tokens, exact=exact) or self._words(way, (name,), exact=exact) for name in TEXTS)

    def _known(self, name: str, tokens: Sequence[str], *, exact: bool) -> Query | None:
        """A row of words that the index knows as one; None when it does not."""
        key = key_of(tokens, name, exact=exact)
        many = self._rarity(_form(name, exact=exact), tokens) * TEXTS[name] if key else 0.0
        return Query.const_score_query(self._term(MORE, key), many) if key else None

    def _rarity(self, field: str, tokens: Collection[str]) -> float:
        """What words in a row count where they stand in a text once, of usual length: BM25 without its lengths."""
        searcher = self.index.searcher()
        often = [searcher.doc_freq(field, token) for token in tokens]
        return sum(log(1 + (searcher.num_docs - many + 0.5) / (many + 0.5)) for many in often)

    def _near(self, clause: Clause) -> list[Query]:
        word = clause.words[0].folded
        return [
            Query.boost_query(Query.fuzzy_term_query(self._schema, name, word, 1), TEXTS[name] / 10)
            for name in _FIELDS[clause.field]
        ]

    def _term(self, field: str, value: str, option: str = "basic") -> Query:
        return Query.term_query(self._schema, field, value, option)

    def _key(self, name: str, value: str) -> Query:
        return self._term(KEYS, term(name, value))

    def _filters(self, filters: Filters) -> Iterable[Query]:
        """All that the filters ask; whether an article is on the topic is asked with the first label of it."""
        wanted = {name: sorted(keys) for name, keys in wanted_keys(filters).items() if keys}
        if not wanted:
            yield self.scope(ANY if filters.any_topic else REFORM)
        if not filters.any_topic and wanted.keys() >= set(TOGETHER):
            both = product(*(wanted.pop(name) for name in TOGETHER))
            yield _any(self._term(MORE, together(one)) for one in both)
        for name, keys in wanted.items():
            field, asked = (KEYS, name) if filters.any_topic else (MORE, topical(name))
            yield _any(self._term(field, term(asked, key)) for key in keys)
        if filters.since or filters.until:
            since, until = (day.toordinal() if day else None for day in (filters.since, filters.until))
            yield Query.range_query(self._schema, "day", tantivy.FieldType.Integer, since, until)


def _groups(plan: Plan) -> dict[tuple[Way, ...], list[Need]]:
    """The needs by what may stand for them."""
    groups: dict[tuple[Way, ...], list[Need]] = {}
    for need in plan.needs:
        groups.setdefault(need.ways, []).append(need)
    return groups


def _tokens(words: Iterable[Word], *, exact: bool) -> list[str]:
    """Words as the index has them."""
    return [code(word.exact) if exact else word.folded for word in words]


def _form(name: str, *, exact: bool) -> str:
    """The field that has a text with its marks, or folded."""
    return name + EXACT if exact else name


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _every(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
