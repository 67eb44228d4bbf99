"""The judged corpus, and how well an engine ranks it: the farm's articles and the seeds, the same at each call.

A judgement is a rule over what is true of an article, not an id, so that it can be read and argued with.
"""

import json
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from archive.normalise import normalise
from archive.places import province_now
from archive.records import ArchivedArticle, ArchivedAttachment, Article, Role, Stated
from archive.text import fold
from config.portal import Level, Portal
from crawler.farm import Farm, SimulatedPortal, TruthArticle
from search.documents import document
from search.engine import Engine, Mode, Query
from search.engines.embedded import Embedded
from search.opening import abbreviations

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEED, ARTICLES = 3, 30
"""Of the farm, on each of its seven portals."""
FIRST = {"farm": 101, "recorded": 1001}
"""The first id of the farm's articles, and of the recorded portal's; the seeds are 1 to 5."""
DEPTH = 10
FLOORS = Path(__file__).with_name("relevance_floors.toml")
JUDGEMENTS = Path(__file__).with_name("relevance.jsonl")


@dataclass(frozen=True, slots=True)
class Judged:
    """A query as a person types it, and what deserves which grade: the first rule that fits an article counts.

    A grade is 3 (what was meant), 2 (also an answer) or 1 (touches it). A rule names folded words of the title
    (`/…/` is a pattern), and may name the place, a file's words, a body's words, an act number, year, topic.
    """

    query: str
    rules: tuple[tuple[int, dict[str, object]], ...]
    modes: tuple[Mode, ...]


@cache
def judgements() -> tuple[Judged, ...]:
    """All judged queries; a rule's keys are checked."""
    lines = JUDGEMENTS.read_text(encoding="utf-8").splitlines()
    return tuple(_judged(json.loads(line)) for line in lines if line.strip())


def _judged(line: dict[str, object]) -> Judged:
    rules = line["want"]
    assert isinstance(rules, list)
    assert all({*rule} <= {"grade", *TESTS} for rule in rules), line
    modes = str(line.get("modes") or "smart folded").split()
    return Judged(str(line["query"]), tuple((rule["grade"], rule) for rule in rules), tuple(map(Mode, modes)))


def _title(article: ArchivedArticle, wanted: object) -> bool:
    title, wanted = fold(str(article.row["title"])), str(wanted)
    if wanted.startswith("/"):
        return re.search(wanted.strip("/"), title) is not None
    return wanted in title


def _place(article: ArchivedArticle, wanted: object) -> bool:
    names = ("province", "district", "commune", "province_now", "portal_name", "title")
    return str(wanted) in fold("\n".join(str(article.row[name] or "") for name in names))


def _year(article: ArchivedArticle, wanted: object) -> bool:
    return f"{wanted}" in fold(f"{article.row['title']}")


def _whole(article: ArchivedArticle) -> str:
    return fold("\n".join(str(article.row[name]) for name in ("title", "summary", "body")))


TESTS = {
    "title": _title,
    "place": _place,
    "year": _year,
    "body": lambda article, wanted: re.search(str(wanted), _whole(article)) is not None,
    "file": lambda article, wanted: any(str(wanted) in fold(file.text) for file in article.files),
    "announced": lambda article, wanted: article.row["act_number"] == wanted,
    "cited": lambda article, wanted: any(act.number == wanted for act in article.cited),
    "type": lambda article, wanted: article.row["act_type"] == wanted,
    "kind": lambda article, wanted: article.row["kind"] == wanted,
    "indicator": lambda article, wanted: wanted in article.row["indicators"],  # type: ignore[operator]
    "portal": lambda article, wanted: article.row["portal"] == wanted,
    "reform": lambda article, wanted: article.is_reform is wanted,
}
"""What a rule may ask of an article."""


def grade(judged: Judged, article: ArchivedArticle) -> int:
    """What an article deserves as an answer to a query; 0 when no rule fits."""
    for value, rule in judged.rules:
        if all(TESTS[name](article, wanted) for name, wanted in rule.items() if name != "grade"):
            return value
    return 0


@dataclass(frozen=True, slots=True)
class Score:
    """How well one query was answered: nDCG@10, and whether the first hit is of the best grade there is."""

    query: str
    ndcg: float
    success: bool
    first: tuple[str, ...]


def score(engine: Engine, judged: Judged, mode: Mode, articles: Mapping[int, ArchivedArticle]) -> Score:
    """The score of one query in one mode, over reform articles as people search."""
    hits = engine.find(Query(judged.query, mode, limit=DEPTH, facets=())).hits
    grades = [grade(judged, articles[hit.id]) for hit in hits]
    best = sorted((grade(judged, one) for one in articles.values() if one.is_reform), reverse=True)[:DEPTH]
    assert best[:1] != [0], f"{judged.query}: no article deserves anything"
    shown = tuple(f"{value} {hit.title}" for value, hit in zip(grades, hits, strict=True))
    return Score(judged.query, _gain(grades) / _gain(best), bool(grades) and grades[0] == best[0], shown)


def _gain(grades: Sequence[int]) -> float:
    return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(grades))


def table(engine: Engine, articles: Iterable[ArchivedArticle]) -> dict[Mode, list[Score]]:
    """The score of every query in each mode it is judged in."""
    by_id = {article.id: article for article in articles}
    return {mode: [score(engine, one, mode, by_id) for one in judgements() if mode in one.modes] for mode in Mode}


def means(scores: Sequence[Score]) -> tuple[float, float]:
    """Mean nDCG@10 and success@1."""
    return sum(one.ndcg for one in scores) / len(scores), sum(one.success for one in scores) / len(scores)


def indexed(folder: Path, articles: Iterable[ArchivedArticle]) -> Engine:
    """An embedded engine that has these articles."""
    return filled(Embedded(folder, abbreviations(), "test"), articles)


def filled(engine: Engine, articles: Iterable[ArchivedArticle]) -> Engine:
    """The engine with these articles in it and no others."""
    documents = [document(article) for article in articles]
    with engine.writing(), engine.rebuilding() as beside:
        beside.replace([one.id for one in documents], documents, 1)
    return engine


def corpus(shared: Path) -> list[ArchivedArticle]:
    """The seeds and the farm's articles."""
    from tests.search.conftest import seed_articles

    return [*seed_articles(shared), *farm_articles()]


def farm_articles() -> Iterator[ArchivedArticle]:
    """What the farm's portals publish, as the archive would answer it."""
    farm = Farm(SEED, articles=ARTICLES)
    every = [(portal, truth) for portal in farm.portals for truth in portal.truth]
    for number, (portal, truth) in enumerate(every, FIRST["farm"]):
        yield _published(number, portal, truth)


def recorded_articles(shared: Path) -> Iterator[ArchivedArticle]:
    """The recorded NukeViet portal's articles."""
    card = Portal(
        slug="sonbinh", name="Cổng TTĐT huyện Sơn Bình", url="https://sonbinh.gov.vn/", level=Level.DISTRICT,
        province="Quảng Nam", district="Sơn Bình", text="",
    )  # fmt: skip
    lines = (shared / "portals" / "nukeviet" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    for number, gold in enumerate(map(json.loads, lines), FIRST["recorded"]):
        dates = (Stated(gold["published_at"], "page"),)
        yield read(number, Article(gold["url"], gold["title"], gold["body_text"], "nukeviet", "1", dates=dates), card)


def _published(number: int, portal: SimulatedPortal, truth: TruthArticle) -> ArchivedArticle:
    card = Portal.model_validate({**tomllib.loads(portal.toml), "slug": portal.slug, "text": portal.toml})
    article = Article(
        url=truth.url,
        title=truth.title,
        body=truth.body,
        family=portal.family,
        reader_version="1",
        summary=truth.summary,
        dates=(Stated(truth.published.isoformat(), "page"),) if truth.published else (),
        author=truth.author,
        captions=truth.captions,
        listed=truth.listed,
    )
    return read(number, article, card, [ArchivedAttachment(one.url, one.name, one.text) for one in truth.attachments])


def read(number: int, article: Article, card: Portal, files: Iterable[ArchivedAttachment] = ()) -> ArchivedArticle:
    """An article as the archive would answer it, without an archive."""
    found = normalise(article, card, NOW)
    facts = ("title", "summary", "body", "author", "source", "category", "issuing_body", "act_type", "act_number")
    row: dict[str, object] = {
        "id": number,
        "url": article.url,
        "portal": card.slug,
        "portal_name": card.name,
        "level": card.level.value,
        "province": card.province,
        "district": card.district,
        "commune": card.commune,
        "province_now": province_now(card.province),
        "published_at": found.published.at if found.published else None,
        "published_precision": found.published.precision if found.published else None,
        "family": article.family,
        **{name: getattr(found, name) for name in (*facts, "reform_areas", "indicators", "kind")},
    }
    return ArchivedArticle(
        id=number,
        row=row,
        is_reform=found.relevance.is_reform,
        announced=tuple(act for act in found.acts if act.role is Role.ANNOUNCED),
        cited=tuple(act for act in found.acts if act.role is Role.CITED),
        files=tuple(files),
        withheld=False,
        captions=found.captions,
    )
