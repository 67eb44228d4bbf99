"""The JSON API: the object of `search --json` with a cursor, and everything about one article."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from archive.formats import published
from archive.options import FIRST_YEAR, LAST_YEAR
from archive.queries import Shown
from archive.showing import as_object
from config.portal import Level
from search.engine import Mode, Results, Sort
from search.web.asked import MANY, MOST, PAGE, Asked, read
from search.web.pages import Id, desk_of, shown
from search.web.rendering import language, page

router = APIRouter(prefix="/api", tags=["articles"])
DEEPEST = 10**9
"""No page of the API is too deep."""


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class FoundArticle(BaseModel):
    """One hit; `snippet` is escaped text with `<mark>`."""

    id: int
    url: str
    title: str
    portal: str
    published_at: str | None
    snippet: str


class FoundArticles(BaseModel):
    """One page of hits, how many there are in all, and the cursor of the next page."""

    total: int
    took_ms: float
    hits: list[FoundArticle]
    facets: dict[str, dict[str, int]]
    next: int | None = Field(description="the `cursor` of the next page; null on the last")
    archive_version: int = Field(description="pages of one version fit together")


class WholeArticle(BaseModel):
    """Every exported column, and acts, files, addresses, copies and revisions beside them."""

    model_config = ConfigDict(extra="allow")

    id: int
    url: str
    title: str
    body: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"content": {"application/problem+json": {"schema": Problem.model_json_schema()}}, "description": why}
    for code, why in ((400, "a parameter that cannot be"), (429, "too many requests"), (503, "try again later"))
}
NOT_THERE: dict[int | str, dict[str, Any]] = {
    code: {"content": {"application/problem+json": {"schema": Problem.model_json_schema()}}, "description": why}
    for code, why in ((404, "no article has this id"), (410, "the article is withheld"))
}
NONE = Literal[""]
Many = Annotated[list[str] | None, Query(max_length=MANY)]
Years = Annotated[list[Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]] | None, Query(max_length=MANY)]
Edit = Literal["cosmetic", "textual", "substantive", "any"]
DAYS = "^[0-9]{0,5}$"
Levels = Annotated[list[Level] | None, Query(max_length=MANY)]


@router.get("/articles", responses=PROBLEMS)
def articles(  # noqa: PLR0913, PLR0917 # the filters, so that the description has them
    request: Request,
    q: Annotated[str, Query(description='words, "quoted phrases", -word, title:word, 82/QĐ-UBND')] = "",
    mode: Annotated[Mode, Query(description="how tone marks count")] = Mode.SMART,
    sort: Sort = Sort.RELEVANCE,
    limit: Annotated[int, Query(ge=1, le=MOST, description="hits of a page")] = PAGE,
    cursor: Annotated[int, Query(ge=0, lt=DEEPEST, description="`next` of the page before")] = 0,
    portal: Many = None,
    province: Many = None,
    province_now: Annotated[list[str] | None, Query(alias="province-now", max_length=MANY)] = None,
    district: Many = None,
    commune: Many = None,
    level: Levels = None,
    since: Annotated[date | NONE, Query(alias="from", description="published on this day or later")] = "",
    to: Annotated[date | NONE, Query(description="published on this day or before")] = "",
    year: Years = None,
    area: Many = None,
    kind: Many = None,
    type: Many = None,
    number: Many = None,
    body: Many = None,
    indicator: Many = None,
    family: Many = None,
    edited: Annotated[list[Edit] | None, Query(max_length=MANY, description="after publication")] = None,
    removed: Annotated[str, Query(pattern=DAYS, description="gone within so many days of publication")] = "",
    any_topic: Annotated[Literal["", "0", "1"], Query(alias="any-topic", description="1: not only reform")] = "",
) -> FoundArticles:
    """Articles found, page by page without an end set: follow `next`."""
    asked = read(request.query_params.multi_items(), window=DEEPEST)
    desk = desk_of(request)
    results = desk.engine.find(asked.query)
    return _found(asked, results, desk.engine.cursor())


def _found(asked: Asked, results: Results, version: int) -> FoundArticles:
    after = asked.query.offset + len(results.hits)
    hits = [
        FoundArticle(
            id=hit.id,
            url=hit.url,
            title=hit.title,
            portal=hit.portal,
            published_at=hit.published_at or None,
            snippet=hit.snippet.html(),
        )
        for hit in results.hits
    ]
    return FoundArticles(
        total=results.total,
        took_ms=results.took_ms,
        hits=hits,
        facets=results.facets,
        next=after if hits and after < results.total else None,
        archive_version=version,
    )


@router.get("/articles/{number}", responses=PROBLEMS | NOT_THERE)
def article(request: Request, number: Id) -> WholeArticle:
    """Everything about one article."""
    with shown(request, number) as (_, found):
        return WholeArticle.model_validate(_plain(whole(found)))


def whole(found: Shown) -> dict[str, Any]:
    """The object of `show --json --revisions`."""
    return as_object(found, revisions=True) | {"published_at": published(found.article.row)}


def _plain(value: Any) -> Any:
    """Times as ISO text, whatever holds them."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


docs = APIRouter(include_in_schema=False)


@docs.get("/api/docs")
def described(request: Request) -> HTMLResponse:
    """Our own page over the description."""
    description = request.app.openapi()
    return page(request, "api.html", paths=description["paths"], lang_=language(request))


@docs.get("/api/{rest:path}")
def missing(rest: str) -> None:
    """Whatever else below /api is a problem, not a page."""
    raise HTTPException(404, f"there is no /api/{rest[:100]}")
