"""What a person would write about a simulated portal, and what its counters show."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.farm.newsroom import WEEKDAYS
from crawler.farm.places import split

if TYPE_CHECKING:
    from crawler.farm.site import Site


def portal_file(site: "Site") -> str:
    """A ready portal file's text (DESIGN.md section 4): places are named without their kind."""
    seat = site.seat
    lines = [f'name = "{site.name}"', f'url = "{site.url}"', f'level = "{site.level}"', f'province = "{seat.province}"']
    if seat.district:
        lines.append(f'district = "{split(seat.district)[1]}"')
    if seat.commune:
        lines.append(f'commune = "{seat.name}"')
    return "\n".join([*lines, *site.portal_lines(), "", "[pace]", "delay = 0", ""])


def counter(name: str, requests: int, since: datetime) -> str:
    """A counter's text after so many requests: clock (its time at the first), online, or views:<start>."""
    kind, _, start = name.partition(":")
    if kind == "clock":
        now = since + timedelta(seconds=requests * 7)
        return f"{WEEKDAYS[now.weekday()]}, {now.day}/{now.month}/{now.year} | {now:%H:%M:%S}"
    if kind == "online":
        return str(17 + requests * 13 % 89)
    return f"{int(start or 0) + requests:,}".replace(",", ".")
