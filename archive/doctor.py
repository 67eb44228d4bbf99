"""What `caicach doctor` makes of what it sees: pure checks, each a finding and what to do about it."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from archive.dates import VIETNAM
from archive.days import State
from config.settings import PREFIX, Settings

BUILT = date(2026, 11, 1)
"""No clock that is right shows an earlier day: this program was written later."""
DRIFT = timedelta(seconds=60)
"""How far two clocks may be apart; a lease or a look is not decided by less."""
ROOM = 5
"""Free disk below so many times the floor is worth knowing."""
SILENT = timedelta(hours=36)
"""An archive without a finished run for so long has missed a night."""
NAMED = 5
"""Portals of one state that are named; all stand in `caicach coverage`."""
REMEDIES = {
    State.BROKEN: "open the capture; `caicach portals check SLUG`, `caicach portals repair SLUG`",
    State.BLOCKED: "lengthen its `delay`, or write to the portal's office",
    State.FROZEN: "see whether it lives; if not, set `status` and `successor` in its file",
    State.GONE: "set `status` and `successor` in its file",
    State.SUSPECT: "look again tomorrow",
}
"""What is done about a portal in a state (docs/health.md)."""
GRAVE = (State.BROKEN, State.BLOCKED, State.GONE)


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its area, what was found, and what to do unless it is fine."""

    area: str
    level: Level
    found: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What was learned of the database: `fault` is why it could not be asked; times are aware."""

    place: str
    fault: str = ""
    missing: bool = False
    """SQLite: there is no file yet."""
    schema: str | None = None
    server: str = ""
    now: datetime | None = None
    """What time the server thinks it is."""


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """What the archive says of its nights."""

    last_run: datetime | None = None
    last_capture: datetime | None = None
    states: Mapping[str, State] | None = None
    """Each portal that has a health, by slug."""
    unexplained: int = 0
    waiting: int = 0
    """Open entries of the quarantine."""
    undelivered: int = 0
    """Reports and alarms that no receiver has taken after several tries."""
    fault: str = ""
    """Why the last of them was not taken."""


def fine(area: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(area, Level.FINE, found)


def note(area: str, found: str, todo: str) -> Finding:
    """Worth knowing."""
    return Finding(area, Level.NOTE, found, todo)


def wrong(area: str, found: str, todo: str) -> Finding:
    """Needs a hand."""
    return Finding(area, Level.WRONG, found, todo)


def unknown_settings(said: Collection[str], fields: Collection[str]) -> Iterator[Finding]:
    """Variables that look like ours and are none: a typo there is otherwise silent."""
    known = [name.upper() for name in fields]
    ours = sorted(name.removeprefix(PREFIX) for name in said if name.startswith(PREFIX))
    for name in ours:
        if not name.startswith("TEST_") and name not in known:
            close = difflib.get_close_matches(name, known, 1)
            meant = f"write {PREFIX}{close[0]}" if close else "remove it; docs/settings.md names all"
            yield note("settings", f"{PREFIX}{name} is no setting of ours and changes nothing", meant)


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """What does not go together among the settings."""
    if not settings.contact:
        yield note("settings", "CAICACH_CONTACT is unset: portals cannot see who asks", "set it to a mail address")
    if settings.smtp_url and not settings.mail_to:
        yield wrong("settings", "CAICACH_SMTP_URL is set and nobody gets the report", "set CAICACH_MAIL_TO")
    if settings.mail_to and not settings.smtp_url:
        yield wrong("settings", "CAICACH_MAIL_TO is set and no server takes the mail", "set CAICACH_SMTP_URL")
    if settings.smtp_url.startswith("smtp+plain:") and settings.smtp_password:
        yield wrong("settings", "the mail password would be sent in clear", "write smtps:// or smtp:// (STARTTLS)")
    if not (settings.smtp_url or settings.webhook_url):
        yield note(
            "settings",
            "nobody hears of a broken portal: neither mail nor webhook is set",
            "set CAICACH_SMTP_URL and CAICACH_MAIL_TO, or CAICACH_WEBHOOK_URL; `caicach report` prints it",
        )


def database_findings(facts: DatabaseFacts, head: str) -> Iterator[Finding]:
    """Whether the database answers and has the schema that this code works with."""
    if facts.missing:
        yield note(
            "database", f"no archive in {facts.place} yet", "run `caicach crawl`, or set CAICACH_DATA to its folder"
        )
    elif facts.fault:
        said, _, todo = facts.fault.rpartition("; ")
        yield wrong("database", said or facts.fault, todo or "correct CAICACH_DATABASE_URL")
    elif facts.schema is None:
        yield note("database", f"{facts.place} is empty", "run `caicach db upgrade`, or `caicach crawl`")
    elif facts.schema > head:
        yield wrong(
            "database", f"{facts.place}: its schema {facts.schema} is newer than this program", "update caicach"
        )
    elif facts.schema != head:
        yield wrong("database", f"{facts.place} has the schema {facts.schema}, not {head}", "run `caicach db upgrade`")
    else:
        yield fine("database", f"{facts.place}{facts.server and f' ({facts.server})'}, schema {head}")


def disk_findings(free: int, floor: int, place: str) -> Iterator[Finding]:
    """Whether there is room to crawl."""
    left = f"{free / 1e9:,.1f} GB free in {place}"
    if free < floor:
        yield wrong("disk", f"{left}, less than CAICACH_DISK_FLOOR: no crawl will run", "make room")
    elif free < ROOM * floor:
        yield note("disk", f"{left}; crawls stop below {floor / 1e9:,.1f} GB", "make room before that")
    else:
        yield fine("disk", left)


def clock_findings(now: datetime, server: datetime | None, last: datetime | None, zone: str) -> Iterator[Finding]:
    """Whether this machine's clock can be right: against our own age, the database's clock, the last capture."""
    todo = "set the clock (`timedatectl set-ntp true`)"
    bad = False
    if now.astimezone(VIETNAM).date() < BUILT:
        bad = True
        yield wrong("clock", f"it says {now:%Y-%m-%d}, before this program was written", todo)
    if server is not None and abs(server - now) > DRIFT:
        bad = True
        apart = abs((server - now).total_seconds())
        yield wrong("clock", f"{apart:,.0f} seconds apart from the database server's", f"{todo} on both machines")
    if last is not None and last > now + DRIFT:
        bad = True
        yield wrong("clock", f"the last capture is of {last:%Y-%m-%d %H:%M} UTC, which is still to come", todo)
    if not bad:
        here = now.astimezone(VIETNAM)
        yield fine("clock", f"{here:%Y-%m-%d %H:%M} in Vietnam; this machine's zone is {zone}")


def portal_findings(states: Mapping[str, State]) -> Iterator[Finding]:
    """Portals by state, those that need a hand first."""
    if not states:
        return
    counts = {state: [slug for slug, one in states.items() if one is state] for state in State}
    yield fine("portals", ", ".join(f"{len(slugs)} {state}" for state, slugs in counts.items() if slugs))
    for state in (State.GONE, State.BROKEN, State.BLOCKED, State.FROZEN, State.SUSPECT):
        slugs = sorted(counts[state])
        if slugs:
            more = f" and {len(slugs) - NAMED} more" if len(slugs) > NAMED else ""
            said = f"{len(slugs)} {state}: {', '.join(slugs[:NAMED])}{more}"
            yield Finding("portals", Level.WRONG if state in GRAVE else Level.NOTE, said, REMEDIES[state])


def night_findings(facts: ArchiveFacts, now: datetime) -> Iterator[Finding]:
    """Whether nights come, and whether each is explained."""
    if facts.last_run is None:
        yield note(
            "nights", "no crawl has ended yet", "run `caicach crawl --all`, or start the timer or `caicach schedule`"
        )
    elif now - facts.last_run > SILENT:
        hours = (now - facts.last_run).total_seconds() / 3600
        yield wrong(
            "nights", f"the last crawl ended {hours:,.0f} hours ago", "see whether the timer or `caicach schedule` runs"
        )
    else:
        yield fine("nights", f"the last crawl ended {facts.last_run.astimezone(VIETNAM):%Y-%m-%d %H:%M} in Vietnam")
    if facts.unexplained:
        yield wrong(
            "nights", f"{facts.unexplained} nights of the last 30 days are unexplained", "`caicach coverage` names them"
        )
    if facts.waiting:
        yield note("nights", f"{facts.waiting} pages wait in quarantine", "`caicach quarantine list --counts` says why")
    if facts.undelivered:
        said = f"{facts.undelivered} reports or alarms could not be delivered: {facts.fault}"
        yield wrong("report", said, "correct CAICACH_SMTP_URL or CAICACH_WEBHOOK_URL, then `caicach report --send`")


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level of all."""
    order = list(Level)
    return max((one.level for one in findings), key=order.index, default=Level.FINE)
