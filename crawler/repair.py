"""New selectors for a portal whose layout changed: learnt from known articles, proven on others that are still there.

Half of the known articles are aligned with their pages as they are now; a selector is proposed that finds the title,
the date, the body of most of them, and the whole is read by the portal's own family on the other half.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from selectolax.lexbor import LexborNode

from archive.dates import ImpossibleDate, choose
from archive.records import Article
from crawler.family import Family, ReadingError
from crawler.page import find_all
from crawler.repair_nodes import (
    Sample,
    alike,
    bodies,
    body_quality,
    date_quality,
    dates,
    day_of,
    same_line,
    selectors,
    title_quality,
    titles,
    words,
)

WHOLE = 0.95
"""A body that is alike by so much is the known one; an office corrects a word."""
ENOUGH = 0.9
"""The share of held-out pages that must read right for a proposal to pass."""
TRIED = 4
"""Selectors of a field that are tried by reading."""
GAIN = 0.003
"""What leaving something out of the body must bring."""
LEAST = {"title": 0.7, "date": 0.5, "body": 0.5}
"""A selector that finds its field on fewer samples, or worse, is none."""

Make = Callable[[Mapping[str, str]], Family]
"""The portal's family with selectors of its file."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What reading one page with a proposal gave."""

    url: str
    title: bool = False
    date: bool = False
    body: float = 0.0
    fault: str = ""

    @property
    def right(self) -> bool:
        """Whether everything is what the archive knows."""
        return self.title and self.date and self.body >= WHOLE


@dataclass(frozen=True, slots=True)
class Proposal:
    """Selectors for the portal's file, and how the held-out pages read with them and with the ones in force."""

    selectors: Mapping[str, str]
    learnt: int
    proof: Sequence[Judged] = ()
    before: Sequence[Judged] = ()
    missing: Sequence[str] = field(default=())
    """Fields for which no selector was found."""

    @property
    def passes(self) -> bool:
        """Whether nearly every held-out page reads right."""
        return bool(self.proof) and sum(one.right for one in self.proof) >= ENOUGH * len(self.proof)


def split(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Every other sample to learn from, the rest to prove it on."""
    return list(samples[::2]), list(samples[1::2])


def propose(samples: Sequence[Sample], make: Make, now: datetime, own: Mapping[str, str] | None = None) -> Proposal:
    """Learn from half of the samples and prove on the others; `own` are the selectors of the portal's file today."""
    learn, proof = split(samples)
    kept = {name: value for name, value in (own or {}).items() if name not in {"title", "date", "body", "drop"}}
    found = _found(learn, make, now, kept)
    missing = [name for name in ("title", "date", "body") if name not in found]
    if missing == ["date"] and all(one.date for one in _read(learn, make({**kept, **found}), now)):
        missing = []  # metadata or the address state it
    return Proposal(
        selectors={**kept, **found},
        learnt=len(learn),
        proof=_read(proof, make({**kept, **found}), now),
        before=_read(proof, make(own or {}), now),
        missing=missing,
    )


def _found(learn: Sequence[Sample], make: Make, now: datetime, kept: Mapping[str, str]) -> dict[str, str]:
    """Title and date by how many samples they fit, the body by reading."""
    found: dict[str, str] = {}
    for name, ranked in (
        ("title", _ranked(learn, titles, title_quality, "title")),
        ("date", _ranked(learn, lambda one: dates(one, now), lambda node, one: date_quality(node, one, now), "date")),
    ):
        if ranked:
            found[name] = ranked[0]
    tried = [{**found, "body": one} for one in _ranked(learn, bodies, body_quality, "body")[:TRIED]]
    cleaned = [_cleaned(learn, make, kept, one) for one in tried]
    return max(cleaned, key=lambda one: _alike(learn, make({**kept, **one})), default=found)


Nodes = Callable[[Sample], Iterable[LexborNode]]
Quality = Callable[[LexborNode, Sample], float]


def _ranked(learn: Sequence[Sample], nodes: Nodes, quality: Quality, name: str) -> list[str]:
    """Selectors that find a field, those that fit most samples best first, the simplest of equals."""
    candidates = dict.fromkeys(one for sample in learn for node in nodes(sample) for one in selectors(node))
    rated = {one: _rate(learn, one, quality) for one in candidates}
    fit = [one for one in candidates if rated[one] >= LEAST[name]]
    return sorted(fit, key=lambda one: (-round(rated[one], 2), one.count(" "), len(one)))


def _rate(learn: Sequence[Sample], selector: str, quality: Quality) -> float:
    found = [find_all(sample.page.tree, selector)[:1] for sample in learn]
    return sum(quality(nodes[0], one) for nodes, one in zip(found, learn, strict=True) if nodes) / (len(learn) or 1)


def _alike(learn: Sequence[Sample], reader: Family) -> float:
    """How well the bodies of all samples are read."""
    return sum(alike(read.body, one.known) for one in learn if (read := _once(reader, one)) is not None)


def _cleaned(learn: Sequence[Sample], make: Make, kept: Mapping[str, str], found: dict[str, str]) -> dict[str, str]:
    """The selectors with what stands in the body element and is not the text taken out, each if it helps."""
    best, chosen = _alike(learn, make({**kept, **found})), found
    if best >= len(learn) * (1 - GAIN):
        return found
    for one in _strangers(learn, found["body"]):
        drop = ", ".join(filter(None, (chosen.get("drop"), one)))
        rated = _alike(learn, make({**kept, **found, "drop": drop}))
        if rated > best + GAIN * len(learn):
            best, chosen = rated, {**found, "drop": drop}
    return chosen


def _strangers(learn: Sequence[Sample], body: str) -> list[str]:
    """Selectors of elements within the bodies that say what the known texts do not, the largest first."""
    weight: dict[str, int] = {}
    for sample in learn:
        wanted = words(f"{sample.known.summary} {sample.known.body}")
        for holder in find_all(sample.page.tree, body)[:1]:
            for node in holder.css("[class], [id]"):
                said = words(node.text(separator=" "))
                strange = (said - wanted).total()
                if node.mem_id != holder.mem_id and strange > said.total() / 2:
                    for one in list(selectors(node))[:1]:
                        weight[one] = weight.get(one, 0) + strange
    return sorted(weight, key=lambda one: -weight[one])[: 2 * TRIED]


def _once(reader: Family, sample: Sample) -> Article | None:
    try:
        return reader.once(sample.page)
    except ReadingError:
        return None


def _read(samples: Sequence[Sample], reader: Family, now: datetime) -> list[Judged]:
    """How each page reads with these selectors alone: no other layout and no generic rule helps out."""
    return [judge(sample, reader, now) for sample in samples]


def judge(sample: Sample, reader: Family, now: datetime) -> Judged:
    """Compare one reading with what is known; a date that nobody knows is right whatever is read."""
    known = sample.known
    try:
        article = reader.once(sample.page)
        published = choose(article.dates, now)
    except (ReadingError, ImpossibleDate) as error:
        return Judged(known.url, fault=f"{type(error).__name__}: {error}")
    day = published and day_of(published.at)
    return Judged(
        known.url,
        title=same_line(article.title, known.title),
        date=known.published is None or day == day_of(known.published),
        body=round(alike(article.body, known), 4),
    )
