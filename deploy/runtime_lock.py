"""Prints the part of requirements.lock that runs: without the tools of tests. `runtime_lock.py pyproject.toml LOCK`.

The lock says behind every package which others want it ("# via"); what the project's own dependencies lead to stays,
and what builds the project. An image or a server installs that much, and pip refuses what the lock does not name.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path


def runtime(project: str, lock: str) -> Iterator[str]:
    """The lock's entries that are needed to build and run what pyproject.toml describes."""
    entries = [(_name(entry), entry) for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip("\n"))]
    wants: dict[str, set[str]] = {}
    for name, entry in entries:  # one name may come twice, for two versions of Python
        for wanting in re.findall(r"^    #(?: via)?\s+([A-Za-z0-9._-]+)", entry, re.MULTILINE):
            wants.setdefault(wanting, set()).add(name)
    table = tomllib.loads(project)
    needed, waiting = set[str](), {_name(word) for word in _roots(table)}
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= wants.get(name, set()) - needed
    missing = sorted(needed - dict(entries).keys())
    if missing:
        raise SystemExit(f"requirements.lock lacks {', '.join(missing)}: run `make lock`")
    return (entry for name, entry in entries if name in needed)


def _roots(table: dict[str, dict[str, list[str]]]) -> Iterable[str]:
    return [*table["project"]["dependencies"], *table["build-system"]["requires"]]


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[._-]+", "-", found[0]).lower() if found else ""


if __name__ == "__main__":
    sys.stdout.write("\n".join(runtime(*(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:3]))) + "\n")
