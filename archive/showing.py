"""What `caicach show` prints of an article: facts, text, files, history."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from difflib import unified_diff
from typing import Any

import typer

from archive.copies_told import CopyTold
from archive.explain import Explained, explain
from archive.formats import published
from archive.printing import facts, shown
from archive.queries import KeptRevision, Shown
from archive.records import ActMention, ArchivedAttachment, Located, Place
from config import units

FACTS = (
    *("url", "portal_name", "published_at", "author", "source", "category", "province", "district", "commune"),
    *("province_now", "kind", "reform_areas", "indicators", "issuing_body", "act_type", "act_number", "act_date"),
    *("plan_year", "first_seen_at", "last_seen_at", "gone_at", "revisions", "copy_group", "capture_digest", "warc"),
)


def article(found: Shown, *, revisions: bool) -> None:
    """Print an article, or how it changed over time."""
    row = found.article.row
    typer.echo(f"{row['title']}\n")
    printed = {**row, "published_at": published(row)}
    facts(
        [
            *((name, printed[name]) for name in FACTS),
            ("relevance", _relevance(found)),
            ("gone because", found.gone_reason),
            ("withheld because", found.withheld_reason if found.article.withheld else ""),
            ("other addresses", tuple(url for url in found.addresses if url != row["url"])),
        ]
    )
    if revisions:
        _revisions(found.revisions)
        return
    _acts("Announces", found.article.announced)
    _acts("Cites", found.article.cited)
    _lines("Copies", (f"{portal} {number} {url}" for portal, number, url in found.copies))
    _lines("Files", map(_file, found.article.files))
    _lines("Why", _reasons(why(found)))
    for text in (row["summary"], row["body"]):
        if text:
            typer.echo(f"\n{text}")


def _file(file: ArchivedAttachment) -> str:
    return f"{file.name or file.url} ({file.reason or f'{len(file.text)} characters'}) {file.url}"


def _relevance(found: Shown) -> str:
    verdict = "about reform" if found.article.is_reform else "not about reform"
    return f"{found.article.row['relevance']} {verdict}: {', '.join(found.article.relevance_words)}"


def why(found: Shown) -> Explained:
    """The words behind what the article is said to be."""
    row: dict[str, Any] = dict(found.article.row)
    at = row["published_at"]
    place = Place(row["level"], row["province"], row["district"], row["commune"])
    on = at.date() if isinstance(at, datetime) else at
    return explain(row["title"], row["summary"], row["body"], place=place, on=on)


def _reasons(why: Explained) -> Iterator[str]:
    points = tuple(f"{word} {points:+g}" for word, points in why.points.items())
    for name, words in ({"reform": points, why.kind: why.kind_words} | why.reform_areas | why.indicators).items():
        if words:
            yield f"{name}: {', '.join(words)}"
    for one in why.places:
        meant = (f"{units.in_full(unit)} ({unit})" for unit in one.units)
        yield f"{one.kind} {one.name}".strip() + f": {' or '.join(meant)}"


def _acts(head: str, acts: Iterable[ActMention]) -> None:
    _lines(head, (" · ".join(filter(None, map(shown, (a.type, a.number, a.date, a.issuer)))) for a in acts))


def _lines(head: str, lines: Iterable[str]) -> None:
    kept = list(lines)
    if kept:
        typer.echo(f"\n{head}:")
        for line in kept:
            typer.echo(f"  {line}")


def copies(told: Iterable[CopyTold]) -> None:
    """Print the members of a copy group: the first publisher, then what each of the others changed."""
    for one in told:
        when = "first" if one.first else f"{one.delay_days} days later"
        alike = "" if one.likeness is None else f", likeness {one.likeness:.2f}"
        typer.echo(f"{one.portal} {one.id} {one.url} ({when}, {shown(one.published)}{alike})")
        for piece in one.pieces:
            if piece.kind != "same":
                typer.echo(f"  {'-' if piece.kind == 'gone' else '+'} {_short(piece.text)}")


def _short(text: str, most: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]} …"


def copy_object(one: CopyTold) -> dict[str, Any]:
    """A copy in the object of `show --copies --json`; of what stayed only the number of words."""
    changed = [asdict(piece) for piece in one.pieces if piece.kind != "same"]
    words = {f"words_{kind}": one.words(kind) for kind in ("same", "gone", "new")}
    kept = ("id", "portal", "url", "published", "first", "delay_days", "likeness")
    return {name: getattr(one, name) for name in kept} | words | {"changed": changed}


def _revisions(revisions: Iterable[KeptRevision]) -> None:
    before: KeptRevision | None = None
    for revision in revisions:
        weight = f" ({revision.weight})" if revision.weight else ""
        where = place(revision.capture.located)
        typer.echo(f"\nRevision {revision.number}{weight}, seen {shown(revision.seen_at)}, {where}")
        typer.echo(_read_by(revision))
        typer.echo(_text(revision) if before is None else "\n".join(_changes(before, revision)))
        before = revision


def _read_by(revision: KeptRevision) -> str:
    rules = ((revision.evidence or {}).get("rules") or {}).items()
    by = "".join(f"; {field} by {rule}" for field, rule in rules)
    return f"Read by {revision.reader_version}, normaliser {revision.normaliser_version}{by}"


def _text(revision: KeptRevision) -> str:
    return "\n".join(filter(None, (revision.title, revision.summary, revision.body)))


def _changes(before: KeptRevision, after: KeptRevision) -> Iterator[str]:
    """The lines that differ, marked with - and +."""
    changed = unified_diff(_text(before).splitlines(), _text(after).splitlines(), lineterm="", n=1)
    yield from list(changed)[2:] or ["(only facts or files differ)"]


def place(located: Located) -> str:
    """Where a capture lies, as the export writes it."""
    return f"{located.warc}:{located.offset}"


def as_object(found: Shown, *, revisions: bool) -> dict[str, Any]:
    """The object of `show --json`."""
    shown_article = found.article
    whole: dict[str, Any] = {
        **shown_article.row,
        "published_at": published(shown_article.row),
        "is_reform": shown_article.is_reform,
        "relevance_words": shown_article.relevance_words,
        "announced": [asdict(act) for act in shown_article.announced],
        "cited": [asdict(act) for act in shown_article.cited],
        "files": [asdict(file) for file in shown_article.files],
        "file_captures": [asdict(file) for file in found.files],
        "captions": shown_article.captions,
        "addresses": found.addresses,
        "copies": [{"portal": portal, "id": number, "url": url} for portal, number, url in found.copies],
        "gone_reason": found.gone_reason,
        "withheld_reason": found.withheld_reason,
    }
    whole["why"] = asdict(why(found))
    return whole | ({"history": [asdict(revision) for revision in found.revisions]} if revisions else {})
