"""The command doctor: everything looked at once, and what to do about each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from archive.doctor import Finding
    from config.settings import Settings

Check = Callable[["Settings"], Iterable["Finding"]]
SIGNS = {"fine": ("ok", "green"), "note": ("note", "yellow"), "wrong": ("WRONG", "red")}


def register(app: typer.Typer, checks: Sequence[Check], over_archive: Sequence[Check]) -> None:
    """Add doctor, with what the other packages look at: always, or only where an archive answers."""

    @app.command(epilog="Example: caicach doctor && echo nothing is wrong")
    def doctor(
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    ) -> None:
        """Look at settings, database, index, disk, clock, programs and portals, and say what to do about each.

        Changes nothing and asks no portal. The exit code is 3 when something is wrong, 0 when there are only notes.
        """
        from archive.doctor import Level, worst
        from archive.doctor_looks import looked
        from archive.printing import print_json

        settings, found = looked()
        if settings is not None:
            answers = any(one.area == "database" and one.level is Level.FINE for one in found)
            found += [one for check in (*checks, *(over_archive if answers else ())) for one in check(settings)]
        gravest = worst(found)
        if as_json:
            print_json({"level": gravest, "findings": [asdict(one) for one in found]})
        else:
            _print(found)
        if gravest is Level.WRONG:
            raise typer.Exit(3)


def _print(found: Sequence["Finding"]) -> None:
    """One line a finding, what to do below it on a terminal, beside it in a pipe."""
    import sys

    from archive.printing import table

    if not sys.stdout.isatty():
        rows = [(one.area, SIGNS[one.level][0], one.found, one.todo) for one in found]
        table(("area", "level", "found", "what to do"), rows, nothing="")
        return
    width = max(len(one.area) for one in found)
    for one in found:
        sign, colour = SIGNS[one.level]
        typer.echo(f"{typer.style(f'{sign:<5}', fg=colour, bold=sign == 'WRONG')}  {one.area:<{width}}  {one.found}")
        if one.todo:
            typer.echo(f"{'':<{width + 9}}→ {one.todo}")
    wrong = sum(one.level == "wrong" for one in found)
    notes = sum(one.level == "note" for one in found)
    typer.echo(f"\n{wrong} wrong, {notes} worth knowing, {len(found) - wrong - notes} fine")
