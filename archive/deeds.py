"""What the archive did, as a metadata record in WARC: with the captures it is enough to do it all again.

A record stands in WARC before the database has it, and says between which two versions of the archive it came:
    {"did", "run", "at", "capture": "FILE:OFFSET" | null, "versions": [before, after], …}
What else each one says is written at its place in archive/store.py and read in archive/store_again.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from archive.records import Located
from archive.warc import Record


class Did(StrEnum):
    """What was done."""

    START = "start"
    RECORD = "record"
    ATTACH = "attach"
    NO_FILE = "no-file"
    QUARANTINE = "quarantine"
    RETRY = "retry"
    DISMISS = "dismiss"
    LOOKED = "looked"
    PUT_OFF = "put-off"
    MISSED = "missed"
    GONE = "gone"
    REMEMBER = "remember"
    FINISH = "finish"
    WITHHELD = "withheld"
    LIFTED = "lifted"
    APPLIED = "applied"
    FILE_READ = "file-read"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done: `before` and `after` are the archive's versions around it, `said` what is its own.

    `capture` is where the record of its response lies, `place` where its own does.
    """

    did: Did
    run: int | None
    at: datetime
    capture: tuple[str, int] | None
    before: int
    after: int
    said: Mapping[str, Any] = field(repr=False)
    place: Located = field(default=Located("", 0, 0), repr=False)

    @property
    def name(self) -> str:
        """What its record is called, behind `urn:caicach:`."""
        return f"run:{self.run}:{self.did}" if self.run else f"archive:{self.did}"

    def content(self) -> dict[str, Any]:
        """What its record holds."""
        own = {"did": self.did, "at": self.at.isoformat(), "versions": [self.before, self.after]}
        where = f"{self.capture[0]}:{self.capture[1]}" if self.capture else None
        return {**self.said, **own, "run": self.run, "capture": where}


def of(record: Record) -> Deed | None:
    """The deed that a record tells of; None for another record."""
    said = record.content
    if not said or "did" not in said:
        return None
    before, after = said["versions"]
    warc, _, offset = (said["capture"] or "").rpartition(":")
    return Deed(
        did=Did(said["did"]),
        run=said["run"],
        at=datetime.fromisoformat(said["at"]),
        capture=(warc, int(offset)) if warc else None,
        before=before,
        after=after,
        said=said,
        place=record.located,
    )


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in few letters: `1-250,255`."""
    ordered = enumerate(sorted(set(numbers)))
    runs = ([number for _, number in group] for _, group in groupby(ordered, lambda pair: pair[1] - pair[0]))
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def numbers(text: str) -> Iterator[int]:
    """The numbers that `ranges` wrote."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
