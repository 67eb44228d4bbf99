"""A repair from the archive to the page: known articles are asked for again, selectors proposed and proven."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import captures, queries
from archive.database import reading
from archive.queries_repair import KnownArticle, known_articles
from archive.records import CaptureKind
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings
from crawler.families import family
from crawler.family import Family, ReadingError
from crawler.fetch import Answer
from crawler.importing_warc import BadRecord, Block
from crawler.page import Page
from crawler.probe_visit import Missed, Visit, page_of, visit
from crawler.recording import article_draft, write_case
from crawler.repair import Proposal, propose
from crawler.repair_nodes import Known, Sample, alike, same_line

PAGES = 12
"""Pages that are asked for: half to learn from, half to prove the proposal on."""
LEAST = 4
"""Fewer pages teach nothing that could be proven."""
TRIED = 2 * PAGES
"""Known articles that are asked for at most: some may have gone."""
RECORDED = 2


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposal for a portal; `archived` of `captures` old pages still read as the archive has them."""

    portal: str
    family: str
    proposal: Proposal
    asked: int
    archived: int
    captures: int
    recorded: Sequence[str] = field(default=())

    @property
    def passes(self) -> bool:
        """Whether it reads what is there now, and nothing that was read before is lost."""
        return self.proposal.passes and self.archived == self.captures


def repair(portal: Portal, settings: Settings, say: Callable[[str], None], record: Path | None = None) -> Repair:
    """Ask a portal for known articles and propose selectors; raises UserError when there are too few.

    With `record` the pages of two proven articles are written there as drafts of golden cases.
    """
    with reading(settings) as session:
        known = known_articles(session, portal.slug, TRIED)
        found = queries.discovered(session, portal.slug)
    if len(known) < LEAST:
        raise UserError(f"{portal.slug}: the archive has {len(known)} articles to learn from, {LEAST} are needed")
    key = portal.family or (found.family if found else "") or "generic"
    answers = _visited(portal, settings, known, say)
    pairs = [(one, answer) for one, answer in answers if page_of(answer).json is None]
    if len(pairs) < LEAST:
        what = "pages are JSON, which has no selectors" if answers else "known articles are still there"
        raise UserError(f"{portal.slug}: {len(answers) - len(pairs) if answers else 0} {what}: nothing to repair by")

    def make(own: Mapping[str, str]) -> Family:
        return family(key, own)

    samples = [Sample(page_of(answer), _told(one)) for one, answer in pairs]
    proposal = propose(samples, make, datetime.now(UTC), portal.selectors)
    reader = make(proposal.selectors)
    old = [one for one, _ in pairs]
    recorded = _recorded(record, portal, reader, [answer for _, answer in pairs[1::2]]) if record else []
    return Repair(portal.slug, key, proposal, len(answers), _archived(settings, reader, old), len(old), recorded)


def _told(one: KnownArticle) -> Known:
    return Known(one.url, one.title, one.body, one.summary, one.published)


def _visited(
    portal: Portal, settings: Settings, known: Sequence[KnownArticle], say: Callable[[str], None]
) -> list[tuple[KnownArticle, Answer]]:
    async def ask(one: Visit) -> list[tuple[KnownArticle, Answer]]:
        rules = await one.rules()
        if rules.later:
            raise Missed(rules.later)
        found: list[tuple[KnownArticle, Answer]] = []
        for article in known:
            if len(found) == PAGES:
                break
            try:
                found.append((article, await one.answer(article.url, CaptureKind.ARTICLE)))
            except Missed:
                continue
        return found

    result = visit([portal], settings, ask, say)[portal.slug]
    if isinstance(result, Missed):
        raise UserError(f"{portal.slug}: {result}")
    if isinstance(result, Exception):
        raise result
    return result


def _archived(settings: Settings, reader: Family, known: Sequence[KnownArticle]) -> int:
    """How many captures of the layout before still read as the archive has them: a replay must lose nothing."""
    right = 0
    for one in known:
        capture = captures.load(settings.data, one.content, one.original)
        try:
            body = Block(capture.status, capture.headers, capture.body).plain
            page = Page(capture.url, body, content_type=capture.header("Content-Type"), sent=capture.sent)
            article = reader.read(page)
        except (ReadingError, BadRecord):
            continue
        right += same_line(article.title, one.title) and alike(article.body, _told(one)) > 0.98
    return right


def _recorded(folder: Path, portal: Portal, reader: Family, answers: Sequence[Answer]) -> list[str]:
    cases = []
    for number, answer in enumerate(answers[:RECORDED], 1):
        draft = article_draft(reader, answer.url, reader.read(page_of(answer)))
        cases.append(write_case(folder / f"article-{number}-repaired", portal, answer, draft))
    return cases


def toml(selectors: Mapping[str, str]) -> str:
    """The table of a portal's file."""
    width = max(map(len, selectors), default=0)
    lines = [f"{name:<{width}} = {json.dumps(value, ensure_ascii=False)}" for name, value in selectors.items()]
    return "\n".join(["[selectors]", *lines])


def era(key: str, selectors: Mapping[str, str]) -> str:
    """The same for a family's file, where many portals of it changed alike."""
    return f"# crawler/families/{key}.py, in `eras`:\nEra(None, {json.dumps(dict(selectors), ensure_ascii=False)}),"


def as_object(done: Repair) -> dict[str, Any]:
    """What `--json` prints."""
    proof, before = done.proposal.proof, done.proposal.before
    return {
        "portal": done.portal,
        "family": done.family,
        "passes": done.passes,
        "selectors": dict(done.proposal.selectors),
        "missing": list(done.proposal.missing),
        "learnt": done.proposal.learnt,
        "held_out": len(proof),
        "right": sum(one.right for one in proof),
        "before": sum(one.right for one in before),
        "archived": done.archived,
        "captures": done.captures,
        "recorded": list(done.recorded),
        "pages": [
            {"url": one.url, "title": one.title, "date": one.date, "body": one.body, "fault": one.fault}
            for one in proof
        ],
    }
