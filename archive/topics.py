"""What an article is about: reform areas, indices, kind, and whether it is about reform at all.

All words come from config/vocabulary; this module only counts them. Phrases are compared
folded, whatever stands between their words, so `kỷ luật, kỷ cương` is `ky luat ky cuong`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from archive.records import Relevance
from archive.text import fold, words
from config import vocabulary

_GAP = r"[\W_]+"
_SQUEEZED = re.compile(r"[\W_]+")
_LEAD_WORDS = 30
_TITLE, _SUMMARY = 3.0, 2.0
_BODY_UNIT = 120  # words: a body is judged by its points per so many words …
_BODY_LIMIT = 6.0  # … within these bounds, so that neither a title nor a summary is drowned
_SURE = 3.0  # points of a word that settles a title or a summary by itself
_OFTEN = 3
_OTHER = "other"


_Branches = dict[str, "_Branches"]


def _pattern(spelled: Iterable[str]) -> str:
    """One pattern for many phrases, letter by letter: three times as fast as naming them one after another."""
    root: _Branches = {}
    for phrase in spelled:
        branches = root
        for letter in (*phrase, ""):
            branches = branches.setdefault(letter, {})
    return _branching(root)


def _branching(branches: _Branches) -> str:
    ways = [(_GAP if letter == " " else letter) + _branching(rest) for letter, rest in branches.items() if letter]
    if not ways:
        return ""
    return ("(?:" + "|".join(ways) + ")" if len(ways) > 1 or "" in branches else ways[0]) + "?" * ("" in branches)


class Phrases:
    """Phrases to look for in folded text; at each place the longest one that stands there counts."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._spelled = {" ".join(words(phrase)): phrase for phrase in reversed(list(phrases))}
        self._pattern = re.compile(rf"\b{_pattern(self._spelled)}\b")

    def count(self, folded: str) -> Counter[str]:
        """How often each phrase stands in a folded text."""
        return Counter(self._spelled[_SQUEEZED.sub(" ", found)] for found in self._pattern.findall(folded))


@cache
def area_phrases() -> tuple[Phrases, dict[str, str]]:
    """The phrases that signal a task group, and the group of each."""
    area_of = {word: area for area, those in vocabulary.reform_areas().items() for word in those}
    return Phrases(area_of), area_of


def reform_areas(text: str) -> tuple[str, ...]:
    """The task groups of reform that a text names, under their official names and in official order."""
    return reform_areas_of(fold(text))


def reform_areas_of(folded: str) -> tuple[str, ...]:
    """`reform_areas` of a text that is folded already."""
    phrases, area_of = area_phrases()
    found = {area_of[word] for word in phrases.count(folded)}
    return tuple(area for area in vocabulary.reform_areas() if area in found)


@cache
def indicator_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of the names of indices, and the index of each spelling."""
    name_of = {spelling: name for name, those in vocabulary.indicators().items() for spelling in those}
    longest_first = sorted(name_of, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), name_of


def indicators(text: str) -> tuple[str, ...]:
    """The indices a text names by their own names (PAR INDEX, PAPI, …), sorted."""
    pattern, name_of = indicator_pattern()
    return tuple(sorted({name_of[found] for found in pattern.findall(text)}))


@cache
def kind_phrases() -> tuple[Phrases, dict[str, str]]:
    """The phrases that tell a kind, and the kind of each."""
    kind_of: dict[str, str] = {}
    for kind_name, those in vocabulary.kinds().items():
        for word in those:
            kind_of.setdefault(word, kind_name)
    return Phrases(kind_of), kind_of


def kind(title: str, summary: str) -> str:
    """What sort of announcement it is: the first kind with a word in the title, else in the summary, else other."""
    phrases, kind_of = kind_phrases()
    order = list(vocabulary.kinds())
    for text in (title, summary):
        found = {kind_of[word] for word in phrases.count(fold(text))} - {_OTHER}
        if found:
            return min(found, key=order.index)
    return _OTHER


@cache
def point_phrases() -> Phrases:
    """The words for and against reform."""
    return Phrases(vocabulary.relevance().points)


def relevance(title: str, summary: str, body: str, *, listed: bool = False) -> Relevance:
    """Whether an article is about administrative reform, how sure that is, and which words decided.

    `listed`: a reform listing named it, which is evidence and not the verdict.
    """
    return relevance_of(fold(title), fold(summary), fold(body), listed=listed)


def relevance_of(title: str, summary: str, body: str, *, listed: bool = False) -> Relevance:
    """`relevance` of parts that are folded already."""
    vocabulary_of = vocabulary.relevance()
    in_title, in_summary, in_body = (point_phrases().count(part) for part in (title, summary or _lead(body), body))
    rest = _SUMMARY * _headline(in_summary) + _density(in_body, body) + (vocabulary_of.listed if listed else 0.0)
    total = _TITLE * _headline(in_title) + (max(rest, 0.0) if _settled(in_title) else rest)
    score = 1 / (1 + math.exp(vocabulary_of.threshold - total))
    return Relevance(round(score, 4), total >= vocabulary_of.threshold, _deciding(in_title + in_summary + in_body))


def _lead(body: str) -> str:
    return " ".join(body.split("\n", 1)[0].split()[:_LEAD_WORDS])


def _headline(found: Counter[str]) -> float:
    """Points of a short text, each word once; beside a word that settles it nothing speaks against."""
    points = [vocabulary.relevance().points[word] for word in found]
    return sum(point for point in points if point > 0) if _settled(found) else sum(points)


def _settled(found: Counter[str]) -> bool:
    return any(vocabulary.relevance().points[word] >= _SURE for word in found)


def _density(found: Counter[str], body: str) -> float:
    points = sum(vocabulary.relevance().points[word] * min(count, _OFTEN) for word, count in found.items())
    length = body.count(" ") + 1
    return max(-_BODY_LIMIT, min(_BODY_LIMIT, points * _BODY_UNIT / max(length, _BODY_UNIT)))


def _deciding(found: Counter[str], at_most: int = 8) -> tuple[str, ...]:
    points = vocabulary.relevance().points
    strongest = sorted(found, key=lambda word: (-abs(points[word] * min(found[word], _OFTEN)), word))
    return tuple(strongest[:at_most])


@cache
def _sounds() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    heard = vocabulary.relevance()
    like, unlike = ({"".join(words(one)) for one in those} for those in (heard.like, heard.unlike))
    spaced = "|".join(r"\s?".join(map(re.escape, words(one))) for one in heard.like)
    longest_first = sorted(like, key=len, reverse=True)
    return (
        re.compile("|".join(map(re.escape, sorted(unlike, key=len, reverse=True)))),
        re.compile(rf"\b(?:{spaced})\b"),
        re.compile("|".join(map(re.escape, (one for one in longest_first if len(one) > 9)))),
    )


_SLUG_END = re.compile(r"(?:[-_.]\d+)*(?:\.(?:html?|aspx?|php))?(?:[?#].*)?$")
_CUT_SHORT = re.compile(r"cai cach(?: h\w*| th\w*(?: \w+)?)?$|\bthu tuc(?: h\w*)?$")


def sounds_like_reform(title_or_slug: str) -> bool:
    """Whether a title, or the slug of an address without tones, is worth a request; errs towards yes.

    Takes slugs of decomposed text (`ca-i-ca-ch`) and slugs cut short, as portals make them (PORTALS.md 1.3, 3.4).
    """
    unlike, spaced, squeezed = _sounds()
    plain = " ".join(words(_SLUG_END.sub("", title_or_slug.rsplit("/", 1)[-1] or title_or_slug)))
    joined = unlike.sub("", plain.replace(" ", ""))
    if squeezed.search(joined):
        return True
    if unlike.search(plain.replace(" ", "")):
        return False
    return bool(spaced.search(plain) or _CUT_SHORT.search(plain))
