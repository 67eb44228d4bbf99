"""A simulated portal: requests in, responses out; platforms say how pages look (sites/)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from archive.records import Precision
from crawler.farm import chrome, files
from crawler.farm.card import counter
from crawler.farm.chance import stream
from crawler.farm.encodings import ENCODINGS
from crawler.farm.eras import draw
from crawler.farm.exchange import HTML, Answer, Ask
from crawler.farm.layout import Layout
from crawler.farm.newsroom import SECTIONS, Newsroom
from crawler.farm.places import Seat
from crawler.farm.shelf import Shelf
from crawler.farm.stories import Story
from crawler.farm.texts import Document, slugify
from crawler.farm.wire import Body, Piece, cut

if TYPE_CHECKING:
    from crawler.farm.fault import Fault

_NONE: Mapping[str, str] = MappingProxyType({})


class Site(Shelf, ABC):
    """The base of all platforms: routing, chrome, truth, counters.

    A platform sets `family` and `precision`, and says `path`, `find`, `article`, `listing`,
    `home` and, for its feeds and oddities, `special`.
    """

    family: ClassVar[str]
    precision: ClassVar[Precision | None] = Precision.MINUTE
    validates: ClassVar[bool] = False
    varies: ClassVar[tuple[str, ...]] = ()
    """Request headers, in small letters, that change what the platform answers to a GET."""
    static_prefix: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Site"]]] = {}
    faults: "tuple[Fault, ...]" = ()
    """What comes between the portal and its requests tonight (crawler/farm/faults.py)."""

    def __init_subclass__(cls) -> None:
        if "family" in cls.__dict__:
            Site.registry[cls.family] = cls

    def __init__(self, slug: str, seat: Seat, newsroom: Newsroom, *, variant: int = 0) -> None:
        super().__init__(newsroom, stream(f"{newsroom.plan.seed}/{slug}/site").randint(1200, 90_000))
        self.slug = slug
        self.seat = seat
        self.variant = variant
        self.url = "http://127.0.0.1/"
        self.requests = 0
        self.neighbours: dict[str, Site] = {}
        self.layout: Layout | None = None
        self.encoding = ENCODINGS["utf-8"]
        self._answers: dict[str, Answer] = {}

    @property
    def era(self) -> int:
        """Which layout the pages have: 0 is the documented one (crawler/farm/eras.py)."""
        return self.layout.era.number if self.layout else 0

    @era.setter
    def era(self, number: int) -> None:
        self.layout = Layout(draw(self.newsroom.plan.seed, self.family, number), self) if number else None
        self.__dict__.pop("blocks", None)
        self.refresh()

    # What the portal is called and what a person would write about it

    @cached_property
    def name(self) -> str:
        """The portal's own name."""
        return f"{'Trang' if self.seat.commune else 'Cổng'} thông tin điện tử {self.seat.place}"

    @property
    def level(self) -> str:
        """The level in the portal file."""
        return self.seat.level

    def portal_lines(self) -> Iterable[str]:
        """Further lines of the portal file, for a platform whose operator would add some."""
        return ()

    # The platform's part

    @abstractmethod
    def path(self, story: Story) -> str:
        """The article's canonical path with query."""

    @abstractmethod
    def find(self, ask: Ask) -> Story | None:
        """The article at an address, removed ones too."""

    @abstractmethod
    def section_path(self, section: str, page: int = 1) -> str:
        """A listing page's path."""

    def static_path(self, label: str) -> str:
        """The address of a menu page that is no article."""
        return f"{self.static_prefix}/{slugify(label)}"

    @abstractmethod
    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        """The section and page number a listing address means."""

    @abstractmethod
    def article(self, story: Story) -> str:
        """An article's page."""

    @abstractmethod
    def listing(self, section: str, page: int) -> str:
        """A listing page."""

    @abstractmethod
    def home(self) -> str:
        """The home page."""

    def at_page(self, section: str | None, ask: Ask, name: str = "page") -> tuple[str, int] | None:
        """A section at the page that a query names; None without a section, or for what is no number."""
        page = ask.query.get(name, "1")
        return (section, int(page)) if section and page.isdigit() else None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers of every response."""
        return (("Server", "nginx"), ("Cache-Control", "no-cache"))

    def day(self, story: Story) -> str:
        """The date as the platform's listings print it; empty where they have none."""
        return f"{story.made:%d/%m/%Y %H:%M}"

    def missing(self, ask: Ask) -> Answer:
        """What stands where nothing is: by default an honest 404 in the portal's chrome."""
        return self.page(chrome.not_found(self, ask.path), status=404)

    def gone(self, ask: Ask, story: Story) -> Answer:
        """What stands where an article was."""
        return self.missing(ask)

    def special(self, ask: Ask) -> Answer | None:
        """Robots, feeds, sitemaps, print pages, redirects."""
        return None

    def display_title(self, story: Story) -> str:
        """The title as this platform prints it."""
        return story.title

    # Shared machinery

    @cached_property
    def blocks(self) -> dict[str, list[Piece | str]]:
        """The chrome shared by all pages, by name."""
        made: dict[str, list[Piece | str]] = {}
        for name, text in chrome.blocks(self).items():
            made[name] = cut(self._dressed(text), made, self.encoding.encode)
        return made

    def page(
        self, text: str, *, status: int = 200, kind: str = HTML, headers: tuple[tuple[str, str], ...] = ()
    ) -> Answer:
        """A response from text with marks for chrome and counters."""
        if kind != HTML:
            return Answer(Body(cut(text, {})), status, kind, headers)
        as_bytes, text = self.encoding, self.encoding.declared(self._dressed(text))
        pieces = cut(text, self.blocks, as_bytes.encode)
        marked: list[Piece | str] = [Piece(as_bytes.mark), *pieces] if as_bytes.mark else pieces
        return Answer(Body(marked, as_bytes.encode), status, as_bytes.type, headers)

    def _dressed(self, text: str) -> str:
        return self.layout.dressed(text) if self.layout else text

    def redirect(self, path: str, status: int = 301) -> Answer:
        """A redirect to a path of this portal."""
        target = path if "://" in path else self.absolute(path)
        return Answer(Body([]), status, HTML, (("Location", target),))

    def absolute(self, path: str) -> str:
        """A path with this portal's address before it."""
        return self.url.rstrip("/") + path

    def respond(
        self, target: str, method: str = "GET", headers: Mapping[str, str] = _NONE, body: bytes = b""
    ) -> Answer:
        """The response to a request; the same for the same target until the newsroom changes.

        What a POST gets depends on its form, and is made at each.
        """
        if method == "POST":
            return self._route(Ask.of(target, method, headers, body))
        key = "\n".join((method, target, *(headers.get(name, "") for name in self.varies)))
        known = self._answers.get(key)
        if known is None:
            if len(self._answers) >= 1024:
                self._answers.clear()
            known = self._answers[key] = self._route(Ask.of(target, method, headers))
        return known

    def _route(self, ask: Ask) -> Answer:
        special = self.special(ask)
        if special is not None:
            return special
        if ask.path == "/":
            return self.page(self.home())
        pages = self.layout or self
        if (where := self.layout.meant(ask) if self.layout else self.find_section(ask)) is not None:
            answer = self.page(pages.listing(*where))
            return replace(answer, validates=self.validates)
        if (story := self.find(ask)) is not None:
            return self.gone(ask, story) if story.removed else self.page(pages.article(story))
        name = ask.path.strip("/").split("/")[-1].removeprefix("pages_").split(".")[0]
        if (label := chrome.static_slugs().get(name)) is not None:
            return self.page(chrome.static_page(self, label))
        return files.answer(self, ask) or self.missing(ask)

    def refresh(self) -> None:
        """After the newsroom changed: pages are made anew."""
        self._answers.clear()
        self.forget()
        if "blocks" in self.__dict__:
            self.blocks["side"] = cut(self._dressed(chrome.side(self)), self.blocks, self.encoding.encode)

    def file_name(self, document: Document) -> str:
        """The text of a file's link."""
        return document.name

    def file_path(self, story: Story, document: Document) -> str:
        """Where a file lies; its story's number and its place in the list are in the path."""
        position = story.text.documents.index(document)
        return f"/uploads/{story.made:%Y_%m}/{self.number(story)}-{position}/{document.file}"

    def count(self, name: str) -> str:
        """The text of a counter at this request; never the same twice in a row."""
        return counter(name, self.requests, self.newsroom.now)

    def shown_time(self, story: Story) -> datetime:
        """The moment the platform states."""
        return story.made

    def precision_of(self, story: Story) -> Precision | None:
        """How exactly it is stated."""
        return self.precision

    def summary(self, story: Story) -> str:
        """The summary as printed; empty where the platform has none."""
        return story.text.summary

    def author(self, story: Story) -> str:
        """The author as printed; empty where the platform names none."""
        return story.text.author

    def source(self, story: Story) -> str:
        """The source as printed; empty where the platform names none."""
        return story.text.source

    def category(self, story: Story) -> str:
        """The section's label."""
        return SECTIONS[story.section][0]
