"""Exports as downloads: the same bytes as `caicach export`, streamed from SQL; and the feed beside them."""

import threading
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from archive import codebook, manifest
from archive.export import Form
from archive.formats import quoted
from archive.streaming import Told, stream
from search.opening import same_moment
from search.web.asked import Asked
from search.web.pages import desk_of, question

router = APIRouter(include_in_schema=False)
AT_ONCE = 256
"""Exports under way at one time; who comes later is asked to wait."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
TURNS = 2
"""Threads that make pieces of exports: a page never waits for one of its own behind hundreds of them."""
_room = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a download has: the form, and whether it comes in a ZIP beside its manifest and codebook."""

    asked: Asked
    form: Form
    zipped: bool

    @property
    def name(self) -> str:
        """The file's name."""
        return f"cchc.{self.form.format}"


def wanted(request: Request, kind: str) -> Wanted:
    """What an address wants; raises UsageError for words that do not go together."""
    said = request.query_params
    flags = {name: said.get(name, "") not in {"", "0", "false", "no"} for name in ("excel", "no-body", "distinct")}
    form_name = said.get("format", "csv") if kind == "zip" else kind
    form = Form(form_name, excel=flags["excel"], body=not flags["no-body"], distinct=flags["distinct"])
    return Wanted(question(request), form, kind == "zip")


@router.get("/export.{kind}")
async def export(request: Request, kind: str) -> StreamingResponse:
    """All articles of a search, never cut short; the answer begins at once."""
    if kind not in TYPES:
        raise HTTPException(404)
    what = wanted(request, kind)
    if not _room.acquire(blocking=False):
        raise HTTPException(503, "too many exports at once", headers={"Retry-After": "60"})
    with ExitStack() as opened:
        opened.callback(_room.release)
        pieces = await _in_turn(request, _begun, request, what, opened)
        first = await _in_turn(request, next, pieces, b"")
        kept = opened.pop_all()
    name = "cchc.zip" if what.zipped else what.name
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_following(request, kept, first, pieces), media_type=TYPES[kind], headers=headers)


async def _in_turn(request: Request, work: Callable[..., Any], *given: Any) -> Any:
    """What a piece of work gives, done in one of the few threads of exports."""
    return await to_thread.run_sync(work, *given, limiter=request.app.state.turns)


def _begun(request: Request, what: Wanted, opened: ExitStack) -> Iterator[bytes]:
    return _pieces(request, opened.enter_context(desk_of(request).session(long=True)), what)


async def _following(
    request: Request, opened: ExitStack, first: bytes, pieces: Iterator[bytes]
) -> AsyncIterator[bytes]:
    with opened:
        yield first
        while (piece := await _in_turn(request, next, pieces, None)) is not None:
            yield piece


def _pieces(request: Request, session: Session, what: Wanted) -> Iterator[bytes]:
    query, ids = what.asked.query, None
    if query.text:
        engine = desk_of(request).engine
        same_moment(session, engine)
        ids = engine.ids(query)
    told = Told()
    pieces = stream(session, filters=query.filters, ids=ids, form=what.form, told=told)
    return _zipped(session, what, pieces, told) if what.zipped else pieces


class _Pipe:
    """What zipfile writes to: a stream that cannot be wound back."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        """What came since the last time."""
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def _zipped(session: Session, what: Wanted, pieces: Iterator[bytes], told: Told) -> Iterator[bytes]:
    """The file with its manifest and the codebook; the manifest comes last, when all is known."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        with archive.open(_entry(what.name), "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                yield pipe.take()
        archive.writestr(_entry("codebook.csv"), _codebook())
        archive.writestr(_entry(f"{what.name}.manifest.json"), _manifest(session, what, told))
    yield pipe.take()


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a clock of its own: the same export has the same bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _manifest(session: Session, what: Wanted, told: Told) -> bytes:
    if told.written is None:
        raise ValueError("the manifest comes after the rows")
    query = what.asked.query
    written = replace(told.written, file=what.name)
    mode = query.mode.value if query.text else None
    content = manifest.content(session, written, filters=query.filters, query=query.text or None, mode=mode)
    return b"".join(manifest.render(content))


def _codebook() -> bytes:
    names = ("name", "type", "source", "vi", "en", "values")
    lines = [names, *([getattr(column, name) for name in names] for column in codebook.columns())]
    return "".join(",".join(map(quoted, line)) + "\r\n" for line in lines).encode()
