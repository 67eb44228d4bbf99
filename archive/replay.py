"""What today's families and rules would read in the captures that the archive has: counted, compared, the worst named.

A revision is compared field by field with what its capture is read as now. Versions alone are no difference: who
gave a field its value stays said as long as the value does.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappushpop
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, func, select

from archive import store_facts
from archive import tables as t
from archive.records import Located
from archive.reread import Given, Job, Reader, Unread
from archive.store_copies import Sketch
from archive.store_facts import Read
from config.portal import Portal

TEXTS = ("title", "summary", "body")
BRIEF = 200
WORST = 20
NOTHING: dict[str, Any] = {"page": "", "hints": [], "listed": False}
STREAM = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision as the archive has it, and what reads it again."""

    id: int
    article: int
    number: int
    url: str
    portal: str
    portal_id: int
    current: bool
    was: dict[str, Any]
    """Texts, facts, digest, versions and evidence of its row."""
    columns: dict[str, Any]
    """The columns of its article that follow from it, where it is the current one and they were asked for."""
    job: Job


@dataclass(frozen=True, slots=True)
class Differs:
    """A revision that is read otherwise now: fields with what they were and what they would be."""

    kept: Kept
    fields: dict[str, tuple[Any, Any]]
    read: Read
    sketch: Sketch | None

    @property
    def share(self) -> float:
        """How much of its words would be others, from 0 to 1; a lost title or date counts as all of them."""
        if any(name in self.fields and not self.fields[name][1] for name in ("title", "published")):
            return 1.0
        was, now = (Counter(" ".join(map(str, side)).split()) for side in zip(*self._texts(), strict=True))
        return 1 - 2 * (was & now).total() / max(1, (was.total() + now.total()))

    def _texts(self) -> Iterator[tuple[str, str]]:
        now = store_facts.texts(self.read)
        return ((self.kept.was[name], now[name]) for name in TEXTS)


@dataclass(slots=True)
class Plan:
    """What a replay found."""

    revisions: int = 0
    articles: int = 0
    changed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    portals: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
    _worst: list[tuple[float, int, Differs]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def add(self, kept: Kept, found: tuple[Read, Sketch | None] | Unread) -> Differs | None:
        """Count a revision; how it differs, if it does."""
        self.revisions += 1
        self.articles += kept.current
        if isinstance(found, Unread):
            self.unread.append(f"article {kept.article} revision {kept.number} {kept.url}: {found.reason}")
            return None
        differing = compare(kept, found[0])
        if not differing:
            return None
        one = Differs(kept, differing, *found)
        self.changed += 1
        self.fields.update(differing.keys())
        self.portals[kept.portal] += 1
        row = (one.share, -next(self._order), one)
        if len(self._worst) < WORST:
            self._worst.append(row)
            self._worst.sort()
        else:
            heappushpop(self._worst, row)
        return one

    @property
    def worst(self) -> list[Differs]:
        """Those that would change most, the worst first."""
        return [one for *_, one in sorted(self._worst, reverse=True)]

    def as_json(self) -> dict[str, Any]:
        """The object of `replay --plan --json`."""
        return {
            "articles": self.articles,
            "revisions": self.revisions,
            "changed": self.changed,
            "unread": self.unread,
            "fields": dict(self.fields.most_common()),
            "portals": dict(self.portals.most_common()),
            "worst": [_worst(one) for one in self.worst],
        }


def _worst(one: Differs) -> dict[str, Any]:
    named = {name: [brief(was), brief(now)] for name, (was, now) in one.fields.items()}
    place = {"article": one.kept.article, "revision": one.kept.number, "url": one.kept.url, "portal": one.kept.portal}
    return {**place, "share": round(one.share, 3), "fields": named}


def brief(value: Any) -> str:
    """A value short enough for a line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= BRIEF else f"{text[:BRIEF]}…"


def compare(kept: Kept, read: Read) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, each with what it was and what it is now."""
    now = store_facts.texts(read)
    facts = json.loads(json.dumps(now["facts"], ensure_ascii=False))
    pairs = [(name, kept.was[name], now[name]) for name in TEXTS]
    pairs += [(name, kept.was["facts"].get(name), value) for name, value in facts.items()]
    pairs.append(("family", kept.was["family"], now["family"]))
    return {name: (was, is_now) for name, was, is_now in pairs if was != is_now}


@dataclass(frozen=True, slots=True)
class Source:
    """Where revisions lie, and what reads them again; `articles` asks for their articles' columns too."""

    data: Path
    reader: Reader
    portals: Mapping[str, Portal]
    only: str | None = None
    articles: bool = False


def kept_revisions(connection: Connection, source: Source) -> Iterator[Kept]:
    """Every revision in the order of articles, with what reads it again."""
    for row in connection.execution_options(yield_per=STREAM).execute(_asked(source)):
        yield _kept(row, source)


def total(connection: Connection, only: str | None = None) -> int:
    """How many revisions there are to read."""
    a, p = t.article.c, t.portal.c
    asked = select(func.count()).select_from(t.revision).join(t.article, a.id == t.revision.c.article_id)
    if only:
        asked = asked.join(t.portal, p.id == a.portal_id).where(p.slug == only)
    return int(connection.execute(asked).scalar_one())


WAS = ("digest", *TEXTS, "facts", "family", "reader_version", "normaliser_version", "evidence")


def _asked(source: Source) -> Any:
    r, a, p, c, o = t.revision.c, t.article.c, t.portal.c, t.capture.c, t.capture.alias("original").c
    columns = [r.id, r.number, *(r[name] for name in WAS), a.id.label("article"), a.url, a.revisions, a.portal_id]
    columns += [p.slug, p.file, c.warc, c.warc_offset, c.warc_length, c.digest.label("payload"), c.fetched_at]
    columns += [o.warc.label("o_warc"), o.warc_offset.label("o_offset"), o.warc_length.label("o_length")]
    columns += [a[name].label(f"a_{name}") for name in store_facts.COLUMNS] if source.articles else []
    asked = select(*columns).join(t.article, a.id == r.article_id).join(t.portal, p.id == a.portal_id)
    asked = asked.join(t.capture, c.id == r.capture_id).outerjoin(o.warc.table, o.id == c.original_id)
    if source.only:
        asked = asked.where(p.slug == source.only)
    return asked.order_by(a.id, r.number)


def _kept(row: Row[Any], source: Source) -> Kept:
    located = Located(row.warc, row.warc_offset, row.warc_length, row.payload)
    original = Located(row.o_warc, row.o_offset, row.o_length) if row.o_warc is not None else None
    portal = source.portals[row.slug]
    said = {**(row.evidence or NOTHING), "family": portal.family or row.family}
    given = Given.of(portal, said, row.fetched_at, url=row.url)
    return Kept(
        id=row.id,
        article=row.article,
        number=row.number,
        url=row.url,
        portal=row.slug,
        portal_id=row.portal_id,
        current=row.number == row.revisions,
        was={name: getattr(row, name) for name in WAS},
        columns=_columns(row) if source.articles and row.number == row.revisions else {},
        job=Job(source.data, located, original, given, source.reader, sketch=False),
    )


def _columns(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, f"a_{name}") for name in store_facts.COLUMNS}


def archived_portals(connection: Connection, today: Mapping[str, Portal]) -> dict[str, Portal]:
    """Every portal of the archive: by today's file, else by the one with which it was crawled last."""
    return {row.slug: today.get(row.slug) or _as_crawled(row) for row in connection.execute(select(t.portal))}


def _as_crawled(row: Row[Any]) -> Portal:
    """A portal by the file that the archive has; by its columns where that is of another program's time."""
    try:
        return Portal.model_validate({**tomllib.loads(row.file), "slug": row.slug, "text": row.file})
    except (tomllib.TOMLDecodeError, ValidationError):
        columns = ("slug", "name", "url", "level", "province", "district", "commune")
        return Portal(**{name: getattr(row, name) for name in columns}, text=row.file)


def differing(plan: Plan, found: Iterable[tuple[Kept, tuple[Read, Sketch | None] | Unread]]) -> Iterator[Differs]:
    """Those that are read otherwise, counted in the plan."""
    for kept, read in found:
        one = plan.add(kept, read)
        if one is not None:
            yield one
