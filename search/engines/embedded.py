"""The embedded engine: tantivy in a folder, without a server (DESIGN.md section 7, PERFORMANCE.md).

The cursor is a document of the index itself, so that it moves in the same commit as the documents.
"""

import gc
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import tantivy

from search.documents import Document
from search.engine import NONE_YET, Narrowed, Query, Results, Sort, Status, UnusableIndexError
from search.engines.answers import alike, by_id, counts, hit, opened, page, page_by_time, total
from search.engines.generations import Generations, identity_of
from search.engines.likeness import like, often
from search.engines.ranking import Ranking
from search.engines.schema import ANY, CURSOR, KEYS, SCOPE, VERSION, entry, schema, term
from search.query import Clause
from search.terms import Abbreviations, Need, Plan, plans

HEAP = 100_000_000
"""Bytes the writer gathers before it writes a segment."""
BURST = 500
"""Documents given to the writer at once: its thread, quicker than ours, would fall asleep and be woken for each."""

LIKE = Plan((Need(Clause(())),))
"""Looks for no words of its own: nothing is marked, the most alike come first."""


class Embedded:
    """An engine over one folder; keeps its reader open and follows what other processes commit."""

    def __init__(
        self, folder: Path, abbreviations: Abbreviations, vocabulary: str = "", *, narrowed: Narrowed = lambda own: own
    ) -> None:
        self._narrowed = narrowed
        self._generations = Generations(folder)
        self._abbreviations = abbreviations
        binding = tantivy.__version__  # type: ignore[attr-defined] # not in its stub
        self._identity = {"fields": str(VERSION), "tantivy": binding, "vocabulary": vocabulary}
        self._place: Path | None = None
        self._questions: Ranking | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._stamp = 0
        self._beside = False
        self._reached = self._highest = 0

    def find(self, query: Query) -> Results:
        """One page of hits with total and facets; raises UnusableIndexError."""
        started = time.perf_counter()
        filters = self._narrowed(query.filters)
        with _damage():
            searcher, questions = self._now()
            for used in plans(query, self._abbreviations):
                question = questions.found(used, filters)
                many, facets = counts(searcher, question, query.facets)
                if many:
                    break
            if used.needs and query.sort is Sort.RELEVANCE:
                places = page(searcher, questions.tiers(used, filters, many) if many else (), query)
            else:
                places = page_by_time(searcher, question, query)
            hits = tuple(hit(searcher.doc(place), score, used) for score, place in places)
        took = (time.perf_counter() - started) * 1000
        return Results(many, hits, facets, used.forgiving and many > 0, round(took, 2))

    def ids(self, query: Query) -> list[int]:
        """The complete set, ascending; raises UnusableIndexError."""
        filters = self._narrowed(query.filters)
        with _damage():
            searcher, questions = self._now()
            for used in plans(query, self._abbreviations):
                if found := by_id(searcher, questions.found(used, filters)):
                    return [number for number, _ in found]
            return []

    def like(self, number: int, query: Query, *, counted: bool = True) -> Results:
        """Articles like this one, by its telling words; raises UnusableIndexError."""
        started = time.perf_counter()
        filters = self._narrowed(query.filters)
        with _damage():
            searcher, questions = self._now()
            found = searcher.search(questions.articles([number]), 1).hits
            sought = like(questions, searcher, searcher.doc(found[0][1])) if found else None
            if sought is None:
                return Results(0, (), {})
            question = questions.others(sought, filters, but=number)
            many, places = alike(searcher, question, query, counted=counted)
            facets = counts(searcher, question, query.facets)[1] if query.facets else {}
            hits = tuple(hit(searcher.doc(place), score, LIKE) for score, place in places)
        return Results(many, hits, facets, took_ms=round((time.perf_counter() - started) * 1000, 2))

    def frequencies(self, words: Collection[str], *, exact: bool) -> dict[str, int]:
        """How many documents have each word, in the text where most have it; raises UnusableIndexError."""
        with _damage():
            return often(self._now()[0], words, exact=exact)

    def cursor(self) -> int:
        """The last change the index knows; raises UnusableIndexError."""
        with _damage():
            searcher, questions = self._now()
            found = searcher.search(questions.scope(CURSOR), 1).hits
            return int(searcher.doc(found[0][1])["cursor"][0]) if found else 0

    def digests(self) -> dict[int, int]:
        """The digest of every document by id; raises UnusableIndexError."""
        with _damage():
            searcher, questions = self._now()
            found = by_id(searcher, questions.scope(ANY))
            values = searcher.fast_field_values("digest", [place for _, place in found])
            return {number: int(value or 0) for (number, _), value in zip(found, values, strict=True)}

    def status(self) -> Status:
        """What the index holds; raises UnusableIndexError."""
        with _damage():
            searcher, questions = self._now()
            documents = total(searcher, questions.scope(ANY))
        where = str(self._generations.current() or self._generations.folder)
        return Status("embedded", documents, self.cursor(), self._identity, where, self._generations.size())

    def fault(self) -> str | None:
        """Why the index must be built anew, in a few words; None when it is as it should be."""
        place = self._generations.current()
        if place is None:
            return NONE_YET
        found = identity_of(place)
        changed = [name for name, value in self._identity.items() if found.get(name) != value]
        if changed:
            return f"{' and '.join(changed)} changed"
        try:
            self.cursor()
        except UnusableIndexError:
            return "it is damaged"
        return None

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Take the only writer; False when another process holds it."""
        with self._generations.writing() as mine:
            if mine:
                self._generations.clear()
            try:
                yield mine
            finally:
                self._put_down()

    def replace(self, ids: Collection[int], documents: Iterable[Document], cursor: int) -> None:
        """Documents in place of all there is of these ids, and the cursor: one commit; needs `writing`.

        A generation that is being built is committed once, at its end: half of it is never used.
        """
        with _damage(), _uncollected():
            writer = self._take_up()
            with ExitStack() as undone:
                undone.callback(writer.rollback)
                self._take_out(writer, ids)
                waiting = iter(documents)
                while some := [entry(document) for document in islice(waiting, BURST)]:
                    for one in some:
                        writer.add_document(one)
                self._reached = cursor
                if not self._beside:
                    self._commit(writer)
                undone.pop_all()

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.delete_documents_by_term(KEYS, term(SCOPE, CURSOR))
        writer.add_document(tantivy.Document(keys=[term(SCOPE, CURSOR)], cursor=self._reached))
        writer.commit()

    def _take_out(self, writer: tantivy.IndexWriter, ids: Collection[int]) -> None:
        # By query: deletion by a term of an unsigned field finds nothing in this binding (0.27), and says nothing.
        searcher, questions = self._now()
        old = [one for one in ids if one <= self._highest] if self._beside else ids
        if old and (self._beside or searcher.num_docs):
            writer.delete_documents_by_query(questions.articles(old))
        self._highest = max(self._highest, *ids, 0)

    @contextmanager
    def rebuilding(self) -> Iterator["Embedded"]:
        """An empty index beside this one that takes its place on a clean exit; needs `writing`."""
        place = self._generations.begin(self._identity)
        beside = Embedded(self._generations.folder, self._abbreviations)
        beside._identity, beside._beside = self._identity, True
        beside._take(place, tantivy.Index(schema(), str(place)))
        try:
            yield beside
            if beside._writer is not None:
                beside._commit(beside._writer)
            beside._put_down()
            self._put_down()
            self._generations.adopt(place)
        finally:
            beside._put_down()
            self._generations.clear()

    def _now(self) -> tuple[tantivy.Searcher, Ranking]:
        """The index as it is at this moment; opened again when another generation took its place."""
        place = self._place if self._writer or self._beside else self._generations.current()
        if place is None:
            raise UnusableIndexError("there is no search index yet: run `caicach index sync`")
        questions = self._questions
        if questions is None or place != self._place:
            questions = self._take(place, tantivy.Index.open(str(place)))
        stamp = (place / "meta.json").stat().st_mtime_ns
        if stamp != self._stamp:
            questions.reload()
            self._stamp = stamp
        return questions.index.searcher(), questions

    def _take(self, place: Path, index: tantivy.Index) -> Ranking:
        self._questions, self._place, self._stamp = Ranking(opened(index)), place, 0
        return self._questions

    def _take_up(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._now()[1].index.writer(HEAP, 1)
        return self._writer

    def _put_down(self) -> None:
        """Close the writer, so that another process may write; waits for segments being merged."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.wait_merging_threads()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Documents go with their last use; to look for rings among thousands of them finds none, and costs a fortieth."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


@contextmanager
def _damage() -> Iterator[None]:
    """Tantivy says ValueError for whatever it cannot read."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise UnusableIndexError(f"the search index cannot be used ({error}): run `caicach index rebuild`") from error
