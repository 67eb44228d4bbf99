"""What a judgement of a portal looks at: tonight, and the nights before it; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.days import Health, PortalDay, State

NORMAL = 0.2
"""A sign that this share of the good nights had says nothing."""
LEAST = 3
"""Good nights without which nobody knows what is usual."""


@dataclass(frozen=True, slots=True)
class View:
    """Tonight, and the nights before it, the latest first."""

    tonight: PortalDay
    history: Sequence[PortalDay]

    @property
    def good(self) -> list[PortalDay]:
        """The nights that were well and whole."""
        return [day for day in self.history if day.health.state is State.OK and day.whole]

    def unusual(self, sign: str) -> int:
        """How often a sign was seen tonight; 0 where good nights have it too, or are too few."""
        seen = int(getattr(self.tonight.signs, sign))
        before = [bool(getattr(day.signs, sign)) for day in self.good]
        return 0 if len(before) < LEAST or sum(before) > NORMAL * len(before) else seen

    def new_reasons(self, name: str) -> dict[str, int]:
        """Reasons of tonight (`gaps`, `lost`, `unlooked`) that few good nights had."""
        found: dict[str, int] = getattr(self.tonight.signs, name)
        good = self.good
        often = {why for why in found if sum(why in getattr(day.signs, name) for day in good) > NORMAL * len(good)}
        return {why: times for why, times in found.items() if why not in often}


Rule = Callable[[View], Health | None]
"""Says how a portal is, where tonight shows what the rule is about."""
