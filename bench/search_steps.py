"""The steps of the search benchmark, each in a process of its own, so that its memory is its own too.

What the corpus costs to make is taken off: CPU-seconds are those of the process without those of drawing articles.
"""

import json
import resource
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import tantivy

from archive.filters import Filters
from archive.records import ArchivedArticle
from archive.text import fold, retone
from bench.corpus import QUESTIONS, articles
from search.documents import document
from search.engine import FACETS, Engine, Mode, Query, Sort
from search.engines.embedded import HEAP, Embedded
from search.opening import abbreviations

BATCH = 5_000
THREE = ("year", "act_type", "area")
NARROW = Filters(province=("quang nam", "binh dinh"), year=(2019, 2020, 2021, 2022))
KINDS: dict[str, Callable[[str], Query]] = {
    "20 snippets": lambda text: Query(text, facets=()),
    "+ 3 facets": lambda text: Query(text, facets=THREE),
    "+ 3 facets, filters": lambda text: Query(text, filters=NARROW, facets=THREE),
    "+ 11 facets": lambda text: Query(text, facets=FACETS),
    "exact, 3 facets, filters": lambda text: Query(text, Mode.EXACT, filters=NARROW, facets=THREE),
    "newest, 3 facets, filters": lambda text: Query(text, sort=Sort.NEWEST, filters=NARROW, facets=THREE),
}
"""The goal is set for `+ 3 facets, filters`."""


class Drawn:
    """Batches of the corpus, the CPU-seconds that drawing them took, and the most memory seen between them.

    `own` is memory of the process alone (MB): files of the index that it has mapped are the kernel's to take back.
    """

    def __init__(self, count: int) -> None:
        self._articles, self.seconds, self.own = articles(count), 0.0, 0

    def __iter__(self) -> Iterator[list[ArchivedArticle]]:
        while True:
            self.own = max(self.own, _own())
            start = time.thread_time()
            batch = list(islice(self._articles, BATCH))
            self.seconds += time.thread_time() - start
            if not batch:
                return
            yield batch


def _own() -> int:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["RssAnon"].split()[0]) // 1024


def indexed(count: int, work: Callable[[Drawn], None]) -> dict[str, float]:
    """Articles a CPU-second of the whole process (`speed`), and its peaks of memory, with mapped files and without."""
    drawn, start = Drawn(count), time.process_time()
    work(drawn)
    seconds = time.process_time() - start - drawn.seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"speed": round(count / seconds), "peak_mb": peak, "own_mb": drawn.own}


def bare(count: int, folder: Path) -> dict[str, float]:
    """Tantivy with title, summary and body in two text fields, one stored; nothing else."""
    builder = tantivy.SchemaBuilder().add_unsigned_field("id", stored=True, indexed=True)
    builder.add_text_field("folded", stored=True, tokenizer_name="folded")
    builder.add_text_field("exact", tokenizer_name="exact")
    index = tantivy.Index(builder.build(), str(folder))
    plain, lower, folding = tantivy.TextAnalyzerBuilder, tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()
    simple = tantivy.Tokenizer.simple
    index.register_tokenizer("exact", plain(simple()).filter(lower).build())
    index.register_tokenizer("folded", plain(simple()).filter(lower).filter(folding).build())

    def work(drawn: Drawn) -> None:
        writer = index.writer(HEAP, 1)
        for article in (one for batch in drawn for one in batch):
            text = retone(f"{article.row['title']}\n{article.row['summary']}\n{article.row['body']}")
            entry = tantivy.Document()
            entry.add_unsigned("id", article.id)
            entry.add_text("folded", text)
            entry.add_text("exact", text)
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()

    made = indexed(count, work)
    return made | {"bytes_per_article": sum(file.stat().st_size for file in folder.iterdir()) // count}


def embedded(folder: Path) -> Embedded:
    """The engine in this folder."""
    return Embedded(folder, abbreviations(), "bench")


def build(count: int, engine: Engine) -> dict[str, float]:
    """The engine's own rebuild, in the batches of sync."""

    def work(drawn: Drawn) -> None:
        with engine.writing(), engine.rebuilding() as beside:
            for some in drawn:
                beside.replace([one.id for one in some], map(document, some), some[-1].id)

    return indexed(count, work) | {"bytes_per_article": engine.status().size // count}


def ask(rounds: int, find: Callable[[Query], object], kinds: dict[str, Callable[[str], Query]]) -> dict[str, object]:
    """CPU-milliseconds of each kind of search: p50 and p99 over rounds of all questions."""
    found: dict[str, object] = {}
    for name, kind in kinds.items():
        for text in QUESTIONS:
            find(kind(text))
        taken = [_milliseconds(partial(find, kind(text))) for _ in range(rounds) for text in QUESTIONS]
        found[name] = {"p50": round(statistics.median(taken), 2), "p99": round(_percentile(taken), 2)}
    return found


def each(rounds: int, engine: Engine, count: int) -> dict[str, object]:
    """Of each question, the share of the articles it finds, and its median as the goal has it."""
    kind = KINDS["+ 3 facets, filters"]
    found: dict[str, object] = {}
    for text in QUESTIONS:
        middle = statistics.median(_milliseconds(partial(engine.find, kind(text))) for _ in range(rounds))
        share = engine.find(Query(text, filters=Filters(any_topic=True), facets=(), limit=1)).total / count
        found[text] = {"share": round(share, 4), "p50": round(middle, 2)}
    return found


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _percentile(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


FTS = """
create table article (id integer primary key, province text, year integer, act_type text, area text, reform integer);
create index by_place on article (province, year);
create virtual table words using fts5 (title, text, tokenize = "unicode61 remove_diacritics 2");
"""
FOUND = """
create temp table found as select article.*, bm25(words, 4.0, 1.0) as score from words join article on id = words.rowid
where words match ? and reform and province in ('Quảng Nam', 'Bình Định') and year in (2019, 2020, 2021, 2022);
"""
SNIPPETS = """
select rowid, title, snippet(words, -1, '<mark>', '</mark>', '…', 40) from words
where words match ? and rowid in (select id from found order by score limit 20)
"""


def fts5(count: int, file: Path) -> dict[str, float]:
    """SQLite FTS5 as one would write it: two text columns, a table beside it for filters and facets."""
    base = sqlite3.connect(file)
    base.executescript(FTS)

    def work(drawn: Drawn) -> None:
        for some in drawn:
            rows = [(one.id, one.row, one.is_reform) for one in some]
            base.executemany(
                "insert into article values (?, ?, ?, ?, ?, ?)",
                [
                    (at, row["province"], str(row["published_at"])[:4], row["act_type"], row["reform_areas"][0], reform)
                    for at, row, reform in rows
                ],
            )
            base.executemany(
                "insert into words (rowid, title, text) values (?, ?, ?)",
                [(at, row["title"], f"{row['summary']}\n{row['body']}") for at, row, _ in rows],
            )
            base.commit()

    return indexed(count, work) | {"bytes_per_article": file.stat().st_size // count}


def ask_fts5(rounds: int, file: Path) -> dict[str, object]:
    """The same filters, three facets and 20 snippets; the words of the questions without their signs."""
    base = sqlite3.connect(file)

    def find(query: Query) -> object:
        words = " ".join(f'"{word}"' for word in fold(query.text).split(" -")[0].replace("title:", "").split())
        base.execute("drop table if exists found")
        base.execute(FOUND.strip().rstrip(";"), [words])
        counts = [base.execute(f"select {name}, count(*) from found group by 1").fetchall() for name in THREE]
        return counts, base.execute(SNIPPETS, [words]).fetchall()

    return ask(rounds, find, {"+ 3 facets, filters": KINDS["+ 3 facets, filters"]})


def shown(report: object) -> str:
    """A report for people and programs."""
    return json.dumps(report, indent=1, ensure_ascii=False)
