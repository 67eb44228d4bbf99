"""What every answer carries and how much anybody may ask: headers, a limit of requests, problems (RFC 9457)."""

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.errors import UsageError, UserError
from search.web.rendering import language, page
from search.web.words import words

LOG = logging.getLogger(__name__)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
FREE = ("/static/", "/healthz", "/metrics")
"""Addresses that are not counted."""


class Guard:
    """Adds the headers to every answer, and answers 429 to who asks more than `a_minute` times a minute."""

    def __init__(self, app: ASGIApp, *, a_minute: int) -> None:
        self._app = app
        self._limit = RateLimitItemPerMinute(a_minute)
        self._counts = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in HEADERS if one[0] not in given)]
            await send(message)

        if scope["path"].startswith(FREE) or self._counts.hit(self._limit, str((scope.get("client") or ("",))[0])):
            await self._app(scope, receive, guarded)
            return
        request = Request(scope)
        said = words(language(request))("too_many", seconds=60)
        response = refusal(request, 429, said)
        response.headers["Retry-After"] = "60"
        await response(scope, receive, guarded)


def refusal(request: Request, status: int, detail: str) -> Response:
    """What is answered instead of a page: a problem below /api, else a page that says why."""
    if request.url.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail}
        return JSONResponse(problem, status, media_type="application/problem+json")
    return page(request, "refusal.html", status, detail=detail, code=status)


TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    410: "Gone",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def answer_errors(app: FastAPI) -> None:
    """Turn every error into a refusal; what nobody foresaw is logged, and says nothing of itself."""
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)


async def _user_error(request: Request, error: Exception) -> Response:
    if isinstance(error, UsageError):
        return refusal(request, 400, str(error).replace("--", ""))
    LOG.warning("%s: %s", request.url.path, error)
    response = refusal(request, 503, str(error))
    response.headers["Retry-After"] = "30"
    return response


async def _http_error(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    detail = getattr(error, "detail", "")
    if status == 404 and detail in {"", "Not Found"}:
        detail = words(language(request))("not_found_help")
    response = refusal(request, status, detail)
    response.headers.update(getattr(error, "headers", None) or {})
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    said = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in wrong)
    if any(one["loc"][0] == "path" for one in wrong):
        return refusal(request, 404, words(language(request))("not_found_help"))
    return refusal(request, 400, said)


async def _unforeseen(request: Request, error: Exception) -> Response:
    LOG.error("%s", request.url.path, exc_info=error)
    return refusal(request, 500, words(language(request))("failed"))
