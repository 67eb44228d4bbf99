"""Did you mean, and more like this: by the words the archive itself has, on any engine.

Both ask the engine only how many documents have a word (`Engine.frequencies`) and for hits.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.text import fold, nfc, retone
from search.engine import Engine, Mode, Query, Results
from search.query import Word, parse, words_of

LITTLE = 2
"""Hits up to which something else is suggested."""
CLEARLY = 10
"""How many times as frequent another spelling must be of a word that does occur."""
TRIES = 12
COMMON = 1_000
"""Documents that have a word, from which on it is common where these are a tenth of all."""
TELLING = 20
"""Words of an article by which others like it are found."""

_LETTERS = "abcdeghiklmnopqrstuvxy"
_WORD = re.compile(r"[^\W_]+")
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|g[hi]?|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|t[hr]?|v|x)?"
    r"(?:a[iouy]?|e[ou]?|i(?:a|eu?|u)?|o(?:a[ioy]?|eo?|i|o)?|u(?:a[iy]?|e|i|o[iu]?|u|y(?:a|e|u)?)?|y(?:eu?)?)"
    r"(?:ch?|m|ng?|nh|p|t)?"
)
_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_SHAPES = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))

Frequencies = Callable[[Collection[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another spelling of what was typed, and how many articles it finds."""

    text: str
    total: int


def did_you_mean(engine: Engine, query: Query, results: Results) -> Suggestion | None:
    """What was probably meant, when little was found as typed and more would be found so; else None."""
    if results.total > LITTLE and not results.forgiving:
        return None
    asked = replace(query, offset=0, limit=10, facets=(), mode=Mode.SMART if query.mode is Mode.SMART else Mode.FOLDED)
    best: tuple[int, int, str, Results] | None = None
    for text in _spellings(engine, query, found=results.total > 0 and not results.forgiving):
        found = engine.find(replace(asked, text=text))
        worth = _side_by_side(engine, text, query.text), found.total
        if found.forgiving or not found.total or not (worth[0] or _says_why(engine, text, query.text)):
            continue
        if best is None or worth > best[:2]:
            best = (*worth, text, found)
    return _meant(engine, query, results, best[2], best[3]) if best else None


def _says_why(engine: Engine, text: str, typed: str) -> bool:
    """Whether a spelling without words that stand so elsewhere may be meant: the archive lacks what was typed."""
    changed = set(_plain(typed)) - set(_plain(text))
    return all(many == 0 for many in engine.frequencies(changed, exact=False).values())


def _meant(engine: Engine, query: Query, results: Results, text: str, found: Results) -> Suggestion | None:
    """The spelling with its marks, when it finds more than what was typed."""
    meant, total = _with_marks(text, query.text, found), found.total
    if query.mode is Mode.EXACT:
        total = engine.find(replace(query, text=meant, limit=1, facets=())).total
    better = total > (0 if results.forgiving else results.total)
    return Suggestion(meant, total) if better and nfc(meant).lower() != nfc(query.text).lower() else None


def _side_by_side(engine: Engine, text: str, typed: str) -> int:
    """In how many articles words that were spelt otherwise stand beside their neighbours of the query."""
    words, old = _plain(text), set(_plain(typed))
    pairs = {pair for pair in pairwise(words) if not set(pair) <= old}
    phrases = [Query(f'"{one} {other}"', Mode.FOLDED, limit=0, facets=()) for one, other in pairs]
    return sum(engine.find(phrase).total for phrase in phrases)


def _spellings(engine: Engine, query: Query, *, found: bool) -> list[str]:
    """The typed text with doubtful words spelt as words the archive has, most frequent first.

    Where something was `found` as typed, only words that the archive lacks are doubtful.
    """
    typed = [word for word in dict.fromkeys(_plain(query.text)) if len(word) > 1]
    known = engine.frequencies(typed, exact=False)
    missing = [word for word in typed if not known[word]]
    choices = {word: _others(engine, word, known[word]) for word in missing or ([] if found else typed)}
    texts = [query.text] if query.mode is Mode.EXACT and not missing else []
    first = {word: others[0] for word, others in choices.items() if others} if missing else {}
    if len(first) == len(missing):
        texts += [_spelt(query.text, first | {word: other}) for other, word in _by_turns(choices)]
    return list(dict.fromkeys(texts))[:TRIES]


def _by_turns(choices: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Every word's first choice, then every word's second …"""
    for at in range(max(map(len, choices.values()), default=0)):
        yield from ((others[at], word) for word, others in choices.items() if at < len(others))


def _plain(text: str) -> list[str]:
    """The folded words of a query that may be misspelt: no numbers, phrases or words to leave out."""
    plain = [clause for clause in parse(text) if not (clause.negated or clause.quoted or clause.number)]
    words = [word.folded for clause in plain for word in clause.words]
    return [word for word in words if not any(map(str.isdigit, word))]


def _others(engine: Engine, word: str, own: int) -> list[str]:
    """Other spellings of a word, clearly more frequent than itself, most frequent first."""
    pieces = {spelling: spelling.split() for spelling in _candidates(word)}
    known = engine.frequencies({piece for parts in pieces.values() for piece in parts}, exact=False)
    often = {spelling: min(known[piece] for piece in parts) for spelling, parts in pieces.items()}
    better = [spelling for spelling, many in often.items() if many > own * CLEARLY]
    return sorted(better, key=lambda spelling: (-often[spelling], spelling))


def _candidates(word: str) -> set[str]:
    """Syllables one typo away, what the keys of Telex mean, and two syllables with the blank missing."""
    heads = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {head + tail[1:] for head, tail in heads if tail}
    near |= {head + tail[1] + tail[0] + tail[2:] for head, tail in heads if len(tail) > 1}
    near |= {head + letter + tail[1:] for head, tail in heads if tail for letter in _LETTERS}
    near |= {head + letter + tail for head, tail in heads for letter in _LETTERS}
    split = {f"{head} {tail}" for head, tail in heads if is_syllable(head) and is_syllable(tail) and len(word) > 3}
    return {one for one in near if is_syllable(one) and len(one) > 1} - {word} | split | telex(word)


def is_syllable(word: str) -> bool:
    """Whether a folded word could be a Vietnamese syllable."""
    return _SYLLABLE.fullmatch(word) is not None


def telex(word: str) -> set[str]:
    """The folded syllable whose Telex keys these are: `hoachj` and `hoajch` for `hoạch`; empty for most words."""
    keys = word
    for pair, letter in _SHAPES:
        keys = keys.replace(pair, fold(letter))
    bare = {keys} | {keys[:at] + keys[at + 1 :] for at, key in enumerate(keys) if at and key in _TONES}
    return {one for one in bare if one != word and is_syllable(one)}


def _spelt(text: str, others: Mapping[str, str]) -> str:
    return _WORD.sub(lambda match: others.get(fold(match[0]), match[0]), nfc(text))


def _with_marks(text: str, typed: str, found: Results) -> str:
    """The text with the marks its words have in what was found; what was typed with marks stays, if it occurs."""
    shown = [words_of(part) for hit in found.hits for part in (hit.title, hit.snippet.text)]
    forms = _forms(shown)
    kept = {word.exact for word in words_of(typed) if word.marked} & {word.exact for row in shown for word in row}
    words = words_of(text)
    chosen = [word.exact if word.exact in kept else _form(words, at, forms) for at, word in enumerate(words)]
    spelt = iter(zip(words, chosen, strict=True))

    def put(match: re.Match[str]) -> str:
        word, form = next(spelt)
        return match[0] if form == word.exact or match.string[match.end() : match.end() + 1] == ":" else form

    return _WORD.sub(put, retone(text))


def _forms(rows: Iterable[Sequence[Word]]) -> dict[tuple[str, ...], Counter[str]]:
    """How often each word has which marks: alone, before and after each other word; keys are folded."""
    forms: dict[tuple[str, ...], Counter[str]] = {}
    for row in rows:
        for at, word in enumerate(row):
            for key in _keys(row, at):
                forms.setdefault(key, Counter())[word.exact] += 1
    return forms


def _keys(row: Sequence[Word], at: int) -> Iterator[tuple[str, ...]]:
    word = row[at].folded
    if at + 1 < len(row):
        yield word, row[at + 1].folded, "after"
    if at:
        yield row[at - 1].folded, word, "before"
    yield (word,)


def _form(row: Sequence[Word], at: int, forms: Mapping[tuple[str, ...], Counter[str]]) -> str:
    """The marks a word mostly has beside the same neighbours, else anywhere, else those it was typed with."""
    *beside, alone = (forms.get(key, Counter()) for key in _keys(row, at))
    often = sum(beside, Counter[str]()) or alone
    return often.most_common(1)[0][0] if often else row[at].exact


def telling(texts: Iterable[tuple[str, float]], frequencies: Frequencies, documents: int) -> list[tuple[str, float]]:
    """The words by which others like an article are found, with their weights, the most telling first.

    `texts` are the article's, each with what a word in it counts; `documents` how many the index has.
    A word that nothing else has tells nothing; what most have tells little, and comes last where there are very many:
    to look for it among them costs more than for all others.
    """
    counts: defaultdict[str, float] = defaultdict(float)
    for text, weight in texts:
        for word in words_of(text):
            counts[word.exact] += weight
    known = frequencies([word for word in counts if len(word) > 1 and not any(map(str.isdigit, word))])
    weights = {
        word: math.log1p(counts[word]) * math.log(1 + documents / many) for word, many in known.items() if many > 1
    }
    common = max(COMMON, documents // 10)
    return sorted(weights.items(), key=lambda pair: (known[pair[0]] > common, -pair[1], pair[0]))[:TELLING]
