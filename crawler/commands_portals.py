"""The commands below `caicach portals`: list, show, check, probe and record."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from config.errors import PortalError, UsageError, UserError
from config.portal import Level, Portal, load, pick
from config.settings import Settings

Slugs = Annotated[list[str] | None, typer.Argument(metavar="[SLUG…]", help="Which portals.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

portals = typer.Typer(help="The portal files.", no_args_is_help=True)


@portals.command("list")
def list_portals() -> None:
    """Name every portal: slug, level, province, status, family, the day a person saw it crawl."""
    for slug, portal in load(Settings.load().portals).items():
        words = (portal.level.value, portal.province or "-", portal.status.value, portal.family or "recognised")
        typer.echo("\t".join((slug, *words, str(portal.verified or "never verified"))))


@portals.command("show")
def show_portal(slug: Annotated[str, typer.Argument(metavar="SLUG", show_default=False)]) -> None:
    """Print a portal's file as it is read, with what it leaves to the defaults, and what its crawls found out."""
    settings = Settings.load()
    portal = pick(load(settings.portals), [slug])[0]
    for key, value in portal.model_dump(mode="json", exclude={"text"}).items():
        typer.echo(f"{key:<10} {_plain(value)}")
    for line in _found(settings, slug):
        typer.echo(f"{'found':<10} {line}")


def _found(settings: Settings, slug: str) -> Iterator[str]:
    """What the archive remembers of a portal's listings, and why each is thought to be one; nothing without one."""
    from archive import queries
    from archive.database import reading

    try:
        with reading(settings) as session:
            known = queries.discovered(session, slug)
    except UserError:
        return
    if known is not None:
        yield f"on {known.on}, family {known.family}"
        yield from known.why
        yield from (f"{url}: a sitemap that is asked" for url in known.sitemaps)
        yield from (f"{url}: a feed that is asked" for url in known.feeds)
        yield from (f"{url}: not there, rests" for url in known.dead)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {one}" for key, one in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


@portals.command("check")
def check_portals(
    slugs: Slugs = None,
    files: Annotated[bool, typer.Option("--files", help="Check the files alone: no portal is asked anything.")] = False,
    as_json: Json = False,
) -> None:
    """Check portal files, then ask each portal a few pages: does it answer, is it as its file says, can it be read?

    At most six requests a portal, at its pace. Without a SLUG every portal is asked that is not paused or gone.
    """
    settings = Settings.load()
    known = load(settings.portals)
    chosen = pick(known, dict.fromkeys(slugs)) if slugs else list(known.values())
    check_families(chosen)
    if files:
        typer.echo(f"{len(chosen)} portal file{'' if len(chosen) == 1 else 's'} checked, nothing wrong")
        return
    from crawler.probe_check import check

    asked = chosen if slugs else [portal for portal in chosen if not portal.skipped]
    with asking() as say:
        checked = check(asked, settings, say)
    if as_json:
        typer.echo(json.dumps({"portals": [asdict(one) for one in checked]}, ensure_ascii=False))
    else:
        from crawler.probe_print import print_checked

        print_checked(checked)
    if any(one.problems for one in checked):
        raise typer.Exit(3)


def check_families(chosen: Sequence[Portal]) -> None:
    """Raise PortalError for a family or selector that does not exist; families are not config's to know."""
    from crawler.families import family

    wrong = []
    for portal in chosen:
        try:
            family(portal.family or "generic", portal.selectors)
        except PortalError as error:
            wrong.append(f"{portal.slug}.toml: {error}")
    if wrong:
        raise PortalError("\n".join(wrong))


@portals.command("probe")
def probe_portal(  # noqa: PLR0917  # typer makes options of arguments
    url: Annotated[str, typer.Argument(metavar="URL", help="The portal's home page.", show_default=False)],
    save: Annotated[bool, typer.Option("--save", help="Write the file among the portal files.")] = False,
    slug: Annotated[str, typer.Option(metavar="SLUG", help="The file's name, if not the one drafted.")] = "",
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the portal calls itself.")] = "",
    level: Annotated[Level | None, typer.Option(help="Whose portal it is.", show_default=False)] = None,
    province: Annotated[str, typer.Option(metavar="NAME", help="As it was named when the portal ran.")] = "",
    district: Annotated[str, typer.Option(metavar="NAME")] = "",
    commune: Annotated[str, typer.Option(metavar="NAME")] = "",
    as_json: Json = False,
) -> None:
    """Look at a portal, say what it is and why, read three articles, and draft its file.

    Needs no archive and keeps nothing. The options say what cannot be seen from outside.
    """
    from crawler.probe import probe
    from crawler.probe_draft import Said, save_draft
    from crawler.probe_print import print_findings, told

    settings = Settings.load()
    said = Said(slug, name, level.value if level else "", province, district, commune)
    with asking() as say:
        found = probe(url, settings, said, say)
    if as_json:
        typer.echo(json.dumps(told(found), ensure_ascii=False))
    else:
        print_findings(found)
    if save:
        path = save_draft(settings.portals, found.draft)
        typer.echo(f"saved as {path}; `caicach portals check {found.draft.slug}` tries it", err=True)


@portals.command("record")
def record_portal(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Which portal.", show_default=False)],
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Instead of tests/portals/SLUG.")] = None,
) -> None:
    """Save a listing and two articles of a portal as drafts of golden cases; they count once a person reviewed them."""
    from crawler.recording import record

    settings = Settings.load()
    portal = pick(load(settings.portals), [slug])[0]
    check_families([portal])
    folder = to or Path("tests") / "portals" / slug
    if to is None and not folder.parent.is_dir():
        raise UsageError("there is no tests/portals here: run it in a checkout of Caicach, or name a folder with --to")
    with asking() as say:
        cases = record(portal, settings, folder, say)
    for case in cases:
        typer.echo(case)
    typer.echo("Compare expected.json with page.html, mend it, and set reviewed = true in meta.toml.", err=True)


@contextmanager
def asking() -> Iterator[Callable[[str], None]]:
    """Shows the address that is asked, on stderr when it is a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("asking …") as status:
        yield lambda url: status.update(f"asking {url[:100]}")
