"""How an archive differs from what a farm's portals have: article by article, text by text, and its ledger by night."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import queries, queries_days, queries_schedule
from archive import tables as t
from archive.database import reading
from archive.dates import VIETNAM
from archive.days import Explained
from archive.filters import Filters
from archive.identity import url_digest
from archive.records import Precision
from archive.text import fold
from archive.verify import verify
from config.settings import Settings
from crawler.families import family
from crawler.farm import Farm, SimulatedPortal, TruthArticle
from crawler.repair_nodes import f1, words

ALIKE = 0.98
"""The least F1 of the words of two bodies that are one."""
Row = Mapping[str, Any]


@dataclass(slots=True)
class Compared:
    """What differs, as lines for people by kind of difference; `articles` of the truth were looked up."""

    articles: int = 0
    archived: int = 0
    differences: dict[str, list[str]] = field(default_factory=dict)

    def found(self, kind: str, line: str) -> None:
        """Note a difference."""
        self.differences.setdefault(kind, []).append(line)

    def count(self, kind: str) -> int:
        """How many differences of a kind."""
        return len(self.differences.get(kind, ()))


KINDS = ("missing", "strange", "twice", "title", "text", "date", "files", "gone", "not gone")
"""Kinds of differences: not archived, no such article, archived twice, another title, text, day or number of files,
called gone and there, taken offline and not called gone."""


def compared(settings: Settings, farm: Farm) -> Compared:
    """Every article of the farm beside the archive's, and the other way round."""
    made = Compared()
    with reading(settings) as session:
        rows = {row["id"]: row for row in queries.rows(session, Filters(any_topic=True))}
        places = _places(session)
    made.archived = len(rows)
    seen = Counter[int]()
    for portal in farm.portals:
        for one in (*portal.truth, *portal.gone):
            number = _found(places, portal, one)
            if number is not None:
                seen[number] += 1
        for one in portal.truth:
            if one.is_reform or one.listed:
                made.articles += 1
                _there(made, one, rows.get(_found(places, portal, one) or 0))
        for one in portal.gone:
            row = rows.get(_found(places, portal, one) or 0)
            if row is not None and row["gone_at"] is None:
                made.found("not gone", one.url)
    for number, row in rows.items():
        if seen[number] != 1:
            made.found("twice" if seen[number] else "strange", f"{row['url']} {row['title']}")
    return made


def _places(session: Session) -> dict[tuple[str, str], int]:
    """Articles by portal and the digest of an address."""
    d, p = t.address.c, t.portal.c
    asked = select(p.slug, d.url_digest, d.article_id).join(t.portal, p.id == d.portal_id)
    return {(slug, key): number for slug, key, number in session.connection().execute(asked) if number is not None}


def _found(places: Mapping[tuple[str, str], int], portal: SimulatedPortal, one: TruthArticle) -> int | None:
    urls = (one.url, family(portal.family).canonical(one.url))
    return next((places[key] for url in urls if (key := (portal.slug, url_digest(url))) in places), None)


def _there(made: Compared, one: TruthArticle, row: Row | None) -> None:
    if row is None:
        made.found("missing", one.url)
        return
    if row["gone_at"] is not None:
        made.found("gone", one.url)
    if fold(row["title"]) != fold(one.title):
        made.found("title", f"{one.url}: {row['title']} for {one.title}")
    if f1(words(row["body"]), words(one.body)) < ALIKE:
        made.found("text", f"{one.url}: {len(row['body'])} characters for {len(one.body)}")
    if not _same_day(row["published_at"], one):
        made.found("date", f"{one.url}: {row['published_at']} for {one.published}")
    if len(row["attachments"]) != len({file.url for file in one.attachments}):
        made.found("files", f"{one.url}: {len(row['attachments'])} for {len(one.attachments)}")


def _same_day(said: datetime | date | None, one: TruthArticle) -> bool:
    """Whether the day is right, and the minute where both have one; nothing is asked of a page without a date."""
    if one.published is None:
        return True
    if not isinstance(said, datetime):
        return said == one.published.date()
    if one.precision is Precision.DAY:
        return said.astimezone(VIETNAM).date() == one.published.date()
    return abs(said - one.published) < timedelta(hours=1)


def nights_left(settings: Settings, slugs: Iterable[str], nights: Iterable[date]) -> Iterator[str]:
    """Every portal's nights that nothing explains: no portal-day and no rest, or a portal-day without a reason."""
    nights = list(nights)
    with reading(settings) as session:
        told = {(one.portal, one.day): one.explained for one in queries_days.days(session, limit=10**6)}
        rested = queries_schedule.rested(session, nights[0])
        named = queries_days.alarms(session, nights[-1] + timedelta(days=2), back=len(nights) + 2)
    for slug in slugs:
        for night in nights:
            explained = told.get((slug, night))
            if explained is Explained.UNEXPLAINED:
                yield f"{slug}, {night}: unexplained"
            if explained is None and (slug, night) not in rested and ("", night) not in rested:
                yield f"{slug}, {night}: neither crawled nor at rest"
    yield from (f"{slug}, {night}: {why}" for slug, night, why in named)


def spoilt(settings: Settings) -> list[str]:
    """Captures that are not as they were kept, a line each."""
    with reading(settings) as session:
        places = [one.located for one in queries.captures(session)]
    return [line for _, wrong in verify(settings.data, places, total=len(places)) for line in wrong]
