"""The report's words in Vietnamese, in English, or in Vietnamese with English beside."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from archive.dates import VIETNAM

BESIDE = " · "
Pairs = Mapping[str, Mapping[str, list[str]]]


@cache
def _pairs() -> Pairs:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    loaded: Pairs = tomllib.loads(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Words:
    """Says a word in the language asked for: `vi`, `en` or `both`."""

    language: str

    def pair(self, name: str, table: str = "words", **filled: object) -> tuple[str, str]:
        """The first and the second language's words; the second is empty where one language is enough.

        What is filled in may be such a pair itself.
        """
        vi, en = _pairs()[table].get(name, [name, name])
        said = {"vi": (vi, ""), "en": (en, ""), "both": (vi, en if en != vi else "")}[self.language]
        first = {key: value[0] if isinstance(value, tuple) else value for key, value in filled.items()}
        second = {key: (value[1] or value[0]) if isinstance(value, tuple) else value for key, value in filled.items()}
        return said[0].format(**first), said[1].format(**second)

    def __call__(self, name: str, table: str = "words", **filled: object) -> str:
        """Both on one line."""
        return BESIDE.join(word for word in self.pair(name, table, **filled) if word)


def moment(at: datetime) -> str:
    """A time as people in Vietnam write it."""
    return at.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def number(value: Any) -> str:
    """A count with its thousands apart; neither a point nor a comma, which the two languages read differently."""
    return f"{value:,}".replace(",", "\u202f")
