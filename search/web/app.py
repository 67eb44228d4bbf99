"""The web application: pages, downloads, feeds and the API over one desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.gzip import GZipMiddleware

from archive.version import VERSION
from config.errors import UserError
from config.settings import Settings
from search.web import api, downloads, feeds, pages
from search.web.desk import Desk
from search.web.measures import Measured, may_measure, measured
from search.web.rendering import STATIC, YEAR, asset
from search.web.safety import Guard, answer_errors

AT_ONCE = 8
"""Pages made at one time: more threads on few cores make each of them later, and none sooner."""
A_MINUTE = 600
"""Requests of one address in a minute."""


def application(settings: Settings, *, a_minute: int = A_MINUTE) -> FastAPI:
    """The application over the archive of the settings; raises UserError on start when there is none."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.desk, app.state.turns = Desk(settings), CapacityLimiter(downloads.TURNS)
        to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        app.state.desk.start()
        yield
        app.state.desk.stop()

    app = FastAPI(
        title="Caicach",
        version=VERSION,
        description="What Vietnamese authorities publish about administrative reform.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.include_router(api.router)
    for router in (pages.router, downloads.router, feeds.router, api.docs):
        app.include_router(router)
    app.add_api_route("/static/{version}/{name}", static, include_in_schema=False)
    app.add_api_route("/healthz", healthz, include_in_schema=False)
    app.add_api_route("/metrics", metrics, include_in_schema=False)
    app.add_api_route("/robots.txt", robots, include_in_schema=False)
    answer_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Guard, a_minute=a_minute)
    app.add_middleware(Measured)
    return app


def static(version: str, name: str) -> FileResponse:
    """The style sheet and the script, below an address that names their content."""
    known = {path.name for path in STATIC.iterdir()}
    if name not in known or asset(name) != f"/static/{version}/{name}":
        raise HTTPException(404)
    return FileResponse(STATIC / name, headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})


def healthz(request: Request) -> Response:
    """Whether database and index answer; 503 with the reason when they do not."""
    desk = pages.desk_of(request)
    try:
        version, cursor = desk.version(), desk.engine.cursor()
    except UserError as error:
        return JSONResponse({"status": "failed", "reason": str(error)}, 503)
    return JSONResponse({"status": "ok", "archive_version": version, "index_version": cursor})


def metrics(request: Request) -> Response:
    """What Prometheus reads, for the addresses of CAICACH_METRICS_FROM; 403 for others."""
    desk = pages.desk_of(request)
    if not may_measure(request.client and request.client.host, desk.settings.metrics_from):
        raise HTTPException(403, "CAICACH_METRICS_FROM names who may read this")
    return Response(generate_latest() + measured(desk), media_type=CONTENT_TYPE_LATEST)


def robots() -> PlainTextResponse:
    """Exports and the API are not for crawlers."""
    return PlainTextResponse("User-agent: *\nDisallow: /export\nDisallow: /api/\n")
