"""How many requests came and how long they took, for Prometheus."""

import ipaddress
import time
from collections.abc import Sequence

from prometheus_client import Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive import queries
from archive.metrics import families, registry
from search.web.desk import Desk

REQUESTS = Counter("caicach_web_requests_total", "Requests answered.", ["route", "status"])
SECONDS = Histogram("caicach_web_seconds", "Seconds until the answer began.", ["route"])


def may_measure(host: str | None, networks: Sequence[str]) -> bool:
    """Whether an address may read the metrics; one without an address came over a socket of this machine."""
    if host is None:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in networks)


def measured(desk: Desk) -> bytes:
    """The archive's gauges, and how far the index is behind. Raises UserError when the database is away."""
    with desk.session() as session:
        told = list(families(session, desk.settings))
        lag = queries.version(session) - desk.engine.cursor()
    return generate_latest(
        registry([*told, GaugeMetricFamily("caicach_index_lag_changes", "Changes that the search index lacks.", lag)])
    )


class Measured:
    """Counts every request by the route that answered it, never by its address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                REQUESTS.labels(route, str(message["status"])).inc()
                SECONDS.labels(route).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, counted)
