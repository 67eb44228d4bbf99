"""The farm: simulated portals on loopback, each on a port of its own, in a thread of this process."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from crawler.farm import faults, sites  # noqa: F401  registers the platforms
from crawler.farm.card import portal_file
from crawler.farm.encodings import ENCODINGS
from crawler.farm.fault import Fault
from crawler.farm.newsroom import Newsroom, Plan
from crawler.farm.nights import NightTruth, pass_night
from crawler.farm.places import seats
from crawler.farm.seasons import rhythm
from crawler.farm.server import Connection, Request
from crawler.farm.site import Site
from crawler.farm.strangers import Stranger
from crawler.farm.texts import slugify
from crawler.farm.truth import TruthArticle, truth_of

FAMILIES = tuple(
    f for f in ("webcenter", "vhv", "tandan", "aspnews", "liferay", "nukeviet", "generic") if f in Site.registry
)
"""The platforms of the demo."""
ALL_FAMILIES = (*FAMILIES, *sorted(family for family in Site.registry if family not in FAMILIES))
"""Every platform that can be played."""
Choice = TypeVar("Choice", int, str)


class SimulatedPortal:
    """One portal as users of the farm see it: address, portal file, truth."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @property
    def slug(self) -> str:
        """The portal file's stem."""
        return self.site.slug

    @property
    def family(self) -> str:
        """The family that should recognise it."""
        return self.site.family

    @property
    def url(self) -> str:
        """The home page's address."""
        return self.site.url

    @property
    def toml(self) -> str:
        """A ready portal file's text, only what a person would write."""
        return portal_file(self.site)

    @property
    def truth(self) -> list[TruthArticle]:
        """Every article a reader can open now, newest first."""
        return [truth_of(self.site, story) for story in self.site.newsroom.shown]

    @property
    def gone(self) -> list[TruthArticle]:
        """The articles taken offline."""
        return [truth_of(self.site, story) for story in self.site.newsroom.stories if story.removed]


class Farm:
    """Simulated portals, deterministic from `seed`.

    `articles` on every portal; `families` in order, all seven by default; `portals` how many in all
    (families repeat); `copies` articles of each portal are republished from the one before;
    `eras` and `encodings` are the layout and the bytes of all, or of each slug or family named (eras.py, encodings.py);
    `files` are the kinds attached in turn, one to each article about reform (papers.py; by default PDF and DOCX);
    `until` lets the articles end before the first night to be played, as dense as each portal's rhythm, which
    `pace` multiplies (seasons.py); `port` 0 lets the system choose, else the portals stand on consecutive ports.
    """

    def __init__(  # noqa: PLR0913  each is a dimension of the farm
        self,
        seed: int = 1,
        *,
        articles: int = 60,
        families: Sequence[str] | None = None,
        portals: int | None = None,
        copies: int = 3,
        eras: int | Mapping[str, int] = 0,
        encodings: str | Mapping[str, str] = "utf-8",
        files: Sequence[str] = (),
        until: date | None = None,
        pace: float = 1.0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.log: list[Request] = []
        self.strays: list[str] = []
        self._stranger = ""
        self._others: list[asyncio.Server] = []
        self._host = host
        self._port = port
        self._pace = pace
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        plan = Plan(seed, "", articles, copies, until, pace if until else 0.0, tuple(files))
        self.portals = [SimulatedPortal(site) for site in _build(plan, families or FAMILIES, portals)]
        for number, portal in enumerate(self.portals):
            portal.site.url = f"http://{host}:{port + number}/"
            portal.site.encoding = ENCODINGS[_of(encodings, portal, "utf-8")]
            portal.site.era = _of(eras, portal, 0)

    def __getitem__(self, slug: str) -> SimulatedPortal:
        """The portal of a slug, else the first of that family."""
        return next(p for p in self.portals if slug in {p.slug, p.family})

    def start(self) -> None:
        """Listen; returns when every portal answers."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="farm", daemon=True)
        self._thread.start()
        ready.wait()
        if self._loop is None:
            raise OSError(f"the farm cannot listen on {self._host} from port {self._port}: choose another with port=")

    def stop(self) -> None:
        """Close every connection and end the thread."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def write_portals(self, folder: Path) -> None:
        """Write one portal file for each portal."""
        folder.mkdir(parents=True, exist_ok=True)
        for portal in self.portals:
            (folder / f"{portal.slug}.toml").write_text(portal.toml, encoding="utf-8")

    def publish(self, portal: str, count: int) -> list[TruthArticle]:
        """A later night: `count` new articles."""
        return self._change(portal, "publish", count)

    def edit(self, portal: str, count: int) -> list[TruthArticle]:
        """A later night: `count` articles get a corrected body."""
        return self._change(portal, "edit", count)

    def remove(self, portal: str, count: int) -> list[TruthArticle]:
        """A later night: the oldest `count` articles are taken offline."""
        return self._change(portal, "remove", count)

    def relayout(self, portal: str, era: int) -> None:
        """A later night: the portal has another layout; its articles and addresses are what they were."""
        self[portal].site.era = era

    def night(self, day: date) -> dict[str, NightTruth]:
        """The next day passes on every portal: what each published, corrected, removed and restored, by slug.

        Days go forward; raises ValueError for one that is not later than the last.
        """
        return {portal.slug: pass_night(portal.site, day, self._pace) for portal in self.portals}

    def fault(self, portal: str, name: str, **how: Any) -> Fault:
        """From now on the portal has a fault of crawler.farm.faults.FAULTS; `stranger` is a host that notes visits."""
        if "stranger" not in how:
            how["stranger"] = self.stranger()
        return faults.strike(self[portal].site, name, **how)

    def heal(self, portal: str, name: str | None = None) -> None:
        """Take a fault away again, or all of them."""
        faults.heal(self[portal].site, name)

    def stranger(self, host: str = "127.0.0.66") -> str:
        """The address of a host that nobody may ask; `strays` has the requests it saw. The farm must be running."""
        if not self._stranger:
            self._stranger = self._also(lambda: Stranger(self.strays), host)
        return self._stranger

    def move(self, portal: str, host: str = "127.0.0.7") -> SimulatedPortal:
        """The portal goes to another host for good; the old one leads there. The new one has a slug of its own."""
        old = self[portal].site
        site = copy(old)
        site.__dict__ = {**old.__dict__, "slug": f"{old.slug}-moi", "faults": ()}
        site.refresh()
        site.__dict__.pop("blocks", None)
        site.__dict__["_answers"] = {}
        site.url = self._also(lambda: Connection(site, self.log.append), host)
        moved = SimulatedPortal(site)
        self.portals.append(moved)
        self.fault(portal, "moved", to=site.url)
        return moved

    def _also(self, protocol: Callable[[], asyncio.Protocol], host: str) -> str:
        """Listen on another loopback address too; its URL."""
        assert self._loop is not None, "start the farm first"
        listening = asyncio.run_coroutine_threadsafe(self._loop.create_server(protocol, host, 0), self._loop)
        server = listening.result(10)
        self._others.append(server)
        return f"http://{host}:{server.sockets[0].getsockname()[1]}/"

    def _change(self, portal: str, what: str, count: int) -> list[TruthArticle]:
        site = self[portal].site
        changed = getattr(site.newsroom, what)(count)
        site.refresh()
        return [truth_of(site, story) for story in changed]

    def _serve(self, ready: threading.Event) -> None:
        loop = asyncio.new_event_loop()
        try:
            servers = [loop.run_until_complete(self._listen(loop, n, p.site)) for n, p in enumerate(self.portals)]
            self._loop = loop
            ready.set()
            loop.run_forever()
            for server in (*servers, *self._others):
                server.close()
            loop.run_until_complete(loop.shutdown_asyncgens())
        except OSError:
            self._loop = None
        finally:
            ready.set()
            loop.close()

    async def _listen(self, loop: asyncio.AbstractEventLoop, number: int, site: Site) -> asyncio.Server:
        port = self._port + number if self._port else 0
        server = await loop.create_server(lambda: Connection(site, self.log.append), self._host, port)
        site.url = f"http://{self._host}:{server.sockets[0].getsockname()[1]}/"
        return server


def _of(choice: Choice | Mapping[str, Choice], portal: SimulatedPortal, usual: Choice) -> Choice:
    if isinstance(choice, Mapping):
        return choice.get(portal.slug, choice.get(portal.family, usual))
    return choice


def _build(plan: Plan, families: Sequence[str], portals: int | None) -> list[Site]:
    """The sites of a farm; `plan` says what all their newsrooms share."""
    made: list[Site] = []
    for number, seat in enumerate(seats(plan.seed, portals or len(families))):
        slug = f"demo-{slugify(seat.name).replace('-', '')}"
        slug = slug if all(slug != site.slug for site in made) else f"{slug}-{number + 1}"
        wire = made[-1].newsroom if made else None
        own = replace(plan, slug=slug, daily=rhythm(plan.seed, slug, plan.daily).daily)
        platform = Site.registry[families[number % len(families)]]
        made.append(platform(slug, seat, Newsroom(own, seat, wire), variant=number // len(families)))
    for site in made:
        site.neighbours = {other.slug: other for other in made}
    return made
