"""Asks a search server the queries of a plan as one, and reads its answers as the shapes of the protocol."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from meilisearch import Client

from search.documents import STORED_FILE_TEXT
from search.engine import Hit, Query, Sort
from search.engines.meilisearch_documents import MOST, SCORED, SHOWN, decoded
from search.engines.meilisearch_questions import MOST_PIECES, Ask, Sought, one_of, row
from search.engines.meilisearch_ranking import RANKED, Found, Rarity, Scored, compared, ranked, words_wanted
from search.engines.meilisearch_server import Server
from search.engines.meilisearch_words import spelt
from search.engines.schema import ANY, CURSOR
from search.marks import Marks
from search.query import Field, Word
from search.snippets import snippet, spans
from search.terms import Plan

PAGE = 20_000
"""Documents fetched at once when all are wanted."""
READ = 1_000
"""Documents whose words are read at once to tell true phrases from seeming ones."""
CHECKED = 1_000
"""Documents read for a phrase; of those that follow the server's word is taken. A complete set is read whole."""
READ_FIELDS = ("title_shown", "texts", "about", "has_files")
AT_ONCE = 200
"""Queries of one request."""
NEWEST, OLDEST = ["seconds:desc", "id:desc"], ["seconds:asc", "id:asc"]


Order = Callable[[Sequence[Found]], list[Scored]]
"""Puts the best hits in order."""


@dataclass(frozen=True, slots=True)
class Page:
    """How many articles were found, cards of some of them with their scores, and facets of all."""

    total: int
    cards: list[tuple[float, dict[str, Any]]]
    facets: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Asking:
    """One index of a server, for questions; `checked`: how many articles are read for a phrase, None for all."""

    server: Server
    index: str
    checked: int | None = CHECKED

    def page(self, asks: Sequence[Ask], query: Query, order: Order | None) -> Page:
        """One page of the union of queries with facets; its first hits in an order of ours, or all by time."""
        limit = max(0, min(query.limit, query.window - query.offset))
        best = order is not None and limit > 0 and query.offset < RANKED
        offset, reach = (0, max(RANKED, query.offset + limit)) if best else (query.offset, limit)
        federation = {"offset": offset, "limit": reach, "facetsByIndex": {self.index: list(query.facets)}}
        sort = {} if order else {"sort": OLDEST if query.sort is Sort.OLDEST else NEWEST}
        found = self._search(asks, federation, sort, SHOWN + SCORED * best)
        cards = [(0.0, card) for card in found["hits"]]
        if order and best:
            told = [(card, asks[card["_federation"]["queriesPosition"]].tier) for card in found["hits"][:RANKED]]
            cards = [*order(told), *cards[RANKED:]][query.offset : query.offset + limit]
        return Page(found["total"], cards, facets(found, self.index, query.facets))

    def by_words(self, used: Plan, found: Sequence[Found]) -> list[Scored]:
        """The order of the best hits of a plan."""
        return ranked(used, self.rarity(words_wanted(used), exact=used.exact), found) if found else []

    def shown(self, page: Page, used: Plan) -> tuple[Hit, ...]:
        """The hits of a page; files are read only where a snippet may be cut from one."""
        filed = [card["id"] for _, card in page.cards if card["has_files"] and not covers(card["texts"], used.marks)]
        files = self.files(filed) if filed else {}
        return tuple(hit(card, score, files.get(card["id"], ()), used) for score, card in page.cards)

    def rarity(self, words: Collection[str], *, exact: bool) -> Rarity:
        """How many articles there are, and how many have each word, anywhere and in their titles."""
        ordered = sorted(words)
        told = [row([Word(word, word)], exact=exact, title=title) for title in (False, True) for word in ordered]
        every, *having = self.totals(["", *told])
        anywhere, titled = having[: len(ordered)], having[len(ordered) :]
        return Rarity(every, dict(zip(ordered, anywhere, strict=True)), dict(zip(ordered, titled, strict=True)))

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
        """The articles that have a row of words, where it is sought."""
        return [number for number, true in self._judged(sought) if true]

    def impostors(self, sought: Sought) -> list[int]:
        """The articles that the server finds for a row of words though it nowhere stands in them."""
        return [number for number, true in islice(self._judged(sought), self.checked) if not true]

    def _judged(self, sought: Sought) -> Iterator[tuple[int, bool]]:
        """What the server finds for a row; the first `checked` articles are read to tell whether they truly have it."""
        asked: dict[str, Any] = {
            "filter": list(sought.filters),
            "matchingStrategy": "all",
            "sort": ["id:asc"],
            **({"attributesToSearchOn": ["text.*"]} if sought.field is Field.BODY else {}),
        }
        last, more = 0, True
        while more:
            certain = sought.certain or (self.checked is not None and last >= self.checked)
            size, fields = (PAGE, ("id",)) if certain else (READ, ("id", *READ_FIELDS))
            hits = self._hits(sought.text, {**asked, "attributesToRetrieve": fields, "limit": size, "offset": last})
            false = set() if certain else self._false(hits, sought)
            yield from ((hit["id"], hit["id"] not in false) for hit in hits)
            last, more = last + size, len(hits) == size

    def _false(self, hits: Sequence[dict[str, Any]], sought: Sought) -> set[int]:
        """Which of these articles do not have the row; files are read only where nothing else has it."""
        false = {hit["id"] for hit in hits if not has(hit, sought)}
        filed = [hit["id"] for hit in hits if hit["id"] in false and hit["has_files"]]
        if filed and sought.field is Field.ANY:
            false -= {number for number, files in self.files(filed).items() if has_in_files(files, sought)}
        return false

    def files(self, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """The names and texts of the files of some articles."""
        asked = {"filter": one_of("id", ids), "limit": len(ids), "attributesToRetrieve": ["id", "files"]}
        return {hit["id"]: [(name, text) for name, text in hit["files"]] for hit in self._hits("", asked)}

    def card(self, number: int) -> dict[str, Any] | None:
        """What is shown of an article; None for an unknown one."""
        asked = {"filter": [one_of("scope", [ANY]), one_of("id", [number])], "attributesToRetrieve": list(SHOWN)}
        hits = self._hits("", asked)
        return hits[0] if hits else None

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


def covers(texts: Sequence[str], marks: Marks) -> bool:
    """Whether one of the article's own texts has all that was sought, so that no file can show more of it."""
    found = (frozenset[int]().union(*(needs for _, _, needs in spans(text, marks))) for text in texts)
    return any(len(needs) >= marks.things for needs in found)


def has(card: dict[str, Any], sought: Sought) -> bool:
    """Whether a row of words stands in what a card shows, where it is sought."""
    texts = {Field.TITLE: [card["title_shown"]], Field.BODY: card["texts"]}.get(sought.field)
    return any(_has(text, sought) for text in texts or [card["title_shown"], *card["texts"], *card["about"]])


def has_in_files(files: Sequence[tuple[str, str]], sought: Sought) -> bool:
    """Whether a row of words stands in a file; of one that is not stored whole that is believed."""
    return any(len(text) >= STORED_FILE_TEXT or _has(part, sought) for name, text in files for part in (name, text))


def _has(text: str, sought: Sought) -> bool:
    """First by the quick form that marks are made in, then by the words themselves, which alone decide."""
    wanted = f" {' '.join(word.exact if sought.exact else word.folded for word in sought.words)} "
    if wanted in compared(text, exact=sought.exact):
        return True
    words = (one.word.exact if sought.exact else one.word.folded for one in spelt(text))
    return wanted in f" {' '.join(words)} "


def facets(found: dict[str, Any], index: str, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """The values of each facet with their counts: most frequent first, then by name."""
    given = found.get("facetsByIndex", {}).get(index, {}).get("distribution", {})
    read = {name: {decoded(value): count for value, count in given.get(name, {}).items()} for name in names}
    return {name: dict(sorted(one.items(), key=lambda pair: (-pair[1], pair[0]))) for name, one in read.items()}


def hit(card: dict[str, Any], score: float, files: Sequence[tuple[str, str]], used: Plan) -> Hit:
    """A document found as a hit with its snippet."""
    return Hit(
        id=card["id"],
        url=card["url"],
        title=card["title_shown"],
        portal=card["portal_shown"],
        portal_name=card["portal_name"],
        published_at=card["published_at"],
        snippet=snippet(card["texts"], files, used.marks),
        score=score,
    )
