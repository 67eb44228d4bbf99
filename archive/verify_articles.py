"""Every article against its capture: read again, field by field what it says and what the archive has.

What newer rules read otherwise differs too, and is told from damage by the versions; `caicach replay` shows it whole.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from archive import store_facts
from archive.normalise import NORMALISER
from archive.replay import Kept, compare
from archive.reread import Unread
from archive.store_copies import Sketch
from archive.store_facts import Read

Found = tuple[Read, Sketch | None] | Unread
CHANGED = "row"
"""What is named where a field is right and its digest or copy is not."""


def wrong(found: Iterable[tuple[Kept, Found]]) -> Iterator[tuple[Kept, str]]:
    """Each revision that was read, and what is wrong with it; nothing for one that is right."""
    for kept, read in found:
        yield kept, _unread(kept, read) if isinstance(read, Unread) else _differs(kept, read[0])


def _unread(kept: Kept, unread: Unread) -> str:
    return f"{_named(kept)}: cannot be read: {unread.reason}"


def _differs(kept: Kept, read: Read) -> str:
    """The fields that differ: of the revision, else of its article, else the digest alone."""
    names = [*compare(kept, read)] or [*_columns(kept, read)]
    if not names and kept.was["digest"] == read.digest:
        return ""
    return f"{_named(kept)}: {', '.join(names or ['digest'])} not as its capture says{_newer(kept, read)}"


def _columns(kept: Kept, read: Read) -> Iterator[str]:
    """The article's columns that are not what its revision says; who read it may be another version."""
    now: dict[str, Any] = store_facts.columns(read)
    now |= {name: kept.was[name] for name in ("reader_version", "normaliser_version")}
    yield from (f"article.{name}" for name, value in kept.columns.items() if value != now[name])


def _newer(kept: Kept, read: Read) -> str:
    then = kept.was["reader_version"], kept.was["normaliser_version"]
    now = read.article.reader_version, NORMALISER
    return f" (read by {'/'.join(then)}, now {'/'.join(now)}: see `caicach replay --plan`)" if then != now else ""


def _named(kept: Kept) -> str:
    return f"{kept.url} (article {kept.article}, revision {kept.number})"
