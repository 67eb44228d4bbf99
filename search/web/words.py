"""The strings of the pages in both languages, and dates and numbers as each writes them."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
"""Vietnamese first."""


class Words:
    """One language: `words("found", count=3)` is a string with its slots filled."""

    def __init__(self, lang: str, table: Mapping[str, str]) -> None:
        self.lang, self._table = lang, table

    def __call__(self, key: str, **slots: object) -> str:
        """The string of a key; raises KeyError for a key that nobody wrote."""
        text = self._table[key]
        return text.format(**{name: self.number(value) for name, value in slots.items()}) if slots else text

    def either(self, key: str, otherwise: str) -> str:
        """The string of a key, or what stands for it where there is none: a value out of the archive."""
        return self._table.get(key, otherwise)

    def number(self, value: object) -> str:
        """A number as the language groups it (1.234 or 1,234); anything else as it is."""
        if not isinstance(value, int):
            return str(value)
        return f"{value:,}".replace(",", ".") if self.lang == "vi" else f"{value:,}"

    def decimal(self, value: float) -> str:
        """A number with decimals: 2,75 or 2.75."""
        text = f"{value:.2f}"
        return text.replace(".", ",") if self.lang == "vi" else text

    def count(self, articles: int) -> str:
        """How many articles."""
        return self("found_one") if articles == 1 else self("found", count=articles)

    def day(self, value: date | datetime | str | None) -> str:
        """A day as it is written: 05/03/2024, or 5 March 2024; empty for none."""
        if not value:
            return ""
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return f"{day:%d/%m/%Y}" if self.lang == "vi" else f"{day.day} {day:%B %Y}"

    def moment(self, value: date | datetime | None) -> str:
        """A day with its time, when there is one."""
        if not isinstance(value, datetime):
            return self.day(value)
        return f"{value:%H:%M} {self.day(value)}" if self.lang == "vi" else f"{self.day(value)}, {value:%H:%M}"

    def month(self, value: str) -> str:
        """A month (`2024-03`): 03/2024, or March 2024."""
        day = date.fromisoformat(f"{value}-01")
        return f"{day:%m/%Y}" if self.lang == "vi" else f"{day:%B %Y}"


@cache
def words(lang: str) -> Words:
    """The strings of a language."""
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    at = LANGUAGES.index(lang)
    return Words(lang, {key: both[at] for key, both in table.items()})
