"""A layout era of a platform: how it names, nests and orders the parts of its pages; drawn from a number.

Era 0 is a platform's documented layout (sites/). Eras 1 and 2 are the same in every farm, in part
as real portals of the family had them; 3 and above are drawn from the farm's seed, so that there
are always layouts that no reader has seen. Truth, addresses and the platform's marks in the head stay.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from archive.records import Precision
from crawler.farm.chance import stream
from crawler.farm.dating import FORMS, LABELS
from crawler.farm.places import HERE

_TAGS: dict[str, tuple[str, ...]] = {
    "article": ("div", "div", "article", "section", "main"),
    "title": ("h1", "h1", "h1", "h1", "h2", "h2", "h3", "div", "p"),
    "date": ("span", "span", "div", "time", "p", "em"),
    "summary": ("div", "div", "p", "h2", "h3", "strong"),
    "body": ("div", "div", "div", "section", "article"),
    "item_title": ("h3", "h2", "h4", "div", "p"),
    "item_date": ("span", "time", "em", "div"),
    "item_summary": ("div", "p"),
    "crumbs": ("ul", "ol", "nav", "div"),
    "pager": ("div", "nav", "ul"),
}
_CHROME = ("wrapper", "site-banner", "main-menu", "topbar", "columns", "main-column", "side-column", "side-box",
           "box-title", "search-box", "teaser-new", "teaser-hot", "foot-map", "foot-col", "date-today",
           "current-date")  # fmt: skip
_CHROME_WORDS = ("khung", "than", "dau", "chan", "cot", "trai", "phai", "banner", "nav", "block", "widget", "panel",
                 "zone", "module", "portlet", "hop", "vung", "container", "row", "sec")  # fmt: skip
PARAGRAPHS = ("<p>{}</p>", '<p style="text-align: justify;">{}</p>', "<div>{}</div>", "<p><span>{}</span></p>",
              '<p class="MsoNormal" style="text-indent:36pt"><span style="font-size:14pt">{}</span></p>',
              '<p align="justify"><font face="Times New Roman">{}</font></p>', "{}<br /><br />")  # fmt: skip
RELATED = ("Tin liên quan", "Các tin khác", "Tin cùng chuyên mục", "Bài viết liên quan", "Tin đã đưa", "Xem thêm")
NEXT = ("Trang sau", "Tiếp theo", "Tiếp", "Sau", "»", "›", "Trang tiếp", "Xem thêm", "Next")
FILES = ("list", "table", "inline", "button", "viewer")
PAGERS = ("links", "window", "next")
ADDRESSES = ("own", "own", "page", "trang", "p", "path")


@dataclass(frozen=True, slots=True)
class Era:
    """The choices of one layout; `names` says of each part `tag.class#id`, nested parts joined by " > "."""

    number: int
    names: Mapping[str, str]
    chrome: Mapping[str, str]
    order: tuple[str, ...]
    """The article's parts from top to bottom: title, date, summary, tools, files, related, body…"""
    sapo_inside: bool
    files_inside: bool
    author_inside: bool
    depth: int
    in_table: bool
    side_first: bool
    paragraph: str
    date_forms: Mapping[Precision, int]
    date_label: str
    views_beside_date: bool
    structured: frozenset[str]
    """Which of jsonld, og, published, micro, canonical the head and markup have."""
    universal: bool
    page_title: str
    related: str
    files: str
    pager: str
    address: str
    next_word: str
    next_rel: bool
    listed_summary: bool
    listed_picture: bool


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((HERE / "eras.toml").read_text("utf-8"))


def draw(seed: int, family: str, number: int) -> Era:
    """The layout of a family's era; raises ValueError for 0, which sites/ describe."""
    if number < 1:
        raise ValueError("era 0 is the documented layout: there is nothing to draw")
    rng = stream(f"{family}/era/{number}" if number < 3 else f"{seed}/{family}/era/{number}")
    documented = _words()["documented"].get(family, {}).get(str(number), {})
    return Era(
        number=number,
        names={**_named(rng), **documented},
        chrome={name: "-".join(rng.sample(_CHROME_WORDS, 2)) for name in _CHROME},
        order=_ordered(rng),
        sapo_inside=rng.random() < 0.25 and "summary" not in documented,
        files_inside=rng.random() < 0.4,
        author_inside=rng.random() < 0.4,
        depth=rng.choice((0, 0, 1, 1, 2, 3)),
        in_table=rng.random() < 0.12,
        side_first=rng.random() < 0.3,
        paragraph=rng.choice(PARAGRAPHS),
        date_forms={precision: rng.randrange(len(forms)) for precision, forms in FORMS.items()},
        date_label=rng.choice(LABELS),
        views_beside_date=rng.random() < 0.3,
        structured=frozenset(
            name for name in ("jsonld", "og", "published", "micro", "canonical") if rng.random() < 0.35
        ),
        universal=rng.random() < 0.3,
        page_title=rng.choice(("{title} - {site}", "{title} | {site}", "{site} - {title}", "{title}", "{site}")),
        related=rng.choice(RELATED),
        files=rng.choice(FILES),
        pager=rng.choice(PAGERS),
        address=rng.choice(ADDRESSES),
        next_word=rng.choice(NEXT),
        next_rel=rng.random() < 0.3,
        listed_summary=rng.random() < 0.6,
        listed_picture=rng.random() < 0.6,
    )


def _named(rng: Random) -> dict[str, str]:
    """What each part is: named in one manner; every tenth layout has numbers for names, as style tools make them."""
    manner = rng.choice(("english", "english", "vietnamese", "vietnamese"))
    owner, joint = rng.choice(_words()["owner"][manner]), rng.choice(_words()["joints"])
    opaque = rng.random() < 0.1
    names = {}
    for part, words in _words()["part"][manner].items():
        word = rng.choice(words)
        full = f"{owner}{joint}{word}" if joint else f"{owner.replace('-', '')}{word.title().replace('-', '')}"
        plain = rng.random() < 0.2
        name = f"c{rng.randrange(16**5):05x}" if opaque else word if plain else full
        mark = "#" if part in {"title", "body", "summary", "date"} and rng.random() < 0.15 else "."
        names[part] = f"{rng.choice(_TAGS.get(part, ('div',)))}{mark}{name}"
    outer, inner = rng.choice((("div", "div"), ("ul", "li"), ("section", "article")))
    return {**names, "list": outer + names["list"][3:], "item": inner + names["item"][3:]}


def _ordered(rng: Random) -> tuple[str, ...]:
    """The parts from top to bottom: the title first, except below its date; the body after what leads to it."""
    top = rng.choice((["title", "date"], ["title", "date"], ["date", "title"], ["title"]))
    middle = ["summary", "tools"]
    bottom = ["source", "author", "files", "tags", "rating", "comment", "related"]
    rng.shuffle(middle)
    rng.shuffle(bottom)
    early = [part for part in bottom if part in {"related", "files", "tags"} and rng.random() < 0.12]
    bottom = [part for part in bottom if part not in early]
    dated = [] if "date" in top else ["date"]
    return ("crumbs", *top, *middle, *early, "body", *dated, *bottom)
