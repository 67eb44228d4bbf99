"""Words in the embedded index: how many documents have them, and articles that share an article's telling ones."""

import json
from collections.abc import Collection, Iterator
from functools import partial

import tantivy
from tantivy import Occur, Query, Searcher

from search.engines.answers import texts
from search.engines.questions import Questions
from search.engines.schema import EXACT, TEXTS
from search.engines.spelling import code
from search.suggest import telling

TITLE = 3.0
"""What a word of the title counts beside one of the text."""
MOST = 8
"""The most telling words of an article that are looked for: what each costs is nearly the same, what it says is not."""
KNOWN = 50_000
"""Words whose numbers of documents are remembered until the index changes."""
SHARED = 3
"""Telling words an article shares at least, to be like another."""


def often(searcher: Searcher, words: Collection[str], *, exact: bool) -> dict[str, int]:
    """How many documents have each word, in the text where most have it."""
    fields = [name + (EXACT if exact else "") for name in TEXTS]
    spelt = {word: code(word) if exact else word for word in words}
    return {word: max(searcher.doc_freq(field, term) for field in fields) for word, term in spelt.items()}


def like(questions: Questions, searcher: Searcher, found: tantivy.Document) -> Query | None:
    """All articles that share telling words with this one, scored; None when it has none."""
    card = json.loads(found["card"][0])
    weighed = [(card["title"], TITLE), *((text, 1.0) for text in texts(found))]
    words = telling(weighed, partial(_in_texts, searcher, questions.known), searcher.num_docs)
    shared = [(Occur.Should, _has(questions.schema, word, weight)) for word, weight in words[:MOST]]
    if not shared:
        return None
    return Query.boolean_query(shared, minimum_number_should_match=min(SHARED, len(shared)))


def _in_texts(searcher: Searcher, known: dict[str, int], words: Collection[str]) -> dict[str, int]:
    """How many documents have each word in summary or body: hundreds are asked for, and few stand elsewhere."""
    new = {word: searcher.doc_freq("text" + EXACT, code(word)) for word in words if word not in known}
    counts = {word: new[word] if word in new else known[word] for word in words}
    if len(known) < KNOWN:
        known |= new
    return counts


def _has(schema: tantivy.Schema, word: str, weight: float) -> Query:
    return Query.boost_query(Query.disjunction_max_query(list(_fields(schema, word))), weight)


def _fields(schema: tantivy.Schema, word: str) -> Iterator[Query]:
    for name in ("title", "text"):
        yield Query.boost_query(Query.term_query(schema, name + EXACT, code(word)), TEXTS[name])
