"""The command portals repair: new selectors for a portal whose layout changed, with their proof."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.portal import load, pick
from config.settings import Settings
from crawler.commands_portals import asking, check_families

if TYPE_CHECKING:
    from crawler.repair_run import Repair


def register(portals: typer.Typer) -> None:
    """Add repair to the commands below `portals`."""
    epilog = "Example: caicach portals repair que-son --record tests/portals/que-son"
    portals.command("repair", epilog=epilog)(repair_portal)


def repair_portal(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Which portal.", show_default=False)],
    record: Annotated[
        Path | None, typer.Option("--record", metavar="DIR", help="Write two proven pages there, as `record` does.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Propose selectors for a portal whose layout changed, from known articles that are still there.

    Asks for at most 24 known articles at the portal's pace, learns from half and proves it on the others, and on the
    archive's own captures. Prints the table for the portal's file; changes nothing. Exit code 3: not proven.
    """
    from crawler.repair_run import as_object, repair

    settings = Settings.load()
    portal = pick(load(settings.portals), [slug])[0]
    check_families([portal])
    with asking() as say:
        done = repair(portal, settings, say, record)
    typer.echo(json.dumps(as_object(done), ensure_ascii=False)) if as_json else _print(done)
    if not done.passes:
        raise typer.Exit(3)


def _print(done: "Repair") -> None:
    from crawler.repair_run import era, toml

    proof, before = done.proposal.proof, done.proposal.before
    right, once = sum(one.right for one in proof), sum(one.right for one in before)
    typer.echo(toml(done.proposal.selectors))
    typer.echo(f"\n# Where other portals of this family changed alike:\n{era(done.family, done.proposal.selectors)}\n")
    say = (
        f"learnt from {done.proposal.learnt} articles; of {len(proof)} others {right} read right, with today's {once}",
        f"{done.archived} of {done.captures} captures of the layout before still read as archived",
        *(f"no selector was found for {name}" for name in done.proposal.missing),
        *(f"{one.url}: {_why(one)}" for one in proof if not one.right),
        *(f"recorded {case}" for case in done.recorded),
        "It passes: put the table into the portal's file, then `caicach portals check` and a person's look."
        if done.passes
        else "It does NOT pass: mend it by hand before it goes into the portal's file.",
    )
    for line in say:
        typer.echo(line, err=True)


def _why(one: object) -> str:
    fault = getattr(one, "fault", "")
    wrong = [name for name in ("title", "date") if not getattr(one, name)]
    return fault or f"{', '.join(wrong) or 'body'} differs (body {getattr(one, 'body', 0):.2f})"
