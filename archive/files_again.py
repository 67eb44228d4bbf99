"""Files whose bytes are kept are read again: scans by recognition, and what older readers could not read.

Each is tried once by each version of the readers; a scan once more when recognition is there. It needs no portal.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from archive import database, ocr, queries_files
from archive.attachments import TextReader
from archive.captures import CaptureError, whole
from archive.files_text import READER, bounded
from archive.plain import Packed, plain
from archive.queries_files import RECOGNISED, DueFile
from archive.records import FileText, PageText
from archive.store import Store

AT_ONCE = min(4, os.cpu_count() or 1)
"""Files read at the same time; a child takes some 100 MB, and recognition as much beside it."""


@dataclass(slots=True)
class Again:
    """What was read again: files, those with text, pages recognised; `waiting` were not come to."""

    files: int = 0
    with_text: int = 0
    pages: int = 0
    waiting: int = 0


class FilesAgain:
    """One pass over the files that are due; `until` says when to end, before the next page at the latest."""

    def __init__(self, store: Store, reader: TextReader, until: Callable[[], bool] = lambda: False) -> None:
        self.store, self.reader, self.until = store, reader, until
        self.means = ocr.means()
        self.done = Again()

    async def whole(self, watch: Callable[[Again], None] = lambda _: None) -> Again:
        """Read all that is due, as many at once as the reader can. Raises NoReader."""
        with database.asked(self.store.engine), Session(self.store.engine) as session:
            due = queries_files.due(session, READER, self.means)
        self.done.waiting = len(due)
        left = iter(due)

        async def work() -> None:
            for digest in left:
                if self.until():
                    return
                await self._one(digest)
                watch(self.done)

        await asyncio.gather(*(work() for _ in range(self.reader.size)))
        return self.done

    async def _one(self, digest: str) -> None:
        with database.asked(self.store.engine), Session(self.store.engine) as session:
            files = list(queries_files.located(session, [digest]))
        for file in files:
            text = await self._text(file)
            if text is None:
                return
            self.store.read_again(digest, text)
            self.done.files += 1
            self.done.with_text += bool(text.text)
            self.done.pages += len(text.confidence)
            self.done.waiting -= 1

    async def _text(self, file: DueFile) -> FileText | None:
        """The text of a file; None when it was ended in the middle."""
        kept = file.capture
        try:
            body = plain(whole(self.store.settings.data, kept.located, kept.original))
        except (CaptureError, Packed) as error:
            return FileText("", "unknown", reason=f"its capture cannot be read: {error}", reader=READER)
        found = replace(await self.reader.read(body, file.name, ""), reader=READER)
        if not found.scanned or not self.means:
            return found
        pages = await self.reader.pages(body, found.pages, self.until)
        return None if pages is None else assembled(found, pages, self.means)


def assembled(found: FileText, pages: Sequence[PageText], means: str) -> FileText:
    """A file's text from its pages, each from its text layer or recognised."""
    text = bounded(page.text for page in pages)
    sure = tuple((n, page.confidence) for n, page in enumerate(pages, 1) if page.confidence is not None)
    scanned = sum(page.scanned for page in pages)
    reason = "" if text else next((page.reason for page in pages if page.reason), found.reason)
    read = replace(found, text=text, reason=reason, scanned=scanned, confidence=sure)
    return replace(read, reader=f"{READER}{RECOGNISED}{means}")
