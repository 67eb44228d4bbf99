"""Scrapy's connections, closed without a race: a crawl that ends while the machine is busy says nothing of it.

Scrapy gives the connections one second to close, and then ends the wait by the same Deferred that they fire. When
the loop is late, both come in one turn, and the second is an AlreadyCalledError on stderr.
"""

import asyncio

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response

SECONDS = 1.0
"""What the connections of a portal have to close; those that have not are dropped with the process."""


class Connections(HTTP11DownloadHandler):
    """The handler of http and https."""

    async def download_request(self, request: Request) -> Response:
        """The response; a proxy that opens no tunnel is a connection that failed, as any other."""
        try:
            return await super().download_request(request)
        except TunnelError as error:
            raise DownloadFailedError(str(error)) from None

    async def close(self) -> None:
        """Close every idle connection; never later than a second."""
        closing = self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]
        closing.addErrback(lambda _: None)
        await asyncio.wait({closing.asFuture(asyncio.get_running_loop())}, timeout=SECONDS)
