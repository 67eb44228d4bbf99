"""Plots of what the benchmarks left: throughput beside peers, quality of reading, copies by share of words changed."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.axes import Axes

from bench import plots_growth

OURS, PEER = "#0b6e4f", "#9aa5b1"


def draw(folder: Path) -> None:
    """An SVG for each plot whose figures are in the folder; the same figures give the same bytes."""
    matplotlib.rcParams |= {"svg.hashsalt": "caicach", "font.size": 10, "axes.spines.top": False}
    matplotlib.rcParams |= {"axes.spines.right": False, "svg.fonttype": "none"}
    for name, (left, plot) in PLOTS.items():
        file = folder / f"{left}.json"
        if file.exists():
            figure, axes = pyplot.subplots(figsize=(7, 3.2), layout="constrained")
            plot(axes, json.loads(file.read_text(encoding="utf-8")))
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            pyplot.close(figure)


def crawl(axes: Axes, report: dict[str, Any]) -> None:
    """Responses per CPU-second of each crawler, the median of its rounds."""
    names = {"ours": "Caicach, everything on", "bare": "Scrapy, download only", "tuned": "Scrapy tuned, download only"}
    names["newsplease"] = "Scrapy + news-please"
    middle = {key: median(_speed(one.get(key)) for one in report["rounds"]) for key in names}
    _bars(
        axes,
        {names[key]: value for key, value in middle.items() if value},
        {names["ours"]},
        "responses per CPU-second",
    )


READERS = {
    "ours, documented": "Caicach, layouts its families describe",
    "ours": "Caicach, layouts nobody has seen",
    "ours, generic": "Caicach, the same, family not told",
    "trafilatura": "trafilatura",
    "readability-lxml": "readability-lxml",
    "newspaper4k": "newspaper4k",
    "parse alone": "limit: lexbor parses the page",
    "lxml, parse alone": "limit: lxml parses the page",
}
"""The rows of the bench, as plots call them; the last two read nothing."""


def reading(axes: Axes, report: dict[str, Any]) -> None:
    """F1 of bodies over all families in layouts that nobody has seen, by reader."""
    rows = report["families"]["all"]
    read = [name for name in READERS if name in rows and not READERS[name].startswith("limit")]
    _bars(axes, {READERS[name]: rows[name]["body"] for name in read}, OURS_READING, "F1 of bodies")
    axes.set_xlim(0, 1.14)


def reading_speed(axes: Axes, report: dict[str, Any]) -> None:
    """Pages per CPU-second by reader, beside what parsing alone allows."""
    rows = report["families"]["all"]
    speeds = {READERS[name]: rows[name]["pages_per_cpu_second"] for name in READERS if name in rows}
    _bars(axes, speeds, OURS_READING, "pages per CPU-second")
    axes.set_xscale("log")
    axes.set_xlim(10, max(speeds.values()) * 3)


OURS_READING = {READERS[name] for name in READERS if name.startswith("ours")}


def text(axes: Axes, report: dict[str, Any]) -> None:
    """Microseconds an article, each the least of the rounds."""
    _bars(
        axes,
        {name: min(seen) for name, seen in report["micros"].items()},
        {"clean", "acts"},
        "CPU-µs for an article of 600 words",
    )


def _speed(result: dict[str, float] | None) -> float:
    return result["requests"] / result["cpu"] if result else 0.0


def _bars(axes: Axes, values: dict[str, float], ours: set[str], label: str) -> None:
    names = [*values][::-1]
    bars = axes.barh(names, [values[name] for name in names], color=[OURS if one in ours else PEER for one in names])
    axes.bar_label(bars, fmt=lambda value: f"{value:,.3g}" if value < 100 else f"{value:,.0f}", padding=3)
    axes.set_xlabel(label)


PLOTS: dict[str, tuple[str, Callable[[Axes, dict[str, Any]], None]]] = {
    "crawl": ("crawl", crawl),
    "reading": ("reading", reading),
    "reading-speed": ("reading", reading_speed),
    "text": ("text", text),
    "growth": ("growth", plots_growth.growth),
    "portals": ("portals", plots_growth.portals),
    "pace": ("pace", plots_growth.pace),
}
"""Each plot with the subject whose figures it shows."""
