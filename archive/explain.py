"""Why an article is what it is said to be: the words behind verdict, reform areas, indices and kind; its places.

Worked out anew from the text by today's vocabulary (config/vocabulary), so that who edits a file sees what it does;
the verdict itself is kept with the article.
"""

from dataclasses import dataclass
from datetime import date

from archive import topics
from archive.place_names import PlaceName, find_places
from archive.records import Place
from archive.text import fold
from config import vocabulary


@dataclass(frozen=True, slots=True)
class Explained:
    """What the words of an article say, and which words said it; points are for (+) or against (-) reform."""

    points: dict[str, float]
    reform_areas: dict[str, tuple[str, ...]]
    indicators: dict[str, tuple[str, ...]]
    kind: str
    kind_words: tuple[str, ...]
    places: tuple[PlaceName, ...]


def explain(title: str, summary: str, body: str, *, place: Place, on: date | None) -> Explained:
    """Every match in an article's clean texts; `place` is the portal's, `on` the day of publication."""
    whole = "\n".join(part for part in (title, summary, body) if part)
    folded = fold(whole)
    points = vocabulary.relevance().points
    kind, words = _kind(title, summary or body.split("\n", 1)[0])
    return Explained(
        points={word: points[word] for word in sorted(topics.point_phrases().count(folded), key=lambda w: -points[w])},
        reform_areas=_areas(folded),
        indicators=_indicators(whole),
        kind=kind,
        kind_words=words,
        places=_distinct(find_places(whole, place, on)),
    )


def _areas(folded: str) -> dict[str, tuple[str, ...]]:
    phrases, area_of = topics.area_phrases()
    found = phrases.count(folded)
    named = {area: tuple(sorted(word for word in found if area_of[word] == area)) for area in vocabulary.reform_areas()}
    return {area: words for area, words in named.items() if words}


def _indicators(whole: str) -> dict[str, tuple[str, ...]]:
    pattern, name_of = topics.indicator_pattern()
    found = set(pattern.findall(whole))
    return {name: tuple(sorted(one for one in found if name_of[one] == name)) for name in topics.indicators(whole)}


def _kind(title: str, summary: str) -> tuple[str, tuple[str, ...]]:
    phrases, kind_of = topics.kind_phrases()
    kind = topics.kind(title, summary)
    for text in (title, summary):
        words = tuple(sorted(word for word in phrases.count(fold(text)) if kind_of[word] == kind))
        if words:
            return kind, words
    return kind, ()


def _distinct(names: list[PlaceName]) -> tuple[PlaceName, ...]:
    """Each place once, where it is named first."""
    first: dict[tuple[str, ...], PlaceName] = {}
    for name in names:
        first.setdefault(name.units, name)
    return tuple(first.values())
