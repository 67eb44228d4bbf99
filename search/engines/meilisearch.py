"""The engine on a Meilisearch server, for archives and readers that one machine does not hold (DESIGN.md section 7).

The cursor is a document of the index itself. What is built anew is built beside and swapped in by the server.
"""

import json
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import IO, Any

from archive.filters import Filters
from config.errors import UserError
from search.documents import Document
from search.engine import NONE_YET, Narrowed, Query, ReadOnlyError, Results, Sort, Status, UnusableIndexError
from search.engines.generations import Generations
from search.engines.meilisearch_answers import Asking
from search.engines.meilisearch_documents import VERSION, Forms, cursor_entry, entry, settings, settings_digest
from search.engines.meilisearch_questions import MOST_PIECES, Ask, Questions, filter_of, one_of, row
from search.engines.meilisearch_ranking import Rarity, alike
from search.engines.meilisearch_server import RefusedKeyError, Server
from search.query import Word
from search.suggest import telling
from search.terms import Abbreviations, Plan, plans

PAYLOAD = 64_000_000
"""Bytes of documents sent at once; the server takes 100 MB."""
INDEX = "caicach"
BESIDE = "_next"
ALIKE = 8
"""Telling words of an article by which others like it are sought; three of them must be shared."""
TITLE = 3.0
"""What a word of the title counts beside one of the text."""
_EVERYTHING = Filters(any_topic=True)


Lock = Callable[[], AbstractContextManager[bool]]
"""Says whether this process alone may write, until the end of its block."""


def _no_others() -> AbstractContextManager[bool]:
    return nullcontext(True)


class TooManyWordsError(UserError):
    """The server reads ten words of a query; a complete set of more would be another set."""

    def __init__(self) -> None:
        super().__init__(f"the search server compares at most {MOST_PIECES} words or phrases: use fewer words")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Abbreviations, their forms as an index keeps them, and a digest that tells vocabularies apart."""

    abbreviations: Abbreviations
    forms: Forms
    digest: str = ""


class Meilisearch:
    """An engine over one index of a server; `folder` holds the lock of this machine's only writer, `alone` of all."""

    def __init__(  # noqa: PLR0913 # what it is made of, the last ones by name
        self,
        server: Server,
        folder: Path,
        vocabulary: Vocabulary,
        index: str = INDEX,
        *,
        alone: Lock = _no_others,
        narrowed: Narrowed = lambda own: own,
    ) -> None:
        self._narrowed = narrowed
        self._server, self._folder, self._index, self._alone = server, folder, index, alone
        self._vocabulary = vocabulary
        self._generation = 0

    def find(self, query: Query) -> Results:
        """One page of hits with total and facets; raises UnusableIndexError, ServerError."""
        started = time.perf_counter()
        asking, filters = self._asking(), self._narrowed(query.filters)
        for used in plans(query, self._vocabulary.abbreviations):
            by_words = partial(asking.by_words, used) if used.needs and query.sort is Sort.RELEVANCE else None
            found = asking.page(self._questions(asking).asks(used, filters), query, by_words)
            if found.total:
                break
        hits = asking.shown(found, used)
        return Results(found.total, hits, found.facets, used.forgiving and found.total > 0, _since(started))

    def ids(self, query: Query) -> list[int]:
        """The complete set, ascending; raises TooManyWordsError, UnusableIndexError, ServerError."""
        asking, filters = Asking(self._server, self._index, None), self._narrowed(query.filters)
        for used in plans(query, self._vocabulary.abbreviations):
            asks = self._questions(asking).asks(used, filters)
            if any(len(ask.pieces) > MOST_PIECES for ask in asks):
                raise TooManyWordsError
            if found := asking.ids(asks):
                return found
        return []

    def _questions(self, asking: Asking) -> Questions:
        return Questions(self._vocabulary.forms, asking.having, asking.impostors)

    def _asking(self) -> Asking:
        return Asking(self._server, self._index)

    def like(self, number: int, query: Query, *, counted: bool = True) -> Results:
        """Articles that share three of its telling words, always counted; raises UnusableIndexError, ServerError."""
        started = time.perf_counter()
        asking = self._asking()
        weights, rarity = self._telling(asking, number)
        if not weights:
            return Results(0, (), {})
        scope = (*filter_of(self._narrowed(query.filters)), f"NOT {one_of('id', [number])}")
        asks = [
            Ask(
                tuple(row([Word(word, word)], exact=True) for word in words),
                scope,
                (),
                sum(weights[word] for word in words),
            )
            for words in combinations(list(weights)[:ALIKE], min(3, len(weights)))
        ]
        found = asking.page(asks, query, partial(alike, weights, rarity))
        hits = asking.shown(found, Plan(()))
        return Results(found.total, hits, found.facets, took_ms=_since(started))

    def _telling(self, asking: Asking, number: int) -> tuple[dict[str, float], Rarity]:
        """The words by which an article is told apart, with their weights, and how rare they are."""
        found = asking.card(number)
        if not found:
            return {}, Rarity(0, {}, {})
        texts = [(found["title_shown"], TITLE), *((text, 1.0) for text in found["texts"])]
        words = dict(telling(texts, partial(self.frequencies, exact=True), self._documents()))
        return words, asking.rarity(words, exact=True)

    def frequencies(self, words: Collection[str], *, exact: bool) -> dict[str, int]:
        """How many documents have each word; raises UnusableIndexError, ServerError."""
        asked = {word: row([Word(word, word)], exact=exact) for word in words}
        return dict(zip(asked, self._asking().totals(list(asked.values())), strict=True))

    def cursor(self) -> int:
        """The last change the index knows; raises UnusableIndexError, ServerError."""
        known = self._asking().known()
        return int(known["cursor"]) if known else 0

    def digests(self) -> dict[int, int]:
        """The digest of every document by id; raises UnusableIndexError, ServerError."""
        found = self._asking().documents(("id", "digest"))
        return {one["id"]: int(one["digest"]) for one in found if one["id"]}

    def status(self) -> Status:
        """What the index holds; raises UnusableIndexError, ServerError."""
        stats = self._server.ask(lambda client: client.http.get(f"indexes/{self._index}/stats"))
        size = int(stats.get("rawDocumentDbSize", 0))
        place = f"{self._server.shown}/indexes/{self._index}"
        return Status("meilisearch", self._documents(), self.cursor(), self._identity(), place, size)

    def _documents(self) -> int:
        return self.find(Query(limit=0, facets=(), filters=_EVERYTHING)).total

    def fault(self) -> str | None:
        """Why the index must be built anew, in a few words; raises ServerError when that cannot be known."""
        try:
            known = self._asking().known()
        except UnusableIndexError:
            return NONE_YET
        if known is None:
            return NONE_YET
        expected, found = self._identity(), known["identity"]
        changed = [name for name, value in expected.items() if found.get(name) != value]
        if not changed and not self._as_set():
            changed = ["settings"]
        return f"{' and '.join(changed)} changed" if changed else None

    def _identity(self) -> dict[str, str]:
        """What an index depends on; a key that may only search cannot ask which version the server is."""
        identity = {"fields": str(VERSION), "settings": settings_digest(), "vocabulary": self._vocabulary.digest}
        try:
            return identity | {"meilisearch": str(self._server.ask(lambda client: client.get_version())["pkgVersion"])}
        except RefusedKeyError:
            return identity

    def _as_set(self) -> bool:
        """Whether the index still has the settings that it was given; true when this key may not see them."""
        try:
            found = self._server.ask(lambda client: client.http.get(f"indexes/{self._index}/settings"))
        except RefusedKeyError:
            return True
        return _holds(found, settings())

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Take the only writer, on all machines over one archive; False when another process holds it.

        Raises ReadOnlyError for a key that may not write.
        """
        if not self._server.may_write(self._index):
            raise ReadOnlyError(
                f"CAICACH_SEARCH_KEY: the search server at {self._server.shown} does not let this key write: "
                "use one that may add documents"
            )
        with Generations(self._folder).writing() as mine, self._alone() if mine else nullcontext(False) as alone:
            yield alone

    def replace(self, ids: Collection[int], documents: Iterable[Document], cursor: int) -> None:
        """Documents in place of all there is of these ids, the cursor last; needs `writing`.

        All documents are read before the first is sent. When the server fails in between, the cursor has not
        moved, so the next sync does all of it again.
        """
        gone = set(ids)
        with tempfile.TemporaryFile() as file:
            for document in documents:
                gone.discard(document.id)
                file.write(_line(entry(document, self._vocabulary.forms)))
            file.seek(0)
            if gone:
                wanted = [f"{one_of('id', sorted(gone))}"]
                self._server.change(lambda client: client.index(self._index).delete_documents(filter=wanted))
            generation = self._generation or self._known_generation(self._index)
            self._send(file, _line(cursor_entry(cursor, self._identity(), generation)))

    def _send(self, file: IO[bytes], last: bytes) -> None:
        """The lines of a file in requests of a bearable size, each awaited; the cursor goes with the last."""
        lines: list[bytes] = []
        size = 0
        for line in file:
            if size + len(line) > PAYLOAD and lines:
                self._add(lines)
                lines, size = [], 0
            lines.append(line)
            size += len(line)
        self._add([*lines, last])

    def _add(self, lines: list[bytes]) -> None:
        body = b"".join(lines)
        self._server.change(lambda client: client.index(self._index).add_documents_ndjson(body, "id"))

    @contextmanager
    def rebuilding(self) -> Iterator["Meilisearch"]:
        """An empty index beside this one that takes its place on a clean exit; needs `writing`."""
        name = self._index + BESIDE
        generation = self._known_generation(self._index) + 1
        self._drop(name)
        self._server.change(
            lambda client: client.create_index(name, {"primaryKey": "id"}),
            lambda client: client.index(name).update_settings(settings()),
        )
        beside = Meilisearch(self._server, self._folder, self._vocabulary, name)
        beside._generation = generation
        try:
            yield beside
            self._swap(name, generation)
        finally:
            self._drop(name)

    def _swap(self, name: str, generation: int) -> None:
        """Let two indexes change their names at once; asked whether it is done before it is tried again."""
        pair = {"indexes": [name, self._index], "rename": not self._server.exists(self._index)}
        self._server.swap(pair, lambda: self._known_generation(self._index) == generation)

    def _known_generation(self, name: str) -> int:
        try:
            known = Asking(self._server, name).known()
        except UnusableIndexError:
            return 0
        return int(known["generation"]) if known else 0

    def _drop(self, name: str) -> None:
        if self._server.exists(name):
            self._server.change(lambda client: client.delete_index(name))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _holds(found: Any, wanted: Any) -> bool:
    """Whether settings have at least what is wanted."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(name in found and _holds(found[name], value) for name, value in wanted.items())
    return bool(found == wanted)
