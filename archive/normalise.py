"""What an article means: canonical text and facts, from what its page printed word for word.

Pure: the same article, portal and moment give the same answer, so a better rule is a replay
over captures. A change of the rules raises NORMALISER.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from archive import topics
from archive.acts import find_acts
from archive.dates import choose
from archive.periods import periods_of, plan_year_of
from archive.places import PortalCard, place_of
from archive.records import ActMention, Article, Normalised, Role
from archive.text import clean, clean_line, fold
from config.vocabulary import act_types

NORMALISER = "2"

_DATELINE = re.compile(r"(?:\((?P<within>[A-ZĐ][\w.]{1,15})\) ?|(?P<bare>[A-ZĐ]{2,6}) )[-–] ?(?=[\"“(]?\w)")
_ENDING = re.compile(r"(?:tác giả|nguồn(?: tin)?|bài(?:, ảnh| và ảnh)?|tin(?:, ảnh)?|ảnh)\s*:\s*", re.IGNORECASE)


def normalise(article: Article, portal: PortalCard, now: datetime) -> Normalised:
    """Canonical text and facts of an article; raises ImpossibleDate when no date it states is possible."""
    title, summary = clean_line(article.title), clean(article.summary)
    captions = tuple(filter(None, map(clean_line, article.captions)))
    dateline, body = _body(clean(article.body), title, clean_line(article.author), captions)
    published = choose(article.dates, now)
    whole = "\n".join(part for part in (title, summary, body) if part)
    acts = tuple(find_acts(whole, published=published.at.date() if published else None, place=place_of(portal)))
    first = next((act for act in acts if act.role is Role.ANNOUNCED), None)
    parts = fold(title), fold(summary), fold(body)
    folded = "\n".join(parts)
    return Normalised(
        title=title,
        summary=summary,
        body=body,
        digest=digest(title, summary, body),
        published=published,
        author=clean_line(article.author),
        source=clean_line(article.source) or dateline,
        category=clean_line(article.category),
        captions=captions,
        acts=acts,
        issuing_body=first.issuer if first else None,
        act_type=first.type if first else None,
        act_number=first.number if first else None,
        act_date=first.date if first else None,
        plan_year=plan_year_of(*parts),
        periods=tuple(periods_of(folded)),
        reform_areas=topics.reform_areas_of(folded),
        indicators=topics.indicators(whole),
        kind=topics.kind(title, summary or body.split("\n", 1)[0]),
        relevance=topics.relevance_of(*parts, listed=article.listed),
        normaliser_version=NORMALISER,
    )


def digest(title: str, summary: str, body: str) -> str:
    """The digest of normalised text; equal digests are one revision. `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256("\n\n".join((title, summary, body)).encode()).hexdigest()


def _body(body: str, title: str, author: str, captions: Iterable[str]) -> tuple[str, str]:
    """The source named by a dateline (`ĐTO - `), and the body without it, title, captions and signature."""
    unwanted = {fold(caption) for caption in captions}
    lines = [line for line in body.split("\n") if fold(line) not in unwanted] if unwanted else body.split("\n")
    while len(lines) > 1 and title and fold(lines[0]).rstrip(". ") == fold(title).rstrip(". "):
        del lines[0]
    if author and len(lines) > 1 and fold(_ENDING.sub("", lines[-1])) == fold(author):
        del lines[-1]
    match = _DATELINE.match(lines[0])
    if match is None or match["bare"] in act_types().bodies:
        return "", "\n".join(lines)
    lines[0] = lines[0][match.end() :]
    return match["within"] or match["bare"], "\n".join(lines)


def announced(acts: Iterable[ActMention]) -> tuple[ActMention, ...]:
    """The acts an article announces, in order."""
    return tuple(act for act in acts if act.role is Role.ANNOUNCED)


def cited(acts: Iterable[ActMention]) -> tuple[ActMention, ...]:
    """The acts an article only cites, in order."""
    return tuple(act for act in acts if act.role is Role.CITED)
