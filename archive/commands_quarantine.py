"""The quarantine at the keyboard: what waits there, why, and what happens next."""

import re
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.text import fold
from config.errors import UsageError, UserError
from config.settings import Settings

if TYPE_CHECKING:
    from archive.queries import Quarantined
    from archive.records import Capture

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
PortalName = Annotated[str | None, typer.Option("--portal", metavar="SLUG", help="Only this portal.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="WORDS", help="Only what waits for a reason with these words.")
]
SHOWN = 600
"""Characters of a page's text that are shown."""
MOST = 10_000_000
NOTHING = "nothing is in quarantine"

quarantine = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(quarantine, name="quarantine", help="Pages that could not be read, and why.")


@quarantine.command("list", epilog='Example: caicach quarantine list --reason "soft 404" --portal quang-nam-que-son')
def show_all(
    portal: PortalName = None,
    reason: Reason = None,
    counts: Annotated[bool, typer.Option("--counts", help="How many by portal and reason, most first.")] = False,
    as_json: Json = False,
) -> None:
    """List the pages that wait for another try, the oldest first."""
    from archive.printing import print_json, table

    found = _waiting(portal, reason)
    if counts:
        rows = Counter((one.portal, one.reason) for one in found).most_common()
        if as_json:
            print_json({"counts": [{"portal": slug, "reason": why, "pages": times} for (slug, why), times in rows]})
        else:
            table(("pages", "portal", "reason"), ((n, slug, why) for (slug, why), n in rows), nothing=NOTHING)
        return
    if as_json:
        print_json({"quarantine": found})
        return
    names = ("id", "portal", "since", "tries", "next try", "reason", "url")
    table(
        names,
        ((one.id, one.portal, one.opened_at, one.tries, _when(one), one.reason, one.url) for one in found),
        nothing=NOTHING,
    )
    if found and sys.stdout.isatty():
        typer.echo(
            f"{len(found)} pages. One: caicach quarantine show {found[0].id}. Try sooner: caicach quarantine retry"
        )


@quarantine.command("show", epilog="Example: caicach quarantine show 3")
def show_one(
    entry: Annotated[int, typer.Argument(metavar="ID")],
    body: Annotated[bool, typer.Option("--body", help="Print the page itself, as it came.")] = False,
    as_json: Json = False,
) -> None:
    """Show one entry: why it waits, what happens next, and what the portal answered."""
    from archive.captures import load
    from archive.printing import facts, print_json
    from archive.showing import place

    found = next((one for one in _waiting(None, None) if one.id == entry), None)
    if found is None:
        raise UserError(f"nothing in quarantine has the id {entry}; `caicach quarantine list` prints them")
    if body and not found.capture:
        raise UserError(f"no response came for {found.url}, so there is no page to print")
    if as_json and not body:
        print_json(found)
        return
    capture = load(Settings.load().data, found.capture.located) if found.capture else None
    if body and capture:
        sys.stdout.buffer.write(_unpacked(capture))
        return
    pairs: list[tuple[str, Any]] = [(n, getattr(found, n)) for n in ("url", "portal", "reason", "tries", "opened_at")]
    pairs += [("last tried", found.last_at), ("next try", _when(found)), ("next", _next(found))]
    if found.capture and capture:
        pairs += [("capture", place(found.capture.located)), ("status", capture.status), *capture.headers]
        pairs += [("bytes", len(capture.body)), ("page", _glance(_unpacked(capture)))]
    facts(pairs)


@quarantine.command("retry", epilog='Example: caicach quarantine retry --reason "cut off"')
def retry(
    entries: Annotated[list[int] | None, typer.Argument(metavar="[ID…]")] = None,
    portal: PortalName = None,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Let pages be asked for again in the next crawl: all, those named, or those of a portal or reason."""
    from archive.printing import print_json
    from archive.store import Store

    if entries and (portal or reason):
        raise UsageError("quarantine retry: name ids, or --portal and --reason, not both")
    found = _waiting(portal, reason)
    missing = sorted(set(entries or ()) - {one.id for one in found})
    if missing:
        listed = ", ".join(map(str, missing))
        raise UserError(f"nothing in quarantine has the id {listed}; `caicach quarantine list` prints them")
    chosen = [one for one in found if not entries or one.id in entries]
    if chosen:
        with Store.open(Settings.load()) as store:
            store.retry(one.id for one in chosen)
    slugs = sorted({one.portal for one in chosen})
    if as_json:
        print_json({"retried": len(chosen), "portals": slugs})
    else:
        typer.echo(_promised(len(chosen), slugs))


def _promised(count: int, slugs: Sequence[str]) -> str:
    """What follows from a retry."""
    if not count:
        return "nothing waits there, so nothing will be asked for again"
    pages = "1 page" if count == 1 else f"{count} pages"
    portals = " ".join(slugs) if len(slugs) <= 3 else "--all"
    portal_s = slugs[0] if len(slugs) == 1 else f"{len(slugs)} portals"
    return f"{pages} of {portal_s} will be asked for again in the next crawl: caicach crawl {portals}"


def _waiting(portal: str | None, reason: str | None) -> "list[Quarantined]":
    from archive import queries
    from archive.database import reading

    with reading(Settings.load()) as session:
        found = queries.quarantined(session, portal)
    return [one for one in found if not reason or fold(reason) in fold(one.reason)]


def _when(one: "Quarantined") -> Any:
    return one.retry_at if one.retry_at > datetime.now(UTC) else "in the next crawl"


def _next(one: "Quarantined") -> str:
    """What happens next, in words."""
    if one.retry_at <= datetime.now(UTC):
        return f"it is asked for in the next crawl: caicach crawl {one.portal}"
    return f"it is left alone until then; sooner: caicach quarantine retry {one.id} && caicach crawl {one.portal}"


def _unpacked(capture: "Capture") -> bytes:
    """The body of a capture without its compression, as far as it is sound and no longer than a page may be."""
    if capture.header("Content-Encoding").lower() not in {"gzip", "x-gzip", "deflate"}:
        return capture.body
    try:
        return zlib.decompressobj(47).decompress(capture.body, MOST)
    except zlib.error:
        return capture.body


def _glance(body: bytes) -> str:
    """The beginning of what a page says, on one line."""
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>|<[^>]*>", " ", body[:100_000].decode("utf-8", "replace"))
    return " ".join(text.split())[:SHOWN]
