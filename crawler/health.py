"""How a portal is: judged from tonight's own responses first, from how much it usually publishes last; pure.

A cause is one of CAUSES. The first rule that finds something speaks; rules stand from the surest to the vaguest.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from archive.days import Explained, Health, PortalDay, State
from archive.queries_schedule import CUT_SHORT
from archive.runs import Outcome
from crawler.health_causes import REFUSING, cause_of, worst
from crawler.health_pages import canonical, changed, fallback, garbled, offset, restyled, same_page, undated
from crawler.health_view import Rule, View
from crawler.health_volume import quiet
from crawler.stopping import OVERTIME

CAUSES = (
    *("moved", "gone", "down", "slow", "cut", "challenge", "refused", "robots", "missing", "redirected", "soft 404"),
    *("empty", "too large", "not a page", "layout", "paging", "feed", "dates", "encoding", "canonical", "same page"),
    *("duplicates", "frozen", "quiet", "interrupted", "other"),
)
"""Every cause that a judgement may name."""
DOWN_FOR, GONE_FOR = 3, 30
"""Nights in a row without an answer after which a portal counts as broken, and as gone."""


def judge(history: Sequence[PortalDay], tonight: PortalDay) -> Health:
    """How the portal is after tonight; `history` has the latest night first."""
    view = View(tonight, history)
    found = next((health for rule in RULES if (health := rule(view)) is not None), Health())
    return replace(found, since=_since(found, history, tonight.day))


def _since(found: Health, history: Sequence[PortalDay], today: date) -> date:
    last = history[0].health if history else None
    same = last is not None and (last.state, last.cause) == (found.state, found.cause)
    return last.since or today if same and last is not None else today


def explained(day: PortalDay) -> Explained:
    """What explains a portal-day, once its health is judged."""
    by_state = {
        State.GONE: Explained.GONE,
        State.BLOCKED: Explained.BLOCKED,
        State.BROKEN: Explained.BROKEN,
        State.FROZEN: Explained.FROZEN,
    }
    if day.new:
        return Explained.NEW
    if day.health.cause in {"down", "slow"}:
        return Explained.DOWN
    if day.health.state in by_state:
        return by_state[day.health.state]
    proven = day.whole and (day.links or day.signs.kept) and day.outcome == Outcome.OK
    return Explained.EMPTY if proven else Explained.UNEXPLAINED


def _moved(view: View) -> Health | None:
    host = view.tonight.signs.moved
    return Health(State.GONE, "moved", f"moved to {host}") if host else None


def _refused(view: View) -> Health | None:
    """robots.txt that says neither yes nor no, or no."""
    day = view.tonight
    if day.outcome != Outcome.REFUSED:
        return None
    elsewhere = " is not the portal's" in day.reason
    if elsewhere:
        host = day.reason.removeprefix("robots.txt: ").partition(" is not ")[0]
        return Health(State.GONE, "moved", f"moved to {host}")
    cause = cause_of(day.reason.removeprefix("robots.txt: "))
    return _down(view) if cause in {"down", "slow"} else Health(State.BLOCKED, "robots", day.reason)


def _blocked(view: View) -> Health | None:
    day = view.tonight
    if day.outcome != Outcome.BLOCKED:
        return None
    cause = cause_of(day.reason)
    return _down(view) if cause == "down" else Health(State.BLOCKED, cause, day.reason)


def _unreachable(view: View) -> Health | None:
    day = view.tonight
    if day.outcome != Outcome.UNREACHABLE:
        return None
    cause = cause_of(day.reason)
    return _down(view) if cause == "down" else Health(State.BROKEN, cause, day.reason)


def _down(view: View) -> Health:
    """No answer: a bad night at first, then broken, in the end gone."""
    nights = 1
    for day in view.history:
        if day.explained is not Explained.DOWN:
            break
        nights += 1
    state = State.GONE if nights >= GONE_FOR else State.BROKEN if nights >= DOWN_FOR else State.SUSPECT
    cause = "gone" if state is State.GONE else "down"
    return Health(state, cause, view.tonight.reason or "it does not answer")


def _by_cause(view: View, reasons: dict[str, int], said: str) -> Health:
    """The judgement of reasons why something did not come."""
    cause, reason = worst(reasons)
    words = f"{said}: {reason}"
    if cause == "down":
        return replace(_down(view), reason=words)
    return Health(State.BLOCKED if cause in REFUSING else State.BROKEN, cause, words)


def _gaps(view: View) -> Health | None:
    reasons = view.new_reasons("gaps")
    return _by_cause(view, reasons, "a listing did not come") if reasons else None


def _home(view: View) -> Health | None:
    times = view.unusual("home")
    return Health(State.BROKEN, "redirected", f"{times} listings lead to the home page") if times else None


def _pages(view: View) -> Health | None:
    """Articles that could not be read, new ones or again."""
    day = view.tonight
    reasons = {**view.new_reasons("unlooked"), **day.reasons}
    fails = sum(reasons.values())
    if fails <= day.signs.read:
        return None
    return _by_cause(view, reasons, f"{fails} of {fails + day.signs.read} articles could not be read")


def _bare(view: View) -> Health | None:
    """Listings that name no article, and did on a good night."""
    tonight = view.tonight.signs.named
    before = {listing for day in view.good for listing, names in day.signs.named.items() if names}
    bare = [listing for listing in tonight if listing in before and not tonight[listing]]
    known = sum(listing in before for listing in tonight)
    if not bare:
        return None
    said = f"{len(bare)} of {known} listings name no article: {bare[0]}"
    return Health(State.BROKEN if len(bare) == known else State.SUSPECT, "layout", said)


def _paging(view: View) -> Health | None:
    times = view.unusual("repeated")
    said = f"{times} later pages of a listing repeat its first ones"
    return Health(State.SUSPECT, "paging", said) if times else None


def _lost(view: View) -> Health | None:
    reasons = view.new_reasons("lost")
    if not reasons or not view.good:
        return None
    cause, reason = worst(reasons)
    if cause in REFUSING:
        return Health(State.BLOCKED, cause, f"a feed did not come: {reason}")
    if cause in {"down", "slow"} and view.tonight.outcome != Outcome.OK and not view.tonight.signs.read:
        return _down(view)
    return Health(State.SUSPECT, "feed", f"a feed or sitemap is none tonight: {reason}")


def _twice(view: View) -> Health | None:
    times, new = view.tonight.signs.twice, view.tonight.new
    said = f"{times} articles are published a second time"
    return Health(State.SUSPECT, "duplicates", said) if times > 1 and times > new / 2 else None


def _still(view: View) -> Health | None:
    """Pages that were never the same twice, and now are: their clock and counters stand still."""
    times, good = view.tonight.signs.same, view.good
    if len(good) < 5 or times < max(1, view.tonight.signs.lists) or any(day.signs.same for day in good):
        return None
    return Health(State.FROZEN, "frozen", f"{times} listing pages are byte for byte what they were")


def _broken(view: View) -> Health | None:
    """What the night itself found wrong, where no sign says why."""
    day = view.tonight
    if day.outcome == Outcome.BROKEN:
        return Health(State.BROKEN, cause_of(day.reason), day.reason)
    if day.outcome == Outcome.PARTIAL:
        ours = day.reason.startswith(CUT_SHORT)
        large = bool(day.new) and day.reason.startswith(OVERTIME)
        return None if ours or large else Health(State.SUSPECT, cause_of(day.reason), day.reason)
    return None


def _quiet(view: View) -> Health | None:
    return quiet(view.history, view.tonight)


RULES: tuple[Rule, ...] = (
    *(_moved, _refused, _blocked, _unreachable, _gaps, _home, garbled, same_page, _pages, _bare, fallback, changed),
    *(offset, undated, canonical, _lost, _paging, _twice, restyled, _still, _broken, _quiet),
)
