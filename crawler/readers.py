"""Files of all portals are read by a few child processes; who has made one hang reads by another from then on."""

import os
from types import TracebackType
from typing import Self

from archive.attachments import TextReader
from archive.records import FileText

HUNG = ("gave up after", "crashed the reader")
"""How the reason begins of a file that kept the child from everybody else's."""
AT_ONCE = min(4, os.cpu_count() or 1)
"""Files read at the same time for all portals; a child takes some 100 MB."""


class Readers:
    """Two readers of files: the ordinary one, and one for portals whose files hang or crash it."""

    def __init__(self) -> None:
        self.ordinary, self.troubled = TextReader(size=AT_ONCE), TextReader()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ordinary.close()
        self.troubled.close()


class PortalReader:
    """What one portal's crawl reads its files by; a hang costs the others the first file alone."""

    def __init__(self, readers: Readers) -> None:
        self.readers, self.troubled = readers, False

    async def read(self, body: bytes, name: str, content_type: str) -> FileText:
        """The text of a file, or the reason why there is none; raises archive.attachments.NoReader."""
        reader = self.readers.troubled if self.troubled else self.readers.ordinary
        found = await reader.read(body, name, content_type)
        self.troubled |= found.reason.startswith(HUNG)
        return found
