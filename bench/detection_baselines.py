"""Four ways in which others notice that a crawler broke, from the number of items a night alone; pure.

Each takes the new items of all nights up to tonight, the last one being tonight, and says whether it would
flag tonight. They are what is found in the field: a monitor over days, one over runs, fixed bounds, and a
rolling mean. They have no cause to give.
"""

from collections.abc import Callable, Sequence
from statistics import mean, pstdev

Baseline = Callable[[Sequence[int]], bool]


def seven_days(counts: Sequence[int]) -> bool:
    """No item in 7 days."""
    return len(counts) >= 7 and not any(counts[-7:])


def five_weekly_runs(counts: Sequence[int]) -> bool:
    """No item in 5 weekly runs: a run each seventh night, which brings what the week had."""
    return len(counts) % 7 == 0 and len(counts) >= 35 and not any(counts[-35:])


def fixed_bounds(counts: Sequence[int]) -> bool:
    """Outside bounds set once, from the least and most of the first three weeks."""
    learned = counts[:21]
    return len(counts) > 21 and not min(learned) <= counts[-1] <= max(learned)


def rolling_mean(counts: Sequence[int]) -> bool:
    """Below the mean of 28 days by 1.5 standard deviations, or above it by 2."""
    before = counts[-29:-1]
    if len(before) < 21:
        return False
    middle, spread = mean(before), pstdev(before)
    return counts[-1] < middle - 1.5 * spread or counts[-1] > middle + 2 * spread


BASELINES: dict[str, Baseline] = {
    "zero items in 7 days": seven_days,
    "zero in 5 weekly runs": five_weekly_runs,
    "fixed minimum and maximum": fixed_bounds,
    "28-day mean -1.5/+2 sigma": rolling_mean,
}
