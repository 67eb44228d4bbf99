"""What tantivy found, as the shapes of the protocol: hits with snippets, counts, ids."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tantivy
from tantivy import DocAddress, Order, Query, Searcher

from search.engine import WINDOW, Hit, Sort
from search.engine import Query as Asked
from search.engines.schema import SHOWN, analyzers
from search.snippets import snippet
from search.terms import Plan

MOST_VALUES = 10_000
"""Values a facet may have; counts are exact up to there."""


def opened(index: tantivy.Index) -> tantivy.Index:
    """The index with its analyzers, reloaded only when told to."""
    for name, analyzer in analyzers().items():
        index.register_tokenizer(name, analyzer)
    index.config_reader("manual")
    return index


@dataclass(frozen=True, slots=True)
class Page:
    """How many documents a question finds, and the order key and place of those on one page."""

    total: int
    places: list[tuple[float, DocAddress]]


def page(searcher: Searcher, question: Query, query: Asked, used: Plan) -> Page:
    """One page in the order asked for; without words relevance is freshness."""
    order: dict[str, Any] = {"weight_by_field": "fresh"}
    if query.sort is not Sort.RELEVANCE or not used.needs:
        order = {"order_by_field": "oldest" if query.sort is Sort.OLDEST else "newest"}
    limit = min(query.limit, WINDOW - query.offset)
    found = searcher.search(question, max(1, limit), offset=query.offset, **order)
    return Page(found.count, found.hits if limit > 0 else [])  # type: ignore[attr-defined] # not in its stub


def total(searcher: Searcher, question: Query) -> int:
    """How many documents a question finds."""
    return int(searcher.search(question, 1).count)  # type: ignore[attr-defined] # not in its stub


def by_id(searcher: Searcher, question: Query) -> list[tuple[int, DocAddress]]:
    """Every document of a question: its id and where it stands, by ascending id."""
    found: list[tuple[int, DocAddress]] = searcher.search(
        question, max(1, searcher.num_docs), count=False, order_by_field="id", order=Order.Asc
    ).hits
    return found


def counts(searcher: Searcher, question: Query, facets: Sequence[str]) -> dict[str, dict[str, int]]:
    """The values of each facet with their counts: most frequent first, then by name."""
    if not facets:
        return {}
    wanted = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in facets}
    found = searcher.aggregate(question, wanted)
    return {name: _ordered(found[name]["buckets"]) for name in facets}


def _ordered(buckets: list[dict[str, object]]) -> dict[str, int]:
    pairs = [(str(bucket["key"]), int(str(bucket["doc_count"]))) for bucket in buckets]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


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
        snippet=snippet(found.get_all(SHOWN), card["files"], used.marks),
        score=score,
    )
