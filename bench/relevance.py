"""How well the engine answers judged queries: nDCG@10 and success@1 in each mode, and the queries it answers worst.

    python bench/relevance.py --worst 20

The corpus and the judgements are those of tests/search; the floors that may only rise stand beside them.
"""

import argparse
import os
import sys
import tempfile
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from search.engine import Engine
from search.engines.meilisearch import Meilisearch, Vocabulary
from search.engines.meilisearch_server import Server
from search.opening import abbreviations, forms
from tests.search.judged import FLOORS, corpus, filled, indexed, means, table

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--worst", type=int, default=0, metavar="N", help="the N queries of each mode answered worst")
    asked.add_argument("--server", default="", metavar="URL", help="a Meilisearch instead of the embedded engine")
    worst, server = asked.parse_args().worst, asked.parse_args().server
    articles = corpus(ROOT.parent / "shared")
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        engine = filled(_server(server, Path(folder)), articles) if server else indexed(Path(folder), articles)
        tables = table(engine, articles)
    print("mode     queries  nDCG@10  floor   success@1  floor")
    for mode, scores in tables.items():
        ndcg, success = means(scores)
        floor = floors[mode]
        print(f"{mode:<8} {len(scores):>7}  {ndcg:.4f}   {floor['ndcg']:.4f}  {success:.4f}     {floor['success']:.4f}")
    for mode, scores in tables.items():
        for one in sorted(scores, key=lambda score: (score.success, score.ndcg))[:worst]:
            print(f"\n{mode} {one.ndcg:.2f} {one.query}")
            print("\n".join(f"    {title}" for title in one.first[:4]))


def _server(url: str, folder: Path) -> Engine:
    key = os.environ.get("CAICACH_SEARCH_KEY", "")
    return Meilisearch(Server(url, key), folder, Vocabulary(abbreviations(), forms(), "relevance"), "relevance")


if __name__ == "__main__":
    main()
