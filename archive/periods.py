"""Periods of years (giai đoạn 2021-2030) and the year of a plan (Kế hoạch … năm 2024).

Periods are written with every kind of dash, with `đến`, and in text of PDF files with none
(PORTALS.md 3.2): `giai đoạn 2021 2026`, `20112020`.
"""

import re

from archive.text import fold

_YEAR = r"(?:19|20)\d\d"
_PAIR = re.compile(
    r"(?P<first>(?:1(?<![\d/.,:-].)9|2(?<![\d/.,:-].)0)\d\d)(?P<sign> ?[-–—] ?| (?:den|toi)(?: het)?(?: nam)? | )?"
    rf"(?P<last>{_YEAR})(?![\d/:-])"
)
_NAMED = re.compile(r"\b(?:giai doan|nhiem ky|thoi ky|khoa|cac nam|tu nam|trong nam)\W{1,3}$")
_SCHOOL_YEAR = re.compile(r"nam hoc[^.\n]{0,12}$")
_LONGEST = 50
_FIRST_BARE = 1986  # a bare pair of older years is somebody's life or a war, not a programme

_PLAN = re.compile(
    rf"\b(?:ke ?hoach|ve hoach|chuong trinh cong tac|nhiem vu|phuong huong)\b[^.;\n]{{0,160}}?"
    rf"(?:(?<!thang \d )(?<!thang \d\d )(?<!, )\bnam ({_YEAR})\b(?! ?- ?\d)| ({_YEAR})\.?$)"
)
_LEAD_LETTERS = 600
_DATE_IN_WORDS = re.compile(r"\bngay \d{1,2} thang \d{1,2},? nam \d{4}")


def periods(text: str) -> list[tuple[int, int]]:
    """The periods a text names, each once, as (first year, last year), sorted."""
    return periods_of(fold(text))


def periods_of(folded: str) -> list[tuple[int, int]]:
    """`periods` of a text that is folded already."""
    found = {(int(match["first"]), int(match["last"])) for match in _PAIR.finditer(folded) if _is_period(match)}
    return sorted((first, last) for first, last in found if 0 < last - first <= _LONGEST)


def _is_period(match: re.Match[str]) -> bool:
    """Whether a pair of years is called a period, or stands alone with a dash and is no school year."""
    before = match.string[max(0, match.start() - 24) : match.start()]
    if _NAMED.search(before):
        return True
    first, last = int(match["first"]), int(match["last"])
    dashed = (match["sign"] or "").strip() == "-"
    return dashed and first >= _FIRST_BARE and last - first > 1 and not _SCHOOL_YEAR.search(before)


def plan_year(title: str, body: str) -> int | None:
    """The year that the plan announced is for: from the title, else from the beginning of the body.

    A period (giai đoạn 2021-2030) is no plan year, nor is the year of a date.
    """
    return plan_year_of(fold(title), fold(body[:_LEAD_LETTERS]))


def plan_year_of(*parts: str) -> int | None:
    """`plan_year` of parts that are folded already: title, summary, body; the first that has one decides."""
    for part in parts:
        match = _PLAN.search(_DATE_IN_WORDS.sub(" ", part[:_LEAD_LETTERS]))
        if match:
            return int(match[1] or match[2])
    return None
