"""Records pages of a portal as drafts of golden cases: a folder a page, with what is read from it today.

A draft counts for nothing until a person has compared it with its page and set `reviewed = true` in its meta.toml.
"""

import json
import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from archive.dates import ImpossibleDate
from archive.records import Article, CaptureKind
from config.errors import UserError
from config.portal import Portal
from config.settings import Settings
from crawler import discovery
from crawler.exploring import explore
from crawler.families import family
from crawler.family import Ask, Family, Link, ReadingError
from crawler.fetch import Answer
from crawler.page import Page
from crawler.probe_visit import Missed, Visit, page_of, visit

ARTICLES = 2
TRIED = 5
FIELDS = ("url", "title", "summary", "body", "author", "source", "category")
"""The fields of an article that a golden case holds as they are; dates, attachments and captions are lists."""


def reviewed(case: Path) -> bool:
    """Whether a golden case counts: its meta.toml says so, or it is of a family's author and has none."""
    meta = case / "meta.toml"
    return not meta.is_file() or tomllib.loads(meta.read_text(encoding="utf-8")).get("reviewed") is True


def unproven(portals: Iterable[Portal], cases: Path) -> list[str]:
    """The slugs of portals that a person calls verified, of which no reviewed page is below `cases`/<slug>."""
    said = (portal.slug for portal in portals if portal.verified)
    return [slug for slug in said if not any(reviewed(one.parent) for one in cases.glob(f"{slug}/*/meta.toml"))]


def record(portal: Portal, settings: Settings, folder: Path, say: Callable[[str], None]) -> list[str]:
    """Ask the portal for a listing and two articles and write a draft of each; the folders. Raises UserError."""
    taken = [path for path in (folder / "listing", folder / "article-1") if path.exists()]
    if taken:
        raise UserError(f"{taken[0]} is there already and not overwritten: remove it, or name another folder with --to")
    result = visit([portal], settings, _recorded, say)[portal.slug]
    if isinstance(result, Missed):
        raise UserError(f"{portal.slug}: {result}")
    if isinstance(result, Exception):
        raise result
    return [write_case(folder / name, portal, answer, expected) for name, answer, expected in result]


async def _recorded(one: Visit) -> list[tuple[str, Answer, dict[str, Any]]]:
    rules = await one.rules()
    if rules.later:
        raise Missed(rules.later)
    home = await one.page(one.portal.url, CaptureKind.HOME)
    found = await explore(home, one.maybe, own=one.portal.listings, known=one.portal.family or "")
    reader = family(one.portal.family or found.family, one.portal.selectors)
    named = [urljoin(one.portal.url, path) for path in one.portal.listings]
    for url in [*named, *(listing.url for listing in found.listings)][:TRIED]:
        cases, links = await _listing(one, reader, url)
        if links:
            return [*cases, *await _articles(one, reader, links)]
    raise Missed("no listing that names articles was found: name one in the portal's file")


async def _listing(one: Visit, reader: Family, url: str) -> tuple[list[tuple[str, Answer, dict[str, Any]]], list[Link]]:
    """The listing, and where a script fetches its items, their first page as a case of its own."""
    try:
        answer = await one.answer(url, CaptureKind.LISTING)
        page = page_of(answer)
        cases, links = [("listing", answer, listing_draft(reader, page))], reader.links(page)
        first = reader.first(page)
        if first is not None:
            answer = await one.answer(first, CaptureKind.LISTING)
            cases.append(("listing-items", answer, listing_draft(reader, page_of(answer))))
            links = reader.links(page_of(answer)) or links
    except Missed:
        return [], []
    return cases, links


async def _articles(one: Visit, reader: Family, links: list[Link]) -> list[tuple[str, Answer, dict[str, Any]]]:
    cases: list[tuple[str, Answer, dict[str, Any]]] = []
    for link in links[:TRIED]:
        if len(cases) == ARTICLES:
            break
        try:
            answer = await one.answer(link.url, CaptureKind.ARTICLE)
            article = reader.read(page_of(answer))
        except (Missed, ReadingError, ImpossibleDate) as error:
            one.log.append(f"{link.url}: {error}")
            continue
        cases.append((f"article-{len(cases) + 1}", answer, article_draft(reader, answer.url, article)))
    return cases


def listing_draft(reader: Family, page: Page) -> dict[str, Any]:
    """What is read from a listing today, as expected.json has it."""
    links = [
        [reader.canonical(link.url), link.title, link.stated.text if link.stated else ""] for link in reader.links(page)
    ]
    following: Ask | None = reader.next(page)
    said: dict[str, Any] = {"url": page.url, "family": reader.key, "links": links}
    said |= {"next": following.url if following else None}
    return said | ({"sent": page.sent.decode("utf-8", "replace")} if page.sent else {})


def article_draft(reader: Family, url: str, article: Article) -> dict[str, Any]:
    """What is read from an article today, as expected.json has it."""
    read: dict[str, Any] = {name: getattr(article, name) for name in FIELDS}
    read["dates"] = [[date.text, date.source] for date in article.dates]
    read["attachments"] = [[file.url, file.name] for file in article.attachments]
    read["captions"] = list(article.captions)
    return {"url": url, "family": reader.key, "article": read}


def write_case(case: Path, portal: Portal, answer: Answer, expected: dict[str, Any]) -> str:
    """Write the three files of a case; raises UserError when the folder cannot be written."""
    page = page_of(answer)
    meta = {
        "portal": portal.slug,
        "family": expected["family"],
        "url": answer.url,
        "recorded": datetime.now(UTC).date().isoformat(),
        "content_type": answer.content_type,
        "kind": "reform listing" if discovery.is_reform_listing(answer.url) else case.name.partition("-")[0],
    }
    lines = ["# A draft: compare expected.json with the page, mend it, and write true.", "reviewed = false"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in meta.items()]
    try:
        case.mkdir(parents=True)
        (case / ("page.json" if page.json is not None else "page.html")).write_bytes(answer.body)
        (case / "meta.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")
        text = json.dumps(expected, ensure_ascii=False, indent=2)
        (case / "expected.json").write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{case}: {error.strerror}; name a folder that can be written with --to") from None
    return str(case)
