"""The pages a researcher reads: search, article, revisions, act, portals, coverage, about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from archive import queries
from archive.dates import VIETNAM
from archive.differences import difference
from archive.filters import Filters
from archive.queries import Shown
from archive.queries_days import days
from search.engine import WINDOW, Query
from search.marks import Marks
from search.suggest import did_you_mean
from search.web import views
from search.web.asked import Asked, read
from search.web.cite import cite
from search.web.desk import Desk
from search.web.graphs import between, heat_map, histogram
from search.web.rendering import language, page
from search.web.text import blocks, marked
from search.web.words import words

router = APIRouter(include_in_schema=False)
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
SIMILAR = 5
FILE_SHOWN = 20_000
"""Characters of a file's text on a page; a page stays below 100 KB."""
BODY_SHOWN = 200_000
RUNS = 30
NIGHTS = 30
ROWS = 40
"""Portals on one page of the coverage map."""
PORTALS = 200
"""Portals on one page of their list."""
MONTHS = 36


def desk_of(request: Request) -> Desk:
    """The desk that the application stands on."""
    desk: Desk = request.app.state.desk
    return desk


def question(request: Request) -> Asked:
    """What the address asks for."""
    return read(request.query_params.multi_items(), language(request))


def names_of(desk: Desk, session: Session) -> dict[str, str]:
    """The portals' names by slug."""
    return {one.portal: one.name for one in desk.coverage(session, Filters())}


@router.get("/")
def search(request: Request) -> HTMLResponse:
    """The search page."""
    desk, asked = desk_of(request), question(request)
    w = words(asked.lang)
    results = desk.engine.find(asked.query)
    meant = did_you_mean(desk.engine, asked.query, results) if asked.query.text else None
    with desk.session() as session:
        names = names_of(desk, session)
    before, after = views.paging(asked, results.total)
    return page(
        request,
        "search.html",
        asked=asked,
        results=results,
        hits=views.hits(asked, results, w),
        facets=views.facets(asked, results, w, names),
        chips=views.chips(asked, w, names),
        meant=(meant.text, asked.adding("q")(meant.text), meant.total) if meant else None,
        histogram=histogram(results.facets.get("month", {})),
        before=before,
        after=after,
        beyond=results.total > WINDOW and not after,
        window=WINDOW,
        fragment=request.headers.get("x-fragment") == "results",
    )


@contextmanager
def shown(request: Request, number: int) -> Iterator[tuple[Session, Shown]]:
    """An article that may be shown; 404 for an unknown id, 410 for one withheld."""
    with desk_of(request).session() as session:
        found = queries.shown(session, number)
        if found is None:
            raise HTTPException(404)
        if found.article.withheld:
            raise HTTPException(410, words(language(request))("withheld"))
        yield session, found


@router.get("/articles/{number}")
def article(request: Request, number: Id) -> HTMLResponse:
    """An article with everything the archive knows of it."""
    desk, asked = desk_of(request), question(request)
    with shown(request, number) as (session, found):
        row = found.article.row
        acts = queries.ids_of(session, number)
        group = queries.documents(session, [other for _, other, _ in found.copies])
        others = [one.row for one in group if not one.withheld]
        copies = views.copies(row, others) if others else []
    sought = sought_in(desk, asked)
    similar = desk.engine.like(number, Query(limit=SIMILAR, facets=()), counted=False)
    return page(
        request,
        "article.html",
        asked=asked,
        found=found,
        row=row,
        place=", ".join(str(row[name]) for name in ("commune", "district", "province") if row[name]),
        acts=acts,
        copies=copies,
        similar=views.hits(read((), asked.lang), similar, words(asked.lang)),
        blocks=blocks(str(row["body"])[:BODY_SHOWN]),
        mark=lambda text: marked(text, sought),
        cut=FILE_SHOWN,
        citation=cite(row, datetime.now(VIETNAM).date()),
    )


def sought_in(desk: Desk, asked: Asked) -> Marks | None:
    """What the search that led to an article looked for, to be marked in it."""
    if not asked.query.text:
        return None
    return views.marks_of(asked.query, desk.engine.find(replace(asked.query, limit=1, facets=())))


@router.get("/articles/{number}/revisions")
def revisions(request: Request, number: Id, a: int = 0, b: int = 0) -> HTMLResponse:
    """The article's history, and the difference between any two revisions."""
    with shown(request, number) as (_, found):
        kept = {one.number: one for one in found.revisions}
    after = kept.get(b) or found.revisions[-1]
    before = kept.get(a) or kept.get(after.number - 1) or found.revisions[0]
    return page(
        request,
        "revisions.html",
        found=found,
        row=found.article.row,
        changes=views.history(found.revisions),
        before=before,
        after=after,
        difference=difference(before, after),
    )


@router.get("/acts/id/{number}")
def act(request: Request, number: Id) -> HTMLResponse:
    """One act with the articles that announce and cite it."""
    with desk_of(request).session() as session:
        found = queries.act(session, number)
    if found is None:
        raise HTTPException(404)
    return page(request, "acts.html", number=found.number or found.type, acts=[found])


@router.get("/acts/{number:path}")
def acts(request: Request, number: str) -> HTMLResponse:
    """Every act of a number."""
    with desk_of(request).session() as session:
        found = queries.acts(session, number[:200])
    return page(request, "acts.html", 200 if found else 404, number=number[:200], acts=found)


@router.get("/portals")
def portals(request: Request) -> HTMLResponse:
    """Portals with their states by the page; those whose name, place or state has the words asked for."""
    desk, asked = desk_of(request), read(request.query_params.multi_items(), language(request), window=100_000)
    with desk.session() as session:
        covered = views.named(desk.coverage(session, asked.query.filters), asked.query.text, words(asked.lang))
    here, before, after = views.turned(asked, "/portals", covered, PORTALS)
    return page(request, "portals.html", asked=asked, covered=here, portals=len(covered), before=before, after=after)


@router.get("/portals/{slug}")
def portal(request: Request, slug: str) -> HTMLResponse:
    """One portal: its state, its months, its runs."""
    desk = desk_of(request)
    with desk.session() as session:
        covered = next((one for one in desk.coverage(session, Filters()) if one.portal == slug), None)
        if covered is None:
            raise HTTPException(404)
        runs = queries.runs(session, slug, RUNS)
        nights = days(session, slug, limit=NIGHTS)
    within = read([("portal", slug)], language(request)).within
    return page(
        request, "portal.html", one=covered, runs=runs, days=nights, within=within, histogram=histogram(covered.months)
    )


@router.get("/coverage")
def coverage(request: Request) -> HTMLResponse:
    """Which portal has articles of which month, and where the gaps are."""
    desk, asked = desk_of(request), read(request.query_params.multi_items(), language(request), window=100_000)
    with desk.session() as session:
        covered = desk.coverage(session, asked.query.filters)
    here, before, after = views.turned(asked, "/coverage", covered, ROWS)
    known = sorted({month for one in covered for month in one.months if month})
    months = between(known[0], known[-1])[-MONTHS:] if known else []
    return page(
        request,
        "coverage.html",
        asked=asked,
        covered=here,
        map=heat_map([one.months for one in here], months),
        portals=len(covered),
        articles=sum(one.articles for one in covered),
        before=before,
        after=after,
    )


@router.get("/about")
def about(request: Request) -> HTMLResponse:
    """What the archive is, how it is made, where it ends."""
    desk = desk_of(request)
    with desk.session() as session:
        numbers: dict[str, Any] = desk.stats(session)
        covered = desk.coverage(session, Filters())
    asked_for = [one.requests_per_new for one in covered if one.requests_per_new is not None]
    footprint = sum(asked_for) / len(asked_for) if asked_for else None
    return page(request, "about.html", numbers=numbers, footprint=footprint)
