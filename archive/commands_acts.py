"""The command acts: one act with all articles that name it, and the acts known from one side only."""

from typing import TYPE_CHECKING, Annotated

import typer

from archive.options import filtered
from config.errors import UsageError
from config.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.filters import Filters
    from archive.queries_acts import ShownAct
    from archive.queries_gaps import NamedAct


def register(app: typer.Typer) -> None:
    """Add acts."""
    app.command(epilog='Example: caicach acts --cited-only --province "Quảng Nam"')(acts)


@filtered
def acts(
    announced_only: Annotated[
        bool, typer.Option("--announced-only", help="Acts announced of which no article brings a file.")
    ] = False,
    cited_only: Annotated[bool, typer.Option("--cited-only", help="Acts cited that no article announces.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    *,
    filters: "Filters",
) -> None:
    """Tell who announces and who cites an act, or list the acts that are known from one side only."""
    from archive.database import reading
    from archive.printing import print_json
    from archive.queries_acts import acts as find
    from archive.queries_gaps import announced_only as unpublished
    from archive.queries_gaps import cited_only as unannounced

    if bool(filters.number) + announced_only + cited_only != 1:
        raise UsageError("acts: give --number NO, or --announced-only, or --cited-only")
    with reading(Settings.load()) as session:
        if filters.number:
            named = [act for number in filters.number for act in find(session, number)]
            print_json({"acts": named}) if as_json else _one(named)
            return
        listed = (unpublished if announced_only else unannounced)(session, filters, limit)
        print_json({"acts": listed}) if as_json else _listed(listed)


def _listed(found: "Sequence[NamedAct]") -> None:
    from archive.printing import table

    rows = [(a.type, a.number, a.date, a.issuer, a.articles, a.last_named, a.first_article) for a in found]
    names = ("type", "number", "date", "issuer", "articles", "last named", "first in")
    table(names, rows, nothing="no such act")


def _one(found: "Sequence[ShownAct]") -> None:
    from archive.printing import table

    rows = [
        (act.type, act.number, act.date, act.issuer, one.role, one.published_at, one.portal, one.id, one.title)
        for act in found
        for one in act.named
    ]
    names = ("type", "number", "date", "issuer", "role", "published", "portal", "id", "title")
    table(names, rows, nothing="no article names such an act")
