"""The filters that every command, page and export shares, and the keys they compare by (DESIGN.md 3).

Repeating a filter means any of its values; different filters must all hold. Names compare folded,
places also without their kind: `--province "tỉnh Quảng Nam"`, `"Quảng Nam"` and `"quang nam"` are one.
The keys are pure functions, so that the search engine can index by the same ones; what filters mean
in SQL is in archive/conditions.py, so that a search need not load SQLAlchemy.
"""

import re
from dataclasses import dataclass
from datetime import date

from archive.act_numbers import canonical_number
from archive.text import retone, words
from config import units

KINDS = re.compile(
    r"^(tỉnh|thành phố|tp\.?|huyện|thị xã|tx\.?|quận|xã|phường|thị trấn|tt\.?|đặc khu)[\s.]+(?=\S)", re.IGNORECASE
)
FOLDED_KINDS = re.compile(r"^(tinh|thanh pho|tp|huyen|thi xa|tx|quan|xa|phuong|thi tran|tt|dac khu) (?=\S)")
ZEROS = re.compile(r"^0+(?=\d)")
SHORT = {"ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "vpubnd": "van phong uy ban nhan dan"}


LONGEST_NUMBER = 5
"""Digits before the symbol of an act number (archive.act_numbers)."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to select, an empty field anything; `since` and `until` are days of publication, both included."""

    portal: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    province_now: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    commune: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    year: tuple[int, ...] = ()
    area: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    """How much a later revision changed (archive/revisions.py), or `any`."""
    removed: int | None = None
    """Days from publication within which it was gone from its portal."""
    any_topic: bool = False
    among: frozenset[int] | None = None
    """Only these articles: what the two above select, for who cannot ask SQL (archive/histories.py)."""

    @property
    def historical(self) -> bool:
        """Whether it asks what became of articles, which no search engine knows."""
        return bool(self.edited) or self.removed is not None

    @property
    def everywhere(self) -> bool:
        """Whether no portal and no place is left out."""
        return not (self.portal or self.level or self.province or self.province_now or self.district or self.commune)


def name_key(name: str | None) -> str:
    """A name as names are compared: folded words."""
    return " ".join(words(name or ""))


def place_key(name: str | None) -> str:
    """A place's name as a portal file or the text writes it, without its kind, folded."""
    return name_key(KINDS.sub("", retone(name or "").strip(), count=1) if name else "")


def place_keys(typed: str) -> set[str]:
    """The keys a typed place may mean: without tones `quan hoa` is Quan Hóa or quận Hoa; `TPHCM` is Hồ Chí Minh."""
    folded = name_key(typed)
    keys = {place_key(typed)}
    if folded == typed.casefold():
        keys |= {folded, FOLDED_KINDS.sub("", folded, count=1)}
    return keys | {name_key(name) for name in units.province_names(typed)}


def body_key(name: str | None) -> str:
    """An issuing body's name folded, with the abbreviations of people's committees and councils written out."""
    return " ".join(SHORT.get(word, word) for word in words(name or ""))


def number_key(typed: str) -> str:
    """An act number in its canonical spelling, zeros before it (`06/CT-UBND`) left out, or as typed."""
    return ZEROS.sub("", canonical_number(typed) or typed.strip())


def number_spellings(key: str) -> list[str]:
    """How portals write the number of a key: with zeros before it, up to five digits."""
    digits = len(key) - len(key.lstrip("0123456789"))
    return ["0" * more + key for more in range(max(1, LONGEST_NUMBER + 1 - digits if digits else 1))]
