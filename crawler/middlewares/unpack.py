"""Bodies are unpacked: one whole gzip member at once, as nearly every page is; anything else by Scrapy's patient way.

Scrapy's own reads every body piece by piece through a file, and then guesses by all that it says what class of
response it is; here its headers tell, which is enough for `scrapy shell`, the one that asks.
"""

import zlib

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

GZIP = 31
"""zlib's window bits for a gzip member."""


class Unpacked(HttpCompressionMiddleware):
    """Undoes Content-Encoding, up to `download_maxsize` bytes."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The response with its body unpacked; Scrapy passes no spider to it."""
        if response.headers.getlist("Content-Encoding") == [b"gzip"]:
            body = at_once(response.body, request.meta.get("download_maxsize", self._max_size))
            if body is not None:
                return _with(response, body)
        return super().process_response(request, response)


def at_once(packed: bytes, most: int) -> bytes | None:
    """What a whole gzip member holds; None for anything else: more than `most` bytes, cut, damaged, followed."""
    unpacker = zlib.decompressobj(GZIP)
    try:
        body = unpacker.decompress(packed, most)
    except zlib.error:
        return None
    return body if unpacker.eof and not unpacker.unused_data else None


def _with(response: Response, body: bytes) -> Response:
    headers = response.headers.copy()
    del headers["Content-Encoding"]
    return response.replace(cls=responsetypes.from_headers(headers), headers=headers, body=body)
