"""What a rebuild needs of pages and files, begun well before its deed is done again."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

from archive import store_again
from archive.attachments import NoReader, TextReader
from archive.captures import CaptureError, whole
from archive.deeds import Deed, Did
from archive.plain import Packed, plain
from archive.records import FileText, Located, Verdict
from archive.replay_order import Step
from archive.reread import AHEAD, Given, Job, Pool, Reader, Unread, read_again
from archive.store_copies import Sketch
from archive.store_facts import Read
from config.portal import Portal

Found = tuple[Read, Sketch | None] | FileText | Unread
MACHINE = ("gave up after", "crashed the reader", "too large: reading it")
"""How reasons begin that say as much of the machine as of the file: such a file is not read again."""


@dataclass(slots=True)
class Waiting:
    """A step, and what its deed's capture is read as, once that is asked for."""

    step: Step
    sure: bool
    found: Future[Any] | None = None


class Ahead:
    """Reads for the deeds that follow, in processes of their own."""

    def __init__(self, data: Path, reader: Reader, stack: ExitStack) -> None:
        self.data, self.reader = data, reader
        self._pool = Pool[None](stack)
        self._texts = stack.enter_context(TextReader())
        self._loop = stack.enter_context(_looping())
        self._portals: dict[int, Portal] = {}

    def steps(self, found: Iterable[tuple[Step, bool]]) -> Iterator[Waiting]:
        """The steps in order; one that the database never took has no deed."""
        waiting: deque[Waiting] = deque()
        for told, sure in found:
            step = told if sure else replace(told, deed=None)
            waiting.append(Waiting(step, sure, self._begun(step.deed)))
            if len(waiting) > AHEAD * self._pool.workers:
                yield waiting.popleft()
        yield from waiting

    def again(self, deed: Deed, original: Located) -> Found:
        """The same for a revisit, whose body lies at another place."""
        if deed.did is Did.ATTACH:
            return self._begun_text(deed, original).result()
        return read_again(self._job(deed, original))

    def _begun(self, deed: Deed | None) -> Future[Any] | None:
        if deed is None or deed.run is None:
            return None
        if deed.did is Did.START:
            self._portals[deed.run] = store_again.portal_of(deed)
        elif deed.did is Did.ATTACH:
            return self._begun_text(deed, None)
        elif deed.did is Did.RECORD and deed.said["verdict"] != Verdict.UNCHANGED:
            return self._pool.ask(self._job(deed, None))
        return None

    def _job(self, deed: Deed, original: Located | None) -> Job:
        assert deed.run is not None
        given = Given.of(self._portals[deed.run], dict(deed.said), deed.at, url=deed.said["url"])
        return Job(self.data, _place(deed), original, given, self.reader)

    def _begun_text(self, deed: Deed, original: Located | None) -> "Future[FileText | Unread]":
        return asyncio.run_coroutine_threadsafe(self._text(deed, original), self._loop)

    async def _text(self, deed: Deed, original: Located | None) -> FileText | Unread:
        """The text of a file; where a reading did not end then, it is not begun again."""
        said = deed.said
        if said["reason"].startswith(MACHINE):
            return FileText("", said["kind"], reason=said["reason"])
        try:
            capture = whole(self.data, _place(deed), original)
            return await self._texts.read(plain(capture), said["name"], capture.header("Content-Type"))
        except (CaptureError, Packed, NoReader) as error:
            return Unread(str(error))


@contextmanager
def _looping() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop in a thread of its own: whoever asks the reader of files does it there."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="files")
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _place(deed: Deed) -> Located:
    assert deed.capture is not None
    return Located(*deed.capture, 0)
