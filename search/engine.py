"""What a search engine must do: one protocol, so that the embedded one and a server behave alike.

An engine is disposable: it is built from the archive, follows it by a cursor, and can be checked against it.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from archive.filters import Filters
from config.errors import UserError
from search.documents import Document
from search.snippets import Snippet

FACETS = (
    "province", "province_now", "level", "portal", "year", "month",
    "act_type", "area", "indicator", "body", "kind",
)  # fmt: skip
NONE_YET = "there is none yet"
"""The fault of an index that was never built."""
WINDOW = 10_000
"""The last result a page may reach; the complete set is `Engine.ids`."""

Narrowed = Callable[[Filters], Filters]
"""Puts the articles that filters mean in place of what no engine knows: what became of them (archive/histories.py)."""


class Mode(StrEnum):
    """How typed words are compared (DESIGN.md section 7)."""

    SMART = "smart"
    EXACT = "exact"
    FOLDED = "folded"


class Sort(StrEnum):
    """The order of hits; articles without a date come last in both orders of time."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class UnusableIndexError(UserError):
    """The index is missing, damaged or of another version; `caicach index rebuild` makes a new one."""


class ReadOnlyError(UserError):
    """The key of the search server may search and not write."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question: the words as typed, how to compare them, which articles, which page of the answer.

    `window` is the last result a page may reach; who pages on and on by a cursor allows more.
    """

    text: str = ""
    mode: Mode = Mode.SMART
    sort: Sort = Sort.RELEVANCE
    filters: Filters = field(default_factory=Filters)
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = FACETS
    window: int = WINDOW


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found; `published_at` to its precision, empty when nobody printed a date."""

    id: int
    url: str
    title: str
    portal: str
    portal_name: str
    published_at: str
    snippet: Snippet
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits and the count of all; facet counts are of all, most frequent value first.

    `forgiving` says that nothing was found as typed, and a typo in a long word was forgiven.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    forgiving: bool = False
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds: documents, the last change it knows, its identity, where, how big in bytes."""

    engine: str
    documents: int
    cursor: int
    identity: dict[str, str]
    place: str
    size: int


class Engine(Protocol):
    """The border between Caicach and a search engine.

    Equal hits may come in another order on another engine; sets, counts, facets and tiers may not differ. Three things
    may: which articles are like another; a server may refuse the complete set of more than ten words; and of a phrase
    that thousands of articles seem to have it may count a few in which it is not (`ids` has none of those).
    """

    def find(self, query: Query) -> Results:
        """One page of hits with total and facets."""
        ...

    def ids(self, query: Query) -> list[int]:
        """The complete set that `find` counts, ascending."""
        ...

    def like(self, number: int, query: Query, *, counted: bool = True) -> Results:
        """Articles like this one, which is not among them: by its words that few have (`suggest.telling`).

        Filters, offset, limit and facets are the query's, its words do not count; nothing for an unknown id. Not
        `counted`, the total may be of the hits alone: to know all of them costs a fifth more.
        """
        ...

    def frequencies(self, words: Collection[str], *, exact: bool) -> dict[str, int]:
        """How many documents have each word in one of their texts; small letters, folded unless exact.

        May count one document more than once, or be one replaced since; 0 says for certain that none has it.
        """
        ...

    def cursor(self) -> int:
        """The number of the last change the index knows; 0 when it knows none."""
        ...

    def replace(self, ids: Collection[int], documents: Iterable[Document], cursor: int) -> None:
        """Put documents in place of all the index has of these ids, move the cursor: all or nothing.

        An id without a document is taken out. Documents are read once, as they come. Needs `writing`. On a server that
        fails half way the cursor at least has not moved: the same again mends it.
        """
        ...

    def fault(self) -> str | None:
        """Why the index must be built anew (missing, damaged, another version), or None."""
        ...

    def digests(self) -> dict[int, int]:
        """The digest of every document by id, to check the index against the archive."""
        ...

    def writing(self) -> AbstractContextManager[bool]:
        """Take the only writer; False when another process holds it. Raises ReadOnlyError when none may be had."""
        ...

    def rebuilding(self) -> AbstractContextManager["Engine"]:
        """An empty index beside this one, which takes its place on a clean exit; needs the writer."""
        ...

    def status(self) -> Status:
        """What the index holds."""
        ...
