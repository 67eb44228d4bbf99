"""Which page of a listing follows: a marked link, else the number after the current, as link or postback."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborNode

from crawler.page import Page, attribute, find, find_all, text_of

FORWARD = re.compile(
    r"(?:trang )?(?:sau|tiếp|kế|kế tiếp|tiếp theo|next)(?: trang)?\W*|[>›»]{1,2}|(?:xem|tải) thêm\W*", re.IGNORECASE
)
CURRENT = "[aria-current=page], .active, .current, .selected, .pageactive, .page-active, .activepage"
WEAKLY_CURRENT = "strong, b, span"
NUMBERED = re.compile(r"(?:page|p|trang|pageindex|pagenumber|pageno|pageid|\w*_cur|cur|pi)", re.IGNORECASE)
OFFSET = re.compile(r"(?:offset|start|from|skip|rowstart)", re.IGNORECASE)
IN_PATH = re.compile(r"(?:page|trang|PhanTrang/[\w-]+)[-/](\d+)|-(\d+)\.html?$", re.IGNORECASE)
POSTBACK = re.compile(
    r"""(?:__doPostBack|WebForm_PostBackOptions)\(\s*["']([^"']*)["']\s*,\s*["']([^"']*)["']""", re.IGNORECASE
)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
JSON = (("Content-Type", "application/json; charset=utf-8"),)
BY_SCRIPT = ("X-Requested-With", "XMLHttpRequest")
MORE = re.compile(r"\.{2,3}|…")


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for next, as plain values."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def following(page: Page, marked: str, pager: str) -> Ask | None:
    """The next listing page: what `marked` selects, else what the `pager` element numbers; None on the last."""
    for node in find_all(page.tree, marked):
        ask = _ask(page, node)
        if ask:
            return ask
    area = find(page.tree, pager) or unmarked(page)
    if area is None:
        return None
    links = [(text_of(node), ask) for node in area.css("a") if (ask := _ask(page, node))]
    wanted = str(current(page, area) + 1)
    by_number = (ask for text, ask in links if text == wanted)
    by_word = (ask for text, ask in links if FORWARD.fullmatch(text))
    beyond = (ask for text, ask in links[-1:] if MORE.fullmatch(text) and len(links) > 1)
    return next(by_number, None) or next(by_word, None) or next(beyond, None)


def unmarked(page: Page) -> LexborNode | None:
    """The element that numbers a listing's pages where none is named so: links that are numbers, or a next one."""
    own = urlsplit(page.url).path.rstrip("/")
    for node in page.tree.css("a[href], a[onclick]"):
        text, href = text_of(node), attribute(node, "href")
        if not (text.isdecimal() or FORWARD.fullmatch(text)):
            continue
        if POSTBACK.search(href) or (href and urlsplit(page.absolute(href)).path.startswith(own)):
            item = node.parent
            return item.parent if item is not None and item.tag in {"li", "td", "span"} else item
    return None


def posted(url: str, fields: Mapping[str, str | int], *, as_json: bool = False) -> Ask:
    """A request as a page's script posts it: a form, or JSON with whole numbers as numbers."""
    if not as_json:
        return Ask(url, "POST", urlencode(fields).encode(), (*FORM, BY_SCRIPT))
    numbers = {name: int(value) if str(value).isdecimal() else value for name, value in fields.items()}
    return Ask(url, "POST", json.dumps(numbers, ensure_ascii=False).encode(), (*JSON, BY_SCRIPT))


def sent_fields(page: Page) -> dict[str, str]:
    """What was posted for a page: the fields of a form or of a JSON object, as text; nothing for a GET."""
    text = page.sent.decode("utf-8", "replace")
    if not text.startswith("{"):
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return {str(name): str(value) for name, value in json.loads(text).items()}
    except (ValueError, RecursionError):
        return {}


def current(page: Page, area: LexborNode) -> int:
    """The number of the page shown: as the pager marks it, else as its address says, else 1."""
    return next((int(text) for text in _numbers(page, area) if text.isdecimal()), 1)


def _numbers(page: Page, area: LexborNode) -> Iterator[str]:
    yield from (text_of(node) for node in area.css(CURRENT))
    parts = urlsplit(page.url)
    query = parse_qsl(parts.query)
    yield from (value for name, value in query if NUMBERED.fullmatch(name))
    yield from _by_offset(area, [value for name, value in query if OFFSET.fullmatch(name)])
    found = IN_PATH.search(parts.path)
    yield (found[1] or found[2]) if found else ""
    yield from (text_of(node).strip("[]") for node in area.css(WEAKLY_CURRENT))


def _by_offset(area: LexborNode, offsets: list[str]) -> Iterator[str]:
    """An offset says no number; the link with the next larger one has it."""
    if not offsets or not offsets[0].isdecimal():
        return
    for node in area.css("a[href]"):
        text = text_of(node)
        for name, value in parse_qsl(urlsplit(attribute(node, "href")).query):
            later = OFFSET.fullmatch(name) and value.isdecimal() and int(value) > int(offsets[0])
            if later and text.isdecimal():
                yield str(int(text) - 1)


def _ask(page: Page, node: LexborNode) -> Ask | None:
    if "disabled" in attribute(node, "class") or "disabled" in attribute(node.parent, "class"):
        return None
    href = attribute(node, "href")
    postback = POSTBACK.search(href) or POSTBACK.search(attribute(node, "onclick"))
    if postback:
        return _postback(page, postback[1], postback[2])
    url = page.absolute(href)
    return Ask(url) if url and url.split("#")[0] != page.url.split("#")[0] else None


def _postback(page: Page, event: str, argument: str) -> Ask:
    """ASP.NET's own way to turn a page: the form sent back with the event's name (PORTALS.md 1.3, 1.4)."""
    form = page.first("form:has(input[name=__VIEWSTATE]) || form[action]")
    hidden = find_all(form, "input[type=hidden][name]") or page.css("input[type=hidden][name]")
    fields = {attribute(node, "name"): attribute(node, "value") for node in hidden}
    fields |= {"__EVENTTARGET": event, "__EVENTARGUMENT": argument}
    return Ask(page.absolute(attribute(form, "action")) or page.url, "POST", urlencode(fields).encode(), FORM)
