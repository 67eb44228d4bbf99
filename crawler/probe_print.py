"""What a probe and a check print for a person, and a probe's findings as one JSON object."""

from collections.abc import Sequence
from typing import Any

import typer

from crawler.probe import Findings
from crawler.probe_check import Checked
from crawler.probe_sources import Read, Source


def print_findings(found: Findings) -> None:
    """The family with its evidence, what lists articles, three articles, the draft; comments, so that it is TOML."""
    lines = [f"{found.url}: {found.requests} requests", "", *_family(found), "", *_sources(found.sources), ""]
    lines += _articles(found.articles)
    if found.family == "generic" or not any(not one.reason for one in found.articles):
        lines += ["", "What was tried:", *(f"  {line}" for line in found.tried)]
    lines += [
        "",
        f"A portal file for it, {found.draft.slug}.toml ({'; '.join(found.draft.why) or 'its place is unknown'}):",
    ]
    if found.draft.unsure:
        lines.append(f"Before it can be used a person must fill in: {', '.join(found.draft.unsure)}")
    typer.echo("\n".join(f"# {line}".rstrip() for line in lines))
    typer.echo(f"\n{found.draft.text}", nl=False)


def _family(found: Findings) -> list[str]:
    if found.family == "generic":
        return [
            "No family was recognised; `generic` reads what it can. How much spoke for each of the others:",
            f"  {', '.join(found.others)}",
        ]
    return [f"Family {found.family}, {found.score:.0%} sure:", *(f"  {reason}" for reason in found.evidence)]


def _sources(sources: Sequence[Source]) -> list[str]:
    lines = ["What lists articles, best first; sitemaps with dates save most requests, then feeds:"]
    for one in sources:
        what = f"{'reform ' if one.reform else ''}{one.kind}"
        lines.append(f"  {what:<15} {one.url}  {one.articles} articles, {one.dated} with a date: {one.why}")
    return lines if sources else ["Nothing was found that lists articles: name listings in the file."]


def _articles(articles: Sequence[Read]) -> list[str]:
    lines = ["Articles read:"]
    for one in articles:
        if one.reason:
            lines.append(f"  {one.url}: not read, {one.reason}")
            continue
        when = f"{one.date} ({one.dated_by})" if one.date else "no date"
        lines += [
            f"  {one.title}",
            f"    {one.url}",
            f"    {when}, {one.body_chars:,} characters, {one.attachments} files",
        ]
    return lines if articles else ["No article was found to read."]


def told(found: Findings) -> dict[str, Any]:
    """All of it for a program."""
    return {
        "url": found.url,
        "family": {
            "key": found.family,
            "score": found.score,
            "why": list(found.evidence),
            "others": list(found.others),
        },
        "sources": [
            {name: getattr(one, name) for name in ("kind", "url", "reform", "articles", "dated", "why")}
            for one in found.sources
        ],
        "articles": [{name: getattr(one, name) for name in Read.__slots__} for one in found.articles],
        "requests": found.requests,
        "tried": found.tried,
        "slug": found.draft.slug,
        "place": list(found.draft.why),
        "fill_in": list(found.draft.unsure),
        "toml": found.draft.text,
    }


def print_checked(checked: Sequence[Checked]) -> None:
    """A line a portal: what was well, or every problem."""
    for one in checked:
        state = "; ".join(one.problems) if one.problems else "well"
        seen = f"{one.family or '-'}, {one.listings} listings, {one.articles} articles named, {one.requests} requests"
        typer.echo(f"{one.portal}\t{state}\t{seen}\t{one.title or '-'}")
    wrong = sum(bool(one.problems) for one in checked)
    typer.echo(f"{len(checked)} portals asked, {wrong} with problems", err=True)
