"""The Meilisearch engine measured over the corpus of bench/corpus.py: indexing, size, searches.

    python bench/search_server.py --articles 100000 --pid $(pidof meilisearch)

Runs where CAICACH_TEST_MEILISEARCH_URL (and …_KEY) is set. Needs a server of its own, as what it stores is its size on
disk. `--pid` tells the CPU-seconds of a server on this machine, which mean more than seconds where others work too;
`--asks` searches an index that was kept with `--keep`.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from meilisearch._httprequests import HttpRequests

from bench.corpus import QUESTIONS
from bench.search_steps import KINDS, Drawn, shown
from search.documents import document
from search.engine import Query
from search.engines.meilisearch import Meilisearch, Vocabulary
from search.engines.meilisearch_server import Server
from search.opening import abbreviations, forms

INDEX = "caicach_bench"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print one JSON object, or say that there is no server."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--asked", type=int, default=5, help="rounds of all questions")
    parser.add_argument("--pid", type=int, default=0, help="the server's process")
    parser.add_argument("--keep", action="store_true", help="leave the index on the server")
    parser.add_argument("--asks", action="store_true", help="search only, in the index that was kept")
    options = parser.parse_args()
    url = os.environ.get("CAICACH_TEST_MEILISEARCH_URL", "")
    if not url:
        print("not run: no server (CAICACH_TEST_MEILISEARCH_URL)")
        return
    server = Server(url, os.environ.get("CAICACH_TEST_MEILISEARCH_KEY", ""))
    with tempfile.TemporaryDirectory() as folder:
        engine = Meilisearch(server, Path(folder), Vocabulary(abbreviations(), forms(), "bench"), INDEX)
        report: dict[str, Any] = {"articles": options.articles}
        if not options.asks:
            report["built"] = build(options, engine, server)
        report["ms"] = {name: ask(options, engine, kind) for name, kind in KINDS.items()}
        print(shown(report))
        if not options.keep:
            server.change(lambda client: client.delete_index(INDEX))


def build(options: argparse.Namespace, engine: Meilisearch, server: Server) -> dict[str, float]:
    """A rebuild in the batches of sync: articles a second and a CPU-second, bytes on the server's disk, our memory."""
    drawn, ours, theirs = Drawn(options.articles), time.process_time(), _cpu(options.pid)
    spent = 0.0
    with engine.writing() as mine, engine.rebuilding() as beside:
        assert mine
        for some in drawn:
            begun = time.perf_counter()
            beside.replace([one.id for one in some], map(document, some), some[-1].id)
            spent += time.perf_counter() - begun
    ours, theirs = time.process_time() - ours - drawn.seconds, _cpu(options.pid) - theirs
    size = server.ask(lambda client: client.http.get("stats"))["databaseSize"]
    return {
        "articles_per_second": round(options.articles / spent, 1),
        "articles_per_cpu_second_of_the_client": round(options.articles / ours),
        **({"articles_per_cpu_second_of_the_server": round(options.articles / theirs)} if options.pid else {}),
        "bytes_per_article": size // options.articles,
        "client_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def ask(options: argparse.Namespace, engine: Meilisearch, kind: Callable[[str], Query]) -> dict[str, dict[str, float]]:
    """Of one kind of search, p50 and p99: wall time, the server's own time, CPU time of both processes."""
    taken: dict[str, list[float]] = {"wall": [], "server_says": [], "client_cpu": [], "server_cpu": []}
    with processing() as said:
        for text in [text for _ in range(options.asked + 1) for text in QUESTIONS]:
            said.clear()
            wall, ours, theirs = time.perf_counter(), time.process_time(), _cpu(options.pid)
            engine.find(kind(text))
            taken["wall"].append((time.perf_counter() - wall) * 1000)
            taken["client_cpu"].append((time.process_time() - ours) * 1000)
            taken["server_cpu"].append((_cpu(options.pid) - theirs) * 1000)
            taken["server_says"].append(sum(said))
    warm = {name: values[len(QUESTIONS) :] for name, values in taken.items() if options.pid or name != "server_cpu"}
    return {name: {"p50": round(statistics.median(one), 1), "p99": round(_p99(one), 1)} for name, one in warm.items()}


@contextmanager
def processing() -> Iterator[list[float]]:
    """What the server says that each of its answers took, in milliseconds; some answers are of many queries."""
    said: list[float] = []
    real = HttpRequests.send_request

    def heard(self: HttpRequests, *told: Any, **more: Any) -> Any:
        answer = real(self, *told, **more)
        if isinstance(answer, dict):
            said.extend(one["processingTimeMs"] for one in (answer, *answer.get("results", ())) if _timed(one))
        return answer

    HttpRequests.send_request = heard  # type: ignore[method-assign]
    try:
        yield said
    finally:
        HttpRequests.send_request = real  # type: ignore[method-assign]


def _timed(answer: Any) -> bool:
    return isinstance(answer, dict) and "processingTimeMs" in answer


def _cpu(process: int) -> float:
    """CPU-seconds of a process so far; 0 of none."""
    if not process:
        return 0.0
    told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICKS


def _p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


if __name__ == "__main__":
    main()
