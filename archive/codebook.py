"""The codebook: every exported column with its meaning in Vietnamese and English.

The words stand in codebook.toml, in the export's order; lists of allowed values are taken from
the vocabulary, so that they cannot lag behind it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config import vocabulary

FILE = Path(__file__).with_name("codebook.toml")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, type (text, integer, number, date, time or a list of), who states it, values."""

    name: str
    type: str
    source: str
    vi: str
    en: str
    values: str

    @property
    def many(self) -> bool:
        """Whether a cell holds a list: joined by "; " in CSV, an array elsewhere."""
        return self.type.startswith("list of ")


@cache
def columns() -> tuple[Column, ...]:
    """All columns in the export's order."""
    lists = {
        "areas": "; ".join(vocabulary.reform_areas()),
        "indicators": "; ".join(vocabulary.indicators()),
        "kinds": " | ".join(vocabulary.kinds()),
    }
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Column(name, **{**entry, "values": entry["values"].format(**lists)}) for name, entry in table.items())
