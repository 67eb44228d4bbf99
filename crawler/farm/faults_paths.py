"""Faults of where things stand: listings without end, redirects, portals that moved or stopped."""

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from crawler.farm.exchange import Answer
from crawler.farm.fault import EVERYTHING, PAGES, Fault, Visit, edited, made
from crawler.farm.newsroom import SECTIONS

if TYPE_CHECKING:
    from crawler.farm.site import Site

_BODY_END = re.compile(r"</body>", re.IGNORECASE)
NOBODY = "http://127.0.0.7:9/"
"""Where a portal goes that nobody follows."""
_TITLE = "Kế hoạch cải cách hành chính năm 2024 của xã số {n}"


def _section(site: "Site", visit: Visit) -> tuple[str, int]:
    return site.find_section(visit.ask) or ("reform", 1)


class RepeatedPage(Fault, name="repeated_page", about="every page of a listing shows page 1, with a link to the next"):
    strikes_at = frozenset({"listing"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        section, page = _section(self.site, visit)
        first = self.site.page(self.site.listing(section, 1))
        return edited(self.site, first, lambda text: _BODY_END.sub(_next(self.site, section, page) + "</body>", text))


def _next(site: "Site", section: str, page: int) -> str:
    path = escape(site.section_path(section, page + 1))
    return (
        f'<div class="pagination"><b class="current">{page}</b> <a rel="next" class="next" href="{path}">Sau</a></div>'
    )


class Endless(Fault, name="endless", about="paging that never ends: every page names ten articles that nobody wrote"):
    strikes_at = frozenset({"listing"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        section, page = _section(self.site, visit)
        label = SECTIONS[section][0]
        real = self.site.path(self.site.shown[0])
        links = "".join(_link(_mutated(real, page * 10 + n), page * 10 + n) for n in range(10))
        whole = f"<h1>{label}</h1><div class='list'>{links}</div>{_next(self.site, section, page)}"
        return made(f"<!doctype html><html><head><title>{label}</title></head><body>{whole}</body></html>")


def _mutated(path: str, n: int) -> str:
    """The address of an article that is not there, in the shape of one that is."""
    digits = list(re.finditer(r"\d+", path))
    if not digits:
        return path.replace(".html", "") + f"-so-{n}" + (".html" if path.endswith(".html") else "")
    last = digits[-1]
    return f"{path[: last.start()]}{int(last[0]) + 700_000 + n}{path[last.end() :]}"


def _link(path: str, n: int) -> str:
    return f'<h3 class="item"><a href="{escape(path)}">{_TITLE.format(n=n)}</a></h3>'


class Calendar(Fault, name="calendar_trap", about="a calendar on every page whose next month has a calendar, for ever"):
    strikes_at = PAGES

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        month = int(visit.ask.query.get("thang", "1"))
        days = "".join(f'<td><a href="/lich?thang={month}&amp;ngay={day}">{day}</a></td>' for day in range(1, 29))
        after = f'<a rel="next" class="next" href="/lich?thang={month + 1}">»</a>'
        table = f'<div class="pagination"><table class="calendar"><tr>{days}</tr></table>{after}</div>'
        if visit.ask.path == "/lich":
            return made(f"<!doctype html><html><body><h1>Lịch tháng {month}</h1>{table}</body></html>")
        return edited(self.site, healthy(), lambda text: _BODY_END.sub(table + "</body>", text))


class RedirectHome(Fault, name="redirect_home", about="every address but the home page redirects to it"):
    strikes_at = frozenset({"listing", "article", "other", "feed", "file"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.redirect("/", 302)


class RedirectLoop(Fault, name="redirect_loop", about="every page redirects to itself with another number"):
    strikes_at = PAGES

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        turn = int(visit.ask.query.get("vong", "0")) + 1
        mark = "&" if visit.ask.query and "vong" not in visit.ask.query else "?"
        base = re.sub(r"[?&]vong=\d+", "", visit.target)
        return self.site.redirect(f"{base}{mark}vong={turn}", 302)


class ForeignRedirects(Fault, name="foreign_redirects", about="articles redirect to another host (`stranger`)"):
    strikes_at = frozenset({"article"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.redirect(f"{self.how['stranger'].rstrip('/')}{visit.target}", 302)


class Moved(Fault, name="moved", about="every address, robots.txt too, redirects for good to another host (`to`)"):
    strikes_at = EVERYTHING

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.redirect(f"{self.how.get('to', NOBODY).rstrip('/')}{visit.target}", 301)


class Frozen(Fault, name="frozen", about="what is published from now on is not shown: the portal stands still"):
    strikes_at = EVERYTHING

    def begin(self) -> None:
        self.stories = list(self.site.newsroom.stories)

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        room, site = self.site.newsroom, self.site
        now, room.stories = room.stories, self.stories
        site.refresh()
        try:
            return healthy()
        finally:
            room.stories = now
            site.refresh()

    def end(self) -> None:
        self.site.refresh()
