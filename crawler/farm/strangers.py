"""A host that nobody may ask: it stands on another loopback address and notes whoever comes."""

import asyncio


class Stranger(asyncio.Protocol):
    """One connection; `visits` gets the first line of each request."""

    def __init__(self, visits: list[str]) -> None:
        self._visits = visits

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._visits.append("a connection")

    def data_received(self, data: bytes) -> None:
        self._visits.append(data.partition(b"\r\n")[0].decode("latin-1"))
        if isinstance(self._transport, asyncio.Transport):
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok")
