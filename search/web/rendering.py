"""Pages out of templates: escaped, in the reader's language, with the addresses of style and script."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from archive.dates import VIETNAM
from search.web.asked import FILTERS, address
from search.web.words import LANGUAGES, words

STATIC = Path(__file__).with_name("static")
COOKIE = "lang"
YEAR = 31_536_000
FACTS = {"issuing_body": "body", "reform_areas": "area", "indicators": "indicator"}
"""Columns whose name on a page is another word's."""


@cache
def environment() -> Environment:
    """The templates; a name that nobody gave is an error."""
    made = Environment(
        loader=PackageLoader("search.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": asset, "address": address, "zone": VIETNAM, "filter_names": FILTERS, "fact_names": FACTS}
    return made


@cache
def asset(name: str) -> str:
    """The address of a file that never changes below that address."""
    return f"/static/{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}/{name}"


def language(request: Request) -> str:
    """The reader's language: what the address says, else what was remembered, else Vietnamese."""
    for said in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if said in LANGUAGES:
            return str(said)
    return LANGUAGES[0]


def other_language(request: Request, lang: str) -> str:
    """The address of the same page in the other language."""
    other = next(one for one in LANGUAGES if one != lang)
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return address(request.url.path, [*pairs, ("lang", other)])


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of a template; remembers a language that the address says."""
    lang = language(request)
    text = (
        environment()
        .get_template(template)
        .render(w=words(lang), lang=lang, switch=other_language(request, lang), path=request.url.path, **context)
    )
    response = HTMLResponse(text, status, headers={"Content-Language": lang, "Vary": "Cookie"})
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, lang, max_age=YEAR, samesite="lax", httponly=True)
    return response
