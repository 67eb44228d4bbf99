"""What `caicach doctor` says of the portal files: whether they can be read, and how many are crawled."""

from collections import Counter
from collections.abc import Iterator, Mapping

from archive.doctor import Finding, fine, note, wrong
from config.errors import PortalError
from config.portal import Portal, load
from config.settings import Settings
from crawler.commands_portals import check_families


def findings(settings: Settings) -> Iterator[Finding]:
    """Reads the files; asks no portal anything."""
    try:
        known = load(settings.portals)
        check_families(list(known.values()))
    except PortalError as error:
        for line in str(error).splitlines():
            yield wrong("portal files", line, "correct it; docs/portals.md")
        return
    yield judged(known)


def judged(known: Mapping[str, Portal]) -> Finding:
    """What the files amount to."""
    counts = Counter(portal.status.value for portal in known.values())
    said = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    if not counts["active"]:
        return note(
            "portal files", f"no portal is active ({said or 'there is no file'})", "`caicach portals probe URL --save`"
        )
    verified = sum(portal.verified is not None for portal in known.values())
    return fine("portal files", f"{said}; {verified} verified by a person")
