"""A small archive in memory: the five seeds and articles like a portal's, as search receives them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive.records import ActMention, ArchivedArticle, ArchivedAttachment, Role
from search.documents import document
from search.engine import Engine
from search.engines.embedded import Embedded
from search.engines.meilisearch import Meilisearch, Vocabulary
from search.engines.meilisearch_server import Pause, Server
from search.opening import abbreviations, forms
from tests.archives import Archive, later
from tests.placing import Placed
from tests.search import tapes
from tests.search.tapes import Faulty, Tape

CORPUS = Path(__file__).parent / "corpus.jsonl"
"""150 articles as portals write them; frozen, because a tape (tapes.py) has answers about exactly these."""
Maker = Callable[..., ArchivedArticle]


def make(number: int = 1, title: str = "", body: str = "", **more: Any) -> ArchivedArticle:
    """An archived article: columns by name, and `files`, `announced`, `cited`, `withheld`, `captions`, `is_reform`."""
    row: dict[str, object] = {
        "id": number,
        "url": f"https://queson.example.vn/tin/{number}",
        "portal": "queson",
        "portal_name": "Cổng thông tin huyện Quế Sơn",
        "level": "district",
        "province": "Quảng Nam",
        "district": "Quế Sơn",
        "commune": None,
        "province_now": "Đà Nẵng",
        "title": title,
        "summary": "",
        "body": body,
        "published_at": None,
        "published_precision": None,
        "author": "",
        "source": "",
        "category": "",
        "issuing_body": None,
        "act_type": None,
        "act_number": None,
        "reform_areas": (),
        "indicators": (),
        "kind": "other",
        "family": "webcenter",
    }
    row |= {key: value for key, value in more.items() if key in row}
    return ArchivedArticle(
        id=number,
        row=row,
        is_reform=more.get("is_reform", True),
        announced=tuple(ActMention("Quyết định", one, None, None, Role.ANNOUNCED) for one in more.get("announced", ())),
        cited=tuple(ActMention("Quyết định", one, None, None, Role.CITED) for one in more.get("cited", ())),
        files=tuple(ArchivedAttachment(f"https://x.vn/{name}", name, text) for name, text in more.get("files", ())),
        withheld=more.get("withheld", False),
        captions=more.get("captions", ()),
    )


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, everywhere: Placed | None) -> str:
    """SQLite, for speed, unless all are on PostgreSQL; a test that is marked with `both` runs on PostgreSQL too."""
    if getattr(request, "param", "sqlite") == "sqlite" and not everywhere:
        return f"sqlite:///{tmp_path / 'data' / 'caicach.sqlite'}"
    url: str = request.getfixturevalue("new_database")()
    return url


@pytest.fixture
def full(archive: Archive) -> Archive:
    """An archive of forty articles of two portals, some revised, gone and withheld."""
    for at in range(40):
        slug = "queson" if at % 3 else "thangbinh"
        archive.run(slug, **({} if at % 3 else {"province": "Hà Tĩnh", "district": "Can Lộc"}))
        words = "thủ tục hành chính và chỉ số PAR INDEX" if at % 2 else "tài chính công"
        body = (
            f"Ngày {at % 27 + 1:02}/03/2020, UBND huyện ban hành Quyết định số {at + 10}/QĐ-UBND về kế hoạch cải cách "
            f"hành chính năm {2015 + at % 8}. Nội dung nói về {words}; căn cứ Nghị quyết số 30c/NQ-CP."
        )
        archive.record(f"tin-{at}", f"Kế hoạch cải cách hành chính số {at}", body, slug=slug)
    archive.record("tin-1", "Kế hoạch cải cách hành chính đã sửa", at=later(days=2))
    archive.store.withhold(5, "theo yêu cầu")
    archive.store.gone(archive.run(), 7, "404", None)
    for slug in list(archive.runs):
        archive.finish(slug)
    return archive


@pytest.fixture(name="make")
def _make() -> Maker:
    return make


def seed_articles(shared: Path) -> Iterator[ArchivedArticle]:
    """The five seeds with their gold facts; ids 1 to 5, Quế Sơn is 1."""
    seeds = shared / "seeds"
    for number, gold in enumerate(json.loads((seeds / "gold.json").read_text()), 1):
        text = (seeds / gold["seed"]).read_text()
        start = text.find(gold["body_starts"])
        body = text[start : text.find(gold["body_ends"]) + len(gold["body_ends"])]
        places = {name: gold[name] for name in ("level", "province", "district", "commune", "province_now")}
        act = gold["announced"]
        yield make(
            number,
            gold["title"] or "UBND huyện Hương Sơn ban hành Chương trình tổng thể cải cách hành chính nhà nước",
            body,
            **places,
            portal=f"seed-{number}",
            portal_name=gold["portal"],
            issuing_body=act["issuer"],
            act_type=act["type"],
            act_number=act["number"],
            announced=[act["number"]] if act["number"] else [],
            cited=[cited["number"] for cited in gold["cited"]],
            indicators=tuple(gold["indices"]),
            published_at=datetime.fromisoformat(gold["published_at"]) if gold["published_at"] else None,
        )


def farm_articles(count: int, first: int = 1, corpus: Path = CORPUS) -> Iterator[ArchivedArticle]:
    """So many articles of a frozen corpus, with ids from the first on."""
    with corpus.open(encoding="utf-8") as lines:
        for number, line in zip(range(first, first + count), lines, strict=False):
            told = {
                name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(line).items()
            }
            when = told.pop("published_at", None)
            yield make(number, **told, published_at=datetime.fromisoformat(when) if when else None)


@pytest.fixture(scope="session")
def tape() -> Iterator[Tape]:
    """What a real search server answered; written anew when it is being recorded."""
    played = Tape.load()
    yield played
    if tapes.RECORDING:
        played.save()


@pytest.fixture
def faulty() -> Faulty:
    """What goes wrong between engine and server; nothing, unless a test says so."""
    return Faulty()


@pytest.fixture
def meilisearch_url(request: pytest.FixtureRequest, tape: Tape, faulty: Faulty) -> Iterator[str]:
    """The address of a search server: a real one, or one that answers from the tape of this very test."""
    tape.begin(_name(request))
    with tapes.playing(tape, faulty) as url:
        yield url
    if tape.misses:
        pytest.fail(f"{len(tape.misses)} requests are not on the tape: {tapes.AGAIN}; the first: {tape.misses[0]}")


def _name(request: pytest.FixtureRequest) -> str:
    """The test, whatever folder it is run from."""
    return f"{request.path.name}::{request.node.name}"


@pytest.fixture
def meilisearch(request: pytest.FixtureRequest, meilisearch_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An empty engine on a search server, over an index of this test alone."""
    index = "t" + hashlib.sha256(_name(request).encode()).hexdigest()[:12]
    server = Server(meilisearch_url, tapes.KEY or "secret-key", Pause(0.0, 0.0))
    yield Meilisearch(server, tmp_path / "index", Vocabulary(abbreviations(), forms(), "test"), index)
    if tapes.URL:
        real = Server(tapes.URL, tapes.KEY)
        real.change(*(lambda client, name=name: client.delete_index(name) for name in [index] if real.exists(name)))


@pytest.fixture(params=["embedded", pytest.param("meilisearch", marks=pytest.mark.meilisearch)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An empty engine, one for each kind that exists."""
    if request.param == "meilisearch":
        found: Engine = request.getfixturevalue("meilisearch")
        return found
    return Embedded(tmp_path / "index", abbreviations(), "test")


@pytest.fixture
def filled(engine: Engine) -> Callable[..., Engine]:
    """Put articles into the engine, as sync does."""

    def fill(*articles: ArchivedArticle, cursor: int = 1) -> Engine:
        with engine.writing() as mine, engine.rebuilding() as beside:
            assert mine
            shown = [document(article) for article in articles if not article.withheld]
            beside.replace([article.id for article in articles], shown, cursor)
        return engine

    return fill


@pytest.fixture(scope="session")
def seeds(shared: Path) -> list[ArchivedArticle]:
    """The five seeds."""
    return list(seed_articles(shared))


@pytest.fixture
def farm() -> Callable[[int, int], list[ArchivedArticle]]:
    """So many articles like a portal's, from an id on."""
    return lambda count, first=1: list(farm_articles(count, first))
