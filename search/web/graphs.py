"""Counts as pictures: the histogram of months and the map of coverage, laid out here, drawn by a template; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_BARS = 72
"""Months drawn one by one; a longer time is drawn by years."""
HEIGHT = 60
LEVELS = (1, 3, 10, 30)
"""Articles of a month from which a cell of the map is darker."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the histogram: its month or year, articles, place and height in the drawing's units."""

    period: str
    articles: int
    x: float
    height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars side by side in a drawing of this width; `labels` are (x, year)."""

    bars: tuple[Bar, ...]
    width: float
    step: float
    labels: tuple[tuple[float, str], ...]


def histogram(months: Mapping[str, int], width: int = 720) -> Histogram | None:
    """The articles of each month, empty months too, or of each year when there are many; None for fewer than two."""
    known = sorted(month for month in months if month)
    periods = between(known[0], known[-1]) if known else []
    counts = {period: months.get(period, 0) for period in periods}
    if len(periods) > MOST_BARS:
        years = [f"{year}" for year in range(int(known[0][:4]), int(known[-1][:4]) + 1)]
        counts = {year: sum(n for month, n in months.items() if month[:4] == year) for year in years}
    if len(counts) < 2:
        return None
    step, top = width / len(counts), max(counts.values())
    bars = [Bar(period, n, round(at * step, 2), _height(n, top)) for at, (period, n) in enumerate(counts.items())]
    return Histogram(tuple(bars), width, round(step, 2), tuple(_labels(bars)))


def _height(articles: int, top: int) -> float:
    return round(max(2.0, HEIGHT * articles / top), 1) if articles else 0.0


def _labels(bars: Sequence[Bar], room: float = 44) -> Iterable[tuple[float, str]]:
    """The year where it begins, unless the label before it is too near."""
    last = -room
    for before, bar in [(None, bars[0]), *pairwise(bars)]:
        new = before is None or before.period[:4] != bar.period[:4]
        if new and bar.x - last >= room:
            last = bar.x
            yield bar.x, bar.period[:4]


def between(first: str, last: str) -> list[str]:
    """The months from one to another, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


CELL, GAP, ROW = 11, 1, 15


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A map of rows and months: for each shade one path; `labels` are (x, year)."""

    months: tuple[str, ...]
    paths: tuple[tuple[int, str], ...]
    width: int
    height: int
    labels: tuple[tuple[int, str], ...]


def heat_map(rows: Sequence[Mapping[str, int]], months: Sequence[str]) -> HeatMap:
    """Months of every row as cells; the shade of a cell is the number of `LEVELS` its articles reach."""
    drawn: dict[int, list[str]] = {shade: [] for shade in range(len(LEVELS) + 1)}
    for line, row in enumerate(rows):
        for column, month in enumerate(months):
            shade = sum(row.get(month, 0) >= level for level in LEVELS)
            drawn[shade].append(f"M{column * (CELL + GAP)} {line * ROW}h{CELL}v{CELL}h-{CELL}z")
    labels = [(at * (CELL + GAP), month[:4]) for at, month in enumerate(months) if month.endswith("-01") or not at]
    kept = [label for at, label in enumerate(labels) if at + 1 == len(labels) or labels[at + 1][0] - label[0] > 30]
    paths = tuple((shade, "".join(cells)) for shade, cells in drawn.items() if cells)
    return HeatMap(tuple(months), paths, len(months) * (CELL + GAP), len(rows) * ROW, tuple(kept))
