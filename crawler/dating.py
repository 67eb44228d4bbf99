"""Whether an article's own page dates it as others do: lists and addresses tonight, the archive before; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.dates import VIETNAM, ImpossibleDate, choose, parse_stated
from archive.records import Article, Precision, Stated
from archive.runs import DueLook

OWN = frozenset({"page", "jsonld", "meta"})
"""Sources of dates that stand in the article's own page."""
CHANGES = frozenset({"sitemap", "feed"})
"""Sources whose dates may be those of a change: they follow every correction."""
ZONES = (timedelta(minutes=50), timedelta(hours=14, minutes=10))
"""Between these a date that changed is one whose time zone did."""
STEP, SLACK = timedelta(minutes=30), timedelta(seconds=61)
"""Time zones are whole half hours apart; one of the two dates may be printed without its seconds."""
TODAY = "the day of the crawl"

Moment = tuple[datetime, bool]
"""A date, and whether it is exact to the minute."""


def same_source(article: Article, look: DueLook, now: datetime) -> timedelta | None:
    """How far the date that was taken has moved where it stood; None when that says nothing or stands no more.

    One that has become impossible has moved as far as can be.
    """
    if look.published_at is None or look.source in CHANGES:
        return None
    try:
        published = choose([date for date in article.dates if date.source == look.source], now)
    except ImpossibleDate:
        return timedelta.max
    if published is None:
        return None
    rough = Precision.DAY in {published.precision, look.precision}
    apart = abs(published.at - look.published_at)
    return apart if apart >= (timedelta(days=1) if rough else ZONES[0]) else None


def offset(article: Article, look: DueLook | None, now: datetime) -> str:
    """How far the page's own date is from what others state: "+7 h", "+0 h", TODAY; empty when nothing is known."""
    own, others = _first(article.dates, now, own=True), _first(article.dates, now, own=False)
    if look is not None and look.published_at is not None and look.source not in OWN:
        others = look.published_at, look.precision not in {Precision.DAY, Precision.HOUR, None}
    if own is None or others is None:
        return ""
    today = now.astimezone(VIETNAM).date()
    if look is not None and own[0].date() == today and others[0].astimezone(VIETNAM).date() < today - timedelta(days=1):
        return TODAY
    apart = own[0] - others[0]
    steps = round(apart / STEP)
    exact = own[1] and others[1] and abs(apart - steps * STEP) <= SLACK
    return f"{steps * STEP / timedelta(hours=1):+g} h" if exact and abs(apart) <= ZONES[1] else ""


def _first(dates: Sequence[Stated], now: datetime, *, own: bool) -> Moment | None:
    """The first date that can be read, of the page's own or of the others."""
    for date in dates:
        read = parse_stated(date.text, now) if (date.source in OWN) is own else None
        if read and isinstance(read[0], datetime):
            return read[0], read[1] not in {Precision.DAY, Precision.HOUR}
    return None
