"""When duties fall due, and which night they belong to: pure functions of the clock and the window of the night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from archive.dates import VIETNAM
from config.forms import window

LATE = timedelta(hours=6)
"""A missed night is caught up unless the next one begins sooner than this: then that one does the work."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done for each night: at its beginning, or so long after its end; or once a month."""

    name: str
    after: timedelta | None = None
    monthly: bool = False


NIGHT = Duty("night")
DUTIES: Mapping[str, Duty] = {
    duty.name: duty
    for duty in (
        NIGHT,
        Duty("index", timedelta(minutes=15)),
        Duty("backup", timedelta(minutes=45)),
        Duty("report", timedelta(minutes=75)),
        Duty("verify", timedelta(hours=2), monthly=True),
    )
}


@dataclass(frozen=True, slots=True)
class Hours:
    """The window of the night, in Vietnamese time; it may go over midnight."""

    first: time
    last: time

    @classmethod
    def of(cls, text: str) -> "Hours":
        """From what the setting says."""
        return cls(*window(text))

    @property
    def length(self) -> timedelta:
        """From its beginning to its end."""
        day = date(2000, 1, 1)
        whole = datetime.combine(day, self.last) - datetime.combine(day, self.first)
        return whole if whole > timedelta() else whole + timedelta(days=1)

    def begins(self, night: date) -> datetime:
        """When a night begins."""
        return datetime.combine(night, self.first, VIETNAM)

    def ends(self, night: date) -> datetime:
        """When a night ends."""
        return self.begins(night) + self.length

    def night(self, now: datetime) -> date:
        """The night that began last."""
        today = now.astimezone(VIETNAM).date()
        return today if self.begins(today) <= now else today - timedelta(days=1)


def moment(duty: Duty, hours: Hours, slot: date) -> datetime:
    """When a duty of a night falls due."""
    return hours.begins(slot) if duty.after is None else hours.ends(slot) + duty.after


def slot(duty: Duty, hours: Hours, now: datetime) -> date:
    """The night whose duty fell due last; for a monthly one, the first night of that month."""
    night = hours.night(now) + timedelta(days=1)
    while moment(duty, hours, night) > now or (duty.monthly and night.day != 1):
        night -= timedelta(days=1)
    return night


def following(duty: Duty, hours: Hours, now: datetime) -> datetime:
    """When the duty falls due next."""
    night = slot(duty, hours, now) + timedelta(days=1)
    while duty.monthly and night.day != 1:
        night += timedelta(days=1)
    return moment(duty, hours, night)


def worth(duty: Duty, hours: Hours, now: datetime) -> bool:
    """Whether a missed slot is still to be done now; a night that is nearly followed by the next one is not."""
    return duty.after is not None or following(duty, hours, now) - now >= LATE or _within(hours, now)


def _within(hours: Hours, now: datetime) -> bool:
    return now < hours.ends(hours.night(now))


def ending(hours: Hours, now: datetime) -> datetime:
    """When a night that begins or goes on now is to end: with its window, or as long when it is caught up by day."""
    night = hours.night(now)
    if now < hours.ends(night):
        return hours.ends(night)
    return min(now + hours.length, hours.begins(night + timedelta(days=1)))
