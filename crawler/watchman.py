"""Alarms while the night goes on: what a crawl's end opened or closed is told within a minute, not in the morning."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.errors import UserError
from config.settings import Settings

LOOK = 60.0
"""Seconds between two looks at what has ended; nobody is written to more often."""
LOG = logging.getLogger(__name__)


@asynccontextmanager
async def watched(settings: Settings) -> AsyncIterator[None]:
    """Look every minute until the end of the block, and once more then; nothing when nobody is set to be told."""
    if not settings.heard:
        yield
        return
    watching = asyncio.create_task(_watch(settings))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await look(settings)


async def _watch(settings: Settings) -> None:
    while True:
        await asyncio.sleep(LOOK)
        await look(settings)


async def look(settings: Settings) -> None:
    """Open and close alarms, tell of them, and send what waits; a database that is away is asked again later."""
    from archive.report_morning import watch  # noqa: PLC0415  # mail and webhooks are for whoever has set them

    began = time.monotonic()
    try:
        sent = await asyncio.to_thread(watch, settings)
    except UserError as error:
        LOG.warning("alarms were not looked at: %s", error)
        return
    for name in sent.taken:
        LOG.info("told %s", name, extra={"seconds": round(time.monotonic() - began, 1)})
    for name, why in sent.waiting.items():
        LOG.warning("not told %s: %s; it is tried again", name, why)
