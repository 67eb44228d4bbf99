"""The embedded engine measured: indexing beside bare tantivy, and searches, in CPU time of this process.

    python bench/search.py --articles 10000

Bare tantivy gets the same text in the same two forms and nothing else; the ratio is what counts, because
seconds on shared cores swing. Goals: PERFORMANCE.md and issue 3.
"""

import argparse
import json
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import tantivy

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.filters import Filters
from archive.records import ActMention, ArchivedArticle, Role
from archive.text import retone
from search.documents import document
from search.engine import FACETS, Mode, Query, Sort
from search.engines.embedded import HEAP, Embedded
from search.engines.schema import analyzers
from search.opening import abbreviations

PHRASES = """cải cách hành chính|kế hoạch năm|thủ tục hành chính|bộ phận một cửa|dịch vụ công trực tuyến|chuyển đổi số
Ủy ban nhân dân huyện|Ủy ban nhân dân tỉnh|cán bộ, công chức, viên chức|nâng cao chất lượng phục vụ|tinh giản biên chế
sắp xếp tổ chức bộ máy|kỷ luật, kỷ cương hành chính|chỉ số hài lòng của người dân|hiện đại hóa nền hành chính|CCHC
tiếp nhận và trả kết quả|văn bản quy phạm pháp luật|tài chính công|kiểm tra công vụ|môi trường đầu tư kinh doanh
phát triển kinh tế - xã hội|giai đoạn 2021 - 2025|trên địa bàn xã|đội ngũ cán bộ|ứng dụng công nghệ thông tin
người đứng đầu cơ quan|trách nhiệm của các sở, ban, ngành|đơn giản hóa hồ sơ|rà soát, đánh giá|TTHC
UBND huyện""".replace("\n", "|").split("|")
HEADS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gi",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
RHYMES = [
    "a",
    "an",
    "ang",
    "anh",
    "ao",
    "at",
    "âu",
    "em",
    "ên",
    "êt",
    "i",
    "iên",
    "inh",
    "ich",
    "o",
    "oan",
    "oc",
    "ôi",
    "ông",
    "ơi",
    "u",
    "uân",
    "ung",
    "ưu",
    "ương",
    "y",
]
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
PROVINCES = ["Quảng Nam", "Bình Định", "Hà Tĩnh", "Kon Tum", "Đồng Tháp", "Đà Nẵng", "Gia Lai", "Huế"]
AREAS = ["Cải cách thể chế", "Cải cách thủ tục hành chính", "Cải cách chế độ công vụ", "Cải cách tài chính công"]
QUESTIONS = [
    "cải cách hành chính",
    "ke hoach cai cach hanh chinh",
    "kế hoạch CCHC",
    "82 qd ubnd",
    '"bộ phận một cửa"',
    "dịch vụ công trực tuyến -TTHC",
    "chuyển đổi số huyện",
    "title:kế hoạch",
    "tinh giản biên chế đội ngũ cán bộ",
    "ke hoahc tinh gianr bien che",
]


def _words(draw: random.Random) -> list[str]:
    """Two thousand syllables, the first much more frequent than the last."""
    import unicodedata

    made: set[str] = set()
    while len(made) < 2000:
        head, rhyme, tone = draw.choice(HEADS), draw.choice(RHYMES), draw.choice(TONES)
        made.add(unicodedata.normalize("NFC", head + rhyme[0] + tone + rhyme[1:]))
    return sorted(made, key=lambda _: draw.random())


def articles(count: int, seed: int = 1) -> Iterator[ArchivedArticle]:
    """Articles of about 600 words (3.6 KiB); the same for the same seed."""
    draw = random.Random(seed)
    words = _words(draw)
    weights = [1 / (at + 3) for at in range(len(words))]
    start = datetime(2015, 1, 1, 8, tzinfo=timezone(timedelta(hours=7)))
    for number in range(1, count + 1):
        drawn = draw.choices(words, weights, k=420)
        for _ in range(45):
            drawn.insert(draw.randrange(len(drawn)), draw.choice(PHRASES))
        act = f"{draw.randrange(1, 9000)}/{draw.choice(['QĐ', 'KH', 'BC', 'CV'])}-UBND"
        province = draw.choice(PROVINCES)
        body = f"Ngày ban hành văn bản số {act}. {' '.join(drawn)}"
        row: dict[str, object] = {
            "url": f"https://cong-{number % 3000}.gov.vn/tin/{number}.html",
            "portal": f"cong-{number % 3000}",
            "portal_name": f"Cổng thông tin {number % 3000}",
            "level": draw.choice(["province", "district", "commune"]),
            "province": province,
            "district": f"Huyện {number % 696}",
            "commune": None,
            "province_now": province,
            "title": " ".join([*draw.sample(PHRASES, 2), *draw.choices(words, weights, k=5)]),
            "summary": " ".join(draw.choices(words, weights, k=25)),
            "body": body,
            "published_at": start + timedelta(minutes=draw.randrange(5_000_000)),
            "published_precision": "minute",
            "source": "",
            "issuing_body": f"UBND huyện {number % 696}",
            "act_type": "Quyết định",
            "reform_areas": tuple(draw.sample(AREAS, 2)),
            "indicators": ("PAPI",) if number % 5 == 0 else (),
            "kind": draw.choice(["plan", "report", "decision", "other"]),
            "family": "nukeviet",
        }
        announced = (ActMention("Quyết định", act, None, None, Role.ANNOUNCED),)
        yield ArchivedArticle(number, row, number % 10 > 0, announced, (), ())


def cpu(work: Callable[[], object]) -> float:
    """CPU-seconds of this process, its threads too."""
    start = time.process_time()
    work()
    return time.process_time() - start


def bare(made: list[ArchivedArticle], folder: Path) -> None:
    """Title and body in the same two forms, one stored copy; nothing else."""
    builder = tantivy.SchemaBuilder().add_unsigned_field("id", stored=True, indexed=True)
    builder.add_text_field("folded", stored=True, tokenizer_name="folded").add_text_field(
        "exact", tokenizer_name="exact"
    )
    index = tantivy.Index(builder.build(), str(folder))
    for name, analyzer in analyzers().items():
        index.register_tokenizer(name, analyzer)
    writer = index.writer(HEAP, 1)
    for article in made:
        text = retone(f"{article.row['title']}\n{article.row['summary']}\n{article.row['body']}")
        entry = tantivy.Document()
        entry.add_unsigned("id", article.id)
        entry.add_text("folded", text)
        entry.add_text("exact", text)
        writer.add_document(entry)
    writer.commit()
    writer.wait_merging_threads()


def build(engine: Embedded, made: list[ArchivedArticle], batch: int = 5000) -> None:
    """As sync does it: batches, each one commit with its cursor."""
    with engine.writing(), engine.rebuilding() as beside:
        for start in range(0, len(made), batch):
            some = made[start : start + batch]
            beside.replace([article.id for article in some], map(document, some), start + len(some))


def latencies(engine: Embedded, rounds: int) -> dict[str, dict[str, float]]:
    """CPU-milliseconds of each kind of search: p50 and p99 over rounds of all questions."""
    kinds: dict[str, Callable[[str], Query]] = {
        "words, 20 snippets": lambda text: Query(text, facets=()),
        "+ filters, 3 facets": lambda text: Query(
            text,
            filters=Filters(province=("quang nam", "hue"), year=(2020, 2021, 2022)),
            facets=("year", "act_type", "area"),
        ),
        "+ all 11 facets": lambda text: Query(text, facets=FACETS),
        "exact mode": lambda text: Query(text, Mode.EXACT, facets=()),
        "newest first": lambda text: Query(text, sort=Sort.NEWEST, facets=()),
    }
    found: dict[str, dict[str, float]] = {}
    for name, kind in kinds.items():
        taken = [cpu(partial(engine.find, kind(text))) * 1000 for _ in range(rounds) for text in QUESTIONS]
        found[name] = {"p50": statistics.median(taken), "p99": statistics.quantiles(taken, n=100)[98]}
    slowest = {text: min(cpu(partial(engine.find, Query(text, facets=()))) for _ in range(5)) for text in QUESTIONS}
    return found | {f"  {text}": {"best": value * 1000} for text, value in slowest.items()}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    made = list(articles(options.articles))
    folder = Path(tempfile.mkdtemp(prefix="caicach-bench-"))
    try:
        (folder / "bare").mkdir()
        plain = cpu(lambda: bare(made, folder / "bare"))
        engine = Embedded(folder / "index", abbreviations(), "bench")
        ours = cpu(lambda: build(engine, made))
        report = {
            "articles": options.articles,
            "bare_tantivy_per_cpu_second": round(options.articles / plain),
            "caicach_per_cpu_second": round(options.articles / ours),
            "ratio": round(plain / ours, 2),
            "bytes_per_article": engine.status().size // options.articles,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "cpu_ms": {
                name: {key: round(value, 2) for key, value in figures.items()}
                for name, figures in latencies(engine, options.rounds).items()
            },
        }
        print(json.dumps(report, indent=1, ensure_ascii=False))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
