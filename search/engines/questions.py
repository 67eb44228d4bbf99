"""Plans and filters in tantivy's own queries: which articles are found; built, never concatenated from text.

What comes first among them is told by `ranking`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from math import log

import tantivy
from tantivy import Occur, Query

from archive.filters import Filters
from search.engines.rows import key_of
from search.engines.schema import (
    ANY,
    BROAD,
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
_FIELDS = {Field.ANY: tuple(TEXTS), Field.TITLE: ("title",), Field.BODY: ("text",), Field.NUMBER: ()}


class Questions:
    """Builds queries against one index.

    `known` is how many articles have a word in their text with its marks: Vietnamese has few thousands of syllables,
    and an article is asked about with hundreds of them.
    """

    def __init__(self, index: tantivy.Index) -> None:
        self.index = index
        self.schema = index.schema
        self.known: dict[str, int] = {}

    def reload(self) -> None:
        """Take up what was committed since."""
        self.index.reload()
        self.known = {}

    def alone(self, plan: Plan, filters: Filters, *, exact: bool) -> Query | None:
        """For a quoted phrase and nothing else: each text of its own, so that the filters spare most looks for rows."""
        clause = plan.needs[0].clause if len(plan.needs) == 1 else None
        if clause is None or clause.number or clause.field is not Field.ANY or len(clause.words) < 2:
            return None
        rows = [self.words(clause.words, (name,), exact=exact) for name in TEXTS]
        return any_of(self.among(plan, filters, [row]) for row in rows)

    def found(self, plan: Plan, filters: Filters) -> Query:
        """All articles the filters allow that satisfy the plan; their scores mean nothing."""
        if alone := self.alone(plan, filters, exact=plan.exact):
            return alone
        groups = _groups(plan)
        widened = [ways for ways in groups if ways]
        if len(widened) != 1:
            return self.among(plan, filters, self.needs(plan))
        # Words or what stands for them: each side leaps under the filters; one union of both would be read whole.
        others = [self._own(need, plan) for need in groups.get((), [])]
        own = [self._own(need, plan) for need in groups[widened[0]]]
        ways = [any_of(self.way(way, tuple(TEXTS), exact=False) for way in widened[0])]
        return any_of(self.among(plan, filters, [*others, *side]) for side in (own, ways))

    def among(self, plan: Plan, filters: Filters, needs: Iterable[Query]) -> Query:
        """What the filters allow and every one of these queries finds, without what the plan leaves out."""
        parts = [(Occur.Must, silent(part)) for part in self._filters(filters)]
        parts += [(Occur.Must, need) for need in needs]
        parts += [(Occur.MustNot, self._absent(clause, plan)) for clause in plan.without]
        return Query.boolean_query(parts)

    def scope(self, name: str) -> Query:
        """All documents of a scope: any article, reform articles, the cursor."""
        return self._key(SCOPE, name)

    def articles(self, ids: Collection[int]) -> Query:
        """The documents of these ids."""
        return Query.term_set_query(self.schema, "id", list(ids))

    def others(self, question: Query, filters: Filters, *, but: int) -> Query:
        """A question's articles that the filters allow, but one."""
        parts = [(Occur.Must, silent(part)) for part in self._filters(filters)]
        return Query.boolean_query([*parts, (Occur.Must, question), (Occur.MustNot, self.articles([but]))])

    def needs(self, plan: Plan) -> Iterator[Query]:
        """All that must be found; words that the same others may stand for are found together or by one of those."""
        for ways, needs in _groups(plan).items():
            own = [self._own(need, plan) for need in needs]
            if not ways:
                yield from own
                continue
            counting = [IN_FULL if way in needs[0].meant else OTHER_WAY * len(needs) for way in ways]
            others = [self.way(way, tuple(TEXTS), exact=False) for way in ways]
            yield any_of([every(own), *map(Query.boost_query, others, counting)])

    def _own(self, need: Need, plan: Plan) -> Query:
        typed = self.clause(need.clause, exact=plan.exact)
        near = self._near(need.clause) if plan.forgiving and may_forgive(need.clause) else []
        return any_of([typed, *near]) if near else typed

    def _absent(self, clause: Clause, plan: Plan) -> Query:
        """What was typed with marks is left out only where it stands with them."""
        return self.clause(clause, exact=plan.exact or any(word.marked for word in clause.words))

    def clause(self, clause: Clause, *, exact: bool) -> Query:
        """What was typed, where its field says: words with their marks when `exact`, folded otherwise."""
        if clause.number and clause.field is Field.ANY and clause.whole:
            return self._key(NUMBER, whole_number(clause.number))
        if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
            return self._key(NUMBER, number_beginning(clause.words))
        return self.words(clause.words, fields_of(clause), exact=exact)

    def words(self, words: Sequence[Word], fields: Sequence[str], *, exact: bool) -> Query:
        """Words in a row in any of these texts, each text with its weight."""
        tokens = tokens_of(words, exact=exact)
        found = [Query.boost_query(self.row(_form(name, exact=exact), tokens), TEXTS[name]) for name in fields]
        return found[0] if len(found) == 1 else any_of(found)

    def row(self, field: str, tokens: list[str]) -> Query:
        """Tokens side by side in a field of the index."""
        if len(tokens) == 1:
            return self._term(field, tokens[0], "position")
        return Query.phrase_query(self.schema, field, [*tokens]) if tokens else Query.empty_query()

    def way(self, way: Way, fields: Sequence[str], *, exact: bool) -> Query:
        """What stands for an abbreviation, or the abbreviation, in any of these texts."""
        tokens = tokens_of(way, exact=exact)
        known = ((name, self._known(name, tokens, exact=exact)) for name in fields)
        return any_of(row or self.words(way, (name,), exact=exact) for name, row in known)

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
            Query.boost_query(Query.fuzzy_term_query(self.schema, name, word, 1), TEXTS[name] / 10)
            for name in fields_of(clause)
        ]

    def _term(self, field: str, value: str, option: str = "basic") -> Query:
        return Query.term_query(self.schema, field, value, option)

    def _key(self, name: str, value: str) -> Query:
        return self._term(KEYS, term(name, value))

    def _filters(self, filters: Filters) -> Iterable[Query]:
        """All that the filters ask; whether an article is on the topic is asked with the broad labels of it."""
        wanted = {name: sorted(keys) for name, keys in wanted_keys(filters).items() if keys}
        broad = frozenset() if filters.any_topic else wanted.keys() & set(BROAD)
        if not (broad or (filters.any_topic and wanted)):
            yield self.scope(ANY if filters.any_topic else REFORM)
        if not filters.any_topic and wanted.keys() >= set(TOGETHER):
            both = product(*(wanted.pop(name) for name in TOGETHER))
            yield any_of(self._term(MORE, together(one)) for one in both)
        for name, keys in wanted.items():
            field, asked = (MORE, topical(name)) if name in broad else (KEYS, name)
            yield any_of(self._term(field, term(asked, key)) for key in keys)
        if filters.among is not None:
            yield self.articles(filters.among)
        if filters.since or filters.until:
            since, until = (day.toordinal() if day else None for day in (filters.since, filters.until))
            yield Query.range_query(self.schema, "day", tantivy.FieldType.Integer, since, until)


def _groups(plan: Plan) -> dict[tuple[Way, ...], list[Need]]:
    """The needs by what may stand for them."""
    groups: dict[tuple[Way, ...], list[Need]] = {}
    for need in plan.needs:
        groups.setdefault(need.ways, []).append(need)
    return groups


def fields_of(clause: Clause) -> tuple[str, ...]:
    """The texts in which a clause may stand."""
    return _FIELDS[clause.field]


def tokens_of(words: Iterable[Word], *, exact: bool) -> list[str]:
    """Words as the index has them."""
    return [code(word.exact) if exact else word.folded for word in words]


def _form(name: str, *, exact: bool) -> str:
    """The field that has a text with its marks, or folded."""
    return name + EXACT if exact else name


def any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def every(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
