"""Pieces of a file's text as the archive keeps them: in Unicode, clean, bounded."""

from collections.abc import Iterable

from archive.legacy import modern
from archive.text import clean

READER = "files-2"
"""The version of the readers of files, kept with what they read: a newer one may read what this one cannot."""
CHARACTERS = 10_000_000


def bounded(pieces: Iterable[str]) -> str:
    """The pieces as clean lines in Unicode, until there are 10 million characters."""
    taken: list[str] = []
    left = CHARACTERS
    for piece in pieces:
        taken.append(piece[:left])
        left -= len(taken[-1]) + 1
        if left <= 0:
            break
    return clean(modern("\n".join(taken)))
