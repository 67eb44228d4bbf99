"""A body as copies are compared: its words without tone marks, its shingles, its numbers, places and names.

Everything is found out when it is asked for and kept: most bodies need their shingles only.
"""

import itertools
import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from archive import alignment

STROKED = (("đ", "d"), ("Đ", "D"), ("ð", "d"), ("Ð", "D"))
"""Letters that no decomposition takes apart; stored text has no other odd ones (archive/text.py)."""
SHORT = 32
"""Words below which a body is compared with none."""
WORD = re.compile(r"[a-z]+|\d+(?:[./,-]\d+)*")
TOKEN = re.compile(r"[A-Za-z]+|\d+(?:[./,-]\d+)*|[.!?:;\n]")
DIGITS = re.compile(r"[1-9][0-9]*")
NUMERALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
"""Quarters of the year."""
STOPS = frozenset(".!?:;\n")
DATE = re.compile(r" thang (\d{1,2})\b(?: nam (\d{4}))?")
"""Where a date in words goes on after its day; it begins with letters that are found fast."""
UNITS = frozenset({"huyen", "quan", "xa", "phuong", "tinh", "pho", "tran", "thon", "ap", "tp", "tx", "tt", "ubnd"})
"""The words, or last words, that a place's name follows: huyện, thị xã, thành phố, thị trấn …"""


class Kind(IntEnum):
    """What a word is."""

    PLAIN = 0
    NUMBER = 1
    NAME = 2
    PLACE = 3
    LEVEL = 4


LEVELS = dict.fromkeys(("huyen", "xa", "phuong", "tinh"), Kind.LEVEL)
NAMED = (Kind.NAME, Kind.PLACE)


@dataclass(frozen=True)
class Body:
    """A body as copies are compared: its words and shingles, and when needed what its words are."""

    text: str

    @cached_property
    def ascii(self) -> str:
        text = self.text.replace("\u00a0", " ")
        for stroked, plain in STROKED:
            text = text.replace(stroked, plain)
        text = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode("ascii")
        return DATE.sub(_date, text.replace(" THANG ", " thang ").replace(" NAM ", " nam "))

    @cached_property
    def words(self) -> list[str]:
        """The folded words and numbers in their order."""
        return WORD.findall(self.ascii.lower())

    @cached_property
    def pairs(self) -> list[str]:
        """The shingles, each word with the next; none of a short body."""
        words = self.words
        return [f"{a} {b}" for a, b in itertools.pairwise(words)] if len(words) >= SHORT else []

    @cached_property
    def shingles(self) -> frozenset[str]:
        return frozenset(self.pairs)

    @cached_property
    def once(self) -> dict[str, int]:
        return alignment.once(self.pairs)

    @cached_property
    def numbers(self) -> frozenset[tuple[str, ...]]:
        """The numbers and dates without regard to leading zeros and the years of dates."""
        return frozenset(tuple(parts(word)[:2]) for word in self.words if word < "a")

    @cached_property
    def digits(self) -> frozenset[str]:
        """The runs of digits, found without reading the words."""
        return frozenset(DIGITS.findall(self.text))

    @cached_property
    def kinds(self) -> list[Kind]:
        """What each word is."""
        return _kinds(TOKEN.findall(self.ascii))

    @cached_property
    def runs(self) -> list[str]:
        """For each word the whole name it belongs to."""
        found: list[str] = []
        numbered = zip(self.words, self.kinds, strict=True)
        for named, group in itertools.groupby(numbered, key=lambda word: word[1] in NAMED):
            words = [word for word, _ in group]
            found += [" ".join(words)] * len(words) if named else words
        return found

    def names(self, places: Iterable[int], apart: Container[str]) -> dict[str, Kind]:
        """The names at these places that are not set apart; one word alone is one only where it is a place."""
        return {
            self.runs[place]: self.kinds[place]
            for place in places
            if self.kinds[place] in NAMED
            and self.runs[place] not in apart
            and (" " in self.runs[place] or self.kinds[place] is Kind.PLACE)
        }


def _date(match: re.Match[str]) -> str:
    after_day = match.string[match.start() - 1 : match.start()].isdigit()
    return "/" + "/".join(filter(None, match.groups())) if after_day else match[0]


def _kinds(tokens: list[str]) -> list[Kind]:
    """What each word is: a name has a capital within a sentence; all in capitals, it follows huyện, xã …"""
    caps = 2 * sum(map(str.isupper, tokens)) > sum(map(str.isalpha, tokens))
    kinds: list[Kind] = []
    started, place = True, 0
    for token, following in zip(tokens, [*tokens[1:], "."], strict=True):
        if token in STOPS:
            started, place = True, 0
            continue
        kind = _kind(token.lower() if caps else token, started and not following[0].isupper())
        if token.lower() in UNITS and kind is not Kind.NAME:
            place = 2
        elif place and (kind is Kind.NAME or (caps and kind is Kind.PLAIN)):
            kind, place = Kind.PLACE, place - caps
        elif kind is Kind.PLAIN:
            place = 0
        started = False
        kinds.append(kind)
    return kinds


def _kind(token: str, starting: bool) -> Kind:
    """What a word is by itself; `starting` says that a capital only begins a sentence."""
    if token.islower() and token not in NUMERALS:
        return LEVELS.get(token, Kind.PLAIN)
    if token.lower() in LEVELS:
        return Kind.LEVEL
    if is_number(token.lower()):
        return Kind.NUMBER
    return Kind.PLAIN if starting or (token.isupper() and token.lower() in UNITS) else Kind.NAME


def parts(number: str) -> list[str]:
    """A number, or the parts of a date or act number, without leading zeros."""
    return [part.lstrip("0") for part in NUMERALS.get(number, number).replace("-", "/").split("/")]


def is_number(word: str) -> bool:
    """Whether a folded word is a number, a date or a quarter's Roman numeral."""
    return word < "a" or word in NUMERALS
