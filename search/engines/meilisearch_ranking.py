"""Orders the best of what a search server found by the signals that the embedded engine scores by.

Pure. The server orders by field and nearness alone: it weighs no word by its rarity, adds nothing up, and counts no
word twice. So its first `RANKED` hits are scored here: BM25 with the same weights, words side by side, named places.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.engines.questions import IN_FULL, OTHER_WAY
from search.engines.ranking import PLACE
from search.engines.schema import TEXTS
from search.marks import Marks
from search.query import Field, Word
from search.terms import Need, Plan, Way

RANKED = 100
"""Hits of the server that are put in order here; behind them its own order stays."""
TIER = 100.0
"""Added to the score of a hit for each tier that comes after its own, as on the embedded engine."""
NUMBER = 5.0
"""What an act number tells; an article that has many others is less about it."""
K1, B = 1.2, 0.75
"""BM25, as tantivy has it."""
_FRESHEST, _FAR = 2e-3, 300_000 * 86_400
_SIGNS = dict.fromkeys(map(ord, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n\t“”‘’–—…•·«»°"), " ")
_FIELDS = {Field.ANY: tuple(TEXTS), Field.TITLE: ("title",), Field.BODY: ("text",), Field.NUMBER: ()}


@dataclass(frozen=True, slots=True)
class Rarity:
    """How many articles there are, and how many have each word, in the form that is compared; also in their titles."""

    articles: int
    having: Mapping[str, int]
    titled: Mapping[str, int]

    def weight(self, words: Iterable[str], name: str) -> float:
        """What words in a row of a text tell: the rarer, the more."""
        many = self.titled if name == "title" else self.having
        known = (many.get(word, 0) for word in words)
        return sum(math.log(1 + (max(0, self.articles - many) + 0.5) / (many + 0.5)) for many in known)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article the server found: its card, its tier (0 comes first), its texts in the form that is compared."""

    card: dict[str, Any]
    tier: int
    title: str
    text: str
    rest: str


def words_wanted(plan: Plan) -> set[str]:
    """The words whose rarity the order depends on."""
    rows = [row for need in plan.needs for row in (need.clause.words, *need.ways)]
    return {_form(word, plan) for row in rows for word in row}


Found = tuple[dict[str, Any], int]
"""A card that the server answered, and its tier."""
Scored = tuple[float, dict[str, Any]]


def ranked(plan: Plan, rarity: Rarity, found: Sequence[Found]) -> list[Scored]:
    """Cards with their scores, best first; equal ones as the server had them."""
    candidates = [_candidate(card, tier, exact=plan.exact) for card, tier in found]
    scoring = _Scoring(plan, rarity, _lengths(candidates))
    scored = [(scoring.score(one) + TIER * (3 - one.tier), one.card) for one in candidates]
    return sorted(scored, key=lambda pair: -pair[0])


def alike(weights: Mapping[str, float], rarity: Rarity, found: Sequence[Found]) -> list[Scored]:
    """Cards with their scores, best first: how much they share of the telling words of an article."""
    candidates = [_candidate(card, tier, exact=True) for card, tier in found]
    scoring = _Scoring(Plan((), exact=True), rarity, _lengths(candidates))
    scored = [(scoring.shared(one, weights), one.card) for one in candidates]
    return sorted(scored, key=lambda pair: -pair[0])


def _candidate(card: dict[str, Any], tier: int, *, exact: bool) -> Candidate:
    texts = [(card["title_shown"],), card["texts"], card["about"]]
    title, text, rest = ("/".join(compared(value, exact=exact) for value in values) for values in texts)
    return Candidate(card, tier, title, text, rest)


def compared(text: str, *, exact: bool) -> str:
    """The words of a text in the form that is compared, with one blank around each."""
    form = Marks(None, {}, 0, exact).form(text)
    return f" {' '.join(form.translate(_SIGNS).split())} "


def _lengths(candidates: Sequence[Candidate]) -> dict[str, float]:
    """The mean length of each text."""
    many = max(1, len(candidates))
    sizes = {name: sum(len(getattr(one, name)) for one in candidates) for name in TEXTS}
    sizes["numbers"] = sum(len(one.card["numbers"]) for one in candidates)
    return {name: max(1.0, size / many) for name, size in sizes.items()}


def _form(word: Word, plan: Plan) -> str:
    return word.exact if plan.exact else word.folded


@dataclass(frozen=True, slots=True)
class _Scoring:
    """Scores candidates of one question; `lengths` are the mean lengths of their texts."""

    plan: Plan
    rarity: Rarity
    lengths: Mapping[str, float]

    def score(self, one: Candidate) -> float:
        """As `ranking.Ranking.tiers`: needs, words side by side, named places, the newer first."""
        needs = self._found(one) if one.tier == 2 or not self.plan.ranked else self._said(one)
        runs = sum(self._row(one, run, ("title", "text")) for run in self.plan.runs)
        places = sum(PLACE for place in self.plan.places if self._has(one, place))
        fresh: float = _FRESHEST * one.card.get("seconds", 0) / _FAR
        return needs + runs + places + fresh

    def shared(self, one: Candidate, weights: Mapping[str, float]) -> float:
        """As `likeness.like`: each telling word where it tells most, in the title or in the text."""
        words = {word: (Word(word, word),) for word in weights}
        found = {
            word: max(self._row(one, row, ("title",)), self._row(one, row, ("text",))) for word, row in words.items()
        }
        return sum(weight * found[word] for word, weight in weights.items())

    def _said(self, one: Candidate) -> float:
        """What was typed, and what an abbreviation among other words means."""
        ways = [way for need in self.plan.needs for way in need.meant] if self.plan.in_full else []
        return sum(self._need(one, need) for need in self.plan.needs) + sum(self._row(one, way) for way in ways)

    def _found(self, one: Candidate) -> float:
        """Words that the same others may stand for count together, or as one of those."""
        groups: dict[tuple[Way, ...], list[Need]] = {}
        for need in self.plan.needs:
            groups.setdefault(need.ways, []).append(need)
        return sum(self._group(one, ways, needs) for ways, needs in groups.items())

    def _group(self, one: Candidate, ways: tuple[Way, ...], needs: Sequence[Need]) -> float:
        meant = needs[0].meant
        others = sum(self._row(one, way) * (IN_FULL if way in meant else OTHER_WAY * len(needs)) for way in ways)
        return sum(self._need(one, need) for need in needs) + others

    def _need(self, one: Candidate, need: Need) -> float:
        clause = need.clause
        if clause.field is Field.NUMBER or (clause.number and clause.field is Field.ANY):
            return self._number(len(one.card["numbers"]))
        found = self._row(one, clause.words, _FIELDS[clause.field])
        if found or need.ways or not one.card["has_files"]:
            return found
        return TEXTS["rest"] * self.rarity.weight([_form(word, self.plan) for word in clause.words], "rest")

    def _number(self, many: int) -> float:
        return NUMBER * (K1 + 1) / (1 + K1 * (1 - B + B * many / self.lengths["numbers"]))

    def _row(self, one: Candidate, words: Sequence[Word], names: Iterable[str] = tuple(TEXTS)) -> float:
        """BM25 of words in a row over some texts."""
        spelt = [_form(word, self.plan) for word in words]
        row, found = f" {' '.join(spelt)} ", 0.0
        for name in names:
            text = getattr(one, name)
            if often := text.count(row):
                norm = K1 * (1 - B + B * len(text) / self.lengths[name])
                found += TEXTS[name] * self.rarity.weight(spelt, name) * often * (K1 + 1) / (often + norm)
        return found

    def _has(self, one: Candidate, place: Sequence[Word]) -> bool:
        row = f" {' '.join(_form(word, self.plan) for word in place)} "
        return row in one.title or row in one.rest
