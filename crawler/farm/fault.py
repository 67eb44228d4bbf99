"""What a fault is: something that comes between a simulated portal and the request it answers.

A fault changes the answer (`answer`) or the bytes on the wire (`wire`); crawler.farm.faults lists them all.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from crawler.farm.exchange import Answer, Ask
from crawler.farm.wire import Body, Piece

if TYPE_CHECKING:
    from crawler.farm.site import Site

PAGES = frozenset({"home", "listing", "article", "other"})
EVERYTHING = PAGES | {"robots", "feed", "file"}
_FEED = re.compile(r"rss|feed|sitemap|\.xml$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar|txt|jpe?g|png|gif|ico)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: its target, and what stands there.

    `kind` is robots, home, listing, article, feed, file or other; empty where no fault wants to know.
    """

    ask: Ask
    target: str
    kind: str

    @classmethod
    def of(cls, site: "Site", target: str, ask: Ask) -> "Visit":
        """A request to a portal."""
        return cls(ask, target, kind_of(site, ask) if site.faults else "")


@dataclass(frozen=True, slots=True)
class Wire:
    """Bytes to send in place of an answer: `parts` one after the other, `every` seconds apart, then the `end`.

    `end` is "keep" (the connection stays), "close" or "reset".
    """

    parts: Iterable[bytes]
    end: str = "close"
    every: float = 0.0


class Fault:
    """The base of all faults: strikes the kinds of requests in `where`, `count` of every `of` of them.

    `where` may be given in words: "article listing". A subclass says its `name` and one line about it.
    """

    name: ClassVar[str] = ""
    about: ClassVar[str] = ""
    strikes_at: ClassVar[frozenset[str]] = PAGES
    known: ClassVar[dict[str, type["Fault"]]] = {}

    def __init_subclass__(cls, name: str, about: str) -> None:
        cls.name, cls.about = name, about
        cls.known[name] = cls

    def __init__(self, site: "Site", **how: Any) -> None:
        where = how.pop("where", "")
        self.site, self.how = site, how
        self.where = frozenset(where.split()) if where else self.strikes_at
        self.count, self.of = how.get("count", 1), how.get("of", 1)
        self.seen = 0

    def strikes(self, visit: Visit) -> bool:
        """Whether it strikes this request; counts those it might."""
        if visit.kind not in self.where:
            return False
        self.seen += 1
        return bool((self.seen - 1) % self.of < self.count)

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        """The answer in place of the healthy one."""
        return healthy()

    def wire(self, visit: Visit, head: bytes, body: bytes) -> Wire | None:
        """The bytes in place of head (without its last line) and body; None to send them as they are."""
        return None

    def begin(self) -> None:
        """Called once, before the first request."""

    def end(self) -> None:
        """Called when the portal is healed."""

    def __call__(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.answer(visit, healthy) if self.strikes(visit) else healthy()


def kind_of(site: "Site", ask: Ask) -> str:
    """What stands at an address."""
    fixed = {"/robots.txt": "robots", "/": "home"}.get(ask.path)
    if fixed and not ask.query:
        return fixed
    if _FEED.search(ask.path):
        return "feed"
    if ask.method == "POST" or site.find_section(ask) is not None:
        return "listing"
    if site.find(ask) is not None:
        return "article"
    return "file" if _FILE.search(ask.path) else "other"


def struck(site: "Site", visit: Visit, healthy: Callable[[], Answer]) -> Answer:
    """What the portal answers with all its faults: the latest one is the outermost."""
    for fault in site.faults:
        healthy = _wrapped(fault, visit, healthy)
    return healthy()


def _wrapped(fault: Fault, visit: Visit, healthy: Callable[[], Answer]) -> Callable[[], Answer]:
    return lambda: fault(visit, healthy)


def on_the_wire(site: "Site", visit: Visit, head: bytes, body: bytes) -> Wire | None:
    """The bytes that a fault sends in place of an answer, or None."""
    found = (fault.wire(visit, head, body) for fault in reversed(site.faults))
    return next((wire for wire in found if wire is not None), None)


async def send(transport: asyncio.Transport, wire: Wire) -> None:
    """Send what a fault made, and end the connection as it says."""
    for part in wire.parts:
        if transport.is_closing():
            return
        transport.write(part)
        await asyncio.sleep(wire.every)
    if wire.end == "reset":
        transport.abort()
    elif wire.end == "close":
        transport.close()


def made(text: str | bytes, like: Answer | None = None, **changes: Any) -> Answer:
    """An answer of this text alone, otherwise like another."""
    base = like or Answer(Body([]))
    return replace(base, body=Body([Piece(text)]), validates=False, **changes)


def edited(site: "Site", answer: Answer, change: Callable[[str], str]) -> Answer:
    """An answer whose text is changed; bytes of another charset stay as they are."""
    text = answer.body.plain(site.count).decode("utf-8", "surrogateescape")
    return made(change(text).encode("utf-8", "surrogateescape"), answer)


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    """A body in parts of so many bytes."""
    return (body[start : start + size] for start in range(0, len(body), size))
