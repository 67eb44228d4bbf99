"""A night's portal-day: its counts and signs, judged against the nights before it, and explained."""

from dataclasses import replace
from datetime import UTC, datetime

from archive.database import session_of
from archive.dates import VIETNAM
from archive.days import PortalDay
from archive.queries_days import HISTORY, days
from archive.runs import RunSummary
from crawler.health import explained, judge
from crawler.night import Night


def day_of(night: Night, summary: RunSummary) -> PortalDay:
    """The portal-day of a night that has just ended."""
    today = night.day or datetime.now(UTC).astimezone(VIETNAM).date()
    with session_of(night.store.engine) as session:
        history = days(session, night.portal.slug, before=today, limit=HISTORY)
    day = _counted(night, summary, today=PortalDay(night.portal.slug, today, summary.outcome.value))
    judged = replace(day, health=judge(history, day))
    return replace(judged, explained=explained(judged))


def _counted(night: Night, summary: RunSummary, *, today: PortalDay) -> PortalDay:
    counts, signs = summary.details, night.evidence.whole()
    return replace(
        today,
        reason=summary.reason,
        whole=bool(counts.get("whole")),
        requests=summary.requests,
        listings=counts.get("listings", 0),
        links=counts.get("links", 0),
        new_links=counts.get("new_links", 0),
        fetched=counts.get("fetched", 0),
        read=signs.read,
        new=summary.new,
        revised=summary.revised,
        fallback=signs.fallback,
        rejected=summary.rejected,
        quarantined=counts.get("quarantined", 0),
        reasons=dict(night.evidence.reasons),
        signs=signs,
    )
