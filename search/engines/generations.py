"""Where the embedded index lies: one folder a generation, a file that names the current one, one writer's lock.

`index/current` is replaced atomically, so a reader finds the old generation or the new one, never half of one.
What a killed writer left beside the current generation is cleared by the next writer.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IDENTITY = "identity.json"


class Generations:
    """The folder of an embedded index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / "current"

    def current(self) -> Path | None:
        """The folder of the generation in use, or None when there is none."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        place = self.folder / name
        return place if name and place.is_dir() else None

    def begin(self, identity: dict[str, str]) -> Path:
        """An empty folder for the next generation, which knows what it is made for; the writer's alone."""
        numbers = [int(place.name[1:]) for place in self.folder.glob("g*") if place.name[1:].isdigit()]
        place = self.folder / f"g{max(numbers, default=0) + 1:06}"
        place.mkdir(parents=True)
        (place / IDENTITY).write_text(json.dumps(identity, ensure_ascii=False), encoding="utf-8")
        return place

    def adopt(self, place: Path) -> None:
        """Make this the current generation and clear the others away."""
        draft = self.folder / "current.new"
        with draft.open("w", encoding="ascii") as file:
            file.write(place.name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._pointer)
        self.clear()

    def clear(self) -> None:
        """Remove every generation but the current one; the writer's alone."""
        current = self.current()
        for place in self.folder.glob("g*"):
            if place != current:
                shutil.rmtree(place, ignore_errors=True)

    def size(self) -> int:
        """Bytes of the current generation on disk."""
        current = self.current()
        return sum(file.stat().st_size for file in current.iterdir()) if current else 0

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Hold the writer's lock; False when another process has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "writer.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def identity_of(place: Path) -> dict[str, str]:
    """What a generation was made for; empty when that cannot be read."""
    try:
        content = json.loads((place / IDENTITY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
