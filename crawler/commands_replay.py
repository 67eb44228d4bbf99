"""The commands replay and verify: stored captures read again with today's families and rules."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from archive.commands_backup import watched
from config.errors import UsageError
from config.settings import Settings

if TYPE_CHECKING:
    from archive.rebuild import Rebuilt
    from archive.replay import Plan

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
PortalName = Annotated[str | None, typer.Option("--portal", metavar="SLUG", help="Only this portal.")]
Reindex = Callable[[Settings], str]


def register(app: typer.Typer, *, reindex: Reindex) -> None:
    """Add the commands; `reindex` builds the search index from the archive and says what it did."""
    app.command(epilog="Example: caicach verify && echo the archive is as its captures say")(verify)

    @app.command(epilog="Example: caicach replay --plan --portal quang-nam-que-son")
    def replay(
        portal: PortalName = None,
        plan: Annotated[bool, typer.Option("--plan", help="Say what today's rules would change; nothing is.")] = False,
        apply: Annotated[bool, typer.Option("--apply", help="Give what would change its new reading.")] = False,
        rebuild: Annotated[
            bool, typer.Option("--rebuild", help="Build database and index anew from the WARC files alone.")
        ] = False,
        as_json: Json = False,
    ) -> None:
        """Read stored captures again with today's families, rules and portal files.

        --plan counts what would be read otherwise, by field and portal, and shows what would change most. --apply
        does it: a revision stays the same revision with its time, and its old reading can be read with `caicach show
        ID --revisions --json`. --rebuild does everything again that the WARC files tell of, into a database beside
        the old one, which takes its place when it is whole; nobody may crawl or serve meanwhile. What today's rules
        cannot read is named on stderr and stays as it is; after --apply and --rebuild the exit code is then 3.
        """
        if plan + apply + rebuild != 1:
            raise UsageError("replay: say one of --plan, --apply, --rebuild")
        if rebuild and portal:
            raise UsageError("replay: --rebuild is of the whole archive; leave --portal out")
        if rebuild:
            _rebuild(reindex, as_json=as_json)
        else:
            _reread(portal, apply=apply, as_json=as_json)


def verify(as_json: Json = False) -> None:
    """Check every capture against its digest, and every article against its capture.

    What is lost, cut or changed is a line on stderr that names the address and the field, and the exit code is 1.
    An article that newer rules read otherwise is such a line too, with the versions of both.
    """
    from archive.verifying import verified
    from crawler.stored import read

    with watched() as watch:
        done = verified(Settings.load(), read, watch)
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        checked = f"{done.captures} captures checked, {done.revisions} revisions of {done.articles} articles read again"
        typer.echo(f"{checked}, {len(done.wrong)} wrong")
    for line in done.wrong:
        typer.echo(f"caicach: {line}", err=True)
    if done.wrong:
        raise typer.Exit(1)


def _reread(portal: str | None, *, apply: bool, as_json: bool) -> None:
    from crawler.replaying import replayed

    settings = Settings.load()
    with watched() as watch:
        plan, applied = replayed(settings, watch, only=portal, apply=apply)
    if as_json:
        typer.echo(json.dumps(plan.as_json() | ({"applied": applied} if apply else {}), ensure_ascii=False))
    else:
        for line in _planned(plan):
            typer.echo(line)
        if apply:
            typer.echo(f"{applied} revisions have their new reading")
    for line in plan.unread:
        typer.echo(f"caicach: cannot be read any more: {line}", err=True)
    if apply and plan.unread:
        raise typer.Exit(3)


def _planned(plan: "Plan") -> Iterator[str]:
    """What a plan found, in lines."""
    from archive.replay import brief

    read = f"{plan.revisions} revisions of {plan.articles} articles read"
    yield f"{read}; {plan.changed} differ, {len(plan.unread)} unread"
    for name, times in plan.fields.most_common():
        yield f"  {times:>7} {name}"
    for slug, times in plan.portals.most_common(20):
        yield f"  {times:>7} of {slug}"
    for one in plan.worst:
        yield f"article {one.kept.article} revision {one.kept.number}, {one.share:.0%} other words: {one.kept.url}"
        for name, (was, now) in one.fields.items():
            yield f"    {name}: {brief(was)}"
            yield f"    {' ' * len(name)}→ {brief(now)}"


def _rebuild(reindex: Reindex, *, as_json: bool) -> None:
    from archive.rebuild import Rebuild
    from archive.rebuild_database import beside
    from crawler.stored import read

    settings = Settings.load()
    with watched() as watch, beside(settings) as engine:
        done = Rebuild(engine, settings.data, read, watch).whole()
    index = reindex(settings)
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        for line in (*_told(done), index):
            typer.echo(line)
    for line in done.lost:
        typer.echo(f"caicach: cannot be read any more: {line}", err=True)
    if done.lost:
        raise typer.Exit(3)


def _told(done: "Rebuilt") -> Iterator[str]:
    """What a rebuild did, in lines."""
    yield f"{done.articles} articles from {done.captures} captures, archive version {done.archive_version}"
    if done.otherwise:
        yield f"{done.otherwise} are read otherwise by today's rules than when they were recorded"
    if done.void:
        yield f"{done.void} deeds were left out that the old database never took: their process was killed"
    if done.untold:
        yield f"{done.untold} captures are of runs whose beginning is in none of the files: left out"
