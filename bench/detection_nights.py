"""Simulated nights for bench/detection.py: real crawls over the farm, with faults on known nights.

One process, one reactor: the farm answers in its own thread, the clock is moved from night to night.
What a fault is called by the health of a portal is written down here, before anything is measured.
"""

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.coverage import APART
from archive.database import reading
from archive.days import PortalDay
from archive.queries_days import days
from archive.records import Precision
from archive.store import Store
from bench.detection_silence import knowable
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.farm.faults import FAULTS
from crawler.farm.seasons import rhythm, season, week
from crawler.middlewares import pace
from crawler.run import Fleet, crawl

FIRST = date(2026, 1, 5)
"""The first night, a Monday; Tết is on the 44th."""
CLOSED = 0.1
"""The share of an ordinary day's articles below which offices are closed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault as the bench draws it: its name in the farm, how, and which causes name it rightly."""

    name: str
    causes: frozenset[str]
    how: dict[str, Any] = field(default_factory=dict)
    nights: tuple[int, int] = (1, 4)


def kind(name: str, causes: str, nights: tuple[int, int] = (1, 4), **how: Any) -> Kind:
    return Kind(name, frozenset(cause.strip() for cause in causes.split(",")), how, nights)


KINDS = (
    kind("layout", "layout"),
    kind("selector_loss", "layout", field="body"),
    kind("selector_loss", "layout", field="title"),
    kind("empty_page", "empty"),
    kind("empty_template", "layout, empty, soft 404"),
    kind("soft_404", "soft 404"),
    kind("home_everywhere", "redirected"),
    kind("one_for_all", "same page, soft 404"),
    kind("canonical_home", "canonical"),
    kind("binary", "not a page"),
    kind("dates_shifted", "dates", where="article"),
    kind("dates_today", "dates", where="article"),
    kind("endless", "paging, missing, soft 404"),
    kind("redirect_home", "redirected"),
    kind("redirect_loop", "redirected"),
    kind("foreign_redirects", "moved"),
    kind("moved", "moved"),
    kind("frozen", "frozen", (28, 28)),
    kind("challenge", "challenge", page="cookie"),
    kind("challenge", "challenge", page="incapsula"),
    kind("challenge", "challenge", page="wait"),
    kind("challenge", "challenge, refused", page="refused"),
    kind("cookies_required", "redirected, refused"),
    kind("status", "refused", status=403),
    kind("status", "refused", status=429),
    kind("status", "down", status=500),
    kind("status", "down", status=503),
    kind("html_robots", "robots"),
    kind("robots_status", "robots", status=403),
    kind("forbidden", "robots, refused"),
    kind("html_feeds", "feed"),
    kind("down", "down"),
    kind("truncated", "cut"),
    kind("wrong_length", "cut"),
    kind("short_length", "cut, layout"),
    kind("reset", "cut, down"),
    kind("no_status", "down, cut"),
    kind("gzip_bomb", "too large", megabytes=20),
    kind("huge", "too large", megabytes=12),
)
"""Faults that take something away from an archive.

Not drawn are those that change nothing of what is read: a second publication is one article, a wrong charset is
not believed, of a listing that repeats itself the first page is enough, traps and stray links are not followed.
Dates seven hours late are put on portals that print the hour: in office hours no day changes by them.
"""
VOLUME_ALONE = frozenset({"frozen"})
"""What no response says: these can only be inferred from silence, on a later night (bench/detection_silence.py)."""
HARMLESS = frozenset(FAULTS) - {one.name for one in KINDS}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is simulated; `learning` nights are without faults, `healed` nights at least are between two."""

    portals: int = 100
    nights: int = 90
    seed: int = 1
    articles: int = 14
    learning: int = 21
    healed: int = 14
    kinds: tuple[Kind, ...] = KINDS


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault on one portal: the nights from `first` to `last`, counted from 0.

    `known` is the first night on which it can be known: the first one, but for silence (bench/detection_silence.py);
    None when that never comes.
    """

    portal: str
    kind: Kind
    first: int
    last: int
    known: int | None


@dataclass(slots=True)
class Simulation:
    """What happened: portal-days by slug in order, spells, and what was really published and asked."""

    nights: int
    seed: int
    days: dict[str, list[PortalDay]] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    truth: dict[str, list[Any]] = field(default_factory=dict)
    asked: dict[str, list[int]] = field(default_factory=dict)
    """Requests in the farm's access log, by portal and night."""
    apart: dict[str, list[int]] = field(default_factory=dict)
    """Requests for attachments and looks that were due, by portal and night."""
    fed: set[str] = field(default_factory=set)
    """Portals whose feeds or sitemaps are asked on later nights."""

    def week(self, slug: str, night: int) -> str:
        """What kind of week begins on a night, as the farm drew it: "tet", "quiet" or "ordinary"."""
        days = [FIRST + timedelta(days=night + number) for number in range(7)]
        if sum(season(day) < CLOSED for day in days) > 2:
            return "tet"
        return "ordinary" if week(rhythm(self.seed, slug), days[0]) else "quiet"


def drawn(slugs: list[str], plan: Plan, able: dict[str, set[str]]) -> list[Spell]:
    """Faults for every portal, `healed` nights apart at least, none while a portal is still being learned.

    `able` are the portals that a fault can touch, where those are not all.
    """
    chance, spells = random.Random(f"faults/{plan.seed}"), list[Spell]()
    waiting: list[Kind] = []
    for slug in slugs if plan.kinds else ():
        night = plan.learning + chance.randrange(plan.healed + 1)
        while night < plan.nights:
            if not waiting:
                waiting = chance.sample(plan.kinds, len(plan.kinds))
            one = next((one for one in waiting if slug in able.get(one.name, {slug})), KINDS[0])
            waiting = [other for other in waiting if other is not one]
            last = min(plan.nights - 1, night + chance.randint(*one.nights) - 1)
            spells.append(Spell(slug, one, night, last, night))
            night = last + 1 + plan.healed + chance.randrange(plan.healed + 1)
    return spells


def simulate(folder: Path, plan: Plan) -> Simulation:
    """Play the nights and crawl after each one; the archive is left in `folder`."""
    settings = Settings(data=folder / "data", allow_private=True, contact="bench@localhost")
    farm = Farm(plan.seed, articles=plan.articles, portals=plan.portals, until=FIRST)
    played, nights = Simulation(plan.nights, plan.seed), plan.nights
    with farm:
        farm.write_portals(folder / "portals")
        cards = list(load(folder / "portals").values())
        with Store.open(settings) as store:
            for number in range(nights):
                _night(farm, played, number, plan)
                fleet = Fleet(cards, settings)
                _crawled(fleet, store, FIRST + timedelta(days=number))
                for one in fleet.summaries:
                    apart = sum(one.details.get(name, 0) for name in APART) + one.attachments
                    played.apart.setdefault(one.portal, []).append(apart)
                _heard(farm, played, number)
                said = f"\rnight {number + 1} of {nights}, {time.process_time():.0f} CPU-seconds"
                print(said, end="", file=sys.stderr, flush=True)
    with reading(settings) as session:
        for slug in {card.slug for card in cards}:
            played.days[slug] = days(session, slug, limit=nights)[::-1]
    played.spells = [_known(played, spell, plan.seed) for spell in played.spells]
    print(file=sys.stderr)
    return played


def _known(played: Simulation, spell: Spell, seed: int) -> Spell:
    """A spell with the night on which it can be known."""
    if spell.kind.name not in VOLUME_ALONE:
        return spell
    counts = [day.new for day in played.days[spell.portal]]
    last_news = max(night for night in range(spell.first) if counts[night] or not night)
    taken = sum(day.new for days_of in played.days.values() for day in days_of[1:])
    published = sum(len(truth.published) for truths in played.truth.values() for truth in truths[1:])
    calendar = [FIRST + timedelta(days=number) for number in range(played.nights)]
    nights = (last_news, spell.first, spell.last)
    return replace(spell, known=knowable(rhythm(seed, spell.portal), taken / max(1, published), calendar, nights))


def _night(farm: Farm, played: Simulation, number: int, plan: Plan) -> None:
    """A day passes, and the faults of the night are put on and taken away."""
    today = FIRST + timedelta(days=number)
    for slug, truth in farm.night(today).items():
        played.truth.setdefault(slug, []).append(truth)
    if number == plan.learning:
        exact = {portal.slug: portal.site.precision_of(portal.site.shown[0]) for portal in farm.portals}
        dated = {slug for slug, precision in exact.items() if precision is not None}
        timed = {slug for slug in dated if exact[slug] is not Precision.DAY}
        able = {"html_feeds": played.fed, "dates_today": dated, "dates_shifted": timed}
        played.spells = drawn([portal.slug for portal in farm.portals], plan, able)
    for spell in played.spells:
        if spell.last + 1 == number:
            farm.heal(spell.portal)
        if spell.first == number:
            how = dict(spell.kind.how)
            if spell.kind.name == "moved":
                how["to"] = farm.stranger()
            farm.fault(spell.portal, spell.kind.name, **how)


def _heard(farm: Farm, played: Simulation, number: int) -> None:
    """What the farm's access log says of the night; the log is emptied."""
    asked = Counter(one.portal for one in farm.log)
    for portal in farm.portals:
        played.asked.setdefault(portal.slug, []).append(asked[portal.slug])
    if number:
        played.fed |= {one.portal for one in farm.log if one.status in {200, 304} and _is_feed(one.path)}
    farm.log.clear()


def _is_feed(path: str) -> bool:
    return any(word in path for word in ("rss", "feed", "sitemap", ".xml"))


def _crawled(fleet: Fleet, store: Store, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 15, 30, tzinfo=UTC)
    pace._HOSTS.clear()
    with time_machine.travel(at, tick=True):
        crawl(fleet, store)
