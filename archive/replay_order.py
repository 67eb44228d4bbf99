"""All WARC files as one history: deeds in the order in which the database took them, each with its captures.

Processes that crawl at once write files of their own. Within one, records stand in order; across files the
archive's version orders them, then the time of writing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from itertools import count
from pathlib import Path

from archive.captures import walk
from archive.deeds import Deed, of
from archive.store_captures import Kept, kept

Key = tuple[int, datetime]
"""The version before a deed, and when it was written down."""
LAST = (1 << 62, datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Step:
    """A deed with the captures whose rows were written with it; none for captures behind a file's last deed."""

    key: Key
    captures: tuple[Kept, ...]
    deed: Deed | None
    bytes: int
    """How much of its file it takes."""


def files(data: Path) -> list[Path]:
    """All WARC files of a data folder, by name."""
    return sorted((data / "warc").rglob("*.warc.gz"))


def steps(data: Path, paths: Iterable[Path]) -> Iterator[Step]:
    """Everything in these files, in order; a file is opened when its first deed comes. Raises CaptureError."""
    number = count()
    waiting = [(_first(path, data), next(number), path) for path in paths]
    heap: list[tuple[Key, int, Path | Step, Iterator[Step]]] = [(key, n, path, iter(())) for key, n, path in waiting]
    heapify(heap)
    while heap:
        _, _, first, rest = heappop(heap)
        if isinstance(first, Step):
            yield first
        else:
            rest = _steps(first, data)
        following = next(rest, None)
        if following is not None:
            heappush(heap, (following.key, next(number), following, rest))


def certain(found: Iterable[Step]) -> Iterator[tuple[Step, bool]]:
    """Each step, and whether the database took its deed.

    A process that was killed between telling and committing has told of changes that never were: the next one
    numbered its own from the same version.
    """
    held: list[Step] = []
    for step in found:
        if _numbers(step):
            assert step.deed is not None
            yield from _settled(held, next_before=step.deed.before)
            held = []
        held.append(step)
    yield from _settled(held, next_before=None)


def _settled(held: list[Step], next_before: int | None) -> Iterator[tuple[Step, bool]]:
    for step in held:
        void = next_before is not None and _numbers(step) and step.deed is not None and step.deed.after > next_before
        yield step, not void


def _numbers(step: Step) -> bool:
    return step.deed is not None and step.deed.after > step.deed.before


def _first(path: Path, data: Path) -> Key:
    """The key of a file's first deed; that of no deed for a file without one."""
    return next((step.key for step in _steps(path, data)), LAST)


def _steps(path: Path, data: Path) -> Iterator[Step]:
    captures: list[Kept] = []
    key, size = (0, datetime.min.replace(tzinfo=UTC)), 0
    for record in walk(path, data):
        size += record.located.length
        if record.capture is not None:
            captures.append(kept(record, record.capture))
        elif (deed := of(record)) is not None:
            key = max(key, (deed.before, record.located.fetched_at or key[1]))
            yield Step(key, tuple(captures), deed, size)
            captures, size = [], 0
    if captures or size:
        yield Step(key if key[0] else LAST, tuple(captures), None, size)
