"""Listings and articles that are JSON: which list holds the articles, what their keys mean, which part follows."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from archive.records import Stated
from crawler.links import Link
from crawler.page import BLANKS, Page, one_line
from crawler.paging import FORM, JSON, Ask

KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "tieude", "headline", "name", "subject", "ten"),
    "url": ("url", "urldetail", "detailurl", "link", "href", "permalink", "canonicalurl", "seourl", "path", "duongdan"),
    "slug": ("slug", "alias", "friendlyurl", "seoname"),
    "date": (
        *("publishedat", "publisheddate", "publishdate", "publishtime", "publishedtime", "publicdate", "displaydate"),
        *("ngayxuatban", "ngaydang", "createddate", "createdat", "createdtime", "date", "time"),
    ),
    "summary": ("summary", "sapo", "description", "trichyeu", "tomtat", "lead", "abstract", "excerpt", "mota"),
    "content": ("content", "contenthtml", "body", "noidung", "detail", "fulltext", "html"),
    "author": ("author", "authorname", "tacgia", "pseudonym"),
    "source": ("source", "sourcename", "nguon", "nguontin"),
    "category": ("categoryname", "category", "section", "chuyenmuc"),
    "files": ("attachments", "files", "filedinhkem", "documents", "attachfiles", "listfile"),
}
"""What a field is called, in lower case without punctuation, the surest name first."""
TOTALS = frozenset(
    {"total", "count", "totalcount", "totalrecord", "totalrecords", "totalitem", "totalitems", "totalelements"}
)
PAGES = frozenset({"totalpage", "totalpages", "totalpagenum", "pagecount", "lastpage", "numpages"})
OFFSET = re.compile(r"offset|start|from|skip", re.IGNORECASE)
LIMIT = re.compile(r"limit|(?:page_?)?size|per_?page|pagesize|take|count|recordPerPage|rows", re.IGNORECASE)
PAGE = re.compile(r"(?:\w*[_.])?(?:page(?:_?num|_?index|_?no|_?number)?|p|trang|current(?:_?page)?)", re.IGNORECASE)
DEPTH = 5


def links(page: Page) -> list[Link]:
    """The articles that a JSON listing names and says an address of."""
    return [link for item in items(page.json) if (link := _link(page, item)) is not None]


def items(data: object) -> list[Mapping[str, Any]]:
    """The list of articles in an answer: of all lists in it, the one with most titles."""
    lists = [found for found in _lists(data, DEPTH) if any(said(one, "title") for one in found)]
    return max(lists, key=len, default=[])


def said(item: Mapping[str, Any], what: str) -> str:
    """The value of a field under whichever of its names, as text; a nested name gives its own name."""
    value = _value(item, what)
    if isinstance(value, Mapping):
        value = _value(value, "title") or _value(value, "url")
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def following(page: Page) -> Ask | None:
    """The request for the next part: its own, with offset or page number moved on; None after the last."""
    count = len(items(page.json))
    if not count:
        return None
    asked, body = _fields(urlsplit(page.url).query), _posted(page)
    moved = _moved({**asked, **body}, page.json, count)
    if moved is None:
        return None
    name, value = moved
    if name in body:
        return _ask(page, page.url, {**body, name: value})
    parts = urlsplit(page.url)
    return _ask(page, parts._replace(query=urlencode({**asked, name: value})).geturl(), body)


def shown(page: Page) -> Page:
    """The page in which an article that is JSON would be shown; the JSON itself when it holds none."""
    article = next(_articles(page.json, DEPTH), None)
    if article is None:
        return page
    files = _value(article, "files")
    boxed = "".join(_file(page, one) for one in files if isinstance(one, Mapping)) if isinstance(files, list) else ""
    parts = {
        "<article><h1 itemprop=headline>{}</h1>": escape(said(article, "title")),
        '<time datetime="{}"></time>': escape(said(article, "date")),
        "<div class=sapo>{}</div>": escape(_plain(said(article, "summary"))),
        "<div itemprop=articleBody>{}</div>": said(article, "content"),
        "<p class=author>{}</p>": escape(said(article, "author")),
        "<p class=source>{}</p>": escape(said(article, "source")),
        "<a rel=category>{}</a>": escape(said(article, "category")),
        "<div class=attach>{}</div></article>": boxed,
    }
    markup = "".join(part.format(value) for part, value in parts.items() if value or "article" in part)
    return Page(page.url, f"<html><body>{markup}</body></html>".encode(), status=page.status)


def _plain(markup: str) -> str:
    return one_line(re.sub(r"<[^>]+>", " ", markup)) if "<" in markup else BLANKS.sub(" ", markup)


def _link(page: Page, item: Mapping[str, Any]) -> Link | None:
    where = said(item, "url") or said(item, "slug")
    url = page.absolute(where if re.match(r"/|https?:", where) or not where else f"/{where}")
    title = _plain(said(item, "title"))
    if not url or not title:
        return None
    date = said(item, "date")
    return Link(url, title, Stated(date, "listing") if date else None, _plain(said(item, "summary")))


def _value(item: Mapping[str, Any], what: str) -> Any:
    named = {re.sub(r"[\W_]", "", str(name)).lower(): value for name, value in item.items()}
    return next((named[name] for name in KEYS[what] if named.get(name) not in (None, "", [])), None)


def _lists(data: object, depth: int) -> Iterator[list[Mapping[str, Any]]]:
    if isinstance(data, list):
        yield [one for one in data if isinstance(one, Mapping)]
    if depth and isinstance(data, (Mapping, list)):
        for inner in data.values() if isinstance(data, Mapping) else data:
            yield from _lists(inner, depth - 1)


def _articles(data: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """The objects with a title and a text, outermost first."""
    if not isinstance(data, Mapping):
        return
    if said(data, "title") and said(data, "content"):
        yield data
    for inner in data.values() if depth else ():
        yield from _articles(inner, depth - 1)


def _file(page: Page, file: Mapping[str, Any]) -> str:
    url, name = page.absolute(said(file, "url") or said(file, "slug")), said(file, "title")
    return f'<a href="{escape(url)}">{escape(name)}</a>' if url else ""


def _fields(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))


def _posted(page: Page) -> dict[str, Any]:
    text = page.sent.decode("utf-8", "replace")
    if not text.startswith("{"):
        return dict(_fields(text))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _moved(fields: Mapping[str, Any], data: object, count: int) -> tuple[str, str | int] | None:
    """The field that says where a part begins, with its next value; None when this part was the last."""
    number = {name: int(value) for name, value in fields.items() if str(value).isdecimal()}
    size = next((value for name, value in number.items() if LIMIT.fullmatch(name)), 0)
    total, pages = _figure(data, TOTALS), _figure(data, PAGES)
    for name, value in number.items():
        text = isinstance(fields[name], str)
        if OFFSET.fullmatch(name):
            last = value + count >= total if total else count < size
            return None if last else (name, str(value + count) if text else value + count)
        if PAGE.fullmatch(name):
            first = 0 if value == 0 else 1
            last = value + 1 - first >= pages if pages else count < size
            return None if last else (name, str(value + 1) if text else value + 1)
    return None


def _figure(data: object, names: frozenset[str]) -> int:
    """A figure beside the list, wherever in the answer's outer objects."""
    waiting = [data]
    for one in waiting:
        if isinstance(one, Mapping):
            for name, value in one.items():
                if re.sub(r"[\W_]", "", str(name)).lower() in names and str(value).isdecimal():
                    return int(value)
            waiting += [value for value in one.values() if isinstance(value, Mapping)]
    return 0


def _ask(page: Page, url: str, body: Mapping[str, Any]) -> Ask:
    if not page.sent:
        return Ask(url)
    if page.sent.startswith(b"{"):
        return Ask(url, "POST", json.dumps(body, ensure_ascii=False).encode(), JSON)
    return Ask(url, "POST", urlencode(body).encode(), FORM)
