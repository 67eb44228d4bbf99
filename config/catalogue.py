"""Writes the portal files that config/portals/catalogue.csv describes: `python -m config.catalogue`.

The table is reviewed by people; a line says how its address is known and how sure that is:

seen       it stood in public material that was read: pages, link lists, other people's configurations
known      a government's or newspaper's own well-known domain, or the form that all its neighbours' addresses have
pattern    what some neighbour's address suggests, seen nowhere: such a portal is paused until somebody has probed it

A file that comes from the table says so in its first line. Who looks after a portal by hand takes that line
and the table's row away; files without that line are never touched.
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from config.errors import PortalError

FOLDER = Path(__file__).parent / "portals"
TABLE = FOLDER / "catalogue.csv"
MARK = "# catalogue.csv, "
SURE = ("seen", "known", "pattern")
UNPROBED = "địa chỉ suy theo mẫu, chưa thấy ở đâu: dùng `caicach portals probe` để thử trước khi bật"
KEYS = ("name", "url", "level", "province", "district", "commune", "family", "tls", "status", "successor", "reason")
"""The keys of a portal file that the table has columns for, in the order in which a file has them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One portal of the table; `note` is a comment for the file, `folder` a province's."""

    folder: str
    slug: str
    name: str
    url: str
    level: str
    province: str
    district: str
    commune: str
    family: str
    tls: str
    status: str
    successor: str
    reason: str
    sure: str
    source: str
    note: str

    @property
    def path(self) -> str:
        """Where its file stands below config/portals."""
        return f"{self.folder}/{self.slug}.toml"

    @property
    def text(self) -> str:
        """Its file."""
        paused = self.sure == "pattern"
        said = {key: getattr(self, key) for key in KEYS}
        if paused:
            said["status"] = "paused"
            said["reason"] = f"{UNPROBED}; {self.reason}" if self.reason else UNPROBED
        head = [f"{MARK}{self.sure}: {self.source}", *([f"# {self.note}"] if self.note else [])]
        lines = [f"{key:<8} = {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value]
        return "\n".join([*head, *lines, ""])


def rows(table: Path = TABLE) -> Iterator[Row]:
    """The rows of the table; raises PortalError for one that cannot become a file."""
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names = [one.name for one in fields(Row)]
        if reader.fieldnames != names:
            raise PortalError(f"{table}: the columns must be {', '.join(names)}")
        for line, row in enumerate(reader, 2):
            if row["sure"] not in SURE or not row["source"]:
                raise PortalError(
                    f"{table}:{line}: sure must be one of {', '.join(SURE)}, and source say how it is known"
                )
            yield Row(**row)


def write(folder: Path = FOLDER) -> tuple[int, int]:
    """Write the files of the table and take away those that it no longer has; how many were written, how many went.

    Raises PortalError for a file that somebody keeps by hand and the table has too.
    """
    wanted = {folder / row.path: row.text for row in rows()}
    there = set(folder.rglob("*.toml"))
    ours = {path for path in there if path.read_text(encoding="utf-8").startswith(MARK)}
    by_hand = sorted(wanted.keys() & (there - ours))
    if by_hand:
        raise PortalError(f"{by_hand[0]}: kept by hand, and in catalogue.csv too: take its row out of the table")
    changed = 0
    for path, text in wanted.items():
        if path not in there or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed += 1
    for path in ours - wanted.keys():
        path.unlink()
    return changed, len(ours - wanted.keys())


if __name__ == "__main__":
    try:
        written, gone = write()
    except PortalError as error:
        sys.exit(f"catalogue: {error}")
    sys.stdout.write(f"{written} portal files written, {gone} taken away\n")
