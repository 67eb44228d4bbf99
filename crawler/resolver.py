"""Names are resolved by the event loop, and answers that are private addresses are refused."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from config.settings import Settings
from crawler.hosts import is_private
from crawler.settings import DNS_SECONDS


@implementer(IHostResolution)
class _Resolution:
    """One question under way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self.task:
            self.task.cancel()


@implementer(IHostnameResolver)
class PublicResolver:
    """Twisted's resolver interface over `loop.getaddrinfo`, so that no thread of Twisted's is needed.

    A name whose every answer is private has no address, as one that does not exist; it is checked
    here because here is where the connection's address comes from (no second look-up can differ).
    """

    def __init__(self, *, allow_private: bool, reactor: Any, proxy: str = "") -> None:
        self.allow_private, self.reactor, self.proxy = allow_private, reactor, proxy

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:  # the interface's arguments
        """For Scrapy's TWISTED_DNS_RESOLVER, which `scrapy crawl` uses."""
        return cls.of(Settings.load(), reactor)

    @classmethod
    def of(cls, settings: Settings, reactor: Any) -> Self:
        """As the settings say; the operator's own proxy may stand on a private address."""
        proxy = urlsplit(settings.proxy).hostname or ""
        return cls(allow_private=settings.allow_private, reactor=reactor, proxy=proxy)

    def install_on_reactor(self) -> None:
        """Make it the reactor's name resolver."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  # Twisted's own words
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Ask for a name's addresses; the receiver gets the public ones."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        kinds = tuple(addressTypes or (IPv4Address, IPv6Address))
        work = self._resolve(resolutionReceiver, hostName, portNumber, kinds)
        resolution.task = asyncio.ensure_future(work)
        return resolution

    async def _resolve(self, receiver: Any, name: str, port: int, kinds: tuple[type[Any], ...]) -> None:
        for host in await self.addresses(name, port):
            address = (IPv6Address if ":" in host else IPv4Address)("TCP", host, port)
            if isinstance(address, kinds):
                receiver.addressResolved(address)
        receiver.resolutionComplete()

    async def addresses(self, name: str, port: int) -> list[str]:
        """The addresses of a name that may be asked; none for a name that cannot be resolved."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DNS_SECONDS):
                found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError):
            return []
        hosts = [str(place[0]) for *_, place in found]
        return [host for host in hosts if self.allow_private or name == self.proxy or not is_private(host)]
