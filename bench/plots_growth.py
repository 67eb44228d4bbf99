"""Plots of growth: a new article by the size of the archive, a portal by their number, and the pace reached."""

from typing import Any

from matplotlib.axes import Axes

OURS, OTHER = "#0b6e4f", "#9aa5b1"


def growth(axes: Axes, report: dict[str, Any]) -> None:
    """CPU-milliseconds and peak memory of the same crawl into larger and larger archives."""
    rows = report["growth"]
    sizes = [one["articles"] for one in rows]
    _two(axes, sizes, [one["ms_article"] for one in rows], [one["peak_mb"] for one in rows])
    axes.set_xlabel("articles that the archive has already")
    axes.set_ylabel("CPU-ms for a new article", color=OURS)


def portals(axes: Axes, report: dict[str, Any]) -> None:
    """CPU-milliseconds a portal and peak memory of a first night over more and more portals in one process."""
    rows = [one for one in report["nights"] if one["night"] == 1]
    costs = [1000 * one["cpu"] / one["portals"] for one in rows]
    _two(axes, [one["portals"] for one in rows], costs, [one["peak_mb"] for one in rows])
    axes.set_xlabel("portals crawled by one process")
    axes.set_ylabel("CPU-ms for a portal", color=OURS)


def pace(axes: Axes, report: dict[str, Any]) -> None:
    """Requests a second of one process beside what the pace of its hosts allows."""
    rows = report["steps"]
    hosts = [one["hosts"] for one in rows]
    axes.plot(hosts, [one["most"] for one in rows], "--", color=OTHER, label=f"hosts ÷ {report['delay']:g} s")
    axes.plot(hosts, [one["rate"] for one in rows], "o-", color=OURS, label="Caicach, everything on")
    axes.set_xlabel("hosts crawled at once by one process")
    axes.set_ylabel("requests a second")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _two(axes: Axes, along: list[int], costs: list[float], megabytes: list[float]) -> None:
    """Costs on the left, memory on the right, both from nothing; sizes by powers of ten."""
    axes.plot(along, costs, "o-", color=OURS)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.3 * max(costs))
    right = axes.twinx()
    right.plot(along, megabytes, "s--", color=OTHER)
    right.set_ylim(0, 1.3 * max(megabytes))
    right.set_ylabel("peak MB", color=OTHER)
    right.spines["right"].set_visible(True)
