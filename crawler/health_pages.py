"""What the night's articles say of the portal: their layout, letters, dates, texts and design; pure."""

from archive.days import Health, State
from crawler.dating import TODAY
from crawler.health_view import LEAST, View
from crawler.markup import FEW, shared, usual

MENDED = 90
"""Nights after which nothing is left of wrong dates: the last look at an article comes after 75 days."""
DESIGNS, SETTLED = 10, 7
"""Good nights with which a design is compared; nights in a row after which another one is the portal's own."""


def fallback(view: View) -> Health | None:
    times, read = view.unusual("fallback"), view.tonight.signs.read
    said = f"{times} of {read} articles could be read by the last resort alone"
    return Health(State.BROKEN, "layout", said) if 3 * times > read else None


def garbled(view: View) -> Health | None:
    times = view.unusual("garbled")
    said = f"{times} of {view.tonight.signs.read} articles are read in a wrong encoding"
    return Health(State.BROKEN, "encoding", said) if 3 * times > view.tonight.signs.read else None


def same_page(view: View) -> Health | None:
    times, signs = view.unusual("alike"), view.tonight.signs
    emptied = signs.shrunk and 2 * signs.shrunk >= signs.again
    if times and not emptied and (signs.retitled or 3 * times > signs.read):
        return Health(State.BROKEN, "same page", f"{times + 1} addresses show the same article")
    return None


def changed(view: View) -> Health | None:
    """What an article read again has lost, or now says otherwise."""
    signs = view.tonight.signs
    most = (signs.again + 1) // 2
    if signs.shrunk and signs.shrunk >= most:
        return Health(State.BROKEN, "layout", f"{signs.shrunk} of {signs.again} known articles lost most of their text")
    if signs.retitled > 1 and signs.retitled >= most:
        return Health(State.BROKEN, "same page", f"{signs.retitled} known articles have another title")
    redated = signs.redated - _returned(view)
    if redated > 0 and redated >= most:
        said = "the day of the crawl" if signs.stamped else "another hour" if signs.shifted else "another date"
        return Health(State.SUSPECT, "dates", f"{redated} of {signs.again} known articles now print {said}")
    if signs.dateless and signs.dateless >= most:
        return Health(State.SUSPECT, "layout", f"{signs.dateless} of {signs.again} known articles lost their date")
    return None


def _returned(view: View) -> int:
    """Dates that go back the way on which they went wrong on a night that was told of: they are mended."""
    signs = view.tonight.signs
    wrong = [day.signs for day in view.history[:MENDED] if day.health.cause == "dates"]
    later = sum(one.redated - one.earlier + sum(map(_forward, one.offsets)) for one in wrong)
    before = sum(one.earlier + sum(map(_backward, one.offsets)) for one in wrong)
    return (signs.earlier if later else 0) + (signs.redated - signs.earlier if before else 0)


def _forward(far: str) -> bool:
    return far == TODAY or (far.startswith("+") and far != "+0 h")


def _backward(far: str) -> bool:
    return far.startswith("-")


def offset(view: View) -> Health | None:
    """Pages that date their articles otherwise than the lists and the archive do, and did not on any good night."""
    tonight, before = view.tonight.signs.offsets, [day.signs.offsets for day in view.good if day.signs.offsets]
    known = set().union(*before)
    strange = {far: times for far, times in tonight.items() if far not in known}
    if len(before) < LEAST or 2 * sum(strange.values()) <= sum(tonight.values()):
        return None
    far = max(strange, key=lambda one: strange[one])
    said = f"print {far}" if far == TODAY else f"are dated {far} beside what is known of them"
    return Health(State.SUSPECT, "dates", f"{strange[far]} of {sum(tonight.values())} articles {said}")


def undated(view: View) -> Health | None:
    times, read = view.unusual("undated"), view.tonight.signs.read
    said = f"{times} of {read} articles have no date"
    return Health(State.SUSPECT, "layout", said) if times > 1 and 2 * times > read else None


def canonical(view: View) -> Health | None:
    times = view.unusual("canonical")
    said = f"{times} articles call the home page their own address"
    return Health(State.SUSPECT, "canonical", said) if 2 * times > view.tonight.signs.read else None


def restyled(view: View) -> Health | None:
    """Articles in another design than on any good night, though they can be read; after a week it is their own."""
    tonight = set(view.tonight.signs.markup)
    before = [set(day.signs.markup) for day in view.good if day.signs.markup][:DESIGNS]
    if len(tonight) < FEW or len(before) < LEAST or 2 * shared(tonight, before) >= usual(before):
        return None
    lately = [set(day.signs.markup) for day in view.history[:SETTLED] if day.signs.markup]
    if len(lately) == SETTLED and all(2 * shared(tonight, [one]) >= 1 for one in lately):
        return None
    new = len(tonight - set[str]().union(*before))
    said = f"articles have another design: {new} of {len(tonight)} class names were never seen"
    return Health(State.SUSPECT, "layout", said)
