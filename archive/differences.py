"""Two revisions of an article side by side: what stayed, what went, what came, word by word, and how much that is."""

from dataclasses import asdict
from typing import Any

from archive.queries_ledger import KeptRevision, Shown
from archive.revisions import Content, Piece, Weight, compare, weigh
from config.errors import UsageError

MARKS = {"gone": ("[-", "-]"), "new": ("{+", "+}")}
"""What stands around words that went or came, as `git diff --word-diff` has it."""
KEPT = 200
"""Characters of what stayed that are printed on each side of a change."""


def content(revision: KeptRevision) -> Content:
    """A revision's texts and files."""
    files = tuple(address for address, _ in revision.facts["attachments"])
    return Content(revision.title, revision.summary, revision.body, files)


def difference(before: KeptRevision, after: KeptRevision) -> dict[str, list[Piece]]:
    """The word diff of title, summary and body, of those that differ."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in ("title", "summary", "body"))
    return {name: compare(one, other) for name, one, other in pairs if one != other}


def between(found: Shown, words: str) -> tuple[KeptRevision, KeptRevision]:
    """The two revisions that are meant by `1:3`. Raises UsageError."""
    kept = {revision.number: revision for revision in found.revisions}
    first, _, last = words.partition(":")
    if not (first.isdecimal() and last.isdecimal() and int(first) in kept and int(last) in kept):
        raise UsageError(f"--diff {words}: write two of its revisions, 1 to {len(kept)}, such as 1:{len(kept)}")
    return kept[int(first)], kept[int(last)]


def weight(before: KeptRevision, after: KeptRevision) -> Weight:
    """How much lies between any two revisions."""
    return weigh(content(before), content(after))


def as_object(before: KeptRevision, after: KeptRevision) -> dict[str, Any]:
    """The object of `show --diff --json`."""
    told = {name: [asdict(piece) for piece in pieces] for name, pieces in difference(before, after).items()}
    files = {"gone": _files(before, after), "new": _files(after, before)}
    numbers = {"before": before.number, "after": after.number}
    return {**numbers, "weight": weight(before, after), "difference": told, "files": files}


def _files(some: KeptRevision, others: KeptRevision) -> list[str]:
    there = content(others).files
    return [file for file in content(some).files if file not in there]


def lines(before: KeptRevision, after: KeptRevision) -> list[str]:
    """What `show --diff` prints."""
    told = [f"Revision {before.number} to {after.number}: {weight(before, after)}"]
    for name, pieces in difference(before, after).items():
        told += ["", f"{name}:", " ".join(map(_shown, pieces))]
    told += [f"[-{file}-]" for file in _files(before, after)] + [f"{{+{file}+}}" for file in _files(after, before)]
    return told


def _shown(piece: Piece) -> str:
    if piece.kind in MARKS:
        opened, closed = MARKS[piece.kind]
        return f"{opened}{piece.text}{closed}"
    return piece.text if len(piece.text) <= 2 * KEPT else f"{piece.text[:KEPT]} … {piece.text[-KEPT:]}"
