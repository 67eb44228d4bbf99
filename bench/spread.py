"""What rounds say together: their median, and how far they lie apart."""

from collections.abc import Collection
from statistics import median


def spread(values: Collection[float], digits: int = 0) -> str:
    """The median of some rounds' figures with the least and the greatest: `82.7 (81.9 to 88.3)`."""
    middle, least, most = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return f"{middle} ({least} to {most})"
