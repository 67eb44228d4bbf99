"""What tantivy found, as the shapes of the protocol: hits with snippets, counts, ids."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import tantivy
from tantivy import DocAddress, Order, Query, Searcher

from search.engine import Hit, Sort
from search.engine import Query as Asked
from search.engines.ranking import Tier
from search.engines.schema import SHOWN, analyzers
from search.snippets import snippet
from search.terms import Plan

MOST_VALUES = 10_000
"""Values a facet may have; counts are exact up to there."""

TIER = 100.0
"""Added to the score of a hit for each tier that comes after its own: more than a sane query's words add up to."""
MOST = 6
"""Tiers there may be: as typed, without marks, in any way, each with all in the title before the others."""
CLOSER = 100
"""The best hits of a tier are ordered once more, with words that stand side by side in title or text counted."""
ALL = "all"
Place = tuple[float, DocAddress]
"""The score of a hit, and where its document stands."""


def opened(index: tantivy.Index) -> tantivy.Index:
    """The index with its analyzers, reloaded only when told to."""
    for name, analyzer in analyzers().items():
        index.register_tokenizer(name, analyzer)
    index.config_reader("manual")
    return index


def reach(searcher: Searcher, query: Asked) -> int:
    """Hits a page may have; none behind the last document, since memory is taken for all before it."""
    return min(query.limit, query.window - query.offset, searcher.num_docs - query.offset)


def page(searcher: Searcher, tiers: Iterable[Tier], query: Asked) -> list[Place]:
    """One page of the hits of tiers that come one after another; a tier is asked only when the page reaches it."""
    offset, limit = query.offset, reach(searcher, query)
    found: list[Place] = []
    for rank, tier in enumerate(tiers):
        if limit <= 0:
            break
        best = searcher.search(tier.query, max(CLOSER, offset + limit), count=False, weight_by_field="fresh").hits
        taken = _closer_first(searcher, tier, best)[offset : offset + limit]
        found += [(score + TIER * (MOST - rank), place) for score, place in taken]
        limit -= len(taken)
        # Fewer than were asked for are all there are; with more the page is full.
        offset = max(0, offset - len(best))
    return found


def _closer_first(searcher: Searcher, tier: Tier, hits: list[Place]) -> list[Place]:
    """The hits, the first of them in the order they have with words that stand side by side counted."""
    first, others = hits[:CLOSER], hits[CLOSER:]
    if tier.closer is None or len(first) < 2:
        return hits
    ids = searcher.fast_field_values("id", [place for _, place in first])
    closer = searcher.search(tier.closer([int(one or 0) for one in ids]), CLOSER, count=False).hits
    more = {(place.segment_ord, place.doc): score for score, place in closer}
    raised = [(score + more.get((place.segment_ord, place.doc), 0.0), place) for score, place in first]
    return sorted(raised, key=lambda one: -one[0]) + others


def page_by_time(searcher: Searcher, question: Query, query: Asked) -> list[Place]:
    """One page in the order of time asked for; without words relevance is freshness."""
    limit = reach(searcher, query)
    if limit <= 0:
        return []
    order = "oldest" if query.sort is Sort.OLDEST else "newest"
    found = searcher.search(question, limit, count=False, offset=query.offset, order_by_field=order)
    return [(0.0, place) for _, place in found.hits]


def alike(searcher: Searcher, question: Query, query: Asked, *, counted: bool) -> tuple[int, list[Place]]:
    """How many articles a question finds, and one page of them, the most alike first: they are scored once."""
    limit = reach(searcher, query)
    found = searcher.search(question, max(1, limit), count=counted, offset=query.offset, weight_by_field="fresh")
    hits = [*found.hits][: max(0, limit)]
    return int(found.count) if counted else len(hits), hits  # type: ignore[attr-defined] # not in its stub


def total(searcher: Searcher, question: Query) -> int:
    """How many documents a question finds."""
    return int(searcher.search(question, 1).count)  # type: ignore[attr-defined] # not in its stub


def by_id(searcher: Searcher, question: Query) -> list[tuple[int, DocAddress]]:
    """Every document of a question: its id and where it stands, by ascending id."""
    found: list[tuple[int, DocAddress]] = searcher.search(
        question, max(1, searcher.num_docs), count=False, order_by_field="id", order=Order.Asc
    ).hits
    return found


def counts(searcher: Searcher, question: Query, facets: Sequence[str]) -> tuple[int, dict[str, dict[str, int]]]:
    """How many articles a question finds, and the values of each facet: most frequent first, then by name."""
    wanted: dict[str, object] = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in facets}
    found = searcher.aggregate(question, wanted | {ALL: {"value_count": {"field": "id"}}})
    return int(found[ALL]["value"]), {name: _ordered(found[name]["buckets"]) for name in facets}


def _ordered(buckets: list[dict[str, Any]]) -> dict[str, int]:
    # There may be thousands of portals: pairs are compared as they are, without a key for each.
    return {value: -less for less, value in sorted((-bucket["doc_count"], bucket["key"]) for bucket in buckets)}


def texts(found: tantivy.Document) -> list[str]:
    """The texts of an article, as they read."""
    return [text.decode() for text in found.get_all(SHOWN)]


def hit(found: tantivy.Document, score: float, used: Plan) -> Hit:
    """A stored card as a hit with its snippet."""
    card = json.loads(found["card"][0])
    return Hit(
        id=card["id"],
        url=card["url"],
        title=card["title"],
        portal=card["portal"],
        portal_name=card["portal_name"],
        published_at=card["published_at"],
        snippet=snippet(texts(found), card["files"], used.marks),
        score=score,
    )
