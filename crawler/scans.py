"""After a crawl scans are recognised for as long as settings allow; what is left waits for the next one."""

import logging
import time
from datetime import UTC, datetime

from archive.attachments import NoReader
from archive.files_again import FilesAgain
from crawler.fleet import Fleet, Tools

LOG = logging.getLogger(__name__)


async def recognise(fleet: Fleet, tools: Tools) -> None:
    """Read kept files again that are due, until time is over or the fleet is stopped."""
    last = time.monotonic() + 60 * fleet.settings.ocr_minutes

    def over() -> bool:
        late = fleet.ends is not None and datetime.now(UTC) >= fleet.ends
        return fleet.interrupted or late or time.monotonic() >= last

    try:
        done = await FilesAgain(tools.store, tools.readers.ordinary, over).whole()
    except NoReader as error:
        LOG.warning("scans wait: %s", error)
        return
    if done.files or done.waiting:
        LOG.info("%d files read again, %d pages recognised, %d files wait", done.files, done.pages, done.waiting)
