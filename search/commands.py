"""The commands that find: search, index and export (DESIGN.md section 3)."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from archive.options import filtered
from config.errors import UsageError
from config.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.filters import Filters
    from search.engine import Engine, Mode, Query, Results
    from search.sync import Synced

Kind = TypeVar("Kind", bound=StrEnum)
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="WORDS…", help='What to find: words, "quoted phrases", -word, title:word, 82/QĐ-UBND.'),
]
ModeOption = Annotated[str, typer.Option("--mode", metavar="smart|exact|folded", help="How tone marks count.")]
SortOption = Annotated[str, typer.Option("--sort", metavar="relevance|newest|oldest", help="The order of hits.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Hits to show.")]
LikeOption = Annotated[
    int | None, typer.Option("--like", metavar="ID", min=1, help="Articles like this one, without words.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add search, index and export."""
    app.command()(search)
    app.add_typer(index, name="index", help="The search index: follows the archive, can always be built again.")
    app.command()(export)


@filtered
def search(
    *,
    filters: "Filters",
    words: Words = None,
    mode: ModeOption = "smart",
    sort: SortOption = "relevance",
    limit: LimitOption = 10,
    like: LikeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find articles in Vietnamese, with or without tone marks."""
    from search.engine import Query, Sort
    from search.opening import engine_of

    if like and words:
        raise UsageError("--like takes no words: it looks for articles like the one of that id")
    settings = Settings.load()
    query = Query(" ".join(words or ()), _mode(mode), _choice(Sort, "--sort", sort), filters, limit=limit)
    engine = engine_of(settings)
    results = _find(settings, engine, query, like)
    if as_json:
        typer.echo(json.dumps(_object(results), ensure_ascii=False))
    else:
        _show(engine, query, results, like)


def _find(settings: Settings, engine: "Engine", query: "Query", like: int | None) -> "Results":
    """Answer from an index that is up to date; one that proves damaged is built anew first."""
    from search.engine import UnusableIndexError
    from search.opening import pull, sessions_of

    pull(settings, engine)
    try:
        return engine.like(like, query) if like else engine.find(query)
    except UnusableIndexError:
        from search.sync import rebuild

        typer.echo("caicach: the search index is damaged; building it from the archive", err=True)
        rebuild(sessions_of(settings), engine)
        return engine.like(like, query) if like else engine.find(query)


def _show(engine: "Engine", query: "Query", results: "Results", like: int | None) -> None:
    from rich.console import Console

    from search import listing
    from search.suggest import did_you_mean

    if like and not results.total:
        typer.echo(f"nothing is like article {like}, or it is not in the index: `caicach show {like}` says what it is")
        return
    meant = did_you_mean(engine, query, results)
    if results.total:
        listing.show(Console(), query, results, meant, like)
    else:
        typer.echo(listing.nothing(query, meant))


def _object(results: "Results") -> dict[str, object]:
    """The object of `search --json` and of the API."""
    hits = [
        {
            "id": hit.id,
            "url": hit.url,
            "title": hit.title,
            "portal": hit.portal,
            "published_at": hit.published_at or None,
            "snippet": hit.snippet.html(),
        }
        for hit in results.hits
    ]
    return {"total": results.total, "took_ms": results.took_ms, "hits": hits, "facets": results.facets}


def _mode(typed: str) -> "Mode":
    from search.engine import Mode

    return _choice(Mode, "--mode", typed)


def _choice(kinds: type[Kind], option: str, typed: str) -> Kind:
    try:
        return kinds(typed.casefold())
    except ValueError:
        raise UsageError(f"{option} {typed}: write one of {', '.join(kinds)}") from None


index = typer.Typer(no_args_is_help=True)


@index.command("sync")
def _sync() -> None:
    """Pull the changes the index lacks."""
    from search.opening import engine_of, sessions_of
    from search.sync import BusyError, sync

    settings = Settings.load()
    done = sync(sessions_of(settings), engine_of(settings), _progress())
    if done.busy:
        raise BusyError
    typer.echo(_synced(done))


@index.command("rebuild")
def _rebuild() -> None:
    """Build the index anew beside the one in use, then swap."""
    typer.echo(reindex(Settings.load()))


def reindex(settings: Settings) -> str:
    """Build the index anew from the archive; what was done, in words."""
    from search.opening import engine_of, sessions_of
    from search.sync import rebuild

    return _synced(rebuild(sessions_of(settings), engine_of(settings), _progress()))


@index.command("verify")
def _verify() -> None:
    """Compare every document with the archive, and repair what differs."""
    from search.opening import engine_of, sessions_of
    from search.sync import verify

    settings = Settings.load()
    found = verify(sessions_of(settings), engine_of(settings))
    for what, ids in (("missing", found.missing), ("stale", found.stale), ("left over", found.extra)):
        for number in ids:
            typer.echo(f"caicach: article {number} was {what} in the index: repaired", err=True)
    typer.echo(f"{found.checked:,} articles: the index equals the archive; {found.repaired:,} repaired")


@index.command("status")
def _status(as_json: JsonOption = False) -> None:
    """What the index holds, and whether it is up to date."""
    from search.opening import engine_of, status_of

    settings = Settings.load()
    facts = status_of(settings, engine_of(settings))
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for name, value in facts.items():
            typer.echo(f"{name:<16}{value}")


def _synced(done: "Synced") -> str:
    return f"{done.indexed:,} articles indexed, {done.removed:,} taken out, up to change {done.cursor:,}"


def _progress() -> "Callable[[Synced], None] | None":
    """Says how far it is on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return None
    return lambda done: typer.echo(f"\r{_synced(done)}\x1b[K", err=True, nl=False)


@filtered
def export(
    *,
    filters: "Filters",
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="The file to write.")],
    file_format: Annotated[str, typer.Option("--format", metavar="csv|jsonl|parquet")] = "csv",
    query: Annotated[str, typer.Option("--query", metavar="WORDS", help="Only what a search finds.")] = "",
    mode: ModeOption = "smart",
    excel: Annotated[bool, typer.Option("--excel", help="CSV for spreadsheets: BOM, formulas guarded.")] = False,
    no_body: Annotated[bool, typer.Option("--no-body", help="Leave the body out.")] = False,
    distinct: Annotated[bool, typer.Option("--distinct", help="The first publisher's of each copy group.")] = False,
) -> None:
    """Write all selected articles to a file, with a manifest beside it."""
    from archive.database import reading
    from archive.export import export as write

    settings, how = Settings.load(), _mode(mode)
    with reading(settings) as session:
        ids = _found(settings, session, query, how, filters) if query.strip() else None
        manifest = write(
            session,
            output,
            filters=filters,
            ids=ids,
            format=file_format,
            excel=excel,
            body=not no_body,
            distinct=distinct,
            query=query or None,
            mode=how.value if query else None,
            expected=len(ids) if ids is not None else None,
        )
    for warning in manifest.warnings:
        typer.echo(f"caicach: {warning}", err=True)
    typer.echo(f"{manifest.written.rows:,} rows in {output}, described in {manifest.path}")


def _found(settings: Settings, session: "Session", words: str, mode: "Mode", filters: "Filters") -> list[int]:
    """The complete set a search finds in exactly the archive that the session reads."""
    from search.engine import Query
    from search.opening import engine_of, same_moment

    engine = engine_of(settings)
    same_moment(session, engine)
    return engine.ids(Query(words, mode, filters=filters))
