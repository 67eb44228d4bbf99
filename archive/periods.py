"""Periods of years (giai đoạn 2021-2030) and the year of a plan (Kế hoạch … năm 2024).

Periods are written with every kind of dash, with `đến`, and in text of PDF files with none
(PORTALS.md 3.2): `giai đoạn 2021 2026`, `20112020`.
"""

import re

from archive.text import fold

_YEAR = r"(?:19|20)\d\d"
_SIGN = r"(?: ?[-–—] ?| (?:den|toi)(?: het)?(?: nam)? | )"
_NAMED = re.compile(
    rf"\b(?:giai doan|nhiem ky|thoi ky|khoa|cac nam|tu nam|trong nam)\W{{1,3}}({_YEAR}){_SIGN}?({_YEAR})\b"
)
_BARE = re.compile(rf"(?<![\d/.,:-])({_YEAR}) ?- ?({_YEAR})(?![\d/:-])")
_AND = re.compile(rf"\bgiai doan {_YEAR} ?- ?{_YEAR}(?: ?, ?| va )({_YEAR}) ?- ?({_YEAR})\b")
_SCHOOL_YEAR = re.compile(r"nam hoc[^.\n]{0,12}$")
_LONGEST = 50
_FIRST_BARE = 1986  # a bare pair of older years is somebody's life or a war, not a programme

_PLAN = re.compile(
    rf"\b(?:ke ?hoach|ve hoach|chuong trinh cong tac|nhiem vu|phuong huong)\b[^.;\n]{{0,160}}?"
    rf"(?<!thang \d )(?<!thang \d\d )(?<!, )\bnam ({_YEAR})\b(?! ?- ?\d)"
)
_LEAD_LETTERS = 600
_DATE_IN_WORDS = re.compile(r"\bngay \d{1,2} thang \d{1,2},? nam \d{4}")


def periods(text: str) -> list[tuple[int, int]]:
    """The periods a text names, each once, as (first year, last year), sorted."""
    return periods_of(fold(text))


def periods_of(folded: str) -> list[tuple[int, int]]:
    """`periods` of a text that is folded already."""
    found = {(int(first), int(last)) for first, last in _NAMED.findall(folded) + _AND.findall(folded)}
    for match in _BARE.finditer(folded):
        first, last = int(match[1]), int(match[2])
        school = last - first == 1 or _SCHOOL_YEAR.search(folded, max(0, match.start() - 24), match.start())
        if first >= _FIRST_BARE and not school:
            found.add((first, last))
    return sorted((first, last) for first, last in found if 0 < last - first <= _LONGEST)


def plan_year(title: str, body: str) -> int | None:
    """The year that the plan announced is for: from the title, else from the beginning of the body.

    A period (giai đoạn 2021-2030) is no plan year, nor is the year of a date.
    """
    return plan_year_of(fold(title), fold(body[:_LEAD_LETTERS]))


def plan_year_of(title: str, body: str) -> int | None:
    """`plan_year` of a title and a body that are folded already."""
    for text in (title, body[:_LEAD_LETTERS]):
        match = _PLAN.search(_DATE_IN_WORDS.sub(" ", text))
        if match:
            return int(match[1])
    return None
