"""Asks a search server the queries of a plan as one, and reads its answers as the shapes of the protocol."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from meilisearch import Client

from search.engine import WINDOW, Hit, Query, Sort
from search.engines.meilisearch_documents import MOST, SEARCHED, SHOWN, decoded
from search.engines.meilisearch_questions import MOST_PIECES, Ask, Sought, one_of
from search.engines.meilisearch_server import Server
from search.engines.schema import ANY, CURSOR
from search.snippets import snippet
from search.terms import Plan

PAGE = 20_000
"""Documents fetched at once when all are wanted."""
READ = 500
"""Documents whose words are read at once to tell true phrases from seeming ones."""
AT_ONCE = 200
"""Queries of one request."""
NEWEST, OLDEST = ["seconds:desc", "id:desc"], ["seconds:asc", "id:asc"]


@dataclass(frozen=True)
class Asking:
    """One index of a server, for questions."""

    server: Server
    index: str

    def page(self, asks: Sequence[Ask], query: Query, used: Plan) -> dict[str, Any]:
        """One page of the union of queries, in the order asked for, with facets."""
        limit = max(0, min(query.limit, WINDOW - query.offset))
        order = {Sort.NEWEST: NEWEST, Sort.OLDEST: OLDEST}.get(query.sort)
        if order is None and not used.needs:
            order = NEWEST
        federation = {"offset": query.offset, "limit": limit, "facetsByIndex": {self.index: list(query.facets)}}
        return self._search(asks, federation, {"sort": order} if order else {}, SHOWN)

    def ids(self, asks: Sequence[Ask]) -> list[int]:
        """All articles of the union of queries, ascending."""
        found = self._search(asks, {"offset": 0, "limit": MOST}, {"sort": ["id:asc"]}, ("id",))
        return sorted(hit["id"] for hit in found["hits"])

    def _search(
        self, asks: Sequence[Ask], federation: dict[str, Any], order: dict[str, Any], fields: Sequence[str]
    ) -> dict[str, Any]:
        queries = [
            {
                "indexUid": self.index,
                "q": ask.text,
                "filter": list(ask.filters),
                "matchingStrategy": "all",
                "attributesToRetrieve": list(fields),
                "federationOptions": {"weight": ask.weight},
            }
            | order
            for ask in map(self._short, asks)
        ]

        def asked(client: Client) -> dict[str, Any]:
            found: dict[str, Any] = client.multi_search(queries, federation)
            return found | {"hits": found["hits"], "total": found["estimatedTotalHits"]}

        return self.server.ask(asked)

    def _hits(self, text: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.server.ask(
            lambda client: client.index(self.index).search(text, asked)["hits"]
        )
        return found

    def _short(self, ask: Ask) -> Ask:
        """The query with at most as many pieces as the server reads; the articles of the others as a filter."""
        if len(ask.pieces) <= MOST_PIECES:
            return ask
        others = self.ids([replace(ask, pieces=ask.pieces[MOST_PIECES:])])
        return replace(ask, pieces=ask.pieces[:MOST_PIECES], filters=(*ask.filters, one_of("id", others or [-1])))

    def having(self, sought: Sought) -> list[int]:
        """The articles that have a row of words, in the body alone if so sought."""
        return [number for number, true in self._judged(sought) if true]

    def impostors(self, sought: Sought) -> list[int]:
        """The articles that the server finds for a row of words though it nowhere stands in them."""
        return [number for number, true in self._judged(sought) if not true]

    def _judged(self, sought: Sought) -> Iterator[tuple[int, bool]]:
        """What the server finds for a row: it compares pairs of words and not where in an article they stand."""
        fields = ["text"] if sought.body else list(SEARCHED)
        row = sought.row.strip('"')
        plain = not sought.row.startswith('"') or " " not in row
        asked: dict[str, Any] = {
            "filter": [one_of("scope", [ANY])],
            "matchingStrategy": "all",
            "sort": ["id:asc"],
            "attributesToRetrieve": ["id"] if plain else ["id", *fields],
            **({"attributesToSearchOn": ["text.*"]} if sought.body else {}),
        }
        size = PAGE if plain else READ
        last = 0
        while True:
            more = {**asked, "limit": size, "offset": last}
            hits = self._hits(sought.row, more)
            yield from ((hit["id"], plain or any(_has(hit[name], row) for name in fields)) for hit in hits)
            last += size
            if len(hits) < size:
                return

    def totals(self, texts: Sequence[str]) -> list[int]:
        """How many articles each query finds."""
        found: list[int] = []
        for at in range(0, len(texts), AT_ONCE):
            queries = [
                {"indexUid": self.index, "q": text, "limit": 0, "matchingStrategy": "all"}
                for text in texts[at : at + AT_ONCE]
            ]
            found += self.server.ask(lambda client: _totals(client.multi_search(queries)))  # noqa: B023
        return found

    def known(self) -> dict[str, Any] | None:
        """The document that says what the index is and how far it knows the archive; None when it has none."""
        asked = {"filter": [one_of("scope", [CURSOR])], "limit": 1}
        hits = self._hits("", asked)
        return hits[0] if hits else None

    def documents(self, fields: Sequence[str], ids: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
        """Some fields of all documents, or of some."""
        at = 0
        chosen = {} if ids is None else {"filter": one_of("id", sorted(ids))}
        while True:
            asked = {"limit": PAGE, "offset": at, "fields": list(fields), **chosen}
            found = self.server.ask(lambda client: client.index(self.index).get_documents(asked)).results  # noqa: B023
            yield from (dict(one) for one in found)
            at += PAGE
            if len(found) < PAGE:
                return


def _totals(found: dict[str, Any]) -> list[int]:
    return [result["estimatedTotalHits"] for result in found["results"]]


def _has(value: Any, row: str) -> bool:
    """Whether a row of tokens stands in a text, or in one of many."""
    if isinstance(value, str):
        return f" {row} " in f" {value} "
    return any(_has(one, row) for one in (value.values() if isinstance(value, dict) else value))


def facets(found: dict[str, Any], index: str, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """The values of each facet with their counts: most frequent first, then by name."""
    given = found.get("facetsByIndex", {}).get(index, {}).get("distribution", {})
    read = {name: {decoded(value): count for value, count in given.get(name, {}).items()} for name in names}
    return {name: dict(sorted(one.items(), key=lambda pair: (-pair[1], pair[0]))) for name, one in read.items()}


def hit(card: dict[str, Any], used: Plan) -> Hit:
    """A document found as a hit with its snippet."""
    return Hit(
        id=card["id"],
        url=card["url"],
        title=card["title_shown"],
        portal=card["portal_shown"],
        portal_name=card["portal_name"],
        published_at=card["published_at"],
        snippet=snippet(card["texts"], [(name, text) for name, text in card["files"]], used.marks),
        score=card["_federation"]["weightedRankingScore"],
    )
